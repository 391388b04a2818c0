r"""The change under review: files, their two versions, and the lines between them.

Lines are numbered from 1 and end at `\n` bytes only: a lone CR, a form feed, U+2028 are
content. Hunks hold no context lines; what surrounds them is read from the blobs.
"""

import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

ReadBlob = Callable[[str], bytes]
"""Gives the content of the blob with this object id. Raises `ReviewbotError` if it cannot."""

SYMLINK = "120000"
SUBMODULE = "160000"


class Status(StrEnum):
    """How a file changed, in git's terms."""

    ADDED = "added"
    COPIED = "copied"
    DELETED = "deleted"
    MODIFIED = "modified"
    RENAMED = "renamed"
    RETYPED = "retyped"  # file <-> symlink <-> submodule


class FileClass(StrEnum):
    """What kind of reviewers a changed file needs; the policy names them per class."""

    CODE = "code"
    TEXT = "text"
    BINARY = "binary"
    METADATA = "metadata"  # a mode, name or submodule pointer changed, no line did


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One side of a changed file. `path` is surrogate-escaped (see `paths`), `mode` six octal digits."""

    path: str
    mode: str
    oid: str

    @property
    def is_regular(self) -> bool:
        """True for an ordinary file; links and submodules are never followed."""
        return self.mode not in {SYMLINK, SUBMODULE}


@dataclass(frozen=True, slots=True)
class Hunk:
    r"""Lines taken out and put in at one place, without context and without their `\n`.

    As in `git diff -U0`: for a pure insertion `old_start` is the line before it (0 at the top),
    for a pure deletion `new_start` is the line before the gap.
    """

    old_start: int
    new_start: int
    removed: tuple[bytes, ...]
    added: tuple[bytes, ...]

    @property
    def new_lines(self) -> range:
        """Numbers of the added lines on the new side."""
        return range(self.new_start, self.new_start + len(self.added))

    @property
    def old_lines(self) -> range:
        """Numbers of the removed lines on the old side."""
        return range(self.old_start, self.old_start + len(self.removed))


@dataclass(frozen=True, slots=True)
class FileDiff:
    """One changed file. Exactly one of `old` and `new` may be missing."""

    status: Status
    old: FileVersion | None
    new: FileVersion | None
    hunks: tuple[Hunk, ...]
    file_class: FileClass

    def __post_init__(self) -> None:
        """Refuse a file with neither side."""
        if self.old is None and self.new is None:
            raise ValueError("a changed file needs an old or a new side")

    @property
    def path(self) -> str:
        """The path a reader knows it by: the new one, or the old one if it was deleted."""
        version = self.new or self.old
        assert version is not None
        return version.path

    @property
    def added_count(self) -> int:
        """Number of added lines."""
        return sum(len(hunk.added) for hunk in self.hunks)

    @property
    def removed_count(self) -> int:
        """Number of removed lines."""
        return sum(len(hunk.removed) for hunk in self.hunks)

    def added_lines(self) -> Iterator[tuple[int, bytes]]:
        """Each added line with its number on the new side."""
        for hunk in self.hunks:
            yield from zip(hunk.new_lines, hunk.added, strict=True)

    def touches(self, first: int, last: int) -> bool:
        """Say whether an added line lies in `first`..`last` of the new side (hunks are in order)."""
        at = bisect.bisect_right(self.hunks, last, key=lambda hunk: hunk.new_start)
        while at > 0:
            hunk = self.hunks[at - 1]
            if hunk.added:
                return hunk.new_lines[-1] >= first
            at -= 1
        return False

    def old_line(self, new_line: int) -> int | None:
        """Give the old side's number of an unchanged new line; None for an added one."""
        at = bisect.bisect_right(self.hunks, new_line, key=_first_new_line_after_gap)
        if at == 0:
            return new_line
        hunk = self.hunks[at - 1]
        if new_line in hunk.new_lines:
            return None
        return new_line - _new_end(hunk) + _old_end(hunk)


def _first_new_line_after_gap(hunk: Hunk) -> int:
    # A pure deletion stands after `new_start`: the line itself still maps by what came before.
    return hunk.new_start if hunk.added else hunk.new_start + 1


def _new_end(hunk: Hunk) -> int:
    return hunk.new_start + (len(hunk.added) if hunk.added else 1)


def _old_end(hunk: Hunk) -> int:
    return hunk.old_start + (len(hunk.removed) if hunk.removed else 1)


@dataclass(frozen=True, slots=True)
class HistoryBlob:
    """A file version that a commit of the range holds and the head does not."""

    commit: str
    path: str
    oid: str


@dataclass(frozen=True, slots=True)
class Change:
    """What is reviewed: everything between two trees of one repository.

    `base` is the tip of the target branch (the policy is read there), `merge_base` what the
    diff starts from, `head` the reviewed commit; `head` is None for the index or the work tree.
    `notes` are sentences for the reader, such as that uncommitted work is left out. `pull_request` is
    the number of the request that the change is, where it is one.
    """

    repository: str
    base: str
    merge_base: str
    head: str | None
    base_tree: str
    head_tree: str
    title: str
    files: tuple[FileDiff, ...]
    history: tuple[HistoryBlob, ...]
    notes: tuple[str, ...]
    pull_request: int | None = None

    @property
    def range_name(self) -> str:
        """`4f1d2c0..9ab31e7`, as people write it."""
        head = self.head[:7] if self.head else "uncommitted"
        return f"{self.merge_base[:7]}..{head}"
