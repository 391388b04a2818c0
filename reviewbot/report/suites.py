"""How the repository's own tests ended, in words that several writers share. What the tests said is untrusted."""

from reviewbot.domain.review import Review
from reviewbot.domain.suite import SuiteRun
from reviewbot.report import tally
from reviewbot.report.text import Shown

MOST_TESTS = 50
MOST_LINES = 12
UNCOUNTED = "passed, by the exit code alone: the output counts no test"
GATES = "they make the result red"
NOT_RUN = "were not run; the result stays red"
_SAID_ALREADY = "the tests were not run: "
ONLY_TOLD = "they do not count against the result"


def words(review: Review, shown: Shown) -> tuple[str, ...]:
    """Say how the tests ended, in parts; nothing where they were not run."""
    suite = review.suite
    if suite is None:
        # Where they may block, no word of them would look as if they had passed.
        return (NOT_RUN,) if review.verdict.untested else ()
    if suite.broken:
        return (f"could not be run: {shown.prose(suite.broken.removeprefix(_SAID_ALREADY))}",)
    if suite.green:
        return (_passed(suite) or UNCOUNTED,)
    return tuple(part for part in (_failed(suite), _passed(suite), gate(review)) if part)


def _passed(suite: SuiteRun) -> str:
    return f"{suite.passes:,} passed" if suite.passes else ""


def _failed(suite: SuiteRun) -> str:
    return f"{len(suite.failed):,} failed" if suite.failed else f"failed with exit code {suite.exit_code}"


def gate(review: Review) -> str:
    """Say whether failing tests make the result red."""
    return GATES if review.policy.suite.gate else ONLY_TOLD


def title(review: Review) -> str:
    """`2 tests of the repository fail`, or that they do without a number."""
    count = len(review.suite.failed) if review.suite else 0
    return f"{tally.number(count, 'test')} of the repository {'fails' if count == 1 else 'fail'}"
