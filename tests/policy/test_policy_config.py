"""Operator, repository, flags: who wins, and that nobody loosens."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.change import FileClass
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.policy import DEFAULT_PACKS, Gate, Policy
from reviewbot.errors import PolicyError, UsageError
from reviewbot.policy.config import Overrides, PolicyFile, load
from reviewbot.policy.settle import digest
from reviewbot.policy.strictness import STRICTER_LAST

MODEL = "model: {url: https://llm.corp.example/v1, name: coder}\n"
KEY = "jr6zloGToy3ypymF7a9AjwVZE+hBrT4muTja2g/TaUo="


def test_without_any_file_the_defaults_hold(settle):
    """A laptop without policies gets the domain's defaults, with their digest."""
    policy = settle()

    assert policy == Policy(digest=policy.digest)
    assert policy.digest.startswith("sha256:")


def test_an_empty_operator_policy_settles_to_the_same_defaults(settle):
    """The documents' defaults are the domain's: a policy that demands nothing changes nothing."""
    assert settle("version: 1").digest == settle().digest


def test_every_key_of_the_operator_arrives(settle):
    """What the operator writes is what the run obeys."""
    policy = settle(r"""
version: 1
target_branch: develop
model: {url: https://llm.corp.example/v1/, name: coder, key_env: CORP_KEY, context_tokens: 65536, allow_http: [GPU-box],
        second_view: true, parallel: 2, thinking: true, answer_tokens: 4096}
network: {ca_bundle: /etc/ssl/corp.pem, proxy: "http://proxy.corp.example:3128", connect_s: 5, idle_s: 30.5}
sandbox: {rungs: [landlock, container, landlock-netns], image: "registry.corp.example/x@sha256:00"}
packs: {required: [core, crypto], offered: [more], folders: [/etc/reviewbot/packs]}
scanners: {semgrep: {}, secrets: {}, sarif: [{name: checkov, files: ["*.tf"], command: [checkov, "."], output: out/x.sarif}]}
gate: {fail_on: never, confidence: high, incomplete: report, model: block}
coverage: {code: [semgrep, checkov], metadata: [suppressions], exclude: ["third_party/**"]}
limits: {minutes: 1.5, model_tokens: 10, inline_comments: 1, file_bytes: 100, scanner_seconds: 9, memory_bytes: 500000000}
redact: [{name: iban, pattern: '[A-Z]{2}\d{13,32}'}]
guidelines: {paths: [docs/*.md]}
links: {rules: https://wiki.corp.example/rules/}
""")

    assert policy.target_branch == "develop"
    assert (policy.model.url, policy.model.name, policy.model.key_env) == (
        "https://llm.corp.example/v1",
        "coder",
        "CORP_KEY",
    )
    assert (policy.model.context_tokens, policy.model.allow_http) == (65536, ("gpu-box",))
    assert (
        policy.model.second_view,
        policy.model.parallel,
        policy.model.thinking,
        policy.model.answer_tokens,
    ) == (True, 2, True, 4096)
    assert (policy.network.ca_bundle, policy.network.proxy) == (
        "/etc/ssl/corp.pem",
        "http://proxy.corp.example:3128",
    )
    assert (policy.network.connect_s, policy.network.idle_s) == (5, 30.5)
    assert policy.sandbox.rungs == ("landlock-netns", "landlock-seccomp", "container")
    assert policy.sandbox.image == "registry.corp.example/x@sha256:00"
    assert (policy.packs, policy.pack_folders) == (("core", "crypto"), ("/etc/reviewbot/packs",))
    assert policy.scanners == ("semgrep", "secrets")
    assert (policy.sarif[0].name, policy.sarif[0].command, policy.sarif[0].output) == (
        "checkov",
        ("checkov", "."),
        "out/x.sarif",
    )
    assert policy.gate == Gate(
        None, Confidence.HIGH, incomplete_fails=False, model_blocks=True, explicit=True
    )
    assert policy.required_for(FileClass.CODE) == ("semgrep", "checkov")
    assert policy.required_for(FileClass.TEXT) == ("secrets",)
    assert policy.required_for(FileClass.METADATA) == ("suppressions",)
    assert policy.exclude == ("third_party/**",)
    limits = policy.limits
    assert (limits.minutes, limits.model_tokens, limits.inline_comments) == (1.5, 10, 1)
    assert (limits.file_bytes, limits.scanner_seconds, limits.memory_bytes) == (100, 9, 500_000_000)
    assert policy.redact[0].name == "iban"
    assert (policy.guidelines, policy.rule_links) == (("docs/*.md",), "https://wiki.corp.example/rules/")


def test_a_scanner_that_does_not_run_is_not_required_by_default(settle):
    """Leaving a scanner out does not leave every review incomplete."""
    policy = settle("version: 1\nscanners: {semgrep: {}}")

    assert policy.scanners == ("semgrep",)
    assert policy.required_for(FileClass.CODE) == ("semgrep", "model")
    assert policy.required_for(FileClass.TEXT) == ()


