"""A model server that plays one dialect and does, request by request, what a script says.

`ScriptedModel(dialect="vllm", script=[Busy(), Say("…")])` listens on a real socket. Each chat
request takes the next act of the script; after the last, `answer(body)` is said. What came in
is kept in `seen` and `chats`. Dialects follow the error texts and fields of the real servers.

Questions for a patch are told from questions about a change by the schema they ask for. They take no act of the
script: `mend(body)` answers them, which gives up unless a test says otherwise, and they are kept in `mends`.
"""

import gzip
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NOTHING = '{"findings": []}'
GIVE_UP = '{"give_up": true, "first": 1, "last": 1, "lines": [], "imports": []}'
PORTABLE = {
    "model",
    "messages",
    "temperature",
    "seed",
    "max_tokens",
    "stream",
    "stream_options",
    "response_format",
}


@dataclass(frozen=True)
class Dialect:
    """How one kind of server answers. `get` and `post` map paths to answers; `forbid` refuses fields."""

    name: str
    get: dict
    post: dict = field(default_factory=dict)
    reasoning: str = "reasoning_content"
    refuse: Callable | None = None
    any_name: bool = False


def _models(owner, **more):
    return {
        "/v1/models": {
            "object": "list",
            "data": [{"id": "scripted", "object": "model", "owned_by": owner, **more}],
        }
    }


def _vllm_error(message, kind="BadRequestError", code=400, param=None):
    return code, {"error": {"message": message, "type": kind, "param": param, "code": code}}


def _extra_forbidden(body):
    extra = sorted(set(body) - PORTABLE)
    if extra:
        detail = {
            "type": "extra_forbidden",
            "loc": ["body", extra[0]],
            "msg": "Extra inputs are not permitted",
        }
        return 400, {"object": "error", "message": str([detail]), "type": "BadRequestError", "code": 400}
    return None


def _no_json_schema(body):
    if body.get("response_format", {}).get("type") == "json_schema":
        return 500, {
            "error": {
                "message": "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}]",
                "type": "internal_server_error",
                "code": None,
            }
        }
    return None


def _no_format(body):
    if "response_format" in body:
        return 422, {"error": "Input validation error: grammar is not supported", "error_type": "validation"}
    return None


def _no_system_role(body):
    if any(message["role"] == "system" for message in body["messages"]):
        return _vllm_error("System role not supported")
    return None


DIALECTS = {
    one.name: one
    for one in (
        Dialect("vllm", _models("vllm", max_model_len=32768), reasoning="reasoning"),
        Dialect("sglang", _models("sglang", max_model_len=16384)),
        Dialect(
            "tgi", {**_models("scripted"), "/info": {"max_input_tokens": 12000, "max_total_tokens": 12288}}
        ),
        Dialect("trtllm", _models("tensorrt_llm"), reasoning="reasoning", refuse=_extra_forbidden),
        Dialect(
            "ollama",
            {**_models("library"), "/api/ps": {"models": [{"name": "scripted", "context_length": 16000}]}},
            {"/api/show": {"model_info": {"qwen3.context_length": 262144}}},
            reasoning="reasoning",
        ),
        Dialect(
            "llama.cpp",
            {
                **_models("llamacpp", meta={"n_ctx": 16384, "n_ctx_train": 32768}),
                "/props": {"default_generation_settings": {"n_ctx": 8192}, "total_slots": 2},
            },
            any_name=True,
        ),
        Dialect("llama-cpp-python", _models("me"), refuse=_no_json_schema),
        Dialect("litellm", _models("openai")),
        Dialect("kong", {}),
        Dialect("no-format", _models("scripted"), refuse=_no_format),
        Dialect("no-system-role", _models("vllm", max_model_len=32768), refuse=_no_system_role),
    )
}


# What a chat request may be answered with.


@dataclass(frozen=True)
class Say:
    """An answer; `stream` says whether it goes out as events (as asked, if None)."""

    content: str | None = NOTHING
    reasoning: str | None = None
    finish: str = "stop"
    usage: dict | None = None
    stream: bool | None = None
    done: bool = True
    piece: int = 20


