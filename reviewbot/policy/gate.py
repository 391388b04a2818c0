"""The gate: findings and coverage in, the run's result out. Pure.

Only what people were shown counts, and only a finding that reaches the policy's confidence and its
severity, or where the policy names none, its pack's. A gap in coverage is red by itself: not reviewed is a verdict, never green.
"""

from reviewbot.domain.coverage import FileCoverage
from reviewbot.domain.finding import Judged, Outcome
from reviewbot.domain.policy import Policy
from reviewbot.domain.review import Verdict
from reviewbot.domain.rule import RuleSet

EXIT_CLEAN = 0
EXIT_INCOMPLETE = 3
EXIT_FINDINGS = 10

_SHOWN = frozenset({Outcome.INLINE, Outcome.SUMMARY})


def decide(
    findings: tuple[Judged, ...], coverage: tuple[FileCoverage, ...], policy: Policy, rules: RuleSet
) -> Verdict:
    """Give the verdict: is every file reviewed, how many findings count, which exit code follows.

    An incomplete review outranks findings (3 before 10): what it did not see may be worse. The rules
    know the thresholds of their packs, which count where the policy names none.
    """
    gate = policy.gate
    complete = not any(file.gaps for file in coverage)
    at_threshold = sum(
        judged.outcome in _SHOWN and gate.counts(judged.finding, rules.threshold(judged.finding.rule))
        for judged in findings
    )
    if not complete and gate.incomplete_fails:
        return Verdict(complete, at_threshold, EXIT_INCOMPLETE)
    return Verdict(complete, at_threshold, EXIT_FINDINGS if at_threshold else EXIT_CLEAN)
