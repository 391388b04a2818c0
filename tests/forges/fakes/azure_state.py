"""What a server remembers of pull requests, and how it tells of it in JSON."""

import itertools
import uuid
from dataclasses import dataclass, field
from typing import Any

from fakes.server import User

THREAD_STATUS = (
    "unknown",
    "active",
    "fixed",
    "wontFix",
    "closed",
    "byDesign",
    "pending",
)  # in the enum's order [S]
COMMENT_TYPE = ("unknown", "text", "codeChange", "system")  # [S]
STATUS_STATE = ("notSet", "pending", "succeeded", "failed", "error", "notApplicable")  # [S]
SYSTEM = User("00000002-0000-8888-8000-000000000000", "Microsoft.VisualStudio.Services.TFS", is_bot=True)
_SPACE = uuid.UUID("5f7c2f43-9d1e-4b0e-8a53-0d6b5ee1a7c1")


def guid(name: str) -> str:
    """A GUID that is the same in every run."""
    return str(uuid.uuid5(_SPACE, name))


class Clock:
    """Moments that never repeat, so that order can be told by them."""

    def __init__(self) -> None:
        self._seconds = itertools.count()

    def now(self) -> str:
        minute, second = divmod(next(self._seconds), 60)
        hour, minute = divmod(minute, 60)
        return f"2026-11-21T{8 + hour:02}:{minute:02}:{second:02}.25Z"


@dataclass
class Comment:
    """A comment; deleting one leaves it in place without its text."""

    id: int
    author: User
    content: str | None
    kind: str
    parent: int
    at: str
    edited: str
    deleted: bool = False
    liked: list[User] = field(default_factory=list)


@dataclass(frozen=True)
class Mark:
    """Where a thread is shown: a side's file at a commit; `start` and `end` are (line, offset), or None for a file.

    Both count from 1, offsets in UTF-16 code units, the end exclusive [I pr-agent#2721]. `name` is what the
    change calls the file, `path` what it is called in the commit.
    """

    side: str
    commit: str
    path: str
    name: str
    start: tuple[int, int] | None
    end: tuple[int, int] | None


@dataclass
class Thread:
    """A thread. `status` is None for the server's own; `mark` is None for a general or an orphaned one."""

    id: int
    number: int
    status: str | None
    comments: list[Comment]
    context: dict[str, Any] | None
    tracking: dict[str, Any] | None
    at: str
    mark: Mark | None = None
    orphaned: bool = False
    properties: dict[str, str] = field(default_factory=dict)
    changed: str = ""  # when its status was set last

    @property
    def is_system(self) -> bool:
        return all(comment.kind == "system" for comment in self.comments)

    @property
    def is_deleted(self) -> bool:
        return all(comment.deleted for comment in self.comments)

    def comment(self, number: int) -> Comment | None:
        return next((each for each in self.comments if each.id == number), None)


@dataclass
class Posted:
    """A status as it was posted; a later one of the same genre and name takes its place [S]."""

    id: int
    author: User
    state: str
    description: str | None
    genre: str | None
    name: str
    url: str | None
    iteration: int | None
    at: str


@dataclass(frozen=True)
class Iteration:
    """One state of a pull request; `common` is the merge base [S commonRefCommit]."""

    id: int
    source: str
    target: str
    common: str
    reason: str
    at: str
    author: User


@dataclass
class Pull:
    """A pull request. `tracking` maps paths to the changeTrackingId that follows a file through iterations [S]."""

    number: int
    author: User
    source_branch: str
    target_branch: str
    fork: bool
    at: str
    iterations: list[Iteration] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    statuses: list[Posted] = field(default_factory=list)
    tracking: dict[str, int] = field(default_factory=dict)
    status: str = "active"
    draft: bool = False
    merged: int = 0  # the iteration that the last trial merge saw

    def iteration(self, number: int) -> Iteration | None:
        return self.iterations[number - 1] if 1 <= number <= len(self.iterations) else None

    def thread(self, number: int) -> Thread | None:
        return next((each for each in self.threads if each.id == number), None)


def identity(user: User, base: str) -> dict[str, Any]:
    """An IdentityRef."""
    return {
        "displayName": user.name,
        "url": f"{base}/_apis/Identities/{user.id}",
        "id": user.id,
        "uniqueName": f"CORP\\{user.name}",
        "imageUrl": f"{base}/_api/_common/identityImage?id={user.id}",
        "descriptor": f"win.{user.id}",
    }


def told_comment(comment: Comment, base: str) -> dict[str, Any]:
    """A Comment. One that was deleted has no content [K]."""
    told = {
        "id": comment.id,
        "parentCommentId": comment.parent,
        "author": identity(comment.author, base),
        "content": comment.content,
        "publishedDate": comment.at,
        "lastUpdatedDate": comment.edited,
        "lastContentUpdatedDate": comment.edited,
        "commentType": comment.kind,
        "usersLiked": [identity(user, base) for user in comment.liked],
    }
    if comment.deleted:
        told["isDeleted"] = True
        del told["content"]
    return told


def told_thread(thread: Thread, base: str) -> dict[str, Any]:
    """A GitPullRequestCommentThread; the server's own have no status [K]."""
    told: dict[str, Any] = {
        "pullRequestThreadContext": thread.tracking,
        "id": thread.id,
        "publishedDate": thread.at,
        "lastUpdatedDate": max(thread.changed, *(comment.edited for comment in thread.comments)),
        "comments": [told_comment(comment, base) for comment in thread.comments],
        "threadContext": thread.context,
        "properties": {
            name: {"$type": "System.String", "$value": value} for name, value in thread.properties.items()
        },
        "identities": None,
        "isDeleted": thread.is_deleted,
    }
    if thread.status is not None:
        told["status"] = thread.status
    return told


def told_status(status: Posted, base: str) -> dict[str, Any]:
    """A GitPullRequestStatus."""
    told = {
        "id": status.id,
        "state": status.state,
        "description": status.description,
        "context": {"name": status.name, "genre": status.genre},
        "creationDate": status.at,
        "updatedDate": status.at,
        "createdBy": identity(status.author, base),
        "targetUrl": status.url,
        "iterationId": status.iteration,
    }
    return {key: value for key, value in told.items() if value is not None}


def told_iteration(iteration: Iteration, base: str) -> dict[str, Any]:
    """A GitPullRequestIteration."""
    return {
        "id": iteration.id,
        "description": "",
        "author": identity(iteration.author, base),
        "createdDate": iteration.at,
        "updatedDate": iteration.at,
        "sourceRefCommit": {"commitId": iteration.source},
        "targetRefCommit": {"commitId": iteration.target},
        "commonRefCommit": {"commitId": iteration.common},
        "hasMoreCommits": False,
        "reason": iteration.reason,
    }
