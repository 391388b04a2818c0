"""A waiver takes what it is for out of the way, counted and named, and nothing else."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_cases import (
    EXCERPTS,
    HEAD,
    RULES,
    TEXTS,
    Case,
    cases,
    change,
    claim,
    finding,
    policy,
    read,
    report,
    reports,
)

from reviewbot.domain.change import HistoryBlob
from reviewbot.domain.finding import Confidence, Outcome, Severity
from reviewbot.domain.fingerprint import with_fingerprints
from reviewbot.domain.policy import Gate, Policy
from reviewbot.domain.quotes import whole_digest
from reviewbot.domain.rule import Pack, RuleSet, TouchDetector
from reviewbot.domain.waiver import Target, Waiver
from reviewbot.verdict.settle import settle

DAY = date(2027, 1, 31)


def waiver(*, until=DAY, **target):
    named = {"fingerprint": "", "rule": "", "path": "", "quote": ""} | target
    return Waiver(Target(**named), "harmless", "bob", "alice", until, "SEC-1", "waivers.yml", 3)


def of_lines(rule="eval-of-input", first=5, last=None, path="src/a.py"):
    return waiver(rule=rule, path=path, quote=whole_digest(TEXTS[first - 1 : last or first]))


def settled(case, *waivers, said=None, **changes):
    given_ = {"change": change(), "read": read, "rules": RULES} | changes
    return settle(
        new=case.new, existing=case.existing, report=said, excerpts=EXCERPTS, policy=case.policy,
        waivers=waivers, **given_,
    )  # fmt: skip


def outcomes(judged):
    return [one.outcome for one in judged]


def case(*new, existing=(), **more):
    return Case(with_fingerprints(new), existing, policy(**more))


def test_a_waiver_of_rule_path_and_lines_covers():
    """The finding is waived, with the waiver and a sentence that says who answers for it."""
    (one,) = settled(case(finding()), of_lines())
    assert (one.outcome, one.waiver) == (Outcome.WAIVED, of_lines())
    assert one.why == "until 2027-01-31, approved by alice for bob (SEC-1): harmless"


def test_a_waiver_of_a_fingerprint_covers_one_of_two_equal_lines():
    """Lines 5 and 6 are the same; a waiver of the lines covers both."""
    both = case(finding(first=5), finding(first=6))
    only = waiver(fingerprint=both.new[0].fingerprint)
    assert outcomes(settled(both, only)) == [Outcome.WAIVED, Outcome.INLINE]
    assert outcomes(settled(both, of_lines())) == [Outcome.WAIVED, Outcome.WAIVED]


def test_a_waiver_for_something_else_covers_nothing():
    """Another rule, another path, other lines, another fingerprint."""
    others = [
        of_lines("code-injection"), of_lines(path="src/b.py"), of_lines(first=4), of_lines(last=6),
        waiver(fingerprint="0" * 16), waiver(),
    ]  # fmt: skip
    for other in others:
        assert outcomes(settled(case(finding()), other)) == [Outcome.INLINE]


def test_the_longest_of_several_waivers_is_named():
    """What a reader is told is when the finding comes back."""
    longer = replace(of_lines(), until=date(2027, 3, 1))
    (one,) = settled(case(finding()), of_lines(), longer)
    assert one.waiver is longer


def test_all_lines_of_a_long_finding_are_looked_at():
    """A quote is cut after some lines; a waiver is not for what is behind the cut."""
    cut = finding(first=3, last=9, quote="\n".join(TEXTS[2:4]))
    assert outcomes(settled(case(cut), of_lines(first=3, last=9))) == [Outcome.WAIVED]
    assert outcomes(settled(case(cut), of_lines(first=3, last=4))) == [Outcome.INLINE]


def test_what_only_history_holds_is_waived_by_its_lines_or_its_fingerprint():
    """The lines are those of the commit that holds them."""
    old = finding("hard-coded-secret", commit="f" * 40, source="secrets")
    past = replace(change(), history=(HistoryBlob("f" * 40, "src/a.py", "then"),))
    found = case(old)
    for one in (
        waiver(rule="hard-coded-secret", path="src/a.py", quote=whole_digest(["then = 5"])),
        waiver(fingerprint=found.new[0].fingerprint),
    ):
        judged = settled(
            found, one, change=past, read=lambda oid: b"\n\n\n\nthen = 5\n" if oid == "then" else HEAD
        )
        assert outcomes(judged) == [Outcome.WAIVED]
    judged = settled(found, of_lines("hard-coded-secret"), change=past, read=lambda _: b"\n\n\n\nthen = 5\n")
    assert outcomes(judged) == [Outcome.SUMMARY]


def test_the_merged_finding_is_what_is_waived():
    """Two scanners see one flaw: a waiver of what stands covers it, one of what went into it does not."""
    both = case(finding(), finding("code-injection", source="bandit"))
    assert sorted(outcomes(settled(both, of_lines()))) == [Outcome.DUPLICATE, Outcome.WAIVED]
    assert sorted(outcomes(settled(both, of_lines("code-injection")))) == [Outcome.DUPLICATE, Outcome.INLINE]


def test_what_reaches_beyond_the_waived_lines_is_not_hidden_by_a_merge():
    """Nobody has answered for its other lines; what lies within is the same flaw, and a waiver of its own will do."""
    both = case(finding(), finding("code-injection", source="bandit", last=8))
    wide = of_lines("code-injection", last=8)
    assert outcomes(settled(both)) == [Outcome.INLINE, Outcome.DUPLICATE]
    assert outcomes(settled(both, of_lines())) == [Outcome.WAIVED, Outcome.INLINE]
    assert outcomes(settled(both, of_lines(), wide)) == [Outcome.WAIVED, Outcome.DUPLICATE]
    assert outcomes(settled(both, wide)) == [Outcome.INLINE, Outcome.DUPLICATE]


def test_a_waiver_of_lines_is_none_of_a_whole_file():
    """What was changed beside the first added line, on which such a finding stands, nobody has looked at."""
    touched = replace(RULES.find("eval-of-input"), detector=TouchDetector())
    rules = RuleSet((), (touched,))
    one = case(finding(first=3))
    assert outcomes(settled(one, of_lines(first=3), rules=rules)) == [Outcome.INLINE]
    by_name = waiver(fingerprint=one.new[0].fingerprint)
    assert outcomes(settled(one, by_name, rules=rules)) == [Outcome.WAIVED]


def test_a_file_with_many_findings_is_read_once():
    """Each line may be a finding of its own, and to take the file apart for each would take hours."""
    asked = []

    def counted(oid):
        asked.append(oid)
        return HEAD

    many = case(*(finding(first=line) for line in range(3, 9)))
    settled(many, of_lines(), read=counted)
    assert asked == ["head"]


def test_a_finding_of_the_model_alone_is_waived_too():
    """By rule and lines, or by its own fingerprint, which is another than a scanner's."""
    alone = Case()
    (before,) = settled(alone, said=report(claim()))
    assert before.outcome is Outcome.INLINE
    for one in (of_lines(), waiver(fingerprint=before.finding.fingerprint)):
        assert outcomes(settled(alone, one, said=report(claim()))) == [Outcome.WAIVED]


