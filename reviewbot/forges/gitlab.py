"""GitLab, self-managed: merge requests over REST v4.

Inline comments go out as draft notes that are published together: one notification instead of many, and
a run that dies before the end has shown nothing.
"""

import time
from collections.abc import Callable, Sequence

from gitlab.utils import EncodedId

from reviewbot.domain.forge import (
    Capabilities,
    Comment,
    Conversation,
    Post,
    Refused,
    Status,
    SuggestionStyle,
    Thread,
    ThreadState,
)
from reviewbot.domain.pull import PullRef, PullRequest
from reviewbot.errors import ForgeError
from reviewbot.forges import gitlab_drafts, gitlab_status
from reviewbot.forges.base import Access
from reviewbot.forges.fields import number, record
from reviewbot.forges.gitlab_reading import account, is_behind, notes_in, pull_request
from reviewbot.forges.gitlab_reading import thread as read_thread
from reviewbot.forges.gitlab_status import STATUS_LIMIT
from reviewbot.forges.gitlab_wire import Wire

_CAPABILITIES = Capabilities(
    suggestion=SuggestionStyle.OFFSETS, context=3, body_limit=1_000_000, status_limit=STATUS_LIMIT, batch=1,
    similarity=30,  # gitaly's internal/gitaly/service/diff/commit.go
)  # fmt: skip
_MOST_COMMENTS = 5000  # GitLab's own limit for one merge request
_NOTE = "a comment"
_WAITS_S = (0.2, 0.5, 1.0, 2.0)


def connect(
    ref: PullRef,
    access: Access,
    *,
    status_name: str,
    pipeline_id: int | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> "GitLabForge":
    """Prepare to speak to GitLab; nothing is sent yet. Raises `UsageError` for an unusable address or token.

    `pipeline_id` is the pipeline that the status belongs to (`CI_PIPELINE_ID`): without it GitLab may start
    a second, external one for it.
    """
    return GitLabForge(ref, Wire(ref, access, sleep=sleep), status_name, pipeline_id, sleep)


class GitLabForge:
    """One merge request. See `domain.forge.Forge` for what each verb promises."""

    capabilities = _CAPABILITIES

    def __init__(
        self,
        ref: PullRef,
        wire: Wire,
        status_name: str,
        pipeline_id: int | None,
        sleep: Callable[[float], None],
    ) -> None:
        self._ref = ref
        self._wire = wire
        self._status_name = status_name
        self._pipeline_id = pipeline_id
        self._sleep = sleep
        self._account: str | None = None

    def pull_request(self) -> PullRequest:
        """Read it anew, waiting a little while GitLab still computes its diff."""
        for wait in (*_WAITS_S, None):
            found = record(
                self._wire.read("read the merge request", self._wire.merge_path), "a merge request"
            )
            pull = pull_request(self._ref, found)
            if pull is not None and (wait is None or not is_behind(found, pull)):
                return pull
            if wait is not None:
                self._sleep(wait)
        raise ForgeError("GitLab is still preparing the merge request", hint="run it again in a minute")

    def conversation(self, pull: PullRequest) -> Conversation:  # noqa: ARG002 (other forges list by revision)
        """List all threads; a comment outside of threads is a thread of one."""
        me = self._me()
        threads: list[Thread] = []
        count = 0
        path = self._wire.merge.discussions.path
        for found in self._wire.pages("list the threads", path, "a list of threads"):
            notes = notes_in(found)
            count += len(notes)
            if count > _MOST_COMMENTS:
                raise ForgeError(
                    f"the merge request has more than {_MOST_COMMENTS} comments: too many to read"
                )
            if notes:
                threads.append(read_thread(found, notes))
        return Conversation(me, tuple(threads))

    def post(self, pull: PullRequest, posts: Sequence[Post]) -> tuple[Refused, ...]:
        """Draft each comment, then publish the drafts together."""
        return gitlab_drafts.publish(self._wire, pull, posts, me=self._me()) if posts else ()

    def post_general(self, pull: PullRequest, body: str) -> None:  # noqa: ARG002 (the merge request is bound)
        """Create a comment that stands on no file."""
        made = self._wire.post("post a comment", self._wire.merge.notes.path, {"body": body}, _NOTE)
        number(made, "id", _NOTE, write=True)

    def edit(self, pull: PullRequest, thread: Thread, comment: Comment, body: str) -> None:  # noqa: ARG002 (as above)
        """Replace the text of one of our comments."""
        path = f"{self._thread(thread)}/notes/{EncodedId(comment.id)}"
        number(self._wire.put("edit a comment", path, {"body": body}, _NOTE), "id", _NOTE, write=True)

    def reply(self, pull: PullRequest, thread: Thread, body: str) -> None:  # noqa: ARG002 (as above)
        """Add a comment to a thread."""
        path = f"{self._thread(thread)}/notes"
        number(self._wire.post("reply to a thread", path, {"body": body}, _NOTE), "id", _NOTE, write=True)

    def resolve(self, pull: PullRequest, thread: Thread) -> None:  # noqa: ARG002 (as above)
        """Resolve a thread. Raises `ForgeError` for one on no file: GitLab resolves none of our general comments."""
        self._settle(thread, ThreadState.RESOLVED)

    def reopen(self, pull: PullRequest, thread: Thread) -> None:  # noqa: ARG002 (as above)
        """Open a resolved thread again."""
        self._settle(thread, ThreadState.OPEN)

    def status(self, pull: PullRequest) -> Status | None:
        """Read our status on the head."""
        return gitlab_status.read(self._slot(pull))

    def set_status(self, pull: PullRequest, status: Status) -> None:
        """Set it on the head, in the pipeline that was given if that one takes it."""
        gitlab_status.write(self._slot(pull), status, pipeline=self._pipeline_id)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _me(self) -> str:
        if self._account is None:
            self._account = account(self._wire.read("read whose token it is", "/user"))
        return self._account

    def _slot(self, pull: PullRequest) -> gitlab_status.Slot:
        return gitlab_status.Slot(self._wire, pull.head, self._status_name, self._me())

    def _thread(self, thread: Thread) -> str:
        return f"{self._wire.merge.discussions.path}/{EncodedId(thread.id)}"

    def _settle(self, thread: Thread, wanted: ThreadState) -> None:
        doing = "resolve a thread" if wanted is ThreadState.RESOLVED else "reopen a thread"
        if thread.path is None:
            raise ForgeError(f"GitLab cannot {doing} that stands on no file")
        fields = {"resolved": wanted is ThreadState.RESOLVED}
        made = self._wire.put(doing, self._thread(thread), fields, "a thread")
        notes = notes_in(made, write=True)
        if not notes or read_thread(made, notes, write=True).state is not wanted:
            raise ForgeError(f"GitLab did not {doing}, though it said so")
