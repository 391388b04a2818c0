"""What a GitLab keeps of a merge request."""

import datetime as dt
import hashlib
import itertools
from dataclasses import dataclass, field
from typing import Any

from fakes.server import User

START = dt.datetime(2026, 11, 21, 8, 0, tzinfo=dt.UTC)


class Clock:
    """Numbers and times that never repeat, the same in every run."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1001)
        self._seconds = itertools.count()

    def number(self) -> int:
        return next(self._numbers)

    def now(self) -> str:
        moment = START + dt.timedelta(seconds=next(self._seconds))
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + "000Z"


@dataclass
class Note:
    """A comment. `kind` is DiffNote, DiscussionNote or None; `original` is where it was put at first."""

    id: int
    kind: str | None
    body: str
    author: User
    created: str
    updated: str
    system: bool = False
    position: dict[str, Any] | None = None
    original: dict[str, Any] | None = None
    line_code: str | None = None
    resolver: User | None = None
    resolved_at: str | None = None
    applied: set[int] = field(default_factory=set)  # suggestions, by their place in the body

    @property
    def resolvable(self) -> bool:
        return self.kind is not None and not self.system


@dataclass
class Discussion:
    """A thread, or one comment that stands alone (`individual`)."""

    id: str
    individual: bool
    notes: list[Note]

    @classmethod
    def of(cls, note: Note) -> "Discussion":
        return cls(hashlib.sha1(f"discussion {note.id}".encode()).hexdigest(), note.kind is None, [note])

    @property
    def resolvable(self) -> bool:
        return any(note.resolvable for note in self.notes)

    @property
    def resolved(self) -> bool:
        return self.resolvable and all(note.resolver for note in self.notes if note.resolvable)


@dataclass
class Draft:
    """A comment that only its author sees until it is published."""

    id: int
    author: User
    note: str
    position: dict[str, Any] | None
    line_code: str | None
    discussion: str | None
    resolve: bool


@dataclass(frozen=True)
class Version:
    """A state of the merge request: its diff goes from base to head, start is the target's tip then."""

    id: int
    base: str
    start: str
    head: str
    created: str

    @property
    def shas(self) -> tuple[str, str, str]:
        return self.base, self.start, self.head


@dataclass
class MergeRequest:
    """A merge request. `unready` reads see no diff yet, as right after creation [K]."""

    id: int
    iid: int
    author: User
    title: str
    source_branch: str
    target_branch: str
    source_project_id: int
    created: str
    versions: list[Version] = field(default_factory=list)
    discussions: list[Discussion] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    state: str = "opened"
    unready: int = 0
    behind: int = 0  # reads that still see the version before a push [K]
    executed: list[str] = field(default_factory=list)  # quick actions
    draft: bool = False

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    @property
    def notes(self) -> list[Note]:
        return [note for discussion in self.discussions for note in discussion.notes]

    def shas(self) -> list[tuple[str, str, str]]:
        return [version.shas for version in self.versions]

    def thread(self, discussion: str) -> Discussion | None:
        return next((each for each in self.discussions if each.id == discussion), None)

    def thread_of(self, note: int) -> Discussion | None:
        return next((each for each in self.discussions if any(one.id == note for one in each.notes)), None)
