"""Lint: each thing that it knows is named with file, line and the mend."""

import os
from datetime import date

import pytest
from rule_texts import QUESTION, TAINT, rule

from reviewbot.domain.policy import Policy
from reviewbot.errors import PolicyError
from reviewbot.scanners import locate
from reviewbot.workbench import lint
from reviewbot.workbench.remarks import Weight, of_error
from reviewbot.workbench.semgrep_trial import Speed, slow_rules

TODAY = date(2026, 11, 21)


def one(shelf, word):
    """Give the one remark that holds a word."""
    found = [remark for remark in lint.read(shelf, TODAY) if word in remark.said]
    assert len(found) == 1, lint.read(shelf, TODAY)
    return found[0]


def test_a_good_pack_has_no_remark(shelf_of):
    """Nothing is said of rules that are as they should be."""
    fixture = "# ruleid: flow\nrun_statement(read_input())\n"
    flow = rule("flow", TAINT, bad="run_statement(read_input())")
    # Whoever shows a secret puts one there, and another scanner's rule is its own to show.
    secret = rule("key", "  secrets: [aws-access-key]", languages="", applies="", bad="").replace(
        "bad: |\n  \n", ""
    )
    theirs = rule("theirs", "  sarif: {tool: checkov, rule: CKV_1}", languages="", applies="").partition(
        "bad:"
    )[0]
    files = {"one": rule("one"), "flow": flow, "flow.test.py": fixture, "key": secret, "theirs": theirs}
    shelf = shelf_of(files)

    assert lint.read(shelf, TODAY) == ()


