"""The keys for the repository's own tests and for patches: who says what, and that nobody loosens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.policy import PatchPolicy, Policy
from reviewbot.domain.suite import SuitePolicy
from reviewbot.errors import PolicyError, UsageError
from reviewbot.policy.config import Overrides, PolicyFile, load

COMMAND = "tests: {command: [pytest, -q]}"


def test_no_tests_run_by_default(settle):
    """Neither without policies nor with an empty one, nor on a repository's word alone."""
    assert settle().suite == settle("version: 1").suite == SuitePolicy()
    assert not settle(None, f"version: 1\n{COMMAND}").suite.runs
    assert not settle("version: 1", f"version: 1\n{COMMAND}").suite.runs
    assert not settle("version: 1\ntests: {allow: false}", f"version: 1\n{COMMAND}").suite.runs
    assert not settle("version: 1\ntests: {allow: true}").suite.runs
    assert not settle("version: 1\ntests: {allow: true}", "version: 1").suite.runs


def test_tests_run_where_the_operator_allows_and_the_target_branch_names_a_command(settle):
    """It takes both of them."""
    suite = settle("version: 1\ntests: {allow: true}", f"version: 1\n{COMMAND}").suite

    assert suite.runs
    assert suite == SuitePolicy(allow=True, command=("pytest", "-q"), timeout_s=300.0, gate=False)


def test_a_repository_may_tighten_its_tests(settle):
    """A shorter time, and tests that block."""
    repository = "version: 1\ntests: {command: [pytest], timeout_s: 20, gate: block}"
    suite = settle("version: 1\ntests: {allow: true, timeout_s: 60}", repository).suite

    assert (suite.timeout_s, suite.gate) == (20, True)


@pytest.mark.parametrize(
    ("operator", "repository", "sentence"),
    [
        ("tests: {allow: true, gate: block}", "gate: report", "tests.gate: report is weaker than the operator's block (operator.yml:2: tests.gate); only tighten here"),
        ("tests: {timeout_s: 60}", "timeout_s: 61", "tests.timeout_s: 61 is longer than the operator's 60 (operator.yml:2: tests.timeout_s); only shorten here"),
        ("", "timeout_s: 300.5", "tests.timeout_s: 300.5 is longer than the operator's 300 (operator.yml:1: tests.timeout_s); only shorten here"),
    ],
)  # fmt: skip
def test_a_repository_may_not_loosen_its_tests(settle, operator, repository, sentence):
    """A longer time, or tests that only report where they have to block, are errors that name both places."""
    with pytest.raises(PolicyError) as caught:
        settle(f"version: 1\n{operator}", f"version: 1\ntests: {{command: [pytest], {repository}}}")

    assert str(caught.value) == f".reviewbot.yml:2: {sentence}"


def test_without_an_operators_policy_the_time_is_free(settle):
    """There is nothing to loosen, and nothing runs."""
    suite = settle(None, "version: 1\ntests: {command: [pytest], timeout_s: 900, gate: report}").suite

    assert (suite.timeout_s, suite.runs) == (900, False)


@pytest.mark.parametrize(
    "program",
    ["./run", "bin/pytest", "/usr/bin/pytest", "../x", "..", ".", "-c", "--", "py test", "'~/x'", "'{src}'"],
)
def test_a_program_is_a_bare_name(settle, program):
    """Nothing that could lead into the repository, be an option, or be a placeholder of the sandbox."""
    with pytest.raises(PolicyError) as caught:
        settle(None, f"version: 1\ntests: {{command: [{program}, x]}}")

    assert str(caught.value) == (
        ".reviewbot.yml:2: tests.command[0]: wants the bare name of a program, as in pytest: it is looked up on the "
        "operator's PATH, not in the repository"
    )


