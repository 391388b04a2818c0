"""Which threads of a pull request are ours, and what they say of themselves. All others are never touched."""

from dataclasses import dataclass

from reviewbot.domain.forge import Comment, Conversation, Thread
from reviewbot.domain.pull import PullRef
from reviewbot.publish.marker import Keys, Kind, Marker, body_digest, read, without


@dataclass(frozen=True, slots=True)
class OwnThread:
    """A thread that we opened: its first comment is by an account of ours and carries a true marker.

    `last` is the newest `gone` or `back` among our replies. `mine` is True if the account that speaks
    now wrote the first comment: forges let nobody edit what another account wrote. `edited` is True if
    somebody changed the text above the marker.
    """

    thread: Thread
    marker: Marker
    last: Marker | None
    mine: bool
    edited: bool

    @property
    def first(self) -> Comment:
        """The comment that opens the thread."""
        return self.thread.comments[0]


@dataclass(frozen=True, slots=True)
class Own:
    """What is ours in a conversation, oldest first. `accounts` are all that count as ours."""

    findings: tuple[OwnThread, ...]
    summaries: tuple[OwnThread, ...]
    accounts: frozenset[str]

    @property
    def quotes(self) -> frozenset[tuple[str, int]]:
        """The quotes that the review has to look for in the head, as digest and number of lines.

        They are those of threads that stand on the model's word alone.
        """
        said_by_model = (own.marker for own in self.findings if own.marker["by"] == "model")
        return frozenset((marker["q"], int(marker["n"])) for marker in said_by_model)


def own(conversation: Conversation, keys: Keys, ref: PullRef, accounts: tuple[str, ...]) -> Own:
    """Pick out our threads. A finding stands on a file and a summary on none; what does not is not ours."""
    ours = frozenset((conversation.me, *accounts))
    findings: list[tuple[tuple[int, int], OwnThread]] = []
    summaries: list[tuple[tuple[int, int], OwnThread]] = []
    for number, thread in enumerate(conversation.threads):
        mine = _own_thread(thread, keys, ref, ours, conversation.me)
        if mine is None:
            continue
        if mine.marker.kind is Kind.FINDING and thread.path is not None:
            findings.append((_age(thread, number), mine))
        elif mine.marker.kind is Kind.SUMMARY and thread.path is None:
            summaries.append((_age(thread, number), mine))
    return Own(_by_age(findings), _by_age(summaries), ours)


def _own_thread(thread: Thread, keys: Keys, ref: PullRef, ours: frozenset[str], me: str) -> OwnThread | None:
    first = thread.comments[0]
    marker = read(first.body, keys, ref) if first.author in ours else None
    if marker is None or marker.kind not in {Kind.FINDING, Kind.SUMMARY}:
        return None
    replies = (read(reply.body, keys, ref) for reply in thread.comments[1:] if reply.author in ours)
    events = [reply for reply in replies if reply is not None and reply.kind in {Kind.GONE, Kind.BACK}]
    edited = body_digest(without(first.body)) != marker["b"]
    return OwnThread(thread, marker, events[-1] if events else None, first.author == me, edited)


def _age(thread: Thread, number: int) -> tuple[int, int]:
    """Order threads as they were opened.

    Threads (Azure DevOps) or comments (GitLab, GitHub) are numbered upwards; where neither id is a number,
    the order of the list decides.
    """
    for identity in (thread.id, thread.comments[0].id):
        if identity.isascii() and identity.isdecimal() and len(identity) <= 18:
            return int(identity), number
    return number, number


def _by_age(aged: list[tuple[tuple[int, int], OwnThread]]) -> tuple[OwnThread, ...]:
    return tuple(thread for _, thread in sorted(aged, key=lambda pair: pair[0]))
