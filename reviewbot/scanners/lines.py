r"""Lines of a file by offset; looked up by halving, because a hostile file can have a finding on each.

A line ends at `\n` and nowhere else.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lines:
    """A file's bytes with the offsets at which its lines begin."""

    content: bytes
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Find the lines once."""
        starts = [0, *(match.end() for match in re.finditer(rb"\n", self.content))]
        object.__setattr__(self, "_starts", starts)

    def number(self, offset: int) -> int:
        """Give the number, from 1, of the line that holds the byte at this offset."""
        return bisect_right(self._starts, offset)

    def column(self, offset: int) -> int:
        """Give the place, from 1, of the byte in its line, in characters."""
        start = self._starts[self.number(offset) - 1]
        return len(self.content[start:offset].decode("utf-8", "surrogateescape")) + 1


def python_line_starts(content: bytes) -> list[int]:
    """Give the offsets at which Python begins a line: for it a lone CR ends one as well.

    Without this, a few CRs in a string would move bandit's findings away from their lines.
    """
    return [0, *(match.end() for match in re.finditer(rb"\r\n|\n|\r", content))]
