"""Reading what a tool printed: JSON with nothing doubtful in it, field by field.

Refused: duplicate keys, NaN and the infinities, anything too large or too deep, wrong types.
The text may hold undecodable bytes, because tools copy them from the files they look at; they
are carried as lone surrogates, like everywhere in this program.
"""

import json
import re
from typing import Any, TypeVar

LARGEST = 64_000_000
"""Bytes of one answer."""
DEEPEST = 64
"""Levels of nesting."""

T = TypeVar("T")
_STRUCTURE = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)


class UnreadableError(ValueError):
    """The text is not the JSON that was agreed on. The message names the place, never the content."""


def parse(raw: bytes, *, largest: int = LARGEST, deepest: int = DEEPEST) -> dict[str, Any]:
    """Read one JSON object. Raises `UnreadableError`."""
    if len(raw) > largest:
        raise UnreadableError(f"over {largest // 1_000_000} MB")
    text = raw.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    _check_depth(text, deepest)
    try:
        value = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except UnreadableError:
        raise
    except (ValueError, RecursionError):
        raise UnreadableError("not JSON") from None
    if not isinstance(value, dict):
        raise UnreadableError("not a JSON object")
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


def _check_depth(text: str, deepest: int) -> None:
    """Count brackets outside strings, before a parser recurses over them."""
    depth = 0
    for token in _STRUCTURE.finditer(text):
        if token.group() in "[{":
            depth += 1
            if depth > deepest:
                raise UnreadableError(f"nested deeper than {deepest} levels")
        elif token.group() in "]}":
            depth -= 1


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise UnreadableError("a key stands twice in one object")
    return value


def _no_constant(name: str) -> float:
    raise UnreadableError(f"{name} is not JSON")