@pytest.mark.parametrize("program", ["pytest", "go", "g++", "python3.13", "node_modules-runner", "7z"])
def test_bare_names_are_taken(settle, program):
    """Names as programs have them."""
    assert settle(None, f"version: 1\ntests: {{command: [{program}]}}").suite.command == (program,)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tests: {command: []}", "tests.command: is empty"),
        ("tests: {command: pytest}", 'tests.command: wants a list, as in [a, b], not "pytest"'),
        ("tests: {timeout_s: 9}", "tests.command: missing"),
        ("tests: {command: [x], allow: true}", "tests.allow: only the operator's policy may allow tests to run"),
        ("tests: {command: [x], gate: never}", 'tests.gate: wants one of report, block, not "never"'),
        ("patches: {model: false}", "patches: only the operator's policy may set this"),
    ],
)  # fmt: skip
def test_what_a_repository_may_not_write(settle, text, sentence):
    """Each is refused with a sentence of its own."""
    with pytest.raises(PolicyError) as caught:
        settle("version: 1", f"version: 1\n{text}")

    assert str(caught.value) == f".reviewbot.yml:2: {sentence}"


def test_patches_are_the_operators(settle):
    """All of them are tried by default, for fifty findings."""
    assert settle("version: 1").patches == Policy().patches == PatchPolicy(rules=True, model=True, most=50)
    text = "version: 1\npatches: {rules: false, model: false, most: 3}"
    assert settle(text).patches == PatchPolicy(rules=False, model=False, most=3)


@pytest.mark.parametrize(
    ("word", "rules", "model"), [("none", False, False), ("rules", True, False), ("all", True, True)]
)
def test_a_flag_tries_fewer_patches(settle, word, rules, model):
    """With and without an operator's policy, and it stands among the sources."""
    for operator in (None, "version: 1"):
        policy = settle(operator, patches=word)
        assert policy.patches == PatchPolicy(rules=rules, model=model)
        assert policy.sources[-1] == "--patches"
    assert settle().sources == ()


def test_an_unknown_word_is_a_usage_error(settle):
    """The words are named."""
    with pytest.raises(UsageError, match="--patches is one of none, rules, all, not 'some'"):
        settle(patches="some")


BOOLEANS = st.booleans()


@settings(max_examples=40, deadline=None)
@given(BOOLEANS, BOOLEANS, st.sampled_from([None, "none", "rules", "all"]))
def test_no_flag_tries_a_patch_that_the_operator_switched_off(rules, model, word):
    """Whatever the operator writes and whatever the flag says."""
    text = f"version: 1\npatches: {{rules: {str(rules).lower()}, model: {str(model).lower()}}}"
    operator = PolicyFile("o.yml", text.encode())
    settled = load(operator=operator, repository=None, overrides=Overrides(patches=word)).patches

    assert settled.rules <= rules
    assert settled.model <= model
    assert word not in {None, "all"} or (settled.rules, settled.model) == (rules, model)


TIMES = st.sampled_from([None, 1, 60, 300, 900])
GATES = st.sampled_from([None, "report", "block"])


def suite_yaml(command, **keys) -> str:
    """Write a tests section."""
    given = {name: value for name, value in keys.items() if value is not None}
    words = ([f"command: [{command}]"] if command else []) + [f"{k}: {v}" for k, v in given.items()]
    return f"version: 1\ntests: {{{', '.join(words)}}}"


@settings(max_examples=80, deadline=None)
@given(BOOLEANS, TIMES, GATES, TIMES, GATES)
def test_no_repository_ever_loosens_the_tests(allow, most, demanded, wished_s, wished):
    """For every pair: an error, or tests that are as short and as strict as the operator's, and run only if allowed."""
    operator = PolicyFile(
        "o.yml", suite_yaml("", allow=str(allow).lower(), timeout_s=most, gate=demanded).encode()
    )
    repository = PolicyFile("r.yml", suite_yaml("pytest", timeout_s=wished_s, gate=wished).encode())
    loosens = (wished_s or 0) > (most or 300) or (demanded == "block" and wished == "report")
    try:
        suite = load(operator=operator, repository=repository, overrides=Overrides()).suite
    except PolicyError:
        assert loosens
    else:
        assert not loosens
        assert suite.runs is allow
        assert suite.timeout_s == min(most or 300, wished_s or 10**6)
        assert suite.gate is ("block" in {demanded, wished})
