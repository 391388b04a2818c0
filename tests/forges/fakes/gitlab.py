"""A GitLab with one private project: REST v4 as a review needs it, stateful and strict.

Tags say where a rule is from: [S] the server's source, [D] documentation, [I] an issue, [K] known but not
verified, [E] measured.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fakes import gitlab_markdown, gitlab_params, gitlab_specs, gitlab_tracing
from fakes.gitlab_access import NoteRate, authenticate, not_for_jobs, not_found, presented, role_of
from fakes.gitlab_discussions import DiscussionRoutes
from fakes.gitlab_drafts import DraftRoutes
from fakes.gitlab_entities import Entities
from fakes.gitlab_merge import MergeRoutes
from fakes.gitlab_notes import MOST_NOTES, Notes
from fakes.gitlab_people import People
from fakes.gitlab_positions import Positions
from fakes.gitlab_state import Clock, MergeRequest, Note, Version
from fakes.gitlab_statuses import StatusRoutes
from fakes.server import Token
from fakes.wire import Entry, RefusedError, Reply


class FakeGitLab(People):
    """One project of one GitLab.

    `add_token(user, rights)`: rights are scopes (api, read_api, read_user, read_repository); besides, `role`
    (none, guest, reporter, developer, maintainer, owner; developer unless told), `kind` (private, bearer,
    job), `revoked`. Attributes for tests to change: `note_rate.most`, `most_notes`, `positions.unfold`,
    `checks_drafts`, `pages_drafts`, `drafts_are_threads`, `drops_positions`,
    `push_lag`, `external_url`.
    """

    def __init__(
        self, repo: Path, project_id: int = 42, path: str = "pay/ledger", *, tls: bool = False
    ) -> None:
        super().__init__(repo, tls=tls)
        self.repo.renames = "--find-renames=30%"  # [S gitaly internal/gitaly/service/diff/commit.go]
        self.project_id = project_id
        self.path = path
        self.api = f"{self.url}/api/v4"
        self.external_url: str | None = None  # what links and web addresses say, if not our own address
        self.clock = Clock()
        self.entities = Entities(self.url, project_id, path)
        self.positions = Positions(self.repo)
        self.note_rate = NoteRate()
        self.most_notes = MOST_NOTES
        self.checks_drafts = False  # see gitlab_drafts
        self.pages_drafts = False
        self.drafts_are_threads = (
            True  # drafts on no file; single comments in older releases [S draft_note.rb]
        )
        self.drops_positions = False  # as if every position were encoded so that it is not seen [I]
        self.push_lag = 0  # reads of a merge request that do not know of a push yet [K]
        self.notes = Notes(self)
        self._tokens: dict[int, Token] = {}
        self.route("GET", "/api/v4/user", self._user, query=())
        project = "/api/v4/projects/{id}"
        merge = project + "/merge_requests/{iid:int}"
        MergeRoutes(self, project, merge)
        DiscussionRoutes(self, merge)
        DraftRoutes(self, merge)
        self.jobs = StatusRoutes(self, project)
        self.start()

    # -- every request ---------------------------------------------------------------------------

    def token_of(self, headers: dict[str, str]) -> str | None:
        found = presented(headers)
        return found[0] if found else None

    def admit(self, entry: Entry) -> None:
        if {"private_token", "access_token", "job_token"} & set(entry.query):
            self.violate(f"a token in the address of {entry.method} {entry.path}")
        token = authenticate(entry, self.tokens)
        not_for_jobs(entry, token)
        project = entry.params.get("id")
        if project is not None and (
            project not in (str(self.project_id), self.path) or role_of(token) == "none"
        ):
            raise not_found("Project")  # private: who may not see it is told that it is not there [D]
        self._tokens[entry.number] = token

    def token(self, entry: Entry) -> Token:
        return self._tokens[entry.number]

    def no_unknown(self, entry: Entry, given: dict[str, Any]) -> None:
        """GitLab ignores keys that it does not know; a careful client sends none."""
        wrong = gitlab_params.unknown_position_keys(given)
        if wrong:
            self.violate(f"unknown body key: {', '.join(wrong)} in {entry.method} {entry.path}")
            raise RefusedError(400, {"error": f"{', '.join(wrong)} is not a known body parameter"})

    def paged(self, entry: Entry, items: list[Any], shape: Callable[[Any], Any]) -> Reply:
        """One page and GitLab's headers; X-Next-Page is empty on the last [D]."""
        page, size = gitlab_params.page_of(entry)
        pages = max(1, -(-len(items) // size))
        headers = {
            "X-Page": str(page),
            "X-Per-Page": str(size),
            "X-Total": str(len(items)),
            "X-Total-Pages": str(pages),
            "X-Next-Page": str(page + 1) if page < pages else "",
            "X-Prev-Page": str(page - 1) if page > 1 else "",
        }
        links = {"prev": page - 1, "next": page + 1 if page < pages else 0, "first": 1, "last": pages}
        address = (self.external_url or self.url) + entry.raw_path
        query = {**entry.query, "per_page": str(size)}
        headers["Link"] = ", ".join(
            f'<{address}?{urlencode({**query, "page": number})}>; rel="{name}"'
            for name, number in links.items()
            if number
        )
        return Reply(200, [shape(item) for item in items[(page - 1) * size : page * size]], headers)

    def _user(self, entry: Entry) -> Reply:
        user = self.token(entry).user
        return Reply(
            200, {**self.entities.user(user), "bot": user.is_bot, "email": f"{user.name}@example.org"}
        )

    def complaints(self) -> list[str] | None:
        """What the official descriptions find wrong with the requests so far; None without descriptions."""
        with self.lock:
            return gitlab_specs.complaints(self.log)

    # -- what the rooms of the fake ask ----------------------------------------------------------

    def located(self, pull: MergeRequest, position: dict[str, Any]) -> str | None:
        """The line code of a position. Wrong line ranges are violations, and refused on top."""
        found = self.positions.check(position, pull.shas())
        for violation in found.violations:
            self.violate(violation)
        if any(violation.startswith("line_range") for violation in found.violations):
            raise gitlab_params.bad("position[line_range] is invalid")
        return found.code

    def trace(self, pull: MergeRequest, note: Note) -> bool:
        """Move a note to the newest version; False if its line is no more there."""
        if note.kind != "DiffNote" or note.system:
            return True
        moved = gitlab_tracing.traced(self.repo, note.position, pull.latest)
        if moved is not None:
            note.position = moved
        return moved is not None

    def suggestions_of(self, note: Note) -> list[gitlab_markdown.Suggestion]:
        """Those that GitLab would offer: on a line that the new side has [S supports_suggestion?]."""
        if note.kind != "DiffNote" or not note.position or note.position["new_line"] is None:
            return []
        return gitlab_markdown.suggestions(note.body)

    # -- merge requests --------------------------------------------------------------------------

    def open_pull_request(self, source_branch: str, target_branch: str, author: Any, **more: Any) -> int:
        """Open one. `unready`: how many reads see no `diff_refs` yet; `source_project_id` for a fork."""
        with self.lock:
            number = len(self.pulls) + 1
            title, project = more.pop("title", "A change"), more.pop("source_project_id", self.project_id)
            user, now = self.users[author], self.clock.now()
            pull = MergeRequest(
                self.clock.number(), number, user, title, source_branch, target_branch, project, now, **more
            )
            self.pulls[number] = pull
            self._version(pull)
            return number

    def _version(self, pull: MergeRequest) -> bool:
        """Take the branches as they are for a new version; False if nothing is new."""
        head, start = self.repo.resolve(pull.source_branch), self.repo.resolve(pull.target_branch)
        base = self.repo.merge_base(start, head)
        if pull.versions and pull.latest.shas == (base, start, head):
            return False
        pull.versions.append(Version(self.clock.number(), base, start, head, self.clock.now()))
        self.repo.set_ref(f"refs/merge-requests/{pull.iid}/head", head)
        return True

    def push(self, number: int) -> None:
        """Take notice that the source branch moved: a version, a system note, comments that move along."""
        with self.lock:
            pull = self.pulls[number]
            before = pull.latest.head
            if self.repo.resolve(pull.source_branch) == before:
                return
            self._version(pull)
            pull.behind = self.push_lag
            head = pull.latest.head
            count = int(self.repo.git("rev-list", "--count", f"{before}..{head}"))
            words = f"added {count} commit{'s' * (count != 1)}\n\n<ul><li>{head[:8]} - a commit</li></ul>"
            self.notes.remark(pull, pull.author, words)
            self._moved(pull)

    def retarget(self, number: int, branch: str) -> None:
        with self.lock:
            pull = self.pulls[number]
            before, pull.target_branch = pull.target_branch, branch
            self.notes.remark(pull, pull.author, f"changed target branch from `{before}` to `{branch}`")
            if self._version(pull):
                self._moved(pull)

    def _moved(self, pull: MergeRequest) -> None:
        for discussion in pull.discussions:
            stays = [self.trace(pull, note) for note in discussion.notes]
            if not all(stays) and not any(note.system for note in discussion.notes):
                self.notes.outdated(pull, pull.author, discussion)
