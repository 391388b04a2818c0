"""Proven patches as SARIF fixes: every edit is a replacement. Source: OASIS SARIF 2.1.0, 3.30 and 3.55 to 3.57."""

from collections.abc import Callable

from reviewbot.domain.edits import lines_of
from reviewbot.domain.patch import Edit, Patch
from reviewbot.report.patched import Patched, by, by_path, care, needs
from reviewbot.report.sarif_rules import Json, unlinked
from reviewbot.report.text import Shown


def is_exact(patch: Patch, shown: Shown) -> bool:
    """Say whether masking and making visible leave the patch as it is; another would put something else in."""
    whole = all(shown.line(line) == line for edit in patch.edits for line in edit.lines)
    return whole and all(shown.hide(edit.path) == edit.path for edit in patch.edits)


def fix(patch: Patch, patched: Patched, artifact: Callable[[str], Json]) -> Json:
    """Give a patch as a fix. `artifact` gives the location of a path."""
    asked = f" It needs {needs(patch, patched.shown)}." if patch.needs else ""
    words = f"{patched.shown.prose(patch.sentence)} ({by(patch)}; {care(patch)}){asked} Proven: {patch.proof.sentence}"
    return {
        "description": {"text": unlinked(words)},
        "artifactChanges": [
            {
                "artifactLocation": artifact(path),
                "replacements": [_replacement(edit, patched.before(edits)) for edit in edits],
            }
            for path, edits in by_path(patch.edits)
        ],
    }


def _replacement(edit: Edit, before: bytes | None) -> Json:
    """Replace whole lines. Where columns are absent, a region ends before the line end of its last line (3.30.8)."""
    lines = lines_of(before) if before is not None else []
    end = "\r\n" if lines and lines[0].endswith(b"\r\n") else "\n"
    text = end.join(edit.lines)
    if edit.last < edit.first:
        spot = {"startLine": edit.first, "startColumn": 1, "endLine": edit.first, "endColumn": 1}
        return {"deletedRegion": spot, "insertedContent": {"text": text + end}}
    if not edit.lines:
        gone = {"startLine": edit.first, "startColumn": 1, "endLine": edit.last + 1, "endColumn": 1}
        return {"deletedRegion": gone}
    return {
        "deletedRegion": {"startLine": edit.first, "endLine": edit.last},
        "insertedContent": {"text": text},
    }
