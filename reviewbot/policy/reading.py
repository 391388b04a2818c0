"""From bytes to a document, or to every sentence about what is wrong with them.

All mistakes of a file are named, each with line and key, in the order of the lines. Nothing of
the validating library shows. Values are repeated only where they are words or numbers of a
closed choice: a value that somebody misplaced may be a secret.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from reviewbot.domain.paths import quoted
from reviewbot.domain.visible import visible
from reviewbot.errors import PolicyError
from reviewbot.policy import yaml_source
from reviewbot.policy.nearest import nearest
from reviewbot.policy.sections import Section
from reviewbot.policy.yaml_source import Key, YamlSource, shown_key

MOST_PROBLEMS = 50

D = TypeVar("D", bound=Section)


@dataclass(frozen=True, slots=True)
class Read(Generic[D]):
    """A document and where its keys stand."""

    document: D
    source: YamlSource

    def at(self, key: Key) -> str:
        """Name the place of a key: `.reviewbot.yml:4: gate.fail_on`."""
        return f"{quoted(self.source.name)}:{self.source.line(key)}: {shown_key(key)}"


def read(kind: type[D], name: str, text: bytes) -> Read[D]:
    """Read a file as a document of this kind. Raises `PolicyError` with all that is wrong."""
    source = yaml_source.load(name, text)
    try:
        document = kind.model_validate(source.data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True, include_input=True)
        # A list whose items are all wrong is not empty, though the library counts it so.
        wrong = (entry for entry in found if entry["type"] != "too_short" or not entry["input"])
        raise refusal(source, (_problem(kind, entry) for entry in wrong)) from None
    problems = tuple(document.problems())
    if problems:
        raise refusal(source, problems)
    return Read(document, source)


def refusal(source: YamlSource, problems: Iterable[tuple[Key, str]]) -> PolicyError:
    """Put problems into one error, a line each, in the order of the file."""
    entries = sorted({(source.line(key), shown_key(key), sentence) for key, sentence in problems})
    lines = [
        f"{quoted(source.name)}:{line}: {key + ': ' if key else ''}{sentence}"
        for line, key, sentence in entries[:MOST_PROBLEMS]
    ]
    if len(entries) > MOST_PROBLEMS:
        lines.append(f"{quoted(source.name)}: and {len(entries) - MOST_PROBLEMS} more")
    return PolicyError("\n".join(lines))


def _problem(kind: type[BaseModel], entry: Mapping[str, Any]) -> tuple[Key, str]:
    key: Key = tuple(entry["loc"])
    if entry["type"] == "extra_forbidden":
        return key, _unknown(kind, key)
    return key, _sentence(entry)


def _unknown(kind: type[BaseModel], key: Key) -> str:
    section = _section_at(kind, key[:-1])
    if section is None:
        return "unknown key"
    name = str(key[-1])
    if name in section.refusals:
        return section.refusals[name]
    known = tuple(field.alias or key for key, field in section.model_fields.items())
    return f"unknown key{nearest(name, known)}"


def _section_at(kind: type[BaseModel], key: Key) -> type[Section] | None:
    """Find the type of the document's part that stands at a key."""
    here: Any = kind
    for part in key:
        if isinstance(part, str):
            found = here.model_fields.get(part)
            here = _section_in(found.annotation) if found is not None else None
        if here is None:
            return None
    return here if issubclass(here, Section) else None


def _section_in(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    if get_origin(annotation) in {Union, UnionType, tuple} or hasattr(annotation, "__metadata__"):
        return next((found for part in get_args(annotation) if (found := _section_in(part))), None)
    return None


_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list, as in [a, b]",
    "dict_type": "keys and values below it",
    "model_type": "keys and values below it",
    "date_type": "a date, as in 2027-01-31",
}
_BOUNDS = {
    "greater_than": ("over", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("under", "lt"),
    "less_than_equal": ("at most", "le"),
}


_SHORT = {"missing": "missing", "too_short": "is empty", "string_too_short": "is empty"}


def _sentence(entry: Mapping[str, Any]) -> str:
    code, given, context = entry["type"], entry["input"], entry.get("ctx", {})
    if code in _WANTED:
        quotes = (
            "; put it in quotes" if code == "string_type" and isinstance(given, bool | int | float) else ""
        )
        return f"wants {_WANTED[code]}, not {_described(given)}{quotes}"
    if code in _BOUNDS:
        word, bound = _BOUNDS[code]
        return f"wants {word} {int(context[bound]):,}, not {_described(given)}"
    if code == "literal_error":
        return _choice(str(context["expected"]), given)
    if code in {"too_long", "string_too_long"}:
        return f"is too long: at most {context['max_length']:,}"
    if code == "value_error":
        return str(context["error"])
    return _SHORT.get(code, "is not written as it should be; see the reference")


def _choice(expected: str, given: Any) -> str:
    words = tuple(word.strip("'") for word in expected.replace(" or ", ", ").split(", "))
    listed = words[0] if len(words) == 1 else f"one of {', '.join(words)}"
    close = nearest(given, words) if isinstance(given, str) else ""
    return f"wants {listed}, not {_described(given)}{close}"


def _described(given: Any) -> str:
    if given is None:
        return "nothing"
    if isinstance(given, bool):
        return str(given).lower()
    if isinstance(given, int | float):
        return f"the number {given}"
    if isinstance(given, str):
        return f'"{visible(given[:30])}"' if given.isascii() and len(given) <= 30 else "this text"
    return "keys and values" if isinstance(given, dict) else "a list"
