"""Whether the repository's tests that passed on the head still pass with the patch."""

from dataclasses import dataclass

from reviewbot.domain.patch import State, Step, StepResult
from reviewbot.domain.suite import SuiteRun


@dataclass(frozen=True, slots=True)
class Tested:
    """The step, and how many tests passed with the patch; None where that is not known."""

    result: StepResult
    tests: int | None = None


def has_something_to_keep(before: SuiteRun | None) -> bool:
    """Say whether the head's run tells what a patch must not break."""
    return before is not None and not before.broken and (bool(before.passed) or before.exit_code == 0)


def tested(before: SuiteRun, after: SuiteRun) -> Tested:
    """Compare the two runs: by the names of what passed and failed, by the counts, and by how the program ended."""
    if after.broken:
        return Tested(_failed("the tests could not be run to their end with the patch"))
    lost = set(before.passed) - set(after.passed)
    newly = {one.name for one in after.failed} - {one.name for one in before.failed}
    fewer = not before.passed and after.passes < before.passes
    if lost or newly or fewer or (before.exit_code == 0 and after.exit_code != 0):
        return Tested(_failed("tests that passed before fail with the patch"))
    return Tested(StepResult(Step.TESTS_PASS, State.PASSED), after.passes or None)


def _failed(said: str) -> StepResult:
    return StepResult(Step.TESTS_PASS, State.FAILED, said)
