"""GitLab's way of saying where a comment stands, and what its refusals of a place mean.

Source: lib/api/discussions.rb, app/models/diff_note.rb and lib/gitlab/diff/position.rb of GitLab. The
server looks for a line of its own diff whose numbers on both sides equal the position's: an added line
has only `new_line`, a removed one only `old_line`, an unchanged one needs both.
"""

import hashlib
from collections.abc import Mapping

from reviewbot.domain.anchor import Anchor, Line
from reviewbot.domain.pull import PullRequest
from reviewbot.errors import ForgeError

Position = dict[str, object]

_NO_LINE = "GitLab does not find these lines in its diff"


def position(pull: PullRequest, anchor: Anchor, *, whole: bool) -> Position:
    """Give the `position` of a draft. `whole` spans all its lines, else it stands on the last one.

    Raises `ForgeError` for a pull request that does not say which commits its diff is made of.
    """
    if not (pull.diff_base and pull.revision):
        raise ForgeError(
            "GitLab did not say which commits this merge request compares: no comment can be placed"
        )
    place: Position = {
        "position_type": "text",
        "base_sha": pull.diff_base,
        "start_sha": pull.revision,
        "head_sha": pull.head,
        "old_path": anchor.old_path,
        "new_path": anchor.path,
        **_numbers(anchor.last),
    }
    if whole and not anchor.is_single:
        place["line_range"] = {"start": _end(anchor, anchor.first), "end": _end(anchor, anchor.last)}
    return place


def _numbers(line: Line) -> dict[str, int]:
    sides = {"old_line": line.old, "new_line": line.new}
    return {side: number for side, number in sides.items() if number is not None}


def _end(anchor: Anchor, line: Line) -> Position:
    kind = "new" if line.old is None else "old"  # as documented; unchanged lines count as old
    return {"line_code": line_code(anchor.path or anchor.old_path, line), "type": kind, **_numbers(line)}


def line_code(path: str, line: Line) -> str:
    """Give GitLab's name of a line of a diff: a digest of the file's path and the parser's two positions."""
    digest = hashlib.sha1(path.encode(), usedforsecurity=False).hexdigest()
    return f"{digest}_{line.old_at}_{line.new_at}"


def why_lost(place: Position, draft: Mapping[str, object]) -> str:
    """Say why a draft that GitLab took must not be published; empty if it stands where it was meant to.

    GitLab takes drafts for lines that its diff has not. It shows them without a line code, and publishing
    deletes them in silence (app/models/draft_note.rb, app/services/draft_notes/publish_service.rb).
    """
    answer = draft.get("position")
    sides = ("new_path", "old_line", "new_line", "head_sha")
    if not isinstance(answer, Mapping) or any(answer.get(name) != place.get(name) for name in sides):
        return "GitLab took the comment without its place"
    return _NO_LINE if draft.get("line_code", "") is None else ""


def why_refused(said: str) -> str:
    """Say in our words why GitLab would not take a comment, from its own."""
    if "line_code" in said or "position" in said:
        return _NO_LINE
    if "too long" in said or "too big" in said:
        return "the comment is longer than GitLab takes"
    return "GitLab did not take the comment"
