"""Rules that are remembered: the same as those read anew, and forgotten with every change."""

import json
from datetime import date

import pytest

from reviewbot.domain.policy import Policy, PublicKey
from reviewbot.errors import PolicyError
from reviewbot.policy import packs, remembered
from reviewbot.shipped import folder

DAY = date(2027, 1, 1)


class Kept(dict):
    """A cache that shows what it was asked."""

    def put(self, key, value):
        self[key] = value


def test_remembered_rules_are_the_rules(make_pack):
    """All that comes with the program, every kind of detector, is the same after it was kept."""
    cache = Kept()
    first = remembered.load_rules(Policy(), shipped=folder("rules"), today=DAY, cache=cache)
    again = remembered.load_rules(Policy(), shipped=folder("rules"), today=DAY, cache=cache)

    assert len(cache) == 1
    assert first == again == packs.load_rules(Policy(), shipped=folder("rules"), today=DAY)
    assert again is not first
    rule = again.rules[0]
    assert again.find(rule.id) is rule


@pytest.mark.parametrize("change", ["content", "file", "day", "pack", "wrong"])
def test_whatever_changes_is_read_anew(make_pack, change):
    """A byte, a further file, another day, another choice of packs; and an entry that is not whole is no answer."""
    pack = make_pack("mine")
    make_pack("other")
    cache, policy, day = Kept(), Policy(packs=("mine",)), DAY
    remembered.load_rules(policy, shipped=pack.parent, today=day, cache=cache)
    (key,) = cache
    rule = pack / "mine-eval.yml"
    if change == "content":
        rule.write_text(rule.read_text().replace("severity: error", "severity: note"))
    elif change == "file":
        (pack / "second.yml").write_text(rule.read_text().replace("mine-eval", "second"))
    elif change == "day":
        day = date(2027, 1, 2)
    elif change == "pack":
        policy = Policy(packs=("mine", "other"))
    else:
        said = json.loads(cache[key])
        del said["rules"][0]["severity"]
        cache[key] = json.dumps(said).encode()
    found = remembered.load_rules(policy, shipped=pack.parent, today=day, cache=cache)

    assert found == packs.load_rules(policy, shipped=pack.parent, today=day)
    assert len(cache) == (1 if change == "wrong" else 2)


def test_a_rule_that_has_expired_is_refused_though_it_is_remembered(make_pack):
    """What was right yesterday is looked at again today."""
    pack = make_pack("mine")
    rule = pack / "mine-eval.yml"
    rule.write_text(rule.read_text() + "expiry: 2027-01-01\n")
    cache, policy = Kept(), Policy(packs=("mine",))
    remembered.load_rules(policy, shipped=pack.parent, today=DAY, cache=cache)

    with pytest.raises(PolicyError, match="expired"):
        remembered.load_rules(policy, shipped=pack.parent, today=date(2027, 1, 2), cache=cache)


def test_signatures_are_looked_at_in_every_run(make_pack):
    """Rules that were remembered without keys are no way around them."""
    pack = make_pack("mine")
    cache = Kept()
    remembered.load_rules(Policy(packs=("mine",)), shipped=pack.parent, today=DAY, cache=cache)
    signed = Policy(packs=("mine",), keys=(PublicKey("appsec", "A" * 43 + "="),))

    with pytest.raises(PolicyError, match="not signed"):
        remembered.load_rules(signed, shipped=pack.parent, today=DAY, cache=cache)
