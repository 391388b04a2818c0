"""What unittest prints: lines of `-v`, the sections of failures, and the count at the end.

Source: `unittest/runner.py` of Python 3.10 to 3.14. Django's runner and nose print the same.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewbot.suite.tally import MOST_LINES, Tally, whole

_RAN = re.compile(r"Ran (\d{1,9}) tests? in \d")
_TEST = re.compile(r"(\w+) \(([^()\s]+)\)")
_VERDICT = re.compile(r"(?:OK|FAILED|NO TESTS RAN)(?: \((.*)\))?")
_SECTION = re.compile(r"(?:FAIL|ERROR|UNEXPECTED SUCCESS): ")
_BAR, _DOUBLE_BAR = "-" * 70, "=" * 70
_OTHERWISE = ("FAIL", "ERROR", "skipped", "expected failure", "unexpected success")
_NOT_PASSED = ("failures", "errors", "skipped", "expected failures", "unexpected successes")


@dataclass(slots=True)
class _Reading:
    """How far the output is read. `pending` is the test whose outcome has not been printed yet."""

    tally: Tally = field(default_factory=Tally)
    known: bool = False
    ran: int = 0
    pending: str = ""
    failing: str = ""
    body: list[str] | None = None

    def take(self, line: str) -> None:
        if line in {_BAR, _DOUBLE_BAR}:
            self._divide(line)
        elif ran := _RAN.match(line):
            self._end()
            self.known, self.ran = True, whole(ran.group(1))
        elif self.ran and (verdict := _VERDICT.fullmatch(line)):
            self._count(verdict.group(1) or "")
        elif section := _SECTION.match(line):
            self.tally.fails(name := _name(line[section.end() :]))
            self.failing = name
        elif self.body is not None:
            if len(self.body) < 40 * MOST_LINES:
                self.body.append(line)
        else:
            self._outcome(line)

    def _divide(self, line: str) -> None:
        """Begin a section's body, or end it: that is what stands between two bars."""
        if line == _BAR and self.failing and self.body is None:
            self.body = []
        else:
            self._end()

    def _end(self) -> None:
        for said in _ordered(self.body or []):
            self.tally.says(self.failing, said)
        self.failing, self.body = "", None

    def _outcome(self, line: str) -> None:
        said, dots, outcome = line.rpartition(" ... ")
        if named := _TEST.match(line):
            self.pending = _name(named.group())
        if (dots and said and outcome == "ok") or line == "ok":
            self.tally.passes(self.pending)
            self.pending = ""
        elif dots and outcome.startswith(_OTHERWISE):
            self.pending = ""

    def _count(self, words: str) -> None:
        less = 0
        for part in words.split(", "):
            word, _, number = part.partition("=")
            if word in _NOT_PASSED and number.isdecimal():
                less += whole(number)
        self.tally.counts(str(max(0, self.ran - less)))
        self.ran = 0


def _name(text: str) -> str:
    """Name a test by its dotted id, which older versions print without the method; sub-tests count as one."""
    found = _TEST.match(text)
    if found is None:
        return text.strip()
    method, where = found.groups()
    return where if where.endswith(f".{method}") else f"{where}.{method}"


def _ordered(body: list[str]) -> list[str]:
    """Put what was raised before the way there, which may be long."""
    traced = next((at for at, line in enumerate(body) if line.startswith("Traceback ")), None)
    if traced is None:
        return body
    raised = next((at for at, line in enumerate(body) if at > traced and line[:1].strip()), traced)
    return body[raised:] + body[:raised]


def read(lines: Sequence[str]) -> Tally | None:
    """Read what unittest printed; None if it did not print this."""
    reading = _Reading()
    for line in lines:
        reading.take(line)
    return reading.tally if reading.known else None
