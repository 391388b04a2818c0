"""From GitLab's answers to our types. Nothing of an answer is believed before its type was looked at."""

from collections.abc import Sequence

from reviewbot.domain.forge import Comment, Thread, ThreadState
from reviewbot.domain.pull import PullRef, PullRequest
from reviewbot.forges.fields import flag, number, optional_text, record, records, text
from reviewbot.forges.gitlab_wire import Record

_MERGE = "a merge request"
_REFS = "the commits of a merge request"
_THREAD = "a thread"
_NOTE = "a comment"


def pull_request(ref: PullRef, found: Record) -> PullRequest | None:
    """Read a merge request; None while GitLab has not computed its diff.

    `head` is the diff's own: a trial merge has another, and `sha` runs ahead of the diff after a push.
    """
    if found.get("diff_refs") is None:
        return None
    refs = record(found["diff_refs"], _REFS)
    if any(refs.get(name) is None for name in ("base_sha", "start_sha", "head_sha")):
        return None
    return PullRequest(
        ref=ref,
        head=text(refs, "head_sha", _REFS),
        target_branch=text(found, "target_branch", _MERGE),
        diff_base=text(refs, "base_sha", _REFS),
        revision=text(refs, "start_sha", _REFS),
        is_open=text(found, "state", _MERGE) == "opened",
    )


def is_behind(found: Record, pull: PullRequest) -> bool:
    """Say whether the branch has moved on already and the diff, which is made later, has not."""
    newest = optional_text(found, "sha", _MERGE)
    return pull.is_open and newest is not None and newest != pull.head


def notes_in(found: Record, *, write: bool = False) -> list[Record]:
    """Give what accounts wrote in a thread, without what GitLab itself noted there."""
    notes = records(found.get("notes"), _THREAD, write=write)
    return [note for note in notes if not flag(note, "system", _NOTE, write=write)]


def thread(found: Record, notes: Sequence[Record], *, write: bool = False) -> Thread:
    """Read a thread; `notes` are its comments, at least one. The first says where it stands and in what state."""
    root = notes[0]
    resolved = root.get("resolved") is True
    resolver = root.get("resolved_by") if resolved else None
    return Thread(
        id=text(found, "id", _THREAD, write=write),
        comments=tuple(_comment(note, write=write) for note in notes),
        path=_path(root, write=write),
        state=ThreadState.RESOLVED if resolved else ThreadState.OPEN,
        resolver=None if resolver is None else account(resolver, write=write),
    )


def account(value: object, *, write: bool = False) -> str:
    """Read an account: its number, as text. Names can be changed and taken over."""
    return str(number(record(value, "an account", write=write), "id", "an account", write=write))


def _comment(note: Record, *, write: bool) -> Comment:
    return Comment(
        id=str(number(note, "id", _NOTE, write=write)),
        author=account(note.get("author"), write=write),
        body=text(note, "body", _NOTE, write=write),
    )


def _path(note: Record, *, write: bool) -> str | None:
    if note.get("position") is None:
        return None
    place = record(note["position"], "a place", write=write)
    new = optional_text(place, "new_path", "a place", write=write)
    return new or optional_text(place, "old_path", "a place", write=write)
