r"""Putting edits of whole lines into a file's bytes, and telling two texts apart in such edits.

Lines end at `\n` bytes. A new line ends as the lines around it do, so a file with CRLF stays one.
"""

import difflib
from collections.abc import Sequence

from reviewbot.domain.patch import Edit

Change = tuple[int, int, tuple[str, ...]]
"""Lines `first`..`last` (as in `Edit`) replaced by others without line ends."""


def lines_of(content: bytes) -> list[bytes]:
    r"""Part content into lines with their `\n`; the last one may have none."""
    lines = content.split(b"\n")
    ended = [line + b"\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def without_end(line: bytes) -> bytes:
    r"""Take off `\n` or `\r\n`."""
    return line.removesuffix(b"\n").removesuffix(b"\r") if line.endswith(b"\n") else line


def applied(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Put the edits in. Raises `ValueError` where they overlap or reach outside of the file."""
    lines = lines_of(content)
    result: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda one: (one.first, one.last)):
        if edit.first - 1 < at or edit.last > len(lines):
            raise ValueError(f"lines {edit.first} to {edit.last} overlap others, or are not in the file")
        result += lines[at : edit.first - 1]
        _put(result, edit, lines)
        at = edit.last
    result += lines[at:]
    return b"".join(result)


def _put(result: list[bytes], edit: Edit, lines: Sequence[bytes]) -> None:
    """Add the new lines. The last one of the file keeps its missing end; what comes before it gets one."""
    end = _end_near(lines, edit.first)
    if edit.lines and result and not result[-1].endswith(b"\n"):
        result[-1] += end
    ends_file = edit.last == len(lines) and bool(lines) and not lines[-1].endswith(b"\n")
    for number, line in enumerate(edit.lines, 1):
        bare = ends_file and number == len(edit.lines)
        result.append(line.encode("utf-8", "surrogateescape") + (b"" if bare else end))


def _end_near(lines: Sequence[bytes], first: int) -> bytes:
    near = [*lines[max(0, first - 1) : first], *lines[max(0, first - 2) : first - 1], *lines[:1]]
    ended = [line for line in near if line.endswith(b"\n")]
    return b"\r\n" if ended and ended[0].endswith(b"\r\n") else b"\n"


def difference(before: Sequence[str], after: Sequence[str]) -> tuple[Change, ...]:
    """Give the edits of whole lines that turn one text into the other, in order, as few lines as possible."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return tuple(
        (start + 1, end, tuple(after[new_start:new_end]))
        for tag, start, end, new_start, new_end in matcher.get_opcodes()
        if tag != "equal"
    )
