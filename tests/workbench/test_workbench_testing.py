"""`rules test`: every promise of a pack is kept before the real scanners, and each breach is named."""

import pytest
from rule_texts import QUESTION, TAINT, quiet, rule, write_pack

from reviewbot.domain.policy import Policy
from reviewbot.errors import PolicyError, ScannerError
from reviewbot.scanners.base import Executable, ScannerPaths
from reviewbot.scanners.registry import build
from reviewbot.workbench import looking, testing

FLOW = rule(
    "flow",
    TAINT,
    bad="run_statement(read_input())",
    good="run_statement(cleaned(read_input()))",
    clean='run_statement("all")',
)
FIXTURE = """\
# ruleid: flow
run_statement(read_input())
# ok: flow
run_statement(cleaned(read_input()))
# todoruleid: flow
run_statement(read_elsewhere())
"""
SHELL = rule(
    "shell", "  bandit: B602", languages="", bad="import subprocess\nsubprocess.run(x, shell=True)", good="import subprocess\nsubprocess.run([x])",
)  # fmt: skip
MARKER = rule("marker", "  suppressions: nosec", languages="", applies="", bad="x = 1  # nosec", good="x = 1")
IGNORED = rule(
    "ignored",
    "  suppressions: ignore-file",
    languages="",
    applies="**",
    bad="src/payments/",
    good="# nothing",
    clean="# nothing else",
)
DEPLOY = rule(
    "deploy",
    "  touch: any",
    languages="",
    applies="deploy/**",
    bad="deploy/app.yml",
    good="src/app.yml",
    clean="docs/deploy.md",
)


PACKAGE = rule(
    "package", "  dependencies: look-alike", languages="", applies="**/requirements.txt", bad="flask==3.0.3\nreqeusts==2.32.3\n--- base\nflask==3.0.3",
    good="flask==3.0.3\n--- base\nflask==3.0.2", clean="requests==2.32.3\n--- base\nrequests==2.32.2",
)  # fmt: skip
HIDDEN = rule(
    "dark", "  hidden: bidi-in-prose", languages="", applies="**", good="plain", clean="plain too"
).replace("bad: |\n  dangerous(x)\n", 'bad: "a\\u202eb"\n')
NAMED = rule(
    "named", "  hidden: path", languages="", applies="**", good="src/a.py", clean="src/b.py"
).replace("bad: |\n  dangerous(x)\n", 'bad: "src/a\\u202ejpg.py"\n')


def scan(shelf, bench, only=()):
    # What a policy leaves out of reviews is no matter for examples.
    return testing.scanned(shelf, only, Policy(exclude=("**",)), bench.tools(shelf), quiet)


def said(tested):
    return [(one.file.rpartition("/corp/")[2], one.line, one.rule, one.said) for one in tested.failing]


def test_a_pack_that_keeps_its_promises(shelf_of, bench):
    """All kinds of detectors side by side: nothing fails, what is known to be missed is counted."""
    files = {
        "one": rule("one"),
        "flow": FLOW,
        "flow.test.py": FIXTURE,
        "shell": SHELL,
        "marker": MARKER,
        "ignored": IGNORED,
        "deploy": DEPLOY,
        "package": PACKAGE,
        "dark": HIDDEN,
        "named": NAMED,
    }

    tested = scan(shelf_of(files), bench)

    assert said(tested) == []
    assert (tested.rules, tested.examples, tested.marks, tested.todo, tested.untested) == (9, 27, 2, 1, ())


BROKEN = {
    "blind": rule("blind", bad="other(x)"),
    "deaf": SHELL.replace("id: shell", "id: deaf").replace("shell=True", "timeout=5"),
    "loud": rule(
        "loud",
        "  semgrep:\n    pattern: loud(...)",
        bad="loud(1)",
        good="quiet(1)\nloud(2)",
        clean="flowing = 1\nrun_statement(read_input())",
    ),
    "nowhere": rule("nowhere", applies="**/*.js"),
    "unread": rule(
        "unread",
        languages="scala",
        applies="**/*.scala",
        bad="dangerous: code of dangerous(",
        good="dangerous: code of dangerous(",
        clean="val b = 2",
    ),
    "flow": FLOW,
    "flow.test.py": FIXTURE.replace("# ruleid", "# ok", 1).replace(
        "# ok: flow\nrun_statement(cleaned", "# ruleid: flow\nrun_statement(cleaned"
    )
    + "# todoruleid: flow\nrun_statement(read_input())\nif x:\n    run_statement(read_input())\n",
    "path": DEPLOY.replace("id: deploy", "id: path")
    .replace("deploy/app.yml", "app.yml")
    .replace("src/app.yml", "deploy/b.yml"),
    "marker": MARKER,
    "package": PACKAGE.replace("reqeusts", "numpy"),
    "second": PACKAGE.replace("reqeusts", "numpy")
    .replace("id: package", "id: second")
    .replace("look-alike", "new-dependency")
    .replace("good: |\n  flask==3.0.3\n", "good: |\n  new==1\n  flask==3.0.3\n"),
}


