"""What a review says of the repository's own tests, held to the policy, and made ready to be shown."""

from reviewbot.derivation.checks import is_same
from reviewbot.derivation.ground import Ground, line
from reviewbot.domain.suite import FailedTest, SuiteRun
from reviewbot.domain.visible import visible
from reviewbot.domain.wanted import Failing, Tests
from reviewbot.errors import UsageError
from reviewbot.publish.document import ReviewDocument

MOST_FAILING = 100
MOST_LINES = 12


def suite_run(document: ReviewDocument, ground: Ground) -> SuiteRun | None:
    """Give the run that the gate decides by. Raises `UsageError` for one that the policy does not know of."""
    said, asked = document.tests, ground.policy.suite
    if said is None:
        return None
    same = len(said.command) == len(asked.command) and all(
        is_same(theirs, visible(ours)) for theirs, ours in zip(said.command, asked.command, strict=True)
    )
    if not asked.runs or not same or said.gate is not asked.gate:
        raise UsageError("the review tells of tests that the policy does not let run")
    failed = tuple(FailedTest(one.name, one.lines) for one in said.failed)
    return SuiteRun(said.exit_code, 0.0, (), failed, said.named, said.broken)


def tests(document: ReviewDocument, ground: Ground) -> Tests | None:
    """Give what is shown of the tests; None where none were run."""
    said = document.tests
    if said is None:
        return None

    def shown(text: str) -> str:
        return visible(ground.mask.hide(text))

    failed = tuple(
        Failing(shown(one.name), tuple(shown(text) for text in one.lines[:MOST_LINES]))
        for one in said.failed[:MOST_FAILING]
    )
    passed = said.passed if said.named else None
    return Tests(passed, len(said.failed), failed, said.exit_code, line(said.broken), said.gate)
