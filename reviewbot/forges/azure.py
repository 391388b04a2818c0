"""Azure DevOps Server 2019 to 2022.2, and later.

What differs from the other forges: lines are validated by nobody but us, a thread belongs to an iteration
(one state of the source branch) and to a change of it, and its status tells what people made of it
(`wontFix` and `byDesign` are refusals). The summary's thread is created closed: a branch policy that asks
for all comments to be resolved would wait for it for ever. How the SDK is used: see `azure_sdk`.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from msrest.authentication import BasicAuthentication, BasicTokenAuthentication

from reviewbot.domain.forge import (
    Capabilities,
    Comment,
    Conversation,
    Post,
    Refused,
    Status,
    SuggestionStyle,
    Thread,
)
from reviewbot.domain.pull import PullRef, PullRequest
from reviewbot.errors import UsageError
from reviewbot.forges import azure_changes, azure_pull, azure_status, azure_threads
from reviewbot.forges.azure_rights import commenting, reading, setting_status
from reviewbot.forges.azure_sdk import Answered, Server, models
from reviewbot.forges.base import Access, shown
from reviewbot.forges.fields import odd
from reviewbot.forges.session import PoliteSession

_APPLY_SINCE = 7.0  # Server 2022; not established by a source, so the setting decides where it is given
# Half of the 150,000 of the error text in runatlantis/atlantis#1585: the server may count UTF-16 units.
_BODY_CHARACTERS = 75_000
_STATUS_CHARACTERS = 255  # no source gives a limit; this is GitLab's
_ABOUT_THE_COMMENT = frozenset({400, 413})


def connect(
    ref: PullRef,
    access: Access,
    *,
    status_name: str,
    suggestions: bool | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> "AzureForge":
    """Open the pull request's forge; nothing is sent yet.

    `suggestions`: whether this server has a button that applies them; None asks the server's version.
    `sleep` is called with seconds where the server needs time. Raises `UsageError`.
    """
    project, _, repository = ref.repository.partition("/")
    if not project or not repository or "/" in repository or {project, repository} & {".", ".."}:
        raise UsageError(f"not a project and a repository: {ref.repository}", hint="write project/repository")
    if {"{", "}"} & set(ref.api):  # msrest gives the address to str.format
        raise UsageError("the forge's address has a brace", hint="write the collection's address")
    session = PoliteSession(ref.api, access.network, sleep=sleep)
    session.headers["User-Agent"] = access.user_agent
    _present(access, session)
    server = Server(ref.api, access, session, sleep)
    return AzureForge(server, ref, access, status_name=status_name, suggestions=suggestions)


def _present(access: Access, session: PoliteSession) -> None:
    """Show the token as its kind wants it: a personal one as a password, the job's as a bearer."""
    if access.kind == "pat":
        BasicAuthentication("", access.token).signed_session(session)
    elif access.kind == "bearer":
        BasicTokenAuthentication({"access_token": access.token}).signed_session(session)
    else:
        raise UsageError(f"Azure DevOps takes no token of kind {access.kind}", hint="it takes pat and bearer")


