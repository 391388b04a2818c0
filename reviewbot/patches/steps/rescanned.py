"""What the scanners say of the patched file, compared with what they say of the head."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from reviewbot.domain.finding import Finding
from reviewbot.domain.mending import Rescanned
from reviewbot.patches.steps.subject import Subject


@dataclass(frozen=True, slots=True)
class Compared:
    """What is left of the findings. Each is a sentence, "" where all is well."""

    gone: str
    new: str


def compared(subject: Subject, found: Rescanned) -> Compared:
    """Match findings of the head with those of the patched file one to one, and see what is left over.

    On unchanged lines a finding matches one of the same rule on the same lines. On edited ones a finding
    matches one of the same rule, but never the flaw itself, nor one that was merged into it.
    """
    if found.failures:
        return Compared("a scanner could not read the patched file", "")
    before = [one for one in found.before if one.commit is None]
    ours = [_taken(before, one) for one in (subject.flaw.finding, *subject.flaw.also)]
    if not ours[0]:
        return Compared("no scanner finds it in the file, so none can show that it is gone", "")
    left = _left_over(subject, before, [one for one in found.after if one.commit is None])
    rules = {one.rule for one in (subject.flaw.finding, *subject.flaw.also)}
    if left & rules:
        return Compared("the scanners still find it", "")
    return Compared("", "the scanners find something else in the patched file" if left else "")


def _taken(before: list[Finding], flaw: Finding) -> bool:
    """Take the flaw out of the head's findings: all of its rule on just its lines, else all that share a line."""
    same = [one for one in before if one.rule == flaw.rule and one.span.overlaps(flaw.span)]
    same = [one for one in same if one.span == flaw.span] or same
    before[:] = [one for one in before if one not in same]
    return bool(same)


def _left_over(subject: Subject, before: Iterable[Finding], after: Iterable[Finding]) -> set[str]:
    """Name the rules of those of the patched file's findings that none of the head's accounts for."""
    kept: Counter[tuple[str, int, int]] = Counter()
    edited: Counter[str] = Counter()
    for one in before:
        moved = _moved(subject, one)
        if moved is None:
            edited[one.rule] += 1
        else:
            kept[one.rule, *moved] += 1
    left: set[str] = set()
    for one in after:
        key = (one.rule, one.span.first, one.span.last)
        if kept[key] and not _is_edited(subject, one):
            kept[key] -= 1
        elif edited[one.rule] and _is_edited(subject, one):
            edited[one.rule] -= 1
        else:
            left.add(one.rule)
    return left


def _moved(subject: Subject, finding: Finding) -> tuple[int, int] | None:
    """Give a head finding's lines in the patched file; None if an edit touches them."""
    shift = 0
    for place in subject.places:
        edit = place.edit
        if edit.first > finding.span.last:
            break
        if _meets(finding, edit.first, edit.last):
            return None
        shift = place.shift
    return finding.span.first + shift, finding.span.last + shift


def _is_edited(subject: Subject, finding: Finding) -> bool:
    return any(_meets(finding, place.first, place.last) for place in subject.places)


def _meets(finding: Finding, first: int, last: int) -> bool:
    """Say whether lines share one with the finding's; a gap (`last == first - 1`) meets what has lines on both sides."""
    return finding.span.first <= last and first <= finding.span.last
