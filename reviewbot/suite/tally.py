"""What the output of one test runner names, bounded whatever the output holds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

MOST_NAMES = 10_000
MOST_FAILURES = 200
MOST_LINES = 10
LONGEST = 300
"""Characters of a name or of a line of a failure."""

_LARGEST_COUNT = 10_000_000

Reader = Callable[[Sequence[str]], "Tally | None"]
"""Reads the lines that one kind of test runner prints; None where they are not of this kind."""


@dataclass(slots=True)
class Tally:
    """Tests by name, in the order of the output. One that failed anywhere has failed."""

    passed: dict[str, None] = field(default_factory=dict)
    failed: dict[str, list[str]] = field(default_factory=dict)
    counted: int = 0

    def passes(self, name: str) -> None:
        """Note that a test passed."""
        if name and len(self.passed) < MOST_NAMES:
            self.passed[name[:LONGEST]] = None

    def fails(self, name: str) -> None:
        """Note that a test failed."""
        if name and len(self.failed) < MOST_FAILURES:
            self.failed.setdefault(name[:LONGEST], [])

    def says(self, name: str, line: str) -> None:
        """Note a line of what a failed test printed; blank ones are left out."""
        kept = self.failed.get(name[:LONGEST])
        if kept is not None and len(kept) < MOST_LINES and line.strip():
            kept.append(line.rstrip()[:LONGEST])

    def counts(self, number: str) -> None:
        """Take the runner's own count of passed tests."""
        self.counted = min(_LARGEST_COUNT, self.counted + whole(number))


def whole(digits: str) -> int:
    """Read a count; a hostile one is cut."""
    return min(_LARGEST_COUNT, int(digits[:9]))


def indent(line: str) -> int:
    """Count the spaces that a line begins with."""
    return len(line) - len(line.lstrip(" "))
