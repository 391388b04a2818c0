"""Whether a patch is for this very file, and stays where the change itself was."""

from reviewbot.domain.mending import Flaw
from reviewbot.domain.patch import Edit, Origin, Proposal
from reviewbot.patches.steps.protected import is_of_a_build, is_untouchable
from reviewbot.patches.steps.subject import Subject


def applies(flaw: Flaw, proposal: Proposal) -> str:
    """Hold every edit to the flaw's file and exactly its blob."""
    version = flaw.file.diff.new
    if version is None or not version.is_regular:
        return "the file is none that holds lines"
    if not proposal.edits:
        return "there is nothing in it"
    if any(edit.path != version.path for edit in proposal.edits):
        return "it edits another file than the finding's"
    if any(edit.oid != version.oid for edit in proposal.edits):
        return "it is for another version of the file"
    return ""


def changes_something(subject: Subject) -> str:
    """Refuse edits that leave the file as it is, and two insertions at one place, whose order would be a guess."""
    if subject.patched == subject.head or any(
        subject.replaced(edit) == list(edit.lines) for edit in subject.proposal.edits
    ):
        return "an edit changes nothing"
    starts = [edit.first for edit in subject.proposal.edits]
    return "two edits stand at one place" if len(set(starts)) < len(starts) else ""


def in_place(subject: Subject) -> str:
    """Keep a patch out of files that decide over builds and reviews. Edits `beside` the hunks are the worker's part."""
    if is_untouchable(subject.path):
        return "no patch may touch this file: it decides what is installed, run or overlooked"
    if subject.proposal.origin is Origin.MODEL and is_of_a_build(subject.path):
        return "a model may not touch what builds, tests or deploys"
    return ""


def beside(subject: Subject) -> tuple[int, ...]:
    """Give the numbers (in `subject.places`) of what edits change that are not inside the change's own added lines.

    An insertion is inside if it stands next to an added line.
    """
    added = {line for hunk in subject.flaw.file.diff.hunks for line in hunk.new_lines}
    return tuple(number for number, place in enumerate(subject.places) if not _is_inside(place.whole, added))


def _is_inside(edit: Edit, added: set[int]) -> bool:
    if edit.last < edit.first:
        return edit.first in added or edit.last in added
    return edit.last - edit.first < len(added) and all(
        line in added for line in range(edit.first, edit.last + 1)
    )
