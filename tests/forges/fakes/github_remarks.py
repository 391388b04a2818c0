"""Comments of the conversation, through REST: those of the issue that a pull request is."""

from typing import Any

from fakes.github_access import invalid, not_found
from fakes.github_rest import BODY_LIMIT, PAGES, TOO_LONG, paged, shaped
from fakes.github_state import Said
from fakes.wire import Entry, Reply


class RemarkRoutes:
    """The conversation of a pull request, which is an issue's."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge
        issue = "/api/v3/repos/{owner}/{repo}/issues/{number:int}/comments"
        one = "/api/v3/repos/{owner}/{repo}/issues/comments/{comment:int}"
        forge.route("GET", issue, self.remarks, query=("since", *PAGES))
        forge.route("POST", issue, self.create, query=())
        forge.route("GET", one, self.read, query=())
        forge.route("PATCH", one, self.edit, query=())
        forge.route("DELETE", one, self.delete, query=())

    def _here(self, entry: Entry, level: str) -> Any:
        """Either permission will do for the comments of a pull request [D]."""
        return self.forge.here(entry, "issues", level, "pull_requests")

    def remarks(self, entry: Entry) -> Reply:
        self._here(entry, "read")
        found = [self.forge.shapes.remark(one) for one in self.forge.conversation(self.forge.pull_of(entry))]
        since = entry.query.get("since", "")
        return paged(self.forge, entry, [one for one in found if one["updated_at"] >= since])

    def create(self, entry: Entry) -> Reply:
        token = self._here(entry, "write")
        pull = self.forge.pull_of(entry)
        body = self._body(entry)
        said = self.forge.add_remark(token.user.id, pull, body)
        self.forge.posted(body)
        return Reply(201, self.forge.shapes.remark(said))

    @staticmethod
    def _body(entry: Entry) -> str:
        body = shaped(entry, {"body": str}, ("body",))["body"]
        if not body.strip():
            raise invalid("IssueComment", "data", "unprocessable", "Body cannot be blank")  # [K]
        if len(body) > BODY_LIMIT:
            raise invalid("IssueComment", "data", "unprocessable", TOO_LONG)
        return body

    def _said(self, entry: Entry) -> Said:
        found = self.forge.remarks.get(int(entry.params["comment"]))
        if found is None:
            raise not_found()
        return found

    def read(self, entry: Entry) -> Reply:
        self._here(entry, "read")
        return Reply(200, self.forge.shapes.remark(self._said(entry)))

    def edit(self, entry: Entry) -> Reply:
        token = self._here(entry, "write")
        said = self._said(entry)
        body = self._body(entry)
        self.forge.access.demand_own(token, said)
        self.forge.rewrite(said, body)
        self.forge.posted(body)
        return Reply(200, self.forge.shapes.remark(said))

    def delete(self, entry: Entry) -> Reply:
        token = self._here(entry, "write")
        said = self._said(entry)
        self.forge.access.demand_own(token, said)
        del self.forge.remarks[said.id]
        return Reply(204)
