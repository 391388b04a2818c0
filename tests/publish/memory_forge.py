"""A forge in memory: what it remembers is what was done to it, and it can fail or stop at any call."""

from collections.abc import Callable
from dataclasses import dataclass, field

from reviewbot.domain.forge import (
    Capabilities,
    Comment,
    Conversation,
    Refused,
    Status,
    SuggestionStyle,
    Thread,
    ThreadState,
)
from reviewbot.domain.pull import ForgeKind, PullRef, PullRequest
from reviewbot.errors import ForgeError, UncertainWriteError

REF = PullRef(ForgeKind.GITLAB, "https://git.corp.example/api/v4", "pay/ledger", 12)
ME = "7"
CAPABILITIES = Capabilities(SuggestionStyle.OFFSETS, 3, 60_000, 140, 1)
WRITES = ("post", "post_general", "edit", "reply", "resolve", "reopen", "set_status")


class Killed(BaseException):
    """The process is gone; nothing of ours catches it."""


@dataclass
class MemoryThread:
    """A thread as the forge keeps it."""

    id: str
    path: str | None
    comments: list[Comment]
    state: ThreadState = ThreadState.OPEN
    resolver: str | None = None


Hook = Callable[[int, str, str], None]
"""Told the running number of a call, its verb, and `before` or `after` its effect; may raise."""


@dataclass
class MemoryForge:
    """`names_resolver`: whether it says who resolved a thread. `refuse` says why a comment is not taken."""

    head: str
    me: str = ME
    ours: tuple[str, ...] = ()
    names_resolver: bool = True
    is_open: bool = True
    threads: list[MemoryThread] = field(default_factory=list)
    statuses: dict[str, Status] = field(default_factory=dict)
    hook: Hook | None = None
    refuse: Callable[[str], str] = "".format  # of a path; nothing if it is taken
    calls: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    capabilities: Capabilities = CAPABILITIES
    _ids: int = 100

    # the protocol

    def pull_request(self):
        return self._call("pull_request", self._request)

    def conversation(self, _pull):
        return self._call("conversation", self._conversation)

    def post(self, _pull, posts):
        def effect():
            refused = []
            for post in posts:
                if why := self.refuse(post.anchor.path):
                    refused.append(Refused(post.key, why))
                else:
                    self._open(self.me, post.body, post.anchor.path)
            return tuple(refused)

        return self._call("post", effect)

    def post_general(self, _pull, body):
        self._call("post_general", lambda: self._open(self.me, body, None))

    def edit(self, _pull, thread, comment, body):
        def effect():
            if comment.author != self.me:
                self.violations.append("edited what another account wrote")
                raise ForgeError("the forge refused to edit a comment: HTTP 403")
            self._written(thread.id, comment.id, body)

        self._call("edit", effect)

    def reply(self, _pull, thread, body):
        self._call("reply", lambda: self._own(thread).comments.append(self._comment(self.me, body)))

    def resolve(self, _pull, thread):
        self._call("resolve", lambda: self._turn(self._own(thread), ThreadState.RESOLVED, self.me))

    def reopen(self, _pull, thread):
        self._call("reopen", lambda: self._turn(self._own(thread), ThreadState.OPEN, None))

    def status(self, pull):
        return self._call("status", lambda: self.statuses.get(pull.head))

    def set_status(self, pull, status):
        self._call("set_status", lambda: self.statuses.__setitem__(pull.head, status))

    def close(self):
        pass

    # people

    def say(self, author, body, path=None):
        return self._open(author, body, path)

    def answer(self, author, thread, body):
        thread.comments.append(self._comment(author, body))

    def turned(self, author, thread, state):
        self._turn(thread, state, None if state is ThreadState.OPEN else author)

    def edited(self, thread, body, number=0):
        self._written(thread.id, thread.comments[number].id, body)

    # what tests look at

    def written(self):
        return [call for call in self.calls if call in WRITES]

    def foreign(self, ours=()):
        mine = {self.me, *self.ours, *ours}
        return [
            (thread.id, comment.id, comment.author, comment.body)
            for thread in self.threads
            for comment in thread.comments
            if comment.author not in mine
        ]

    def standing(self):
        """Everything that a reader sees, without ids."""
        return (
            sorted(
                (thread.path or "", thread.state, [comment.body for comment in thread.comments])
                for thread in self.threads
            ),
            self.statuses,
        )

    def _call(self, verb, effect):
        number = len(self.calls)
        self.calls.append(verb)
        if self.hook:
            self.hook(number, verb, "before")
        result = effect()
        if self.hook:
            self.hook(number, verb, "after")
        return result

    def _request(self):
        return PullRequest(REF, self.head, "main", None, "1", self.is_open)

    def _conversation(self):
        return Conversation(
            self.me,
            tuple(
                Thread(thread.id, tuple(thread.comments), thread.path, thread.state, self._resolver(thread))
                for thread in self.threads
            ),
        )

    def _resolver(self, thread):
        return thread.resolver if self.names_resolver else None

    def _comment(self, author, body):
        self._ids += 1
        return Comment(str(self._ids), author, body)

    def _open(self, author, body, path):
        comment = self._comment(author, body)
        self.threads.append(MemoryThread(f"T_{comment.id}", path, [comment]))
        return self.threads[-1]

    def _find(self, identity):
        return next(thread for thread in self.threads if thread.id == identity)

    def _own(self, thread):
        if thread.comments[0].author not in {self.me, *self.ours}:
            self.violations.append(f"touched a thread of {thread.comments[0].author}")
        return self._find(thread.id)

    def _written(self, thread, comment, body):
        found = self._find(thread)
        found.comments = [
            Comment(one.id, one.author, body) if one.id == comment else one for one in found.comments
        ]

    @staticmethod
    def _turn(thread, state, resolver):
        thread.state, thread.resolver = state, resolver


def uncertain(at, phase):
    """A hook: the answer to write number `at` (from 0) is lost, `before` or `after` its effect."""
    seen = []

    def hook(number, verb, when):
        if verb in WRITES and when == "before":
            seen.append(number)
        if verb in WRITES and when == phase and len(seen) == at + 1 and seen[-1] == number:
            raise UncertainWriteError("the forge did not answer a write")

    return hook


def killed(at, phase):
    """A hook: the process is gone at call number `at`, `before` or `after` its effect."""

    def hook(number, verb, when):
        if number == at and when == phase:
            raise Killed

    return hook
