"""The one question that tells all of a pull request, and how its answer is read.

Accounts are told by the database id of a `User` or a `Bot`: these share one table on GitHub, and REST
shows the same number. Whatever else may write (a mannequin of an import, a deleted account) has no id
here, so nobody else's comment can count as ours. `fullDatabaseId` is what REST calls a comment's `id`;
the schema has it since 2024-02 [S octokit/graphql-schema], GitHub Enterprise Server since 3.13.
A comment of a review that was never submitted is shown to its author alone, as PENDING: it does not
stand, so it is left out. Both lists are paged by one question: the one that is at its end gives an empty
page without a cursor, so its last cursor is asked for again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reviewbot.domain.forge import Comment, Status, StatusState, Thread, ThreadState
from reviewbot.domain.pull import PullRef, PullRequest
from reviewbot.errors import ForgeError
from reviewbot.forges.fields import flag, odd, optional_text, record, records, text

_WHO = "{ __typename ... on User { databaseId } ... on Bot { databaseId } }"
_PAGE = "pageInfo { hasNextPage endCursor }"
_REPLIES = f"{_PAGE} nodes {{ fullDatabaseId body state author {_WHO} }}"

PULL = f"""
query Pull(
  $owner: String!, $name: String!, $number: Int!, $context: String!, $threads: String, $comments: String
) {{
  viewer {{ login databaseId }}
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      headRefOid baseRefName state
      reviewThreads(first: 100, after: $threads) {{
        {_PAGE}
        nodes {{ id path isResolved resolvedBy {{ databaseId }} comments(first: 100) {{ {_REPLIES} }} }}
      }}
      comments(first: 100, after: $comments) {{ {_PAGE} nodes {{ fullDatabaseId body author {_WHO} }} }}
      commits(last: 1) {{
        nodes {{ commit {{ oid status {{ context(name: $context) {{ state description creator {_WHO} }} }} }} }}
      }}
    }}
  }}
}}
"""
REPLIES = f"""
query Replies($thread: ID!, $after: String) {{
  node(id: $thread) {{ ... on PullRequestReviewThread {{ comments(first: 100, after: $after) {{ {_REPLIES} }} }} }}
}}
"""
RESOLVE = (
    "mutation Resolve($thread: ID!) "
    "{ resolveReviewThread(input: {threadId: $thread}) { thread { id isResolved } } }"
)
REOPEN = (
    "mutation Reopen($thread: ID!) "
    "{ unresolveReviewThread(input: {threadId: $thread}) { thread { id isResolved } } }"
)

_ASKED = "a pull request"
_OBJECT_ID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
_NUMBER = re.compile(r"[0-9]{1,19}\Z")
_STATES = {
    "SUCCESS": StatusState.SUCCESS,
    "FAILURE": StatusState.FAILURE,
    "ERROR": StatusState.INCOMPLETE,
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """The account that the token speaks as: its id as text, and its name for messages."""

    id: str
    login: str


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list goes on: the cursor after this page's last item, None before the first one."""

    after: str | None
    more: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A review thread, whose comments may go on at `replies`."""

    id: str
    path: str
    resolved: bool
    resolver: str | None
    comments: tuple[Comment, ...]
    replies: Cursor

    def whole(self, later: tuple[Comment, ...]) -> Thread | None:
        """Make a thread of it, with the later comments; None if none of them stands."""
        comments = self.comments + later
        state = ThreadState.RESOLVED if self.resolved else ThreadState.OPEN
        return Thread(self.id, comments, self.path, state, self.resolver) if comments else None


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to `PULL`. `status` is None where there is none of our own."""

    viewer: Viewer
    pull: PullRequest
    status: Status | None
    threads: tuple[Listed, ...]
    threads_at: Cursor
    general: tuple[Comment, ...]
    general_at: Cursor


