"""Reading what a tool printed, field by field.

Refused: duplicate keys, NaN and the infinities, anything too large or too deep, wrong types.
The text may hold undecodable bytes, because tools copy them from the files they look at; they
are carried as lone surrogates, like everywhere in this program.
"""

import codecs
from typing import Any, TypeVar

from reviewbot.domain.strict_json import BadJson, loads

LARGEST = 64_000_000
"""Bytes of one answer."""
DEEPEST = 64
"""Levels of nesting."""

T = TypeVar("T")


class UnreadableError(ValueError):
    """The text is not the JSON that was agreed on. The message names the place, never the content."""


def parse(raw: bytes, *, largest: int = LARGEST, deepest: int = DEEPEST) -> dict[str, Any]:
    """Read one JSON object. Raises `UnreadableError`."""
    try:
        value = loads(raw.removeprefix(codecs.BOM_UTF8), limit=largest, depth=deepest, surrogates=True)
    except BadJson as error:
        raise UnreadableError(str(error)) from None
    if not isinstance(value, dict):
        raise UnreadableError("it is not a JSON object")
    return value


def get(mapping: dict[str, Any], key: str, kind: type[T]) -> T:
    """Give the member with this name and type. Raises `UnreadableError`."""
    value = mapping.get(key)
    # bool is an int to Python, not to JSON
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise UnreadableError(f"no {kind.__name__} named {key}")
    return value


def objects(mapping: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Give the member with this name, a list of objects. Raises `UnreadableError`."""
    values = get(mapping, key, list)
    if not all(isinstance(value, dict) for value in values):
        raise UnreadableError(f"{key} holds something else than objects")
    return values


def strings(mapping: dict[str, Any], key: str) -> list[str]:
    """Give the member with this name, a list of strings. Raises `UnreadableError`."""
    values = get(mapping, key, list)
    if not all(isinstance(value, str) for value in values):
        raise UnreadableError(f"{key} holds something else than strings")
    return values
