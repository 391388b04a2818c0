"""Single comments on the diff, and answers to them, through REST."""

from typing import Any

from fakes.github_access import invalid, not_found, problem, refuse
from fakes.github_anchor import WrongAnchorError, comment_problems
from fakes.github_rest import BODY_LIMIT, ORDER, PAGES, TOO_LONG, malformed, paged, shaped
from fakes.github_reviews import BODY, IN_REVIEW
from fakes.github_state import Pull, Said, Spot, Thread
from fakes.wire import Entry, Reply

SINGLE = {**IN_REVIEW, "commit_id": str, "in_reply_to": int, "subject_type": str}


class CommentRoutes:
    """Registers its routes with the fake."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge
        at = forge.route
        pull = "/api/v3/repos/{owner}/{repo}/pulls/{number:int}"
        comment = "/api/v3/repos/{owner}/{repo}/pulls/comments/{comment:int}"
        at("GET", f"{pull}/comments", self.comments, query=(*ORDER, *PAGES))
        at("POST", f"{pull}/comments", self.comment, query=())
        at("POST", f"{pull}/comments/{{comment:int}}/replies", self.reply, query=())
        at("GET", comment, self.one_comment, query=())
        at("PATCH", comment, self.edit, query=())
        at("DELETE", comment, self.delete, query=())

    def comments(self, entry: Entry) -> Reply:
        """Comments of submitted reviews, oldest first [D]."""
        self.forge.here(entry, "pull_requests", "read")
        found = [
            self.forge.shapes.comment(one) for one in self.forge.shown_comments(self.forge.pull_of(entry))
        ]
        if "since" in entry.query:
            found = [one for one in found if one["updated_at"] >= entry.query["since"]]
        found.sort(
            key=lambda one: (
                one["updated_at" if entry.query.get("sort") == "updated" else "created_at"],
                one["id"],
            )
        )
        return paged(self.forge, entry, found[::-1] if entry.query.get("direction") == "desc" else found)

    def comment(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "write")
        pull = self.forge.pull_of(entry)
        given = shaped(entry, SINGLE, ("body",))
        self._body(given["body"])
        self._no_pending(token, pull)
        if "in_reply_to" in given:
            return self._answered(token, self._thread(pull, given["in_reply_to"]), given["body"])
        for name in ("commit_id", "path"):
            if name not in given:
                raise malformed(f'"{name}" wasn\'t supplied.')
        self._words(given)
        spot = self._single(pull, given)
        review = self.forge.add_review(token.user.id, pull, given["commit_id"], "", "COMMENTED")
        said = self.forge.add_comment(token.user.id, pull, given["body"], spot=spot, review=review)
        self.forge.posted(said.body)
        return Reply(201, self.forge.shapes.comment(said))

    @staticmethod
    def _words(given: dict[str, Any]) -> None:
        """Both sides and the kind of subject have their words [S]; `side` as a start's means the line's."""
        if given.get("start_side") == "side":
            del given["start_side"]
        allowed = {
            "side": ("LEFT", "RIGHT"),
            "start_side": ("LEFT", "RIGHT"),
            "subject_type": ("line", "file"),
        }
        for name, words in allowed.items():
            if given.get(name, words[0]) not in words:
                raise invalid("PullRequestReviewComment", name, "invalid")

    def _single(self, pull: Pull, given: dict[str, Any]) -> Spot:
        if not self.forge.anchors.is_of(pull, given["commit_id"]):
            raise refuse(422, "Validation Failed", errors=comment_problems(("commit", "hunk")))
        try:
            return self.forge.anchors.spot(pull, given["commit_id"], given)
        except WrongAnchorError as wrong:
            found = comment_problems(wrong.faults)
        raise refuse(422, "Validation Failed", errors=found)

    @staticmethod
    def _body(body: str) -> None:
        if not body.strip():
            raise invalid("PullRequestReviewComment", "body", "missing_field")
        if len(body) > BODY_LIMIT:
            raise invalid("PullRequestReviewComment", "body", "custom", TOO_LONG)

    def _no_pending(self, token: Any, pull: Pull) -> None:
        if self.forge.pending(token.user.id, pull):
            text = "user_id can only have one pending review per pull request"
            raise refuse(
                422, "Validation Failed", errors=[problem("PullRequestReview", "user_id", "custom", text)]
            )

    def reply(self, entry: Entry) -> Reply:
        """Answers to an answer are not possible: the id is that of a thread's first comment [D]."""
        token = self.forge.here(entry, "pull_requests", "write")
        pull = self.forge.pull_of(entry)
        body = shaped(entry, BODY, ("body",))["body"]
        self._body(body)
        thread = self._thread(pull, int(entry.params["comment"]))
        self._no_pending(token, pull)
        return self._answered(token, thread, body)

    def _thread(self, pull: Pull, comment: int) -> Thread:
        for thread in self.forge.threads_of(pull):
            if thread.comments[0].id == comment:
                return thread
        raise not_found()

    def _answered(self, token: Any, thread: Thread, body: str) -> Reply:
        said = self.forge.answer(token.user.id, thread, body)
        self.forge.posted(body)
        return Reply(201, self.forge.shapes.comment(said))

    def _said(self, entry: Entry, token: Any) -> Said:
        found = self.forge.comments.get(int(entry.params["comment"]))
        if found is None or (found.review and not self.forge.shows(found.review, token)):
            raise not_found()
        return found

    def one_comment(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "read")
        return Reply(200, self.forge.shapes.comment(self._said(entry, token)))

    def edit(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "write")
        said = self._said(entry, token)
        body = shaped(entry, BODY, ("body",))["body"]
        self.forge.access.demand_own(token, said)
        self._body(body)
        self.forge.rewrite(said, body)
        self.forge.posted(body)
        return Reply(200, self.forge.shapes.comment(said))

    def delete(self, entry: Entry) -> Reply:
        token = self.forge.here(entry, "pull_requests", "write")
        said = self._said(entry, token)
        self.forge.access.demand_own(token, said)
        self.forge.drop_comment(said)
        return Reply(204)
