"""Text that means something else to the program that runs it than to a scanner that reads bytes."""

import re

from reviewbot.scanners import languages

_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff")
# PEP 263. A lone CR ends a line for Python as well.
_LINE = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n|$)")
_DECLARED = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
# Those in which each byte below 128 is its ASCII character, always. Not so: UTF-7, escapes, Shift JIS, GBK, …
_TRANSPARENT = re.compile(
    r"utf-?8(?:-sig)?(?:-unix|-dos|-mac)?|(?:us-)?ascii|latin-?[0-9]{1,2}(?:-unix)?|l1"
    r"|iso-?8859-?[0-9]{1,2}|(?:cp|windows-?)125[0-8]|koi8-[ru]"
)


def why_hidden(path: str, content: bytes) -> str:
    """Say why a scanner that reads UTF-8 may not see what runs; nothing if it does.

    NULs and UTF-16 break words apart; a Python file can declare an encoding in which a call looks
    like prose (`+AGU-val` is `eval` in UTF-7).
    """
    if content.startswith(_WIDE) or b"\0" in content:
        return "it holds NUL bytes or UTF-16, in which words cannot be seen"
    if not languages.is_python(path, content):
        return ""
    first = _LINE.match(content)
    second = _LINE.match(content, first.end()) if first else None
    for line in (first, second):
        declared = _DECLARED.match(line.group().removeprefix(b"\xef\xbb\xbf")) if line else None
        if declared:
            name = declared.group(1).decode("ascii", "replace").lower().replace("_", "-")
            return "" if _TRANSPARENT.fullmatch(name) else "it declares an encoding other than UTF-8 or Latin"
    return ""
