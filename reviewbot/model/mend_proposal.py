"""From the model's answer to a proposal: the door through which its lines come in.

What passes stays inside the lines that may be replaced, holds nothing that is not plain text, and
changes something. Whether it is right is for the proof.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reviewbot.domain.edits import Change
from reviewbot.domain.mending import Flaw
from reviewbot.domain.patch import Edit, Origin, Proposal
from reviewbot.model.answer import BadAnswer
from reviewbot.model.mend_answer import Remedy
from reviewbot.model.mend_choice import language_of
from reviewbot.model.mend_imports import placed
from reviewbot.model.mend_place import Place
from reviewbot.model.shown import Veil

SENTENCE = "Proposed by the model."

_PLACEHOLDER = re.compile(r"\[secret:[^\]\s]*\]|<U\+[0-9A-Fa-f]{4,6}>|<0x[0-9A-Fa-f]{2}>")


@dataclass(frozen=True, slots=True)
class Ground:
    """A flaw with the lines of its file, and which of them may be replaced."""

    flaw: Flaw
    lines: tuple[str, ...]
    place: Place


def proposal(remedy: Remedy, ground: Ground, veil: Veil) -> Proposal:
    """Let a remedy in. Raises `BadAnswer`, in our own words, for what may not be proposed."""
    _check_range(remedy, ground)
    for line in (*remedy.lines, *remedy.imports):
        if _PLACEHOLDER.search(line):
            raise BadAnswer("a line holds a placeholder, which stands for what you were not shown")
        if veil.line(line) != line:
            raise BadAnswer("a line holds a line end, or a character or word that may not be written")
    before = ground.lines[remedy.first - 1 : remedy.last]
    after = indented([_without_tail(line, before) for line in remedy.lines], before)
    if after == before:
        raise BadAnswer("the lines are those that stand there already")
    finding = ground.flaw.finding
    edits = _edits(_trimmed(remedy.first, before, after), remedy.imports, ground)
    return Proposal(finding.fingerprint, finding.rule, Origin.MODEL, False, SENTENCE, edits)


def _edits(change: Change, imports: Sequence[str], ground: Ground) -> tuple[Edit, ...]:
    """Put the imports where they belong: before the lines, in an edit of their own unless they meet."""
    first, last, lines = change
    file = ground.flaw.file
    behind, wanted = placed(imports, ground.lines, language_of(file.path))
    if wanted and first <= behind < last:
        raise BadAnswer("the import block ends in the lines you replace: write the imports among them")
    if wanted and behind + 1 == first:
        return (Edit(file.path, file.oid, first, last, (*wanted, *lines)),)
    edits = [Edit(file.path, file.oid, first, last, lines)]
    if wanted:
        edits.append(Edit(file.path, file.oid, behind + 1, behind, wanted))
    return tuple(sorted(edits, key=lambda edit: edit.first))


def _without_tail(line: str, before: Sequence[str]) -> str:
    """Take off white space at a new line's end, which means nothing and keeps nobody's format."""
    return line if line in before else line.rstrip(" \t")


def _check_range(remedy: Remedy, ground: Ground) -> None:
    place, span = ground.place, ground.flaw.finding.span
    if not place.first <= remedy.first <= remedy.last <= place.last:
        raise BadAnswer(f"first and last are not within lines {place.first} to {place.last}")
    if remedy.first > span.last + 1 or remedy.last < span.first - 1:
        raise BadAnswer(
            f"lines {span.first} to {span.last}, where the flaw is, are not among those you replace"
        )


def indented(lines: Sequence[str], before: Sequence[str]) -> tuple[str, ...]:
    """Put back an indentation that all lines lost alike: models like to begin at the margin."""
    old, new = _indentations(before), _indentations(lines)
    if not old or not new:
        return tuple(lines)
    wanted, given = _common(old), _common(new)
    lost = wanted.removesuffix(given)
    # Where the first line would then not begin as the old one did, it was no loss but meant so.
    if not wanted.endswith(given) or lost + new[0] != old[0]:
        return tuple(lines)
    return tuple(lost + line if line.strip() else line for line in lines)


def _indentations(lines: Sequence[str]) -> list[str]:
    """Give the white space in front of each line that holds anything."""
    return [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]


def _common(indentations: Sequence[str]) -> str:
    common = indentations[0]
    for one in indentations:
        while not one.startswith(common):
            common = common[:-1]
    return common


def _trimmed(first: int, before: Sequence[str], after: Sequence[str]) -> Change:
    """Leave out lines that stay the same at both ends; at least one old line is always replaced."""
    head = 0
    while head < min(len(before) - 1, len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before) - head - 1, len(after) - head) and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    last = first + len(before) - tail - 1
    return first + head, last, tuple(after[head : len(after) - tail])