def page(data: Mapping[str, object], ref: PullRef, before: Page | None = None) -> Page:
    """Read an answer to `PULL`, which may follow another. Raises `ForgeError` where it is anything else."""
    repository = record(data.get("repository"), "a repository")
    found = record(repository.get("pullRequest"), _ASKED)
    viewer = _viewer(data)
    pull = PullRequest(
        ref=ref,
        head=_object_id(found, "headRefOid"),
        target_branch=text(found, "baseRefName", _ASKED),
        diff_base=None,
        revision="",
        is_open=text(found, "state", _ASKED) == "OPEN",
    )
    threads = record(found.get("reviewThreads"), "the threads")
    general = record(found.get("comments"), "the comments")
    return Page(
        viewer=viewer,
        pull=pull,
        status=_status(found, pull.head, viewer),
        threads=tuple(_listed(item) for item in records(threads.get("nodes"), "the threads")),
        threads_at=_cursor(threads, before.threads_at.after if before else None),
        general=_comments(general),
        general_at=_cursor(general, before.general_at.after if before else None),
    )


def replies(data: Mapping[str, object]) -> tuple[tuple[Comment, ...], Cursor]:
    """Read an answer to `REPLIES`."""
    node = record(data.get("node"), "a thread")
    comments = record(node.get("comments"), "a thread's comments")
    return _comments(comments), _cursor(comments)


def _viewer(data: Mapping[str, object]) -> Viewer:
    found = record(data.get("viewer"), "an account")
    me = _account(found)
    if not me:
        raise ForgeError(
            "the forge does not say which account the token speaks as",
            hint="use a token of an account, of a GitHub App, or the job's GITHUB_TOKEN",
        )
    return Viewer(me, text(found, "login", "an account"))


def _object_id(source: Mapping[str, object], name: str) -> str:
    value = text(source, name, _ASKED)
    if not _OBJECT_ID.match(value):
        raise odd(_ASKED, f"its {name} is no commit's id")
    return value


def _cursor(connection: Mapping[str, object], before: str | None = None) -> Cursor:
    info = record(connection.get("pageInfo"), "a page")
    end = optional_text(info, "endCursor", "a page")
    more = flag(info, "hasNextPage", "a page")
    if more and end in {None, before}:
        raise odd("a page", "it goes on and does not say where")
    return Cursor(end or before, more)


def _listed(item: Mapping[str, object]) -> Listed:
    comments = record(item.get("comments"), "a thread's comments")
    resolver = item.get("resolvedBy")
    return Listed(
        id=text(item, "id", "a thread"),
        path=text(item, "path", "a thread"),
        resolved=flag(item, "isResolved", "a thread"),
        resolver=(_account(resolver) or None) if isinstance(resolver, Mapping) else None,
        comments=_comments(comments),
        replies=_cursor(comments),
    )


def _comments(connection: Mapping[str, object]) -> tuple[Comment, ...]:
    found = []
    for item in records(connection.get("nodes"), "the comments"):
        if item.get("state") == "PENDING":
            continue
        number = str(item.get("fullDatabaseId"))
        if not _NUMBER.match(number):
            raise odd("a comment", "it has no number")
        found.append(Comment(number, _account(item.get("author")), text(item, "body", "a comment")))
    return tuple(found)


def _account(value: object) -> str:
    """Give an account's id as text; nothing for an account that was deleted, or is of another kind."""
    number = value.get("databaseId") if isinstance(value, Mapping) else None
    return str(number) if isinstance(number, int) and not isinstance(number, bool) else ""


def _status(found: Mapping[str, object], head: str, viewer: Viewer) -> Status | None:
    """Read our status. One that somebody else set under our name does not count: it is set again."""
    commits = record(found.get("commits"), "the commits")
    for item in records(commits.get("nodes"), "the commits"):
        commit = record(item.get("commit"), "a commit")
        rollup = commit.get("status")
        context = record(rollup, "a status").get("context") if rollup is not None else None
        if context is None or commit.get("oid") != head:
            continue
        ours = record(context, "a status")
        state = _STATES.get(text(ours, "state", "a status"))
        if state is not None and _account(ours.get("creator")) == viewer.id:
            return Status(state, optional_text(ours, "description", "a status") or "")
    return None
