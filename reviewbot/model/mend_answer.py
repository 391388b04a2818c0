"""The model's answer to a flaw: what is asked for, and what is let in.

As for findings (see `answer`), the schema is one constant per profile, with no bounds on strings but
for llama.cpp, and what comes is read strictly whatever the server promised. What the lines may hold
and where they may stand is judged in `mend_proposal`.
"""

import json
from dataclasses import asdict, dataclass

from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.model.answer import MAX_LINE, BadAnswer, candidates, object_with
from reviewbot.model.mend_place import MOST_LINES

ANSWER_BYTES = 200_000
MOST_IMPORTS = 5
_DEPTH = 6
_LONGEST = 500
_KEYS = ("give_up", "first", "last", "lines", "imports")


@dataclass(frozen=True, slots=True)
class Remedy:
    """What the model would write: `lines` in place of `first` to `last`, and `imports` it needs. All untrusted."""

    give_up: bool
    first: int
    last: int
    lines: tuple[str, ...]
    imports: tuple[str, ...]


def mend_schema(*, tight: bool) -> dict[str, object]:
    """Give the JSON Schema that is sent: a constant per profile, properties in the order of writing."""

    def texts(most: int, tight_most: int, length: int) -> dict[str, object]:
        text = {"type": "string", "maxLength": length} if tight else {"type": "string"}
        return {"type": "array", "items": text, "maxItems": tight_most if tight else most}

    number = {"type": "integer", "minimum": 1, "maximum": MAX_LINE}
    return {
        "type": "object",
        "properties": {
            "give_up": {"type": "boolean"},
            "first": number,
            "last": number,
            "lines": texts(MOST_LINES, 12, 160),
            "imports": texts(MOST_IMPORTS, 3, 120),
        },
        "required": list(_KEYS),
        "additionalProperties": False,
    }


def read(content: str, reasoning: str = "") -> Remedy:
    """Find the answer in what the server gave, where `answer.read` looks too, and check it. Raises `BadAnswer`."""
    text = content if content.strip() else reasoning
    if not text.strip():
        raise BadAnswer("the answer is empty")
    first_error: BadAnswer | None = None
    for candidate in candidates(text):
        try:
            return _remedy(candidate)
        except BadAnswer as error:
            first_error = first_error or error
    assert first_error is not None
    raise first_error


def kept(remedy: Remedy) -> bytes:
    """Write down what `restored` reads."""
    return json.dumps(asdict(remedy), ensure_ascii=True, sort_keys=True).encode()


def restored(raw: bytes) -> Remedy | None:
    """Read a remembered answer as strictly as a new one; anything unexpected is a miss."""
    try:
        return _remedy(raw)
    except BadAnswer:
        return None


def _remedy(text: str | bytes) -> Remedy:
    try:
        value = loads(text, limit=ANSWER_BYTES, depth=_DEPTH, raw_controls=True)
    except BadJson as error:
        raise BadAnswer(f"the answer is not valid JSON: {error}") from None
    whole = object_with(value, "the answer", _KEYS)
    give_up = whole["give_up"]
    if not isinstance(give_up, bool):
        raise BadAnswer("give_up is neither true nor false")
    return Remedy(
        give_up,
        _number(whole, "first"),
        _number(whole, "last"),
        _texts(whole, "lines", MOST_LINES),
        _texts(whole, "imports", MOST_IMPORTS),
    )


def _number(whole: dict[str, object], key: str) -> int:
    value = whole[key]
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= MAX_LINE:
        raise BadAnswer(f"{key} is not a whole number from 1 to {MAX_LINE}")
    return value


def _texts(whole: dict[str, object], key: str, most: int) -> tuple[str, ...]:
    value = whole[key]
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise BadAnswer(f"{key} is not a list of strings")
    if len(value) > most:
        raise BadAnswer(f"{key} holds more than {most}")
    if any(len(text) > _LONGEST for text in value):
        raise BadAnswer(f"{key} holds a string of more than {_LONGEST} characters")
    return tuple(value)
