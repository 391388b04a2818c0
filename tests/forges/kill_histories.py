"""Runs that are disturbed: killed at a request, or robbed of an answer. What they must come to is an undisturbed run."""

import itertools
from dataclasses import dataclass, field
from pathlib import Path

from publishing_child import At
from publishing_scene import Stand, listed, numbered

from reviewbot.domain.wanted import Suggestion
from reviewbot.errors import ForgeError

BASE = {"app/a.py": numbered(1, 60), "app/c.py": numbered(1, 20)}
CHANGED = (
    numbered(1, 9)
    + b"ten\n"
    + numbered(11, 29)
    + b"thirty\n"
    + numbered(31, 49)
    + b"fifty\n"
    + numbered(51, 60)
)
HEAD = {"app/a.py": CHANGED, "app/b.py": numbered(1, 6, word="new")}
LOST = ("500", "502", "timeout", "truncated", "reset", "html")
"""How an answer can be lost whose request was done."""


def first(kind, place):
    """A pull request on which nothing was said yet: three comments, one of them with a patch, and one finding listed."""
    scene = Stand(kind, place, HEAD, BASE)
    patch = Suggestion(("thirty",), ("30",), appliable=True, proof="applies")
    return scene, scene.wanted(
        scene.remark("app/a.py", 10),
        scene.remark("app/a.py", 30, suggestion=patch),
        scene.remark("app/b.py", 2, 4, by=("model",)),
        listed(scene.remark("app/a.py", 50)),
    )


def later(kind, place):
    """One on which the next run keeps, writes anew, resolves, opens again and posts, each once."""
    scene = Stand(kind, place, HEAD, BASE)
    kept, worded, gone = (10, "ten"), (30, "thirty"), (50, "fifty")
    scene.publish(scene.wanted(*_said(scene, kept, worded, gone, (None, "back"))))
    scene.push({"app/c.py": b"# one\n" + BASE["app/c.py"]})
    scene.publish(scene.wanted(*_said(scene, kept, worded, gone)))
    scene.push({"app/c.py": b"# two\n" + BASE["app/c.py"]})
    again = _said(scene, kept, worded, (None, "back"), title="It says something else")
    return scene, scene.wanted(_said(scene, kept)[0], *again[1:], scene.remark("app/b.py", 5, 6))


def _said(scene, *those, **more):
    return [
        scene.remark("app/b.py", 1, text=text)
        if line is None
        else scene.remark("app/a.py", line, text=text, **more)
        for line, text in those
    ]


HISTORIES = {"first": first, "later": later}


@dataclass
class Trial:
    """One history on one forge: its undisturbed end, and attempts to come to another one."""

    kind: str
    history: str
    place: Path
    count: int = 0  # requests of the undisturbed run
    writes: tuple = ()  # which of them write, from 1
    end: dict = field(default_factory=dict)
    _folders: itertools.count = field(default_factory=itertools.count)

    def __post_init__(self):
        scene, said = self._begun()
        with scene.fake:
            start = len(scene.fake.log)
            scene.publish(said)
            asked, written = scene.asked(start)
            self.count, self.end = len(asked), scene.standing()
            self.writes = tuple(entry.number - start for entry in written)
            self._still(scene, said)

    def killed(self, child, *blows):
        """Kill one run after the other, each at (request, phase), then let one finish. Gives the kills done."""
        scene, said = self._begun()
        with scene.fake:
            done = sum(child.publish(scene, said, die_at=at, phase=phase) for at, phase in blows)
            scene.fake.on_request = lambda *_: None
            self._ends_well(scene, said, blows)
        return done

    def robbed(self, at, kind, *, after_effect=True):
        """Let the answer to one request of the run be lost, and expect that very run to come to its end."""
        scene, said = self._begun()
        with scene.fake:
            number = len(scene.fake.log) + at
            scene.fake.faults.append(At("*", "", kind, after_effect=after_effect, hold=0.6, number=number))
            try:
                scene.publish(said, idle_s=0.3)
            except ForgeError as error:
                seen = [(one.method, one.path, one.fault, one.status) for one in scene.fake.log[number - 3 :]]
                raise AssertionError((self.kind, at, kind, seen, scene.fake.violations)) from error
            self._ends_well(scene, said, (at, kind, after_effect))

    def boundaries(self):
        """Every place at which a run can die."""
        return [(at, phase) for at in range(1, self.count + 1) for phase in ("before", "after")]

    def _begun(self):
        place = self.place / f"{self.kind}-{self.history}-{next(self._folders)}"
        place.mkdir()
        return HISTORIES[self.history](self.kind, place)

    def _ends_well(self, scene, said, what):
        scene.publish(said)
        assert scene.standing() == self.end, (self.kind, self.history, what)
        self._still(scene, said)
        assert scene.fake.violations == [], (self.kind, self.history, what)

    @staticmethod
    def _still(scene, said):
        start = len(scene.fake.log)
        scene.publish(said)
        assert scene.asked(start)[1] == [], "a run with nothing new wrote"
