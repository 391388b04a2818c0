"""What a scanner is given, what it gives back, and what it promises.

A scanner tells the truth or raises: a file that it could not read is `Coverage(FAILED, reason)`,
never an absent result. What it reports is places and rule names; the words come from our
catalogue later (see `catalogue`), so a tool's free text never gets past this room.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from reviewbot.domain.change import SUBMODULE, FileClass
from reviewbot.domain.coverage import Coverage
from reviewbot.domain.finding import Fix
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.domain.secret_text import has_byte_order_mark

NORMALISER = "1"
"""Version of how this room turns tools' answers into results; raise it when that changes."""


@dataclass(frozen=True, slots=True)
class Source:
    """One version of one file, as a scanner sees it. `path` is surrogate-escaped."""

    path: str
    oid: str
    mode: str
    content: bytes
    file_class: FileClass

    @property
    def is_text(self) -> bool:
        """Whether there is text to read, in UTF-16 too; a link's target is text, a submodule has none."""
        binary = self.file_class is FileClass.BINARY and not has_byte_order_mark(self.content)
        return not binary and self.mode != SUBMODULE


@dataclass(frozen=True, slots=True, order=True)
class ToolResult:
    """One remark of a tool: its own rule name and whole lines, from 1, both ends included.

    `tool_rule` is our rule id for semgrep, `B602` for bandit, a kind for secrets. `commit` is
    set by the run for what only an earlier commit of the range holds.
    """

    tool: str
    tool_rule: str
    path: str
    first: int
    last: int
    fix: Fix | None = field(default=None, compare=False)
    commit: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scanner has to say on the sources it was given.

    `coverage` has exactly one entry for each source. `notes` are sentences for the reader.
    """

    tool: ToolVersion
    results: tuple[ToolResult, ...]
    coverage: tuple[tuple[str, Coverage], ...]
    notes: tuple[str, ...] = ()


class Scanner(Protocol):
    """Looks at each file by itself: the same source always gives the same results."""

    @property
    def name(self) -> str:
        """The reviewer's name in policy and coverage: `semgrep`, `bandit`, `secrets`, …"""

    def wants(self, source: Source) -> bool:
        """Say whether this kind of file is this scanner's; others are `not_applicable`."""

    def cache_key(self) -> str:
        """Name all that decides a result beside path and content: tool version, interpreter, arguments,
        limits, rules digest, `NORMALISER`. Raises `ScannerError` if the tool is not there.
        """

    def scan(self, sources: Sequence[Source], sandbox: Sandbox) -> Scan:
        """Scan these sources; no two have the same path. Raises `ScannerError` or `SandboxError`."""


@dataclass(frozen=True, slots=True)
class Executable:
    """Where a tool is: `command` is the front of its argv, `readable` the host paths it needs.

    An empty `command` means that it is not installed; `missing` is the sentence that says where it
    was looked for, `hint` how to install it. `identity` names version and interpreter for the cache.
    """

    command: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    version: str = ""
    identity: str = ""
    missing: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ScannerPaths:
    """The scanners of this machine. `core` is semgrep's own binary, run without its Python launcher.

    `search` is the `PATH` on which the operator's further tools are looked up.
    """

    semgrep: Executable
    core: Executable
    bandit: Executable
    search: str = ""
