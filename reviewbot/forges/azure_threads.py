"""Threads between the SDK's models and our own types.

Columns count UTF-16 code units from 1 and the end lies behind the last one (pr-agent#2721,
azure-devops-mcp#1270): applying a suggestion replaces exactly these characters, so a thread spans its lines
from their first character to behind their last. An iteration compared with itself stands for its comparison
with the common commit (the official description of `CommentIterationContext`).
"""

from typing import Any

from reviewbot.domain.anchor import Anchor, Line, Side
from reviewbot.domain.forge import Comment, Thread, ThreadState
from reviewbot.forges.azure_changes import Changed
from reviewbot.forges.azure_sdk import every, models
from reviewbot.forges.fields import odd

_WHAT = "a list of threads"
_STATES = {
    "fixed": ThreadState.RESOLVED,
    "closed": ThreadState.RESOLVED,
    "wontFix": ThreadState.REFUSED,
    "byDesign": ThreadState.REFUSED,
}


def inline(anchor: Anchor, body: str, file: Changed, iteration: int) -> Any:
    """Build a thread on lines of a file, tied to the change of the file in that iteration."""
    side = "right" if anchor.side is Side.NEW else "left"
    start = models.CommentPosition(line=_number(anchor.first, anchor.side), offset=1)
    end = models.CommentPosition(line=_number(anchor.last, anchor.side), offset=anchor.width + 1)
    thread = general(body, "active")
    thread.thread_context = models.CommentThreadContext(
        file_path=file.path, **{f"{side}_file_start": start, f"{side}_file_end": end}
    )
    thread.pull_request_thread_context = models.GitPullRequestCommentThreadContext(
        change_tracking_id=file.tracking,
        iteration_context=models.CommentIterationContext(
            first_comparing_iteration=iteration, second_comparing_iteration=iteration
        ),
    )
    return thread


def general(body: str, status: str) -> Any:
    """Build a thread that stands on no file."""
    return models.GitPullRequestCommentThread(comments=[comment(body, parent=0)], status=status)


def comment(body: str, *, parent: int) -> Any:
    """Build a comment; `parent` is the id of the thread's first one, 0 for the first one itself."""
    return models.Comment(content=body, parent_comment_id=parent, comment_type="text")


def _number(line: Line, side: Side) -> int:
    number = line.new if side is Side.NEW else line.old
    assert number is not None, "an anchor's lines lie on its side"
    return number


def read(threads: Any) -> tuple[Thread, ...]:
    """Keep of each thread what still stands; leave out those of which nothing does."""
    found = []
    for thread in every(threads, _WHAT):
        said = every(thread.comments or [], _WHAT)
        comments = tuple(_comment(each) for each in said if _stands(each))
        if comments and not thread.is_deleted:
            found.append(_thread(thread, comments))
    return tuple(found)


def _stands(raw: Any) -> bool:
    return not raw.is_deleted and raw.comment_type != "system"


def _comment(raw: Any) -> Comment:
    if raw.id is None or raw.author is None or not raw.author.id:
        raise odd(_WHAT, "a comment lacks its id or its author")
    return Comment(str(raw.id), raw.author.id, whole(raw.content or ""))


def _thread(raw: Any, comments: tuple[Comment, ...]) -> Thread:
    if raw.id is None:
        raise odd(_WHAT, "a thread lacks its id")
    path = raw.thread_context.file_path if raw.thread_context else None
    state = _STATES.get(raw.status, ThreadState.OPEN) if isinstance(raw.status, str) else ThreadState.OPEN
    return Thread(
        id=str(raw.id),
        comments=comments,
        path=whole(path).removeprefix("/") if path else None,
        state=state,
        resolver=None,  # Azure DevOps does not say who
    )


def whole(text: str) -> str:
    """Put U+FFFD for half characters, which cannot be written anywhere."""
    return text.encode("utf-8", "replace").decode("utf-8")
