"""What the tests of the model room are made of: a change with blobs, a record and a cache in memory."""

import difflib
import hashlib
import threading
from dataclasses import dataclass, field, replace

from reviewbot.domain.change import Change, FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import ReviewDetector, Rule, RuleSet
from reviewbot.domain.secret import Mask
from reviewbot.model.request import ModelRequest
from reviewbot.shipped import folder

TEMPLATES = folder("templates")


@dataclass
class Memory:
    """A cache in a dict."""

    kept: dict = field(default_factory=dict)

    def get(self, key):
        return self.kept.get(key)

    def put(self, key, value):
        self.kept[key] = value


@dataclass
class Log:
    """A record in a list; `order` has what happened, in order."""

    events: list = field(default_factory=list)
    documents: dict = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def intent(self, act, detail):
        with self.lock:
            self.events.append(("intent", act, dict(detail)))
            return len(self.events)

    def outcome(self, number, detail):
        with self.lock:
            self.events.append(("outcome", number, dict(detail)))

    def keep(self, name, text):
        self.documents[name] = text


class Waits(list):
    """Takes the place of sleeping; holds what was waited for."""

    def __call__(self, seconds):
        self.append(seconds)


def rule(name="money-is-decimal", **more):
    """A house rule."""
    return Rule(
        **{
            "id": name,
            "pack": "core",
            "title": "Money is Decimal, never float",
            "why": "Binary floats lose cents.",
            "severity": Severity.ERROR,
            "confidence": Confidence.MEDIUM,
            "cwe": (),
            "owasp": (),
            "languages": (),
            "owner": "payments",
            "since": "1.0.0",
            "references": (),
            "applies_to": ("**/*.py",),
            "detector": ReviewDetector("Is money a float?", "Quote the line.", ("float(price)",), ("n / 2",)),
            "bad": "",
            "good": "",
            **more,
        }
    )


class World:
    """Blobs and the files of a change, built by `file`."""

    def __init__(self):
        self.blobs = {}
        self.files = []

    def blob(self, content):
        oid = hashlib.sha1(content).hexdigest()
        self.blobs[oid] = content
        return oid

    def file(self, path, new, old=b"", **more):
        """Add a file whose hunks are found with difflib, without context."""
        before, after = _lines(old), _lines(new)
        hunks = tuple(
            Hunk(i1 + (i2 > i1), j1 + (j2 > j1), tuple(before[i1:i2]), tuple(after[j1:j2]))
            for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(
                None, before, after, autojunk=False
            ).get_opcodes()
            if tag != "equal"
        )
        version = FileVersion(path, "100644", self.blob(new))
        earlier = FileVersion(path, "100644", self.blob(old)) if old else None
        made = FileDiff(Status.MODIFIED if old else Status.ADDED, earlier, version, hunks, FileClass.CODE)
        made = replace(made, **more)
        self.files.append(made)
        return made

    def change(self):
        return Change(
            "pay/ledger", "b" * 40, "b" * 40, "h" * 40, "t" * 40, "u" * 40, "TITLE", tuple(self.files), (), ()
        )

    def request(self, **more):
        given = {
            "change": self.change(),
            "read": self.blobs.__getitem__,
            "rules": RuleSet((), (rule(),)),
            "excerpts": (),
            "findings": (),
            "mask": Mask(),
            "policy": Policy(),
            "templates": TEMPLATES,
            **more,
        }
        return ModelRequest(**given)


def _lines(content):
    lines = content.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines
