"""What pytest prints: verbose lines, the short summary, and the sections of failures.

Source: `_pytest/terminal.py` of pytest 9; lines with a worker in front are pytest-xdist's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewbot.suite.tally import MOST_FAILURES, MOST_LINES, Tally

_CLOSE = re.compile(r"(?:\d+ [a-z]+(?:, \d+ [a-z]+)*|no tests ran) in \d[\d.]*s(?: \([\d:]+\))?")
_WORKER = re.compile(r"\[gw\d+\] (?:\[ *\d+%\] )?")
_PERCENT = re.compile(r"\[ *\d+(?:%|/\d+)\]")
_PHASE = re.compile(r"ERROR (?:at (?:setup|teardown) of|collecting) ")
_PLACE = re.compile(r"[^\s:][^:]*:\d+: ")

_START, _SUMMARY, _CLOSED = "test session starts", "short test summary info", "closed"
_SECTIONS = frozenset({"FAILURES", "ERRORS"})
_FAILED = frozenset({"FAILED", "ERROR"})


@dataclass(slots=True)
class _Section:
    """What is printed on one failure: its errors (`E   …`), where it was, and how it began."""

    errors: list[str] = field(default_factory=list)
    place: str = ""
    first: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        if line.startswith("E  ") and len(self.errors) < MOST_LINES:
            self.errors.append(line[1:].strip())
        elif _PLACE.match(line):
            self.place = line
        if line.strip() and len(self.first) < MOST_LINES:
            self.first.append(line)

    @property
    def lines(self) -> list[str]:
        if not self.errors:
            return self.first
        return [*self.errors[: MOST_LINES - 1], *([self.place] if self.place else [])]


@dataclass(slots=True)
class _Reading:
    """How far the output is read: in which part, and in whose section."""

    tally: Tally = field(default_factory=Tally)
    known: bool = False
    part: str = ""
    reasons: dict[str, str] = field(default_factory=dict)
    sections: dict[str, list[_Section]] = field(default_factory=dict)
    section: _Section | None = None
    count: int = 0

    def take(self, line: str) -> None:
        title = line.strip("=").strip() if line.startswith("==") and line.endswith("=") else ""
        if _CLOSE.fullmatch(title or line):
            self._close(title or line)
        elif title:
            self.known = self.known or title in {_START, _SUMMARY, *_SECTIONS}
            self.part, self.section = title, None
        elif self.part in _SECTIONS:
            self._in_section(line)
        elif self.part in {"", _START, _SUMMARY}:
            self._outcome(line)

    def _close(self, line: str) -> None:
        self.known, self.part, self.section = True, _CLOSED, None
        for part in line.partition(" in ")[0].split(", "):
            number, _, word = part.partition(" ")
            if word == "passed":
                self.tally.counts(number)

    def _in_section(self, line: str) -> None:
        first, _, rest = line.partition(" ")
        name, _, last = rest.rpartition(" ")
        if name and len(first) > 1 and not first.strip("_") and len(last) > 1 and not last.strip("_"):
            self.section = _Section()
            self.count += 1
            if self.count <= 2 * MOST_FAILURES:
                self.sections.setdefault(_PHASE.sub("", name, count=1), []).append(self.section)
        elif line.startswith("-----") and " Captured " in line:
            self.section = None
        elif self.section is not None:
            self.section.take(line)

    def _outcome(self, line: str) -> None:
        line = line.rstrip()
        worker = _WORKER.match(line)
        word, _, name = (line[worker.end() :] if worker else line).partition(" ")
        if worker:
            self._note(word, name, "")
            return
        if self.part == _SUMMARY or (word in _FAILED and "::" in name):  # `-qq` prints no heading
            self._note(word, *_without_reason(name))
            return
        start = line.rfind("[")
        if start > 0 and _PERCENT.fullmatch(line[start:]):
            line = line[:start].rstrip()
        name, _, word = line.rpartition(" ")
        if "::" in name:
            self._note(word, name.rstrip(), "")

    def _note(self, word: str, name: str, reason: str) -> None:
        if word == "PASSED":
            self.tally.passes(name)
        elif word in _FAILED:
            self.tally.fails(name)
            self.reasons.setdefault(name, reason)


def _without_reason(text: str) -> tuple[str, str]:
    """Part `path::name[a - b] - reason`, whose name may hold what parts them."""
    inside = text.find("] - ") if "[" in text.partition(" - ")[0] else -1
    if inside >= 0:
        return text[: inside + 1], text[inside + 4 :]
    name, _, reason = text.partition(" - ")
    return name, reason


def read(lines: Sequence[str]) -> Tally | None:
    """Read what pytest printed; None if it did not print this."""
    reading = _Reading()
    for line in lines:
        reading.take(line)
    if not reading.known:
        return None
    tally = reading.tally
    for name in tally.failed:
        found = reading.sections.get(name.partition("::")[2].replace("::", ".") or name)
        said = found.pop(0).lines if found else [reading.reasons.get(name, "")]
        for line in said:
            tally.says(name, line)
    return tally
