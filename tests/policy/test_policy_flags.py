"""Flags and variables: free on a laptop, tightening only beside an operator's policy."""

import pytest

from reviewbot.domain.finding import Severity
from reviewbot.domain.policy import DEFAULT_PACKS
from reviewbot.errors import PolicyError, UsageError

MODEL = "version: 1\nmodel: {url: https://llm.corp.example/v1, name: coder}\n"


@pytest.mark.parametrize(
    ("operator", "flags", "sentence", "name"),
    [
        (MODEL, {"no_model": True}, "--no-model switches the model off", "no-model"),
        (MODEL, {"model_url": "https://llm.evil.example/v1"}, "--model-url sends code to another model server", "model-url"),
        (MODEL, {"model_url": "https://llm.corp.example:8443/v1"}, "--model-url sends code to another model server", "model-url"),
        (MODEL, {"model_url": "https://llm.corp.example/v2"}, "--model-url sends code to another model server", "model-url"),
        (MODEL, {"model_url": "http://localhost/v1"}, "--model-url sends code to another model server", "model-url"),
        ("version: 1", {"model_url": "http://localhost/v1"}, "--model-url sends code to another model server", "model-url"),
        (MODEL, {"model_name": "tiny"}, "--model-name asks another model than coder", "model-name"),
        (MODEL, {"gguf": "/tmp/x.gguf"}, "--gguf asks other weights", "gguf"),
        ("version: 1", {"gguf": "x.gguf"}, "--gguf asks other weights", "gguf"),
        ("version: 1", {"fail_on": "never"}, "--fail-on never is weaker than the policy's error", "fail-on"),
        ("version: 1\ngate: {fail_on: note}", {"fail_on": "warning"}, "--fail-on warning is weaker than the policy's note", "fail-on"),
        ("version: 1", {"unsandboxed": True}, "--unsandboxed runs scanners without a sandbox of ours", "unsandboxed"),
        ("version: 1\nsandbox: {rungs: [bubblewrap, job]}", {"unsandboxed": True}, "--unsandboxed runs scanners without a sandbox of ours", "unsandboxed"),
    ],
)  # fmt: skip
def test_what_loosens_is_refused_and_allowed_only_by_name(settle, operator, flags, sentence, name):
    """Each loosening flag is a usage error that names the cure; that very name lets it pass, no other."""
    with pytest.raises(UsageError) as caught:
        settle(operator, **flags)

    assert caught.value.sentence == f"{sentence}, which the operator's policy does not allow"
    assert caught.value.hint == f"leave it out, or let operator.yml say `allow: [{name}]`"
    every = ["fail-on", "gguf", "model-name", "model-url", "no-model", "policy", "rules", "unsandboxed"]
    settle(f"{operator}\nallow: [{name}]", **flags)
    with pytest.raises(UsageError):
        settle(f"{operator}\nallow: [{', '.join(other for other in every if other != name)}]", **flags)


def test_a_stricter_repository_is_not_loosened_by_a_flag_either(settle):
    """Beside an operator's policy a flag may not undo what the repository tightened."""
    with pytest.raises(UsageError, match="error is weaker than the policy's warning"):
        settle("version: 1", "version: 1\ngate: {fail_on: warning}", fail_on="error")


def test_all_refused_flags_are_named_with_the_variable_that_gave_them(settle):
    """A developer reads every reason at once, by the name they used."""
    with pytest.raises(UsageError) as caught:
        settle(MODEL, no_model=True, fail_on="never", given_as={"no_model": "REVIEWBOT_NO_MODEL"})

    assert caught.value.sentence == (
        "REVIEWBOT_NO_MODEL switches the model off, which the operator's policy does not allow\n"
        "--fail-on never is weaker than the policy's error, which the operator's policy does not allow"
    )
    assert caught.value.hint == "leave it out, or let operator.yml say `allow: [no-model, fail-on]`"


def test_what_tightens_or_repeats_is_taken(settle):
    """The same server, the same name, a stricter word, and switching off what is not there."""
    policy = settle(MODEL, model_url="https://LLM.corp.example:443/v1/", model_name="coder", fail_on="note")

    assert policy.gate.fail_on is Severity.NOTE
    assert policy.sources == ("operator.yml", "--model-url", "--model-name", "--fail-on")
    assert settle("version: 1", no_model=True).model.url is None
    assert settle("version: 1\nmodel: {gguf: /srv/w.gguf}", gguf="/srv/w.gguf").model.gguf == "/srv/w.gguf"
    assert settle("version: 1\nsandbox: {rungs: [job]}", unsandboxed=True).sandbox.rungs == ("job",)
    assert settle("version: 1\nmodel: {url: https://x.example}", model_name="any").model.name == "any"


