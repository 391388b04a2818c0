"""Patterns of the operator's (`redact:`), checked before they run over hostile text.

A pattern with an unbounded repeat inside an unbounded repeat, `(a+)+`, can take exponential
time on a line made for it. Python's own parser tells the structure; no text is matched here
but the empty one. This finds the obvious cases only: pattern authors are operators.
Source: Weideman et al., "Analyzing Matching Time Behavior of Backtracking Regular Expression
Matchers" (2016), the exponential case; possessive and atomic groups do not backtrack (Python 3.11).
"""

import re
import warnings
from collections.abc import Iterator
from re import _constants as codes  # type: ignore[attr-defined]  # the parse tree has no public home
from re import _parser as parser  # type: ignore[attr-defined]  # as above
from typing import Any

MAX_LENGTH = 500


def checked(pattern: str) -> str:
    """Give the pattern back if it is safe to use. Raises `ValueError` with a sentence if not."""
    if len(pattern) > MAX_LENGTH:
        raise ValueError(f"a pattern has at most {MAX_LENGTH} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            compiled = re.compile(pattern)
            explodes = _explodes(parser.parse(pattern), inside=False)
    except (re.error, OverflowError) as error:
        raise ValueError(f"not a pattern that Python can read: {error}") from None
    except (RecursionError, Warning):
        raise ValueError("the pattern is ambiguous or nested too deeply; write it simpler") from None
    if compiled.search(""):
        raise ValueError("the pattern matches the empty text, so it would match everywhere")
    if explodes:
        raise ValueError(
            "an unbounded repeat inside another, as in (a+)+, can take for ever on a hostile line; "
            "bound the inner one, as in (a{1,20}-)+, or make it possessive, as in (a++)+"
        )
    return pattern


def _explodes(tree: Any, *, inside: bool) -> bool:
    """Say whether an unbounded backtracking repeat stands inside another."""
    return any(_node_explodes(code, value, inside=inside) for code, value in tree)


def _node_explodes(code: Any, value: Any, *, inside: bool) -> bool:
    if code in {codes.ATOMIC_GROUP, codes.POSSESSIVE_REPEAT}:
        inside = False  # nothing outside makes these give back what they took
    elif code in {codes.MAX_REPEAT, codes.MIN_REPEAT}:
        _, high, body = value
        endless = high is codes.MAXREPEAT or high > MAX_LENGTH
        if endless and (inside or _only_repeat(body)):
            return True
        inside = inside or endless
    return any(_explodes(part, inside=inside) for part in _parts(value))


def _only_repeat(body: Any) -> bool:
    """Say whether a repeat's body is nothing but a repeat of varying length, as in `([0-9]{1,3})+`."""
    if len(body) != 1:
        return False
    code, value = body[0]
    if code is codes.SUBPATTERN:
        return _only_repeat(value[-1])
    return code in {codes.MAX_REPEAT, codes.MIN_REPEAT} and value[0] != value[1] and value[1] > 1


def _parts(value: Any) -> Iterator[Any]:
    """Give the sequences that lie inside a node: a group's body, the branches of a choice."""
    if isinstance(value, parser.SubPattern):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _parts(part)
