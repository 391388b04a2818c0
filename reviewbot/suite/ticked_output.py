"""What prints a tick or a cross before each test: jest, mocha, and node's own reporter.

Names are led by the groups around them, as their indentation tells: two spaces and more.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewbot.suite.tally import Tally, indent

_KNOWN = re.compile(r"Tests:? .*\d (?:passed|failed)|\d+ passing \(|\u2139 tests \d")
_COUNT = re.compile(r"(?:Tests:? .*?\b|(?=\d+ passing \())(\d{1,9}) pass(?:ed|ing)\b|\u2139 pass (\d{1,9})")
_TICKS, _CROSSES = "\u2713\u2714\u221a", "\u2715\u2716\u00d7\u2717\u2718"
_TIME = re.compile(r" \(\d[\d.]* ?m?s\)$")
_NUMBERED = re.compile(r"(\d{1,6})\) (.+)")
_BULLET, _GROUP, _PARTED = "\u25cf ", "\u25b6 ", " \u203a "
_SKIPPED = re.compile(r"# (?:SKIP|TODO)$")
_FILE = re.compile(r"(?:PASS|FAIL) (\S+)(?: \(\d.*\))?")
_NO_TEST = "Test suite failed to run"
_DEEPEST = 20


@dataclass(slots=True)
class _Reading:
    """How far the output is read: the groups that are open, and whose failure this is, how far in."""

    tally: Tally = field(default_factory=Tally)
    known: bool = False
    groups: list[tuple[int, str]] = field(default_factory=list)
    failing: str = ""
    failing_at: int = 0
    numbered: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    file: str = ""

    def take(self, line: str) -> None:
        text, at = line.strip(), indent(line)
        known, count = _KNOWN.match(text), _COUNT.match(text)
        if known or count:
            self.known, self.closed, self.failing = True, True, ""
            if count:
                self.tally.counts(count.group(1) or count.group(2))
        elif numbered := _NUMBERED.fullmatch(text):
            self._number(at, *numbered.groups())
        elif text.startswith(_BULLET):
            self._bullet(at, text.removeprefix(_BULLET).strip())
        elif file := _FILE.fullmatch(line):
            self.file, self.failing = file.group(1), ""
        elif text and text[0] in _TICKS + _CROSSES:
            self._mark(at, text)
        elif self.failing and at > self.failing_at:
            self.tally.says(self.failing, text)
        elif text:
            self._open(at, text)

    def _bullet(self, at: int, title: str) -> None:
        """Jest tells of what failed behind bullets, and of a file that does not even load."""
        self.failing = ""
        if title == _NO_TEST:
            self._fails(at, f"{self.file}: {title}")
        elif title != "Console":
            self._fails(at, title)

    def _fails(self, at: int, name: str) -> None:
        self.tally.fails(name)
        # Jest says everything twice where there is much of it.
        self.failing = "" if self.tally.failed.get(name) else name
        self.failing_at = at

    def _mark(self, at: int, text: str) -> None:
        if self.closed:  # what failed, once more
            self.failing = ""
            return
        self._leave(at)
        title = text[1:].strip()
        name, self.failing = self._named(_TIME.sub("", title)), ""
        if _SKIPPED.search(title):
            return
        if text[0] in _TICKS:
            self.tally.passes(name)
        else:
            self._fails(at, name)

    def _number(self, at: int, number: str, title: str) -> None:
        """Mocha numbers its failures, and prints what each said behind its counts."""
        if self.closed:
            self.failing, self.failing_at = self.numbered.get(number, ""), at
            return
        self._leave(at)
        name = self._named(title)
        self.tally.fails(name)
        if name in self.tally.failed:
            self.numbered[number] = name

    def _open(self, at: int, text: str) -> None:
        """Open a group. Text at the margin is none, but node marks its groups there."""
        self.failing = ""
        if not text.startswith(_GROUP) and (at < 2 or at % 2):
            return
        self._leave(at)
        if len(self.groups) < _DEEPEST:
            self.groups.append((at, text.removeprefix(_GROUP)))

    def _leave(self, at: int) -> None:
        while self.groups and self.groups[-1][0] >= at:
            self.groups.pop()

    def _named(self, title: str) -> str:
        return _PARTED.join([*(group for _, group in self.groups), title])


def read(lines: Sequence[str]) -> Tally | None:
    """Read what was printed with ticks and crosses; None if nothing was."""
    reading = _Reading()
    for line in lines:
        reading.take(line)
    return reading.tally if reading.known else None
