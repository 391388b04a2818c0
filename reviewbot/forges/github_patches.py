"""Which lines GitHub shows in its own diff: only on these does it take a comment.

The list of changed files gives each file's patch, cut as GitHub cuts it: three lines of context, no
patch for a file that is binary or too large. A comment needs all of its lines inside one hunk, else
GitHub refuses the whole review (422, "line must be part of the diff").
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reviewbot.domain.anchor import Anchor, Side
from reviewbot.forges.fields import optional_text, text

# A line of content begins with a blank, +, - or \, so only a hunk's header begins like this.
_HUNK = re.compile(r"^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Hunk:
    """The lines of a hunk on either side, counted from 1; the end is not included."""

    old: range
    new: range


def patches(files: Iterable[Mapping[str, object]]) -> dict[str, tuple[Hunk, ...] | None]:
    """Read the list of changed files: the hunks by the new path; None for a file without a patch."""
    found: dict[str, tuple[Hunk, ...] | None] = {}
    for item in files:
        patch = optional_text(item, "patch", "a changed file")
        found[text(item, "filename", "a changed file")] = None if patch is None else hunks(patch)
    return found


def hunks(patch: str) -> tuple[Hunk, ...]:
    """Read the headers of a patch; a count that is left out is 1."""
    return tuple(
        Hunk(_lines(old, old_count), _lines(new, new_count))
        for old, old_count, new, new_count in _HUNK.findall(patch)
    )


def shows(found: Mapping[str, tuple[Hunk, ...] | None], anchor: Anchor) -> bool:
    """Tell whether GitHub can show a comment there. True also where it gives no patch: then it must try."""
    if anchor.path not in found:
        return False
    of_file = found[anchor.path]
    if of_file is None:
        return True
    first, last = lines(anchor)
    return any(first in side and last in side for side in (_side(hunk, anchor.side) for hunk in of_file))


def lines(anchor: Anchor) -> tuple[int, int]:
    """Give the first and the last line's number on the anchor's side. Raises `ValueError` for no anchor."""
    old = anchor.side is Side.OLD
    first, last = (line.old if old else line.new for line in (anchor.first, anchor.last))
    if first is None or last is None:
        raise ValueError(f"an anchor without a line on its side: {anchor}")
    return first, last


def _side(hunk: Hunk, side: Side) -> range:
    return hunk.old if side is Side.OLD else hunk.new


def _lines(start: str, count: str) -> range:
    return range(int(start), int(start) + (int(count) if count else 1))
