"""The change as it is laid before the model: hunks with their surroundings, numbered.

Input: a file's diff and its blob at the head. Output: `Section`s, each a run of neighbouring
lines with marks: `+` added, `-` removed, blank for what was there before and is shown as
context. Removed lines have no number: the model speaks about the head only.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.domain.change import FileDiff, Hunk
from reviewbot.model.shown import Veil, decoded

CONTEXT_LINES = 8
"""Unchanged lines shown before and after each hunk."""

_CONTEXT_CHARACTERS = 500  # a longer unchanged line is left out; a changed one is always shown


@dataclass(frozen=True, slots=True)
class Line:
    """One line as laid out. `number` is the head's; None for a removed line."""

    mark: str
    number: int | None
    text: str

    def __str__(self) -> str:
        """Write number, mark and text as the prompt has them; the text begins after the bar."""
        return f"{self.number or '':>6} {self.mark}|{self.text}"

    @property
    def changed(self) -> bool:
        """True for added and removed lines."""
        return self.mark != " "


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that stand together. `at` is where removed lines without neighbours stood."""

    lines: tuple[Line, ...]
    at: int

    @property
    def range(self) -> tuple[int, int]:
        """First and last line of the head that changed here; where the gap is, if lines only went."""
        numbers = [line.number for line in self.lines if line.changed and line.number]
        return (min(numbers), max(numbers)) if numbers else (max(1, self.at), max(1, self.at))


def sections(file: FileDiff, content: bytes, veil: Veil, *, bare: bool = False) -> tuple[Section, ...]:
    """Lay out a file's hunks; those whose surroundings touch become one section.

    `bare` takes the added lines from `content`, a copy of the head with the same lines but other
    text in them, and leaves removed lines out.
    """
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    # Where every line ends in CRLF the CR says nothing, and a model cannot quote it.
    crlf = bool(lines) and all(line.endswith(b"\r") for line in lines)
    page = _Page(lines, veil, crlf)
    hunks = tuple(_bare(hunk, lines) for hunk in file.hunks) if bare else file.hunks
    return tuple(_section(group, page) for group in _groups(hunks) if any(_shows(hunk) for hunk in group))


def _bare(hunk: Hunk, lines: list[bytes]) -> Hunk:
    return Hunk(hunk.old_start, hunk.new_start, (), tuple(lines[n - 1] for n in hunk.new_lines))


def _shows(hunk: Hunk) -> bool:
    return bool(hunk.added or hunk.removed)


@dataclass(frozen=True, slots=True)
class _Page:
    lines: list[bytes]
    veil: Veil
    crlf: bool

    def show(self, raw: bytes) -> str:
        return self.veil.line(decoded(raw.removesuffix(b"\r") if self.crlf else raw))

    def context(self, first: int, last: int) -> Iterator[Line]:
        for number in range(max(1, first), min(last, len(self.lines)) + 1):
            raw = self.lines[number - 1]
            if len(raw) <= _CONTEXT_CHARACTERS:
                yield Line(" ", number, self.show(raw))


def _after(hunk: Hunk) -> int:
    """Give the first unchanged line after the hunk."""
    return hunk.new_start + (len(hunk.added) if hunk.added else 1)


def _before(hunk: Hunk) -> int:
    """Give the last unchanged line before the hunk."""
    return hunk.new_start - 1 if hunk.added else hunk.new_start


def _groups(hunks: tuple[Hunk, ...]) -> Iterator[tuple[Hunk, ...]]:
    group: list[Hunk] = []
    for hunk in hunks:
        if group and _before(hunk) - CONTEXT_LINES >= _after(group[-1]) + CONTEXT_LINES:
            yield tuple(group)
            group = []
        group.append(hunk)
    if group:
        yield tuple(group)


def _section(group: tuple[Hunk, ...], page: _Page) -> Section:
    lines: list[Line] = []
    reached = _before(group[0]) - CONTEXT_LINES + 1
    for hunk in group:
        lines += page.context(reached, _before(hunk))
        lines += (Line("-", None, page.show(raw)) for raw in hunk.removed)
        lines += (
            Line("+", number, page.show(raw)) for number, raw in zip(hunk.new_lines, hunk.added, strict=True)
        )
        reached = _after(hunk)
    lines += page.context(reached, reached + CONTEXT_LINES - 1)
    return Section(tuple(lines), group[0].new_start)
