"""Remarks and reviews for the tests of plan and apply, and a publishing run on a forge in memory."""

from dataclasses import dataclass, field, replace

from memory_forge import REF, MemoryForge

from reviewbot.domain.anchor import Anchor, Line, Place, Side
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.forge import ThreadState
from reviewbot.domain.wanted import Remark, Suggestion, Wanted
from reviewbot.publish.apply import Terms, publish
from reviewbot.publish.marker import Keys
from reviewbot.publish.ownership import own

KEYS = Keys.parse("k" * 32, "REVIEWBOT_MARKER_KEYS")
HEAD = "a" * 40
NEXT = "b" * 40
THIRD = "c" * 40
SEMGREP = ("semgrep",)
MODEL = ("model",)


def remark(text, path="src/a.py", *, by=SEMGREP, line=3, **others):
    """A finding of `text` in a file: two of the same text in one file are the same."""
    at = Line(None, line, line, line)
    given = Remark(
        fingerprint=fingerprint("rule", path, text, 0),
        moved=fingerprint("rule", "", text, 0),
        rule="python-rule",
        catalogued=True,
        by=by,
        severity=Severity.ERROR,
        confidence=Confidence.HIGH,
        cwe=(89,),
        place=Place(path, Side.NEW, line, line),
        anchor=Anchor(path, path, Side.NEW, at, at, 10),
        why="",
        quote=fingerprint("quote", "", text, 0),
        quote_lines=1,
        title=f"{text} is wrong",
        reason="It breaks.",
        explanation="",
        commit=None,
        suggestion=Suggestion((text,), ("better",), appliable=True, proof="applies"),
    )
    return replace(given, **others)


def listed(given, why="over the budget of inline comments"):
    return replace(given, anchor=None, why=why, suggestion=None)


def wanted(*remarks, head=HEAD, read=("semgrep", "model"), paths=("src/a.py",), **others):
    """A whole review in which every reviewer in `read` has read each of `paths`."""
    names = {given.place.path for given in remarks} | set(paths)
    given = Wanted(
        head=head,
        merge_base="0" * 40,
        files=len(names),
        remarks=remarks,
        settled=(),
        read_by=tuple((name, tuple(read)) for name in sorted(names)),
        renamed=(),
        present=(),
        gaps=(),
        complete=True,
        at_threshold=len(remarks),
        exit_code=10 if remarks else 0,
        counts=(),
        about=(),
        notes=(),
    )
    return replace(given, **others)


@dataclass
class Acts:
    """A record in memory."""

    events: list = field(default_factory=list)

    def intent(self, act, detail):
        self.events.append(("intent", act, dict(detail)))
        return len(self.events)

    def outcome(self, number, detail):
        self.events.append(("outcome", number, dict(detail)))

    def keep(self, *_):
        raise AssertionError("publishing keeps no documents")


def run(forge, said, *, record=None, progress=None, **terms):
    """Publish `said`, a value or what derives it, on a forge."""
    given = Terms(**{"keys": KEYS, **terms})
    derive = said if callable(said) else lambda *_: said
    return publish(forge, derive, given, record=record or Acts(), progress=progress or (lambda *_: None))


def forge(head=HEAD, **others):
    return MemoryForge(head, **others)


def ours(made, accounts=()):
    """What is ours on a forge."""
    return own(made.conversation(made.pull_request()), KEYS, REF, accounts)


def threads(made, state=None):
    """Our finding threads as the forge keeps them, oldest first."""
    names = [thread.thread.id for thread in ours(made).findings]
    found = [thread for name in names for thread in made.threads if thread.id == name]
    return [thread for thread in found if state is None or thread.state is state]


def only(made):
    (thread,) = threads(made)
    return thread


def text_of(thread):
    return [comment.body.rpartition("\n")[0].strip() for comment in thread.comments]


def summary_of(made):
    (thread,) = [thread.thread for thread in ours(made).summaries]
    return thread.comments[0].body


OPEN, RESOLVED, REFUSED = ThreadState.OPEN, ThreadState.RESOLVED, ThreadState.REFUSED
