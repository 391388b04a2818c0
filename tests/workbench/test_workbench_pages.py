"""Pages about packs: complete, the same every time, and inert whatever a rule's text holds."""

import re

from rule_texts import QUESTION, rule

from reviewbot.workbench import pages

LIVE = "<script>alert(1)</script> ![x](https://evil.example/a.png) @team [here](javascript:x) | `tick`"
LIST = "id: http\npurpose: Requests to others\nlanguages: [python]\nuse: [corp_http.Session]\ninstead_of: ['requests.*']\nexample: |\n  import corp_http\n"


def made(shelf_of, **files):
    return pages.pages(shelf_of(files))


def test_a_page_says_all_of_a_rule(shelf_of):
    """Words, numbers, detector, files, examples, references; an index over the packs."""
    text = rule("one", more="references: [https://example.org/one]\nowasp: ['A03:2021']\n")
    both = made(shelf_of, one=text, talk=rule("talk", QUESTION, languages=""))

    page = both["corp.md"]
    for said in (
        "## one", "**Something dangerous is called** · error · confidence high · `CWE-95`, `A03:2021`", "It breaks. Use the safe one.",
        "- found by: semgrep, in python: a pattern of code", "- applies to: `**/*.py`", "1 | dangerous(x)", "1 | safe(x)", '1 | note = "dangerous"',
        "- [`https://example.org/one`](https://example.org/one)", "- asked: Does a line store money as a float?", "| [one](#one) |",
    ):  # fmt: skip
        assert said in page
    assert "| [corp](corp.md) | 2 | For tests | appsec |" in both["README.md"]
    assert "2 rules in 1 pack." in both["README.md"]


def test_a_page_says_how_a_rule_is_mended(shelf_of):
    """The structural fix with what it does, or the replacement, and whether it wants a look; what is hostile in it stays code."""
    detect = "  semgrep:\n    pattern: dangerous($X)"
    page = made(
        shelf_of,
        one=rule("one", more="fix: {safety: safe, structural: debug-off}\n"),
        two=rule("two", detect, more="fix: {safety: look, semgrep: 'safe($X)\n\n  # @team'}\n"),
        three=rule("three"),
    )["corp.md"]
    assert "- fix: `debug-off` (safe): Switches the debugger off.\n" in page
    assert "- fix: a replacement of the rule's own (look before applying): `safe($X) # @team`\n" in page
    assert page.count("- fix: ") == 2


def test_the_same_packs_give_the_same_bytes(shelf_of):
    """Nothing of the day or the machine is in a page."""
    files = {"one": rule("one"), "two": rule("two")}

    assert pages.pages(shelf_of(files)) == pages.pages(shelf_of(dict(reversed(files.items()))))


def test_text_of_rules_is_inert(shelf_of):
    """Markup in a title, a reason or an example stays text."""
    hostile = (
        rule("one", bad=LIVE, good="/close\n```\n" + LIVE)
        .replace("It breaks.", f"'{LIVE}")
        .replace("Use the safe one.", "'")
    )
    page = made(shelf_of, one=hostile)["corp.md"]

    outside = re.sub(
        r"(`+).+?\1", "", "\n".join(line for line in page.split("\n") if not re.match(r" *\d+ \| ", line))
    )
    assert "<script" not in outside
    assert "](javascript" not in outside
    assert "@team" not in outside
    assert not [line for line in page.split("\n") if line.startswith("/")]


def test_secrets_and_hidden_characters_are_not_on_a_page(shelf_of):
    """The examples of the rules about them are masked and made visible."""
    key = "AKIA" + "Z7XQ3RPLM2VN5TKD"
    page = made(shelf_of, one=rule("one", bad=f'key = "{key}"', good="x")).get("corp.md")
    hidden = rule("dark", more="").replace("  dangerous(x)\n", "").replace("bad: |\n", 'bad: "a\\u202eb"\n')

    assert key not in page
    assert "[secret:" in page
    assert "a<U+202E>b" in made(shelf_of, dark=hidden)["corp.md"]


def test_approved_lists_are_on_the_page(shelf_of):
    """What to take, instead of what, and how."""
    page = made(
        shelf_of, http=rule("http", "  approved: http", bad="import requests"), **{"approved/http.yml": LIST}
    )["corp.md"]

    assert "Requests to others: use `corp_http.Session` instead of `requests.*`." in page
    assert "1 | import corp_http" in page
