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
from collections.abc import Callable
from dataclasses import dataclass, field

from reviewbot.domain.claim import Claim, Usage
from reviewbot.domain.ports import Cache, Record
from reviewbot.domain.secret import Mask
from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.errors import ModelError
from reviewbot.model.answer import ANSWER_BYTES, BadAnswer, limit_of_findings, read, schema
from reviewbot.model.budget import Chunk, halves
from reviewbot.model.client import ChatClient
from reviewbot.model.dialect import SEED, Message
from reviewbot.model.discover import Server
from reviewbot.model.events import Reply
from reviewbot.model.faults import TooLong
from reviewbot.model.sending import Allowance, Sender

PROTOCOL = "reviewbot/ask/1"
"""Raise it when the meaning of a remembered answer changes."""

_DEEPEST = 3
_DEEPEST_CUT_OFF = 1  # a model that runs on will run on over half as many lines too
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
        """Send one request. Raises `ModelError`."""
        name = "model-" + self.key(messages).removeprefix("model-answer:")[:16]
        sender = Sender(self.client, self.record, self.mask, self.allowance)
        return sender.send(
            name, messages, answer_tokens=answer_tokens, schema=schema(tight=self.server.tight)
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
