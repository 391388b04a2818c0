"""The review as GitLab's Code Quality report, for the widget and the marks beside a diff's lines.

Source: GitLab's documentation of `artifacts:reports:codequality`. Severities there are info, minor, major,
critical and blocker; ours map to info, minor and major, critical being kept for what nobody rates here.
Only what a reader is shown is in it, secrets masked.
"""

import json

from reviewbot.domain.finding import Judged, Severity
from reviewbot.domain.review import Review
from reviewbot.report import tally
from reviewbot.report.text import Shown

_SEVERITY = {Severity.NOTE: "info", Severity.WARNING: "minor", Severity.ERROR: "major"}


def render(review: Review) -> bytes:
    """Give the report as UTF-8 JSON: a list of issues in order of place."""
    shown = Shown(review.mask)
    issues = [_issue(judged, shown) for judged in tally.posted(review)]
    return (json.dumps(issues, indent=2, ensure_ascii=False) + "\n").encode()


def _issue(judged: Judged, shown: Shown) -> dict[str, object]:
    finding = judged.finding
    return {
        "description": shown.prose(finding.title),
        "check_name": shown.line(finding.rule),
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITY[finding.severity],
        "location": {
            "path": shown.path(finding.span.path),
            "lines": {"begin": finding.span.first, "end": finding.span.last},
        },
    }
