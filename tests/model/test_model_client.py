"""The client against every dialect and fault, over real sockets."""

import json
import socket
import threading
import time

import pytest
from model_world import Memory
from scripted_model import (
    PORTABLE,
    Drip,
    Endless,
    Raw,
    Say,
    Silent,
    Status,
    busy,
    gzip_bomb,
)

from reviewbot.domain.policy import NetworkPolicy
from reviewbot.errors import ModelError
from reviewbot.model.answer import schema
from reviewbot.model.dialect import Message
from reviewbot.model.faults import Busy, NoAnswer, Refused, TooLong, Unreachable

HELLO = (Message("system", "You review."), Message("user", "Hello."))


def ask(client, **more):
    """Meet the server, then ask by the schema."""
    client.meet(Memory())
    return client.ask(HELLO, max_tokens=100, schema=schema(tight=False), **more)


@pytest.mark.parametrize(
    ("dialect", "context", "rung"),
    [
        ("vllm", 32768, "json_schema"),
        ("sglang", 16384, "json_schema"),
        ("tgi", 12288, "json_schema"),
        ("trtllm", 8192, "json_schema"),
        ("ollama", 16000, "json_schema"),
        ("llama.cpp", 8192, "json_schema"),
        ("llama-cpp-python", 8192, "json_object_schema"),
        ("litellm", 8192, "json_schema"),
        ("no-format", 8192, "plain"),
        ("no-system-role", 32768, "json_schema"),
    ],
)
def test_each_dialect_is_understood(scripted, client_for, dialect, context, rung):
    """Name, context length, rung of the ladder and profile are found out from what the server says."""
    server = scripted(dialect, answer=lambda _: Say('{"findings": []}', reasoning="hm"))
    client = client_for(server)

    found = client.meet(Memory())
    reply = ask(client)

    assert (found.name, found.context_tokens, found.tight) == ("scripted", context, dialect == "llama.cpp")
    assert client.constrained == rung
    assert (reply.text, reply.reasoning, reply.finish) == ('{"findings": []}', "hm", "stop")
    assert reply.spent.prompt > 0
    assert reply.spent.completion == 7


def test_a_gateway_without_a_model_list_needs_the_name(scripted, client_for):
    """Kong has no /v1/models: the name must be configured, and then all works; context is settable."""
    server = scripted("kong")
    with pytest.raises(ModelError, match="does not say which models"):
        client_for(server).meet(Memory())
    client = client_for(server, name="scripted", context_tokens=20_000)
    assert ask(client).text == '{"findings": []}'
    assert client.meet(Memory()).context_tokens == 20_000


def test_the_request_is_the_portable_one(scripted, client_for):
    """Nothing but the fields that every server takes, one schema, temperature 0; quiet only where known."""
    server = scripted("tgi")
    ask(client_for(server))

    (body,) = server.chats
    assert set(body) == PORTABLE
    assert (body["temperature"], body["stream"], body["max_tokens"]) == (0, True, 100)
    assert body["response_format"]["json_schema"]["schema"] == schema(tight=False)
    vllm = scripted("vllm")
    ask(client_for(vllm))
    assert vllm.chats[0]["chat_template_kwargs"] == {"enable_thinking": False}
    thinking = scripted("vllm")
    ask(client_for(thinking, thinking=True))
    assert "chat_template_kwargs" not in thinking.chats[0]
    assert thinking.chats[0]["max_tokens"] == 100 + 8192


def test_the_ladder_is_remembered(scripted, client_for):
    """What a server refused once is not tried again, in this run and, by the cache, in the next."""
    server = scripted("no-format")
    memory = Memory()
    client = client_for(server, name="scripted")
    client.meet(memory)
    for _ in range(2):
        client.ask(HELLO, max_tokens=9, schema=schema(tight=False))
    client.remember(memory)
    assert len(server.chats) == 4 + 1

    later = client_for(server, name="scripted")
    later.meet(memory)
    assert later.constrained == "plain"
    later.ask(HELLO, max_tokens=9, schema=schema(tight=False))
    assert len(server.chats) == 6


def test_what_is_remembered_is_confirmed_before_anything_is_sent(scripted, client_for):
    """A server that was replaced by one with another model gets no code."""
    server = scripted()
    memory = Memory()
    client = client_for(server, name="scripted")
    client.meet(memory)
    client.remember(memory)
    server.models = [{"id": "another"}]

    later = client_for(server, name="scripted")
    assert later.meet(memory).name == "scripted"
    with pytest.raises(ModelError, match="does not serve scripted: it has another"):
        later.ask(HELLO, max_tokens=9, schema=None)
    assert server.chats == []


