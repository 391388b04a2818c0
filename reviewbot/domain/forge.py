"""What reviewbot needs of a forge, as a protocol, and what differs between forges, as data.

The verbs are all there are: list, create, update, reply to, resolve and reopen our own threads, set one
status. Approve, vote, merge, label and push do not exist.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from reviewbot.domain.anchor import Anchor
from reviewbot.domain.pull import PullRequest


class SuggestionStyle(StrEnum):
    """How a comment offers a replacement that a reader can apply."""

    LINES = "lines"  # GitHub: replaces the lines that the comment is attached to
    OFFSETS = "offsets"  # GitLab: replaces lines counted from the line it is attached to
    RANGE = "range"  # Azure DevOps: replaces the exact characters that the thread spans
    DIFF = "diff"  # no button: a diff block to read


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a forge can do, and its limits. Sizes are in characters.

    `context` is how many unchanged lines around a hunk a comment may stand on; None: any line of a
    changed file. `batch` is how many inline comments one request carries. `similarity` is how much of a
    moved file, in percent, must have stayed for the forge to call it renamed.
    """

    suggestion: SuggestionStyle
    context: int | None
    body_limit: int
    status_limit: int
    batch: int
    similarity: int = 50  # git's own


class ThreadState(StrEnum):
    """What became of a thread."""

    OPEN = "open"
    RESOLVED = "resolved"
    REFUSED = "refused"  # won't fix, by design


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that still stands. `author` is the forge's immutable id of the account, as text."""

    id: str
    author: str
    body: str


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread of any author's, the comments in their order and at least one.

    `path` is the file it stands on (new side's name where the forge gives both), None for one that
    stands on no file. `resolver` is the account that resolved it, where the forge says so.
    """

    id: str
    comments: tuple[Comment, ...]
    path: str | None
    state: ThreadState
    resolver: str | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """Everything said on a pull request. `me` is the account that our token speaks as."""

    me: str
    threads: tuple[Thread, ...]


class StatusState(StrEnum):
    """The three words a status can say."""

    SUCCESS = "success"
    FAILURE = "failure"  # findings at or over the threshold
    INCOMPLETE = "incomplete"  # something required was not reviewed; never success


@dataclass(frozen=True, slots=True)
class Status:
    """Our one status on a commit."""

    state: StatusState
    description: str


@dataclass(frozen=True, slots=True)
class Post:
    """An inline comment to create. `key` is ours, and comes back if the forge refuses the comment."""

    key: str
    anchor: Anchor
    body: str


@dataclass(frozen=True, slots=True)
class Refused:
    """An inline comment that the forge would not take, and why; the others were posted."""

    key: str
    why: str


class Forge(Protocol):
    """One pull request of one forge, through one token.

    Every method raises `ForgeError` where the forge refuses or does not answer, and
    `UncertainWriteError` where a write may or may not have happened: then list before trying again.
    No write is repeated by an adapter.
    """

    @property
    def capabilities(self) -> Capabilities:
        """What this forge can do."""

    def pull_request(self) -> PullRequest:
        """Read the pull request anew."""

    def conversation(self, pull: PullRequest) -> Conversation:
        """List all threads and general comments that still stand."""

    def post(self, pull: PullRequest, posts: Sequence[Post]) -> tuple[Refused, ...]:
        """Create a thread for each, in as few requests as the forge allows; give back those it refused."""

    def post_general(self, pull: PullRequest, body: str) -> None:
        """Create a comment that stands on no file."""

    def edit(self, pull: PullRequest, thread: Thread, comment: Comment, body: str) -> None:
        """Replace the text of one of our comments."""

    def reply(self, pull: PullRequest, thread: Thread, body: str) -> None:
        """Add a comment to a thread."""

    def resolve(self, pull: PullRequest, thread: Thread) -> None:
        """Resolve a thread (Azure DevOps: fixed)."""

    def reopen(self, pull: PullRequest, thread: Thread) -> None:
        """Open a resolved thread again."""

    def status(self, pull: PullRequest) -> Status | None:
        """Read our status on the head (Azure DevOps: on the iteration); None if there is none."""

    def set_status(self, pull: PullRequest, status: Status) -> None:
        """Set our status on `pull.head`."""

    def close(self) -> None:
        """Close the connections."""
