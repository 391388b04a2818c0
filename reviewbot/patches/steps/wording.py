"""What the new lines look like: how many, which characters, and whether they keep the file's format."""

import difflib
import unicodedata
from collections.abc import Sequence

from reviewbot.domain import confusables
from reviewbot.domain.edits import MARK
from reviewbot.domain.patch import Edit
from reviewbot.domain.visible import is_visible
from reviewbot.patches.steps.subject import Subject

MOST_EDITS = 8
MOST_LINES = 60
MOST_ADDED = 20
"""Lines beyond three for each that is taken out."""
LONGEST = 200
"""Characters of a line, or as many as the longest one that is taken out."""

_TIMES = 3
_PLACEHOLDER = "[secret:"


def bounded(subject: Subject) -> str:
    """Refuse what is larger than a remedy is."""
    edits = subject.proposal.edits
    new = sum(len(edit.lines) for edit in edits)
    old = [line for edit in edits for line in subject.replaced(edit)]
    if len(edits) > MOST_EDITS:
        return f"it has more than {MOST_EDITS} edits"
    if new > MOST_LINES or new > _TIMES * len(old) + MOST_ADDED:
        return "it brings more lines than a remedy needs"
    if len(old) > _TIMES * new + MOST_ADDED:
        return "it takes out more lines than a remedy needs"
    longest = max((LONGEST, *(len(line) for line in old)))
    if any(len(line) > longest for edit in edits for line in edit.lines):
        return "a line of it is too long to be read"
    return ""


def plain_text(subject: Subject) -> str:
    """Let nothing in but printable characters that the file's own alphabet has."""
    kept = set(subject.lines)
    new = [line for edit in subject.proposal.edits for line in edit.lines if line not in kept]
    if any(not is_visible(char) for line in new for char in set(line)):
        return "it holds characters that cannot be seen"
    if any(_PLACEHOLDER in line for line in new):
        return "it holds a placeholder for a secret"
    odd = {char for line in new for char in line if not char.isascii()} - set(subject.before)
    scripts = {_script(char) for char in set(subject.before) if char.isalpha() and not char.isascii()}
    if any(not char.isalpha() or _script(char) not in scripts for char in odd):
        return "it holds characters of an alphabet that the file does not use"
    return _disguised(subject.before, new)


def _disguised(before: str, new: Sequence[str]) -> str:
    words = {word for line in new for word in confusables.foreign_words(line)}
    fresh = words - {word for line in before.split("\n") for word in confusables.foreign_words(line)}
    known = frozenset(word for line in [before, *new] for word in _ascii_words(line))
    compatible = any(unicodedata.normalize("NFKC", word) != word for word in fresh)
    if (
        compatible
        or confusables.look_alikes(fresh)
        or any(confusables.imitates(word, known) for word in fresh)
    ):
        return "it holds a word that looks like another one"
    return ""


def _ascii_words(text: str) -> set[str]:
    plain = "".join(char if char.isascii() and (char.isalnum() or char == "_") else " " for char in text)
    return set(plain.split(" "))


def _script(char: str) -> str:
    """Name a letter's script, roughly: the first word of its name (`LATIN`, `CYRILLIC`, `CJK`)."""
    return unicodedata.name(char, "").partition(" ")[0]


def format_kept(subject: Subject) -> str:
    """Keep line ends, byte order mark, final newline and indentation, and refuse changes of mere white space."""
    head, patched = subject.head, subject.patched
    if patched.startswith(MARK) is not head.startswith(MARK):
        return "the byte order mark would change"
    if bool(head) and patched.endswith(b"\n") is not head.endswith(b"\n"):
        return "the file's end would change"
    if b"\r\n" in head and patched.count(b"\r\n") != patched.count(b"\n"):
        return "the line ends would change"
    used = {_indentation(line) for line in subject.lines} - {""}
    for edit in subject.proposal.edits:
        said = _edit_kept(edit, subject.replaced(edit), used)
        if said:
            return said
    return ""


def _edit_kept(edit: Edit, old: Sequence[str], used: set[str]) -> str:
    fresh = [line for line in edit.lines if line not in set(old)]
    if any(line != line.rstrip() for line in fresh):
        return "it leaves white space at the end of a line"
    indented = {_indentation(line) for line in fresh} - {""}
    if used and not indented <= used:
        return "it indents with other characters than the file"
    return _spacing_kept(old, edit.lines)


def _indentation(line: str) -> str:
    """Give the kinds of white space that a line begins with, each once in a row: a tab, a space, both."""
    kinds = ""
    for char in line[: len(line) - len(line.lstrip())]:
        if not kinds.endswith(char):
            kinds += char
    return kinds


def _spacing_kept(old: Sequence[str], new: Sequence[str]) -> str:
    """Let a line differ by white space alone only where a block is indented anew around lines that do change."""
    plain, new_plain = ["".join(line.split()) for line in old], ["".join(line.split()) for line in new]
    shifts: set[int] = set()
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(
        None, plain, new_plain, autojunk=False
    ).get_opcodes():
        if tag != "equal":
            continue
        for line, fresh in zip(old[start:end], new[new_start:new_end], strict=True):
            if line == fresh:
                continue
            if line.strip() != fresh.strip():
                return "it changes nothing but the spacing of a line"
            shifts.add(_width(fresh) - _width(line))
    if shifts and (len(shifts) > 1 or plain == new_plain):
        return "it changes nothing but the indentation of a line"
    return ""


def _width(line: str) -> int:
    return len(line) - len(line.lstrip())