@pytest.mark.parametrize("field", ["seed", "stream_options"])
def test_a_refused_field_is_left_out(scripted, client_for, field):
    """A server that forbids a field by name gets the request without it, and the schema stays."""
    detail = {
        "detail": [
            {"type": "extra_forbidden", "loc": ["body", field], "msg": "Extra inputs are not permitted"}
        ]
    }
    server = scripted("trtllm", script=[Status(400, detail)])
    client = client_for(server)
    ask(client)

    assert field not in server.chats[1]
    assert "response_format" in server.chats[1]


def test_a_server_that_cannot_stream_is_asked_without(scripted, client_for):
    """`stream` is dropped where it is refused."""
    server = scripted(script=[Status(400, {"error": "streaming is not supported"})])
    assert ask(client_for(server)).text
    assert server.chats[1]["stream"] is False


@pytest.mark.parametrize("name", ["nope", "scripted-2"])
def test_another_model_is_refused(scripted, client_for, name):
    """The configured name must be among the served ones."""
    with pytest.raises(ModelError, match=f"does not serve {name}: it has scripted"):
        client_for(scripted(), name=name).meet(Memory())


def test_several_models_need_a_choice(scripted, client_for):
    """Without a name, several served models are an error that lists them."""
    server = scripted(models=[{"id": "a"}, {"id": "b\u202e"}])
    with pytest.raises(ModelError, match=r"several models: a, b<U\+202E>"):
        client_for(server).meet(Memory())


def test_ollamas_default_tag_and_gateway_patterns_match(scripted, client_for):
    """`qwen3` is `qwen3:latest`, and `team/*` of a gateway holds `team/x`."""
    server = scripted(models=[{"id": "qwen3:latest"}, {"id": "team/*"}])
    assert client_for(server, name="qwen3").meet(Memory()).name == "qwen3"
    assert client_for(server, name="team/x").meet(Memory()).name == "team/x"


def test_ollama_is_made_to_load_before_its_context_is_believed(scripted, client_for):
    """The trained length is not the real one: the model is loaded, and without a real one 4096 is assumed."""
    server = scripted("ollama")
    server.dialect.get["/api/ps"], kept = {"models": []}, server.dialect.get["/api/ps"]
    try:
        assert client_for(server).meet(Memory()).context_tokens == 4096
    finally:
        server.dialect.get["/api/ps"] = kept
    assert server.chats[0]["max_tokens"] == 1


def test_busy_is_asked_again_with_growing_waits(scripted, client_for, waits):
    """429 and 503 are tried again; Retry-After wins over our own back-off."""
    server = scripted(script=[busy(), busy(503), busy(429, retry_after=7), busy(429, retry_after=99999)])
    assert ask(client_for(server)).text == '{"findings": []}'
    assert waits == [1.0, 2.0, 7.0, 60.0]


def test_busy_for_ever_is_given_up(scripted, client_for, waits):
    """The tries are bounded."""
    server = scripted(answer=lambda _: busy())
    with pytest.raises(Busy, match="HTTP 503"):
        ask(client_for(server))
    assert len(server.chats) == 6
    assert waits == [1.0, 2.0, 4.0, 8.0, 16.0]


def test_overload_inside_a_stream_is_busy_too(scripted, client_for, waits):
    """vLLM sends 200 and an error event when it is overloaded."""
    event = b'data: {"error": {"message": "The engine is currently busy", "code": 503}}\n\ndata: [DONE]\n\n'
    assert ask(client_for(scripted(script=[Raw(event)]))).text
    assert waits == [1.0]


@pytest.mark.parametrize("code", [401, 403, 404, 418, 500, 502, 504])
def test_no_other_status_is_tried_again(scripted, client_for, waits, code):
    """Every other error is reported at once, with the server's words."""
    server = scripted(answer=lambda _: Status(code, {"error": {"message": "so it is"}}))
    with pytest.raises(Refused, match=f"HTTP {code}: so it is"):
        ask(client_for(server))
    assert len(server.chats) == 1
    assert waits == []


