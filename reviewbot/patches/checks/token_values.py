"""Texts, numbers and settings of a model's patch in another language than Python: what it brings and what it loses."""

import re
from collections import Counter
from collections.abc import Sequence

from reviewbot.patches.checks import remedies_tokens as known
from reviewbot.patches.checks.leaves import NUMBER, TEXT, WORD, Token
from reviewbot.patches.checks.python_atoms import words

TRUTHS = frozenset(
    {"true", "false", "null", "nil", "undefined", "None", "yes", "no", "on", "off", "True", "False", "TRUE", "FALSE", "NULL"}
)  # fmt: skip
"""Words for a value; which one it is decides."""

_FOLDER = re.compile(r"/[\w./-]+")
_QUOTES = "'\"`"


def brought(had: Sequence[Token], has: Sequence[Token], tests: Sequence[Token]) -> str:
    """Give the code of what a remedy has no use for; `tests` are the conditions of new guards."""
    fresh = (_words(has, had) - _words(had, ())) | _words(tests, had)
    if any(word not in known.TEXTS for word in fresh):
        return "word"
    if any(pair not in known.PAIRS for pair in (_truths(has) - _truths(had)) | _truths(tests)):
        return "value"
    numbers = (_numbers(has) - _numbers(had)) | _numbers(tests)
    return "" if set(numbers) <= known.NUMBERS else "value"


def gone(had: Sequence[Token], has: Sequence[Token]) -> str:
    """Give the code of what is lost and should not be."""
    keys = {name for name, _ in _truths(has)} | known.LOSABLE
    if any(name not in keys for name, _ in _truths(had) - _truths(has)):
        return "value"
    lost = {one.text for one in had} - {one.text for one in has}
    if "random" not in lost and _numbers(had) - _numbers(has):
        return "value"
    said = [words(one.text) for one in has if one.kind == TEXT]
    if lost & {"exec", "execSync"}:
        # What was one line for a shell is a list of words now.
        said = [*said, [word for one in said for word in one]]
    return "" if all(_stays(one.text, said) for one in had if one.kind == TEXT) else "word"


def _words(tokens: Sequence[Token], old: Sequence[Token]) -> Counter[str]:
    """Count the words of texts, but for the beginnings of paths that the old ones have."""
    before = [one.text.strip(_QUOTES) for one in old if one.kind == TEXT]
    return Counter(
        word
        for one in tokens
        if one.kind == TEXT and not _is_folder(one.text.strip(_QUOTES), before)
        for word in words(one.text)
    )


def _is_folder(text: str, old: Sequence[str]) -> bool:
    return _FOLDER.fullmatch(text) is not None and any(one.startswith(text) and one != text for one in old)


def _numbers(tokens: Sequence[Token]) -> Counter[str]:
    return Counter(one.text for one in tokens if one.kind == NUMBER)


def _truths(tokens: Sequence[Token]) -> Counter[tuple[str, str]]:
    """Pair each truth value with the word before it."""
    found: Counter[tuple[str, str]] = Counter()
    name = ""
    for one in tokens:
        if one.kind == WORD and one.text in TRUTHS:
            found[name, one.text.lower()] += 1
        elif one.kind in {WORD, TEXT}:
            name = one.text.strip(_QUOTES)
    return found


def _stays(text: str, said: Sequence[Sequence[str]]) -> bool:
    """Say whether a text is whole in one of those that are there now, or may go with the flaw."""
    part = words(text)
    whole = any(
        list(other[at : at + len(part)]) == part for other in said for at in range(len(other) - len(part) + 1)
    )
    return whole or known.LOST_TEXTS.fullmatch(text.strip(_QUOTES)) is not None
