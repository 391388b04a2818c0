"""The gate: what counts, and that nothing added ever makes the result greener."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.change import FileClass
from reviewbot.domain.coverage import DONE, Coverage, FileCoverage, Read
from reviewbot.domain.finding import Confidence, Finding, Judged, Outcome, Severity, Span
from reviewbot.domain.policy import Gate, Policy
from reviewbot.domain.rule import Pack, Rule, RuleSet, TouchDetector
from reviewbot.domain.waiver import Target, Waiver
from reviewbot.policy.gate import decide

FINDING = Finding(
    rule="r", sources=("semgrep",), severity=Severity.ERROR, confidence=Confidence.HIGH, cwe=(),
    span=Span("a.py", 1, 1), title="t", reason="r", quote="q",
)  # fmt: skip
WAIVER = Waiver(Target("0" * 16, "", "", ""), "r", "bob", "alice", date(2027, 1, 31), "SEC-1", "w.yml", 3)
NO_RULES = RuleSet((), ())
FAILED = Coverage(Read.FAILED, "it crashed")


def judged(outcome=Outcome.INLINE, **changes) -> Judged:
    """A finding with its outcome."""
    waiver = WAIVER if outcome is Outcome.WAIVED else None
    return Judged(replace(FINDING, **changes), outcome, waiver=waiver)


def coverage(**said) -> FileCoverage:
    """A code file for which semgrep and model are required; `excluded` takes it out."""
    excluded = said.pop("excluded", "")
    return FileCoverage("a.py", FileClass.CODE, tuple(said.items()), ("semgrep", "model"), excluded)


def decided(*findings, gate=Gate(), files=(), rules=NO_RULES):  # noqa: B008 (frozen)
    """The verdict as a plain tuple."""
    verdict = decide(tuple(findings), tuple(files), Policy(gate=gate), rules)
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
    explicit=st.booleans(),
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


def packs(threshold):
    """The rule of these findings, in a pack with this threshold."""
    rule = Rule(
        id="r", pack="mine", title="t", why="w", severity=Severity.ERROR, confidence=Confidence.HIGH, cwe=(), owasp=(),
        languages=(), owner="o", since="1.0.0", references=(), applies_to=(), detector=TouchDetector(), bad="", good="",
    )  # fmt: skip
    return RuleSet((Pack("mine", "1.0.0", "sha256:0", threshold=threshold),), (rule,))


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("threshold", ["", *Severity])
def test_a_packs_threshold_counts_where_the_policy_names_none(severity, threshold):
    """It stands beside the default, which is error; a pack without one obeys the default alone."""
    least = min(Severity(threshold or "error").rank, Severity.ERROR.rank)
    assert decided(judged(severity=severity), rules=packs(threshold))[1] == int(severity.rank >= least)


@pytest.mark.parametrize("threshold", list(Severity))
@pytest.mark.parametrize("fail_on", [None, *Severity])
def test_what_the_policy_names_itself_takes_its_place(threshold, fail_on):
    """The operator's word outranks the packs', also where it is milder."""
    found = [judged(severity=severity) for severity in Severity]
    gate = Gate(fail_on=fail_on, explicit=True)
    assert decided(*found, gate=gate, rules=packs(threshold)) == decided(*found, gate=gate)


@pytest.mark.parametrize("threshold", ["", *Severity])
@pytest.mark.parametrize("fail_on", [None, *Severity])
def test_what_is_not_the_operators_word_only_adds(threshold, fail_on):
    """A repository's own threshold leaves a pack's alone."""
    found = [judged(severity=severity) for severity in Severity]
    alone = decided(*found, gate=Gate(fail_on=None), rules=packs(threshold))[1]
    named = decided(*found, gate=Gate(fail_on=fail_on))[1]
    assert decided(*found, gate=Gate(fail_on=fail_on), rules=packs(threshold))[1] == max(alone, named)


def test_nothing_is_waived_by_nobody():
    """The outcome and the waiver come together or not at all."""
    with pytest.raises(ValueError, match="waived"):
        Judged(FINDING, Outcome.WAIVED)
    with pytest.raises(ValueError, match="waived"):
        Judged(FINDING, Outcome.INLINE, waiver=WAIVER)


@pytest.mark.parametrize(
    ("operator", "repository", "flags", "expected"),
    [
        (None, None, {}, (Severity.ERROR, False)),
        (None, None, {"fail_on": "never"}, (None, True)),
        (None, "gate: {fail_on: never}", {}, (None, False)),
        ("", None, {}, (Severity.ERROR, False)),
        ("gate: {fail_on: error}", None, {}, (Severity.ERROR, True)),
        ("gate: {confidence: high}", None, {}, (Severity.ERROR, False)),
        ("", "gate: {fail_on: warning}", {}, (Severity.WARNING, False)),
        ("gate: {fail_on: error}", "gate: {fail_on: warning}", {}, (Severity.WARNING, True)),
        ("", None, {"fail_on": "error"}, (Severity.ERROR, False)),
        ("", None, {"fail_on": "note"}, (Severity.NOTE, False)),
        ("allow: [fail-on]", None, {"fail_on": "error"}, (Severity.ERROR, True)),
        ("gate: {fail_on: error}", None, {"fail_on": "note"}, (Severity.NOTE, True)),
    ],
)
def test_whose_threshold_takes_the_packs_place(settle, operator, repository, flags, expected):
    """The operator's, and a free flag's: a repository, or a flag that may only tighten, must not switch the packs' off."""
    texts = [None if text is None else f"version: 1\n{text}\n" for text in (operator, repository)]
    gate = settle(*texts, **flags).gate
    assert (gate.fail_on, gate.explicit) == expected
