"""What becomes of each finding: exactly one outcome, and the counts add up.

Input: the scanners' findings, new and existing, and the model's report. Output: every one of
them, and every claim, judged and in order of place. The decision of a scanner's finding never
looks at the report: the model can neither take its line nor its place in the budget.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from reviewbot.domain.change import Change, FileDiff, ReadBlob
from reviewbot.domain.claim import ModelReport
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Finding, Judged, Outcome, Span
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.waived import Waived
from reviewbot.domain.waiver import Waiver
from reviewbot.verdict.merge import Merged, add_claims, merge, same_flaw_as
from reviewbot.verdict.overlap import Cover, Prominence
from reviewbot.verdict.verify import verify


def settle(  # noqa: PLR0913 - the signature that the pipeline and this room agreed on
    *,
    new: tuple[Finding, ...],
    existing: tuple[Finding, ...],
    report: ModelReport | None,
    excerpts: tuple[Excerpt, ...],
    change: Change,
    read: ReadBlob,
    rules: RuleSet,
    policy: Policy,
    waivers: tuple[Waiver, ...] = (),
) -> tuple[Judged, ...]:
    """Judge all findings and claims, sorted by path, line and rule; `waivers` are those in force.

    Raises what `read` raises.
    """
    waived = Waived(waivers, change, read, frozenset(rule.id for rule in rules.touch))
    view = _View({file.path: file for file in change.files}, policy, rules, waived)
    judged = [Judged(finding, Outcome.EXISTING) for finding in existing]
    checked = verify(report, change=change, excerpts=excerpts, rules=rules, read=read) if report else ()
    judged += [Judged(one.finding, Outcome.UNVERIFIED, one.why) for one in checked if one.why]
    claims, old_news = _part_old(existing, [one.finding for one in checked if not one.why], view)
    scanned, claimed = add_claims(merge(new, view.weigh), claims, view.weigh)
    scanned, more = _let_out(scanned, view)
    claimed, further = _let_out(claimed, view)
    judged += [*old_news, *scanned.judged, *claimed.judged]
    placed = [*_place(scanned, view), *more, *_place(claimed, view), *further]
    judged += _within_budget(placed, policy.limits.inline_comments)
    return tuple(sorted(judged, key=_order))


@dataclass(frozen=True, slots=True)
class _View:
    """What decides where a finding is shown: the diff, the policy and the waivers."""

    files: dict[str, FileDiff]
    policy: Policy
    rules: RuleSet
    waived: Waived

    def touches(self, finding: Finding) -> bool:
        file = self.files.get(finding.span.path)
        return (
            finding.commit is None
            and file is not None
            and file.touches(finding.span.first, finding.span.last)
        )

    def weigh(self, finding: Finding) -> Prominence:
        return (
            finding.confidence.reaches(self.policy.gate.confidence),
            finding.catalogued,
            self.touches(finding),
            # Packs have thresholds of their own: what counts must not go into what does not.
            self.policy.gate.counts(finding, self.rules.threshold(finding.rule)),
        )

    def place(self, finding: Finding) -> Judged:
        if not finding.confidence.reaches(self.policy.gate.confidence):
            why = f"confidence is {finding.confidence}, the policy asks for {self.policy.gate.confidence}"
            return Judged(finding, Outcome.BELOW_THRESHOLD, why)
        waiver = self.waived.by(finding.fingerprint, finding.rule, finding.span, finding.commit)
        if waiver is not None:
            return Judged(finding, Outcome.WAIVED, waiver.words, waiver)
        if finding.commit is not None:
            why = f"commit {finding.commit[:7]} of the range holds it, the head does not"
            return Judged(finding, Outcome.SUMMARY, why)
        if not finding.catalogued:
            return Judged(finding, Outcome.SUMMARY, "its rule is not in the catalogue")
        if not self.touches(finding):
            return Judged(finding, Outcome.SUMMARY, "on lines that the change does not add")
        return Judged(finding, Outcome.INLINE)


def _part_old(
    existing: tuple[Finding, ...], claims: list[Finding], view: _View
) -> tuple[list[Finding], list[Judged]]:
    """Part the claims that only repeat what a scanner knows of the base.

    An old finding takes a claim about an unchanged line of its own, or about the line that it
    begins on (moved code). Its other lines may be new, and what is new there stays a remark.
    """
    cover = Cover.of(enumerate(existing))
    begins = Cover.of((n, _first_line_of(finding)) for n, finding in enumerate(existing))
    fresh: list[Finding] = []
    old: list[Judged] = []
    for claim in claims:
        found = next((begins if view.touches(claim) else cover).over(claim), None)
        if found is None:
            fresh.append(claim)
        else:
            why = f"{same_flaw_as(existing[found])}, which the base has too"
            old.append(Judged(claim, Outcome.DUPLICATE, why))
    return fresh, old


def _first_line_of(finding: Finding) -> Finding:
    span = replace(finding.span, last=finding.span.first)
    return replace(finding, span=span)


def _let_out(merged: Merged, view: _View) -> tuple[Merged, list[Judged]]:
    """Take back what went into a waived finding but reaches beyond its lines: for those nobody answers.

    What has a waiver of its own may stay.
    """
    waived = {number for number, one in enumerate(merged.kept) if view.place(one).waiver is not None}
    left: list[tuple[int, Finding]] = []
    out: list[Judged] = []
    for number, finding in merged.duplicates:
        inside = number not in waived or _lies_within(finding.span, merged.kept[number].span)
        judged = None if inside else view.place(finding)
        if judged is None or judged.waiver is not None:
            left.append((number, finding))
        else:
            out.append(judged)
    return replace(merged, duplicates=tuple(left)), out


def _lies_within(span: Span, other: Span) -> bool:
    return other.first <= span.first and span.last <= other.last


def _place(merged: Merged, view: _View) -> list[Judged]:
    return [view.place(finding) for finding in merged.kept]


def _within_budget(judged: Iterable[Judged], budget: int) -> list[Judged]:
    """Leave the most important inline, as many as the policy allows; a scanner's go first."""
    inline = sorted((one for one in judged if one.outcome is Outcome.INLINE), key=_importance)
    why = f"over the budget of {budget} inline comments"
    over = [Judged(one.finding, Outcome.SUMMARY, why) for one in inline[budget:]]
    return [*inline[:budget], *over, *(one for one in judged if one.outcome is not Outcome.INLINE)]


def _importance(judged: Judged) -> tuple[object, ...]:
    finding = judged.finding
    return (
        finding.model_only,
        -finding.severity.rank,
        -finding.confidence.rank,
        finding.span,
        finding.rule,
        finding.fingerprint,
    )


def _order(judged: Judged) -> tuple[object, ...]:
    finding = judged.finding
    return (
        finding.span,
        finding.rule,
        judged.outcome,
        finding.fingerprint,
        finding.commit or "",
        finding.sources,
        finding.explanation,
        judged.why,
        finding.evidence,
    )
