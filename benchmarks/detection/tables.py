"""Results as Markdown, and as lists for who looks for a mistake."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from detection import score
from detection.findings import Finding, by_file
from detection.score import Count, Scored
from detection.sets import Case


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A Markdown table."""
    yield f"| {' | '.join(head)} |"
    yield "|" + "---|" * len(head)
    yield from (f"| {' | '.join(map(str, row))} |" for row in rows)


def per_category(counts: Mapping[str, Count]) -> Iterator[str]:
    """Every category with its four counts, then all pooled, then the mean of the categories."""
    rows = [*counts.items(), ("**pooled**", score.pooled(counts))]
    head = ("category", "TP", "FN", "FP", "TN", "TPR", "FPR", "Youden")
    yield from table(head, [(name, *_cells(count)) for name, count in rows])
    yield f"| **mean of categories** | | | | | | | {score.mean_youden(counts):.3f} |"


def _cells(count: Count) -> tuple[object, ...]:
    rates = (f"{rate:.3f}" for rate in (count.tpr, count.fpr, count.youden))
    return (count.tp, count.fn, count.fp, count.tn, *rates)


def recall_by_category(judged: Iterable[Scored]) -> Iterator[str]:
    """For a set without false cases: found of how many, and the names of the missed files."""
    groups: dict[str, list[Scored]] = {}
    for one in judged:
        groups.setdefault(one.case.category, []).append(one)
    rows = []
    for name, group in sorted(groups.items()):
        missed = " ".join(f"{one.case.path.rpartition('/')[2]}" for one in group if not one.reported)
        rows.append((name, len(group), sum(one.reported for one in group), missed))
    yield from table(("folder", "files", "found", "missed"), rows)


def mistakes(judged: Sequence[Scored], findings: Iterable[Finding]) -> Iterator[str]:
    """Which true cases are missed, which false ones reported, and by which rules; then what each rule did."""
    if not judged:
        return
    found = by_file(findings)
    for one in judged:
        if one.case.real and not one.reported:
            rules = " ".join(sorted({other.rule for other in found.get(one.case.path, ())}))
            other = f"  (other weaknesses: {rules})" if rules else ""
            yield f"missed {one.case.category} {one.case.path}{other}"
    for one in judged:
        if not one.case.real and one.reported:
            fired = " ".join(f"{finding.rule}:{finding.line}" for finding in one.by)
            yield f"false  {one.case.category} {one.case.path}  {fired}"
    right, wrong = score.rules_of(judged, real=True), score.rules_of(judged, real=False)
    for rule in sorted(right | wrong, key=lambda rule: (-wrong[rule], -right[rule], rule)):
        yield f"rule   {rule}: {right[rule]} right, {wrong[rule]} wrong"


def files(cases: Iterable[Case], findings: Iterable[Finding]) -> Iterator[str]:
    """Every file with its truth and everything that fired in it."""
    found = by_file(findings)
    for case in cases:
        fired = " ".join(f"{one.rule}:{one.line}" for one in found.get(case.path, ()))
        yield f"{case.path} {case.category} {'real' if case.real else 'false'} {fired}"
