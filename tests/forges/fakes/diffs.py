r"""A diff as git printed it, cut into files, hunks and lines.

Bytes are split on `\n` only; a `\r` belongs to its line.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

STATUS = {"A": "added", "D": "deleted", "M": "modified", "R": "renamed", "C": "copied", "T": "typechange"}
HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@(.*)", re.DOTALL)


@dataclass(frozen=True)
class Shown:
    """A line that the diff displays: its numbers (None on a side without it) and its bytes with their EOL.

    `old_at` and `new_at` are the parser's running positions: the number itself, or on the side that
    lacks the line that of the side's next one, counted from the hunk's header (so 0 in a new file).
    """

    kind: str  # "+", "-" or " "
    old: int | None
    new: int | None
    old_at: int
    new_at: int
    text: bytes


@dataclass(frozen=True)
class Hunk:
    """A hunk as its header counts it. `heading` is the text behind the second @@."""

    old_start: int
    old_count: int
    new_start: int
    new_count: int
    heading: bytes
    lines: tuple[Shown, ...]


@dataclass(frozen=True)
class FileChange:
    """A file of a diff. Paths are equal unless it is a rename or copy; blobs are zeros where there is none.

    `patch` is the diff's text from the first @@ on, as git printed it.
    """

    status: str
    old_path: str
    new_path: str
    old_mode: str
    new_mode: str
    old_blob: str
    new_blob: str
    binary: bool
    hunks: tuple[Hunk, ...]
    patch: bytes

    @property
    def lines(self) -> tuple[Shown, ...]:
        """All displayed lines, in order."""
        return tuple(line for hunk in self.hunks for line in hunk.lines)

    def find(self, old: int | None, new: int | None) -> Shown | None:
        """The displayed line with exactly these numbers, None meaning "not on that side"."""
        return next((line for line in self.lines if (line.old, line.new) == (old, new)), None)

    def hunk_of(self, *, old: int | None = None, new: int | None = None) -> Hunk | None:
        """The hunk that displays a line, which is given by either side's number."""
        for hunk in self.hunks:
            for line in hunk.lines:
                if (old is not None and line.old == old) or (new is not None and line.new == new):
                    return hunk
        return None

    def counterpart(self, *, old: int | None = None, new: int | None = None) -> int | None:
        """The other side's number of a line outside of all hunks; None if it is inside of one."""
        if self.hunk_of(old=old, new=new):
            return None
        offset = 0
        for hunk in self.hunks:
            starts, mine = (hunk.old_start, old) if new is None else (hunk.new_start, new)
            if starts > mine:
                break
            offset = (hunk.new_start + hunk.new_count) - (hunk.old_start + hunk.old_count)
        return old + offset if new is None else new - offset


def split(data: bytes) -> tuple[bytes, ...]:
    r"""The lines of a file with their ends, on `\n` only; the last may have none."""
    lines = data.split(b"\n")
    last = lines.pop()
    return tuple(line + b"\n" for line in lines) + ((last,) if last else ())


def ending(line: bytes) -> bytes:
    r"""What ends a line: `\r\n`, `\n` or nothing."""
    return b"\r\n" if line.endswith(b"\r\n") else b"\n" if line.endswith(b"\n") else b""


def width(line: bytes) -> int:
    r"""UTF-16 code units of a line without its `\n` or `\r\n`. What is no UTF-8 counts one per byte."""
    text = line[: len(line) - len(ending(line))].decode("utf-8", "surrogateescape")
    return sum(2 if ord(letter) > 0xFFFF else 1 for letter in text)


def line_code(path: str, old_at: int, new_at: int) -> str:
    """GitLab's name of a diff line: `sha1(path)_old_new` [S lib/gitlab/git.rb, diff/line_code.rb]."""
    return f"{hashlib.sha1(path.encode('utf-8', 'surrogateescape')).hexdigest()}_{old_at}_{new_at}"


def files(raw: bytes, patch: bytes) -> Iterator[FileChange]:
    """Join git's list of files with its patches, which come in the same order."""
    fields = raw.decode("utf-8", "surrogateescape").split("\0")[:-1]
    parts = _patches(patch)
    zeros = "0" * 40
    while fields:
        old_mode, new_mode, old_blob, new_blob, letter = fields.pop(0)[1:].split(" ")
        old_path = fields.pop(0)
        new_path = fields.pop(0) if letter[0] in "RC" else old_path
        if letter[0] == "T":  # git prints a change of type as a deletion and an addition
            yield _file(
                "deleted", (old_path, new_path), (old_mode, "000000"), (old_blob, zeros), parts.pop(0)
            )
            yield _file("added", (old_path, new_path), ("000000", new_mode), (zeros, new_blob), parts.pop(0))
            continue
        yield _file(
            STATUS[letter[0]], (old_path, new_path), (old_mode, new_mode), (old_blob, new_blob), parts.pop(0)
        )
    assert not parts, "git printed a patch for a file that it did not list"


def _file(status, paths, modes, blobs, part: tuple[bytes, bool, list[Hunk]]) -> FileChange:
    patch, binary, hunks = part
    return FileChange(status, *paths, *modes, *blobs, binary, tuple(hunks), patch)


def _patches(patch: bytes) -> list[tuple[bytes, bool, list[Hunk]]]:
    """Cut a patch into its files: the text from the first @@ on, whether it is binary, the hunks."""
    lines = split(patch)
    parts: list[tuple[bytes, bool, list[Hunk]]] = []
    at = 0
    while at < len(lines):
        assert lines[at].startswith(b"diff --git "), lines[at]
        at, binary = at + 1, False
        while at < len(lines) and not lines[at].startswith((b"diff --git ", b"@@ ")):
            binary = binary or lines[at].startswith((b"Binary files ", b"GIT binary patch"))
            at += 1
        first, hunks = at, []
        while at < len(lines) and lines[at].startswith(b"@@ "):
            hunk, at = _hunk(lines, at)
            hunks.append(hunk)
        parts.append((b"".join(lines[first:at]), binary, hunks))
    return parts


def _hunk(lines: tuple[bytes, ...], at: int) -> tuple[Hunk, int]:
    found = HUNK.match(lines[at])
    old_start, new_start = int(found[1]), int(found[3])
    old_count = 1 if found[2] is None else int(found[2])
    new_count = 1 if found[4] is None else int(found[4])
    old, new, shown, at = old_start, new_start, [], at + 1
    old_end, new_end = old_start + old_count, new_start + new_count
    while old < old_end or new < new_end or (at < len(lines) and lines[at].startswith(b"\\")):
        kind, text = chr(lines[at][0]), lines[at][1:]
        at += 1
        if kind == "\\":
            last = shown.pop()
            shown.append(Shown(last.kind, last.old, last.new, last.old_at, last.new_at, last.text[:-1]))
            continue
        assert kind in "+- ", lines[at - 1]
        on_old, on_new = kind != "+", kind != "-"
        shown.append(Shown(kind, old if on_old else None, new if on_new else None, old, new, text))
        old, new = old + on_old, new + on_new
    return Hunk(old_start, old_count, new_start, new_count, found[5].strip(b"\n"), tuple(shown)), at
