"""The steps of a CI workflow, found by the columns of their lines. What is not plainly written so is not found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_KEY = re.compile(r"^(?P<lead>\s*(?:-\s+)?)(?P<key>[A-Za-z_-]+):(?P<rest>(?:\s.*)?)$")


@dataclass(frozen=True, slots=True)
class Key:
    """A key on a line: the line's position, the key's column, and what follows the colon."""

    line: int
    column: int
    name: str
    rest: str
    item: bool  # it begins an item of a list


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a job: its keys in order, and the position behind its last line."""

    keys: tuple[Key, ...]
    end: int

    def key(self, name: str) -> Key | None:
        """Give a key of the step."""
        return next((one for one in self.keys if one.name == name), None)


def key_on(lines: Sequence[str], number: int) -> Key | None:
    """Read the key that a line begins with; None for a comment, a list item without one, a tab."""
    found = _KEY.match(lines[number])
    if found is None or "\t" in found["lead"]:
        return None
    return Key(number, len(found["lead"]), found["key"], found["rest"].strip(), "-" in found["lead"])


def column(line: str) -> int:
    """Give the column of a line's first character that is no white space; a blank line is as deep as any."""
    return len(line) - len(line.lstrip(" ")) if line.strip() else 10_000


def key_above(lines: Sequence[str], number: int, limit: int) -> Key | None:
    """Find the key that a line belongs to: the nearest line above whose key stands further left than `limit`."""
    for position in range(number, -1, -1):
        found = key_on(lines, position)
        if column(lines[position]) < limit and not lines[position].lstrip().startswith("#"):
            return found if found is not None and found.column < limit else None
    return None


def block_above(lines: Sequence[str], number: int, names: Sequence[str]) -> Key | None:
    """Find the key, of these names, that a line stands below and further right than."""
    limit = column(lines[number])
    for position in range(number - 1, -1, -1):
        if column(lines[position]) >= limit or lines[position].lstrip().startswith("#"):
            continue
        found = key_on(lines, position)
        if found is not None and found.column < limit and found.name in names:
            return found
        limit = column(lines[position])
    return None


def step_of(lines: Sequence[str], key: Key) -> Step | None:
    """Give the step that a key belongs to; None if it does not stand in a list."""
    start = key
    while not start.item:
        above = _sibling_above(lines, start)
        if above is None:
            return None
        start = above
    keys: list[Key] = []
    end = len(lines)
    for position in range(start.line, len(lines)):
        found = key_on(lines, position)
        if position > start.line and column(lines[position]) < start.column and _matters(lines[position]):
            end = position
            break
        if found is not None and found.column == start.column and (position == start.line or not found.item):
            keys.append(found)
    while end > start.line + 1 and not lines[end - 1].strip():
        end -= 1
    return Step(tuple(keys), end)


def _matters(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _sibling_above(lines: Sequence[str], key: Key) -> Key | None:
    for position in range(key.line - 1, -1, -1):
        found = key_on(lines, position)
        if found is not None and found.column == key.column:
            return found
        if column(lines[position]) < key.column and _matters(lines[position]):
            return None
    return None
