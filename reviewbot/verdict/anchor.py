"""Where a quote stands: the model's words for a line against the lines it was shown.

Input: the shown lines of a run, and a claimed path, line and quote. Output: the line of the
head that the quote is really about, or the reason why there is none. White space at the ends
may differ. A diff mark or line number that the model copied along with the line is taken off
once, and only if what remains names one text of the hunk; a quote that stands there as it
is always wins.
"""

import bisect
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from reviewbot.domain.claim import ShownLine
from reviewbot.domain.paths import quoted
from reviewbot.domain.visible import visible

# How `visible` shows the CR of a CRLF line: white space at the end, like any other.
_CARRIAGE_RETURN = "<U+000D>"
# What a model may copy along with a line: a diff mark, a line number, or both with a bar behind.
_MARKED = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r"(?P<mark>[+-])(?P<text>.*)",
        r"\d{1,9}(?:\s*[|:]\s?|\s+)(?P<mark>)(?P<text>.*)",
        r"\d{1,9}(?:\s*[|:]\s?|\s+)(?P<mark>[+-])(?P<text>.*)",
        r"(?:\d{1,9}\s*)?(?P<mark>[+-]?)\s*\|(?P<text>.*)",
    )
)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The line that a quote was found on; `line` None if on none, and then `why` says so."""

    line: int | None
    why: str = ""


@dataclass(slots=True)
class _Standing:
    """Where one text stands in one hunk, each list in ascending order."""

    added: list[int] = field(default_factory=list)
    context: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines that the model saw, to be looked up by place and by text.

    A line may be shown more than once (in overlapping hunks, or with its comment left out):
    any of its texts will do.
    """

    paths: dict[str, str]
    _at: dict[tuple[str, int], tuple[tuple[int, str], ...]]
    _standing: dict[tuple[int, str], _Standing]

    @classmethod
    def of(cls, lines: Iterable[ShownLine]) -> "Shown":
        """Index the lines. A hunk's number must not be used for two paths."""
        at: dict[tuple[str, int], tuple[tuple[int, str], ...]] = {}
        standing: dict[tuple[int, str], _Standing] = {}
        for line in sorted(lines, key=lambda shown: (shown.path, shown.line, shown.hunk, shown.text)):
            text = _bare(line.text)
            at[line.path, line.line] = (*at.get((line.path, line.line), ()), (line.hunk, text))
            places = standing.setdefault((line.hunk, text), _Standing())
            (places.added if line.added else places.context).append(line.line)
        return cls(_names({path for path, _ in at}), at, standing)

    def anchor(self, path: str, line: int, quote: str) -> Anchor:
        """Find the line that a quote is about: the claimed one, else the nearest of its hunk.

        Added lines go before context, then the smaller distance, then the smaller number.
        """
        here = self._at.get((path, line))
        if here is None:
            return Anchor(None, f"line {line} was not shown to the model")
        wanted = _bare(quote)
        if not wanted:
            return Anchor(None, "it quotes nothing")
        if "\n" in wanted:
            return Anchor(None, "it quotes several lines instead of the one it is about")
        found = self._find(here, line, wanted)
        if found is None:
            found = self._find_without_mark(here, line, wanted)
        if found is None:
            return Anchor(None, "the quote does not stand in the hunk that was shown")
        return Anchor(found)

    def _find(self, here: tuple[tuple[int, str], ...], line: int, wanted: str) -> int | None:
        if any(text == wanted for _, text in here):
            return line
        places = [self._standing.get((hunk, wanted)) for hunk, _ in here]
        for lists in ([p.added for p in places if p], [p.context for p in places if p]):
            near = [near for numbers in lists for near in _nearest(numbers, line)]
            if near:
                return min(near, key=lambda number: (abs(number - line), number))
        return None

    def _find_without_mark(self, here: tuple[tuple[int, str], ...], line: int, wanted: str) -> int | None:
        found: set[int] = set()
        for mark, text in _without_mark(wanted):
            # What was taken out may stand elsewhere too: a minus is believed on the claimed line only.
            if mark != "-":
                place = self._find(here, line, text)
                found |= {place} if place is not None else set()
            elif any(text == shown for _, shown in here):
                found.add(line)
        return found.pop() if len(found) == 1 else None


def _bare(text: str) -> str:
    return text.strip().removesuffix(_CARRIAGE_RETURN).rstrip()


def _names(paths: set[str]) -> dict[str, str]:
    """Map each way to write a path to the path; a real name goes before another's quoted form."""
    names: dict[str, str] = {}
    for path in sorted(paths):
        names.setdefault(visible(path), path)
    names |= {quoted(path): path for path in sorted(paths)}
    return names | {path: path for path in paths}


def _nearest(numbers: list[int], line: int) -> list[int]:
    at = bisect.bisect_left(numbers, line)
    return numbers[max(0, at - 1) : at + 1]


def _without_mark(quote: str) -> set[tuple[str, str]]:
    """Give each mark and text that the quote may be made of, read once in each way."""
    matches = [pattern.fullmatch(quote) for pattern in _MARKED]
    read = {(match["mark"] or "", _bare(match["text"])) for match in matches if match}
    return {(mark, text) for mark, text in read if text}
