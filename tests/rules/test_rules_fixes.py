"""The shipped fixes before the real scanners: the bad example of every rule that has one is mended, and the proof holds."""

import os
from dataclasses import replace

import pytest

from reviewbot import wiring_rules
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import RuleSet
from reviewbot.shipped import folder
from reviewbot.workbench import mended, shelf

MINED = ("python-yaml-load-unsafe", "python-sql-built-from-input", "actions-script-injection")


@pytest.fixture(scope="module")
def shipped():
    return shelf.opened(shelf.folders_of((), Policy(), folder("rules")))


def failing(packs, only=()):
    with wiring_rules.opened(Policy(), packs.rules, os.environ) as tools:
        return mended.failing(packs, only, Policy(), tools, lambda _: None)


def test_every_fix_mends_its_rules_bad_example_and_is_proven(shipped):
    """By the same proof as in a review, in a repository that imports nothing."""
    assert [f"{one.rule}: {one.said}" for one in failing(shipped)] == []
    structural = [rule.id for rule in shipped.rules.rules if rule.structural]
    assert len(structural) > 100


def test_a_fix_that_does_not_mend_fails_its_rule(shipped):
    """Three rules get the fix of another one."""
    wrong = tuple(
        replace(rule, structural="debug-off", fix="") if rule.id in MINED else rule for rule in shipped.rules.rules
    )
    packs = replace(shipped, rules=RuleSet(shipped.rules.packs, wrong, shipped.rules.approved))
    assert [one.rule for one in failing(packs, MINED)] == sorted(MINED, key=lambda name: packs.file(packs.rules.find(name)).name)
