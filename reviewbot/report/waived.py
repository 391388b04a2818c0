"""Waived findings, as several writers show them: who answers for what, until when, and where that is written."""

from reviewbot.domain.finding import Judged, Outcome
from reviewbot.domain.review import Review
from reviewbot.domain.waiver import Waiver
from reviewbot.report.text import Shown


def facts(waiver: Waiver, shown: Shown) -> dict[str, object]:
    """Give a waiver as plain values, for programs."""
    return {
        "reason": shown.prose(waiver.reason),
        "requested_by": shown.prose(waiver.requested_by),
        "approved_by": shown.prose(waiver.approved_by),
        "until": waiver.until.isoformat(),
        "ticket": shown.prose(waiver.ticket),
        "signed_by": shown.prose(waiver.signed_by) or None,
        "file": shown.prose(waiver.source),
        "line": waiver.line,
    }


def found(review: Review) -> tuple[tuple[Judged, Waiver], ...]:
    """Give the waived findings with their waivers, in order of place."""
    return tuple(
        (judged, judged.waiver) for judged in review.with_outcome(Outcome.WAIVED) if judged.waiver is not None
    )