@dataclass(frozen=True)
class Status:
    """An HTTP status with a body and headers."""

    code: int
    body: object = ""
    headers: tuple = ()


@dataclass(frozen=True)
class Raw:
    """Bytes under status 200."""

    body: bytes
    content_type: str = "text/event-stream"
    headers: tuple = ()


@dataclass(frozen=True)
class Silent:
    """Take the request and say nothing; with `after` events first."""

    after: int = 0


@dataclass(frozen=True)
class Drip:
    """One byte at a time, headers too if `headers`, `every` seconds, for ever."""

    every: float = 0.05
    headers: bool = False


@dataclass(frozen=True)
class Endless:
    """Events without end."""

    event: bytes = b'data: {"choices":[{"index":0,"delta":{"content":"word word word "}}]}\n\n'


def busy(code=503, *, retry_after=None, body=None):
    """Overload, in vLLM's words."""
    headers = (("Retry-After", str(retry_after)),) if retry_after is not None else ()
    said = _vllm_error(
        "The engine is currently busy and cannot accept new requests.", "Service Unavailable", code
    )[1]
    return Status(code, body if body is not None else said, headers)


def gzip_bomb(megabytes=64):
    """A compressed answer that nobody asked for."""
    return Raw(
        gzip.compress(b" " * megabytes * 1024 * 1024, 1), "application/json", (("Content-Encoding", "gzip"),)
    )


def finding(**more):
    """A finding of the right shape."""
    return {
        "rule": "r",
        "path": "src/app.py",
        "line": 1,
        "quote": "x",
        "explanation": "It is so.",
        "evidence": [],
        **more,
    }


def findings(*those):
    """An answer with these findings."""
    return json.dumps({"findings": list(those)})


def remedy(first, last, *lines, imports=(), **more):
    """An answer that puts lines in place of others."""
    value = {"give_up": False, "first": first, "last": last, "lines": list(lines), "imports": list(imports)}
    return json.dumps({**value, **more})


def asks_for_patch(body):
    """Say whether this is a question for a patch: the schema stands in its first message, before any file."""
    words = "".join(message["content"] for message in body["messages"][:1]).partition("\n<<<data ")[0]
    return '"give_up":{"type":"boolean"}' in words


