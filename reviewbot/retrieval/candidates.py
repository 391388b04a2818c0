"""Pieces that might be shown, and the choice among them within a budget.

Candidates come in order of preference. Each is taken if it fits and adds lines that no earlier
one of the same file and version shows; where two overlap, the later gives up the shared lines.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from reviewbot.domain.excerpt import Excerpt

LONGEST = 80
"""Lines of one excerpt."""

MOST_EXCERPTS = 200
_MOST_BYTES = 12_000
_FEWEST_LINES = 3  # what is left of an overlap is not worth an excerpt of its own below this
_FRAME_TOKENS = 30  # id, path, lines and reason around the text


@dataclass(frozen=True, slots=True)
class Candidate:
    """Lines of a file at a commit that might be shown, and why; the text without the last line's end."""

    path: str
    commit: str
    first: int
    why: str
    lines: tuple[bytes, ...]

    @property
    def last(self) -> int:
        """The last line, included."""
        return self.first + len(self.lines) - 1

    @property
    def tokens(self) -> int:
        """An estimate that errs high: three bytes to a token."""
        return _FRAME_TOKENS + sum(len(line) + 1 for line in self.lines) // 3

    def part(self, first: int, last: int) -> "Candidate":
        """Cut to the lines from `first` to `last`."""
        return replace(self, first=first, lines=self.lines[first - self.first : last - self.first + 1])


def window(lines: tuple[bytes, ...], first: int, last: int, around: int) -> range:
    """Give at most `LONGEST` of the lines from `first` to `last`, with `around` among them.

    The range is clipped to what the file has and made shorter if its lines are very long.
    """
    first, last = max(1, first), min(last, len(lines))
    start = max(first, min(around - LONGEST // 3, last - LONGEST + 1)) if last - first >= LONGEST else first
    stop = min(last, start + LONGEST - 1)
    size = 0
    for number in range(start, stop + 1):
        size += len(lines[number - 1]) + 1
        if size > _MOST_BYTES:
            return range(start, number)
    return range(start, stop + 1)


def fill(parts: Iterable[tuple[int, Iterable[Candidate]]], repository: str) -> tuple[Excerpt, ...]:
    """Take candidates part by part, each part within its own tokens, and number what was taken.

    What one part leaves over goes to the next.
    """
    taken: list[Candidate] = []
    shown: dict[tuple[str, str], list[Candidate]] = {}
    left = 0
    for budget, candidates in parts:
        left += budget
        for candidate in candidates:
            place = shown.setdefault((candidate.path, candidate.commit), [])
            rest = _without(candidate, place)
            if rest is None or rest.tokens > left or len(taken) >= MOST_EXCERPTS:
                continue
            left -= rest.tokens
            taken.append(rest)
            place.append(rest)
    return tuple(_excerpt(number, one, repository) for number, one in enumerate(taken, 1))


def _without(candidate: Candidate, shown: list[Candidate]) -> Candidate | None:
    """Give the longest run of lines that is not shown yet."""
    runs = [(candidate.first, candidate.last)]
    for other in shown:
        runs = [run for one in runs for run in _minus(one, (other.first, other.last))]
    first, last = max(runs, key=lambda run: (run[1] - run[0], -run[0]), default=(1, 0))
    whole = (first, last) == (candidate.first, candidate.last)
    if last < first or (not whole and last - first + 1 < _FEWEST_LINES):
        return None
    return candidate.part(first, last)


def _minus(run: tuple[int, int], other: tuple[int, int]) -> Iterator[tuple[int, int]]:
    above, below = (run[0], min(run[1], other[0] - 1)), (max(run[0], other[1] + 1), run[1])
    yield from (part for part in ((above,) if above == below else (above, below)) if part[0] <= part[1])


def _excerpt(number: int, one: Candidate, repository: str) -> Excerpt:
    text = b"\n".join(one.lines).decode("utf-8", "surrogateescape")
    return Excerpt(f"x{number}", repository, one.path, one.commit, one.first, one.last, one.why, text)
