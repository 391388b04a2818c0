"""JSON at the door: what strangers send is read strictly or not at all.

Python's own reader takes NaN, keeps the last of two equal keys, dies of deep nesting and lets
lone surrogates through. Here each of these is refused, with one class of error.
Source: RFC 8259; the cases of JSONTestSuite that `json.loads` accepts and must not.
"""

import json
import math
import re

_PIECE = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_INTEGER_DIGITS = 18


class BadJson(ValueError):  # noqa: N818 (it names the thing, as json's own JSONDecodeError does)
    """Text that is not JSON by our rules. The message holds no piece of the text."""


def loads(
    text: str | bytes, *, limit: int, depth: int, raw_controls: bool = False, surrogates: bool = False
) -> object:
    """Read one JSON value of at most `limit` bytes, nested at most `depth` deep.

    `raw_controls` tolerates control characters inside strings: grammars of some servers let
    models write them. `surrogates` tolerates undecodable bytes as lone surrogates: scanners copy
    them from the files they look at. Raises `BadJson`.
    """
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        raise BadJson(f"it is {size} bytes long, more than {limit}")
    try:
        whole = (
            text.decode("utf-8", "surrogateescape" if surrogates else "strict")
            if isinstance(text, bytes)
            else text
        )
        _check_depth(whole, depth)
        value: object = json.loads(
            whole,
            strict=not raw_controls,
            object_pairs_hook=_pairs,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_integer,
        )
        if not surrogates:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except BadJson:
        raise
    except json.JSONDecodeError as error:
        raise BadJson(f"{error.msg.lower()} at character {error.pos}") from None
    except UnicodeError:
        raise BadJson("it holds half a character (a lone surrogate or broken UTF-8)") from None
    return value


def _check_depth(text: str, limit: int) -> None:
    depth = 0
    for match in _PIECE.finditer(text):
        mark = match.group()[0]
        if mark in "[{":
            depth += 1
            if depth > limit:
                raise BadJson(f"it is nested more than {limit} deep")
        elif mark in "]}":
            depth -= 1


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("an object has the same key twice")
    return found


def _constant(name: str) -> object:
    raise BadJson(f"{name} is not a JSON number")


def _float(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise BadJson("a number is too large")
    return value


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > _INTEGER_DIGITS:
        raise BadJson("an integer is too large")
    return int(digits)
