"""The shipped packs before the real scanners: every example of every rule, and what if its detector were gone."""

import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from reviewbot import wiring_rules
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import ReviewDetector, RuleSet, SemgrepDetector, ToolDetector, TouchDetector
from reviewbot.shipped import folder
from reviewbot.workbench import lint, shelf, testing


@pytest.fixture(scope="module")
def shipped():
    return shelf.opened(shelf.folders_of((), Policy(), folder("rules")))


def examined(packs):
    with wiring_rules.opened(Policy(), packs.rules, os.environ) as tools:
        return testing.scanned(packs, (), Policy(), tools, lambda _: None)


def test_every_rule_finds_its_flaw_and_nothing_that_is_mended_or_harmless(shipped):
    """Violating, mended and harmless code of every rule, and the marked lines of every fixture."""
    found = examined(shipped)

    assert [f"{one.file}:{one.line}: {one.rule}: {one.said}" for one in found.failing] == []
    assert found.untested == ()
    assert found.notes == ()
    assert found.rules == len(shipped.rules.rules) > 150


def without_detector(rule):
    """Leave everything of a rule as it is, but let it find nothing."""
    if isinstance(rule.detector, SemgrepDetector):
        return replace(rule, detector=SemgrepDetector({"pattern-regex": "nothing has this form"}))
    if isinstance(rule.detector, ToolDetector):
        return replace(rule, detector=ToolDetector(rule.detector.tool, (f"not-{rule.id}",)))
    if isinstance(rule.detector, TouchDetector):
        return replace(rule, applies_to=("nowhere",))
    return rule


def test_removing_a_detector_fails_the_test_of_its_rule(shipped):
    """With every detector taken out at once, every rule that scanners detect has a failing example."""
    gone = RuleSet(
        shipped.rules.packs, tuple(map(without_detector, shipped.rules.rules)), shipped.rules.approved
    )
    failing = {one.rule for one in examined(replace(shipped, rules=gone)).failing}

    by_scanners = {rule.id for rule in shipped.rules.rules if not isinstance(rule.detector, ReviewDetector)}
    # Texts that look like live credentials may not stand in a rule file; tests/scanners proves those kinds.
    unshown = {rule.id for rule in shipped.rules.rules if not rule.bad}
    assert by_scanners - failing <= unshown


def test_the_packs_have_no_mistake_that_lint_knows(shipped):
    """No path filter that lets nothing through, no example missing, nothing left of rules that are gone."""
    remarks = lint.read(shipped, datetime.now(UTC).date())

    assert [f"{one.place}: {one.said}" for one in remarks if one.weight == "error"] == []
