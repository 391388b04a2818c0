"""Counting: per category and pooled for a set with true and false cases, recall for one with true ones only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from detection.findings import Finding, by_file, hits
from detection.sets import Case


@dataclass(frozen=True)
class Count:
    """The four counts of one category, or of all."""

    tp: int = 0
    fn: int = 0
    fp: int = 0
    tn: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.tp + other.tp, self.fn + other.fn, self.fp + other.fp, self.tn + other.tn)

    @property
    def tpr(self) -> float:
        """True cases found."""
        return self.tp / max(1, self.tp + self.fn)

    @property
    def fpr(self) -> float:
        """False cases reported."""
        return self.fp / max(1, self.fp + self.tn)

    @property
    def youden(self) -> float:
        """What is found beyond what reporting at random would find."""
        return self.tpr - self.fpr


@dataclass(frozen=True)
class Scored:
    """A case, whether it was reported, and the findings that did."""

    case: Case
    reported: bool
    by: tuple[Finding, ...]


def scored(cases: Iterable[Case], findings: Iterable[Finding]) -> list[Scored]:
    """Judge every case: a report is a finding in its file with a weakness of its family."""
    found = by_file(findings)
    judged = []
    for case in cases:
        of_family = tuple(one for one in found.get(case.path, ()) if hits(one, case.cwe))
        judged.append(Scored(case, bool(of_family), of_family))
    return judged


def categories(judged: Iterable[Scored]) -> dict[str, Count]:
    """The counts of each category, by name."""
    counts: dict[str, Count] = {}
    for one in judged:
        real, reported = one.case.real, one.reported
        own = Count(
            real and reported, real and not reported, not real and reported, not real and not reported
        )
        counts[one.case.category] = counts.get(one.case.category, Count()) + own
    return dict(sorted(counts.items()))


def pooled(counts: Mapping[str, Count]) -> Count:
    """All categories as one."""
    return sum(counts.values(), Count())


def mean_youden(counts: Mapping[str, Count]) -> float:
    """The plain mean of the categories."""
    return fmean(count.youden for count in counts.values())


def any_recall(cases: Sequence[Case], findings: Iterable[Finding]) -> float:
    """The part of the true cases in whose file anything was reported."""
    found = by_file(findings)
    real = [case for case in cases if case.real]
    return sum(case.path in found for case in real) / max(1, len(real))


def rules_of(judged: Iterable[Scored], *, real: bool) -> Counter[str]:
    """How many true (or false) cases each rule reports."""
    return Counter(
        rule for one in judged if one.case.real is real for rule in {finding.rule for finding in one.by}
    )
