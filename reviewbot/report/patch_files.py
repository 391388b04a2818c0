"""Proven patches as files that `git apply` takes, one for each: `3f9a0c-python-sql-built-from-input.patch`.

Each is proven by itself and not together with others, so there is no file with all of them: `reviewbot fix`
puts several in and looks again. A file holds code as it is, so where a secret would be in it, it is not written.
"""

import re

from reviewbot.domain.change import ReadBlob
from reviewbot.domain.edits import applied
from reviewbot.domain.patch import Patch
from reviewbot.domain.paths import to_bytes
from reviewbot.domain.review import Review
from reviewbot.domain.unified import pieces, unified
from reviewbot.report.patched import Patched, by, by_path, care, needs
from reviewbot.report.text import Shown, decoded

FOLDER = "patches"
HELD_BACK = "not written as a file: it would hold a secret"
_NAME_SIZE = 100


def patch_files(review: Review, read: ReadBlob) -> dict[str, bytes]:
    """Give name and content of each file; they belong into `FOLDER` beside the review."""
    patched = Patched(review, Shown(review.mask), read)
    files = {name(patch, patched): content(patch, patched) for patch in patched.patches}
    return {name: written for name, written in files.items() if written is not None}


def name(patch: Patch, patched: Patched) -> str:
    """Name the file of a patch: short name and rule, in characters that every file system takes."""
    rule = next(
        (one.finding.rule for one in patched.review.findings if one.finding.fingerprint == patch.finding), ""
    )
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", patched.shown.line(rule)).strip(".-")[:_NAME_SIZE]
    return f"{patched.name(patch)}-{plain}.patch" if plain else f"{patched.name(patch)}.patch"


def content(patch: Patch, patched: Patched) -> bytes | None:
    """Give the file of a patch; None where its blobs cannot be read or a secret would be in it."""
    diffs = []
    for path, edits in by_path(patch.edits):
        before = patched.before(edits)
        if before is None or holds_secret(patch, patched):
            return None
        diffs.append(unified(path, before, edits))
    return _head(patch, patched) + b"".join(diffs)


def holds_secret(patch: Patch, patched: Patched) -> bool:
    """Say whether any line of the file would hold a secret or a piece of one: what goes, what comes, what is around."""
    for path, edits in by_path(patch.edits):
        before = patched.before(edits)
        if before is None:
            continue
        old, new = decoded(before), decoded(applied(before, edits))
        secret_old, secret_new = _secret_lines(old, patched.shown), _secret_lines(new, patched.shown)
        rows = [row for piece in pieces(before, edits) for row in piece.rows]
        if patched.shown.hide(path) != path or any(
            row.old in secret_old or row.new in secret_new for row in rows
        ):
            return True
    return False


def _secret_lines(text: str, shown: Shown) -> set[int]:
    """Give the numbers of the lines that masking the whole text changes, whichever its line ends are."""
    return _masked(text, shown) | _masked(text.replace("\r\n", "\n"), shown)


def _masked(text: str, shown: Shown) -> set[int]:
    lines = zip(text.split("\n"), shown.hide(text).split("\n"), strict=True)
    return {number for number, (line, hidden) in enumerate(lines, 1) if line != hidden}


def _head(patch: Patch, patched: Patched) -> bytes:
    """Say in front of the diff what it is; `git apply` passes over it."""
    shown = patched.shown
    found = next(
        (one.finding for one in patched.review.findings if one.finding.fingerprint == patch.finding), None
    )
    words = [
        f"{shown.prose(found.title)}, {shown.path(found.span.path)}:{found.span.first}" if found else "",
        shown.prose(patch.sentence),
        f"{by(patch)}; {care(patch)}",
        f"proven: {patch.proof.sentence}",
        f"needs: {needs(patch, shown)}" if patch.needs else "",
    ]
    return to_bytes("".join(f"# {line}\n" for line in words if line) + "\n")