def test_a_repository_adds_and_tightens(settle):
    """Stricter words, offered packs, further reviewers and pages of its own are taken."""
    policy = settle(
        "version: 1\npacks: {required: [core], offered: [more]}\nguidelines: {paths: [docs/a.md]}\ncoverage: {code: [semgrep]}",
        "version: 1\ntarget_branch: develop\npacks: [more, core]\ngate: {fail_on: note, model: block}\n"
        "guidelines: [docs/b.md]\ncoverage: {code: [bandit, semgrep], binary: [suppressions]}",
    )

    assert policy.packs == ("core", "more")
    assert policy.gate == Gate(Severity.NOTE, Confidence.LOW, incomplete_fails=True, model_blocks=True)
    assert policy.guidelines == ("docs/a.md", "docs/b.md")
    assert policy.required_for(FileClass.CODE) == ("semgrep", "bandit")
    assert policy.required_for(FileClass.BINARY) == ("suppressions",)
    assert policy.target_branch == "develop"
    assert policy.sources == ("operator.yml", ".reviewbot.yml")


@pytest.mark.parametrize(
    ("operator", "repository", "sentence"),
    [
        ("gate: {fail_on: warning}", "gate: {fail_on: error}", "gate.fail_on: error is weaker than the operator's warning (operator.yml:2: gate.fail_on); only tighten here"),
        ("", "gate: {fail_on: never}", "gate.fail_on: never is weaker than the operator's error (operator.yml:1: gate.fail_on); only tighten here"),
        ("gate: {confidence: low}", "gate: {confidence: high}", "gate.confidence: high is weaker than the operator's low (operator.yml:2: gate.confidence); only tighten here"),
        ("gate: {incomplete: fail}", "gate: {incomplete: report}", "gate.incomplete: report is weaker than the operator's fail (operator.yml:2: gate.incomplete); only tighten here"),
        ("gate: {model: block}", "gate: {model: advise}", "gate.model: advise is weaker than the operator's block (operator.yml:2: gate.model); only tighten here"),
        ("packs: {offered: [crypto]}", "packs: [cryptto]", 'packs[0]: the operator\'s policy does not offer "cryptto" (did you mean crypto?)'),
        ("guidelines: {allow: false}", "guidelines: [x.md]", "guidelines: not allowed (operator.yml:2: guidelines.allow)"),
        ("target_branch: main", "target_branch: dev", "target_branch: the operator's policy names another (operator.yml:2: target_branch)"),
        ("", "coverage: {text: [modell]}", 'coverage.text[0]: no scanner is called "modell" (did you mean model?)'),
        ("scanners: {secrets: {}}", "coverage: {code: [bandit]}", "coverage.code[0]: bandit is required here, but it does not run: scanners: leaves it out"),
    ],
)  # fmt: skip
def test_a_repository_that_loosens_is_told_where_and_against_what(settle, operator, repository, sentence):
    """A weaker value is an error that names both places."""
    with pytest.raises(PolicyError) as caught:
        settle(f"version: 1\n{operator}", f"version: 1\n{repository}")

    assert str(caught.value) == f".reviewbot.yml:2: {sentence}"


def test_all_that_loosens_is_named_at_once(settle):
    """Two weaker words give two sentences, in the order of the lines."""
    with pytest.raises(PolicyError) as caught:
        settle("version: 1", "version: 1\ngate:\n  incomplete: report\n  fail_on: never")

    assert [line.split(": ")[0] for line in str(caught.value).split("\n")] == [
        ".reviewbot.yml:3",
        ".reviewbot.yml:4",
    ]


def test_without_an_operator_the_repository_and_then_the_flags_are_free(settle):
    """On a laptop a repository may say never, and a flag outranks it."""
    repository = "version: 1\ngate: {fail_on: never, incomplete: report}\npacks: [secrets, any]"

    assert settle(None, repository).gate.fail_on is None
    assert settle(None, repository).packs == (*DEFAULT_PACKS, "any")
    assert settle(None, repository, fail_on="note").gate.fail_on is Severity.NOTE
    assert (
        settle(None, repository, model_url="http://localhost:8000/v1/").model.url
        == "http://localhost:8000/v1"
    )


@pytest.mark.parametrize(
    "line",
    [
        "model: {url: https://x.example}",
        "scanners: {}",
        "sandbox: {rungs: [job]}",
        "limits: {minutes: 1}",
        "exclude: ['**']",
        "coverage: {exclude: ['**']}",
        "redact: []",
        "allow: [no-model]",
    ],
)
def test_even_without_an_operator_some_keys_are_the_operators(settle, line):
    """No repository names a model server, switches scanners off or takes files out."""
    with pytest.raises(PolicyError, match="only the operator's policy may"):
        settle(None, f"version: 1\n{line}")


GATES = list(itertools.product(*STRICTER_LAST.values()))


