"""One flaw is one finding, whoever says it and in whatever order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_cases import Case, claim, finding, findings, policy, report

from reviewbot.domain.finding import Confidence, Outcome, Severity
from reviewbot.verdict.merge import merge


def plain(_):
    """Weigh all findings the same."""
    return ()


def merged(*said, weigh=plain):
    return merge(said, weigh)


def outcomes(judged):
    return {(one.finding.rule, one.finding.span.first): one.outcome for one in judged}


def test_two_scanners_on_one_line():
    """The stronger keeps its words and gains the other's name; the other says where it went."""
    case = Case(new=(finding("eval-of-input"), finding("code-injection", source="bandit")))
    first, second = case.settle()
    assert (first.finding.rule, first.outcome) == ("code-injection", Outcome.DUPLICATE)
    assert first.why == "same flaw as eval-of-input at src/a.py:5"
    assert (second.finding.sources, second.outcome) == (("semgrep", "bandit"), Outcome.INLINE)
    assert second.finding.title == "Title of eval-of-input"


@pytest.mark.parametrize(
    ("before", "source", "after"),
    [
        (Confidence.LOW, "bandit", Confidence.MEDIUM),
        (Confidence.MEDIUM, "bandit", Confidence.HIGH),
        (Confidence.HIGH, "bandit", Confidence.HIGH),
        (Confidence.LOW, "semgrep", Confidence.LOW),
    ],
)
def test_independent_agreement_raises_confidence_by_one(before, source, after):
    """A second tool's word counts one step, the same tool's twice counts nothing."""
    kept = merged(
        finding(confidence=before), finding("code-injection", source=source, confidence=Confidence.LOW)
    )
    assert kept.kept[0].confidence is after


def test_confidence_is_raised_once():
    """Three tools that agree are one step surer, not two."""
    said = [finding(source=source, confidence=Confidence.LOW) for source in ("a", "b", "c")]
    (kept,) = merged(*said).kept
    assert (kept.confidence, kept.sources) == (Confidence.MEDIUM, ("a", "b", "c"))


def test_other_family_stays_two():
    """Different weaknesses on one line are two findings."""
    assert len(merged(finding("eval-of-input"), finding("command-injection", 5)).kept) == 2


def test_other_lines_stay_two():
    """The same rule on different lines is two findings."""
    assert len(merged(finding(first=5), finding(first=6)).kept) == 2


def test_other_file_or_commit_stays_two():
    """Lines are compared within one version of one file."""
    said = (finding(), finding(path="src/b.py"), finding(commit="f" * 40))
    assert len(merged(*said).kept) == 3


def test_without_cwe_only_the_rule_can_say_so():
    """Findings without a CWE merge under the same rule, not across rules."""
    assert len(merged(finding("house-naming"), finding("house-naming", 4, 6)).kept) == 1
    assert len(merged(finding("house-naming"), finding("tool/other")).kept) == 2


def test_chain_is_not_swallowed():
    """What overlaps only a duplicate stays by itself: A takes B, C has no line in common with A."""
    top = finding("eval-of-input", 3, 4)
    middle = finding("code-injection", 4, 6, confidence=Confidence.LOW)
    bottom = finding("code-injection", 6, 7)
    result = merged(top, middle, bottom)
    assert [one.span.first for one in result.kept] == [3, 6]
    assert result.duplicates == ((0, middle),)


def test_below_the_threshold_takes_nothing_along():
    """A finding that the policy hides does not hide one that it shows."""
    case = Case(
        new=(
            finding("eval-of-input", confidence=Confidence.LOW),
            finding("code-injection", confidence=Confidence.HIGH),
        ),
        policy=policy(confidence=Confidence.HIGH),
    )
    assert outcomes(case.settle()) == {
        ("eval-of-input", 5): Outcome.BELOW_THRESHOLD,
        ("code-injection", 5): Outcome.INLINE,
    }


def test_agreement_may_lift_over_the_threshold():
    """Two tools that doubt are together one that is surer."""
    case = Case(
        new=(
            finding("eval-of-input", confidence=Confidence.LOW),
            finding("code-injection", source="bandit", confidence=Confidence.MEDIUM),
        ),
        policy=policy(confidence=Confidence.MEDIUM),
    )
    assert outcomes(case.settle())["eval-of-input", 5] is Outcome.INLINE


def test_unknown_rule_takes_nothing_along():
    """A tool's uncatalogued word never replaces ours."""
    unknown = finding("tool/x", cwe=(95,), severity=Severity.ERROR)
    case = Case(new=(unknown, finding("code-injection", source="bandit", severity=Severity.NOTE)))
    assert outcomes(case.settle()) == {("tool/x", 5): Outcome.SUMMARY, ("code-injection", 5): Outcome.INLINE}


def test_off_the_diff_takes_nothing_along():
    """A finding that only the summary lists does not take one off its line."""
    above = finding("eval-of-input", 1, 2)
    across = finding("code-injection", 2, 3)
    assert outcomes(Case(new=(above, across)).settle()) == {
        ("eval-of-input", 1): Outcome.SUMMARY,
        ("code-injection", 2): Outcome.INLINE,
    }


def test_raised_finding_is_still_found_by_a_claim():
    """Raising one finding's confidence does not lose another from the model's sight."""
    wide = finding("eval-of-input", 3, 9, confidence=Confidence.LOW)
    short = finding("code-injection", 4, 5, confidence=Confidence.MEDIUM)
    second = finding("code-injection", 7, source="bandit", severity=Severity.NOTE, confidence=Confidence.LOW)
    case = Case(new=(wide, short, second), policy=policy(confidence=Confidence.MEDIUM))
    judged = case.settle(report(claim(line=8, quote="key = '[secret:password:1]'")))
    assert [one.outcome for one in judged if one.finding.model_only] == [Outcome.DUPLICATE]


