"""Where the model may put other lines: lines that the change adds, at the finding and close around it.

A line that the model is not shown exactly as it is, because it holds a masked secret or a character
that cannot be seen, is never its to write again: it could only write the placeholder.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewbot.domain.edits import MARK, lines_of, without_end
from reviewbot.domain.finding import Span
from reviewbot.domain.mending import Flaw, HeadFile, Refused
from reviewbot.model.shown import Veil

AROUND = 10
"""How many lines before and after the finding may be replaced with it."""

MOST_LINES = 60
"""Most lines that one answer replaces, and most that it puts there."""

_MASKED = "a secret stands in these lines, so no model is asked about them"
_HIDDEN = "characters stand in these lines that no model can be shown as they are"


@dataclass(frozen=True, slots=True)
class Place:
    """Lines `first` to `last` of the head, all added by the change, may be replaced."""

    first: int
    last: int


def text_lines(file: HeadFile) -> tuple[str, ...] | None:
    """Give a file's lines without their ends, as edits count them; None if it is not UTF-8."""
    body = file.content.removeprefix(MARK)
    try:
        return tuple(without_end(line).decode("utf-8") for line in lines_of(body))
    except UnicodeDecodeError:
        return None


def place_of(flaw: Flaw, lines: Sequence[str], veil: Veil) -> Place | Refused:
    """Find the lines that may be replaced: of the added stretch that holds most of the finding."""
    span = flaw.finding.span
    runs = [hunk.new_lines for hunk in flaw.file.diff.hunks if _shared(hunk.new_lines, span)]
    if not runs or span.last > len(lines) or runs[-1].stop - 1 > len(lines):
        return Refused("the change adds no line of the finding")
    run = max(runs, key=lambda one: (_shared(one, span), -one.start))
    first, last = max(run.start, span.first), min(run.stop - 1, span.last)
    if last - first >= MOST_LINES:
        return Refused("the finding is over too many lines")
    for line in lines[span.first - 1 : span.last]:
        if veil.line(line) != line:
            return Refused(_MASKED if _masked(line, veil) else _HIDDEN)
    return _widened(Place(first, last), run, lines, veil)


def _masked(line: str, veil: Veil) -> bool:
    return veil.mask.hide(line) != line or any(piece in line for piece, _ in veil.pieces)


def _shared(run: range, span: Span) -> int:
    return max(0, min(run.stop - 1, span.last) - max(run.start, span.first) + 1)


def _widened(core: Place, run: range, lines: Sequence[str], veil: Veil) -> Place:
    """Take the lines around, as far as the change added them and the model is shown them as they are."""

    def open_to_it(number: int) -> bool:
        return number in run and veil.line(lines[number - 1]) == lines[number - 1]

    first, last = core.first, core.last
    while first > core.first - AROUND and open_to_it(first - 1):
        first -= 1
    while last < core.last + AROUND and open_to_it(last + 1):
        last += 1
    return Place(first, last)
