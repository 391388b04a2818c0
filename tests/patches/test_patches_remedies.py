"""From findings to patches: which flaws are tried, and what is said of the others."""

from dataclasses import replace

from reviewbot import remedies
from reviewbot.domain.change import Change, FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.finding import Confidence, Finding, Fix, Judged, Outcome, Severity, Span
from reviewbot.domain.patch import Origin
from reviewbot.domain.policy import PatchPolicy
from reviewbot.domain.rule import Rule, RuleSet, SemgrepDetector
from reviewbot.verdict.merge import same_flaw_as

NEW = FileVersion("app/a.py", "100644", "b" * 40)
CONTENT = b"import os\nflawed(1)\nflawed(2)\n"
DIFF = FileDiff(Status.ADDED, None, NEW, (Hunk(0, 1, (), tuple(CONTENT.split(b"\n")[:-1])),), FileClass.CODE)
CHANGE = Change("r", "0", "0", "h", "t", "t", "", (DIFF,), (), ())
FINDING = Finding(
    "flawed",
    ("semgrep",),
    Severity.ERROR,
    Confidence.HIGH,
    (95,),
    Span("app/a.py", 2, 2),
    "t",
    "r",
    "flawed(1)",
    "f" * 16,
)


def rule(name, structural=""):
    return Rule(
        name, "p", "t", "w", Severity.ERROR, Confidence.HIGH, (), (), ("python",), "o", "1", (), (), SemgrepDetector({}),
        "", "", structural=structural,
    )  # fmt: skip


RULES = RuleSet((), (rule("flawed"), rule("other", "yaml-safe-load")))


class Bench:
    """Fails for whoever proves anything: these flaws are refused before."""

    def __getattr__(self, name):
        raise AssertionError(f"{name} is not needed")


def tried(flaws, **policy):
    shop = remedies.Workshop(Bench(), RULES, PatchPolicy(**policy), None, lambda _: False, lambda _: None)
    return remedies.remedies(flaws, shop)


def test_only_what_scanners_found_on_lines_of_the_change_is_a_flaw():
    """Not what the model alone says, nor what only the history or the summary holds."""
    judged = (
        Judged(FINDING, Outcome.INLINE),
        Judged(FINDING, Outcome.SUMMARY),
        Judged(replace(FINDING, sources=("model",)), Outcome.INLINE),
        Judged(replace(FINDING, commit="c" * 40), Outcome.INLINE),
    )
    (flaw,) = remedies.flaws_of(judged, CHANGE, {NEW.oid: CONTENT}.__getitem__, RULES)
    assert (flaw.finding, flaw.file.content) == (FINDING, CONTENT)


def test_of_merged_findings_the_one_with_a_fix_stands_for_all():
    """It keeps the name that people see; the others have to go with it."""
    merged = replace(FINDING, rule="other", fingerprint="e" * 16)
    judged = (Judged(FINDING, Outcome.INLINE), Judged(merged, Outcome.DUPLICATE, same_flaw_as(FINDING)))
    (flaw,) = remedies.flaws_of(judged, CHANGE, {NEW.oid: CONTENT}.__getitem__, RULES)
    assert (flaw.finding.rule, flaw.finding.fingerprint) == ("other", FINDING.fingerprint)
    assert flaw.also == (FINDING,)
    assert flaw.rule == RULES.find("other")


def test_what_is_too_large_or_too_much_is_said():
    """Nothing of it is proposed, and the record has the reason."""
    fix = Fix(2, 1, 2, 7, "mended", False)
    flaw = remedies.flaws_of(
        [Judged(replace(FINDING, fix=fix), Outcome.INLINE)], CHANGE, {NEW.oid: CONTENT}.__getitem__, RULES
    )[0]
    large = replace(flaw, file=replace(flaw.file, content=CONTENT + b"#" * remedies.MOST_BYTES))
    (said,) = tried([large]).unproven
    assert (said.origin, said.step, said.why) == (Origin.RULE, None, "the file is larger than 250 kB")
    (said,) = tried([flaw], most=0).unproven
    assert said.why.startswith("the limit of patches")
    assert tried([flaw], rules=False).unproven == ()
