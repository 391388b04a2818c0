"""Whether a value comes from outside or surely is harmless, as far as its function shows it."""

import re
from enum import Enum, auto

import libcst as cst

from reviewbot.patches.python.built import is_fixed
from reviewbot.patches.python.carried import carried
from reviewbot.patches.python.module import Parsed
from reviewbot.patches.python.pieces import Hole

_WORDS = re.compile(r"[\w .!?-]*")


class Origin(Enum):
    """Where a value comes from."""

    OUTSIDE = auto()
    HARMLESS = auto()
    UNKNOWN = auto()


def origin(parsed: Parsed, hole: Hole) -> Origin:
    """Say where the value of a hole comes from. A number is harmless, and so is a text that the program put there."""
    numeric = hole.how == "d" or hole.spec[-1:] in {"d", "f", "x", "e", "%"}
    if numeric or is_fixed(parsed, Hole(hole.value)):
        return Origin.HARMLESS
    found = carried(parsed, hole.value)
    if not found.clear:
        return Origin.UNKNOWN
    if not found.outside:
        return Origin.HARMLESS
    # A value with signs of its own may be more than the text that came from outside: a tag, a filter, an address.
    return Origin.OUTSIDE if all(map(_WORDS.fullmatch, found.texts)) else Origin.UNKNOWN
