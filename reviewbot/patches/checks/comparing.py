r"""A file and its patched version, with what is edited where. Lines count from 1; texts have `\n` ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reviewbot.patches.checks.languages import Language, language_of


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines `first`..`last` of the file that became `new_first`..`new_last`; an empty range is a gap."""

    first: int
    last: int
    new_first: int
    new_last: int


Key = tuple[str, int, int]
"""Where lines stand: unchanged ones by their place in the patched file, others by the piece that touches them."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts. `spans` are the pieces' lines in it, `shifts` what is added to get to the patched file."""

    text: str
    spans: tuple[tuple[int, int], ...]
    shifts: tuple[int, ...]

    @property
    def lines(self) -> list[str]:
        """The lines."""
        return self.text.split("\n")

    def touching(self, first: int, last: int) -> int | None:
        """Give the number of the first piece that touches lines `first`..`last`: it shares one, or stands in a gap there."""
        for number, (start, end) in enumerate(self.spans):
            if start > last:
                return None
            if (first <= end if end >= start else first < start) and start <= last:
                return number
        return None

    def key(self, first: int, last: int) -> Key:
        """Say where lines stand, in words that are equal for lines that are the same on both sides."""
        number = self.touching(first, last)
        if number is not None:
            return ("edited", number, 0)
        shift = 0
        for (start, _), one in zip(self.spans, self.shifts, strict=True):
            if start > first:
                break
            shift = one
        return ("same", first + shift, last + shift)

    def edited(self) -> list[str]:
        """Give the lines of all pieces."""
        lines = self.lines
        return [line for start, end in self.spans for line in lines[start - 1 : end]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a check is asked. `beside` are pieces outside of the change's hunks; `approved` are names that may be used.

    `model`: the patch is a model's, of whom nothing is believed; else a rule's own fix.
    """

    path: str
    language: Language
    model: bool
    before: Side
    after: Side
    pieces: tuple[Piece, ...]
    beside: tuple[int, ...]
    finding: tuple[int, int]
    approved: tuple[str, ...]

    @classmethod
    def of(cls, task: Mapping[str, Any]) -> "Comparison":
        """Read a task of `steps.asking`."""
        pieces = tuple(Piece(*one) for one in task["edits"])
        shifts = [piece.new_last - piece.last for piece in pieces]
        before = Side(task["before"], tuple((one.first, one.last) for one in pieces), tuple(shifts))
        after = Side(
            task["after"], tuple((one.new_first, one.new_last) for one in pieces), (0,) * len(pieces)
        )
        first, last = task["finding"]
        return cls(
            task["path"], language_of(task["path"]), task["model"], before, after, pieces,
            tuple(task["beside"]), (first, last), tuple(task["approved"]),
        )  # fmt: skip

    def found(self, first: int, last: int) -> bool:
        """Say whether lines of the file share one with the finding's."""
        return first <= self.finding[1] and self.finding[0] <= last

    def moves_blanks(self) -> bool:
        """Say whether a piece takes out and puts in nothing but empty lines."""
        old, new = self.before.lines, self.after.lines
        return any(
            not any(
                line.strip()
                for line in (*old[one.first - 1 : one.last], *new[one.new_first - 1 : one.new_last])
            )
            for one in self.pieces
        )

    def beside_lines(self) -> tuple[Sequence[int], Sequence[int]]:
        """Give the numbers of lines taken out and put in outside of the hunks."""
        pieces = [self.pieces[number] for number in self.beside]
        return (
            [line for one in pieces for line in range(one.first, one.last + 1)],
            [line for one in pieces for line in range(one.new_first, one.new_last + 1)],
        )