def test_free_flags_do_what_they_say(settle):
    """On a laptop each flag arrives in the policy."""
    policy = settle(model_url="https://llm.example/v1/", model_name="m", fail_on="never", unsandboxed=True)

    assert (policy.model.url, policy.model.name, policy.gate.fail_on) == ("https://llm.example/v1", "m", None)
    assert policy.sandbox.rungs == ("job",)
    assert settle(gguf="w.gguf").model.gguf == "w.gguf"
    assert settle(gguf="w.gguf", model_url="https://x.example", no_model=True).model.gguf is None
    off = settle("version: 1\nmodel: {gguf: /srv/w.gguf, name: coder}\nallow: [no-model]", no_model=True)
    assert (off.model.url, off.model.gguf, off.model.name) == (None, None, None)
    allowed = settle(MODEL + "allow: [gguf]", gguf="w.gguf")
    assert (allowed.model.url, allowed.model.gguf) == (None, "w.gguf")


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://llm.corp.example/v1", "http:// would send code to llm.corp.example unencrypted"),
        ("http://127.0.0.1.evil.example/v1", "unencrypted"),
        ("http://localhost@evil.example/v1", "no user name or password"),
        ("https://user:hunter2@llm.corp.example/v1", "no user name or password"),
        ("https://llm.corp.example/v1?key=hunter2", "no ? or # part"),
        ("https://llm.corp.example/v1#", "no ? or # part"),
        ("ftp://llm.corp.example", "begins with https:// or http://"),
        ("llm.corp.example", "begins with https:// or http://"),
        ("https://", "no valid host"),
        ("https://a:99999/", "not an address"),
        ("https://a:0/", "no valid host"),
        ("https://[::1/", "not an address"),
        ("https://llm\n.evil.example", "no spaces"),
        ("https://llm.corp.example\\@evil.example", "backslashes"),
        ("https://\u217bm.example", "characters beyond ASCII"),
    ],
)
def test_model_addresses_that_are_refused(settle, url, reason):
    """No plain text to strangers, no credential and no trick in the address, and it is not repeated."""
    with pytest.raises(UsageError, match="--model-url: ") as caught:
        settle(model_url=url)

    assert reason in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8000/v1", "http://127.8.9.1", "http://[::1]:8000/v1", "https://llm.corp.example"],
)
def test_model_addresses_that_are_taken(settle, url):
    """TLS anywhere, plain text to this machine."""
    assert settle(model_url=url).model.url == url


def test_plain_text_to_a_host_that_the_operator_lists(settle):
    """`allow_http` is the operator's way to a server without TLS."""
    text = "version: 1\nmodel: {url: 'http://gpu-box:8000/v1', allow_http: [GPU-BOX]}"

    assert settle(text).model.url == "http://gpu-box:8000/v1"
    with pytest.raises(PolicyError, match="unencrypted"):
        settle(text.replace("GPU-BOX", "other"))


def test_two_models_and_unknown_words_are_usage_errors(settle):
    """A url and weights at once, or a severity that does not exist."""
    with pytest.raises(UsageError, match="--model-url and --gguf both name a model"):
        settle(model_url="https://x.example", gguf="w.gguf")
    with pytest.raises(UsageError, match="--fail-on is one of never, error, warning, note, not 'fatal'"):
        settle(fail_on="fatal")


def test_folders_of_rules(settle, make_pack):
    """On a laptop a folder's packs are all used; beside an operator's policy only offered ones of its folders."""
    pack = make_pack("extra")
    make_pack("other")
    folder = str(pack.parent)
    free = settle(rules=(folder,))
    assert (free.packs, free.pack_folders) == ((*DEFAULT_PACKS, "extra", "other"), (folder,))
    assert settle(rules=(str(pack),)).packs == (*DEFAULT_PACKS, "extra")

    with pytest.raises(UsageError, match=r"--rules adds rules from .*allow"):
        settle("version: 1\npacks: {offered: [extra]}", rules=(str(pack),))
    ours = f"version: 1\npacks: {{offered: [extra], folders: [{folder}]}}"
    assert settle(ours, rules=(str(pack),)).packs == (*DEFAULT_PACKS, "extra")
    with pytest.raises(UsageError, match="--rules adds the pack other, which") as caught:
        settle(ours, rules=(folder, folder))
    assert caught.value.hint.endswith("`allow: [rules]`")
    assert settle("version: 1\nallow: [rules]", rules=(folder,)).packs == (*DEFAULT_PACKS, "extra", "other")


def test_a_folder_without_packs_is_refused(settle, tmp_path):
    """Loose rule files are no pack, and a missing folder is not an empty one."""
    (tmp_path / "loose.yml").write_text("id: loose")
    with pytest.raises(PolicyError, match=r"no rule pack in .*\n  a pack is a folder with a pack.yml"):
        settle(rules=(str(tmp_path),))
    with pytest.raises(PolicyError, match="cannot be read: no such file"):
        settle(rules=(str(tmp_path / "missing"),))
