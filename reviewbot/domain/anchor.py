"""Where an inline comment stands: lines of one file, numbered as both sides of its diff number them."""

from dataclasses import dataclass
from enum import StrEnum


class Side(StrEnum):
    """A side of a diff."""

    OLD = "old"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Place:
    """Whole lines of one side of a file, counted from 1, both ends included.

    `path` is the file's path in the change: the new one, or the old one if the file was deleted.
    """

    path: str
    side: Side
    first: int
    last: int

    def __post_init__(self) -> None:
        """Refuse what is not a place."""
        if not 1 <= self.first <= self.last:
            raise ValueError(f"not a place: lines {self.first} to {self.last}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a diff: its number on each side, None on a side that does not have it.

    `old_at` and `new_at` are the running positions of a diff's parser at this line: the number
    itself on a side that has the line, else the number of that side's next line. GitLab builds its
    line codes from them.
    """

    old: int | None
    new: int | None
    old_at: int
    new_at: int


@dataclass(frozen=True, slots=True)
class Anchor:
    r"""Lines that a comment can be attached to, checked against the diff.

    `path` and `old_path` are what the file is called on the new and the old side (equal where it
    has only one). `first` and `last` lie on `side`; for `Side.NEW` they are added or unchanged lines,
    for `Side.OLD` removed ones. `width` is the length of the last line without its `\n` or `\r\n`, in
    UTF-16 code units, as Azure DevOps counts columns.
    """

    path: str
    old_path: str
    side: Side
    first: Line
    last: Line
    width: int

    @property
    def is_single(self) -> bool:
        """True for one line."""
        return self.first == self.last
