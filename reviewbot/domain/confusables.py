"""Letters that look like ASCII letters: what a reader takes a name for, and what it is.

Source: Unicode Technical Standard #39, "Unicode Security Mechanisms", data file confusables.txt (version 16),
narrowed by hand to letters that can stand in an identifier and that people or tools really type: Cyrillic,
Greek, Armenian, Georgian, Cherokee, phonetic, Roman numerals and the full-width and mathematical letters that
NFKC (UAX #15) turns into ASCII. Cyrillic and Greek letters whose usual shapes differ are left out.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

TWINS = {
    "a": "\u0430", "b": "\u042c", "c": "\u0441\u03f2\u1d04", "d": "\u0501", "e": "\u0435\u04bd", "f": "\u0584",
    "g": "\u0261\u0581", "h": "\u04bb\u0570", "i": "\u0456\u0269", "j": "\u0458\u03f3", "l": "\u04cf\u01c0",
    "n": "\u0578\u057c", "o": "\u043e\u03bf\u0585\u1d0f\u10ff", "p": "\u0440", "q": "\u051b\u0563\u0566",
    "r": "\u1d26", "s": "\u0455\ua731", "u": "\u057d\u028b", "v": "\u0475\u1d20", "w": "\u051d\u0461\u0561",
    "x": "\u0445", "y": "\u0443\u04af\u10e7", "z": "\u1d22",
    "A": "\u0410\u0391\u13aa", "B": "\u0412\u0392\u13f4", "C": "\u0421\u03f9", "D": "\u13a0",
    "E": "\u0415\u0395\u13ac", "F": "\u03dc", "G": "\u050c\u13c0", "H": "\u041d\u0397\u13bb",
    "I": "\u0406\u0399\u04c0", "J": "\u0408\u037f\u13ab", "K": "\u041a\u039a\u13e6", "L": "\u13de",
    "M": "\u041c\u039c\u03fa\u13b7", "N": "\u039d", "O": "\u041e\u039f\u0555", "P": "\u0420\u03a1\u13e2",
    "Q": "\u051a", "R": "\u13a1\u01a6", "S": "\u0405\u054f\u13da", "T": "\u0422\u03a4\u13a2",
    "U": "\u054d", "V": "\u0474\u13d9", "W": "\u051c\u13b3", "X": "\u0425\u03a7", "Y": "\u04ae\u03a5\u03d2",
    "Z": "\u0396\u13c3",
}  # fmt: skip
# Greek letters of formulas: `\u03bdmax` is a frequency, but one between two Latin letters is a disguise.
_FORMULA = {
    "a": "\u03b1",
    "i": "\u03b9",
    "o": "\u03c3",
    "p": "\u03c1",
    "u": "\u03c5",
    "v": "\u03bd",
    "y": "\u03b3",
}

_TWIN_OF = {twin: letter for letter, twins in TWINS.items() for twin in twins}
_FORMULA_OF = {twin: letter for letter, twins in _FORMULA.items() for twin in twins}
_BETWEEN = re.compile(f"(?<=[A-Za-z])[{''.join(_FORMULA_OF)}](?=[A-Za-z])")
# Full-width forms, mathematical letters, Roman numerals, the Kelvin sign, the long s.
_COMPATIBLE = re.compile("[\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d6a3\u2160-\u217f\u212a\u017f]")
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[A-Za-z]")
_LEAST = 3
"""Characters of a word wholly of another alphabet before it is compared: Russian has words of one letter."""

# What a program can be made to run; a word that only looks like one of these is never an accident.
_CALLS = frozenset(
    {"__import__", "atob", "compile", "eval", "exec", "fetch", "getattr", "import", "input", "open", "popen",
     "print", "require", "return", "setattr", "spawn", "subprocess", "system"}
)  # fmt: skip


def skeleton(word: str) -> str:
    """Give the ASCII word that `word` looks like; letters without a twin stay as they are."""
    plain = _BETWEEN.sub(lambda match: _FORMULA_OF[match.group()], word)
    return "".join(_twin(char) for char in plain)


@lru_cache(maxsize=4096)
def _twin(char: str) -> str:
    if char.isascii():
        return char
    if _COMPATIBLE.match(char):
        return unicodedata.normalize("NFKC", char)
    return _TWIN_OF.get(char, char)


def look_alikes(words: Iterable[str]) -> list[str]:
    """Give the words that mix alphabets and read as plain ASCII all the same."""
    return [word for word in words if _LATIN.search(word) and skeleton(word).isascii()]


def foreign_words(line: str) -> list[str]:
    """Give the words of a line that hold a character outside of ASCII."""
    return [] if line.isascii() else [word for word in _WORD.findall(line) if not word.isascii()]


def imitates(word: str, known: frozenset[str]) -> bool:
    """Say whether a word wholly of another alphabet looks like a known ASCII name, or like a call."""
    if len(word) < _LEAST or _LATIN.search(word):
        return False
    plain = skeleton(word)
    return plain.isascii() and (plain in known or plain in _CALLS)
