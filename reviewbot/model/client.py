"""The one client of the model server: any that speaks OpenAI's chat completions.

`connect` checks addresses and keys and opens nothing; the first question does. Each request is
announced in the record before it leaves, by digests and sizes, and its end is recorded too.
Only 429, 503 and a connection that was never made are tried again.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from reviewbot.domain.policy import ModelPolicy, NetworkPolicy
from reviewbot.domain.ports import Cache, Record
from reviewbot.errors import ModelError
from reviewbot.model import memory
from reviewbot.model.address import Address, checked_key, open_client, parse
from reviewbot.model.dialect import Dialect, Message, request_body, simpler
from reviewbot.model.discover import Server, discover
from reviewbot.model.events import Reply
from reviewbot.model.faults import Busy, NoAnswer, Refused, TooLong, Unreachable
from reviewbot.model.wire import Deadline, Wire

if TYPE_CHECKING:
    import httpx

REQUEST_SECONDS = 600.0
"""Longest time for one answer, unless the caller gives less."""

THINKING_TOKENS = 8192
"""Added to an answer's tokens where the model may think first."""

_DIALECT_STEPS = 9
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a busy or loading server is asked again; seconds."""

    busy_tries: int = 6
    refused_tries: int = 4
    first_wait: float = 1.0
    longest_wait: float = 30.0
    sleep: Callable[[float], None] = time.sleep

    def wait(self, attempt: int, asked: float | None) -> None:
        """Wait before try number `attempt` + 1: doubling, unless the server asked for a time of its own."""
        self.sleep(
            asked if asked is not None else min(self.first_wait * 2 ** (attempt - 1), self.longest_wait)
        )


class ChatClient:
    """A connection to one model server. Safe to use from several threads. Close it at the end."""

    def __init__(
        self, policy: ModelPolicy, address: Address, wire: Wire, record: Record, patience: Patience
    ) -> None:
        self.policy = policy
        self._address = address
        self._wire = wire
        self._record = record
        self._patience = patience
        self._lock = threading.Lock()
        self._meeting = threading.Lock()
        self._server: Server | None = None
        self._confirmed = False
        self._dialect = Dialect()
        self._running: set[Deadline] = set()
        self._closed = False

    def __repr__(self) -> str:
        """Show where it connects to, never with what key."""
        return f"ChatClient({self._address.host})"

    def __enter__(self) -> Self:
        """Use the client for the time of a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        self.close()

    @property
    def host(self) -> str:
        """Host and port of the server; `embedded` for our own, whose port is another in every run."""
        return "embedded" if self.policy.gguf else self._address.host

    @property
    def constrained(self) -> str:
        """The rung of the ladder that the server takes, as far as is known."""
        return self._dialect.rung

    def meet(self, cache: Cache) -> Server:
        """Learn name and context length, from memory if the policy names the model, else from the server.

        What is remembered is confirmed before the first request is sent. Raises `ModelError`.
        """
        with self._meeting:
            if self._server is None and self.policy.name:
                known = memory.recalled(cache.get(memory.key(self._address.base, self.policy)))
                if known is not None:
                    self._server, self._dialect = known
            if self._server is None:
                self._server = self._introduce()
                self._confirmed = True
            return self._server

    def ask(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        schema: Mapping[str, object] | None,
        seconds: float = REQUEST_SECONDS,
    ) -> Reply:
        """Send one conversation and give the answer, whole but unread. Call `meet` first.

        Raises `TooLong` if it does not fit the context, `NoAnswer`, `Refused`, `Unreachable`.
        """
        server = self._confirm()
        if self.policy.thinking:
            max_tokens += THINKING_TOKENS
        for _ in range(_DIALECT_STEPS):
            dialect = self._dialect
            body = request_body(
                dialect, model=server.name, messages=messages, max_tokens=max_tokens, schema=schema
            )
            try:
                return self._patiently(partial(self._post, body, seconds))
            except (Busy, TooLong):
                raise
            except Refused as error:
                step = simpler(dialect, error.status, error.text, constrained=schema is not None)
                if step is None:
                    raise
                with self._lock:
                    if self._dialect == dialect:
                        self._dialect = step
        raise ModelError("the model server refuses every form of the request", hint="run reviewbot doctor")

    def remember(self, cache: Cache) -> None:
        """Keep what was learned of the server for the next run, if the policy names the model."""
        if self._server is not None and self.policy.name and self._confirmed:
            cache.put(memory.key(self._address.base, self.policy), memory.kept(self._server, self._dialect))

    def close(self) -> None:
        """Cut every request that is still running, and close."""
        with self._lock:
            self._closed = True
            running = tuple(self._running)
        for deadline in running:
            deadline.cut()
        self._wire.client.close()

    def _confirm(self) -> Server:
        """Make sure that what was remembered still holds; the context may only have grown."""
        with self._meeting:
            if self._server is None:
                self._server = self._introduce()
            elif not self._confirmed:
                now = self._introduce()
                self._server = replace(now, tight=self._server.tight)
            self._confirmed = True
            return self._server

    def _introduce(self) -> Server:
        server = self._patiently(
            lambda: discover(
                self._question,
                name=self.policy.name,
                context_tokens=self.policy.context_tokens,
                load=self._load,
            )
        )
        if server.quietable and not self.policy.thinking and self._server is None:
            self._dialect = replace(self._dialect, quiet=True)
        return server

    def _question(self, method: str, path: str, body: Mapping[str, object] | None) -> object:
        own = path.startswith("/v1/")
        url = self._address.base + path.removeprefix("/v1") if own else self._address.root + path
        number = self._record.intent("model.question", {"host": self.host, "method": method, "path": path})
        try:
            answer = self._wire.info(method, url, body)
        except ModelError as error:
            self._record.outcome(number, {"error": error.sentence})
            raise
        self._record.outcome(number, {"answered": answer is not None})
        return answer

    def _load(self, name: str) -> None:
        body = request_body(
            Dialect(rung="plain", stream=False),
            model=name,
            messages=(Message("user", "."),),
            max_tokens=1,
            schema=None,
        )
        self._post(body, REQUEST_SECONDS)

    def _patiently(self, act: Callable[[], T]) -> T:
        attempt = 0
        while True:
            attempt += 1
            try:
                return act()
            except Busy as error:
                if attempt >= self._patience.busy_tries or self._closed:
                    raise
                self._patience.wait(attempt, error.wait)
            except Unreachable:
                if attempt >= self._patience.refused_tries or self._closed:
                    raise
                self._patience.wait(attempt, None)

    def _post(self, body: Mapping[str, object], seconds: float) -> Reply:
        number = self._record.intent("model.request", self._announced(body))
        with Deadline(seconds) as deadline:
            with self._lock:
                if self._closed:
                    raise NoAnswer("the run was ended")
                self._running.add(deadline)
            try:
                reply = self._wire.chat(f"{self._address.base}/chat/completions", body, deadline)
            except ModelError as error:
                self._record.outcome(number, {"error": error.sentence})
                raise
            finally:
                with self._lock:
                    self._running.discard(deadline)
        self._record.outcome(
            number,
            {
                "finish": reply.finish,
                "model": reply.model,
                "answer": _digest(reply.text),
                "characters": len(reply.text),
                "reasoning_characters": len(reply.reasoning),
                "prompt_tokens": reply.spent.prompt,
                "cached_tokens": reply.spent.cached,
                "completion_tokens": reply.spent.completion,
            },
        )
        return reply

    def _announced(self, body: Mapping[str, object]) -> dict[str, object]:
        messages = json.dumps(body["messages"], ensure_ascii=True, sort_keys=True)
        chosen = body.get("response_format")
        return {
            "host": self.host,
            "model": body["model"],
            "messages": _digest(messages),
            "bytes": len(messages),
            "max_tokens": body["max_tokens"],
            "format": chosen.get("type") if isinstance(chosen, dict) else "plain",
            "stream": body["stream"],
        }


def connect(  # noqa: PLR0913 (the last two are for tests: another transport, and no real waiting)
    policy: ModelPolicy,
    network: NetworkPolicy,
    *,
    key: str | None,
    record: Record,
    transport: "httpx.BaseTransport | None" = None,
    patience: Patience | None = None,
) -> ChatClient:
    """Prepare the client for the configured server; nothing is sent yet.

    Raises `UsageError` for an address, key or certificate bundle that cannot be used.
    """
    address = parse(policy)
    clean = checked_key(key, policy)
    wire = Wire(open_client(address, network, key=clean, transport=transport), clean)
    return ChatClient(policy, address, wire, record, patience or Patience())


def _digest(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