def gate_yaml(words) -> str:
    """Write a gate."""
    return (
        "gate: {"
        + ", ".join(f"{name}: {word}" for name, word in zip(STRICTER_LAST, words, strict=True))
        + "}"
    )


def rank(words) -> tuple[int, ...]:
    """Strictness of each word."""
    return tuple(STRICTER_LAST[name].index(word) for name, word in zip(STRICTER_LAST, words, strict=True))


def strictness(gate: Gate) -> tuple[int, ...]:
    """Strictness of a settled gate, by what it does and not by how it was written."""
    return (
        3 - gate.fail_on.rank if gate.fail_on else 0,
        2 - gate.confidence.rank,
        int(gate.incomplete_fails),
        int(gate.model_blocks),
    )


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(GATES), st.sampled_from(GATES), st.sampled_from([None, *STRICTER_LAST["fail_on"]]))
def test_no_gate_is_ever_weaker_than_the_operators(operator, repository, flag):
    """For every pair of gates and every flag: an error, or a gate as strict as all three."""
    demanded, wished = rank(operator), rank(repository)
    flagged = STRICTER_LAST["fail_on"].index(flag) if flag else max(demanded[0], wished[0])
    loosens = any(wish < demand for wish, demand in zip(wished, demanded, strict=True))
    try:
        policy = load(
            operator=PolicyFile("o.yml", f"version: 1\n{gate_yaml(operator)}".encode()),
            repository=PolicyFile("r.yml", f"version: 1\n{gate_yaml(repository)}".encode()),
            overrides=Overrides(fail_on=flag),
        )
    except PolicyError:
        assert loosens
    except UsageError:
        assert not loosens
        assert flagged < max(demanded[0], wished[0])
    else:
        assert not loosens
        settled = strictness(policy.gate)
        assert all(got >= want for got, want in zip(settled, demanded, strict=True))
        assert settled[1:] == wished[1:]
        assert settled[0] == max(wished[0], flagged)


NAMES = ["semgrep", "bandit", "secrets", "suppressions", "model"]
REVIEWERS = st.lists(st.sampled_from(NAMES), max_size=4)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(list(FileClass)), REVIEWERS),
    st.dictionaries(st.sampled_from(list(FileClass)), REVIEWERS),
)
def test_required_reviewers_only_grow(demanded, wished):
    """Whatever a repository writes under coverage, nobody whom the operator requires is dropped."""
    operator = PolicyFile("o.yml", f"version: 1\n{coverage_yaml(demanded)}".encode())
    repository = PolicyFile("r.yml", f"version: 1\n{coverage_yaml(wished)}".encode())
    alone = load(operator=operator, repository=None, overrides=Overrides())
    both = load(operator=operator, repository=repository, overrides=Overrides())

    for file_class in FileClass:
        assert set(both.required_for(file_class)) == {
            *alone.required_for(file_class),
            *wished.get(file_class, ()),
        }
    assert both.exclude == alone.exclude
    assert (both.scanners, both.sarif, both.limits, both.redact) == (
        alone.scanners,
        alone.sarif,
        alone.limits,
        alone.redact,
    )
    assert (both.model, both.network, both.sandbox) == (alone.model, alone.network, alone.sandbox)


def coverage_yaml(wanted) -> str:
    """Write a coverage section."""
    return "coverage: {" + ", ".join(f"{key}: [{', '.join(names)}]" for key, names in wanted.items()) + "}"


def test_the_digest_covers_every_setting_and_no_source(settle):
    """Each changed setting changes the digest; the same settings from elsewhere do not."""
    texts = [
        "", "target_branch: x", MODEL, "model: {key_env: OTHER}", "network: {idle_s: 1}", "sandbox: {rungs: [job]}",
        "packs: {required: []}", "packs: {folders: [/x]}", "scanners: {semgrep: {}}", "gate: {fail_on: note}",
        "coverage: {binary: [secrets]}", "coverage: {exclude: [x]}", "limits: {minutes: 1}",
        "redact: [{name: x, pattern: y}]", "guidelines: {paths: [x]}", "links: {rules: https://x.example/}",
        "waivers: {approvers: [x]}", "waivers: {max_days: 9}", "waivers: {file: /x}", "gate: {fail_on: error}",
        f"packs: {{keys: [{{name: x, key: {KEY}}}]}}", f"packs: {{keys: [{{name: x, key: {KEY}}}], signatures: [/x]}}",
        "tests: {allow: true}", "tests: {gate: block}", "tests: {timeout_s: 9}", "patches: {model: false}",
        "patches: {rules: false}", "patches: {most: 1}",
    ]  # fmt: skip
    digests = [settle(f"version: 1\n{text}").digest for text in texts]

    assert len(set(digests)) == len(texts)
    assert (
        settle("version: 1\ngate: {model: block}").digest
        == settle(None, "version: 1\ngate: {model: block}").digest
    )
    assert digest(settle()) == settle().digest
