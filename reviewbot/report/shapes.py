"""The pieces that a closed JSON Schema is put together from: each key has a sentence."""

from enum import StrEnum
from typing import Any

Schema = dict[str, Any]

COUNT: Schema = {"type": "integer", "minimum": 0}
LINE: Schema = {"type": "integer", "minimum": 1}
SECONDS: Schema = {"type": "number", "minimum": 0}
TEXT: Schema = {"type": "string"}
DAY: Schema = {"type": "string", "format": "date"}
FLAG: Schema = {"type": "boolean"}
PATH: Schema = {"type": "string", "minLength": 1}


def said(shape: Schema, sentence: str) -> Schema:
    """Put a sentence on a shape."""
    return shape | {"description": sentence}


def maybe(shape: Schema) -> Schema:
    """Give a shape that may be null."""
    return {"anyOf": [shape, {"type": "null"}]}


def closed(**properties: Schema) -> Schema:
    """Give an object with exactly these keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def list_of(item: Schema) -> Schema:
    """Give a list."""
    return {"type": "array", "items": item}


def one_of(words: type[StrEnum]) -> Schema:
    """Give one of these words."""
    return {"enum": [str(word) for word in words]}
