"""The gate: what counts, and that nothing added ever makes the result greener."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.change import FileClass
from reviewbot.domain.coverage import DONE, Coverage, FileCoverage, Read
from reviewbot.domain.finding import Confidence, Finding, Judged, Outcome, Severity, Span
from reviewbot.domain.policy import Gate, Policy
from reviewbot.policy.gate import decide

FINDING = Finding(
    rule="r", sources=("semgrep",), severity=Severity.ERROR, confidence=Confidence.HIGH, cwe=(),
    span=Span("a.py", 1, 1), title="t", reason="r", quote="q",
)  # fmt: skip
FAILED = Coverage(Read.FAILED, "it crashed")


def judged(outcome=Outcome.INLINE, **changes) -> Judged:
    """A finding with its outcome."""
    return Judged(replace(FINDING, **changes), outcome)


def coverage(**said) -> FileCoverage:
    """A code file for which semgrep and model are required; `excluded` takes it out."""
    excluded = said.pop("excluded", "")
    return FileCoverage("a.py", FileClass.CODE, tuple(said.items()), ("semgrep", "model"), excluded)


def decided(*findings, gate=Gate(), files=()):  # noqa: B008 (frozen)
    """The verdict as a plain tuple."""
    verdict = decide(tuple(findings), tuple(files), Policy(gate=gate))
    return verdict.complete, verdict.at_threshold, verdict.exit_code


def test_nothing_is_clean():
    """No finding, no gap: 0."""
    assert decided() == (True, 0, 0)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_shown_findings_count(outcome):
    """Inline and listed findings count, whatever else became of them does not."""
    shown = outcome in {Outcome.INLINE, Outcome.SUMMARY}
    assert decided(judged(outcome)) == (True, int(shown), 10 if shown else 0)


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("fail_on", [None, *Severity])
def test_severity_threshold(severity, fail_on):
    """A finding counts from the policy's severity on; never means never."""
    counts = fail_on is not None and severity.rank >= fail_on.rank
    assert decided(judged(severity=severity), gate=Gate(fail_on=fail_on))[1:] == (
        int(counts),
        10 if counts else 0,
    )


@pytest.mark.parametrize("confidence", list(Confidence))
@pytest.mark.parametrize("asked", list(Confidence))
def test_confidence_threshold(confidence, asked):
    """A finding counts from the policy's confidence on."""
    counts = confidence.rank >= asked.rank
    assert decided(judged(confidence=confidence), gate=Gate(confidence=asked))[2] == (10 if counts else 0)


def test_model_only_findings_advise_or_block():
    """The policy says whether the model alone can make the result red; a scanner beside it always does."""
    alone, both = judged(sources=("model",)), judged(sources=("semgrep", "model"))

    assert decided(alone, gate=Gate(model_blocks=False)) == (True, 0, 0)
    assert decided(alone, gate=Gate(model_blocks=True)) == (True, 1, 10)
    assert decided(both, gate=Gate(model_blocks=False)) == (True, 1, 10)


def test_gaps_come_before_findings():
    """An incomplete review is 3 even with findings; where the policy only reports, findings decide."""
    gap = [coverage(semgrep=DONE, model=FAILED)]

    assert decided(judged(), files=gap) == (False, 1, 3)
    assert decided(files=gap) == (False, 0, 3)
    report = Gate(incomplete_fails=False)
    assert decided(judged(), files=gap, gate=report) == (False, 1, 10)
    assert decided(files=gap, gate=report) == (False, 0, 0)


@pytest.mark.parametrize(
    ("file", "complete"),
    [
        (coverage(semgrep=DONE, model=DONE), True),
        (coverage(semgrep=DONE, model=Coverage(Read.NOT_APPLICABLE, "no rule")), True),
        (coverage(semgrep=DONE), False),
        (coverage(semgrep=FAILED, excluded="third_party/**"), True),
        (coverage(semgrep=DONE, model=DONE, bandit=FAILED), True),
    ],
)
def test_what_is_a_gap(file, complete):
    """A required reviewer that failed or said nothing; not one that was not required, not an excluded file."""
    assert decided(files=[file])[0] is complete


FINDINGS = st.builds(
    judged,
    st.sampled_from(list(Outcome)),
    severity=st.sampled_from(list(Severity)),
    confidence=st.sampled_from(list(Confidence)),
    sources=st.sampled_from([("model",), ("semgrep",), ("model", "semgrep")]),
    catalogued=st.booleans(),
)
COVERAGE = st.builds(
    coverage,
    semgrep=st.sampled_from([DONE, FAILED]),
    model=st.sampled_from([DONE, FAILED]),
    excluded=st.sampled_from(["", "x"]),
)
GATES = st.builds(
    Gate,
    fail_on=st.sampled_from([None, *Severity]),
    confidence=st.sampled_from(list(Confidence)),
    incomplete_fails=st.booleans(),
    model_blocks=st.booleans(),
)
REDDER = {0: 0, 10: 1, 3: 2}


@settings(max_examples=150, deadline=None)
@given(
    st.lists(FINDINGS, max_size=6),
    st.lists(COVERAGE, max_size=4),
    GATES,
    st.tuples(FINDINGS, COVERAGE),
    st.randoms(),
)
def test_adding_never_makes_it_greener_and_order_does_not_count(findings, files, gate, added, random):
    """One more finding or file leaves the result as red or makes it redder, in any order."""
    finding, file = added
    before = decided(*findings, gate=gate, files=files)
    more = decided(*findings, finding, gate=gate, files=files)
    wider = decided(*findings, gate=gate, files=[*files, file])

    assert REDDER[more[2]] >= REDDER[before[2]]
    assert more[1] in {before[1], before[1] + 1}
    assert REDDER[wider[2]] >= REDDER[before[2]]
    random.shuffle(findings)
    random.shuffle(files)
    assert decided(*findings, gate=gate, files=files) == before
