"""Whether a value comes from outside or surely is harmless, as far as its function shows it."""

import re
from enum import Enum, auto

from reviewbot.patches.python.built import is_fixed
from reviewbot.patches.python.carried import carried
from reviewbot.patches.python.module import Parsed
from reviewbot.patches.python.pieces import Hole

WORDS = re.compile(r"[\w .!?-]*")
"""Texts that are a part of no language: neither markup nor a filter, an address or code."""


class Origin(Enum):
    """Where a value comes from."""

    OUTSIDE = auto()
    HARMLESS = auto()
    UNKNOWN = auto()


def origin(parsed: Parsed, hole: Hole, own: re.Pattern[str] = WORDS) -> Origin:
    """Say where the value of a hole comes from. A number is harmless, and so is a text that the program put there.

    `own` is what texts of the program that are in the value beside what came from outside have to look like:
    with others the value may be more than a value.
    """
    numeric = hole.how == "d" or hole.spec[-1:] in {"d", "f", "x", "e", "%"}
    if numeric or is_fixed(parsed, Hole(hole.value)):
        return Origin.HARMLESS
    found = carried(parsed, hole.value)
    if not found.clear or found.escaped:
        return Origin.UNKNOWN
    if not found.outside:
        return Origin.HARMLESS
    return Origin.OUTSIDE if all(map(own.fullmatch, found.texts)) else Origin.UNKNOWN