def test_an_error_body_under_200_is_an_error(scripted, client_for):
    """A 200 proves nothing."""
    said = b'{"error": {"message": "EngineCore encountered an issue", "code": 500}}'
    with pytest.raises(Refused, match="EngineCore"):
        ask(client_for(scripted(script=[Raw(said, "application/json")])))


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (
            400,
            "This model's maximum context length is 8192 tokens. However, your prompt contains at least 8193",
        ),
        (
            400,
            "max_tokens=9000 cannot be greater than max_model_len=8192. Please request fewer output tokens.",
        ),
        (400, "request (60030 tokens) exceeds the available context size (8192 tokens), try increasing it"),
        (422, "`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens"),
    ],
)
def test_a_context_overflow_is_known_by_its_wording(scripted, client_for, code, text):
    """The refusal of an over-long prompt is told from all others, and is not taken for the format."""
    server = scripted(answer=lambda _: Status(code, {"error": {"message": text}}))
    with pytest.raises(TooLong):
        ask(client_for(server))
    assert len(server.chats) == 1


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (Say("cut", done=False), "broke off in the middle"),
        (Raw(b"data: {not json}\n\n"), "is not JSON"),
        (Raw(b"<html>Sign in</html>", "text/html"), "is not JSON"),
        (Raw(b'{"id": 1}', "application/json"), "broke off"),
        (Raw(b"", "application/json"), "is not JSON"),
        (Raw(b"[1]", "application/json"), "not a JSON object"),
        (Raw(b'{"choices": [3]}', "application/json"), "choice that is not an object"),
        (Raw(b'{"choices": [], "choices": []}', "application/json"), "same key twice"),
        (Raw(b"[" * 5000, "application/json"), "nested"),
        (gzip_bomb(8), "compressed answer"),
        (Endless(), "does not stop writing"),
        (Endless(b": keep-alive\n" * 500), "more than 32 MB"),
        (Endless(b'data: {"choices": []}\n\n'), "does not stop writing"),
        (Endless(b"x" * 5000), "without end"),
        (Raw(b"data: " + b"x" * 2_000_000 + b"\n\n"), "without end"),
        (Silent(), "sent nothing more"),
        (Silent(after=3), "sent nothing more"),
        (Raw(b"", "text/event-stream", (("Content-Length", "99"),)), "broke|broke off|not JSON"),
    ],
)
def test_each_fault_is_a_sentence(scripted, client_for, act, sentence):
    """A hostile or broken server gives one typed error, in bounded time and memory."""
    client = client_for(scripted(script=[act]), network=NetworkPolicy(idle_s=0.5))
    with pytest.raises(NoAnswer, match=sentence):
        ask(client)


@pytest.mark.parametrize("act", [Drip(0.02), Drip(0.02, headers=True)])
def test_a_dripping_server_is_ended_by_the_wall_clock(scripted, client_for, act):
    """One byte at a time keeps every read alive; the deadline shuts the socket, in body and headers alike."""
    client = client_for(scripted(script=[act]))
    client.meet(Memory())
    started = time.monotonic()
    with pytest.raises(NoAnswer, match="in the time that was left"):
        client.ask(HELLO, max_tokens=9, schema=None, seconds=0.4)
    assert time.monotonic() - started < 2


def test_closing_cuts_what_is_running(scripted, client_for):
    """An interrupt need not wait for a silent server."""
    server = scripted(answer=lambda _: Silent())
    client = client_for(server, network=NetworkPolicy(idle_s=30))
    client.meet(Memory())
    ended = []

    def run():
        try:
            client.ask(HELLO, max_tokens=9, schema=None)
        except ModelError as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    while not server.chats:
        time.sleep(0.01)
    client.close()
    thread.join(3)
    assert not thread.is_alive()
    assert ended


@pytest.mark.parametrize(
    "raw",
    [
        b'data: {"choices":[{"delta":{"content":"a"}}]}\r\n\r\ndata: {"choices":[{"delta":{"content":"b"},"finish_reason":"stop"}]}\r\n\r\n',
        b'\n: hi\nevent: x\ndata:{"choices":[{"delta":{"content":"ab"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n',
        b'data: {"choices":[{"delta":\ndata: {"content":"ab"},"finish_reason":"stop"}]}\n\n',
        b'data: {"choices":[{"delta":{"content":"ab"}}]}\n\ndata: [DONE]',
        b'{"choices":[{"message":{"content":"ab"},"finish_reason":null}]}',
    ],
)
def test_streams_and_bodies_are_read_in_every_spelling(scripted, client_for, raw):
    """CRLF, comments, several data lines, a missing [DONE] after a finish, a body instead of a stream."""
    assert ask(client_for(scripted(script=[Raw(raw)]))).text == "ab"


def test_what_comes_after_done_does_not_count(scripted, client_for):
    """[DONE] ends the answer."""
    raw = b'data: {"choices":[{"delta":{"content":"ab"}}]}\n\ndata: [DONE]\n\ndata: {"choices":[{"delta":{"content":"c"}}]}\n\n'
    assert ask(client_for(scripted(script=[Raw(raw)]))).text == "ab"


