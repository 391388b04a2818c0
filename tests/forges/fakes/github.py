"""A GitHub Enterprise Server with one repository, as far as a review of pull requests needs it.

REST is under /api/v3, GraphQL at /api/graphql. Which rules it enforces, and on what evidence, stands where
they are: anchors and their 422 texts in `github_anchor`, reviews in `github_reviews`, who may do what in
`github_access`, GraphQL in `github_schema`, `github_nodes` and `github_mutations`.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from fakes.github_access import LIMIT, Access, refuse
from fakes.github_anchor import Anchors
from fakes.github_comments import CommentRoutes
from fakes.github_gates import CheckRoutes, StatusRoutes
from fakes.github_graphql import is_query
from fakes.github_mutations import GraphQLRoute
from fakes.github_people import People
from fakes.github_pulls import PullRoutes
from fakes.github_remarks import RemarkRoutes
from fakes.github_reviews import ReviewRoutes
from fakes.github_shapes import Shapes
from fakes.github_store import Store
from fakes.github_views import Views
from fakes.server import FakeForge
from fakes.specs import Specs
from fakes.wire import READS, Entry, Fault, RefusedError, Reply

GRAPHQL = "/api/graphql"


@lru_cache(maxsize=4)
def described(name: str) -> Specs | None:
    return Specs.load(name, base="/api/v3")


class FakeGitHub(People, Views, Store, FakeForge):
    """One repository `owner/name` over a bare git repository.

    `wording` is how a review's wrong anchors are told: "thread" as GHES does, "resolved" as newer servers.
    `nameless_bots` leaves `resolvedBy` null where an App resolved a thread, which some server may do [K].
    `effects` lists what posted bodies do besides being read. The list of files has `file_limit` entries at
    most, and no patches over `patch_limit` bytes [S, K].
    """

    def __init__(
        self,
        repo: Path,
        owner: str = "pay",
        name: str = "ledger",
        *,
        tls: bool = False,
        private: bool = True,
        wording: str = "thread",
        version: str = "3.17.2",
        description: str = "github-ghes-3.17.json",
    ) -> None:
        super().__init__(repo, tls=tls)
        self.owner, self.name, self.private = owner, name, private
        self.wording, self.version = wording, version
        self.nameless_bots = False
        self.file_limit = 3000  # [S]
        self.patch_limit = 1_000_000
        self.born = "2025-12-31T00:00:00Z"
        self.repository_id = 7
        self.access_of: dict[int, str] = {}
        self._merges: dict[tuple[str, str], str | None] = {}
        self._limits: list[dict[str, Any]] = []
        self.specs = described(description)
        self.access = Access(self)
        self.anchors = Anchors(self.repo)
        self.shapes = Shapes(self)
        self.owner_id = self.add_user(owner, access="admin")
        for routes in (
            PullRoutes,
            ReviewRoutes,
            CommentRoutes,
            RemarkRoutes,
            StatusRoutes,
            CheckRoutes,
            GraphQLRoute,
        ):
            routes(self)
        self.start()

    # -- requests --------------------------------------------------------------------------------

    def limit_writes(
        self, *, after: int = 0, times: int = 1, status: int = 403, retry_after: int | None = 1
    ) -> None:
        """Refuse `times` writes for a secondary rate limit, after letting `after` of them through [D]."""
        self._limits.append({"after": after, "times": times, "status": status, "retry_after": retry_after})

    def admit(self, entry: Entry) -> None:
        if not entry.headers.get("user-agent"):  # [D]
            raise refuse(
                403,
                "Request forbidden by administrative rules. Please make sure your request has a User-Agent header.",
            )
        if entry.token is None:
            raise refuse(401, "Requires authentication")
        if entry.token not in self.tokens:
            raise refuse(401, "Bad credentials")
        if self.is_write(entry):
            self._limited()
        self._described(entry)

    def _limited(self) -> None:
        for limit in [one for one in self._limits if one["times"] > 0]:
            if limit["after"] > 0:
                limit["after"] -= 1
                continue
            limit["times"] -= 1
            wait = {} if limit["retry_after"] is None else {"Retry-After": str(limit["retry_after"])}
            raise refuse(limit["status"], LIMIT, headers=wait)

    def _described(self, entry: Entry) -> None:
        """Hold a request against the official description, where there is one."""
        if self.specs is None or entry.path == GRAPHQL or entry.body_kind in ("broken", "other"):
            return
        if self.specs.operation(entry.method, entry.raw_path) is None:
            return
        for wrong in self.specs.request(entry.method, entry.raw_path, entry.query, entry.body):
            self.violate(f"{entry.method} {entry.path}: {wrong}")

    def is_write(self, entry: Entry) -> bool:
        """GraphQL's queries come as POST too, and change nothing."""
        if entry.path == GRAPHQL:
            return not is_query(entry.body)
        return entry.method not in READS

    def _handled(self, route: Any, entry: Entry) -> Reply:
        try:
            return super()._handled(route, entry)
        except RefusedError as refused:
            message = refused.reply.body["message"]
            if message.startswith(("Invalid request.", "Problems parsing", "Body should be")):
                self.violate(f"{entry.method} {entry.path}: {message}")
            raise

    def unknown_path(self, entry: Entry) -> Reply:  # noqa: ARG002 (all unknown paths are alike)
        return refuse(404, "Not Found").reply

    def unknown_keys(self, entry: Entry, where: str, names: list[str]) -> Reply:  # noqa: ARG002 (the server says no more)
        return refuse(422, f'Invalid request.\n\n"{names[0]}" is not a permitted key.').reply

    def serve(self, entry: Entry) -> tuple[Reply | None, Fault | None]:
        reply, fault = super().serve(entry)
        if reply is not None:
            reply.headers.setdefault("X-GitHub-Enterprise-Version", self.version)
            reply.headers.setdefault("X-GitHub-Request-Id", f"FAKE:{entry.number}")
        return reply, fault
