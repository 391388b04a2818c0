"""Waived findings: each is confirmed against the waivers that this process has read itself, or the review is refused.

The day that decides is the review's own, where it is at most one day off ours: a review that ran before
midnight is published after it. A review of any other day is judged by ours.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from reviewbot.derivation.checks import is_same
from reviewbot.derivation.ground import Files, Ground, line, print_rule
from reviewbot.domain.finding import Outcome, Span
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.paths import quoted
from reviewbot.domain.rule import TouchDetector
from reviewbot.domain.waived import Waived
from reviewbot.domain.waiver import Waiver
from reviewbot.domain.wanted import WaivedFinding
from reviewbot.errors import UsageError
from reviewbot.publish.document import ReviewDocument, SaidFinding, SaidWaiver
from reviewbot.scanners.catalogue import QUOTED_LINES

_MOST_EQUAL = 10_000
"""Equal lines of one file that are told apart."""


def confirmed(document: ReviewDocument, files: Files, ground: Ground) -> Iterator[WaivedFinding]:
    """Give the findings that are waived. Raises `UsageError` for one that no waiver in force covers."""
    in_force = ground.waivers.in_force(ground.policy.waivers, _day(document.this_run.day, ground.today))
    about_files = frozenset(rule.id for rule in ground.rules.touch)
    waived = Waived(in_force, ground.change, ground.read, about_files)
    for finding in document.findings:
        if (finding.outcome is Outcome.WAIVED) is not (finding.waiver is not None):
            raise UsageError("the review names a waiver where nothing is waived, or none where something is")
        if finding.waiver is not None:
            yield _confirmed(finding, finding.waiver, waived, files, ground)


def _day(said: date, today: date) -> date:
    return said if abs(said - today) <= timedelta(days=1) else today


def _confirmed(
    finding: SaidFinding, said: SaidWaiver, waived: Waived, files: Files, ground: Ground
) -> WaivedFinding:
    path = files.path(finding.span.path)
    span = Span(path, finding.span.first, max(finding.span.first, finding.span.last))
    if not _is_its_own(finding, span, waived, ground):
        raise UsageError("the review calls a finding waived by a fingerprint that is not the finding's")
    waiver = waived.by(finding.fingerprint, finding.rule, span, finding.commit)
    if waiver is None:
        raise UsageError(
            "the review calls a finding waived that no waiver in force covers",
            hint="waivers count at the target branch's tip and of the operator; make the review anew",
        )
    if not _is_told(said, waiver):
        raise UsageError("the review says of a waiver what does not stand in it")
    return WaivedFinding(
        finding.fingerprint, finding.rule, finding.severity, line(finding.title),
        quoted(ground.mask.hide(path)), span.first, waiver.until.isoformat(), *_words(waiver, ground),
    )  # fmt: skip


def _is_its_own(finding: SaidFinding, span: Span, waived: Waived, ground: Ground) -> bool:
    """Say whether the fingerprint is one of this rule on these lines, as the objects hold them."""
    rule = ground.rules.find(finding.rule)
    touched = rule is not None and isinstance(rule.detector, TouchDetector)
    text = "" if touched else "\n".join(waived.lines(span, finding.commit)[:QUOTED_LINES])
    name = print_rule(finding)
    return any(finding.fingerprint == fingerprint(name, span.path, text, at) for at in range(_MOST_EQUAL))


def _is_told(said: SaidWaiver, waiver: Waiver) -> bool:
    pairs = (
        (said.reason, waiver.reason),
        (said.requested_by, waiver.requested_by),
        (said.approved_by, waiver.approved_by),
        (said.ticket, waiver.ticket),
        (said.signed_by or "", waiver.signed_by),
        (said.file, waiver.source),
    )
    same = all(is_same(theirs, line(ours)) for theirs, ours in pairs)
    return same and (said.until, said.line) == (waiver.until, waiver.line)


def _words(waiver: Waiver, ground: Ground) -> Iterator[str]:
    for word in (waiver.requested_by, waiver.approved_by, waiver.ticket, waiver.reason):
        yield line(ground.mask.hide(word))