SPOILED = {
    "no clean": (rule("one").partition("clean:")[0], "no example under clean:", "advice", "detect:"),
    "same": (rule("one", good="dangerous(x)"), "good and bad are the same", "error", "good:"),
    "owner": (rule("one").replace("appsec", "nobody"), "nobody answers for nothing", "error", "owner:"),
    "expiry": (rule("one", more="expiry: 2026-12-01\n"), "in 10 days", "advice", "expiry:"),
    "long": (rule("one").replace("It breaks.", "It breaks. It hurts."), "the reason is long", "advice", "why:"),
    "preaching": (rule("one").replace("Use the", "You should use the"), '"should" says nothing', "advice", "why:"),
    "title": (rule("one").replace("is called", "is called."), "no full stop", "advice", "title:"),
    "cwe page": (
        rule("one", more="references: [https://cwe.mitre.org/data/definitions/89.html]\n"), "is of CWE-89", "advice", "references:",
    ),
    "http": (rule("one", more="references: [http://example.org/a]\n"), "not https", "advice", "references:"),
    "no cwe": (rule("one").replace("cwe: [95]\n", ""), "names no CWE", "advice", "severity:"),
    "regex": (
        rule("one", "  semgrep:\n    pattern-regex: (a+)+b"), "an unbounded repeat", "advice", "    pattern-regex",
    ),
    "taint": (rule("one", TAINT), "a taint rule without a fixture", "advice", "    mode:"),
    "dead path": (rule("one", applies="**/*.js"), "no file that matches **/*.js", "error", "applies_to:"),
    "touch": (rule("one", "  touch: any", languages="", applies=""), "speaks of every file", "error", "detect:"),
    "fix of a house rule": (
        rule("one", QUESTION, languages="", more="fix: {safety: look, structural: debug-off}\n"), "this fix is never tried", "error", "fix:",
    ),
    "fix of another language": (
        rule("one", more="fix: {safety: look, structural: page-text}\n"), "page-text mends javascript, typescript, and the rule is for python",
        "error", "fix:",
    ),
    "fix with a name of nobody": (
        rule("one", "  semgrep:\n    pattern: dangerous($VALUE)", more="fix: {safety: look, semgrep: safe($VALU)}\n"),
        "no pattern of the rule gives $VALU", "error", "fix:",
    ),
    "no violations": (
        rule("one", QUESTION.partition("    not_")[0].rstrip(), languages=""), "no not_violations", "advice", "  review:",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SPOILED)
def test_what_is_wrong_with_a_rule_is_named_on_its_line(shelf_of, name):
    """Each remark stands on the line of its key, with a mend."""
    text, said, weight, begins = SPOILED[name]
    shelf = shelf_of({"one": text})

    remark = one(shelf, said)

    assert remark.weight == weight
    assert remark.mend
    assert shelf.file(shelf.rules.find("one")).lines[remark.line - 1].startswith(begins)


FITTING = (
    "structural: debug-off", "structural: secret-store", "semgrep: safe()", "semgrep: safe($VALUE, $...REST, $1)",
)  # fmt: skip


@pytest.mark.parametrize("fix", FITTING)
def test_a_fix_that_fits_its_rule(shelf_of, fix):
    """One for its language or for any, and names that a pattern gives, in whatever depth."""
    detect = (
        "  semgrep:\n    patterns:\n      - pattern-either:\n          - pattern: dangerous($VALUE, $...REST)"
    )
    shelf = shelf_of({"one": rule("one", detect, more=f"fix:\n  safety: look\n  {fix}\n")})

    assert lint.read(shelf, TODAY) == ()


@pytest.mark.parametrize("name", ["one-high", "cwe-89-in-code"])
def test_names_that_will_be_wrong(shelf_of, name):
    """A severity or number in a name outlives its truth."""
    assert one(shelf_of({name: rule(name)}), "in the name").field == "id"


@pytest.mark.parametrize(
    ("patterns", "said"),
    [
        ('["**/*.py", "src/**/*.py"]', "src/**/*.py adds nothing: **/*.py matches all of it"),
        ('["*.py", "**/*.py"]', "**/*.py adds nothing: *.py matches all of it"),
        ('["a/*.py", "a/*.py"]', "a/*.py adds nothing"),
        ('["**/*.py", "**/*.js"]', "no file that matches **/*.js"),
    ],
)
def test_patterns_that_add_nothing(shelf_of, patterns, said):
    """One of several is advice: the rule works without it."""
    shelf = shelf_of({"one": rule("one").replace('["**/*.py"]', patterns)})
    remark = one(shelf, said)

    assert len(lint.read(shelf, TODAY)) == 1

    assert remark.weight is Weight.ADVICE
    assert remark.field == ("applies_to[1]")


@pytest.mark.parametrize(
    "patterns", ['["src/*.py", "src/**/test.py"]', '["src/*.py", "lib/*.py"]', '["**/bin/*"]', '["**/x/**"]']
)
def test_patterns_that_add_something(shelf_of, patterns):
    """Deeper folders, other folders, names without an ending: a first line may make them Python."""
    shelf = shelf_of({"one": rule("one").replace('["**/*.py"]', patterns)})

    assert lint.read(shelf, TODAY) == ()


def test_what_lies_beside_rules_is_looked_at(shelf_of):
    """Fixtures and answers of no rule, marks that name none, lists that nobody uses; an approved list is the fixes' and the model's too."""
    shelf = shelf_of(
        {
            "one": rule("one"), "one.test.py": "x = 1\n# ok: two\ny = 1\n", "gone.test.py": "# ruleid: gone\nx\n",
            "gone.answers.json": "[]", "talk": rule("talk", QUESTION, languages=""), "talk.answers.json": '[\n {"model": 1}]',
            "approved/http.yml": "id: http\npurpose: Requests\nlanguages: [python]\nuse: [a]\ninstead_of: [b]\nexample: a()\n",
            "shared/guards.yml": "description: Guards\npattern-sanitizers: [{pattern: cleaned(...)}]\n",
        }
    )  # fmt: skip

    said = {
        remark.place.rpartition("/corp/")[2]: (remark.said, remark.weight)
        for remark in lint.read(shelf, TODAY)
        if "no line" not in remark.said
    }

    assert said == {
        "one.test.py:2": ("the mark names two, and there is no such rule", "error"),
        "gone.test.py:1": ("there is no rule gone in this pack", "error"),
        "gone.answers.json:1": ("answers for a rule that is not in this pack", "error"),
        "talk.answers.json:2": ("recorded is missing", "error"),
        "shared/guards.yml:1": ("no rule of the pack uses this list", "advice"),
    }
    assert one(shelf, "no line is marked")


SLOW = """\
  semgrep:
    pattern: |
      $A = $B
      ...
      $C = $D
      ...
      $E = $F
      ...
      never($A, $C, $E)"""
SLOW_CODE = "\n".join(f"a{n} = b{n}" for n in range(20)) + "\nnever(b, c, d)"


def test_what_one_run_of_semgrep_shows(shelf_of, bench):
    """A pattern that semgrep cannot read, one that takes seconds, two rules that are one; the rest is quiet."""
    broken = rule(
        "broken", "  semgrep:\n    patterns:\n      - pattern: fine(...)\n      - pattern: broken(((("
    )
    shelf = shelf_of(
        {
            "broken": broken, "slow": rule("slow", SLOW, bad=SLOW_CODE, cwe=1), "first": rule("first"), "second": rule("second", cwe=94),
            "third": rule("third", cwe=22),
            "a-wide": rule("a-wide", "  semgrep:\n    pattern: $F(...)", bad="other(x)", good="1", clean="2"),
            "elsewhere": rule("elsewhere", applies="tests/**/*.py"), "regex": rule("regex", "  semgrep:\n    pattern-regex: (unclosed", languages="regex", cwe=2),
        }
    )  # fmt: skip

    remarks = lint.run(shelf, Policy(), bench.tools(shelf), locate.locate(os.environ))

    by_rule = {remark.rule: remark for remark in remarks}
    assert set(by_rule) == {"broken", "regex", "slow", "second"}
    for name, line in (("broken", "      - pattern: broken(((("), ("regex", "    pattern-regex: (unclosed")):
        assert shelf.files[name].lines[by_rule[name].line - 1] == line
        assert by_rule[name].weight is Weight.ERROR
        assert "semgrep cannot use it" in by_rule[name].said
    assert by_rule["slow"].weight is Weight.ERROR
    assert "the rule is slow" in by_rule["slow"].said
    assert by_rule["second"].weight is Weight.ADVICE
    assert "it finds what first finds" in by_rule["second"].said


def test_a_busy_machine_makes_no_rule_slow():
    """Times count by the share of a core that the run had; a rule that was given up counts like one of that length."""
    times = {"rules": ["r0", "r1"], "targets": [{"match_times": [1.5, 0.1]}, {"match_times": [0.2, 0.1]}]}
    answer = {"errors": [{"type": "Timeout", "rule_id": "r1", "path": "x"}], "time": times}
    named = {"r0": "long", "r1": "endless"}

    assert slow_rules(answer, named, 1.0) == {"long": 1.5, "endless": 5.0}
    assert set(slow_rules(answer, named, 0.5)) == {"endless"}
    assert slow_rules(answer, named, 0.1) == {}
    assert Speed().share() == 1.0


def test_refusals_of_the_loader_become_remarks():
    """Every line of a refusal is a remark; an indented line is the mend of the one above."""
    error = PolicyError(
        "/a b/one.yml:3: detect.semgrep: wants this\n/a/two.yml:1: not valid YAML: oh\nno pack\n  make one"
    )

    assert [(remark.place, remark.field, remark.said, remark.mend) for remark in of_error(error)] == [
        ("/a b/one.yml:3", "detect.semgrep", "wants this", ""), ("/a/two.yml:1", "", "not valid YAML: oh", ""), ("", "", "no pack", "make one"),
    ]  # fmt: skip
    assert {remark.weight for remark in of_error(error)} == {Weight.ERROR}


@pytest.mark.parametrize(
    ("detect", "said", "mend"),
    [
        ("bandit: '602'", 'bandit reports nothing called "602"', "as in B602"),
        ("secrets: aws-acces-key", 'nothing called "aws-acces-key" (did you mean aws-access-key?)', "name one of"),
        ("suppressions: [nosec, no-sec]", 'nothing called "no-sec" (did you mean nosec?)', "nosemgrep"),
        ("hidden: bidirectional", 'hidden reports nothing called "bidirectional"', "bidi-in-prose"),
        ("dependencies: newer", 'dependencies reports nothing called "newer"', "name one of"),
    ],
)  # fmt: skip
def test_what_no_scanner_ever_reports_is_an_error(shelf_of, detect, said, mend):
    """The rule would load, and never fire."""
    shelf = shelf_of({"one": rule("one", f"  {detect}", languages="")})

    remark = one(shelf, said)

    assert (remark.weight, mend in remark.mend) == (Weight.ERROR, True)
    assert shelf.file(shelf.rules.find("one")).lines[remark.line - 1].lstrip().startswith(detect[:6])


def test_a_file_that_is_touched_needs_no_cwe(shelf_of):
    """No other scanner reports a touch."""
    text = rule("one", "  touch: any", languages="", bad="a.py", good="b.txt", clean="c.txt").replace(
        "cwe: [95]\n", ""
    )
    assert not [remark for remark in lint.read(shelf_of({"one": text}), TODAY) if "CWE" in remark.said]


@pytest.mark.parametrize(
    ("detect", "more", "mend"),
    [
        ("pattern-regex: (unclosed", {}, "correct the regular expression"),
        ("patterns:\n      - patern: dangerous(...)", {}, "which are semgrep's own"),
        ("pattern: dangerous(...)", {"languages": "pyton"}, "correct languages:"),
    ],
)
def test_the_mend_is_of_what_is_wrong(shelf_of, bench, detect, more, mend):
    """A regular expression, a key or a language is no pattern of code."""
    shelf = shelf_of({"one": rule("one", f"  semgrep:\n    {detect}", **more)})
    (remark,) = lint.run(shelf, Policy(), bench.tools(shelf), locate.locate(os.environ))
    assert mend in remark.mend
