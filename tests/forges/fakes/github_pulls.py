"""Routes that only read: the account, the repository, pull requests, their files and commits."""

from typing import Any

from fakes.github_access import not_found, refuse
from fakes.github_rest import PAGES, paged
from fakes.github_state import Pull
from fakes.wire import Entry, Reply


class PullRoutes:
    """Registers its routes with the fake."""

    def __init__(self, forge: Any) -> None:
        self.forge = forge
        at = forge.route
        here = "/api/v3/repos/{owner}/{repo}"
        at("GET", "/api/v3/user", self.me, query=())
        at("GET", "/api/v3/meta", self.meta, query=())
        at("GET", here, self.repository, query=())
        pages = ("state", "head", "base", "sort", "direction", *PAGES)
        at("GET", f"{here}/pulls", self.pulls, query=pages)
        at("GET", f"{here}/pulls/{{number:int}}", self.pull, query=())
        at("GET", f"{here}/pulls/{{number:int}}/files", self.files, query=PAGES)
        at("GET", f"{here}/pulls/{{number:int}}/commits", self.commits, query=PAGES)
        at("GET", f"{here}/commits/{{ref}}", self.commit, query=PAGES)
        at("GET", f"{here}/compare/{{basehead}}", self.compare, query=PAGES)

    def meta(self, entry: Entry) -> Reply:  # noqa: ARG002 (every handler takes one)
        return Reply(200, {"installed_version": self.forge.version})

    def me(self, entry: Entry) -> Reply:
        """The account of a person's token; an App's installation has none [I, D]."""
        token = self.forge.tokens[entry.token]
        if self.forge.access.is_app(token):
            raise refuse(403, self.forge.access.sentence(token))
        return Reply(200, self.forge.shapes.me(token.user.id))

    def repository(self, entry: Entry) -> Reply:
        self.forge.here(entry, "metadata", "read")
        return Reply(200, self.forge.shapes.repository(full=True))

    def pulls(self, entry: Entry) -> Reply:
        """The pull requests, newest first; `head` is `owner:branch`, and without the owner it filters nothing [D]."""
        self.forge.here(entry, "pull_requests", "read")
        state, head = entry.query.get("state", "open"), entry.query.get("head", "")
        if state not in ("open", "closed", "all"):
            raise refuse(422, "Validation Failed")
        found = [pull for pull in self.forge.pulls.values() if state in ("all", pull.state)]
        if ":" in head:
            found = [pull for pull in found if head == f"{self._owner(pull)}:{pull.source_branch}"]
        if "base" in entry.query:
            found = [pull for pull in found if pull.target_branch == entry.query["base"]]
        found.sort(key=lambda pull: pull.number, reverse=entry.query.get("direction", "desc") == "desc")
        return paged(self.forge, entry, [self.forge.shapes.pull(pull) for pull in found])

    def _owner(self, pull: Pull) -> str:
        return (pull.head_repo or "unknown").partition("/")[0]

    def pull(self, entry: Entry) -> Reply:
        self.forge.here(entry, "pull_requests", "read")
        pull = self.forge.pull_of(entry)
        if "diff" in entry.headers.get("accept", ""):
            patch = self.forge.repo.git("diff", "-M", self.forge.anchors.base(pull), pull.head)
            return Reply(200, patch, content_type="application/vnd.github.diff; charset=utf-8")
        return Reply(200, self.forge.shapes.pull(pull, full=True))

    def files(self, entry: Entry) -> Reply:
        self.forge.here(entry, "pull_requests", "read")
        pull = self.forge.pull_of(entry)
        files = self.forge.anchors.changes(pull)[: self.forge.file_limit]
        return paged(self.forge, entry, [self.forge.shapes.file(pull, file) for file in files])

    def commits(self, entry: Entry) -> Reply:
        self.forge.here(entry, "pull_requests", "read")
        found = self.forge.commits(self.forge.pull_of(entry))
        return paged(self.forge, entry, [self._commit(sha) for sha in found])

    def commit(self, entry: Entry) -> Reply:
        self.forge.here(entry, "contents", "read")
        sha = self.forge.repo.resolve(entry.params["ref"])
        if sha is None:
            raise refuse(422, f"No commit found for SHA: {entry.params['ref']}")
        return Reply(200, self._commit(sha))

    def compare(self, entry: Entry) -> Reply:
        """Two commits; `merge_base_commit` is where the three-dot diff starts [S]."""
        self.forge.here(entry, "contents", "read")
        ends = [self.forge.repo.resolve(name) for name in entry.params["basehead"].split("...")]
        if len(ends) != 2 or None in ends:
            raise not_found()
        middle = self.forge.repo.merge_base(*ends)
        between = self.forge.between(middle, ends[1])
        url = f"{self.forge.shapes.repo_api}/compare/{entry.params['basehead']}"
        page = f"{self.forge.shapes.page}/compare/{entry.params['basehead']}"
        body = {
            "url": url,
            "html_url": page,
            "permalink_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "base_commit": self._commit(ends[0]),
            "merge_base_commit": self._commit(middle),
            "status": "ahead" if middle == ends[0] else "diverged",
            "ahead_by": len(between),
            "behind_by": len(self.forge.between(middle, ends[0])),
            "total_commits": len(between),
            "commits": [self._commit(sha) for sha in between],
        }
        return Reply(200, body)

    def _commit(self, sha: str) -> dict[str, Any]:
        shapes, repo = self.forge.shapes, self.forge.repo
        text = repo.git("show", "-s", "--format=%T%n%P%n%an%n%ae%n%aI%n%B", sha).decode("utf-8", "replace")
        tree, parents, name, email, date, message = text.split("\n", 5)
        url, page = f"{shapes.repo_api}/commits/{sha}", f"{shapes.page}/commit/{sha}"
        by = {"name": name, "email": email, "date": date}
        above = [{"url": f"{shapes.repo_api}/commits/{one}", "sha": one} for one in parents.split()]
        inner = {
            "url": f"{shapes.repo_api}/git/commits/{sha}",
            "author": by,
            "committer": by,
            "message": message.rstrip("\n"),
            "comment_count": 0,
            "tree": {"sha": tree, "url": f"{shapes.repo_api}/git/trees/{tree}"},
        }
        return {
            "url": url,
            "sha": sha,
            "node_id": f"C_kw{sha}",
            "html_url": page,
            "comments_url": f"{url}/comments",
            "commit": inner,
            "author": None,
            "committer": None,
            "parents": above,
        }
