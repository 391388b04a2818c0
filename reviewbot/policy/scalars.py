"""What a plain word in our YAML means: text, a number, true or false, or nothing.

The JSON part of YAML 1.2's core schema (YAML 1.2.2, section 10.3). What YAML 1.1 reads
otherwise (`no`, `010`, `1_000`, `12:30`) is refused rather than guessed: in quotes it is text.
"""

import math
import re

from reviewbot.domain.visible import visible

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and lone surrogates: no setting needs one."""

_NUMBER_LENGTH = 60  # longer text is text: the pattern below takes quadratic time
_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_TWO_FACED = {"yes", "no", "on", "off"}
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+(?:[eE][-+]?[0-9]+)?")
# What some YAML reader takes for a number, a clock time or a merge, and another for text.
_DOUBTFUL = re.compile(
    r"[-+]?(?:0[0-9_]+|0[xob][0-9a-fA-F_]+|[0-9][0-9_]*_[0-9_]*|[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"
    r"|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)|<<|="
)


_ORDINARY = re.compile(r"[A-Za-z*$({/][^\x00-\x1f\x7f\ud800-\udfff]{5,}")
"""Begins like no number and is longer than any word below: text, as nearly everything is."""


def resolved(text: str) -> str | int | float | bool | None:
    """Give a plain scalar its meaning. Raises `ValueError` with a sentence for a doubtful one."""
    if _ORDINARY.fullmatch(text):
        return text
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if text.lower() in _TWO_FACED:
        raise ValueError(
            f"{short(text)} without quotes is a word to some YAML readers and true or false to others; "
            "write true or false, or put it in quotes"
        )
    if _INTEGER.fullmatch(text) or _DECIMAL.fullmatch(text):
        return _number(text)
    if len(text) <= _NUMBER_LENGTH and _DOUBTFUL.fullmatch(text):
        raise ValueError(
            f"{short(text)} is not a plain number and YAML readers disagree on it; "
            "write digits, or put it in quotes if it is text"
        )
    return clean(text)


def _number(text: str) -> int | float:
    if len(text) > 18:
        raise ValueError(f"the number {short(text)} is too long; put it in quotes if it is text")
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"the number {short(text)} is too large")
    return number


def clean(text: str) -> str:
    """Give text back as it is. Raises `ValueError` if it holds a character that no setting needs."""
    bad = UNPRINTABLE.search(text)
    if bad:
        raise ValueError(f"the character U+{ord(bad.group()):04X} is not allowed here; take it out")
    return text


def short(text: str) -> str:
    """Show the beginning of a value, in quotes."""
    return f'"{visible(text[:40])}"'
