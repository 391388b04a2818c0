"""The gate: findings, coverage and tests in, the run's result out. Pure.

Only what people were shown counts, and only a finding that reaches the policy's confidence and its
severity, or where the policy names none, its pack's. A gap in coverage is red by itself: not reviewed is a verdict, never green.
The same holds for the repository's own tests where the policy lets them block: failing is red, and not run is incomplete.
"""

from reviewbot.domain.coverage import FileCoverage
from reviewbot.domain.finding import Judged, Outcome
from reviewbot.domain.policy import Policy
from reviewbot.domain.review import Verdict
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.suite import SuitePolicy, SuiteRun

EXIT_CLEAN = 0
EXIT_INCOMPLETE = 3
EXIT_FINDINGS = 10

_SHOWN = frozenset({Outcome.INLINE, Outcome.SUMMARY})


def decide(
    findings: tuple[Judged, ...],
    coverage: tuple[FileCoverage, ...],
    policy: Policy,
    rules: RuleSet,
    suite: SuiteRun | None = None,
) -> Verdict:
    """Give the verdict: is everything reviewed, how much counts against it, which exit code follows.

    An incomplete review outranks findings (3 before 10): what it did not see may be worse. The rules
    know the thresholds of their packs, which count where the policy names none. `suite` is how the
    repository's tests ended, None if they were not run.
    """
    gate = policy.gate
    untested = _untested(policy.suite, suite)
    complete = not untested and not any(file.gaps for file in coverage)
    at_threshold = sum(
        judged.outcome in _SHOWN and gate.counts(judged.finding, rules.threshold(judged.finding.rule))
        for judged in findings
    )
    failing = _failing(policy.suite, suite)
    # Tests that block and did not pass are red even where what is incomplete is only told of: else a change
    # could turn failing tests into ones that never end.
    code = EXIT_FINDINGS if at_threshold or failing or untested else EXIT_CLEAN
    if not complete and gate.incomplete_fails:
        code = EXIT_INCOMPLETE
    return Verdict(complete, at_threshold, code, failing, untested)


def _untested(policy: SuitePolicy, suite: SuiteRun | None) -> str:
    if not (policy.runs and policy.gate):
        return ""
    return "the tests were not run" if suite is None else suite.broken


def _failing(policy: SuitePolicy, suite: SuiteRun | None) -> int:
    """Count the tests that make the result red; a run that only its exit code tells of counts as one."""
    if suite is None or suite.broken or suite.green or not (policy.runs and policy.gate):
        return 0
    return max(1, len(suite.failed))
