r"""Reading what git prints about a difference. Nothing here starts a process.

In: the output of `git diff-tree`, as bytes. Out: which files changed, and hunks.

The patch is read by counting: the numbers in `@@ -a,b +c,d @@` say how many lines follow, so a
removed line `-- a/x`, which git prints as `--- a/x`, is content and cannot open another file. Files
in the patch have no names of the change's own but numbers that `compare` gave them. Whatever does
not fit the format is an error, never skipped. Lines end at `\n` only.

Source: git-diff(1), "RAW OUTPUT FORMAT" and "GENERATING PATCH TEXT WITH -P".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from reviewbot.domain.change import FileVersion, Hunk, Status
from reviewbot.domain.paths import from_bytes
from reviewbot.errors import UsageError

ABSENT_MODE = "000000"
_CHUNK = 1 << 16
_STATUS = {
    "A": Status.ADDED,
    "C": Status.COPIED,
    "D": Status.DELETED,
    "M": Status.MODIFIED,
    "R": Status.RENAMED,
    "T": Status.RETYPED,
}
_RAW = re.compile(rb":([0-7]{6}) ([0-7]{6}) ([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ([ACDMRT])(\d{0,3})")
_FILE = re.compile(rb"diff --git a/(\d+) b/(\d+)\n")
_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(?: [^\n]*)?\n")
_META = re.compile(
    rb"(?:new file mode |deleted file mode |index |--- (?:a/\d+|/dev/null)\n|\+\+\+ (?:b/\d+|/dev/null)\n)"
)
_SIGNS = {b" ", b"-", b"+"}
_NO_NEWLINE = b"\\ No newline at end of file\n"


def fields(output: IO[bytes]) -> Iterator[bytes]:
    """Cut what git prints with `-z` at its NULs. Raises `UsageError` if the last field has none."""
    rest = b""
    while chunk := output.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        raise _garbled("list", rest)


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One line of `diff-tree --raw`: a changed file before its lines are known."""

    status: Status
    old: FileVersion | None
    new: FileVersion | None


def parse_raw(listed: Iterator[bytes]) -> Iterator[RawEntry]:
    """Read the NUL-separated fields of `diff-tree --raw -z`. Raises `UsageError` for anything else."""
    for field in listed:
        found = _RAW.fullmatch(field)
        if found is None:
            raise _garbled("list of changed files", field)
        old_mode, new_mode, old_oid, new_oid, letter, _ = (part.decode("ascii") for part in found.groups())
        status = _STATUS[letter]
        old_path = _path(listed)
        new_path = _path(listed) if status in {Status.COPIED, Status.RENAMED} else old_path
        yield RawEntry(
            status,
            None if old_mode == ABSENT_MODE else FileVersion(old_path, old_mode, old_oid),
            None if new_mode == ABSENT_MODE else FileVersion(new_path, new_mode, new_oid),
        )


def _path(listed: Iterator[bytes]) -> str:
    path = next(listed, b"")
    if not path:
        raise _garbled("list of changed files", b"")
    return from_bytes(path)


@dataclass(slots=True)
class _Lines:
    """The lines of a patch, with one of them to give back."""

    readline: Callable[[], bytes]
    pending: bytes = b""

    def next(self) -> bytes:
        line = self.pending or self.readline()
        self.pending = b""
        return line


def parse_patch(readline: Callable[[], bytes]) -> Iterator[tuple[int, tuple[Hunk, ...]]]:
    """Read a patch, with context or without, whose files have numbers for names: each file's number with its hunks.

    `readline` gives the next line with its newline, and nothing at the end. Raises `UsageError` for
    whatever does not fit, so that a patch is understood wholly or not at all.
    """
    lines = _Lines(readline)
    line = lines.next()
    while line:
        found = _FILE.fullmatch(line)
        if found is None or found[1] != found[2]:
            raise _garbled("patch", line)
        line = lines.next()
        while _META.match(line):
            line = lines.next()
        lines.pending = line
        yield int(found[1]), tuple(_hunks(lines))
        line = lines.next()


def _hunks(lines: _Lines) -> Iterator[Hunk]:
    line = lines.next()
    while found := _HUNK.fullmatch(line):
        counts = tuple(1 if part is None else int(part) for part in found.groups())
        yield from _changes(lines, counts)
        line = lines.next()
        if line == _NO_NEWLINE:
            line = lines.next()
    lines.pending = line


def _changes(lines: _Lines, counts: tuple[int, ...]) -> Iterator[Hunk]:
    """Read as many lines as `@@` announced, and part them at the unchanged ones."""
    old_start, old_left, new_start, new_left = counts
    # Git names the line before where it has no line to name.
    old_next = old_start if old_left else old_start + 1
    new_next = new_start if new_left else new_start + 1
    removed: list[bytes] = []
    added: list[bytes] = []
    while old_left or new_left:
        line = lines.next()
        sign = line[:1]
        if line == _NO_NEWLINE:
            continue  # each line of content starts with its sign, so this one cannot be content
        if line[-1:] != b"\n" or sign not in _SIGNS or (added and sign == b"-"):
            raise _garbled("patch", line)
        if sign == b" " and (removed or added):
            yield _hunk(old_next, new_next, removed, added)
            old_next, new_next = old_next + len(removed), new_next + len(added)
            removed, added = [], []
        if sign == b" ":
            old_next, new_next = old_next + 1, new_next + 1
        elif sign == b"-":
            removed.append(line[1:-1])
        else:
            added.append(line[1:-1])
        old_left -= sign != b"+"
        new_left -= sign != b"-"
    if removed or added:
        yield _hunk(old_next, new_next, removed, added)


def _hunk(old_next: int, new_next: int, removed: list[bytes], added: list[bytes]) -> Hunk:
    return Hunk(
        old_next if removed else old_next - 1,
        new_next if added else new_next - 1,
        tuple(removed),
        tuple(added),
    )


def _garbled(what: str, found: bytes) -> UsageError:
    return UsageError(
        f"git's {what} could not be read: unexpected {found[:80]!r}",
        hint="this is a git that reviewbot does not know; please report it with `git --version`",
    )
