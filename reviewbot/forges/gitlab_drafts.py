"""Inline comments as draft notes: made one by one, seen by nobody, published together.

A run that dies in between leaves drafts. They stay invisible, and the next run deletes them before it
makes its own, since publishing takes along every draft of the account.
"""

from collections.abc import Sequence

from reviewbot.domain.forge import Post, Refused
from reviewbot.domain.pull import PullRequest
from reviewbot.errors import DeniedError
from reviewbot.forges.fields import number
from reviewbot.forges.gitlab_position import position, why_lost, why_refused
from reviewbot.forges.gitlab_wire import Wire

_WHAT = "a draft comment"


def publish(wire: Wire, pull: PullRequest, posts: Sequence[Post], *, me: str) -> tuple[Refused, ...]:
    """Post comments as `domain.forge.Forge.post` promises. `me` is the account whose drafts are cleared."""
    _clear(wire, me)
    refused = tuple(found for post in posts if (found := _draft(wire, pull, post)) is not None)
    if len(refused) < len(posts):
        wire.command("publish the inline comments", f"{wire.merge.draft_notes.path}/bulk_publish")
    return refused


def _clear(wire: Wire, me: str) -> None:
    leftovers = list(wire.pages("list the draft comments", wire.merge.draft_notes.path, "a list of drafts"))
    for found in leftovers:
        if str(number(found, "author_id", _WHAT)) == me:
            _delete(wire, number(found, "id", _WHAT))


def _delete(wire: Wire, draft: int) -> None:
    try:
        wire.delete("delete a draft comment", f"{wire.merge.draft_notes.path}/{draft}")
    except DeniedError as error:
        if error.status != 404:  # gone already is what was wanted
            raise


def _draft(wire: Wire, pull: PullRequest, post: Post) -> Refused | None:
    """Draft one comment on all its lines, or on the last of them if GitLab does not take the range."""
    if not _is_text(post.anchor.path + post.anchor.old_path):
        return Refused(post.key, "the file's name is not UTF-8, and GitLab has no other names")
    why = ""
    for whole in (True,) if post.anchor.is_single else (True, False):
        place = position(pull, post.anchor, whole=whole)
        try:
            fields = {"note": post.body, "position": place}
            made = wire.post("draft an inline comment", wire.merge.draft_notes.path, fields, _WHAT)
        except DeniedError as error:
            # Too many comments, no right, no merge request: the next comment would fare no better.
            if error.status != 400 or "Maximum number of comments" in error.said:
                raise
            why = why_refused(error.said)
        else:
            lost = why_lost(place, made)
            if lost:
                _delete(wire, number(made, "id", _WHAT, write=True))
            return Refused(post.key, lost) if lost else None
    return Refused(post.key, why)


def _is_text(path: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in path)
