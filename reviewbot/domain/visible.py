"""Making the invisible visible: what a person or the model reads holds no hidden character.

An allow-list, not a block-list: of all code points only printable ones (and the tab) pass,
all others are shown as `<U+200B>`. Undecodable bytes, carried as lone surrogates, are shown
as `<0xE9>`. Source: Unicode general categories; Default_Ignorable_Code_Point for the letters
and marks that print nothing.
"""

import re
import unicodedata
from functools import lru_cache

_HIDDEN_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ODD = re.compile(r"[^\t -~]")
# Default ignorable code points that are letters, marks or symbols by category.
_IGNORABLE = (
    {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    | set(range(0x180B, 0x1810))
    | set(range(0xFE00, 0xFE10))
    | set(range(0xE0100, 0xE01F0))
)


def is_visible(char: str) -> bool:
    """Say whether a single character may be shown as it is."""
    if " " <= char <= "~":
        return True
    if char == "\t":
        return True
    category = unicodedata.category(char)
    if category in _HIDDEN_CATEGORIES or ord(char) in _IGNORABLE:
        return False
    return category != "Zs"  # every space but U+0020 looks like it and is not


def visible(text: str) -> str:
    """Show each character of `text`, hidden ones as code points; newlines too, so give it single lines."""
    return _ODD.sub(lambda match: _shown(match.group()), text)


def visible_block(text: str) -> str:
    r"""Do the same for several lines: `\n` stays, all else is shown."""
    return "\n".join(visible(line) for line in text.split("\n"))


@lru_cache(maxsize=4096)
def _shown(char: str) -> str:
    if is_visible(char):
        return char
    point = ord(char)
    if 0xDC80 <= point <= 0xDCFF:
        return f"<0x{point - 0xDC00:02X}>"
    return f"<U+{point:04X}>"
