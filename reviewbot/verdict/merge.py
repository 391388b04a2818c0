"""One flaw is one finding: reports of the same CWE family on overlapping lines are merged.

Findings are taken from the strongest to the weakest. Each becomes a duplicate of one that is
kept, overlaps it and shares a family with it, or else is kept itself. So every duplicate lies
on lines of the finding it is merged into, a chain of overlaps is not swallowed whole, and the
order in which reports arrive does not matter. A finding never goes into one that would be
shown less visibly: merging must not hide.

The floor: claims of the model are merged afterwards and only into what stands. A scanner's
finding gains the source `model`, an explanation and evidence; nothing else of it can change.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from reviewbot.domain.finding import Confidence, Finding, Judged, Outcome
from reviewbot.domain.paths import quoted
from reviewbot.verdict.overlap import Cover, Kept, Prominence

Weigh = Callable[[Finding], Prominence]
"""Says how visibly a finding will be shown."""

_NEXT = {
    Confidence.LOW: Confidence.MEDIUM,
    Confidence.MEDIUM: Confidence.HIGH,
    Confidence.HIGH: Confidence.HIGH,
}


@dataclass(frozen=True, slots=True)
class Merged:
    """Findings that stand, in order of strength, and the others with the number of theirs."""

    kept: tuple[Finding, ...]
    duplicates: tuple[tuple[int, Finding], ...]
    index: Kept = field(repr=False, compare=False)

    @property
    def judged(self) -> tuple[Judged, ...]:
        """The duplicates with their outcome."""
        return tuple(
            Judged(finding, Outcome.DUPLICATE, same_flaw_as(self.kept[number]))
            for number, finding in self.duplicates
        )


def same_flaw_as(kept: Finding) -> str:
    """Say what a duplicate was merged into."""
    return f"same flaw as {kept.rule} at {quoted(kept.span.path)}:{kept.span.first}"


def merge(findings: Iterable[Finding], weigh: Weigh) -> Merged:
    """Merge findings of one kind: all of scanners, or all of the model.

    What is kept gains the sources of its duplicates; where another tool
    agrees, its confidence goes up by one step, once.
    """
    kept: list[Finding] = []
    duplicates: list[tuple[int, Finding]] = []
    index = Kept()
    for finding in sorted(findings, key=_strength):
        found = [n for n in index.overlapping(finding) if _takes_in(kept[n], finding, weigh)]
        if found:
            duplicates.append((min(found), finding))
        else:
            index.add(len(kept), finding, weigh(finding))
            kept.append(finding)
    agreeing: dict[int, list[Finding]] = {}
    for number, finding in duplicates:
        agreeing.setdefault(number, []).append(finding)
    raised = tuple(_with(one, agreeing.get(number, [])) for number, one in enumerate(kept))
    return Merged(raised, tuple(duplicates), index)


def add_claims(scanned: Merged, claims: Iterable[Finding], weigh: Weigh) -> tuple[Merged, Merged]:
    """Put the model's verified claims to the scanners' findings.

    Gives the scanners' findings with what the model adds to them, its claims among the
    duplicates; then the claims that stand by themselves.
    """
    merged_away = Cover.of(scanned.duplicates)
    alone: list[Finding] = []
    taken: list[tuple[int, Finding]] = []
    for claim in sorted(claims, key=_strength):
        near = (*scanned.index.overlapping(claim), *merged_away.over(claim))
        into = next((n for n in near if _no_less(weigh(scanned.kept[n]), weigh(claim))), None)
        if into is None:
            alone.append(claim)
        else:
            taken.append((into, claim))
    kept = list(scanned.kept)
    for number, claim in taken:
        if "model" not in kept[number].sources:
            kept[number] = _explained(kept[number], claim)
    everything = Merged(tuple(kept), (*scanned.duplicates, *taken), scanned.index)
    return everything, merge(alone, weigh)


def _explained(finding: Finding, claim: Finding) -> Finding:
    return replace(
        finding,
        sources=(*finding.sources, "model"),
        explanation=claim.explanation,
        evidence=claim.evidence,
    )


def _strength(finding: Finding) -> tuple[object, ...]:
    """Order findings from the strongest; what still ties is equal throughout."""
    return (
        -finding.severity.rank,
        -finding.confidence.rank,
        not finding.catalogued,
        finding.rule,
        finding.span,
        finding.sources,
        finding.fingerprint,
        finding.commit or "",
        finding.quote,
        repr(finding.fix),
        -len(finding.evidence),
        finding.explanation,
        finding.evidence,
    )


def _takes_in(kept: Finding, other: Finding, weigh: Weigh) -> bool:
    return _no_less(weigh(_with(kept, [other])), weigh(other))


def _no_less(one: Prominence, other: Prominence) -> bool:
    return all(mine >= theirs for mine, theirs in zip(one, other, strict=True))


def _with(kept: Finding, duplicates: list[Finding]) -> Finding:
    """Give what is kept the sources of its duplicates, and one step of confidence for a second opinion."""
    if not duplicates:
        return kept
    others = {source for finding in duplicates for source in finding.sources} - set(kept.sources)
    return replace(
        kept,
        sources=(*kept.sources, *sorted(others)),
        confidence=_NEXT[kept.confidence] if others else kept.confidence,
    )
