"""Publishing on each forge's fake through the real adapters; what is wanted is put together by hand.

The anchors are those that `publish.anchors` gives for git's own diff of the pull request.
"""

import subprocess
import sys
from dataclasses import dataclass, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))
sys.path.insert(0, str(Path(__file__).parents[1] / "publish"))

from pipeline_scene import KINDS, Scene
from publishing_cases import KEYS, Acts, listed, remark, wanted

from reviewbot.change.compare import compare
from reviewbot.change.git import GitRepository
from reviewbot.domain.anchor import Place, Side
from reviewbot.domain.edits import lines_of
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.forges import azure, github, gitlab
from reviewbot.forges.base import Access
from reviewbot.publish import anchors
from reviewbot.publish.apply import Terms, publish

__all__ = ["KEYS", "KINDS", "Call", "Stand", "listed", "numbered"]

_CONNECT = {"gitlab": gitlab.connect, "github": github.connect, "azure": azure.connect}
_PRESENTED = {"gitlab": "private", "github": "bearer", "azure": "pat"}
_CONTEXT = {"gitlab": 3, "github": 3, "azure": None}


def numbered(first, last, *, end="\n", word="line"):
    """Lines `line 1` to `line N`."""
    return "".join(f"{word} {number}{end}" for number in range(first, last + 1)).encode()


@dataclass(frozen=True)
class Call:
    """How to reach one pull request: all that a process of its own needs to publish on it."""

    ref: PullRef
    token: str
    idle_s: float = 10.0

    def connect(self):
        """Connect as reviewbot."""
        kind = str(self.ref.kind)
        network = NetworkPolicy(connect_s=5, idle_s=self.idle_s)
        access = Access(self.token, "REVIEWBOT_FORGE_TOKEN", _PRESENTED[kind], network)
        more = {"suggestions": True} if kind == "azure" else {}
        return _CONNECT[kind](self.ref, access, status_name="reviewbot", **more)

    def publish(self, said, *, progress=lambda *_: None, **terms):
        """Publish `said`, a value or what derives it."""
        forge = self.connect()
        try:
            derive = said if callable(said) else lambda *_: said
            return publish(forge, derive, Terms(**{"keys": KEYS, **terms}), record=Acts(), progress=progress)
        finally:
            forge.close()


_DIFFS = {}  # ids name content: what git says of two commits holds in every repository that has both


def _diff(store, base, head):
    """Give the changed files by path, and the contents of both their sides by id."""
    if (base, head) not in _DIFFS:
        repository = GitRepository.store(store)
        try:
            trees = (
                repository.git.run("rev-parse", f"{one}^{{tree}}").decode().strip() for one in (base, head)
            )
            files = compare(repository, *trees).files
            sides = [side for file in files for side in (file.old, file.new) if side is not None]
            blobs = {side.oid: repository.read(side.oid) for side in sides}
        finally:
            repository.close()
        _DIFFS[base, head] = {file.path: file for file in files}, blobs
    return _DIFFS[base, head]


class Stand(Scene):
    """A pull request on one forge's fake, with what tests need to publish on it by hand."""

    _now = None  # head and diff, as git said them last

    def call(self, *arguments, env=None, without=(), prefix=()):
        """Call the program in a process of its own, under a command that watches it perhaps."""
        environ = {name: value for name, value in (self.environ | (env or {})).items() if name not in without}
        return subprocess.run(
            [*prefix, sys.executable, "-m", "reviewbot", *map(str, arguments)], cwd=self.place, env=environ,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    # -- publishing ------------------------------------------------------------------------------

    def reach(self, token=None, *, idle_s=10.0):
        """Say how to reach it, as the bot."""
        api, repository = self.environ["REVIEWBOT_FORGE_URL"], self.environ["REVIEWBOT_FORGE_REPOSITORY"]
        ref = PullRef(ForgeKind(self.kind), api, repository, self.number)
        return Call(ref, token or self.token, idle_s)

    def publish(self, said, *, token=None, idle_s=10.0, **terms):
        """Publish in this process."""
        return self.reach(token, idle_s=idle_s).publish(said, **terms)

    # -- what is wanted --------------------------------------------------------------------------

    def remark(self, path, first, last=None, *, side=Side.NEW, text=None, nth=0, **others):
        """A finding on lines of the pull request as it is now; `text` is what tells it from others."""
        files, blobs = self._diff()
        file, place = files[path], Place(path, side, first, last or first)
        old, new = (blobs[one.oid] if one else None for one in (file.old, file.new))
        found = anchors.anchor(file, place, old=old, new=new, context=_CONTEXT[self.kind])
        lines = lines_of(new if side is Side.NEW else old)[first - 1 : last or first]
        text = text or b"\n".join(lines).decode("utf-8", "replace")
        plain = remark(text, path, line=first)
        given = {"place": place, "anchor": found, "suggestion": None, "quote_lines": len(lines)}
        if isinstance(found, str):
            given |= {"anchor": None, "why": found}
        given["fingerprint"] = fingerprint("rule", path, text, nth)
        given["moved"] = fingerprint("rule", "", text, nth)
        return replace(plain, **(given | others))

    def wanted(self, *remarks, **others):
        """A review of the head as it is now that says these."""
        files = tuple(self._diff()[0])
        return wanted(*remarks, head=self._now[0], paths=files, **others)

    def _diff(self):
        if self._now is None:
            head = self.head
            self._now = head, _diff(self.repo.path, self.repo.merge_base("main", head), head)
        return self._now[1]

    def push(self, files):
        """Put another commit onto the source branch."""
        super().push(files)
        self._now = None

    # -- people ----------------------------------------------------------------------------------

    def say(self, user, body, path=None, first=None):
        """Somebody begins a thread, on one line of the new side or on no file."""
        if path is None:
            return self.fake.say(user, self.number, body)
        place = {"path": path, "first": first, "side": "new"}
        return self.fake.say(
            user, self.number, body, place if self.kind == "gitlab" else (path, "new", first, first)
        )

    # -- what became of it -----------------------------------------------------------------------

    def said(self):
        """Threads on lines, then the others, as readers see them: the bot's own, in order of place."""
        inline, general = self.threads()
        return sorted(inline, key=lambda one: (one["path"], one["first"] or 0, one["bodies"])), general

    def under(self):
        """Bytes under each thread of the bot's, without the last line's end."""
        return [anchors.without_end(one["text_under_anchor"]) for one in self.said()[0]]

    def standing(self):
        """Everything that a run leaves, without ids: threads, summary, status, and what nobody sees yet."""
        inline, general = self.said()
        states = ("path", "side", "first", "last", "state", "bodies", "authors")
        statuses = [
            {name: one[name] for name in ("name", "context", "state", "description") if name in one}
            for one in self.fake.statuses(self.head)
        ]
        return {
            "threads": [[one[name] for name in states] for one in inline],
            "general": [(one["bodies"], one["state"]) for one in general],
            "statuses": statuses,
            "unseen": self.unseen(),
        }

    def unseen(self):
        """Bodies of drafts and of reviews that were not submitted."""
        if self.kind == "gitlab":
            return [draft.note for draft in self.fake.pulls[self.number].drafts]
        if self.kind == "github":
            return [one.body for one in self.fake.reviews.values() if one.state == "PENDING"]
        return []

    def asked(self, since=0):
        """Requests from that number on, and of those the writes."""
        entries = self.fake.log[since:]
        return entries, [entry for entry in entries if self.fake.is_write(entry)]
