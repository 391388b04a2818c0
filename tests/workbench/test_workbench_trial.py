"""`rules try`: what would fire on files, and why a rule would not."""

from dataclasses import replace

import pytest
from rule_texts import QUESTION, TAINT, quiet, rule, write_pack

from reviewbot.domain.finding import Confidence
from reviewbot.domain.policy import Gate, Policy
from reviewbot.errors import UsageError
from reviewbot.workbench import trial

FILES = {
    "src/app.py": b"dangerous(x)\n", "src/app.js": b"dangerous(x)\n", "src/quiet.py": b"x = 1\n", "lib/app.py": b"dangerous(x)\n",
    "vendor/app.py": b"dangerous(x)\n",
}  # fmt: skip
PACK = {
    "one": rule("one", applies="src/**"),
    "twin": rule("twin", applies="src/**/*.py").replace("confidence: high", "confidence: medium"),
    "unsure": rule("unsure", applies="**/app.py", cwe=1).replace("confidence: high", "confidence: low"),
    "minor": rule("minor", applies="lib/**", cwe=22).replace("severity: error", "severity: note"),
    "flow": rule("flow", TAINT, bad="run_statement(read_input())"),
    "talk": rule("talk", QUESTION, languages="", applies="**/*.py"),
    "shell": rule("shell", "  bandit: B602", languages="", applies=""),
    "everywhere": rule("everywhere", applies="", cwe=3, languages="javascript", bad="dangerous(x);"),
    "touched": rule(
        "touched", "  touch: any", languages="", applies="vendor/**", bad="vendor/a", good="a", clean="b"
    ),
}


@pytest.fixture(scope="module")
def tried(tmp_path_factory, bench):
    shelf = bench.open(write_pack(tmp_path_factory.mktemp("packs"), PACK))
    policy = replace(
        Policy(), gate=Gate(confidence=Confidence.MEDIUM), exclude=("vendor/**",), scanners=("semgrep",)
    )
    tools = bench.tools(shelf)
    tools = replace(tools, scanners=tuple(one for one in tools.scanners if one.name != "bandit"))
    return shelf, policy, trial.tried(FILES, shelf.rules, policy, tools, quiet)


def test_what_would_fire(tried):
    """One finding a flaw, excluded files aside, under the policy's confidence."""
    _, _, found = tried

    assert [(one.finding.span.path, one.finding.rule) for one in found.firing()] == [
        ("lib/app.py", "minor"), ("src/app.js", "everywhere"), ("src/app.py", "one"), ("vendor/app.py", "touched"),
    ]  # fmt: skip


WHY = [
    ("one", "src/app.py", "it fires on line 1 and makes the result red"),
    ("twin", "src/app.py", "it finds line 1, but is taken over: same flaw as one at src/app.py:1"),
    (
        "unsure",
        "src/app.py",
        "it finds line 1, but is not shown: confidence is low, the policy asks for medium (gate: confidence)",
    ),
    ("minor", "lib/app.py", "it fires on line 1 as note; the result stays green (gate: fail_on)"),
    ("one", "src/app.js", "it is not for this language: it is for python (.py, .pyi)"),
    ("one", "lib/app.py", "it is not for this path; applies_to has src/**"),
    ("one", "src/quiet.py", "its detector matches nothing here: no code has the form of its pattern"),
    ("flow", "src/app.py", "its detector matches nothing: no source reaches a sink"),
    ("unsure", "vendor/app.py", "the operator's policy leaves this file out (coverage: exclude: vendor/**)"),
    ("touched", "vendor/app.py", "it fires on line 1 and makes the result red"),
    ("talk", "src/app.py", "it is a question to the model, which would be asked, but none is configured"),
    ("shell", "src/app.py", "the policy does not run bandit (scanners:)"),
]


@pytest.mark.parametrize(("name", "path", "said"), WHY)
def test_why_not(tried, name, path, said):
    """Each reason is a sentence with the key that decides it."""
    shelf, policy, found = tried

    assert trial.why(shelf.rules.find(name), path, found, policy).startswith(said)


def test_questions_are_counted(tried):
    """House rules ask about files that they apply to."""
    shelf, _, found = tried
    assert trial.questions(found.files, shelf.rules) == {"talk": 4}


def test_paths_count_from_the_top_of_the_repository(tmp_path):
    """A file in a repository has its path there; links and the repository's own folder are left out."""
    (tmp_path / "repo/.git").mkdir(parents=True)
    (tmp_path / "repo/src").mkdir()
    (tmp_path / "repo/.git/config").write_text("x")
    (tmp_path / "repo/src/a.py").write_text("abcdef")
    (tmp_path / "repo/src/link.py").symlink_to(tmp_path / "repo/src/a.py")

    assert trial.files_in([tmp_path / "repo"], 3) == {"src/a.py": b"abcd"}
    assert trial.files_in([tmp_path / "repo/src/a.py"], 9) == {"src/a.py": b"abcdef"}
    with pytest.raises(UsageError, match="no file or folder"):
        trial.files_in([tmp_path / "gone"], 9)


def test_a_file_over_the_limit_is_said_not_to_be_read(tried, bench):
    """What scanners refuse is no clean file."""
    shelf, policy, _ = tried
    small = replace(policy, limits=replace(policy.limits, file_bytes=5))
    found = trial.tried({"src/app.py": b"dangerous"}, shelf.rules, small, bench.tools(shelf), quiet)

    assert ("src/app.py", "semgrep", "over the size limit (0.0 MB)") in set(found.failures())
    assert trial.why(shelf.rules.find("one"), "src/app.py", found, small).startswith(
        "semgrep could not look at this file"
    )
