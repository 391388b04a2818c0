"""Findings and excerpts as the HTML report shows them: every string is masked and visible already."""

import re
from dataclasses import dataclass

from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Finding, Judged, Outcome
from reviewbot.domain.review import Review
from reviewbot.report import tally
from reviewbot.report.colours import Run, coloured
from reviewbot.report.hunk import Hunk, Hunks, bounded
from reviewbot.report.patch_cards import PatchCard, Prose, patch_card, pieces_of
from reviewbot.report.patched import Patched
from reviewbot.report.text import Shown


@dataclass(frozen=True, slots=True)
class Given:
    """An excerpt that was chosen for the model."""

    id: str
    place: str
    commit: str
    why: str
    given: bool
    cited: bool
    first: int
    lines: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One finding."""

    anchor: str
    severity: str
    confidence: str
    title: str
    reason: Prose
    path: str
    first: int
    last: int
    rule: str
    rule_link: str
    sources: tuple[str, ...]
    model_only: bool
    cwe: tuple[int, ...]
    commit: str
    hunk: Hunk
    explanation: Prose
    evidence: tuple[Given, ...]
    patch: PatchCard | None
    outcome: str
    why: str


@dataclass(slots=True)
class Cards:
    """Makes cards of findings; `anchors` counts the ids that are taken."""

    review: Review
    shown: Shown
    hunks: Hunks
    patched: Patched
    given: dict[str, Given]
    anchors: dict[str, int]

    def of(self, *outcomes: Outcome) -> tuple[Card, ...]:
        """Give the cards of the findings that ended so, the worst first, then by place."""
        found = self.review.with_outcome(*outcomes)
        by_place = sorted(found, key=lambda j: (-j.finding.severity.rank, j.finding.span, j.finding.rule))
        return tuple(self._card(judged) for judged in by_place)

    def _card(self, judged: Judged) -> Card:
        finding, shown = judged.finding, self.shown
        evidence = tuple(self.given[name] for name in finding.evidence if name in self.given)
        return Card(
            anchor=self.anchor(finding),
            severity=str(finding.severity),
            confidence=str(finding.confidence),
            title=shown.prose(finding.title),
            reason=pieces_of(shown.prose(finding.reason)),
            path=shown.path(finding.span.path),
            first=finding.span.first,
            last=finding.span.last,
            rule=shown.line(finding.rule),
            rule_link=self._link(finding),
            sources=tuple(shown.line(source) for source in finding.sources),
            model_only=finding.model_only,
            cwe=finding.cwe,
            commit=(finding.commit or "")[:12],
            hunk=self.hunks.around(finding),
            explanation=pieces_of(shown.prose(finding.explanation)),
            evidence=evidence,
            patch=patch_card(finding, self.patched),
            outcome=_OUTCOMES[judged.outcome],
            why=shown.prose(judged.why),
        )

    def anchor(self, finding: Finding) -> str:
        """Give an id of its own to whatever shows a finding."""
        name = "f-" + re.sub(r"[^0-9A-Za-z]", "", finding.fingerprint)
        count = self.anchors[name] = self.anchors.get(name, 0) + 1
        return name if count == 1 else f"{name}-{count}"

    def _link(self, finding: Finding) -> str:
        address = self.review.policy.rule_links
        plain = re.fullmatch(r"[A-Za-z0-9._-]+", finding.rule)
        if (
            address is None
            or not plain
            or not finding.catalogued
            or not address.startswith(("https://", "http://"))
        ):
            return ""
        return address + finding.rule


_OUTCOMES = {
    Outcome.INLINE: "on its line",
    Outcome.SUMMARY: "listed only",
    **tally.NOT_POSTED,
}


def given_excerpt(excerpt: Excerpt, review: Review, shown: Shown, *, cited: bool) -> Given:
    """Show an excerpt and what became of it."""
    path = shown.path(excerpt.path)
    lines = coloured(excerpt.path, shown.lines(excerpt.text))
    return Given(
        id=shown.line(excerpt.id),
        place=f"{path}:{_span(excerpt)}",
        commit=shown.line(excerpt.commit[:12]),
        why=shown.prose(excerpt.why),
        given=review.model is not None and excerpt.id in review.model.excerpts,
        cited=cited,
        first=excerpt.first,
        lines=tuple(bounded(runs) for runs in lines),
    )


def _span(excerpt: Excerpt) -> str:
    return str(excerpt.first) if excerpt.first == excerpt.last else f"{excerpt.first}-{excerpt.last}"
