"""Publishing: look, plan, write, look again. What was done half, or twice, the next look puts right.

The order of the writes is comments, updates, resolved, reopened, status, summary. A run that is killed
anywhere leaves what the next run completes: while the summary is not as wanted the status is set anew,
and where it is, the status is read.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from reviewbot.domain.forge import Forge, Post, Thread, ThreadState
from reviewbot.domain.ports import Progress, Record
from reviewbot.domain.pull import PullRequest
from reviewbot.domain.wanted import Remark
from reviewbot.errors import DeniedError, ForgeError, ReviewbotError, UncertainWriteError
from reviewbot.publish import outcome
from reviewbot.publish.bodies import Bodies
from reviewbot.publish.inert import Posted
from reviewbot.publish.marker import Keys, fitting
from reviewbot.publish.outcome import Outcome
from reviewbot.publish.ownership import Own, OwnThread, own
from reviewbot.publish.pen import Pen
from reviewbot.publish.standing import Said, SummaryStep, View, view
from reviewbot.publish.steps import Plan

Quotes = tuple[tuple[str, int], ...]
WantedOf = Callable[[PullRequest, Quotes], Said]
"""Derives what is wanted, told the pull request and the quotes (digest, lines) to look for in its head."""

ROUNDS = 3
"""How often a run looks and writes at most, where answers to writes are lost."""

_FORBIDDEN = 403
_HARMFUL = "its words could not be made harmless"


@dataclass(frozen=True, slots=True)
class Terms:
    """How one run publishes.

    `accounts` are ids of accounts that were ours. `links` is the address of rule pages. `reviewed_head` is
    the commit that the review is of, where there is one. `dry_run` only looks and plans.
    """

    keys: Keys
    accounts: tuple[str, ...] = ()
    links: str | None = None
    reviewed_head: str | None = None
    dry_run: bool = False


def publish(
    forge: Forge, wanted_of: WantedOf, terms: Terms, *, record: Record, progress: Progress
) -> Outcome:
    """Make the pull request say what the review says, and nothing else.

    Raises `ForgeError` where the forge refuses a step, after the others were done, and
    `UncertainWriteError` where three rounds did not settle whether a write had happened.
    """
    pull = forge.pull_request()
    stale = _stale(pull, terms.reviewed_head)
    if stale is not None:
        return stale
    run = _Run(wanted_of, terms, Pen(forge, pull, record, progress))
    first = run.look()
    stale = _stale(pull, first.said.head)
    if stale is not None:
        return stale
    rows = outcome.rows(first.plan, first.summary.why, first.status)
    if terms.dry_run:
        return outcome.counted(first.plan, first.status, 0, rows)
    run.settle(first, run.write)
    done = outcome.counted(first.plan, first.status, len(run.refused), rows)
    return run.moved_on(replace(done, unresolved=run.unresolved))


def _stale(pull: PullRequest, head: str | None) -> Outcome | None:
    if not pull.is_open:
        return Outcome(None, superseded_by=pull.head, why="the pull request is closed: nothing was posted")
    if head is not None and head != pull.head:
        why = f"the pull request has moved on to {pull.head[:7]}: nothing was posted of {head[:7]}"
        return Outcome(None, superseded_by=pull.head, why=why)
    return None


@dataclass(slots=True)
class _Run:
    """One run on one head.

    `refused` is what it was not let post, by fingerprint; `unresolved` why it was not let resolve threads.
    """

    wanted_of: WantedOf
    terms: Terms
    pen: Pen
    refused: dict[str, str] = field(default_factory=dict)
    superseded_by: str | None = None
    unresolved: str = ""
    _asked: tuple[frozenset[tuple[str, int]], Said] | None = None

    @property
    def bodies(self) -> Bodies:
        return Bodies(self.terms.keys, self.pen.pull.ref, self.pen.forge.capabilities, self.terms.links)

    def look(self) -> View:
        """List what is there and compare it with what is wanted."""
        pull = self.pen.pull
        conversation = self.pen.forge.conversation(pull)
        mine = own(conversation, self.terms.keys, pull.ref, self.terms.accounts)
        return self._view(self._wanted(mine), mine)

    def settle(self, seen: View, write: Callable[[View], None]) -> None:
        """Write; where an answer was lost, look again before anything else is written."""
        for left in range(ROUNDS - 1, -1, -1):
            try:
                write(seen)
            except UncertainWriteError as error:
                if not left:
                    raise
                self.pen.progress(f"{error.sentence}: looking again")
                seen = self.look()
            else:
                return

    def write(self, seen: View) -> None:
        """Do what is planned. Where the forge refuses a step, the others, status and summary are done first."""
        obstacle: ForgeError | None = None
        for step in (self._create, self._update, self._resolve, self._reopen):
            try:
                step(seen.plan)
            except UncertainWriteError:
                raise
            except ForgeError as error:
                obstacle = obstacle or error
        now = self._view(seen.said, seen.own)
        if not now.summary.stays or self.pen.forge.status(self.pen.pull) != now.status:
            self.pen.status(now.status)
        self.write_summary(now)
        if obstacle is not None:
            raise obstacle

    def write_summary(self, seen: View) -> None:
        """Post the summary or write it anew, and take back what was posted twice."""
        step: SummaryStep = seen.summary
        if step.body is not None and step.thread is None:
            self.pen.general(step.body)
        elif step.body is not None and step.thread is not None:
            self.pen.edit(step.thread, step.body)
        for thread, body in step.twins:
            self.pen.edit(thread, body)

    def moved_on(self, done: Outcome) -> Outcome:
        """Look whether the head is still the one that was published; if not, let the summary say so."""
        head = self.pen.forge.pull_request().head
        if head == self.pen.pull.head:
            return done
        self.superseded_by = head
        self.settle(self.look(), self.write_summary)
        why = f"the pull request moved on to {head[:7]} meanwhile: the summary says so"
        return replace(done, superseded_by=head, why=why)

    def _view(self, said: Said, mine: Own) -> View:
        return view(said, mine, self.bodies, self.refused, self.superseded_by)

    def _wanted(self, mine: Own) -> Said:
        """Derive what is wanted, once; anew only if a thread has come whose quote was not asked for."""
        if self._asked is None or not mine.quotes <= self._asked[0]:
            said = self.wanted_of(self.pen.pull, tuple(sorted(mine.quotes)))
            self._asked = (mine.quotes, said)
        return self._asked[1]

    def _create(self, plan: Plan) -> None:
        posts: list[Post] = []
        for step in plan.create:
            body, anchor = self._body(step.remark, None), step.remark.anchor
            if body is None or anchor is None:
                self.refused[fitting(step.remark.fingerprint)] = _HARMFUL
            else:
                posts.append(Post(step.remark.fingerprint, anchor, body))
        if posts:
            refused = self.pen.post(tuple(posts))
            self.refused |= {fitting(one.key): one.why for one in refused}

    def _update(self, plan: Plan) -> None:
        for step in plan.update:
            body = self._body(step.remark, step.own)
            if body is not None:
                self.pen.edit(step.own.thread, body)

    def _resolve(self, plan: Plan) -> None:
        """Say why, then resolve: a thread that is resolved without our reason was resolved by a person."""
        for step in plan.resolve:
            if not step.said:
                self.pen.reply(step.own.thread, self.bodies.gone(step, self.pen.pull.head))
            if not self.unresolved:
                self._try_to_resolve(step.own.thread)

    def _try_to_resolve(self, thread: Thread) -> None:
        """Resolve; a token that may comment and not resolve is no reason to fail, for the reply says it."""
        try:
            self.pen.resolve(thread)
        except DeniedError as error:
            if error.status != _FORBIDDEN:
                raise
            self.unresolved = str(error)

    def _reopen(self, plan: Plan) -> None:
        """Open, then say why: a run that was killed between the two finds an open thread whose reply is missing.

        The other way round, it would find one that a person may have resolved after it was opened again.
        """
        for step in plan.reopen:
            if step.own.thread.state is not ThreadState.OPEN:
                self.pen.reopen(step.own.thread)
            self.pen.reply(step.own.thread, self.bodies.back(step, self.pen.pull.head))

    def _body(self, remark: Remark, own_thread: OwnThread | None) -> Posted | None:
        """Write a comment; None where the last look finds that a part of it could act."""
        try:
            return self.bodies.finding(remark, own_thread, self.pen.pull.head)
        except ReviewbotError as error:
            self.pen.progress(f"{error.sentence}; the finding stands in the summary")
            return None
