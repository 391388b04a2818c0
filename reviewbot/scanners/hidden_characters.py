"""Which characters hide, and where they have a reason to be.

A joiner holds the letters of Persian or Hindi and the parts of an emoji together; a variation selector picks
the shape of the sign before it. Anywhere else, and in runs, these characters only hide something.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence

DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Embeddings, overrides and isolates: they reorder what is shown."""
MARK = re.compile("[\u200e\u200f\u061c]")
"""Direction marks: they move at most their neighbours."""

# What prints nothing (Default_Ignorable_Code_Point), without direction, selectors and tags.
_NOTHING = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]"
)
_SELECTOR = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_SELECTORS = re.compile(f"{_SELECTOR.pattern}{{2}}")
_TAG = re.compile("[\U000e0000-\U000e007f]")
# The only use of tags that Unicode still has: the flags of regions, a black flag and up to six letters.
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{2,8}\U000e007f")
# ESC, backspace and the like; of the C1 set those that begin a terminal's sequences. ^Z may end a file of DOS.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\x90\x9b\x9d]")
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_EMOJI_PARTS = frozenset("\ufe0f\u200d") | {chr(point) for point in range(0x1F3FB, 0x1F400)}
_FIRST_JOINED = 0x0590  # from Hebrew on; Latin, Greek, Cyrillic and Armenian need no joiner


def controls(lines: Sequence[str]) -> Iterator[int]:
    """Number the lines that hold a raw control character; what closes a file of DOS is none."""
    last = len(lines) - (lines[-1] == "")
    for number, line in enumerate(lines, 1):
        if _CONTROL.search(line) and not (number == last and line.strip("\x1a\r") == ""):
            yield number


def has_control(text: str) -> bool:
    """Say whether a name holds a raw control character, a line break too."""
    return _CONTROL.search(text) is not None or "\n" in text or "\r" in text


def has_smuggled(line: str) -> bool:
    """Say whether a line holds text in tags or in a run of selectors: invisible, and readable by a program."""
    if _SELECTORS.search(line):
        return True
    return _TAG.search(line) is not None and _TAG.search(_FLAG.sub("", line)) is not None


def has_invisible(line: str, *, code: bool) -> bool:
    """Say whether a line holds a character that prints nothing, where no script or emoji needs it."""
    if any(not _needed(line, match.start(), code=code) for match in _NOTHING.finditer(line)):
        return True
    return any(not _selects(line, match.start()) for match in _SELECTOR.finditer(line))


def _needed(line: str, at: int, *, code: bool) -> bool:
    char, before, after = line[at], line[at - 1 : at], line[at + 1 : at + 2]
    if char == "\u00ad":
        # A hyphen that may be shown: in prose a matter of taste, in a name a trap.
        return not (code and _in_name(before) and _in_name(after))
    if char in "\u200c\u200d":
        return _joins(before, after)
    if char == "\u200b":
        return not code and _SPACELESS.match(before or after) is not None
    return False


def _in_name(char: str) -> bool:
    return bool(char) and char.isascii() and (char.isalnum() or char == "_")


def _joins(before: str, after: str) -> bool:
    if not before or not after:
        return False
    emoji = (_is_sign(before) or before in _EMOJI_PARTS) and _is_sign(after)
    return emoji or (ord(before) >= _FIRST_JOINED and unicodedata.category(before)[0] in "LM")


def _is_sign(char: str) -> bool:
    return unicodedata.category(char) == "So"


def _selects(line: str, at: int) -> bool:
    """Say whether a selector stands behind something that has shapes to select from."""
    before = line[at - 1 : at]
    if not before or before.isspace():
        return False
    if not before.isascii():
        return unicodedata.category(before)[0] not in "CZ"
    # `1`, `#` and `*` begin the emoji of a key.
    return before in "0123456789#*" and line[at] in "\ufe0e\ufe0f"
