"""One chunk of the change: asked once, answered for good.

A whole, valid answer is kept under the digest of everything that was asked, however many
requests it took to get it; the same question is then never sent again, so a model that says
something else every time still says one thing about one change. A failure is never kept.

An answer that ran out of tokens, or a question that did not fit, is asked again in halves. An
answer that is not what was asked for is asked for once more, with the reason. Then the chunk
has failed, with its lines and the reason.
"""

import hashlib
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from reviewbot.domain.claim import Claim, Usage
from reviewbot.domain.ports import Cache, Record
from reviewbot.domain.secret import Mask
from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.errors import ModelError
from reviewbot.model.answer import ANSWER_BYTES, BadAnswer, limit_of_findings, read, schema
from reviewbot.model.budget import Chunk, halves, likely_tokens, tokens
from reviewbot.model.client import ChatClient
from reviewbot.model.dialect import SEED, Message
from reviewbot.model.discover import Server
from reviewbot.model.events import Reply
from reviewbot.model.faults import NoAnswer, Refused, TooLong, Unreachable

PROTOCOL = "reviewbot/ask/1"
"""Raise it when the meaning of a remembered answer changes."""

_DEEPEST = 3
_DEEPEST_CUT_OFF = 1  # a model that runs on will run on over half as many lines too
_SILENCES = 2
_KEPT_BYTES = 6 * ANSWER_BYTES

Failure = tuple[str, tuple[tuple[int, int], ...]]
"""A reason, and the line ranges it concerns."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one chunk. Claims are as the model wrote them."""

    claims: tuple[Claim, ...] = ()
    left_out: int = 0
    full: bool = False
    failures: tuple[Failure, ...] = ()
    usage: Usage = field(default_factory=Usage)

    def __add__(self, other: "Outcome") -> "Outcome":
        """Put the outcomes of two halves together."""
        return Outcome(
            self.claims + other.claims,
            self.left_out + other.left_out,
            self.full or other.full,
            self.failures + other.failures,
            self.usage + other.usage,
        )


Compose = Callable[[Chunk, str], tuple[Message, ...]]
"""Writes the messages for a chunk; the second argument is what was wrong with the last answer."""


class Allowance:
    """Time and tokens of a run, shared by its threads. `stop` ends it for all."""

    def __init__(self, *, seconds: float, tokens_left: int) -> None:
        self._until = time.monotonic() + seconds
        self._tokens = tokens_left
        self._silences = 0
        self._lock = threading.Lock()
        self._stopped = ""

    @property
    def seconds(self) -> float:
        """Time that is left."""
        return max(0.0, self._until - time.monotonic())

    def take(self, cost: int) -> str:
        """Take the tokens of one request; give the reason if it must not be sent."""
        with self._lock:
            if self._stopped:
                return self._stopped
            if not self.seconds:
                return "over the time limit"
            if cost > self._tokens:
                return "over the token budget"
            self._tokens -= cost
            return ""

    def settle(self, cost: int, used: int) -> None:
        """Put what a request really used in place of what it was reckoned at, if the server counts.

        Repeats and halves live on what is given back.
        """
        with self._lock:
            self._tokens += cost - used if used else 0

    def failed(self, error: ModelError) -> None:
        """Note an error; where no later request can do better, none is sent."""
        with self._lock:
            hopeless = isinstance(error, Unreachable) or (
                isinstance(error, Refused) and error.status in {301, 302, 303, 307, 308, 401, 403, 404}
            )
            self._silences += isinstance(error, NoAnswer)
            if hopeless or self._silences > _SILENCES:
                self._stopped = self._stopped or error.sentence


