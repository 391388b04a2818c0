"""What can go wrong with a model server, as types: callers decide by class, operators read the sentence."""

import re

from reviewbot.domain.visible import visible
from reviewbot.errors import ModelError

_SHOWN_CHARACTERS = 300
# Wordings of vLLM, llama.cpp, SGLang, TGI, TensorRT-LLM, Ollama and the gateways.
_TOO_LONG = re.compile(
    r"maximum context length|context[_ ]length|context size|exceed_context_size|context window|"
    r"cannot be greater than max_model_len|max_new_tokens. must be <=|max_num_tokens|max_seq_len|"
    r"prompt is too long|input is too long|too many (?:input )?tokens|longer than the model",
    re.IGNORECASE,
)


class Unreachable(ModelError):  # noqa: N818 (it says what the server did)
    """No connection: refused, unknown name, failed TLS. Nothing was sent."""


class NoAnswer(ModelError):  # noqa: N818 (it says what the server did)
    """The server took the request and did not finish its answer: silent, cut, endless, too slow."""


class Refused(ModelError):  # noqa: N818 (it says what the server did)
    """The server answered with an error. `text` is its own message, whole and untrusted."""

    def __init__(self, sentence: str, *, status: int, text: str, hint: str = "") -> None:
        super().__init__(sentence, hint=hint)
        self.status = status
        self.text = text


class Busy(Refused):
    """429 or 503: worth another try. `wait` is the server's Retry-After, in seconds."""

    def __init__(self, sentence: str, *, status: int, text: str, wait: float | None) -> None:
        super().__init__(sentence, status=status, text=text, hint="try again later, or lower model.parallel")
        self.wait = wait


class TooLong(Refused):
    """The prompt, or prompt and answer, do not fit the model's context."""


def shown(text: str, *, key: str | None) -> str:
    """Make a server's words fit for a message: one visible line, cut, the key never in it."""
    clean = text.replace(key, "[key]") if key else text
    line = visible(" ".join(clean.split()))
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"


def refused(status: int, text: str, *, key: str | None, wait: float | None = None) -> Refused:
    """Give the error that an HTTP status, or an error object in a 200, stands for."""
    said = shown(text, key=key)
    sentence = f"the model server refused the request: HTTP {status}" + (f": {said}" if said else "")
    if status in {429, 503}:
        return Busy(sentence, status=status, text=text, wait=wait)
    if status in {400, 413, 422, 500} and _TOO_LONG.search(text):
        return TooLong(
            sentence,
            status=status,
            text=text,
            hint="set model.context_tokens to what the server really takes",
        )
    return Refused(sentence, status=status, text=text, hint=_hint(status, text))


def _hint(status: int, text: str) -> str:
    if status in {401, 403}:
        return "put a key that may use this model into the variable named by model.key_env"
    if status == 404 and "model" in text.lower():
        return "set model.name to a model that the server serves"
    if status == 404:
        return "check model.url: it usually ends in /v1"
    if 300 <= status < 400:
        return "redirects are not followed: set model.url to the address that answers itself"
    return ""
