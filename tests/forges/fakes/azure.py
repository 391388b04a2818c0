"""Azure DevOps Server 2019 to 2022.1, as far as a reviewer's tool meets it: one repository of one project.

What it accepts in silence as the real server does, and what would still go wrong (a thread on no file, on
another file, beside its lines), is in `violations`. Evidence: [S] official description or SDK source,
[D] docs, [I] seen in a thread, [E] run, [K] not verified.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fakes import azure_git as git
from fakes.azure_people import People
from fakes.azure_rest import CONTRIBUTE, READ, Rest
from fakes.azure_state import Clock, Iteration, Pull, guid
from fakes.azure_talk import Talk
from fakes.azure_versions import SERVERS, version_of
from fakes.azure_who import Who
from fakes.azure_wire import refused, without_nulls
from fakes.server import Entry, FakeForge, Reply
from fakes.specs import Specs

__all__ = ["CONTRIBUTE", "READ", "FakeAzure"]

_QUERIES = {
    "items": "path scopePath includeContent includeContentMetadata recursionLevel latestProcessedChange download $format "
    "includeLinks resolveLfs versionDescriptor.version versionDescriptor.versionType versionDescriptor.versionOptions",
    "pull": "maxCommentLength $skip $top includeCommits includeWorkItemRefs",
    "iterations": "includeCommits",
    "changes": "$top $skip $compareTo",
    "threads": "$iteration $baseIteration",
    "connectionData": "connectOptions lastChangeId lastChangeId64",
    "resourceAreas": "enterpriseName organizationName hostId",
}


class FakeAzure(Who, People, Talk, Rest, FakeForge):
    """`api` is the address of the collection. `version` is 5.0 (2019), 6.0 (2020), 7.0 (2022) or 7.1 (2022.1).

    `sign_in` says how the absence of a good token is answered: 401, or 302 or 203 with a page, as some
    front ends do unless the client sends `X-TFS-FedAuthRedirect: Suppress`. `deleted_path` puts the path of
    a deleted file into `item` too. `merge_lags` keeps pushes from the trial merge until `catch_up()`.
    """

    any_case = True  # the SDK asks for /tfs/defaultcollection/_apis [E]

    def __init__(  # noqa: PLR0917 (the order that all fakes have: where, then what)
        self,
        repo: Path,
        collection: str = "DefaultCollection",
        project: str = "Pay",
        name: str = "ledger",
        version: str = "7.0",
        prefix: str = "",
        *,
        tls: bool = False,
    ) -> None:
        super().__init__(repo, tls=tls)
        self.collection, self.project, self.name, self.prefix = collection, project, name, prefix
        self.server, self.clock = SERVERS[version], Clock()
        self.base = self.api = f"{self.url}{prefix}/{quote(collection)}"
        self.apply_button = self.server.released >= "7"  # not in 2020 and before [D]; a guess for 2022 [K]
        self.sign_in, self.deleted_path, self.merge_lags = 401, False, False
        described = {"7.0": "7.0", "7.1": "7.1"}.get(version, "5.0")
        self.specs = Specs.load(f"azure-git-server-{described}.json")
        self._routes_of_azure()
        self.start()

    # -- routes ----------------------------------------------------------------------------------

    def _routes_of_azure(self) -> None:
        home = f"{self.prefix}/{{collection}}"
        self.route("OPTIONS", f"{home}/_apis", self._api("", self.list_locations))
        for path in ("/_apis/ResourceAreas", "/_apis/ResourceAreas/{area}"):
            self.route("GET", home + path, self._api("resourceAreas", self.list_areas))
        self.route("GET", f"{home}/_apis/connectionData", self._api("connectionData", self.connection_data))
        for above in (home, f"{home}/{{project}}"):
            # A pull request's number is enough: they count through the collection [S].
            self.route("GET", above + "/_apis/git/pullRequests/{n:int}", self._api("pullById", self.get_pull))
            for method, path, resource, handler in self.git_paths():
                place = above + "/_apis/git/repositories/{repository}" + path
                self.route(method, place, self._api(resource, handler))

    def _api(self, resource: str, handler: Callable[[Entry], Any]) -> Callable[[Entry], Reply]:
        def serve(entry: Entry) -> Reply:
            self._exists(entry)
            asked = version_of(entry.query, entry.headers)
            if resource:
                self.server.check(resource, asked, entry.method)
            before = len(self.violations)
            self._look_at(resource, entry)
            found = handler(entry)
            if len(self.violations) == before:
                self._compare(entry)
            if isinstance(found, Reply):
                return found
            body = {"count": len(found), "value": found} if isinstance(found, list) else found
            kind = f"application/json; charset=utf-8; api-version={asked or self.server.released}"
            return Reply(200, body, content_type=kind)

        return serve

    def _exists(self, entry: Entry) -> None:
        """Collection, project and repository, by name in any case or by id."""
        given = {key: value.lower() for key, value in entry.params.items()}
        if given["collection"] != self.collection.lower():
            raise refused(
                404, "HostDoesNotExistException", f"TF400813: There is no {entry.params['collection']}."
            )  # [K]
        if given.get("project", self.project.lower()) not in (self.project.lower(), guid(self.project)):
            raise refused(
                404,
                "ProjectDoesNotExistWithNameException",
                f"TF200016: The following project does not exist: {entry.params['project']}. Verify that the name "
                "of the project is correct and that the project exists on the specified Azure DevOps Server.",
            )  # [K]
        mine = (guid(f"{self.project}/{self.name}"), self.name.lower() if "project" in given else "")
        if given.get("repository", mine[0]) not in mine:  # without a project only the id will do [K]
            raise self.no_repository(entry)

    def _look_at(self, resource: str, entry: Entry) -> None:
        """Note a query that the server would pass over."""
        known = {"api-version", *_QUERIES.get(resource, "").lower().split()}
        for key in entry.query:
            if key.lower() not in known:
                self.violate(f"unknown query key: {key} in {entry.method} {entry.path}")

    def _compare(self, entry: Entry) -> None:
        """Hold what was taken against the official description. The server takes nulls, and numbers of enums [S]."""
        tail = entry.raw_path.partition("/_apis/git/")[2]
        if not self.specs or not tail or tail.lower().startswith("pullrequests/"):
            return
        body = without_nulls(entry.body) if entry.body_kind == "json" else None
        for wrong in self.specs.request(entry.method, f"/c/p/_apis/git/{tail}", {}, body):
            if not wrong.startswith("query parameter") and " is not one of " not in wrong:
                self.violate(f"not as described: {wrong} in {entry.method} {entry.path}")

    def unknown_path(self, entry: Entry) -> Reply:
        words = f"The controller for path '{entry.path}' was not found or does not implement IController."
        return refused(404, "HttpException", words).reply  # [K]

    # -- pull requests ---------------------------------------------------------------------------

    def open_pull_request(
        self, source_branch: str, target_branch: str, author: Any, *, fork: bool = False, draft: bool = False
    ) -> int:
        with self.lock:
            number = 41 + len(self.pulls)
            pull = Pull(
                number, self.users[author], source_branch, target_branch, fork, self.clock.now(), draft=draft
            )
            self.pulls[number] = pull
            self._iterate(pull, "create")
            return number

    def _iterate(self, pull: Pull, reason: str) -> int:
        source, target = self.repo.resolve(pull.source_branch), self.repo.resolve(pull.target_branch)
        assert source, f"there is no branch {pull.source_branch}"
        assert target, f"there is no branch {pull.target_branch}"
        common = self.repo.merge_base(target, source)
        assert common, "branches without a common commit"
        number = len(pull.iterations) + 1
        pull.iterations.append(
            Iteration(number, source, target, common, reason, self.clock.now(), pull.author)
        )
        git.number_files(self.repo, pull)
        pull.merged = number if number == 1 or not self.merge_lags else pull.merged
        return number

    def push(self, number: int) -> int:
        """Make an iteration if the source branch moved, with the server's own thread about it."""
        with self.lock:
            pull = self.pulls[number]
            last, tip = pull.iterations[-1], self.repo.resolve(pull.source_branch)
            if tip == last.source:
                return last.id
            forward = tip is not None and self.repo.is_ancestor(last.source, tip)
            made = self._iterate(pull, "push" if forward else "forcePush")
            self.note(pull, f"{pull.author.name} pushed to {pull.source_branch}", "RefUpdate")
            return made

    def catch_up(self, number: int) -> None:
        """Let the trial merge see the newest iteration."""
        with self.lock:
            self.pulls[number].merged = len(self.pulls[number].iterations)

    def retarget(self, number: int, branch: str) -> int:
        with self.lock:
            pull = self.pulls[number]
            pull.target_branch = branch
            made = self._iterate(pull, "retarget")
            self.note(pull, f"{pull.author.name} changed the target to {branch}", "TargetChanged")
            return made

    def finish(self, number: int, status: str = "completed") -> None:
        """Complete or abandon it."""
        with self.lock:
            self.pulls[number].status = status
            self.note(self.pulls[number], f"The pull request was {status}", "StatusUpdate")
