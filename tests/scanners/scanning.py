"""Real tools on real files: sources, rules, changes made by hand, and a sandbox to run in."""

import difflib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha1
from pathlib import Path

from reviewbot.domain.change import Change, FileClass, FileDiff, FileVersion, HistoryBlob, Hunk, Status
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.policy import Policy, SandboxPolicy
from reviewbot.domain.rule import Rule, RuleSet, SemgrepDetector, ToolDetector
from reviewbot.domain.sandboxing import Completed, Job, Sandbox
from reviewbot.sandbox import ladder
from reviewbot.scanners.base import Source
from reviewbot.scanners.run import ScanReport, scan_change


@cache
def _rung() -> Sandbox:
    with tempfile.TemporaryDirectory() as folder:
        return ladder.choose(SandboxPolicy(), cache_dir=Path(folder))


@dataclass
class CountedSandbox:
    """The real sandbox of this machine, with the jobs that it was given."""

    rung: Sandbox = field(default_factory=_rung)
    jobs: list[Job] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.rung.name

    def run(self, job: Job) -> Completed:
        self.jobs.append(job)
        return self.rung.run(job)


class MemoryCache:
    """A cache that counts."""

    def __init__(self) -> None:
        self.entries: dict[str, bytes] = {}
        self.hits = 0

    def get(self, key: str) -> bytes | None:
        self.hits += key in self.entries
        return self.entries.get(key)

    def put(self, key: str, value: bytes) -> None:
        self.entries[key] = value


def oid_of(content: bytes) -> str:
    return sha1(b"blob %d\0" % len(content) + content).hexdigest()


def source(
    path: str, content: bytes, *, mode: str = "100644", file_class: FileClass = FileClass.CODE
) -> Source:
    return Source(path, oid_of(content), mode, content, file_class)


def rule(
    name: str,
    pattern: str = "eval(...)",
    *,
    languages: Sequence[str] = ("python",),
    body: Mapping[str, object] | None = None,
    applies_to: Sequence[str] = (),
    tool: tuple[str, str] | None = None,
    fix: str = "",
) -> Rule:
    detector = ToolDetector(tool[0], tool[1:]) if tool else SemgrepDetector(body or {"pattern": pattern})
    return Rule(
        id=name, pack="test", title=f"Title of {name}", why=f"Reason of {name}", severity=Severity.ERROR,
        confidence=Confidence.HIGH, cwe=(95,), owasp=(), languages=tuple(languages), owner="", since="1",
        references=(), applies_to=tuple(applies_to), detector=detector, bad="", good="", fix=fix,
    )  # fmt: skip


def rule_set(*rules: Rule) -> RuleSet:
    return RuleSet((), rules)


def hunks(old: bytes, new: bytes) -> tuple[Hunk, ...]:
    """Difference of two texts, in git's -U0 terms."""
    before, after = _lines(old), _lines(new)
    found = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag != "equal":
            found.append(
                Hunk(a + 1 if b > a else a, c + 1 if d > c else c, tuple(before[a:b]), tuple(after[c:d]))
            )
    return tuple(found)


def _lines(content: bytes) -> list[bytes]:
    lines = content.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines


@dataclass
class World:
    """A change put together file by file, with the blobs to read it from."""

    files: list[FileDiff] = field(default_factory=list)
    history: list[HistoryBlob] = field(default_factory=list)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def add(
        self,
        path: str,
        new: bytes | None,
        *,
        old: bytes | None = None,
        old_path: str | None = None,
        status: Status | None = None,
        mode: str = "100644",
        file_class: FileClass = FileClass.CODE,
    ) -> "World":
        sides = []
        for name, content in ((old_path or path, old), (path, new)):
            sides.append(None if content is None else FileVersion(name, mode, self.blob(content)))
        if status is None:
            status = Status.ADDED if old is None else Status.DELETED if new is None else Status.MODIFIED
        made = hunks(old or b"", new or b"")
        self.files.append(FileDiff(status, sides[0], sides[1], made, file_class))
        return self

    def earlier(self, commit: str, path: str, content: bytes) -> "World":
        self.history.append(HistoryBlob(commit, path, self.blob(content)))
        return self

    def blob(self, content: bytes) -> str:
        self.blobs[oid_of(content)] = content
        return oid_of(content)

    def change(self) -> Change:
        return Change(
            repository="r", base="b" * 40, merge_base="b" * 40, head="a" * 40, base_tree="", head_tree="",
            title="", files=tuple(self.files), history=tuple(self.history), notes=(),
        )  # fmt: skip

    def scan(self, scanners, sandbox, *, rules=None, policy=None, cache=None) -> ScanReport:
        return scan_change(
            self.change(),
            self.blobs.__getitem__,
            rules=rules or rule_set(),
            policy=policy or Policy(),
            scanners=scanners,
            sandbox=sandbox,
            cache=cache if cache is not None else MemoryCache(),
            progress=lambda _: None,
        )
