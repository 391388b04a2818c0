"""Which findings are new: those of the head less those that the base has too.

First through the diff's line map: the same rule on the same unchanged lines is the same flaw. Of
the rest, one that stood on lines the change took out and one on lines it put in are the same if
rule and text (white space folded) are: that one was moved or re-indented. Each base finding
excuses one head finding at most. So a flaw that was moved is old, of a flaw that was copied
exactly the added one is new, and no unchanged line is blamed for what was done elsewhere.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence

from reviewbot.domain.change import FileDiff
from reviewbot.domain.finding import Finding, Span
from reviewbot.scanners.catalogue import Placed


def split(
    head: Sequence[Placed], base: Sequence[Placed], file: FileDiff
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Part the head's findings of one file into new and existing, in order.

    `base` holds the findings of the file's old side; through renames the path plays no part.
    """
    by_place = Counter((_key(placed), placed.finding.span.first, placed.finding.span.last) for placed in base)
    existing: set[int] = set()
    for number, placed in enumerate(head):
        before = _before(placed.finding.span, file)
        place = (_key(placed), *before) if before else None
        if place is not None and by_place[place] > 0:
            by_place[place] -= 1
            existing.add(number)
    moved = _moved(by_place.elements(), file)
    for number, placed in enumerate(head):
        span = placed.finding.span
        if number in existing or not file.touches(span.first, span.last):
            continue
        if moved[_key(placed)] > 0:
            moved[_key(placed)] -= 1
            existing.add(number)
    new = tuple(placed.finding for number, placed in enumerate(head) if number not in existing)
    old = tuple(placed.finding for number, placed in enumerate(head) if number in existing)
    return new, old


def _key(placed: Placed) -> tuple[str, str]:
    return placed.finding.rule, placed.text


def _before(span: Span, file: FileDiff) -> tuple[int, int] | None:
    """Give the lines of the old side that the span stood on; None if an end of it was added."""
    first = file.old_line(span.first)
    last = file.old_line(span.last)
    return None if first is None or last is None else (first, last)


def _moved(left: Iterable[tuple[tuple[str, str], int, int]], file: FileDiff) -> Counter[tuple[str, str]]:
    """Count base findings that hold a line which the change took out."""
    removed = [hunk.old_lines for hunk in file.hunks if hunk.removed]
    starts = [lines.start for lines in removed]

    def touched(first: int, last: int) -> bool:
        at = bisect_right(starts, last)
        return at > 0 and removed[at - 1].stop > first

    return Counter(key for key, first, last in left if touched(first, last))
