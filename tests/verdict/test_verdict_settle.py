"""Each finding ends with one outcome, and the model cannot touch a scanner's."""

import time
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_cases import RULES, Case, cases, change, claim, finding, policy, report, reports

from reviewbot.domain.change import FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.claim import Claim, ModelReport, ShownLine, Usage
from reviewbot.domain.finding import Confidence, Outcome, Severity
from reviewbot.verdict.settle import settle


def outcome(one, **settings_):
    (judged,) = Case(new=(one,), **settings_).settle()
    return judged.outcome, judged.why


def floor(judged):
    """What scanners said, without what the model may add."""
    return [
        repr(replace(one, finding=replace(one.finding, sources=(), explanation="", evidence=())))
        for one in judged
        if not one.finding.model_only
    ]


@settings(max_examples=150, deadline=None)
@given(cases, reports)
def test_scanner_findings_are_a_floor(case, said):
    """Whatever the model answers, the scanners' part is the same byte for byte."""
    assert floor(case.settle(said)) == floor(case.settle())


@settings(max_examples=150, deadline=None)
@given(cases, reports)
def test_counts_add_up(case, said):
    """Every finding and every claim ends with exactly one outcome; merging loses none."""
    judged = case.settle(said)
    assert len(judged) == len(case.new) + len(case.existing) + len(said.claims)
    counted = Counter(one.outcome for one in judged)
    assert sum(counted.values()) == len(judged)
    assert counted[Outcome.EXISTING] == len(case.existing)
    assert counted[Outcome.INLINE] <= case.policy.limits.inline_comments
    for one in judged:
        needs_none = one.outcome in {Outcome.INLINE, Outcome.EXISTING}
        assert (one.why == "") == needs_none
        assert not (one.outcome is Outcome.UNVERIFIED and not one.finding.model_only)


@settings(max_examples=80, deadline=None)
@given(cases, reports, st.randoms(use_true_random=False))
def test_order_of_what_is_said_does_not_matter(case, said, random):
    """Shuffled input gives the same bytes, sorted by place and rule."""
    new, existing, claims = (list(part) for part in (case.new, case.existing, said.claims))
    for part in (new, existing, claims):
        random.shuffle(part)
    shuffled = replace(case, new=tuple(new), existing=tuple(existing))
    judged = shuffled.settle(replace(said, claims=tuple(claims)))
    assert repr(judged) == repr(case.settle(said))
    assert list(judged) == sorted(judged, key=lambda one: (one.finding.span, one.finding.rule))


@settings(max_examples=80, deadline=None)
@given(cases, reports)
def test_shown_findings_have_their_own_fingerprints(case, said):
    """No two findings of the head that stand share a fingerprint."""
    standing = [
        one.finding.fingerprint
        for one in case.settle(said)
        if one.outcome in {Outcome.INLINE, Outcome.SUMMARY} and one.finding.commit is None
    ]
    assert len(standing) == len(set(standing))


def test_new_finding_on_an_added_line():
    """A catalogued finding on an added line is shown there."""
    assert outcome(finding()) == (Outcome.INLINE, "")


def test_span_may_only_touch_an_added_line():
    """One added line in the span is enough."""
    assert outcome(finding(first=1, last=3))[0] is Outcome.INLINE


def test_off_the_diff_still_counts():
    """A scanner's new finding beside the added lines is listed."""
    assert outcome(finding(first=12)) == (Outcome.SUMMARY, "on lines that the change does not add")


def test_file_outside_the_change_still_counts():
    """So is one in a file that the diff does not name."""
    assert outcome(finding(path="src/b.py"))[0] is Outcome.SUMMARY


def test_history_is_summary():
    """What only an earlier commit holds has no line to stand on."""
    assert outcome(finding(commit="f" * 40)) == (
        Outcome.SUMMARY,
        "commit fffffff of the range holds it, the head does not",
    )


def test_unknown_rule_is_summary():
    """A rule outside the catalogue is never posted on a line."""
    assert outcome(finding("tool/x")) == (Outcome.SUMMARY, "its rule is not in the catalogue")


def test_below_threshold():
    """The policy's confidence holds for scanners too, and is named."""
    assert outcome(finding(confidence=Confidence.LOW), policy=policy(confidence=Confidence.MEDIUM)) == (
        Outcome.BELOW_THRESHOLD,
        "confidence is low, the policy asks for medium",
    )


def test_existing_stays_existing():
    """What the base has too is neither posted nor weighed."""
    (judged,) = Case(
        existing=(finding(confidence=Confidence.LOW),), policy=policy(confidence=Confidence.HIGH)
    ).settle()
    assert judged.outcome is Outcome.EXISTING


def test_model_remark_on_a_context_line():
    """The model may remark on what it was shown beside the change, in the summary."""
    (judged,) = Case().settle(report(claim("house-naming", 1)))
    assert judged.outcome is Outcome.SUMMARY


def test_budget_goes_to_scanners_first_then_severity():
    """A flood of model remarks pushes no scanner's finding off its line."""
    scanner = finding("code-injection", 9, severity=Severity.NOTE, confidence=Confidence.LOW)
    said = report(claim("command-injection", 4), claim(line=5), claim("house-naming", 6))
    judged = Case(new=(scanner,), policy=policy(inline=2)).settle(said)
    assert {one.finding.rule: one.outcome for one in judged} == {
        "code-injection": Outcome.INLINE,
        "command-injection": Outcome.INLINE,
        "eval-of-input": Outcome.SUMMARY,
        "house-naming": Outcome.SUMMARY,
    }
    assert {one.why for one in judged} == {"", "over the budget of 2 inline comments"}


@pytest.mark.parametrize("budget", [0, 1])
def test_small_budgets(budget):
    """No inline comments means none."""
    judged = Case(new=(finding(), finding(first=6)), policy=policy(inline=budget)).settle()
    assert [one.outcome for one in judged].count(Outcome.INLINE) == budget


def flood(size):
    """As many claims as lines in one hunk, a third of them misplaced, and as many findings."""
    text = "value = eval(name)"
    lines = tuple(ShownLine("src/a.py", n, text if n % 3 else f"x{n}", True, 0) for n in range(1, size + 1))
    blob = "\n".join(line.text for line in lines).encode()
    file = FileDiff(
        Status.ADDED,
        None,
        FileVersion("src/a.py", "100644", "head"),
        (Hunk(0, 1, (), tuple(blob.split(b"\n"))),),
        FileClass.CODE,
    )
    claims = tuple(
        Claim("eval-of-input" if n % 2 else "house-naming", "src/a.py", n, text, "word " * 300, ())
        for n in range(1, size + 1)
    )
    new = tuple(
        finding("eval-of-input", n, n + size // 2, quote=str(n), fingerprint=str(n))
        for n in range(1, size + 1)
    )
    said = ModelReport("h", "m", "plain", 1, claims, lines, (), (), Usage())
    return {
        "new": new,
        "existing": new[::2],
        "report": said,
        "excerpts": (),
        "change": change(file),
        "read": lambda _: blob,
        "rules": RULES,
        "policy": policy(),
    }


def seconds(size):
    given_ = flood(size)
    before = time.process_time()
    judged = settle(**given_)
    spent = time.process_time() - before
    assert len(judged) == 2 * size + size // 2
    return spent


def test_ten_thousand_claims():
    """A flood of claims and overlapping findings is settled in time that grows with its size."""
    half, whole = seconds(5_000), seconds(10_000)
    assert whole < 5.0  # about 1 s on a busy core; quadratic work would take a minute
    assert whole < 3.5 * half + 0.5