class ScriptedModel:
    """The server. Use it as a context; `url` ends in /v1."""

    def __init__(
        self,
        dialect="vllm",
        *,
        script=(),
        answer=lambda _: NOTHING,
        mend=lambda _: GIVE_UP,
        models=None,
        key=None,
    ):
        self.dialect = DIALECTS[dialect]
        self.script = list(script)
        self.answer = answer
        self.mend = mend
        self.models = models
        self.key = key
        self.seen = []
        self.chats = []
        self.mends = []
        self.headers = []
        self.connections = 0
        self._lock = threading.Lock()
        self.over = threading.Event()
        outer = self

        class Handler(_Handler):
            model = outer

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_address[1]
        self.root = f"http://127.0.0.1:{self.port}"
        self.url = f"{self.root}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self._server.shutdown()
        self._server.server_close()

    def next_act(self, body):
        mending = asks_for_patch(body)
        with self._lock:
            (self.mends if mending else self.chats).append(body)
            if self.script and not mending:
                return self.script.pop(0)
        said = self.mend(body) if mending else self.answer(body)
        return Say(said) if isinstance(said, str) else said


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """Say nothing: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    model: ScriptedModel

    def log_message(self, *_):
        """Say nothing on stderr."""

    def setup(self):
        super().setup()
        self.model.connections += 1

    def do_GET(self):
        self.model.seen.append(("GET", self.path))
        self.model.headers.append(dict(self.headers))
        if not self._allowed():
            return
        known = dict(self.model.dialect.get)
        if self.model.models is not None and "/v1/models" in known:
            known["/v1/models"] = {"object": "list", "data": self.model.models}
        if self.path in known:
            self._json(200, known[self.path])
        else:
            self._json(404, {"detail": "Not Found"})

    def do_POST(self):
        self.model.seen.append(("POST", self.path))
        self.model.headers.append(dict(self.headers))
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._allowed():
            return
        if self.path in self.model.dialect.post:
            self._json(200, self.model.dialect.post[self.path])
        elif self.path != "/v1/chat/completions":
            self._json(404, {"detail": "Not Found"})
        else:
            self._chat(body)

    def _allowed(self):
        if self.model.key is None or self.headers.get("Authorization") == f"Bearer {self.model.key}":
            return True
        self._json(401, {"error": "Unauthorized"})
        return False

    def _chat(self, body):
        act = self.model.next_act(body)
        refused = self.model.dialect.refuse(body) if self.model.dialect.refuse else None
        if refused:
            self._json(*refused)
        elif body["model"] != "scripted" and not self.model.dialect.any_name and self.model.models is None:
            said = f"The model `{body['model']}` does not exist. Valid aliases: scripted."
            self._json(*_vllm_error(said, "NotFoundError", 404, "model"))
        else:
            try:
                getattr(self, f"_{type(act).__name__.lower()}")(act, body)
            except OSError:
                self.close_connection = True

    def _say(self, act, body):
        usage = act.usage or {
            "prompt_tokens": _size(body),
            "completion_tokens": 7,
            "total_tokens": _size(body) + 7,
        }
        if not (body["stream"] if act.stream is None else act.stream):
            message = {"role": "assistant", "content": act.content}
            if act.reasoning is not None:
                message[self.model.dialect.reasoning] = act.reasoning
            choice = {"index": 0, "message": message, "finish_reason": act.finish}
            self._json(200, {"id": "c-1", "model": "scripted", "choices": [choice], "usage": usage})
            return
        self._open_stream()
        self._event(_delta({"role": "assistant", "content": ""}))
        for name, text in (
            (self.model.dialect.reasoning, act.reasoning or ""),
            ("content", act.content or ""),
        ):
            for at in range(0, len(text), act.piece):
                self._event(_delta({name: text[at : at + act.piece]}))
        if not act.done:
            self.close_connection = True
            self._chunk(b"")
            return
        self._event(_delta({}, act.finish))
        if (body.get("stream_options") or {}).get("include_usage"):
            self._event({"model": "scripted", "choices": [], "usage": usage})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _status(self, act, _body):
        self._json(act.code, act.body, act.headers)

    def _raw(self, act, _body):
        self.send_response(200)
        self.send_header("Content-Type", act.content_type)
        self.send_header("Content-Length", str(len(act.body)))
        for name, value in act.headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(act.body)

    def _silent(self, act, _body):
        if act.after:
            self._open_stream()
            for _ in range(act.after):
                self._event(_delta({"content": "x"}))
        self.model.over.wait(60)
        self.close_connection = True

    def _drip(self, act, _body):
        self.close_connection = True
        if not act.headers:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
        text = b"HTTP/1.1 200 OK\r\nX-Slow: " if act.headers else b"data: "
        while not self.model.over.wait(act.every):
            self.wfile.write(text[:1])
            text = text[1:] or b"a"

    def _endless(self, act, _body):
        self._open_stream()
        while not self.model.over.is_set():
            self._chunk(act.event * 200)

    def _open_stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def _event(self, value):
        self._chunk(b"data: " + json.dumps(value).encode() + b"\n\n")

    def _chunk(self, raw):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(raw), raw))
        self.wfile.flush()

    def _json(self, code, value, headers=()):
        raw = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        for name, text in headers:
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(raw)


def _delta(delta, finish=None):
    return {
        "id": "c-1",
        "model": "scripted",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }


def _size(body):
    """Count tokens as a real tokenizer might: three and a half bytes each."""
    return int(sum(len(message["content"].encode()) for message in body["messages"]) / 3.5)


def wait_until(said, seconds=5.0):
    """Wait for a condition, for tests that look at what a server saw."""
    until = time.monotonic() + seconds
    while not said() and time.monotonic() < until:
        time.sleep(0.01)
    return said()
