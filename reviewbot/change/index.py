"""The index as git stores it: which blob stands for which path, and how the file looked when it was read.

In: the output of `git ls-files`. Out: entries. Nothing here looks at the work tree, so no filter,
no fsmonitor and no attribute comes into play.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.change.command import Git
from reviewbot.domain.paths import from_bytes, quoted, to_bytes
from reviewbot.errors import UsageError

_ENTRY = re.compile(
    rb"(\d{6}) ([0-9a-f]{40,64}) ([0-3])\t([^\0]+)\0"
    rb"  ctime: \d+:\d+\n  mtime: (\d+):(\d+)\n  dev: \d+\tino: \d+\n  uid: \d+\tgid: \d+\n"
    rb"  size: (\d+)\tflags: ([0-9a-f]+)\n"
)
# Source: cache.h of git: CE_VALID, CE_INTENT_TO_ADD, CE_SKIP_WORKTREE.
_ASSUME_UNCHANGED = 0x8000
_INTENT_TO_ADD = 1 << 29
_SKIP_WORKTREE = 1 << 30


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One path of the index. `stage` is 0 unless a merge left the path unsettled.

    `mtime` is (seconds, nanoseconds) and `size` bytes, as git last saw the file; both are cut to 32 bits.
    """

    path: str
    mode: str
    oid: str
    stage: int
    mtime: tuple[int, int]
    size: int
    flags: int

    @property
    def is_only_announced(self) -> bool:
        """True after `git add --intent-to-add`: the path is known, its content is not."""
        return bool(self.flags & _INTENT_TO_ADD)

    @property
    def is_left_alone(self) -> bool:
        """True where git is told not to look at the disk (sparse checkout, assume-unchanged)."""
        return bool(self.flags & (_SKIP_WORKTREE | _ASSUME_UNCHANGED))


def read_index(git: Git) -> tuple[IndexEntry, ...]:
    """Give the entries of the index in git's order."""
    return tuple(parse_index(git.run("ls-files", "--stage", "--debug", "-z")))


def parse_index(raw: bytes) -> Iterator[IndexEntry]:
    """Read `ls-files --stage --debug -z`. Raises `UsageError` for what does not fit."""
    at = 0
    while at < len(raw):
        found = _ENTRY.match(raw, at)
        if found is None:
            raise UsageError(
                f"git's index could not be read: unexpected {raw[at : at + 80]!r}",
                hint="this is a git that reviewbot does not know; please report it with `git --version`",
            )
        mode, oid, stage, path, seconds, nanoseconds, size, flags = found.groups()
        yield IndexEntry(
            from_bytes(path), mode.decode("ascii"), oid.decode("ascii"), int(stage),
            (int(seconds), int(nanoseconds)), int(size), int(flags, 16),
        )  # fmt: skip
        at = found.end()


def staged_tree(git: Git, scratch: Path) -> str:
    """Give the tree that a commit of the index would hold. Raises `UsageError` while a merge is unsettled."""
    entries = read_index(git)
    unsettled = next((entry for entry in entries if entry.stage), None)
    if unsettled is not None:
        raise UsageError(
            f"{quoted(unsettled.path)} is not merged yet",
            hint="settle the merge and `git add` it, or use --worktree",
        )
    kept = ((entry.path, entry.mode, entry.oid) for entry in entries if not entry.is_only_announced)
    return write_tree(git, kept, scratch)


def write_tree(git: Git, entries: Iterable[tuple[str, str, str]], scratch: Path) -> str:
    """Write a tree of (path, mode, id) into the quarantine, by way of an index in `scratch`."""
    index = scratch / "index"
    index.unlink(missing_ok=True)
    aside = replace(git, directories=(*git.directories, ("GIT_INDEX_FILE", str(index))))
    lines = [f"{mode} {oid}\t".encode("ascii") + to_bytes(path) + b"\0" for path, mode, oid in entries]
    aside.run("update-index", "-z", "--index-info", feed=b"".join(lines))
    # Contents that a partial clone lacks are only named here, not read.
    return aside.run("write-tree", "--missing-ok").decode("ascii").strip()
