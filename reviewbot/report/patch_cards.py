"""Proven patches and failing tests as the HTML report shows them: every string is masked and visible already."""

import re
from dataclasses import dataclass

from reviewbot.domain.finding import Finding
from reviewbot.domain.patch import Patch
from reviewbot.domain.review import Review
from reviewbot.report import patch_files, suites
from reviewbot.report.hunk import bounded
from reviewbot.report.patched import Patched, PatchHunk, PatchRow, by, care
from reviewbot.report.proofs import steps
from reviewbot.report.text import Shown, decoded

Prose = tuple[tuple[bool, str], ...]
"""Text in pieces; True marks what stood between backticks."""

_AROUND = 1
_UNREADABLE = "not shown as a file: its bytes cannot be read here"
_ALTERED = "not shown as text: a browser would change its line ends or hidden characters"


@dataclass(frozen=True, slots=True)
class PatchCard:
    """The proven patch of a finding. `file_text` is what one can copy; without it `file_note` says why not."""

    by: str
    care: str
    sentence: Prose
    proven: str
    needs: tuple[str, ...]
    command: str
    hunks: tuple[PatchHunk, ...]
    steps: tuple[tuple[str, str, str], ...]
    file_name: str
    file_text: str
    file_note: str


@dataclass(frozen=True, slots=True)
class TestRow:
    """A test that fails, with the first lines that it printed."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TestsCard:
    """How the repository's tests ended, in parts."""

    words: tuple[str, ...]
    failed: tuple[TestRow, ...]
    more: int


def patch_card(finding: Finding, patched: Patched) -> PatchCard | None:
    """Show a finding's patch; None without a proven one."""
    patch = patched.of(finding)
    if patch is None:
        return None
    shown = patched.shown
    text, note = _file(patch, patched)
    return PatchCard(
        by=by(patch),
        care=care(patch),
        sentence=pieces_of(shown.prose(patch.sentence)),
        proven=patch.proof.sentence,
        needs=tuple(shown.line(name) for name in patch.needs),
        command=patched.command(patch),
        hunks=tuple(_bounded(hunk) for hunk in patched.hunks(patch, _AROUND, colours=True)),
        steps=tuple((words, state, shown.prose(said)) for words, state, said in steps(patch.proof)),
        file_name=patch_files.name(patch, patched),
        file_text=text,
        file_note=note,
    )


def _bounded(hunk: PatchHunk) -> PatchHunk:
    rows = tuple(PatchRow(row.sign, row.number, bounded(list(row.runs))) for row in hunk.rows)
    return PatchHunk(hunk.path, hunk.first, hunk.head, rows)


def _file(patch: Patch, patched: Patched) -> tuple[str, str]:
    """Give the text of the patch's file, or why there is none to copy."""
    if patch_files.holds_secret(patch, patched):
        return "", patch_files.HELD_BACK
    content = patch_files.content(patch, patched)
    if content is None:
        return "", _UNREADABLE
    text = decoded(content)
    return (text, "") if patched.shown.exact(text) else ("", _ALTERED)


def tests_card(review: Review, shown: Shown) -> TestsCard | None:
    """Show how the tests ended; None where nothing is to be said of them."""
    words = suites.words(review, shown)
    if not words:
        return None
    all_failed = review.suite.failed if review.suite else ()
    failed = tuple(
        TestRow(shown.line(one.name), tuple(shown.line(line) for line in one.lines[: suites.MOST_LINES]))
        for one in all_failed[: suites.MOST_TESTS]
    )
    return TestsCard(words, failed, len(all_failed) - len(failed))


def pieces_of(text: str) -> Prose:
    """Part text at its backticks."""
    pieces = re.split(r"`([^`]+)`", text)
    return tuple((at % 2 == 1, piece) for at, piece in enumerate(pieces) if piece)
