"""What doctor is told about a model server, with the sentence that mends it."""

import pytest
from model_world import Log
from scripted_model import Say, Status

from reviewbot.domain.policy import ModelPolicy, NetworkPolicy
from reviewbot.model.probe import probe

GOOD = '{"colour": "red"}'


def look(server, **policy):
    """Probe a scripted server and give the checks by name."""
    url = server if isinstance(server, str) else server.url
    return {
        check.name: check
        for check in probe(ModelPolicy(url=url, **policy), NetworkPolicy(idle_s=2.0), key=None, record=Log())
    }


def test_a_good_server_is_well(scripted):
    """Every check works and none asks for anything."""
    checks = look(scripted(answer=lambda _: GOOD))
    assert all(check.works and not check.mends for check in checks.values())
    assert list(checks) == ["reachable", "tls", "model", "context length", "constrained output", "thinking"]
    assert checks["context length"].said == "32,768 tokens"


def test_an_ignored_constraint_is_seen(scripted):
    """A server that says yes to json_schema and answers prose is not trusted."""
    check = look(scripted(answer=lambda _: "Hello!"))["constrained output"]
    assert not check.works
    assert "structured" in check.mends


def test_a_lower_rung_is_told(scripted):
    """The rung that the server takes is named."""
    check = look(scripted("llama-cpp-python", answer=lambda _: GOOD))["constrained output"]
    assert check.works
    assert "json_object_schema only" in check.said


@pytest.mark.parametrize("reply", [Say(GOOD, reasoning="hm"), Say(f"<think>hm</think>{GOOD}")])
def test_thinking_is_seen(scripted, reply):
    """In the field or in tags; it is well only where the policy reckons with it."""
    server = scripted(answer=lambda _: reply)
    assert not look(server)["thinking"].works
    assert look(server, thinking=True)["thinking"].works


def test_an_unknown_context_is_told(scripted):
    """An assumed length comes with what to set."""
    assert "model.context_tokens" in look(scripted("litellm", answer=lambda _: GOOD))["context length"].mends
    assert not look(scripted(answer=lambda _: GOOD), context_tokens=9000)["context length"].mends


def test_failures_stop_the_probe(scripted):
    """An address that is none, a server that is not there, one with another model, one that fails."""
    assert list(look("ftp://x")) == ["address"]
    (check,) = look("http://127.0.0.1:9/v1").values()
    assert not check.works
    assert check.mends
    assert "does not serve" in look(scripted(), name="other")["reachable"].said
    failing = look(scripted(answer=lambda _: Status(500, "boom")))
    assert not failing["constrained output"].works
    assert "thinking" not in failing
