"""The gate and the repository's own tests: failing ones count where the policy says so, missing ones are a gap."""

from itertools import product

import pytest

from reviewbot.domain.finding import Confidence, Finding, Judged, Outcome, Severity, Span
from reviewbot.domain.policy import Gate, Policy
from reviewbot.domain.review import Verdict
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.suite import FailedTest, SuitePolicy, SuiteRun
from reviewbot.policy.gate import decide

BLOCKS = SuitePolicy(allow=True, command=("pytest",), gate=True)
REPORTS = SuitePolicy(allow=True, command=("pytest",))
GREEN = SuiteRun(0, 1.0, passed=("a",), named=True)
RED = SuiteRun(1, 1.0, passed=("a",), failed=(FailedTest("b"), FailedTest("c")), named=True)
UNNAMED = SuiteRun(2, 1.0)
LYING = SuiteRun(0, 1.0, failed=(FailedTest("b"),), named=True)
BROKEN = SuiteRun(-9, 1.0, failed=(FailedTest("b"),), broken="the tests did not finish within 9 seconds")
NOT_RUN = "the tests were not run"
FINDING = Finding(
    rule="r", sources=("semgrep",), severity=Severity.ERROR, confidence=Confidence.HIGH, cwe=(),
    span=Span("a.py", 1, 1), title="t", reason="r", quote="q",
)  # fmt: skip
FOUND = Judged(FINDING, Outcome.INLINE)


def decided(suite, policy=BLOCKS, *findings, gate=Gate()):  # noqa: B008 (frozen)
    """The verdict on findings and a run of the tests."""
    return decide(findings, (), Policy(gate=gate, suite=policy), RuleSet((), ()), suite)


@pytest.mark.parametrize(
    ("suite", "expected"),
    [
        (GREEN, Verdict(complete=True, at_threshold=0, exit_code=0)),
        (RED, Verdict(complete=True, at_threshold=0, exit_code=10, failing_tests=2)),
        (UNNAMED, Verdict(complete=True, at_threshold=0, exit_code=10, failing_tests=1)),
        (LYING, Verdict(complete=True, at_threshold=0, exit_code=10, failing_tests=1)),
        (BROKEN, Verdict(complete=False, at_threshold=0, exit_code=3, untested=BROKEN.broken)),
        (None, Verdict(complete=False, at_threshold=0, exit_code=3, untested=NOT_RUN)),
    ],
)
def test_tests_that_block(suite, expected):
    """Failing is red, whether by name, by exit code or by only one of them; without a result it is incomplete."""
    assert decided(suite) == expected


@pytest.mark.parametrize("suite", [GREEN, RED, UNNAMED, BROKEN, None])
def test_tests_that_only_report_count_for_nothing(suite):
    """However they ended."""
    assert decided(suite, REPORTS) == Verdict(complete=True, at_threshold=0, exit_code=0)
    assert decided(suite, REPORTS, FOUND).exit_code == 10


@pytest.mark.parametrize("policy", [SuitePolicy(gate=True), SuitePolicy(allow=True, gate=True)])
def test_tests_that_do_not_run_are_no_gap(policy):
    """Where the operator does not allow them or nobody names a command, nothing is missing."""
    assert decided(None, policy) == Verdict(complete=True, at_threshold=0, exit_code=0)
    assert decided(RED, policy).exit_code == 0


def test_incomplete_outranks_failing_tests_and_findings():
    """3 before 10, and findings and tests are counted apart."""
    assert decided(BROKEN, BLOCKS, FOUND).exit_code == 3
    both = decided(RED, BLOCKS, FOUND)
    assert (both.at_threshold, both.failing_tests, both.exit_code) == (1, 2, 10)


def test_a_change_cannot_buy_green_by_tests_that_never_end():
    """Where what is incomplete is only reported, tests that block and have no result are as red as failing ones."""
    report = Gate(incomplete_fails=False)
    for suite in (BROKEN, None):
        verdict = decided(suite, gate=report)
        assert (verdict.complete, verdict.exit_code) == (False, 10)
    assert decided(GREEN, gate=report).exit_code == 0


def test_only_a_green_run_leaves_the_result_as_it_was():
    """For every run, gate and finding: blocking tests never make it greener, and only green ones keep it green."""
    redder = {0: 0, 10: 1, 3: 2}
    for suite, fails, findings in product(
        (GREEN, RED, UNNAMED, LYING, BROKEN, None), (True, False), ((), (FOUND,))
    ):
        gate = Gate(incomplete_fails=fails)
        without = decided(suite, REPORTS, *findings, gate=gate).exit_code
        code = decided(suite, BLOCKS, *findings, gate=gate).exit_code
        assert redder[code] >= redder[without]
        assert (code == 0) is (suite is GREEN and not findings)
