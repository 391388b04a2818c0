"""What a GitHub Enterprise Server remembers: pull requests, reviews, threads, comments, statuses, check runs."""

import base64
from dataclasses import dataclass, field
from typing import Any

# Node ids are opaque to clients: a prefix of the type, then a packed number [K].
PREFIXES = {
    "User": "U",
    "Bot": "BOT",
    "Repository": "R",
    "PullRequest": "PR",
    "PullRequestReview": "PRR",
    "PullRequestReviewThread": "PRRT",
    "PullRequestReviewComment": "PRRC",
    "IssueComment": "IC",
    "StatusContext": "SC",
    "CheckRun": "CR",
    "Commit": "C",
}


def node_id(kind: str, key: object) -> str:
    """The global id of an object."""
    packed = base64.urlsafe_b64encode(f"0:{kind}{key}".encode()).decode().rstrip("=")
    return f"{PREFIXES[kind]}_kw{packed}"


@dataclass(eq=False)
class Pull:
    """A pull request. `base_sha` is the target's tip as it was recorded, and not the merge base.

    `heads` are all heads it has had, the newest last. `head_repo` is None once the fork is deleted.
    """

    id: int
    number: int
    source_branch: str
    target_branch: str
    author: int
    heads: list[str]
    base_sha: str
    created_at: str
    state: str = "open"
    merged: bool = False
    draft: bool = False
    is_fork: bool = False
    head_repo: str | None = None
    title: str = "A change"
    body: str = ""

    @property
    def head(self) -> str:
        return self.heads[-1]


@dataclass(frozen=True)
class Spot:
    """Where a thread was put: numbers as the diff `base`..`commit` has them. `line` is None for a file's."""

    path: str
    side: str
    line: int | None
    start_side: str | None
    start_line: int | None
    base: str
    commit: str
    hunk: str
    position: int | None

    @property
    def subject(self) -> str:
        return "file" if self.line is None else "line"


@dataclass(eq=False)
class Said:
    """A comment of a thread, or of the conversation (then it has neither thread nor review)."""

    id: int
    author: int | None
    body: str
    created_at: str
    updated_at: str
    pull: Pull
    thread: "Thread | None" = None
    review: "Review | None" = None


@dataclass(eq=False)
class Thread:
    """A thread on the diff; it is gone when its last comment is."""

    id: int
    pull: Pull
    spot: Spot
    comments: list[Said] = field(default_factory=list)
    resolved_by: int | None = None

    @property
    def node(self) -> str:
        return node_id("PullRequestReviewThread", self.id)


@dataclass(eq=False)
class Review:
    """A review. `state` is PENDING, COMMENTED, APPROVED, CHANGES_REQUESTED or DISMISSED."""

    id: int
    pull: Pull
    author: int | None
    body: str
    state: str
    commit: str
    submitted_at: str | None


@dataclass(eq=False)
class CommitStatus:
    id: int
    sha: str
    state: str
    description: str | None
    context: str
    target_url: str | None
    creator: int
    created_at: str


@dataclass(eq=False)
class CheckRun:
    id: int
    sha: str
    name: str
    app: int
    values: dict[str, Any]
    annotations: list[dict[str, Any]] = field(default_factory=list)
