"""Which lines of a file the model sees around a flaw, most telling first.

The lines in question, what the file imports, the heads of what they stand in, then the innermost
function, then what is around that, then the rest by distance. What stands in what is told by
indentation, which every language here has and no parser is needed for.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain

_LONGEST = 400
"""Characters of a line beyond which it is left out: minified code tells nobody anything."""

_MOST_IMPORTS = 80
_IMPORT = re.compile(
    r"""\s*(?:import\b|from\s+\S+\s+import\b|use\s|using\s|package\s|require\b|require_once\b|\#\s*include\b"""
    r"""|source\s|(?:const|let|var)\s.*\brequire\s*\()"""
)
_BRACKET = re.compile(r"\s*[\])}{]")


def seen(
    lines: Sequence[str], first: int, last: int, *, cost: Callable[[int], int], room: int
) -> tuple[int, ...]:
    """Choose line numbers in order, as many as `room` holds; empty if not even `first` to `last` fit."""
    taken = set(range(first, last + 1))
    room -= sum(map(cost, taken))
    if room < 0:
        return ()
    for number in by_worth(lines, first, last):
        if number in taken or len(lines[number - 1]) > _LONGEST:
            continue
        room -= cost(number)
        if room < 0:
            break
        taken.add(number)
    return tuple(sorted(taken))


def by_worth(lines: Sequence[str], first: int, last: int) -> Iterator[int]:
    """Give the numbers of all other lines, the most telling first; some of them more than once."""
    heads = list(_heads(lines, first))
    blocks = (_by_distance(first, last, head, _end(lines, head)) for head in heads)
    return chain(
        _imports(lines), heads, chain.from_iterable(blocks), _by_distance(first, last, 1, len(lines))
    )


def _imports(lines: Sequence[str]) -> Iterator[int]:
    found = 0
    for number, line in enumerate(lines, 1):
        if len(line) <= _LONGEST and _IMPORT.match(line):
            yield number
            found += 1
            if found == _MOST_IMPORTS:
                return


def _heads(lines: Sequence[str], at: int) -> Iterator[int]:
    """Give the lines that line `at` stands under, from inside to outside."""
    depth = _depth(lines[at - 1])
    for number in range(at - 1, 0, -1):
        line = lines[number - 1]
        if not depth:
            return
        if not line.strip() or _depth(line) >= depth:
            continue
        if _BRACKET.match(line):
            depth = _depth(line) + 1  # the end of a head over several lines, or a brace of its own
            continue
        yield number
        depth = _depth(line)


def _end(lines: Sequence[str], head: int) -> int:
    """Give the last line of what stands under a head."""
    depth = _depth(lines[head - 1])
    for number in range(head + 1, len(lines) + 1):
        line = lines[number - 1]
        if line.strip() and _depth(line) <= depth and not _BRACKET.match(line):
            return number - 1
    return len(lines)


def _by_distance(first: int, last: int, start: int, end: int) -> Iterator[int]:
    for distance in range(1, max(first - start, end - last) + 1):
        if first - distance >= start:
            yield first - distance
        if last + distance <= end:
            yield last + distance


def _depth(line: str) -> int:
    whole = line[:_LONGEST].expandtabs(8)
    return len(whole) - len(whole.lstrip())
