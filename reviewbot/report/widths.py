"""How many columns text takes on a terminal, and fitting it into them."""

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns that the text takes; source: Unicode East Asian Width, wide and fullwidth are two."""
    if text.isascii():
        return len(text)
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def cut(text: str, columns: int) -> str:
    """Give the text, or its beginning and `…` if it takes more columns than there are."""
    if width(text) <= columns:
        return text
    kept, used = [], 0
    for char in text:
        used += _columns(char)
        if used > columns - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def wrapped(text: str, columns: int) -> list[str]:
    """Break text at its spaces into lines of at most `columns`; a longer word is broken where it must."""
    lines, line = [], ""
    for word in text.split():
        for piece in _pieces(word, columns):
            if line and width(line) + 1 + width(piece) > columns:
                lines.append(line)
                line = piece
            else:
                line = f"{line} {piece}" if line else piece
    return [*lines, line] if line else lines


def parted(words: Sequence[str], columns: int) -> list[str]:
    """Put parts into lines, ` · ` between them; lines end there, and one part alone may be too long."""
    lines: list[str] = []
    for part in words:
        joined = f"{lines[-1]} · {part}" if lines else part
        if lines and width(joined) <= columns:
            lines[-1] = joined
        else:
            lines.append(part)
    return lines


def _pieces(word: str, columns: int) -> list[str]:
    pieces, piece, used = [], "", 0
    for char in word:
        if used + _columns(char) > columns and piece:
            pieces.append(piece)
            piece, used = "", 0
        piece += char
        used += _columns(char)
    return [*pieces, piece]
