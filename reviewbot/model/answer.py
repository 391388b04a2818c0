"""The model's answer: what is asked for, and what is let in.

Input: the text that a server gave as content and as reasoning. Output: claims of the right
shape, nothing else; whether they are true is for the verdict. A server's promise to keep to
the schema is never believed.

The schema is one constant per profile, so that no server compiles and stores one per request.
It has no length or pattern on strings: under xgrammar those forbid every escape, and a model
could not write a quotation mark. The one exception is llama.cpp, where escapes survive and
small models need tight bounds to stop at all.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.domain.claim import Claim
from reviewbot.domain.strict_json import BadJson, loads

MAX_FINDINGS = 20
TIGHT_FINDINGS = 6
MAX_LINE = 9_999_999
MAX_EVIDENCE = 8
ANSWER_BYTES = 4_000_000
ANSWER_DEPTH = 12
_QUOTE_CHARACTERS = 20_000
_PROSE_CHARACTERS = 1_500
_NAME_CHARACTERS = 200
_PATH_CHARACTERS = 4_096

# A reader of the answer needs the closing tag only: chat templates often open the thinking themselves.
_THOUGHT_END = re.compile(r"</(?:think|thinking|seed:think|reasoning)>|\[/THINK\]")
_FENCED = re.compile(r"^```[A-Za-z]*[ \t]*\r?\n(.*?)\r?\n?```[ \t]*$", re.DOTALL | re.MULTILINE)


class BadAnswer(ValueError):  # noqa: N818 (a value, not a fault of ours)
    """An answer that is not what was asked for. The message holds no word of the model's."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The claims of one answer; `left_out` counts those over the limit, `full` says the list was filled."""

    claims: tuple[Claim, ...]
    left_out: int = 0
    full: bool = False
    from_reasoning: bool = False


def schema(*, tight: bool) -> dict[str, object]:
    """Give the JSON Schema that is sent: a constant per profile, properties in the order of writing.

    In the tight profile the product of list and string bounds stays under llama.cpp's limit of
    2,000 repetitions.
    """

    def text(length: int) -> dict[str, object]:
        return {"type": "string", "maxLength": length} if tight else {"type": "string"}

    finding = {
        "type": "object",
        "properties": {
            "rule": text(100),
            "path": text(300),
            "line": {"type": "integer", "minimum": 1, "maximum": MAX_LINE},
            "quote": text(320),
            "explanation": text(300),
            "evidence": {"type": "array", "items": text(8), "maxItems": 4 if tight else MAX_EVIDENCE},
        },
        "required": ["rule", "path", "line", "quote", "explanation", "evidence"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "findings": {"type": "array", "items": finding, "maxItems": limit_of_findings(tight=tight)}
        },
        "required": ["findings"],
        "additionalProperties": False,
    }


def limit_of_findings(*, tight: bool) -> int:
    """How many findings one answer may hold."""
    return TIGHT_FINDINGS if tight else MAX_FINDINGS


def read(content: str, reasoning: str = "", *, limit: int = MAX_FINDINGS) -> Answer:
    """Find the answer in what the server gave, and check it.

    Tried in this order: the content; the content after its thinking; a fenced block in it; and,
    only where there is no content at all, the same in the reasoning. Raises `BadAnswer`.
    """
    from_reasoning = not content.strip()
    text = reasoning if from_reasoning else content
    if not text.strip():
        raise BadAnswer("the answer is empty")
    first_error: BadAnswer | None = None
    for candidate in candidates(text):
        try:
            return _read_one(candidate, limit, from_reasoning=from_reasoning)
        except BadAnswer as error:
            first_error = error
    assert first_error is not None
    raise first_error


def candidates(text: str) -> Iterator[str]:
    """Give the plainest reading first: a tag or fence inside a quoted line must not cut the answer."""
    whole = text.strip()
    yield whole
    after = _THOUGHT_END.split(whole)[-1].strip()
    if after != whole and after:
        yield after
    fenced = _FENCED.findall(after)
    if len(fenced) == 1:
        yield str(fenced[0]).strip()


def _read_one(text: str, limit: int, *, from_reasoning: bool) -> Answer:
    try:
        value = loads(text, limit=ANSWER_BYTES, depth=ANSWER_DEPTH, raw_controls=True)
    except BadJson as error:
        raise BadAnswer(f"the answer is not valid JSON: {error}") from None
    whole = object_with(value, "the answer", ("findings",))
    findings = whole["findings"]
    if not isinstance(findings, list):
        raise BadAnswer("findings is not a list")
    claims = tuple(_claim(item, f"findings[{at}]") for at, item in enumerate(findings[:limit]))
    return Answer(claims, max(0, len(findings) - limit), len(findings) >= limit, from_reasoning)


def _claim(value: object, where: str) -> Claim:
    item = object_with(value, where, ("rule", "path", "line", "quote", "explanation", "evidence"))
    line = item["line"]
    if not isinstance(line, int) or isinstance(line, bool) or not 1 <= line <= MAX_LINE:
        raise BadAnswer(f"{where}.line is not a whole number from 1 to {MAX_LINE}")
    evidence = item["evidence"]
    if not isinstance(evidence, list):
        raise BadAnswer(f"{where}.evidence is not a list")
    return Claim(
        rule=_string(item, "rule", where, _NAME_CHARACTERS),
        path=_string(item, "path", where, _PATH_CHARACTERS),
        line=line,
        quote=_string(item, "quote", where, _QUOTE_CHARACTERS),
        explanation=_string(item, "explanation", where, _PROSE_CHARACTERS),
        evidence=_words(evidence[:MAX_EVIDENCE], f"{where}.evidence"),
    )


def object_with(value: object, where: str, keys: tuple[str, ...]) -> dict[str, object]:
    """Take an object with exactly these keys. Raises `BadAnswer`."""
    if not isinstance(value, dict):
        raise BadAnswer(f"{where} is not an object")
    missing = [key for key in keys if key not in value]
    if missing:
        raise BadAnswer(f"{where} lacks {missing[0]}")
    if len(value) != len(keys):
        raise BadAnswer(f"{where} has a key other than {', '.join(keys)}")
    return value


def _string(item: dict[str, object], key: str, where: str, length: int) -> str:
    value = item[key]
    if not isinstance(value, str):
        raise BadAnswer(f"{where}.{key} is not a string")
    return value[:length]


def _words(values: list[object], where: str) -> tuple[str, ...]:
    words: list[str] = []
    for at, value in enumerate(values):
        if not isinstance(value, str):
            raise BadAnswer(f"{where}[{at}] is not a string")
        words.append(value[:_NAME_CHARACTERS])
    return tuple(words)