class AzureForge:
    """One pull request of an Azure DevOps Server."""

    def __init__(
        self, server: Server, ref: PullRef, access: Access, *, status_name: str, suggestions: bool | None
    ) -> None:
        self._server = server
        self._ref = ref
        self._access = access
        self._status_name = status_name
        self._suggestions = suggestions
        self._changes: dict[str, tuple[azure_changes.Changed, ...]] = {}
        project, _, repository = ref.repository.partition("/")
        self._where = {"repository_id": repository, "pull_request_id": ref.number, "project": project}

    @cached_property
    def capabilities(self) -> Capabilities:
        """What this server can do. May ask the server for its version."""
        button = self._suggestions
        if button is None:
            with self._reading("list its routes", "a list of routes"):
                button = self._server.newest() >= _APPLY_SINCE
        return Capabilities(
            suggestion=SuggestionStyle.RANGE if button else SuggestionStyle.DIFF,
            context=None,
            body_limit=_BODY_CHARACTERS,
            status_limit=_STATUS_CHARACTERS,
            batch=1,
        )

    def pull_request(self) -> PullRequest:
        """Read the pull request and its newest iteration, waiting a little where one lags the other."""
        return azure_pull.settled(self._ref, self._read_pull, self._server.sleep)

    def conversation(self, pull: PullRequest) -> Conversation:  # noqa: ARG002 (the protocol's)
        """List the threads of which something stands; what the system wrote is left out."""
        with self._reading("list the threads", "a list of threads"):
            threads = self._server.git.get_threads(**self._where)
        return Conversation(self._me, azure_threads.read(threads))

    def post(self, pull: PullRequest, posts: Sequence[Post]) -> tuple[Refused, ...]:
        """Create a thread for each in a request of its own, but none for a file that is not listed."""
        outcomes = [self._post(pull, post) for post in posts]
        return tuple(outcome for outcome in outcomes if outcome is not None)

    def post_general(self, pull: PullRequest, body: str) -> None:  # noqa: ARG002 (the protocol's)
        """Create a thread on no file, closed: it asks nobody for anything."""
        with self._writing("create a comment", "a thread"):
            self._created(
                self._server.git.create_thread(azure_threads.general(body, "closed"), **self._where)
            )

    def edit(self, pull: PullRequest, thread: Thread, comment: Comment, body: str) -> None:  # noqa: ARG002 (the protocol's)
        """Replace the text of a comment."""
        with self._writing("edit a comment", "a comment"):
            self._server.git.update_comment(
                models.Comment(content=body), thread_id=thread.id, comment_id=comment.id, **self._where
            )

    def reply(self, pull: PullRequest, thread: Thread, body: str) -> None:  # noqa: ARG002 (the protocol's)
        """Add a comment under the thread's first."""
        answer = azure_threads.comment(body, parent=int(thread.comments[0].id))
        with self._writing("reply to a thread", "a comment"):
            self._created(self._server.git.create_comment(answer, thread_id=thread.id, **self._where))

    def resolve(self, pull: PullRequest, thread: Thread) -> None:  # noqa: ARG002 (the protocol's)
        """Mark a thread as fixed."""
        self._mark(thread, "fixed")

    def reopen(self, pull: PullRequest, thread: Thread) -> None:  # noqa: ARG002 (the protocol's)
        """Mark a thread as active."""
        self._mark(thread, "active")

    def status(self, pull: PullRequest) -> Status | None:
        """Read our status on the iteration; None if the newest of our name is another account's."""
        with self._reading("list the statuses", "a list of statuses"):
            statuses = self._server.git.get_pull_request_iteration_statuses(
                iteration_id=int(pull.revision), **self._where
            )
        return azure_status.read(statuses, self._status_name, self._me)

    def set_status(self, pull: PullRequest, status: Status) -> None:
        """Set our status on the iteration."""
        rights = setting_status(self._ref, "set the status")
        with self._server.asking(rights, "a status", write=True):
            built = azure_status.build(status, self._status_name)
            self._server.git.create_pull_request_iteration_status(
                built, iteration_id=int(pull.revision), **self._where
            )

    def close(self) -> None:
        """Close the connections."""
        self._server.close()

    def _reading(self, doing: str, what: str) -> AbstractContextManager[None]:
        return self._server.asking(reading(self._ref, doing), what)

    def _writing(
        self, doing: str, what: str, spared: frozenset[int] = frozenset()
    ) -> AbstractContextManager[None]:
        return self._server.asking(commenting(self._ref, doing), what, write=True, spared=spared)

    @cached_property
    def _me(self) -> str:
        with self._reading("say whose token this is", "a connection's data"):
            found = self._server.location.get_connection_data()
        user = found.authenticated_user if found else None
        if user is None or not user.id:
            raise odd("a connection's data", "it names no user")
        return str(user.id)

    def _read_pull(self) -> tuple[Any, Any]:
        git = self._server.git
        with self._reading("show the pull request", "a pull request"):
            return git.get_pull_request(**self._where), git.get_pull_request_iterations(**self._where)

    def _post(self, pull: PullRequest, post: Post) -> Refused | None:
        file = azure_changes.find(self._changes_of(pull), post.anchor)
        if file is None:
            return Refused(post.key, f"the forge lists no such change in iteration {pull.revision}")
        thread = azure_threads.inline(post.anchor, post.body, file, int(pull.revision))
        try:
            with self._writing("create a thread", "a thread", spared=_ABOUT_THE_COMMENT):
                self._created(self._server.git.create_thread(thread, **self._where))
        except Answered as error:
            return Refused(post.key, f"the forge refused it: {shown(error.said, self._access)}")
        return None

    def _created(self, made: Any) -> None:
        if made is None or made.id is None:
            raise odd("what was created", "it has no id", write=True)

    def _mark(self, thread: Thread, status: str) -> None:
        doing = "resolve a thread" if status == "fixed" else "reopen a thread"
        with self._writing(doing, "a thread"):
            self._server.git.update_thread(
                models.GitPullRequestCommentThread(status=status), thread_id=thread.id, **self._where
            )

    def _changes_of(self, pull: PullRequest) -> tuple[azure_changes.Changed, ...]:
        if pull.revision not in self._changes:
            with self._reading("list the changed files", "a list of changes"):
                self._changes[pull.revision] = azure_changes.read_all(lambda skip: self._page(pull, skip))
        return self._changes[pull.revision]

    def _page(self, pull: PullRequest, skip: int) -> Any:
        return self._server.git.get_pull_request_iteration_changes(
            iteration_id=int(pull.revision),
            top=azure_changes.PAGE,
            skip=skip,
            compare_to=0,  # the common commit
            **self._where,
        )
