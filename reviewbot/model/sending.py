"""One request to the model and its answer: within the run's allowance, and kept for the record."""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass

from reviewbot.domain.claim import Usage
from reviewbot.domain.ports import Record
from reviewbot.domain.secret import Mask
from reviewbot.errors import ModelError
from reviewbot.model.budget import likely_tokens, tokens
from reviewbot.model.client import ChatClient
from reviewbot.model.dialect import Message
from reviewbot.model.events import Reply
from reviewbot.model.faults import NoAnswer, Refused, Unreachable

_SILENCES = 2


class Allowance:
    """Time and tokens of a run, shared by its threads. The clock starts with the first look at it."""

    def __init__(self, *, seconds: float, tokens_left: int) -> None:
        self._seconds = seconds
        self._until: float | None = None
        self._tokens = tokens_left
        self._silences = 0
        self._lock = threading.Lock()
        self._stopped = ""

    @property
    def seconds(self) -> float:
        """Time that is left."""
        if self._until is None:
            self._until = time.monotonic() + self._seconds
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
class Sender:
    """Sends what fits the allowance."""

    client: ChatClient
    record: Record
    mask: Mask
    allowance: Allowance

    def send(
        self, name: str, messages: tuple[Message, ...], *, answer_tokens: int, schema: Mapping[str, object]
    ) -> tuple[Reply, Usage]:
        """Send one request, kept under `name`. Raises `ModelError`, also for a prompt that the server cut in silence."""
        prompt = "".join(message.content for message in messages)
        cost = tokens(prompt) + answer_tokens
        refusal = self.allowance.take(cost)
        if refusal:
            raise ModelError(refusal)
        self.record.keep(f"{name}-prompt.txt", prompt)
        started = time.monotonic()
        try:
            reply = self.client.ask(
                messages, max_tokens=answer_tokens, schema=schema, seconds=self.allowance.seconds
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
