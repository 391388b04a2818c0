"""What speaks the Test Anything Protocol: `node --test`, tape, bats, prove and others.

Source: testanything.org, versions 12 to 14. Sub-tests are indented by four spaces, and named after
those around them where a `# Subtest:` line tells.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from reviewbot.suite.tally import Tally, indent

_KNOWN = re.compile(r"TAP version \d+|1\.\.\d+(?: *#.*)?")
_RESULT = re.compile(r"(not )?ok\b *(\d*) *(?:- )?(.*)")
_DIRECTIVE = re.compile(r"(?<!\\)#\s*(?:skip|todo)\b.*", re.IGNORECASE)
_SUBTEST = "# Subtest: "
_DEEPEST = 20
_NOT_TELLING = ("duration_ms:", "type:", "location:")


@dataclass(slots=True)
class _Reading:
    """How far the output is read: the sub-tests that are open, and whose diagnostics these are."""

    tally: Tally = field(default_factory=Tally)
    known: bool = False
    above: list[str] = field(default_factory=list)
    failing: str = ""
    diagnostics: bool = False

    def take(self, line: str) -> None:
        text = line.strip()
        if self.diagnostics:
            self.diagnostics = text != "..."
            if self.diagnostics and not text.startswith(_NOT_TELLING):
                self.tally.says(self.failing, text)
            return
        depth = min(_DEEPEST, indent(line) // 4)
        if text == "---":
            self.diagnostics = True
        elif text.startswith(_SUBTEST):
            self.above[depth:] = [*[""] * (depth - len(self.above)), text.removeprefix(_SUBTEST)]
        elif _KNOWN.fullmatch(text):
            self.known = self.known or depth == 0
        elif result := _RESULT.fullmatch(text):
            self._result(depth, result)
        elif text.startswith("#"):
            self.tally.says(self.failing, text.removeprefix("#").strip())

    def _result(self, depth: int, result: re.Match[str]) -> None:
        bad, number, said = result.groups()
        title, self.failing = _DIRECTIVE.sub("", said).strip() or f"test {number}", ""
        name = " > ".join([*filter(None, self.above[:depth]), title])
        del self.above[depth:]
        if _DIRECTIVE.search(said):
            return
        if bad:
            self.tally.fails(name)
            self.failing = name
        else:
            self.tally.passes(name)


def read(lines: Sequence[str]) -> Tally | None:
    """Read what was printed in this protocol; None if it was not."""
    reading = _Reading()
    for line in lines:
        reading.take(line)
    return reading.tally if reading.known else None
