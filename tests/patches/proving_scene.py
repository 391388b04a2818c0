"""A file with a flaw, patches for it, and a bench to prove them on: a real sandbox, and scanners that say what a test wants."""

import tempfile
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha1
from pathlib import Path

from reviewbot.domain.change import FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.finding import Confidence, Finding, Severity, Span
from reviewbot.domain.mending import Flaw, HeadFile, Rescanned
from reviewbot.domain.patch import Edit, Origin, Proposal
from reviewbot.domain.policy import SandboxPolicy
from reviewbot.patches.checks import check
from reviewbot.patches.prove import Bench
from reviewbot.patches.steps import asking
from reviewbot.patches.steps.subject import Subject, opened
from reviewbot.patches.workroom import Workroom
from reviewbot.sandbox import ladder

RULE = "sql-built-from-input"


@cache
def workroom() -> Workroom:
    """Give the real sandbox of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        return Workroom(ladder.choose(SandboxPolicy(), cache_dir=Path(folder)))


def oid_of(content: bytes) -> str:
    return sha1(b"blob %d\0" % len(content) + content).hexdigest()


def finding(path, first, last, rule=RULE, **more) -> Finding:
    return Finding(
        rule, ("semgrep",), Severity.ERROR, Confidence.HIGH, (89,), Span(path, first, last), "title", "reason", "quote",
        "0123456789abcdef", **more,
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A file whose lines `first` to `last` are flawed. `added` are the lines of the change; all without it."""

    text: str | bytes
    first: int
    last: int
    path: str = "app/users.py"
    added: tuple[int, ...] | None = None
    mode: str = "100644"
    also: tuple[Finding, ...] = ()
    content: bytes = field(init=False)

    def __post_init__(self):
        content = self.text if isinstance(self.text, bytes) else self.text.encode()
        object.__setattr__(self, "content", content)

    @property
    def flaw(self) -> Flaw:
        lines = self.content.split(b"\n")
        added = range(1, len(lines) + bool(lines[-1])) if self.added is None else self.added
        hunks = tuple(Hunk(0, number, (), (lines[number - 1],)) for number in added)
        version = FileVersion(self.path, self.mode, oid_of(self.content))
        diff = FileDiff(Status.ADDED, None, version, hunks, FileClass.CODE)
        return Flaw(finding(self.path, self.first, self.last), None, HeadFile(diff, self.content), self.also)

    def edit(self, first, last, *lines) -> Edit:
        return Edit(self.path, oid_of(self.content), first, last, lines)

    def proposed(self, *edits, origin=Origin.MODEL) -> tuple[Flaw, Proposal]:
        """Propose edits, each a triple of first line, last line and new lines, or an `Edit`."""
        made = tuple(one if isinstance(one, Edit) else self.edit(one[0], one[1], *one[2]) for one in edits)
        return self.flaw, Proposal("0123456789abcdef", RULE, origin, True, "Mends it.", made)


@dataclass
class Scanners:
    """Finds the flaw in the head, and in the patched file what it is told to; counts how often it is asked."""

    after: dict[bytes, Rescanned] = field(default_factory=dict)
    asked: list[list[bytes]] = field(default_factory=list)

    def __call__(self, pairs):
        self.asked.append([content for _, content in pairs])
        return [self._one(file, content) for file, content in pairs]

    def _one(self, file, content):
        if content in self.after:
            return self.after[content]
        return Rescanned((finding(file.path, 1, 1_000_000),), ())


def codes(pair, approved=()) -> dict[str, str]:
    """Give what the worker would answer, without the sandbox: only what is not well."""
    subject = opened(*pair)
    assert isinstance(subject, Subject), subject
    answer = check(asking.task(subject, approved))
    return {key: value for key, value in answer.items() if value}


def bench(scanners=None, **more) -> Bench:
    return replace(
        Bench(workroom(), scanners or Scanners(), lambda _path, module: module == "known_package"), **more
    )
