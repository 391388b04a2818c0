"""`reviewbot rules`, as somebody types it who knows no Python."""

import io
import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "workbench"))

from rule_texts import QUESTION, rule, write_pack

from reviewbot.cli.rules import COMMANDS
from reviewbot.domain.structural import STRUCTURAL

OURS = ("docs", "fixes", "lint", "list", "new", "show", "test", "try")
TALK = rule("talk", QUESTION, languages="")
STORE = "id: store\npurpose: Safe calls\nlanguages: [python]\nuse: [corp.safe]\ninstead_of: [dangerous]\nexample: corp.safe(1)\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """Stand in an empty folder, without the policy or the variables of the machine."""
    monkeypatch.chdir(tmp_path)
    for name in ("REVIEWBOT_POLICY", "REVIEWBOT_RULES", "REVIEWBOT_MODEL_URL", "REVIEWBOT_GGUF"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def policy(here):
    """Turn on the pack `corp` of this folder, and no other."""
    path = here / "policy.yml"
    path.write_text(f"version: 1\npacks:\n  required: [corp]\n  folders: [{here}]\n")
    return str(path)


@pytest.mark.parametrize("name", OURS)
def test_help_texts(reviewbot, golden, name):
    """What each `--help` prints is stored and read by a person when it changes."""
    code, out, _ = reviewbot("rules", name, "--help")
    assert code == 0
    golden(f"cli/rules-{name}-help.txt", out)
    assert COMMANDS[name].rstrip(".").split(",")[0] in " ".join(out.split())


def test_what_does_not_load_is_named_all_at_once(reviewbot, here):
    """Duplicate id, YAML bomb, unknown key, no example, expired, not YAML: file, line and the mend, exit 2."""
    bomb = "id: bomb\na: &a [x, x]\nb: [*a, *a]\n"
    write_pack(here, {"one": rule("one"), "bomb": bomb, "typo": rule("typo").replace("severity", "severty")})
    bare = rule("bare").partition("bad:")[0]
    write_pack(
        here,
        {
            "one": rule("one"),
            "bare": bare,
            "old": rule("old", more="expiry: 2020-01-31\n"),
            "torn": "id: [torn\n",
        },
        name="more",
    )

    code, out, err = reviewbot("rules", "lint", ".")

    assert (code, err) == (2, "")
    for said in (
        "corp/bomb.yml:2: error: a: `&a`: anchors and aliases are not read; write the value out",
        "corp/typo.yml:5: error: severty: unknown key (did you mean severity?)",
        "corp/typo.yml:1: error: severity: missing",
        "more/bare.yml:1: error: bad: missing; a rule shows code that it must report and code that it must not",
        "more/old.yml:11: error: expiry: the rule expired on 2020-01-31; renew it or take it out",
        "more/torn.yml:2: error: not valid YAML",
        "id: one is taken by",
    ):
        assert said in out
    assert "the packs do not load: 8 errors" in out


def test_what_semgrep_cannot_read_is_named(reviewbot, here):
    """A broken pattern, though it is the only rule: by lint with exit 2, and by test with the same place."""
    write_pack(here, {"broken": rule("broken", "  semgrep:\n    pattern: broken((((")})

    code, out, _ = reviewbot("rules", "lint", "corp")
    assert code == 2
    assert (
        "corp/broken.yml:13: error: detect.semgrep: semgrep cannot use it: Invalid pattern for Python" in out
    )
    assert "  correct the pattern" in out

    code, _, err = reviewbot("rules", "test", "corp")
    assert code == 2
    assert "reviewbot: corp/broken.yml:13: semgrep cannot use it" in err


def test_advice_fails_only_when_asked(reviewbot, here):
    """Advice is printed with exit 0; --strict makes it count; programs get it as JSON."""
    write_pack(here, {"talk": TALK.partition("clean:")[0]})

    code, out, _ = reviewbot("rules", "lint", "corp")
    assert (code, out.split("\n")[-2]) == (0, "1 rule: no errors, 1 piece of advice")
    assert reviewbot("rules", "lint", "corp", "--strict")[0] == 2
    code, out, _ = reviewbot("rules", "lint", "corp", "--format", "json")
    (remark,) = json.loads(out)["remarks"]
    assert code == 0
    assert (remark["file"], remark["line"], remark["weight"], remark["rule"]) == (
        "corp/talk.yml",
        10,
        "advice",
        "talk",
    )


def test_test_passes_and_fails(reviewbot, here):
    """0 if all is as promised, 10 with file and line if not; what was not tested is said, and counts with --strict."""
    write_pack(here, {"one": rule("one"), "talk": TALK})

    code, out, _ = reviewbot("rules", "test", "corp")
    assert code == 0
    assert (
        "not tested: no recorded answer of a model: talk\n2 rules, 6 examples: all as they should be, 1 not tested"
        in out
    )
    assert reviewbot("rules", "test", "corp", "--strict", "--rule", "talk")[0] == 10
    (here / "corp/one.yml").write_text(rule("one", good="dangerous(y)"))
    code, out, _ = reviewbot("rules", "test", "corp", "--rule", "one")
    assert code == 10
    assert out.startswith(
        "corp/one.yml:17: one: good: found by one\n1 rule, 3 examples: 1 not as they should be"
    )


def test_test_tries_every_fix_on_its_bad_example(reviewbot, here):
    """With the proof of a review: one that an approved list knows holds, one that nobody knows is shown with what it made."""
    detect = "  semgrep:\n    pattern: dangerous($VALUE)"
    mended = rule(
        "mended",
        detect,
        bad="import corp\ndangerous(x)",
        more="fix: {safety: look, semgrep: corp.safe($VALUE)}\n",
    )
    lost = rule(
        "lost",
        detect.replace("dangerous", "harmful"),
        bad="harmful(x)",
        more="fix: {safety: look, semgrep: print($VALUE)}\n",
    )
    write_pack(here, {"mended": mended, "lost": lost, "approved/store.yml": STORE})

    code, out, _ = reviewbot("rules", "test", "corp")

    assert code == 10
    first, last = out.rstrip("\n").split("\n")
    assert first.startswith("corp/lost.yml:11: lost: fix: what it makes of bad is not proven at work_kept: ")
    assert first.endswith("; it makes: print(x)")
    assert last.startswith("2 rules, 2 fixes, 6 examples: 1 not as they should be")


def test_fixes_are_listed_by_language(reviewbot, monkeypatch):
    """All or those for one language, within the width of the terminal; those that are bound to shipped rules say so."""
    monkeypatch.setenv("COLUMNS", "80")
    _, out, _ = reviewbot("rules", "fixes")
    assert max(map(len, out.split("\n"))) <= 80
    assert {line.split()[0] for line in out.split("\n") if line.startswith("  ") and line[2] != " "} == set(
        STRUCTURAL
    )
    code, out, _ = reviewbot("rules", "fixes", "--language", "yaml")
    assert code == 0
    assert "\n  docker-tls  " in out
    assert "\nany language\n  secret-store  " in out
    assert "yaml-safe-load" not in out
    assert "that come with reviewbot" in out.partition("line-setting")[2]
    assert "there are some for bash, " in reviewbot("rules", "fixes", "--language", "cobol")[2]


def test_a_pack_without_rules_loads(reviewbot, here):
    """One of approved lists alone is a pack too."""
    write_pack(here, {"approved/store.yml": STORE})

    assert reviewbot("rules", "lint", "corp", "--quiet")[:2] == (0, "")
    assert reviewbot("rules", "lint", "corp")[:2] == (0, "no rules: no errors, 0 pieces of advice\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("test", "gone"), "gone is neither a folder nor a pack"),
        (("test", "crop"), "crop is neither a folder nor a pack"),
        (("lint", "empty"), "no rule pack in empty"),
        (("test", "corp", "--rule", "on"), "there is no rule on (did you mean one?)"),
        (("test", "corp", "--record"), "--record writes what --live hears"),
        (("test", "corp", "--live"), "no model is configured"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_sentence(reviewbot, here, arguments, said):
    """Each with what to do, and exit 2."""
    write_pack(here, {"one": rule("one")})
    (here / "empty").mkdir()

    code, out, err = reviewbot("rules", *arguments)

    assert code == 2
    assert said in out + err
    assert "\n  " in out + err


def test_new_asks_and_what_it_writes_passes(reviewbot, here, monkeypatch):
    """Answers on the keyboard; afterwards the pack lints and tests, and a second rule of that name is refused."""
    answers = ("corp", "Rules of our own", "no-raw-sql", "SQL goes around the query builder", "It is not checked. Use the builder.",
               "semgrep", "python", "error", "high", "appsec", "89")  # fmt: skip
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(answers) + "\n"))

    code, out, _ = reviewbot("rules", "new")

    assert code == 0
    assert out.startswith(
        "written: corp/pack.yml\nwritten: corp/no-raw-sql.yml\nwritten: corp/no-raw-sql.test.py\nnext:\n"
    )
    assert "  reviewbot rules test corp\n" in out
    code, out, _ = reviewbot("rules", "test", "corp")
    assert (code, out.partition(":")[0]) == (0, "1 rule, 3 examples and 2 marked lines")
    given = (
        "--id",
        "no-raw-sql",
        "--title",
        "x" * 10,
        "--why",
        "y",
        "--kind",
        "touch",
        "--path",
        "a",
        "--owner",
        "me",
    )
    code, _, err = reviewbot(
        "rules", "new", "corp", *given, "--severity", "note", "--confidence", "low", "--cwe", "0"
    )
    assert code == 2
    assert "corp/no-raw-sql.yml is there already" in err


def test_new_takes_every_answer_as_an_option(reviewbot, here, monkeypatch):
    """A script needs no keyboard; a wrong answer is refused before anything is written."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    given = ["--id", "deploy", "--title", "The deployment is changed", "--why", "Ask for a look.", "--kind", "touch", "--path", "deploy/**",
             "--owner", "ops", "--severity", "note", "--confidence", "high", "--description", "Ours"]  # fmt: skip

    code, _, err = reviewbot("rules", "new", "corp", *given, "--cwe", "many")
    assert (code, (here / "corp").exists()) == (2, False)
    assert "many is no CWE number" in err
    assert reviewbot("rules", "new", "corp", *given, "--cwe", "CWE-284")[0] == 0
    assert "cwe: [284]" in (here / "corp/deploy.yml").read_text()


def test_try_says_what_fires_and_why_not(reviewbot, here, policy):
    """Files as if newly added, under the policy that is in force."""
    write_pack(here, {"one": rule("one"), "talk": TALK})
    write_pack(here, {"two": rule("two")}, name="spare")
    (here / "src").mkdir()
    (here / "src/a.py").write_text("x = 1\ndangerous(x)\n")

    code, out, _ = reviewbot("rules", "try", "src", "--policy", policy)
    assert code == 0
    assert out == (
        "src/a.py\n     2  error    Something dangerous is called  one\n1 finding by 1 rules in 1 file\n"
        "a model, if one were configured, would be asked about 1 house rule\n"
    )  # fmt: skip
    code, out, _ = reviewbot("rules", "try", "src/a.py", "--policy", policy, "--rule", "one", "--rule", "two")
    assert code == 0
    assert "src/a.py: one: it fires on line 2 and makes the result red\n" in out
    assert "src/a.py: two: its pack spare is not on; name it under packs: in the policy" in out


def test_show_and_list(reviewbot, here, policy):
    """All of a rule; a table, and the same for programs."""
    write_pack(here, {"one": rule("one"), "talk": TALK})

    code, out, _ = reviewbot("rules", "show", "one", "--policy", policy)
    assert code == 0
    for said in ("Something dangerous is called\n", "flaw        CWE-95", "found by    semgrep, in python: a pattern of code", "file        corp/one.yml", "bad\n    dangerous(x)"):  # fmt: skip
        assert said in out
    code, out, _ = reviewbot("rules", "list", "--pack", "corp", "--policy", policy)
    assert code == 0
    assert [line.split()[:5] for line in out.split("\n")[1:3]] == [
        ["one", "error", "high", "corp", "semgrep"], ["talk", "error", "high", "corp", "model"],
    ]  # fmt: skip
    _, out, _ = reviewbot("rules", "list", "--pack", "corp", "--policy", policy, "--format", "json")
    assert [one["id"] for one in json.loads(out)["rules"]] == ["one", "talk"]
    assert reviewbot("rules", "list", "--pack", "crop", "--policy", policy)[0] == 2
    write_pack(here, {"first": rule("first")}, name="able")
    write_pack(here, {"torn": "id: [torn"}, name="broken")
    assert "pack        able (not on)" in reviewbot("rules", "show", "first", "--policy", policy)[1]
    assert (
        "broken/torn.yml:1: not valid YAML"
        in reviewbot("rules", "list", "--pack", "broken", "--policy", policy)[2]
    )


def test_docs_are_written_and_checked(reviewbot, here):
    """Fresh pages give 0, stale ones 10; a page of a pack that is gone is stale."""
    write_pack(here, {"one": rule("one")})

    assert reviewbot("rules", "docs", "corp", "--to", "pages", "--check")[:2] == (
        10,
        "stale: pages/corp.md\nstale: pages/README.md\n",
    )
    assert reviewbot("rules", "docs", "corp", "--to", "pages")[0] == 0
    assert reviewbot("rules", "docs", "corp", "--to", "pages", "--check")[:2] == (0, "")
    (here / "pages/gone.md").write_text("x")
    assert reviewbot("rules", "docs", "corp", "--to", "pages", "--check")[:2] == (
        10,
        "of no pack: pages/gone.md\n",
    )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--kind", "touch"), "reviewbot: --path is missing"),
        (("--kind", "approved"), "reviewbot: --use is missing"),
        (("--kind", "bandit"), "reviewbot: --test is missing"),
        (("--kind", "bandit", "--test", "602"), "602 is no id of bandit's"),
    ],
)
def test_new_without_a_keyboard_names_the_option(reviewbot, here, monkeypatch, given, said):
    """A job is told what is missing, with exit 2, and nothing is written."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    common = ("--id", "one", "--title", "x" * 10, "--why", "Ask.", "--owner", "ops", "--severity", "note",
              "--confidence", "high", "--description", "Ours", "--cwe", "0", "--language", "python")  # fmt: skip

    code, _, err = reviewbot("rules", "new", "corp", *common, *given)

    assert (code, said in err, (here / "corp").exists()) == (2, True, False)


def test_new_tells_what_takes_over_the_same_test_of_bandit(reviewbot, here):
    """Two such rules would keep the pack from loading."""
    given = ("--title", "x" * 10, "--why", "Ask.", "--owner", "ops", "--severity", "note", "--confidence", "high",
             "--description", "Ours", "--cwe", "0", "--kind", "bandit", "--test", "B602")  # fmt: skip
    assert reviewbot("rules", "new", "corp", "--id", "one", *given)[0] == 0

    code, _, err = reviewbot("rules", "new", "corp", "--id", "two", *given)

    assert (code, (here / "corp/two.yml").exists()) == (2, False)
    assert "bandit B602 is taken by corp/one.yml already" in err


def test_a_pack_that_is_not_there_is_to_be_shown(reviewbot, here):
    """The mend says how a folder is given."""
    code, _, err = reviewbot("rules", "list", "--pack", "nowhere")
    assert (code, "--rules" in err) == (2, True)