def test_each_request_is_announced_before_it_leaves(scripted, client_for, log):
    """The intent is written first, by digests and sizes; the outcome after; no text and no key."""
    at_arrival = []

    def answer(body):
        at_arrival.append([event[:2] for event in log.events])
        return Say('{"findings": []}')

    client = client_for(scripted(answer=answer, key="sesame-123"), key="sesame-123")
    ask(client)

    assert at_arrival[0][-1] == ("intent", "model.request")
    intents = [e for e in log.events if e[0] == "intent"]
    outcomes = {e[1] for e in log.events if e[0] == "outcome"}
    assert len(intents) == len(outcomes) >= 2
    text = repr(log.events)
    assert "sha256:" in text
    assert "You review" not in text
    assert "sesame" not in text


def test_a_failed_request_has_an_outcome_too(scripted, client_for, log):
    """Nothing that was announced is left open."""
    with pytest.raises(Refused):
        ask(client_for(scripted(script=[Status(500, "boom")])))
    assert log.events[-1][0] == "outcome"
    assert "HTTP 500" in log.events[-1][2]["error"]


def test_a_missing_key_is_said(scripted, client_for):
    """401 names the variable's place in the policy."""
    with pytest.raises(Refused, match=r"HTTP 401(.|\n)*model.key_env"):
        client_for(scripted(key="sesame")).meet(Memory())


def test_a_key_echoed_by_the_server_is_not_shown(scripted, client_for):
    """Errors are the server's words; ours is taken out of them."""
    server = scripted(answer=lambda _: Status(400, {"error": {"message": "bad key sesame-123 \x1b[31m"}}))
    with pytest.raises(Refused) as caught:
        ask(client_for(server, key="sesame-123"))
    assert "sesame" not in str(caught.value)
    assert "[key]" in str(caught.value)
    assert "<U+001B>" in str(caught.value)


def test_the_closest_refusal_is_not_hidden_by_the_ladder(scripted, client_for):
    """A 400 at every rung is reported after the last."""
    server = scripted(answer=lambda _: Status(400, {"error": {"message": "no"}}))
    with pytest.raises(Refused, match="HTTP 400: no"):
        ask(client_for(server))
    assert [body.get("response_format", {}).get("type") for body in server.chats] == [
        "json_schema",
        "json_object",
        "json_object",
        None,
    ]


def test_a_connection_refused_is_tried_again_while_the_server_loads(scripted, client_for, waits):
    """vLLM refuses connections until it has loaded."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        port = holder.getsockname()[1]
    client = client_for(f"http://127.0.0.1:{port}/v1")
    with pytest.raises(Unreachable, match="cannot be reached"):
        client.meet(Memory())
    assert waits == [1.0, 2.0, 4.0]


def test_many_threads_share_one_ladder(scripted, client_for):
    """Parallel requests step down together and all succeed."""
    server = scripted("no-format")
    client = client_for(server)
    client.meet(Memory())
    texts = []

    def run():
        texts.append(client.ask(HELLO, max_tokens=9, schema=schema(tight=False)).text)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(texts) == 8
    assert client.constrained == "plain"


def test_usage_is_read_and_nonsense_in_it_is_nought(scripted, client_for):
    """Prompt, cached and completion tokens; negative, huge or odd values count as nothing."""
    usage = {"prompt_tokens": 1218, "completion_tokens": -5, "prompt_tokens_details": {"cached_tokens": 1152}}
    spent = ask(client_for(scripted(script=[Say(usage=usage)]))).spent
    assert (spent.prompt, spent.cached, spent.completion) == (1218, 1152, 0)
    odd = {"prompt_tokens": True, "completion_tokens": 10**12, "prompt_tokens_details": None}
    spent = ask(client_for(scripted(script=[Say(usage=odd)]))).spent
    assert (spent.prompt, spent.cached, spent.completion) == (0, 0, 0)


def test_memory_of_a_server_that_makes_no_sense_is_forgotten(scripted, client_for):
    """A broken entry is a miss: the server is asked."""
    server = scripted()
    memory = Memory()
    client = client_for(server, name="scripted")
    client.meet(memory)
    client.remember(memory)
    (key,) = memory.kept
    good = json.loads(memory.kept[key])
    for broken in (b"{", b"[]", json.dumps({**good, "dialect": {"rung": "x"}}).encode(), b'{"tight": 1}'):
        memory.kept[key] = broken
        before = len(server.seen)
        assert client_for(server, name="scripted").meet(memory).context_tokens == 32768
        assert len(server.seen) > before
