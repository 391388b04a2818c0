"""The one status of a pull request, and the words that it shares with the summary."""

from collections.abc import Iterable

from reviewbot.domain.finding import Severity
from reviewbot.domain.forge import Status, StatusState
from reviewbot.domain.wanted import Remark, Unreviewed, Wanted
from reviewbot.publish import limits

WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def number(count: int, noun: str) -> str:
    """`1 error`, `2 errors`, `1,204 files`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def headline(remarks: Iterable[Remark]) -> str:
    """`2 errors, 1 warning`, or `no findings`."""
    found = [remark.severity for remark in remarks]
    counts = [number(found.count(word), str(word)) for word in WORST_FIRST if word in found]
    return ", ".join(counts) or "no findings"


def verdict_words(wanted: Wanted) -> str:
    """Give the headline of a review, with the tests that make the result red."""
    if not wanted.failing_tests:
        return headline(wanted.remarks)
    found = [headline(wanted.remarks)] if wanted.remarks else []
    return ", ".join([*found, number(wanted.failing_tests, "failing test")])


def status_line(wanted: Wanted | Unreviewed, limit: int) -> Status:
    """Give the one status, its words cut to `limit` characters; success only for a whole review at exit code 0."""
    if isinstance(wanted, Unreviewed):
        return Status(StatusState.INCOMPLETE, limits.clipped("not reviewed", limit))
    said = verdict_words(wanted)
    if not wanted.complete:
        untold = "tests without a result" if wanted.untested else "not all was reviewed"
        gaps = f"{number(len(wanted.gaps), 'file')} not reviewed" if wanted.gaps else untold
        return Status(StatusState.INCOMPLETE, limits.clipped(f"incomplete: {gaps}; {said}", limit))
    if wanted.exit_code == 0:
        counted = ", none at the threshold" if wanted.remarks else ""
        files = number(wanted.files, "file")
        return Status(StatusState.SUCCESS, limits.clipped(f"{said} in {files}{counted}", limit))
    if wanted.at_threshold == 0 and wanted.failing_tests:
        return Status(StatusState.FAILURE, limits.clipped(said, limit))
    if wanted.at_threshold == 0:
        return Status(StatusState.INCOMPLETE, limits.clipped(f"the review did not end well; {said}", limit))
    return Status(
        StatusState.FAILURE, limits.clipped(f"{said}: {wanted.at_threshold:,} at the threshold", limit)
    )
