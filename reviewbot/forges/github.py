"""GitHub Enterprise Server: one GraphQL question to read, REST through PyGithub to write.

What the question cannot do is left to REST: GraphQL drops a comment that does not fit the diff in silence
[I github-mcp-server#2495], while REST refuses it. Resolving exists in GraphQL alone. The merge base is not
in the answer (`diff_base` is None): GitHub's diff starts at the merge base of the two branches.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from github.Commit import Commit
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest as Pulls
from github.PullRequestComment import PullRequestComment

from reviewbot.domain.forge import (
    Capabilities,
    Comment,
    Conversation,
    Post,
    Refused,
    Status,
    StatusState,
    SuggestionStyle,
    Thread,
    ThreadState,
)
from reviewbot.domain.pull import PullRef, PullRequest
from reviewbot.errors import ForgeError, UncertainWriteError, UsageError
from reviewbot.forges import github_rights as rights
from reviewbot.forges.base import Access, Rights, refusal
from reviewbot.forges.fields import flag, record
from reviewbot.forges.github_checks import check_status, make_check
from reviewbot.forges.github_drafts import past_own_draft
from reviewbot.forges.github_query import PULL, REOPEN, REPLIES, RESOLVE, Listed, Page, page, replies
from reviewbot.forges.github_review import Review
from reviewbot.forges.github_wire import Refusal, Wire

_NAME = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9._-]+\Z")
_BATCH = 150  # a GitHub Enterprise Server gave 502 for reviews of some 100 and more [I prontolabs/pronto#302]
_PAGES = 100
_STATE_WORDS = {
    StatusState.SUCCESS: "success",
    StatusState.FAILURE: "failure",
    StatusState.INCOMPLETE: "error",
}


def connect(ref: PullRef, access: Access, *, status_name: str, status_as: str = "status") -> "GitHubForge":
    """Make the adapter; nothing is sent yet.

    `status_as` is `status` (a commit status: any token can) or `check` (a check run: tokens of an App and
    GITHUB_TOKEN alone). Raises `UsageError` for a repository that is not `owner/name`.
    """
    owner, _, name = ref.repository.partition("/")
    if not (_NAME.match(owner) and _NAME.match(name)) or ref.number < 1:
        raise UsageError("not a repository of GitHub: it is named owner/name, and pull requests count from 1")
    if status_as not in {"status", "check"}:
        raise UsageError(f"a status is set as status or check, not as {status_as!r}")
    return GitHubForge(ref, Wire(ref.api, access), status_name, check=status_as == "check")


class GitHubForge:
    """The verbs of `domain.forge.Forge`. An answer that was read and not used yet serves the next verb."""

    def __init__(self, ref: PullRef, wire: Wire, status_name: str, *, check: bool) -> None:
        self.capabilities = Capabilities(
            suggestion=SuggestionStyle.LINES, context=3, body_limit=65_536, status_limit=140, batch=_BATCH
        )
        self._ref = ref
        self._wire = wire
        self._access = wire.access
        self._status_name = status_name
        self._check = check
        self._repository = f"/repos/{ref.repository}"
        self._path = f"{self._repository}/pulls/{ref.number}"
        self._batch = _BATCH
        self._to_list: Page | None = None
        self._to_tell: Page | None = None

    def pull_request(self) -> PullRequest:
        """Read the pull request anew: one request, whose answer serves the other reading verbs once."""
        self._to_list = self._to_tell = found = self._ask(None)
        return found.pull

    def conversation(self, pull: PullRequest) -> Conversation:
        """List all review threads, then each comment on the pull request as a thread of its own."""
        del pull
        pages = [self._to_list or self._ask(None)]
        self._to_list = None
        while pages[-1].threads_at.more or pages[-1].general_at.more:
            if len(pages) == _PAGES:
                raise ForgeError(f"the pull request has more than {100 * _PAGES} threads or comments")
            pages.append(self._ask(pages[-1]))
        threads = [self._whole(listed) for each in pages for listed in each.threads]
        general = [_general(comment) for each in pages for comment in each.general]
        found = {thread.id: thread for thread in (*threads, *general) if thread is not None}
        return Conversation(pages[0].viewer.id, tuple(found.values()))

    def post(self, pull: PullRequest, posts: Sequence[Post]) -> tuple[Refused, ...]:
        """Post the comments as one review, or as several where there are very many."""
        refused: list[Refused] = []
        with self._writing(rights.commenting(self._access)):
            try:
                for start in range(0, len(posts), self._batch):
                    review = Review(self._wire, self._path, pull, lambda: self._ask(None))
                    refused += review.post(posts[start : start + self._batch])
            except UncertainWriteError:
                # A server that breaks down over a large review may manage a smaller one.
                self._batch = max(10, self._batch // 2)
                raise
        return tuple(refused)

    def post_general(self, pull: PullRequest, body: str) -> None:
        """Comment on the pull request as a whole."""
        del pull
        with self._writing(rights.commenting(self._access, "take the summary")):
            self._pulls().create_issue_comment(body)

    def edit(self, pull: PullRequest, thread: Thread, comment: Comment, body: str) -> None:
        """Replace a comment's text; a thread on no file is a comment on the pull request as a whole."""
        del pull
        general = thread.path is None
        kind = IssueComment if general else PullRequestComment
        place = f"{self._repository}/{'issues' if general else 'pulls'}/comments/{int(comment.id)}"
        with self._writing(rights.commenting(self._access, "change a comment")):
            kind(self._wire.rest, {}, {"url": place}, completed=True).edit(body)

    def reply(self, pull: PullRequest, thread: Thread, body: str) -> None:
        """Answer in a thread; a comment on the whole has no thread, so the answer follows it."""
        if thread.path is None:
            self.post_general(pull, body)
            return
        with self._writing(rights.commenting(self._access, "take an answer")):
            first = int(thread.comments[0].id)
            past_own_draft(
                self._wire,
                self._path,
                lambda: self._ask(None).viewer,
                lambda: self._pulls().create_review_comment_reply(first, body),
            )

    def resolve(self, pull: PullRequest, thread: Thread) -> None:
        """Resolve a review thread."""
        del pull
        self._turn(thread, RESOLVE, "resolveReviewThread", resolved=True)

    def reopen(self, pull: PullRequest, thread: Thread) -> None:
        """Open a review thread again."""
        del pull
        self._turn(thread, REOPEN, "unresolveReviewThread", resolved=False)

    def status(self, pull: PullRequest) -> Status | None:
        """Read the status that our own account set on the head under our name."""
        if self._check:
            with self._asking():
                return check_status(self._wire, self._repository, pull.head, self._status_name)
        told = self._to_tell or self._ask(None)
        self._to_tell = None
        return told.status if told.pull.head == pull.head else None

    def set_status(self, pull: PullRequest, status: Status) -> None:
        """Set the status on `pull.head`, or make a check run of it."""
        limit = self.capabilities.status_limit
        cut = status.description
        status = replace(status, description=cut if len(cut) <= limit else cut[: limit - 1] + "…")
        with self._writing(rights.reporting(self._access, check=self._check)):
            if self._check:
                make_check(self._wire, self._repository, pull.head, self._status_name, status)
                return
            place = {"url": f"{self._repository}/commits/{pull.head}", "sha": pull.head}
            Commit(self._wire.rest, {}, place, completed=True).create_status(
                _STATE_WORDS[status.state], description=status.description, context=self._status_name
            )

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _pulls(self) -> Pulls:
        place = {"url": self._path, "issue_url": f"{self._repository}/issues/{self._ref.number}"}
        return Pulls(self._wire.rest, {}, place, completed=True)

    def _ask(self, before: Page | None) -> Page:
        """Ask for what comes after a page, or anew."""
        owner, _, name = self._ref.repository.partition("/")
        variables: dict[str, str | int | None] = {
            "owner": owner,
            "name": name,
            "number": self._ref.number,
            "context": self._status_name,
            "threads": before.threads_at.after if before else None,
            "comments": before.general_at.after if before else None,
        }
        with self._asking():
            return page(self._wire.query(PULL, variables), self._ref, before)

    def _whole(self, listed: Listed) -> Thread | None:
        later: tuple[Comment, ...] = ()
        cursor = listed.replies
        for _ in range(_PAGES):
            if not cursor.more:
                return listed.whole(later)
            with self._asking():
                found, cursor = replies(
                    self._wire.query(REPLIES, {"thread": listed.id, "after": cursor.after})
                )
            later += found
        raise ForgeError(f"a thread has more than {100 * _PAGES} comments")

    def _turn(self, thread: Thread, mutation: str, name: str, *, resolved: bool) -> None:
        doing = "resolve a thread" if resolved else "open a thread again"
        if thread.path is None:
            raise ForgeError(f"the forge cannot {doing} that stands on no file")
        with self._writing(rights.resolving(self._access, doing)):
            answer = record(
                self._wire.mutate(mutation, {"thread": thread.id}).get(name), "a thread", write=True
            )
            now = record(answer.get("thread"), "a thread", write=True)
            if flag(now, "isResolved", "a thread", write=True) is not resolved:
                raise ForgeError(f"the forge did not {doing}, and gave no reason")

    def _asking(self) -> AbstractContextManager[None]:
        return self._explained(rights.reading(self._access))

    def _writing(self, needed: Rights) -> AbstractContextManager[None]:
        """Forget what was read before: a write makes it old."""
        self._to_list = self._to_tell = None
        return self._explained(needed)

    @contextmanager
    def _explained(self, needed: Rights) -> Iterator[None]:
        """Say of a refusal which right is missing and where it is given."""
        try:
            yield
        except Refusal as error:
            raise refusal(self._access, needed, error.status, error.said) from None


def _general(comment: Comment) -> Thread:
    return Thread(comment.id, (comment,), None, ThreadState.OPEN, None)
