"""A chat answer put together from what a server sends: a stream of events, or one body.

Bytes go in as they come; a `Reply` comes out. Nothing here reads a socket or a clock. Which of
the two forms it is shows in the first byte, not in the header: gateways label both wrongly.
"""

from dataclasses import dataclass

from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.model.faults import NoAnswer, refused

RAW_BYTES = 32 * 1024 * 1024
"""Most bytes of one response, framing included."""

TEXT_CHARACTERS = 4_000_000
"""Most characters of content or reasoning in one response."""

EVENT_BYTES = 1024 * 1024
_SAID = ("error", "message", "detail", "msg")
_ABOUT = ("type", "param", "loc")
_DEPTH = 32


@dataclass(frozen=True, slots=True)
class Spent:
    """Tokens by the server's own count; 0 where it says nothing."""

    prompt: int = 0
    cached: int = 0
    completion: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer as received. `finish` is `stop`, `length` or another word of the server's."""

    text: str
    reasoning: str
    finish: str
    model: str
    spent: Spent

    @property
    def cut_short(self) -> bool:
        """True if the tokens ran out before the answer was whole."""
        return self.finish == "length"


class Collector:
    """Takes a response's bytes until it is `complete`, then gives the `reply`."""

    def __init__(self, *, key: str | None, most_events: int = 100_000) -> None:
        self._key = key
        self._events_left = most_events
        self._size = 0
        self._pending = bytearray()
        self._data: list[bytes] = []
        self._streamed: bool | None = None
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._characters = 0
        self._finish = ""
        self._answered = False
        self._model = ""
        self._spent = Spent()
        self.complete = False

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes. Raises `NoAnswer` past a limit and `Refused` for an error in the stream."""
        self._size += len(chunk)
        if self._size > RAW_BYTES:
            raise NoAnswer(f"the model server sent more than {RAW_BYTES // 1024 // 1024} MB for one answer")
        self._pending += chunk
        if self._streamed is None:
            start = bytes(self._pending[:64]).lstrip()
            if start:
                self._streamed = start[:1] not in {b"{", b"[", b"<", b'"'}
        if self._streamed:
            self._take_lines()

    def reply(self) -> Reply:
        """Give the answer once no more bytes come. Raises `NoAnswer` if it is not whole."""
        if self._streamed:
            self._take_line(bytes(self._pending))
            self._take_line(b"")
        else:
            self._take_object(bytes(self._pending))
            self.complete = self._answered
        if not self._finish and not self.complete:
            raise NoAnswer(
                "the model server's answer broke off in the middle",
                hint="a gateway may cut long answers: raise its time-out, or lower model.answer_tokens",
            )
        return Reply(
            "".join(self._content),
            "".join(self._reasoning),
            self._finish or "stop",
            self._model,
            self._spent,
        )

    def _take_lines(self) -> None:
        *lines, rest = self._pending.split(b"\n")
        self._pending = bytearray(rest)
        for line in lines:
            self._take_line(bytes(line))
        if len(self._pending) > EVENT_BYTES:
            raise NoAnswer("the model server sent a line without end")

    def _take_line(self, line: bytes) -> None:
        """Take one line of an event stream; an empty one ends the event (WHATWG HTML, section 9.2.6)."""
        line = line.removesuffix(b"\r")
        if line.startswith(b"data:"):
            self._data.append(line[5:].removeprefix(b" "))
            if sum(map(len, self._data)) > EVENT_BYTES:
                raise NoAnswer("the model server sent an event without end")
        elif not line and self._data:
            event, self._data = b"\n".join(self._data), []
            self._events_left -= 1
            if self._events_left < 0:
                raise _endless()
            if event.strip() == b"[DONE]":
                self.complete = True
            elif not self.complete:
                self._take_object(event)

    def _take_object(self, raw: bytes) -> None:
        try:
            value = loads(raw, limit=RAW_BYTES, depth=_DEPTH)
        except BadJson as error:
            raise NoAnswer(
                f"the model server's answer is not JSON: {error}",
                hint="check that model.url is an OpenAI-compatible API",
            ) from None
        if not isinstance(value, dict):
            raise NoAnswer("the model server's answer is not a JSON object")
        if value.get("error"):
            raise refused(_code(value["error"]), error_text(value), key=self._key)
        self._take_body(value)

    def _take_body(self, body: dict[str, object]) -> None:
        model = body.get("model")
        if isinstance(model, str) and model:
            self._model = model[:200]
        self._spent = _spent(body.get("usage")) or self._spent
        choices = body.get("choices")
        if not isinstance(choices, list) or not choices:
            return
        choice = choices[0]
        if not isinstance(choice, dict):
            raise NoAnswer("the model server's answer has a choice that is not an object")
        self._answered = True
        finish = choice.get("finish_reason")
        if isinstance(finish, str) and finish:
            self._finish = finish[:40]
        message = choice.get("delta") or choice.get("message")
        if isinstance(message, dict):
            self._take_message(message)

    def _take_message(self, message: dict[str, object]) -> None:
        content = message.get("content")
        if isinstance(content, str):
            self._add(self._content, content)
        for name in ("reasoning_content", "reasoning"):
            thought = message.get(name)
            if isinstance(thought, str) and thought:
                self._add(self._reasoning, thought)
                break  # some servers send both names with the same text

    def _add(self, to: list[str], text: str) -> None:
        self._characters += len(text)
        if self._characters > TEXT_CHARACTERS:
            raise _endless()
        to.append(text)


def _endless() -> NoAnswer:
    return NoAnswer("the model does not stop writing", hint="lower model.answer_tokens")


def error_text(value: object) -> str:
    """Find the message in an error body, whatever its shape, and what it is about; empty if there is none."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return " ".join(filter(None, map(error_text, value)))
    if not isinstance(value, dict):
        return ""
    said = next((text for name in _SAID if (text := error_text(value.get(name)))), "")
    about = [_place(value.get(name)) for name in _ABOUT]
    return " ".join(dict.fromkeys(filter(None, (said, *(word for word in about if word not in said)))))


def _place(where: object) -> str:
    """Read the name of a refused field; pydantic gives it as a path."""
    if isinstance(where, list):
        return ".".join(str(part) for part in where)
    return where if isinstance(where, str) else ""


def _code(error: object) -> int:
    code = error.get("code") if isinstance(error, dict) else None
    if isinstance(code, str) and code.isdecimal() and len(code) == 3:
        code = int(code)
    return code if isinstance(code, int) and 400 <= code <= 599 else 500


def _spent(usage: object) -> Spent | None:
    if not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else 0
    return Spent(_count(usage.get("prompt_tokens")), _count(cached), _count(usage.get("completion_tokens")))


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10**9:
        return value
    return 0