def test_what_is_not_shown_needs_no_waiver():
    """In the base already, below the confidence asked for, unverified: those are said first."""
    low = case(finding(confidence=Confidence.LOW), confidence=Confidence.HIGH)
    assert outcomes(settled(low, of_lines())) == [Outcome.BELOW_THRESHOLD]
    old = Case(existing=with_fingerprints([finding()]))
    assert outcomes(settled(old, of_lines())) == [Outcome.EXISTING]
    made_up = report(claim(quote="nothing like it"))
    assert outcomes(settled(Case(), of_lines(), said=made_up)) == [Outcome.UNVERIFIED]


def test_what_is_waived_takes_no_place_among_the_comments():
    """The budget is for what a person has to look at."""
    two = case(finding(first=5), finding("command-injection", first=4), inline=1)
    assert sorted(outcomes(settled(two, of_lines()))) == [Outcome.INLINE, Outcome.WAIVED]


waivers = st.lists(
    st.one_of(
        st.builds(
            of_lines,
            st.sampled_from([rule.id for rule in RULES.rules]),
            st.integers(1, 12),
            path=st.sampled_from(["src/a.py", "src/b.py"]),
        ),
        st.builds(
            lambda name: waiver(fingerprint=name), st.text("0123456789abcdef", min_size=16, max_size=16)
        ),
    ),
    max_size=5,
)


@settings(max_examples=100, deadline=None)
@given(cases, reports, waivers, st.data())
def test_waivers_change_outcomes_and_nothing_else(drawn, said, given_waivers, data):
    """The same findings come out; only what would be shown is waived, and only by a waiver that was given."""
    before = settled(drawn, said=said)
    prints = [one.finding.fingerprint for one in before]
    if prints:
        given_waivers = [*given_waivers, waiver(fingerprint=data.draw(st.sampled_from(prints)))]
    after = settled(drawn, *given_waivers, said=said)
    assert Counter(repr(one.finding) for one in after) == Counter(repr(one.finding) for one in before)
    was = {repr(one.finding): set() for one in before}
    for one in before:
        was[repr(one.finding)].add(one.outcome)
    for one in after:
        assert (one.waiver is not None) is (one.outcome is Outcome.WAIVED)
        if one.outcome is Outcome.WAIVED:
            assert one.waiver in given_waivers
            assert was[repr(one.finding)] & {Outcome.INLINE, Outcome.SUMMARY}
    assert all(one.outcome is not Outcome.WAIVED for one in settled(drawn, said=said))


@settings(max_examples=60, deadline=None)
@given(cases, reports, waivers)
def test_the_model_waives_nothing_of_a_scanner(drawn, said, given_waivers):
    """Whatever it says, the same findings of scanners are waived."""
    plain = [repr(one.waiver) for one in settled(drawn, *given_waivers) if not one.finding.model_only]
    asked = [
        repr(one.waiver) for one in settled(drawn, *given_waivers, said=said) if not one.finding.model_only
    ]
    assert asked == plain


def test_what_counts_by_its_packs_threshold_does_not_go_into_what_does_not():
    """Packs may ask for more than the policy: a merge must not let a counting finding vanish in one that does not."""
    strict, lax = "code-injection", "eval-of-input"
    rules = RuleSet(
        (Pack("strict", "1.0.0", "", threshold="note"), Pack("core", "1.0.0", "")),
        tuple(
            replace(rule, pack="strict" if rule.id == strict else "core", severity=Severity.WARNING)
            for rule in RULES.rules
        ),
    )
    weaker = finding(strict, source="bandit", severity=Severity.WARNING, confidence=Confidence.MEDIUM)
    both = Case(with_fingerprints([finding(lax, severity=Severity.WARNING), weaker]), (), Policy())
    assert outcomes(settled(both, rules=rules)) == [Outcome.INLINE, Outcome.INLINE]
    explicit = replace(both, policy=Policy(gate=Gate(explicit=True)))
    assert sorted(outcomes(settled(explicit, rules=rules))) == [Outcome.DUPLICATE, Outcome.INLINE]