@dataclass(frozen=True, slots=True)
class Reader:
    """Everything that the chunks of one run share."""

    client: ChatClient
    server: Server
    compose: Compose
    cache: Cache
    record: Record
    mask: Mask
    allowance: Allowance
    answer_tokens: int

    def read(self, chunk: Chunk, depth: int = 0) -> Outcome:
        """Get the answer about a chunk, from memory or from the server."""
        messages = self.compose(chunk, "")
        key = self.key(messages)
        kept = _restored(self.cache.get(key))
        if kept is not None:
            return kept
        outcome = self._ask(chunk, messages, depth)
        if not outcome.failures:
            self.cache.put(key, _kept(outcome))
        return outcome

    def key(self, messages: tuple[Message, ...]) -> str:
        """Name a question by all that decides its answer."""
        asked = {
            "protocol": PROTOCOL,
            "host": self.client.host,
            "model": self.server.name,
            "messages": [[message.role, message.content] for message in messages],
            "parameters": [0, SEED, self.answer_tokens, self.client.policy.thinking],
            "schema": schema(tight=self.server.tight),
        }
        text = json.dumps(asked, sort_keys=True, ensure_ascii=True)
        return "model-answer:" + hashlib.sha256(text.encode()).hexdigest()

    def _ask(self, chunk: Chunk, messages: tuple[Message, ...], depth: int) -> Outcome:
        used = Usage()
        limit = limit_of_findings(tight=self.server.tight)
        reason = ""
        answer_tokens = self.answer_tokens
        for _ in range(2):
            if reason:
                messages = self.compose(chunk, reason)
            try:
                reply, share = self._send(messages, answer_tokens)
            except TooLong as error:
                return self._smaller(chunk, depth, error.sentence, used)
            except ModelError as error:
                return _failed(chunk, error.sentence, used)
            used += share
            if reply.cut_short:
                reason = "the answer was cut off at the limit of its tokens"
                smaller = self._smaller(chunk, depth, "", used, deepest=_DEEPEST_CUT_OFF)
                if smaller.failures != ((("", chunk.ranges)),):
                    return smaller
                answer_tokens *= 2
                continue
            try:
                answer = read(reply.text, reply.reasoning, limit=limit)
            except BadAnswer as error:
                reason = str(error)
                continue
            return Outcome(answer.claims, answer.left_out, answer.full, (), used)
        return _failed(chunk, f"the model gave no usable answer: {reason}", used)

    def _smaller(
        self, chunk: Chunk, depth: int, reason: str, used: Usage, *, deepest: int = _DEEPEST
    ) -> Outcome:
        """Ask about the halves instead; the failure with `reason` if there are none."""
        parts = halves(chunk) if depth < deepest else ()
        if not parts:
            return _failed(chunk, reason, used)
        total = Outcome(usage=used)
        for part in parts:
            total += self.read(part, depth + 1)
        return total

    def _send(self, messages: tuple[Message, ...], answer_tokens: int) -> tuple[Reply, Usage]:
        """Send one request. Raises `ModelError`, also for a prompt that the server cut down in silence."""
        prompt = "".join(message.content for message in messages)
        cost = tokens(prompt) + answer_tokens
        refusal = self.allowance.take(cost)
        if refusal:
            raise ModelError(refusal)
        name = "model-" + self.key(messages).removeprefix("model-answer:")[:16]
        self.record.keep(f"{name}-prompt.txt", prompt)
        started = time.monotonic()
        try:
            reply = self.client.ask(
                messages,
                max_tokens=answer_tokens,
                schema=schema(tight=self.server.tight),
                seconds=self.allowance.seconds,
            )
            self.record.keep(f"{name}-answer.txt", self.mask.hide(reply.text or reply.reasoning))
            _check_whole(prompt, reply)
        except ModelError as error:
            self.allowance.failed(error)
            raise
        spent = reply.spent
        self.allowance.settle(cost, spent.prompt + spent.completion)
        return reply, Usage(1, 0, spent.prompt, spent.cached, spent.completion, time.monotonic() - started)


def _check_whole(prompt: str, reply: Reply) -> None:
    """Notice a server that drops the beginning of a long prompt without a word (Ollama)."""
    counted = reply.spent.prompt
    if counted and counted < likely_tokens(prompt) // 2:
        raise ModelError(
            f"the model server read only {counted} tokens of a prompt of about {likely_tokens(prompt)}",
            hint="raise the server's context length (Ollama: OLLAMA_CONTEXT_LENGTH), or set model.context_tokens",
        )


def _failed(chunk: Chunk, reason: str, used: Usage) -> Outcome:
    return Outcome(failures=((reason, chunk.ranges),), usage=used)


def _kept(outcome: Outcome) -> bytes:
    claims = [[c.rule, c.path, c.line, c.quote, c.explanation, list(c.evidence)] for c in outcome.claims]
    value = {"claims": claims, "left_out": outcome.left_out, "full": outcome.full}
    return json.dumps(value, ensure_ascii=True, sort_keys=True).encode()


def _restored(raw: bytes | None) -> Outcome | None:
    """Read a remembered answer; anything unexpected is a miss."""
    if raw is None:
        return None
    try:
        value = loads(raw, limit=_KEPT_BYTES, depth=6)
    except BadJson:
        return None
    if not isinstance(value, dict):
        return None
    claims, left_out, full = value.get("claims"), value.get("left_out"), value.get("full")
    if not (isinstance(claims, list) and isinstance(left_out, int) and isinstance(full, bool)):
        return None
    found = [_restored_claim(claim) for claim in claims]
    whole = tuple(claim for claim in found if claim is not None)
    if len(whole) != len(found):
        return None
    return Outcome(whole, left_out, full, usage=Usage(answered_from_cache=1))


def _restored_claim(value: object) -> Claim | None:
    match value:
        case [str(rule), str(path), int(line), str(quote), str(explanation), [*evidence]]:
            return Claim(rule, path, line, quote, explanation, tuple(map(str, evidence)))
    return None
