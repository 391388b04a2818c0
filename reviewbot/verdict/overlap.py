"""Looking up findings by the lines they lie on, in logarithmic time.

Two findings can be the same flaw only if they share a key (path, commit, CWE family) and a
line. Spans come from tools and may be long, so nothing here walks the lines of one.
"""

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reviewbot.domain.cwe import families
from reviewbot.domain.finding import Finding

Key = tuple[str, str, str]
Prominence = tuple[bool, ...]
"""How visibly a finding is shown, one word for each aspect; True is the more visible."""


def keys(finding: Finding) -> tuple[Key, ...]:
    """Name what a finding must share with another to be the same flaw.

    Without a CWE number nothing but the rule can say that two are one.
    """
    path, commit = finding.span.path, finding.commit or ""
    names = families(finding.cwe) if finding.cwe else {f"rule {finding.rule}"}
    return tuple((path, commit, name) for name in sorted(names))


@dataclass(slots=True)
class Kept:
    """Findings that stand, each known by its number.

    Those that share a key and a prominence never overlap one another (the caller sees to it),
    so that their order by first line is also their order by last line.
    """

    _spans: dict[tuple[Key, Prominence], list[tuple[int, int, int]]] = field(default_factory=dict)
    _prominences: dict[Key, list[Prominence]] = field(default_factory=dict)

    def add(self, number: int, finding: Finding, prominence: Prominence) -> None:
        """Put in a finding under its number."""
        for key in keys(finding):
            if (key, prominence) not in self._spans:
                self._spans[key, prominence] = []
                self._prominences.setdefault(key, []).append(prominence)
            bisect.insort(self._spans[key, prominence], (finding.span.first, finding.span.last, number))

    def overlapping(self, finding: Finding) -> Iterator[int]:
        """Give the numbers of findings that may be the same flaw: the topmost of each prominence."""
        first, last = finding.span.first, finding.span.last
        for key in keys(finding):
            for prominence in self._prominences.get(key, ()):
                spans = self._spans[key, prominence]
                at = bisect.bisect_left(spans, first, key=lambda span: span[1])
                if at < len(spans) and spans[at][0] <= last:
                    yield spans[at][2]


@dataclass(slots=True)
class Cover:
    """Findings in any order and overlap, asked by single lines: which one lies over this line?"""

    _starts: dict[Key, list[int]] = field(default_factory=dict)
    _furthest: dict[Key, list[tuple[int, int]]] = field(default_factory=dict)

    @classmethod
    def of(cls, findings: Iterable[tuple[int, Finding]]) -> "Cover":
        """Index the findings under the numbers given with them."""
        spans: dict[Key, list[tuple[int, int, int]]] = {}
        for number, finding in findings:
            for key in keys(finding):
                spans.setdefault(key, []).append((finding.span.first, finding.span.last, number))
        cover = cls()
        for key, found in spans.items():
            furthest = (0, 0)
            for first, last, number in sorted(found):
                furthest = (last, number) if last > furthest[0] else furthest
                cover._starts.setdefault(key, []).append(first)
                cover._furthest.setdefault(key, []).append(furthest)
        return cover

    def over(self, finding: Finding) -> Iterator[int]:
        """Give the number of one finding of each key that lies over the first line of this one."""
        line = finding.span.first
        for key in keys(finding):
            at = bisect.bisect_right(self._starts.get(key, ()), line)
            if at:
                last, number = self._furthest[key][at - 1]
                if last >= line:
                    yield number
