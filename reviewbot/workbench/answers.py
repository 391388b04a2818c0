"""Recorded answers of models to a house rule's examples, `<id>.answers.json` beside the rule.

A list of `{"model", "recorded", "example", "answer"}`: the model's name, the day, which example (`bad`,
`good`, `clean`, `violations/0`, …), and the answer as the model gave it, an object or its text. Recordings
of ours also have `path`, under which the example was shown, and `digest`, by which a change of the rule's
question or of the example is noticed.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from reviewbot.domain.paths import is_plain
from reviewbot.domain.rule import ReviewDetector, Rule
from reviewbot.domain.strict_json import BadJson, loads
from reviewbot.domain.visible import is_visible
from reviewbot.errors import PolicyError

MOST_BYTES = 4_000_000
_DEPTH = 16
_EXAMPLE = re.compile(r"bad|good|clean|(?:not_)?violations/[0-9]{1,3}")
_NEEDED = ("model", "recorded", "example", "answer")
_KNOWN = frozenset((*_NEEDED, "path", "digest"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """One recorded answer; `line` is where it stands in its file, `answer` is JSON text."""

    model: str
    recorded: str
    example: str
    answer: str
    path: str = ""
    digest: str = ""
    line: int = 1


def digest(rule: Rule, example: str) -> str:
    """Digest what a model was asked: the rule's question and the example."""
    assert isinstance(rule.detector, ReviewDetector)
    parts = (rule.detector.question, rule.detector.evidence, example)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read(name: str, raw: bytes) -> tuple[Recorded, ...]:
    """Read a file of answers. Raises `PolicyError` naming file and line."""
    try:
        value = loads(raw, limit=MOST_BYTES, depth=_DEPTH)
    except BadJson as error:
        raise PolicyError(f"{name}:1: not the JSON of recorded answers: {error}", hint=_FORM) from None
    if not isinstance(value, list):
        raise PolicyError(f"{name}:1: the file holds no list of recorded answers", hint=_FORM)
    lines = _lines(raw.decode())
    return tuple(_entry(name, item, line) for item, line in zip(value, lines, strict=True))


def written(entries: Sequence[Recorded]) -> str:
    """Write a file of answers, in a fixed order and form."""
    ordered = sorted(entries, key=lambda entry: (entry.model, _order(entry.example)))
    items = [
        {
            "model": entry.model, "recorded": entry.recorded, "example": entry.example,
            "path": entry.path, "digest": entry.digest, "answer": _plain(entry.answer),
        }
        for entry in ordered
    ]  # fmt: skip
    return json.dumps(items, indent=1, ensure_ascii=False) + "\n"


def _plain(answer: str) -> object:
    """Give an answer as the object that it is; one that is none, as its text."""
    try:
        return loads(answer, limit=MOST_BYTES, depth=_DEPTH)
    except BadJson:
        return answer


_FORM = 'write [{"model": "…", "recorded": "2027-01-31", "example": "bad", "answer": {"findings": […]}}], or record it with `reviewbot rules test --live --record`'


def _order(example: str) -> tuple[int, str, int]:
    name, _, number = example.partition("/")
    return (("bad", "good", "clean").index(name) if not number else 3, name, int(number or 0))


def _lines(text: str) -> Iterator[int]:
    """Give the line on which each entry of the list begins; the text is known to be a list."""
    decoder = json.JSONDecoder()
    at = text.index("[") + 1
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        if text[at] == "]":
            return
        yield text.count("\n", 0, at) + 1
        _, at = decoder.raw_decode(text, at)


def _entry(name: str, item: object, line: int) -> Recorded:
    def wrong(sentence: str) -> PolicyError:
        return PolicyError(f"{name}:{line}: {sentence}", hint=_FORM)

    if not isinstance(item, dict):
        raise wrong("an entry is an object")
    missing = [key for key in _NEEDED if key not in item]
    unknown = sorted(set(item) - _KNOWN)
    if missing:
        raise wrong(f"{missing[0]} is missing")
    if unknown:
        raise wrong(f"there is a key that is not known; known are {', '.join(sorted(_KNOWN))}")
    words = {key: item[key] for key in ("model", "recorded", "example", "path", "digest") if key in item}
    for key, value in words.items():
        if not isinstance(value, str) or not all(is_visible(char) for char in value):
            raise wrong(f"{key} wants one line of text")
    if not _is_day(words["recorded"]):
        raise wrong("recorded wants a day, as in 2027-01-31")
    if not _EXAMPLE.fullmatch(words["example"]):
        raise wrong("example wants bad, good, clean, violations/0 or not_violations/0")
    if words.get("path") and not is_below(words["path"]):
        raise wrong("path wants a path that counts from the top of a repository")
    answer = item["answer"]
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return Recorded(**words, answer=text, line=line)


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False


def is_below(path: str) -> bool:
    """Say whether this is a plain path that counts from the top of a repository."""
    return is_plain(path) and not path.startswith("/") and not {"", ".", ".."} & set(path.split("/"))
