"""What one server understands: the request that works everywhere, and how it is cut down.

The portable request holds model, messages, temperature, seed, max_tokens, stream and the
answer's format, nothing else. When a server refuses it, the refused part is left out and the
request is sent again: the format goes down a ladder (json_schema, json_object with the schema,
json_object, plain text), the rest simply goes. What worked is remembered.

Sources: error texts of vLLM 0.32, TensorRT-LLM (`extra_forbidden`), llama-cpp-python (500 for
json_schema), TGI (422), and chat templates without a system role.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace

RUNGS = ("json_schema", "json_object_schema", "json_object", "plain")
SEED = 1
_SCHEMA_NAME = "review"
_FORMAT_WORDS = re.compile(
    r"response_format|json_schema|json_object|json object|grammar|guided|structured|schema|xgrammar|outlines",
    re.IGNORECASE,
)
_SYSTEM_ROLE = re.compile(
    r"system (?:role|message|prompt)s? .{0,20}(?:not|un)\s?support|must alternate|only user and assistant",
    re.IGNORECASE,
)
_NO_STREAM = re.compile(r"stream(?:ing)?\b.{0,40}(?:not|un)[ -]?(?:support|allow|permit)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation; `role` is `system` or `user`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Dialect:
    """Which parts of the request a server takes. `quiet` asks a template not to let the model think aloud."""

    rung: str = RUNGS[0]
    stream: bool = True
    stream_usage: bool = True
    seed: bool = True
    system_role: bool = True
    quiet: bool = False

    def to_json(self) -> dict[str, object]:
        """Give what `from_json` takes."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object) -> "Dialect | None":
        """Read what was remembered; None if it is not of this shape."""
        if not isinstance(value, dict) or set(value) != {field.name for field in fields(cls)}:
            return None
        rung = value.pop("rung")
        if rung not in RUNGS or not all(isinstance(flag, bool) for flag in value.values()):
            return None
        return cls(rung=str(rung), **value)


def request_body(
    dialect: Dialect,
    *,
    model: str,
    messages: Sequence[Message],
    max_tokens: int,
    schema: Mapping[str, object] | None,
) -> dict[str, object]:
    """Write the request in this dialect. `schema` None asks for free text."""
    body: dict[str, object] = {
        "model": model,
        "messages": [{"role": m.role, "content": m.content} for m in _for_roles(dialect, messages)],
        "temperature": 0,
        "max_tokens": max_tokens,
        "stream": dialect.stream,
    }
    if dialect.seed:
        body["seed"] = SEED
    if dialect.stream and dialect.stream_usage:
        body["stream_options"] = {"include_usage": True}
    if dialect.quiet:
        body["chat_template_kwargs"] = {"enable_thinking": False}
    response_format = _response_format(dialect.rung, schema)
    if response_format:
        body["response_format"] = response_format
    return body


def simpler(dialect: Dialect, status: int, text: str, *, constrained: bool) -> Dialect | None:
    """Give the dialect to try after this refusal; None if the refusal is not about the request's form.

    A 500 counts only if its text speaks of the format; a 400 or 422 that names nothing is taken
    to be about the most demanding part, the format.
    """
    if status not in {400, 422, 500, 501}:
        return None
    named = _without_named_part(dialect, text)
    if named is not None:
        return named
    about_format = _FORMAT_WORDS.search(text) is not None
    if constrained and dialect.rung != RUNGS[-1] and (about_format or status in {400, 422}):
        return replace(dialect, rung=RUNGS[RUNGS.index(dialect.rung) + 1])
    return None


def _without_named_part(dialect: Dialect, text: str) -> Dialect | None:
    if dialect.stream_usage and ("stream_options" in text or "include_usage" in text):
        return replace(dialect, stream_usage=False)
    if dialect.quiet and ("chat_template_kwargs" in text or "enable_thinking" in text):
        return replace(dialect, quiet=False)
    if dialect.seed and re.search(r"\bseed\b", text):
        return replace(dialect, seed=False)
    if dialect.system_role and _SYSTEM_ROLE.search(text):
        return replace(dialect, system_role=False)
    if dialect.stream and _NO_STREAM.search(text):
        return replace(dialect, stream=False)
    return None


def _response_format(rung: str, schema: Mapping[str, object] | None) -> dict[str, object] | None:
    if schema is None or rung == "plain":
        return None
    if rung == "json_schema":
        return {"type": rung, "json_schema": {"name": _SCHEMA_NAME, "strict": True, "schema": schema}}
    if rung == "json_object_schema":
        return {"type": "json_object", "schema": schema}
    return {"type": "json_object"}


def _for_roles(dialect: Dialect, messages: Sequence[Message]) -> Sequence[Message]:
    if dialect.system_role:
        return messages
    return (Message("user", "\n\n".join(message.content for message in messages)),)
