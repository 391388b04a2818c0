"""What `go test` prints, with `-v` or without.

Names are `package.Test/sub`, as a package is only named when it has ended. Source: cmd/go, `go help test`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewbot.suite.tally import MOST_LINES, MOST_NAMES, Tally

_RESULT = re.compile(r" *--- (PASS|FAIL|SKIP): (\S+) \(\d[\d.]*s\)")
_RUN = re.compile(r"=== (?:RUN|CONT|NAME) +(\S+)")
_PACKAGE = re.compile(r"(?:ok  |FAIL)\t(\S+)(?:\t| \[)")


@dataclass(slots=True)
class _Reading:
    """The package that is being read: outcomes and what each test printed, until its name is told."""

    tally: Tally = field(default_factory=Tally)
    known: bool = False
    current: str = ""
    outcomes: dict[str, str] = field(default_factory=dict)
    printed: dict[str, list[str]] = field(default_factory=dict)

    def take(self, line: str) -> None:
        if run := _RUN.match(line):
            self.current = run.group(1)
        elif result := _RESULT.fullmatch(line):
            word, self.current = result.groups()
            if len(self.outcomes) < MOST_NAMES:
                self.outcomes[self.current] = word
        elif package := _PACKAGE.match(line):
            self._end(package.group(1), failed=line.startswith("FAIL"))
        elif line.startswith(("    ", "panic: ")) and self.current and len(self.printed) <= MOST_NAMES:
            kept = self.printed.setdefault(self.current, [])
            if len(kept) < MOST_LINES:
                kept.append(line.strip())

    def _end(self, package: str, *, failed: bool) -> None:
        self.known = True
        for test, word in self.outcomes.items():
            name = f"{package}.{test}"
            if word == "PASS":
                self.tally.passes(name)
            elif word == "FAIL":
                self.tally.fails(name)
                for line in self.printed.get(test, ()):
                    self.tally.says(name, line)
        if failed and "FAIL" not in self.outcomes.values():
            self.tally.fails(package)  # it did not build, or ended in the middle of a test
        self.current, self.outcomes, self.printed = "", {}, {}


def read(lines: Sequence[str]) -> Tally | None:
    """Read what `go test` printed; None if it did not print this."""
    reading = _Reading()
    for line in lines:
        reading.take(line)
    return reading.tally if reading.known else None
