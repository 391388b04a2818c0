"""The shipped packs: how their rules are written. That they find what they should is `test_rules_examples.py`."""

import re
from collections import Counter

import pytest
import yaml

from reviewbot.domain.cwe import families
from reviewbot.domain.globs import first_match
from reviewbot.domain.policy import DEFAULT_PACKS, Policy
from reviewbot.domain.secret_kinds import KINDS
from reviewbot.policy.packs import load_rules
from reviewbot.scanners.suppressions import RULES
from reviewbot.shipped import folder

PACKS = sorted(path.parent for path in folder("rules").glob("*/pack.yml"))
FILES = [
    path
    for pack in PACKS
    for path in sorted(pack.glob("*.yml"))
    if path.name != "pack.yml" and ".test." not in path.name
]
DOCUMENTS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in FILES}
FIXTURES = {path.name.partition(".test.")[0]: path for pack in PACKS for path in pack.glob("*.test.*")}
# What a file is usually called, for a language whose rules are about files by their extension.
TYPICAL = {
    "python": "app.py",
    "javascript": "app.ts",
    "typescript": "app.ts",
    "terraform": "main.tf",
    "hcl": "main.tf",
}


def of(detector):
    return {name: rule for name, rule in DOCUMENTS.items() if detector in rule["detect"]}


def names(rule, detector):
    given = rule["detect"][detector]
    return [given] if isinstance(given, str) else given


def test_every_pack_is_on_by_default():
    """What comes with the program is what runs where no policy chooses, and it all loads."""
    assert sorted(DEFAULT_PACKS) == [pack.name for pack in PACKS]
    assert len(load_rules(Policy(), shipped=folder("rules")).rules) == len(DOCUMENTS) == len(FILES)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_rule_says_all_that_a_reader_needs(name):
    """A title, a reason, an owner, where it applies, and code that violates, mends and only looks alike."""
    rule = DOCUMENTS[name]

    assert {"title", "why", "severity", "owner", "since", "detect", "applies_to", "confidence"} <= set(rule)
    assert {"good", "clean"} <= set(rule)
    assert "bad" in rule or "secrets" in rule["detect"]
    assert rule["owner"] == "appsec"
    assert rule["since"] == "0.1.0"
    assert 10 <= len(rule["title"]) <= 80
    assert not rule["title"].endswith(".")
    assert all(reference.startswith("https://") for reference in rule.get("references", []))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_reasons_are_two_plain_sentences(name):
    """A reason says what happens and what to do, in at most two sentences, without preaching."""
    why = " ".join(DOCUMENTS[name]["why"].split())

    assert why.endswith(".")
    assert len(re.findall(r"[.!?](?= [A-Z`]|$)", why)) <= 2
    assert len(why) <= 320
    assert not re.search(r"(?i)\b(please|consider|should|best practice|vulnerab|attacker|malicious|!)", why)


@pytest.mark.parametrize(
    "name", [name for name, rule in of("semgrep").items() if rule["languages"][0] in TYPICAL]
)
def test_files_of_a_rule(name):
    """A rule of a programming language applies to its files at the top and deep down, and to no page of prose."""
    patterns, typical = DOCUMENTS[name]["applies_to"], TYPICAL[DOCUMENTS[name]["languages"][0]]

    assert first_match(patterns, "README.md") is None
    if not any("/" in pattern.removeprefix("**/") or "*" not in pattern for pattern in patterns):
        assert first_match(patterns, typical) is not None
        assert first_match(patterns, f"services/shop/{typical}") is not None


def test_taint_rules_have_fixtures():
    """Every rule that follows data has a longer fixture with both kinds of lines."""
    tainted = {
        name for name, rule in of("semgrep").items() if rule["detect"]["semgrep"].get("mode") == "taint"
    }

    assert tainted <= set(FIXTURES)
    for name in tainted:
        text = FIXTURES[name].read_text(encoding="utf-8")
        assert f"ruleid: {name}" in text, name
        assert f"ok: {name}" in text, name


def test_fixtures_belong_to_a_rule():
    """No fixture is left of a rule that is gone."""
    assert set(FIXTURES) <= set(DOCUMENTS)


def test_every_kind_of_secret_has_one_rule():
    """No kind falls through the catalogue, and none has two rules."""
    assert sorted(kind for rule in of("secrets").values() for kind in names(rule, "secrets")) == sorted(KINDS)


def test_every_suppression_has_one_rule():
    """The same for suppression markers."""
    assert sorted(
        kind for rule in of("suppressions").values() for kind in names(rule, "suppressions")
    ) == sorted(RULES)


@pytest.mark.parametrize("name", of("touch"))
def test_touch_rule_is_about_its_bad_path_and_not_its_good_one(name):
    """`bad`, `good` and `clean` of such a rule are paths."""
    rule = DOCUMENTS[name]
    assert first_match(rule["applies_to"], rule["bad"].strip()) is not None
    assert first_match(rule["applies_to"], rule["good"].strip()) is None
    assert first_match(rule["applies_to"], rule["clean"].strip()) is None


def test_no_test_of_bandit_has_two_rules():
    """Each of bandit's tests is taken over at most once."""
    counts = Counter(test for rule in of("bandit").values() for test in names(rule, "bandit"))

    assert [test for test, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("python-shell-built-from-input", "python-shell-with-variable"),
        ("python-code-from-input", "python-text-run-as-code"),
        ("python-objects-from-input", "python-unpickles-data"),
        ("python-tls-verification-off", "python-certificate-not-checked"),
        ("python-password-hash-too-fast", "python-weak-hash"),
        ("python-debug-on", "python-flask-debugger"),
        ("python-xml-external-entities", "python-xml-entities-expanded"),
        ("python-sql-built-from-input", "python-django-raw-sql"),
        ("python-sql-built-from-input", "python-sql-built-by-formatting"),
        ("python-html-from-input", "python-text-marked-as-safe-html"),
        ("secret-in-code", "python-password-in-code"),
        ("secret-cloud-credential", "python-password-in-code"),
        ("secret-in-code", "dockerfile-secret-in-image"),
    ],
)
def test_rules_for_one_flaw_are_of_one_family(ours, theirs):
    """Two rules that meet on one line for one flaw merge, because their CWE numbers are of one family."""
    assert families(tuple(DOCUMENTS[ours]["cwe"])) & families(tuple(DOCUMENTS[theirs]["cwe"]))


@pytest.mark.parametrize("name", of("review"))
def test_house_rules_ask_one_question(name):
    """A house rule asks, says what to quote, and shows examples of both kinds."""
    review = DOCUMENTS[name]["detect"]["review"]

    assert set(review) == {"question", "evidence", "violations", "not_violations"}
    assert "?" in review["question"]
    assert len(review["violations"]) >= 2
    assert len(review["not_violations"]) >= 2


@pytest.mark.parametrize("pack", PACKS, ids=lambda path: path.name)
def test_the_pack_file(pack):
    """The pack says who owns it, which version it is and from where on its findings count."""
    document = yaml.safe_load((pack / "pack.yml").read_text(encoding="utf-8"))

    assert document["id"] == pack.name
    assert document["version"] == "0.1.0"
    assert document["owner"] == "appsec"
    assert document["threshold"] == "error"