@settings(max_examples=150, deadline=None)
@given(findings(), st.randoms(use_true_random=False))
def test_order_does_not_matter(said, random):
    """Shuffling what the scanners said changes nothing."""
    shuffled = list(said)
    random.shuffle(shuffled)
    assert merged(*shuffled) == merged(*said)


@settings(max_examples=150, deadline=None)
@given(findings())
def test_each_is_kept_or_lies_on_what_it_was_merged_into(said):
    """Nothing is lost, duplicates overlap theirs, and no two that are kept are the same flaw."""
    result = merged(*said)
    fingerprints = [one.fingerprint for one in result.kept] + [
        one.fingerprint for _, one in result.duplicates
    ]
    assert sorted(fingerprints) == sorted(one.fingerprint for one in said)
    for number, duplicate in result.duplicates:
        kept = result.kept[number]
        assert kept.span.overlaps(duplicate.span)
        assert kept.severity.reaches(duplicate.severity)
    for at, one in enumerate(result.kept):
        for other in result.kept[:at]:
            same = one.rule == other.rule and one.commit == other.commit
            assert not (same and one.span.overlaps(other.span))


class TestClaims:
    """The model beside the scanners."""

    def test_claim_explains_the_scanners_finding(self):
        """The finding gains source, prose and evidence; the claim is a duplicate."""
        case = Case(new=(finding(fingerprint="f1"),))
        said = report(claim("code-injection", 5, explanation="It is user input.", evidence=("x1",)))
        duplicate, kept = case.settle(said)
        assert (duplicate.outcome, duplicate.why) == (
            Outcome.DUPLICATE,
            "same flaw as eval-of-input at src/a.py:5",
        )
        assert kept.finding.sources == ("semgrep", "model")
        assert (kept.finding.explanation, kept.finding.evidence) == ("It is user input.", ("x1",))
        assert (kept.finding.confidence, kept.finding.fingerprint) == (Confidence.HIGH, "f1")

    def test_first_claim_explains(self):
        """Of several claims on one finding the best cited explains it; the model is named once."""
        said = report(claim(explanation="a"), claim("code-injection", 5, explanation="z"))
        (kept,) = [one.finding for one in Case(new=(finding(),)).settle(said) if not one.finding.model_only]
        assert (kept.sources, kept.explanation) == (("semgrep", "model"), "a")

    def test_claim_on_a_duplicate_goes_to_what_it_was_merged_into(self):
        """A claim never attaches to a finding that nobody sees."""
        case = Case(new=(finding("eval-of-input", 3, 5), finding("code-injection", 5, 7)))
        judged = case.settle(report(claim(line=6)))
        assert [one.outcome for one in judged if one.finding.model_only] == [Outcome.DUPLICATE]

    def test_claim_is_not_lost_in_a_hidden_finding(self):
        """If the policy hides the scanner's finding and not the model's, the model's is shown."""
        case = Case(new=(finding(confidence=Confidence.LOW),), policy=policy(confidence=Confidence.MEDIUM))
        judged = case.settle(report(claim()))
        assert [(one.finding.sources, one.outcome) for one in judged] == [
            (("semgrep",), Outcome.BELOW_THRESHOLD),
            (("model",), Outcome.INLINE),
        ] or [(one.finding.sources, one.outcome) for one in judged] == [
            (("model",), Outcome.INLINE),
            (("semgrep",), Outcome.BELOW_THRESHOLD),
        ]

    def test_said_twice_is_one(self):
        """Two claims with the same rule and anchor are one finding, the better cited one."""
        judged = Case().settle(report(claim(explanation="a"), claim(explanation="b", evidence=("x1",))))
        assert sorted((one.outcome, one.finding.explanation) for one in judged) == [
            (Outcome.DUPLICATE, "a"),
            (Outcome.INLINE, "b"),
        ]

    def test_same_opening_sentence_stays_two(self):
        """Two claims on two lines stay two, whatever their prose."""
        judged = Case().settle(report(claim(line=5), claim(line=6)))
        assert [one.outcome for one in judged] == [Outcome.INLINE, Outcome.INLINE]
        assert len({one.finding.fingerprint for one in judged}) == 2

    def test_agreement_of_claims_raises_nothing(self):
        """A model that repeats itself is not a second opinion."""
        judged = Case().settle(report(claim("eval-of-input"), claim("code-injection")))
        assert {one.finding.confidence for one in judged} == {Confidence.MEDIUM}

    def test_old_finding_takes_a_claim_on_an_unchanged_line(self):
        """What a scanner knows of the base is not raised again by the model."""
        case = Case(existing=(finding("eval-of-input", 1, 12),))
        judged = case.settle(
            report(claim("code-injection", 10, "def old(name):", path="src/a.py"), claim(line=1))
        )
        repeated = [one for one in judged if one.finding.model_only and one.finding.span.first == 1]
        assert repeated[0].why == "same flaw as eval-of-input at src/a.py:1, which the base has too"

    def test_old_finding_does_not_take_a_claim_on_a_new_line(self):
        """A wide old finding does not swallow what is new inside it, only moved code."""
        wide = Case(existing=(finding("eval-of-input", 1, 12),))
        assert outcomes(wide.settle(report(claim("code-injection"))))["code-injection", 5] is Outcome.INLINE
        moved = Case(existing=(finding("eval-of-input", 5),))
        assert (
            outcomes(moved.settle(report(claim("code-injection"))))["code-injection", 5] is Outcome.DUPLICATE
        )
