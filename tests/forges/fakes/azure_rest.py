"""The paths of Azure DevOps Server that a reviewer's tool needs; everything else is a 404 and a violation."""

from collections.abc import Callable
from typing import Any

from fakes import azure_git as git
from fakes.azure_state import (
    STATUS_STATE,
    Clock,
    Posted,
    Pull,
    guid,
    identity,
    told_iteration,
    told_status,
)
from fakes.azure_threads import enum
from fakes.azure_versions import Server
from fakes.azure_wire import STATUS_KEYS, refused, refused_git, unknown_keys
from fakes.repo import Repo
from fakes.server import Entry, Reply, User

Handler = Callable[[Entry], Any]
READ, CONTRIBUTE = "GenericRead", "PullRequestContribute"


class Rest:
    """Handlers. What they need of the fake is named here; they give the body of a 200."""

    repo: Repo
    clock: Clock
    server: Server
    base: str
    project: str
    name: str
    pulls: dict[int, Pull]
    users: dict[Any, User]
    violate: Callable[[str], None]
    demand: Callable[[Entry, str], User]
    deleted_path: bool

    def pull_paths(self) -> list[tuple[str, str, str, Handler]]:
        """(method, path below the repository, resource, handler)."""
        pull, numbered = "/pullRequests/{n:int}", "/pullRequests/{n:int}/iterations/{i:int}"
        return [
            ("GET", "", "repository", self.get_repository),
            ("GET", "/items", "items", self.get_item),
            ("GET", pull, "pull", self.get_pull),
            ("GET", f"{pull}/iterations", "iterations", self.list_iterations),
            ("GET", numbered, "iterations", self.get_iteration),
            ("GET", f"{numbered}/changes", "changes", self.list_changes),
            ("GET", f"{pull}/statuses", "statuses", self.list_statuses),
            ("POST", f"{pull}/statuses", "statuses", self.post_status),
            ("GET", f"{numbered}/statuses", "iterationStatuses", self.list_statuses),
            ("POST", f"{numbered}/statuses", "iterationStatuses", self.post_status),
        ]

    # -- finding ---------------------------------------------------------------------------------

    def pull_of(self, entry: Entry, right: str = READ) -> tuple[Pull, User]:
        user = self.demand(entry, right)
        pull = self.pulls.get(int(entry.params["n"]))
        if pull is None:
            raise refused_git(
                404, "GitPullRequestNotFoundException", "TF401180: The requested pull request was not found."
            )  # [I]
        return pull, user

    def body_of(self, entry: Entry, known: dict[str, Any], name: str) -> dict[str, Any]:
        """The body, with what the server would pass over in silence noted."""
        if entry.body_kind != "json":
            raise refused(415, "VssRequestContentTypeNotSupportedException", _CONTENT_TYPE)  # [K]
        if not isinstance(entry.body, dict):
            raise refused(
                400, "ArgumentNullException", f"Value cannot be null.\r\nParameter name: {name}"
            )  # [K]
        for key in unknown_keys(entry.body, known):
            self.violate(f"unknown body key: {key} in {entry.method} {entry.path}")
        return entry.body

    # -- the repository --------------------------------------------------------------------------

    def told_repository(self) -> dict[str, Any]:
        project = {
            "id": guid(self.project),
            "name": self.project,
            "state": "wellFormed",
            "visibility": "private",
        }
        place = guid(f"{self.project}/{self.name}")
        return {
            "id": place,
            "name": self.name,
            "url": f"{self.base}/{project['id']}/_apis/git/repositories/{place}",
            "project": {**project, "url": f"{self.base}/_apis/projects/{project['id']}"},
            "defaultBranch": "refs/heads/main",
            "remoteUrl": f"{self.base}/{self.project}/_git/{self.name}",
        }

    def get_repository(self, entry: Entry) -> dict[str, Any]:
        self.demand(entry, READ)
        return self.told_repository()

    def get_item(self, entry: Entry) -> dict[str, Any] | Reply:
        """A file at a commit or branch; its text only if asked for, bytes for octet-stream."""
        self.demand(entry, READ)
        path = entry.query.get("path", entry.query.get("scopePath", "")).lstrip("/")
        commit = self.repo.resolve(entry.query.get("versionDescriptor.version", "main"))
        data = self.repo.blob(commit, path) if commit else None
        if data is None:
            raise refused_git(
                404, "GitItemNotFoundException", f"TF401174: The item '/{path}' could not be found."
            )
        asked = f"{entry.query.get('$format', '')} {entry.headers.get('accept', '')}".lower()
        if "octetstream" in asked or "octet-stream" in asked:
            return Reply(200, data, content_type="application/octet-stream")
        told = {"gitObjectType": "blob", "commitId": commit, "path": f"/{path}"}
        if entry.query.get("includeContent", "").lower() == "true":
            told["content"] = data.decode("utf-8", "replace")
        return told

    # -- the pull request ------------------------------------------------------------------------

    def get_pull(self, entry: Entry) -> dict[str, Any]:
        return self.told_pull(self.pull_of(entry)[0])

    def told_pull(self, pull: Pull) -> dict[str, Any]:
        """A GitPullRequest. The last three commits are those of the last trial merge, not of now [S]."""
        seen = pull.iterations[pull.merged - 1]
        target = self.repo.resolve(pull.target_branch) or seen.target
        merge = self.merge_of(pull)
        queued = pull.merged < len(pull.iterations)
        told = {
            "repository": self.told_repository(),
            "pullRequestId": pull.number,
            "codeReviewId": pull.number + 40,
            "status": pull.status,
            "createdBy": identity(pull.author, self.base),
            "creationDate": pull.at,
            "title": f"Merge {pull.source_branch}",
            "sourceRefName": f"refs/heads/{pull.source_branch}",
            "targetRefName": f"refs/heads/{pull.target_branch}",
            "mergeStatus": "queued" if queued else "succeeded" if merge else "conflicts",
            "isDraft": pull.draft,
            "lastMergeSourceCommit": {"commitId": seen.source},
            "lastMergeTargetCommit": {"commitId": target},
            "reviewers": [],
            "url": f"{self.base}/_apis/git/repositories/{guid(self.name)}/pullRequests/{pull.number}",
            "supportsIterations": True,
        }
        if merge:  # a merge commit that nobody pushed; empty where the merge failed [S]
            told["lastMergeCommit"] = {"commitId": merge}
        if pull.fork:
            told["forkSource"] = {
                "name": told["sourceRefName"],
                "repository": {"id": guid("fork"), "name": "fork"},
            }
        return told

    def merge_of(self, pull: Pull) -> str | None:
        """Make the trial merge, which `refs/pull/{id}/merge` names unless there are conflicts [K]."""
        source, target = pull.iterations[pull.merged - 1].source, self.repo.resolve(pull.target_branch)
        merge = git.trial_merge(self.repo, target, source) if target else None
        ref = f"refs/pull/{pull.number}/merge"
        if merge:
            self.repo.set_ref(ref, merge)
        else:
            self.repo.git("update-ref", "-d", ref)
        return merge

    def list_iterations(self, entry: Entry) -> list[dict[str, Any]]:
        return [told_iteration(iteration, self.base) for iteration in self.pull_of(entry)[0].iterations]

    def get_iteration(self, entry: Entry) -> dict[str, Any]:
        pull, _ = self.pull_of(entry)
        return told_iteration(pull.iterations[self.number_of(pull, entry) - 1], self.base)

    def number_of(self, pull: Pull, entry: Entry) -> int:
        number = int(entry.params["i"])
        if pull.iteration(number) is None:
            raise refused_git(
                404, "GitPullRequestIterationNotFoundException", "The iteration does not exist."
            )  # [K]
        return number

    def list_changes(self, entry: Entry) -> dict[str, Any]:
        """One page of changes: 100 unless `$top` says otherwise, 2000 at most [S]. Not in `value`."""
        pull, _ = self.pull_of(entry)
        number, compared = self.number_of(pull, entry), int(entry.query.get("$compareTo", "0"))
        if compared and pull.iteration(compared) is None:
            raise refused(400, "ArgumentException", "The iteration to compare to does not exist.")  # [K]
        found = git.changes(self.repo, pull, number, compared)
        top, skip = min(int(entry.query.get("$top", "100")), 2000), int(entry.query.get("$skip", "0"))
        entries = [
            git.told_change(change, place, deleted_path=self.deleted_path)
            for place, change in enumerate(found, 1)
            if skip < place <= skip + top
        ]
        if skip + top < len(found):
            return {"changeEntries": entries, "nextSkip": skip + top, "nextTop": top}
        # "This will be zero if there are no more" [S]; seen without either on older servers [I python-api#166].
        done = {} if self.server.released < "7" else {"nextSkip": 0, "nextTop": 0}
        return {"changeEntries": entries, **done}

    # -- statuses --------------------------------------------------------------------------------

    def list_statuses(self, entry: Entry) -> list[dict[str, Any]]:
        """All of them, also those that later ones replace [K]."""
        pull, _ = self.pull_of(entry)
        wanted = self.number_of(pull, entry) if "i" in entry.params else None
        return [
            told_status(status, self.base)
            for status in pull.statuses
            if wanted is None or status.iteration == wanted
        ]

    def post_status(self, entry: Entry) -> dict[str, Any]:
        """Only context.name is required [S]."""
        pull, user = self.pull_of(entry, CONTRIBUTE)
        body = self.body_of(entry, STATUS_KEYS, "status")
        context = body.get("context") or {}
        if not isinstance(context.get("name"), str) or not context["name"]:
            raise refused(
                400, "ArgumentNullException", "Value cannot be null.\r\nParameter name: status.Context.Name"
            )
        iteration = self.number_of(pull, entry) if "i" in entry.params else body.get("iterationId")
        if iteration is not None and pull.iteration(iteration) is None:
            raise refused(
                400, "ArgumentException", "The iteration does not exist.\r\nParameter name: iterationId"
            )
        if iteration is None:
            self.violate("a status on the whole pull request: it would outlive a push")  # [S+D]
        pull.statuses.append(
            Posted(
                len(pull.statuses) + 1,
                user,
                enum(body.get("state"), STATUS_STATE, "notSet"),
                body.get("description"),
                context.get("genre"),
                context["name"],
                body.get("targetUrl"),
                iteration,
                self.clock.now(),
            )
        )
        return told_status(pull.statuses[-1], self.base)


_CONTENT_TYPE = (
    "The request indicated a Content-Type that is not supported. Valid content types are: application/json."
)
