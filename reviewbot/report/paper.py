"""The paper that the terminal report is written on: colour, columns, labels, quiet text."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reviewbot.report.text import Shown
from reviewbot.report.widths import cut, parted, width, wrapped

BOLD, DIM, GREEN, RED = "1", "2", "32", "31;1"

_TAB = "    "

LABEL = 10
"""Columns of the left margin that labels stand in."""


@dataclass(frozen=True, slots=True)
class Page:
    """What it is written on."""

    shown: Shown
    colour: bool
    columns: int

    def prose(self, text: str) -> str:
        """Show a remark on one line."""
        return unheard(self.shown.prose(text))

    def line(self, text: str) -> str:
        """Show a name."""
        return unheard(self.shown.line(text))

    def path(self, path: str) -> str:
        """Show a path."""
        return unheard(self.shown.path(path))

    def lines(self, text: str) -> list[str]:
        """Show code."""
        return unheard(self.shown.block(text)).split("\n")

    @staticmethod
    def dedented(lines: Sequence[str]) -> list[str]:
        """Take off the indentation that all lines share; tabs become spaces."""
        wide = [line.replace("\t", _TAB) for line in lines]
        margin = min((len(line) - len(line.lstrip()) for line in wide if line.strip()), default=0)
        return [line[margin:] for line in wide]

    def paint(self, text: str, code: str) -> str:
        """Colour our own words, or text that is shown already."""
        return f"\x1b[{code}m{text}\x1b[0m" if self.colour and text else text

    def apart(self, left: str, right: str, painted: str, code: str) -> str:
        """Put `right` at the right edge, or on a line of its own where it does not fit."""
        gap = self.columns - width(left) - width(right)
        if not right:
            return painted
        if gap < 2:
            return f"{painted}\n{' ' * max(0, self.columns - 1 - width(right))}{self.paint(cut(right, self.columns - 1), code)}"
        return painted + " " * gap + self.paint(right, code)

    def labelled(self, label: str, text: str) -> Iterator[str]:
        """Wrap text beside a label in the left margin."""
        for at, line in enumerate(wrapped(text, self.columns - LABEL - 1)):
            yield f"{label if at == 0 else '':<{LABEL}}{line}"

    def parts(self, label: str, words: list[str]) -> Iterator[str]:
        """Put parts beside a label, ` · ` between them, and break there before anywhere else."""
        for at, line in enumerate(parted(words, self.columns - LABEL - 1)):
            yield from self.labelled(label if at == 0 else "", line)


def unheard(text: str) -> str:
    """Break what pipeline runners take for commands anywhere in a line of a job's log."""
    return re.sub(r"##(?=\[|vso\[)", "# #", text, flags=re.IGNORECASE)
