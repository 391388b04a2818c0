r"""Putting edits of whole lines into a file's bytes, and telling two texts apart in such edits.

Lines end at `\n` bytes. A new line ends as the lines around it do, so a file with CRLF stays one. The byte
order mark stays in front and is part of no line; a file whose last line has no end keeps that.
"""

import difflib
from collections.abc import Iterator, Sequence

from reviewbot.domain.patch import Edit

Change = tuple[int, int, tuple[str, ...]]
"""Lines `first`..`last` (as in `Edit`) replaced by others without line ends."""

MARK = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8."""

_MOST_COMPARED = 1_000_000  # pairs of lines; more are not looked at one by one


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
    mark = MARK if content.startswith(MARK) else b""
    body = content[len(mark) :]
    lines = lines_of(body)
    result: list[bytes] = []
    at = 0
    for edit in sorted(edits, key=lambda one: (one.first, one.last)):
        if edit.first - 1 < at or edit.last > len(lines):
            raise ValueError(f"lines {edit.first} to {edit.last} overlap others, or are not in the file")
        result += lines[at : edit.first - 1]
        _put(result, edit, lines)
        at = edit.last
    result += lines[at:]
    if result and body and not body.endswith(b"\n"):
        result[-1] = without_end(result[-1])
    return mark + b"".join(result)


def _put(result: list[bytes], edit: Edit, lines: Sequence[bytes]) -> None:
    """Add the new lines, each with an end. What comes before them gets one."""
    end = _end_near(lines, edit.first)
    if edit.lines and result and not result[-1].endswith(b"\n"):
        result[-1] += end
    result += [line.encode("utf-8", "surrogateescape") + end for line in edit.lines]


def _end_near(lines: Sequence[bytes], first: int) -> bytes:
    near = [*lines[max(0, first - 1) : first], *lines[max(0, first - 2) : first - 1], *lines[:1]]
    ended = [line for line in near if line.endswith(b"\n")]
    return b"\r\n" if ended and ended[0].endswith(b"\r\n") else b"\n"


def difference(before: Sequence[str], after: Sequence[str]) -> tuple[Change, ...]:
    """Give the edits of whole lines that turn one text into the other, in order.

    They are as few lines as possible but for very large differences: those are one edit between two lines
    that both texts have once.
    """
    return tuple(_between(before, after, 0, len(before), 0, len(after)))


def _between(  # noqa: PLR0913, PLR0917 (two texts and a part of each)
    before: Sequence[str], after: Sequence[str], start: int, end: int, new_start: int, new_end: int
) -> Iterator[Change]:
    while start < end and new_start < new_end and before[start] == after[new_start]:
        start, new_start = start + 1, new_start + 1
    while start < end and new_start < new_end and before[end - 1] == after[new_end - 1]:
        end, new_end = end - 1, new_end - 1
    if start == end or new_start == new_end or (end - start) * (new_end - new_start) <= _MOST_COMPARED:
        yield from _compared(before[start:end], after[new_start:new_end], start)
        return
    anchors = _anchors(before[start:end], after[new_start:new_end])
    if not anchors:
        yield start + 1, end, tuple(after[new_start:new_end])
        return
    at, new_at = start, new_start
    for place, new_place in [*anchors, (end - start, new_end - new_start)]:
        yield from _between(before, after, at, start + place, new_at, new_start + new_place)
        at, new_at = start + place, new_start + new_place


def _compared(before: Sequence[str], after: Sequence[str], offset: int) -> Iterator[Change]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield offset + start + 1, offset + end, tuple(after[new_start:new_end])


def _anchors(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Pair lines that each text has exactly once, as far as they come in the same order in both."""
    once, new_once = _once(before), _once(after)
    found: list[tuple[int, int]] = []
    for line, place in once.items():
        new_place = new_once.get(line, -1)
        if new_place >= 0 and (not found or new_place > found[-1][1]):
            found.append((place, new_place))
    return found


def _once(lines: Sequence[str]) -> dict[str, int]:
    seen: dict[str, int] = {}
    twice: set[str] = set()
    for place, line in enumerate(lines):
        if line in seen:
            twice.add(line)
        seen.setdefault(line, place)
    return {line: place for line, place in seen.items() if line not in twice}
