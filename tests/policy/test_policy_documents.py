"""What people read when a file is wrong, and what a right file becomes."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.errors import PolicyError
from reviewbot.policy.documents import OperatorDocument, RepositoryDocument
from reviewbot.policy.reading import MOST_PROBLEMS, read
from reviewbot.policy.rule_documents import PackDocument, RuleDocument

GOLDEN = Path(__file__).parent / "golden"
KINDS = {
    "operator": OperatorDocument,
    "repository": RepositoryDocument,
    "rule": RuleDocument,
    "pack": PackDocument,
}
CASES = sorted(GOLDEN.glob("*.yml"))


def refused(kind, text: str) -> str:
    """Read what must be refused; give the sentences."""
    with pytest.raises(PolicyError) as caught:
        read(kind, "p.yml", text.encode())
    return str(caught.value)


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_every_mistake_is_named_with_line_key_and_nearest_key(case):
    """The sentences for each spoilt file are the stored ones, one for each mistake."""
    with pytest.raises(PolicyError) as caught:
        read(KINDS[case.stem.partition("-")[0]], case.name, case.read_bytes())

    assert str(caught.value) + "\n" == case.with_suffix(".txt").read_text()


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_sentences_hold_no_secret_and_nothing_of_the_library(case):
    """A key put in the wrong place is not repeated, and no library's words or links show."""
    text = case.with_suffix(".txt").read_text()

    assert "hunter2" not in text
    assert not [word for word in ("pydantic", "https://errors", "Traceback", "Input should") if word in text]


@pytest.mark.parametrize("version", ["true", "1.0", "'1'", "2", "null"])
def test_version_is_the_number_one(version):
    """Nothing that merely looks like the version passes."""
    assert refused(OperatorDocument, f"version: {version}").startswith("p.yml:1: version: wants 1, ")


def test_missing_version():
    """A file without its version says so at its first line."""
    assert refused(RepositoryDocument, "# nothing\npacks: []") == "p.yml:1: version: missing"


def test_very_many_mistakes_are_cut():
    """A file of nonsense does not fill the screen."""
    text = refused(
        RepositoryDocument, "version: 1\n" + "".join(f"x{n}: 1\n" for n in range(MOST_PROBLEMS + 5))
    )

    assert text.count("\n") == MOST_PROBLEMS
    assert text.endswith("p.yml: and 5 more")


def test_hidden_characters_in_keys_are_shown():
    """A key that only looks right is told apart."""
    assert (
        refused(OperatorDocument, 'version: 1\n"gate\u200b": {}')
        == "p.yml:2: gate<U+200B>: unknown key (did you mean gate?)"
    )


def test_the_policies_of_the_documentation_load():
    """The operator's example of the design loads whole."""
    text = r"""
version: 1
model: {url: https://llm.corp.example/v1, name: qwen3-coder-next, key_env: REVIEWBOT_MODEL_KEY, context_tokens: 65536}
network: {ca_bundle: /etc/ssl/corp-root.pem, proxy: null}
sandbox: {rungs: [bubblewrap, landlock, container], image: "registry.corp.example/reviewbot-scanners@sha256:00"}
packs: {required: [python-security, secrets, crypto-approved], offered: [secure-coding], folders: [/etc/reviewbot/packs]}
scanners:
  semgrep: {}
  bandit: {}
  secrets: {}
  sarif:
    - {name: checkov, files: ["**/*.tf"], command: [checkov, --directory, ".", --output, sarif], output: results_sarif.sarif}
gate: {fail_on: error, confidence: medium, incomplete: fail, model: advise}
coverage: {code: [semgrep, bandit, secrets, model], text: [secrets], binary: [], exclude: ["third_party/**"]}
limits: {minutes: 15, model_tokens: 400000, inline_comments: 25, file_bytes: 2000000}
redact: [{name: iban, pattern: '\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b'}]
waivers: {approvers: [approver], max_days: 90, signed: false}
links: {rules: https://wiki.corp.example/appsec/rules/}
tests: {allow: false}
"""
    document = read(OperatorDocument, "p.yml", text.encode()).document

    assert document.scanners.sarif[0].command[1] == "--directory"
    assert document.gate.confidence == "medium"


@pytest.mark.parametrize("output", ["/etc/x", "-x", "--x", "../x", "a/../x", "./x", "a//b", "''"])
def test_a_tools_output_lies_below_the_working_directory(output):
    """No absolute path, no way up, nothing that a program takes for an option."""
    text = f"version: 1\nscanners: {{sarif: [{{name: t, files: [x], command: [t], output: {output}}}]}}"

    assert refused(OperatorDocument, text).startswith(
        "p.yml:2: scanners.sarif[0].output: wants the file's path below"
    )


def test_an_image_is_no_option():
    """The image's name is an argument of a container program, and must not become a flag of it."""
    text = "version: 1\nsandbox: {rungs: [container], image: --privileged}"

    assert (
        refused(OperatorDocument, text)
        == "p.yml:2: sandbox.image: the name of an image does not begin with -"
    )


@pytest.mark.parametrize(
    "detect", ["{}", "{bandit: null}", "{bandit: B602, semgrep: null}", "{bandit: B602, secrets: [x]}"]
)
def test_exactly_one_detector(detect):
    """None, an empty one, and two are refused alike."""
    text = (GOLDEN / "rule-two-detectors.yml").read_text().replace("{bandit: B307, secrets: [a, b]}", detect)

    assert "p.yml:8: detect: exactly one of semgrep, review, bandit" in refused(RuleDocument, text)


def test_a_repositorys_test_command():
    """The repository's policy says how its tests are run."""
    text = b"version: 1\ntests: {command: [pytest, -q], timeout_s: 300}"
    tests = read(RepositoryDocument, "p.yml", text).document.tests

    assert tests is not None
    assert (tests.command, tests.timeout_s, tests.gate) == (("pytest", "-q"), 300, None)


KEYS = st.sampled_from(
    ["version", "model", "gate", "fail_on", "packs", "coverage", "exclude", "GATE", " gate", "x"]
)
VALUES = st.recursive(
    st.sampled_from(
        ["1", "error", "true", "null", "[]", "{}", "'no'", "https://a.b/c", "1.5", "~", '"\\uFEFF"']
    ),
    lambda part: st.one_of(
        st.lists(part, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(KEYS, part, max_size=3).map(
            lambda items: "{" + ", ".join(f"'{key}': {value}" for key, value in items.items()) + "}"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.dictionaries(KEYS, VALUES, max_size=4), st.binary(max_size=8))
def test_anything_is_a_document_or_a_policy_error(kind, entries, tail):
    """No file, however wrong, gives any error but `PolicyError`, and every line of it names the file."""
    text = "".join(f"'{key}': {value}\n" for key, value in entries.items()).encode() + tail
    sentences = "p.yml: fine"
    try:
        read(KINDS[kind], "p.yml", text)
    except PolicyError as error:
        sentences = str(error)

    assert all(line.startswith("p.yml:") for line in sentences.split("\n"))