def test_each_breach_is_named_with_its_line(shelf_of, bench):
    """Not found, found by another, found where it must not be, unreadable, out of reach."""
    shelf = shelf_of(BROKEN)
    tested = scan(shelf, bench)

    def at(name, key, below=0):
        return shelf.files[name].line(key) + below

    assert said(tested) == sorted([
        ("blind.yml", at("blind", "bad"), "blind", "bad: not found by blind"),
        ("deaf.yml", at("deaf", "bad"), "deaf", "bad: not found by deaf"),
        ("loud.yml", at("loud", "good", 2), "loud", "good: found by loud"),
        ("loud.yml", at("loud", "clean", 2), "loud", "clean: found by flow"),
        ("nowhere.yml", at("nowhere", "bad"), "nowhere", "bad: no file that applies_to lets in is of the rule's languages"),
        ("unread.yml", at("unread", "bad"), "unread", "bad: not found by unread (semgrep: part of it could not be parsed)"),
        ("unread.yml", at("unread", "good"), "unread", "good: semgrep: part of it could not be parsed"),
        ("flow.test.py", 2, "flow", "marked ok, found by flow"),
        ("flow.test.py", 4, "flow", "marked ruleid, not found by flow"),
        ("flow.test.py", 10, "flow", "found by flow, and no mark says so"),
        ("package.yml", at("package", "bad"), "package", "bad: not found by package (but by second)"),
        ("second.yml", at("second", "good", 1), "second", "good: found by second"),
        ("path.yml", at("path", "bad"), "path", "bad: path does not apply to this path"),
        ("path.yml", at("path", "good"), "path", "good: found by path"),
    ])  # fmt: skip
    assert tested.notes == (
        f"{shelf.place('corp', 'flow.test.py')}:7: flow finds this by now; make it ruleid",
    )


def test_one_rule_can_be_tested_alone(shelf_of, bench):
    """Its good example is still put before all rules of the pack."""
    tested = scan(shelf_of(BROKEN), bench, {"loud"})

    assert tested.rules == 1
    assert sorted(one.said for one in tested.failing) == ["clean: found by flow", "good: found by loud"]


def test_rules_of_the_path_say_nothing_of_a_text(shelf_of, bench):
    """A rule about every change below src/, or about packages, does not spoil the examples of others that lie there."""
    everything = rule(
        "everything", "  touch: any", languages="", applies="src/**", bad="src/a", good="b", clean="c"
    )

    listed = rule("listed", languages="generic", applies="**/requirements.txt", clean="requests==2.32.3")
    fresh = PACKAGE.replace("look-alike", "new-dependency").replace("reqeusts", "numpy")
    fresh = fresh.replace("requests==2.32.3", "flask==3.0.3").replace("requests==2.32.2", "flask==3.0.2")
    files = {
        "one": rule("one", applies="src/**/*.py"),
        "everything": everything,
        "listed": listed,
        "package": fresh,
    }

    assert said(scan(shelf_of(files), bench)) == []


def test_examples_of_one_path_are_looked_at_one_by_one(shelf_of, bench):
    """Where the pattern names one file, each example stands there in turn."""
    files = {
        "fixed": rule("fixed", applies="app/settings.py"),
        "other": rule("other", TAINT, bad="run_statement(read_input())", applies="app/settings.py"),
    }

    assert said(scan(shelf_of(files), bench)) == []


def test_a_scanner_that_is_not_declared(shelf_of, bench):
    """A rule of it is counted as not tested."""
    text = rule("theirs", "  sarif: {tool: checkov, rule: CKV_1}", languages="", applies="")

    assert scan(shelf_of({"theirs": text}), bench).untested == (
        ("theirs", "the scanner checkov is not declared by the policy"),
    )


def test_a_house_rules_examples_are_code_too(shelf_of, bench):
    """The good example of a question must not be found by a scanner's rule."""
    talk = rule("talk", QUESTION, languages="", good="dangerous(x)")

    assert [one.said for one in scan(shelf_of({"one": rule("one"), "talk": talk}), bench).failing] == [
        "good: found by one"
    ]


def test_a_missing_scanner_is_no_pass(shelf_of, bench):
    """Without semgrep nothing is tested, and that is an error."""
    shelf = shelf_of({"one": rule("one")})
    gone = Executable(missing="semgrep was not found", hint="install it")
    tools = looking.Tools(
        build(Policy(), shelf.rules, tools=ScannerPaths(gone, gone, gone)), bench.tools(shelf).sandbox
    )

    with pytest.raises(ScannerError, match="semgrep was not found"):
        testing.scanned(shelf, (), Policy(), tools, quiet)


def test_two_packs_of_one_name(tmp_path, bench):
    """Which of them is meant cannot be told."""
    packs = [write_pack(tmp_path / name, {"one": rule("one")}) for name in ("a", "b")]

    with pytest.raises(PolicyError, match='two packs are called "corp"'):
        bench.open(*packs)
