"""Which scanners a policy gets, and what they are told to look for."""

from reviewbot.domain.policy import Policy
from reviewbot.policy.packs import load_rules
from reviewbot.scanners import registry
from reviewbot.shipped import folder


def test_bandit_is_told_what_the_rules_take_over(tools):
    """The shipped rules name bandit's tests, and the scanner runs just these."""
    policy = Policy()
    rules = load_rules(policy, shipped=folder("rules"))
    scanners = {scanner.name: scanner for scanner in registry.build(policy, rules, tools=tools)}

    assert "B501" in scanners["bandit"].tests
    assert scanners["bandit"].tests == rules.taken_over("bandit")
    assert list(scanners) == ["semgrep", "bandit", "secrets", "suppressions", "hidden"]
