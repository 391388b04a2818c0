"""The known word that a misspelt one was probably meant to be."""

import difflib


def nearest(word: str, known: tuple[str, ...]) -> str:
    """Give the closest of the known words as a question in brackets; nothing if none is close."""
    close = difflib.get_close_matches(word.lower().strip().replace("-", "_"), known, n=1, cutoff=0.6)
    close = close or difflib.get_close_matches(word.lower().strip(), known, n=1, cutoff=0.6)
    return f" (did you mean {close[0]}?)" if close else ""
