"""What the rooms that propose and prove patches need from each other, as values and protocols."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from reviewbot.domain.change import FileDiff
from reviewbot.domain.finding import Finding
from reviewbot.domain.patch import Patch, Proposal
from reviewbot.domain.rule import Rule
from reviewbot.domain.suite import SuiteRun


@dataclass(frozen=True, slots=True)
class HeadFile:
    """A changed file of the head: its bytes, and what the change did to it (`diff.new` is this version)."""

    diff: FileDiff
    content: bytes

    @property
    def path(self) -> str:
        """The path, surrogate-escaped."""
        return self.diff.path

    @property
    def oid(self) -> str:
        """The blob that a patch must be for."""
        assert self.diff.new is not None
        return self.diff.new.oid


@dataclass(frozen=True, slots=True)
class Flaw:
    """A finding that is to be mended, where it stands. `also` was merged into it and has to go with it."""

    finding: Finding
    rule: Rule | None
    file: HeadFile
    also: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Rescanned:
    """What all scanners find in a file of the head, and in the same file with a patch in it.

    Findings carry whole-line spans of their own version. `failures` are sentences on scanners that could
    not read the patched version though they should have: then nothing is proven.
    """

    before: tuple[Finding, ...]
    after: tuple[Finding, ...]
    failures: tuple[str, ...] = ()


Rescan = Callable[[Sequence[tuple[HeadFile, bytes]]], Sequence[Rescanned]]
"""Scans patched contents with the same scanners and rules, all at once; one answer for each, in order."""

RunSuite = Callable[[Mapping[str, bytes]], SuiteRun]
"""Runs the repository's tests on the head with these files' contents in place of its own (none: the head itself)."""

KnownImport = Callable[[str, str], bool]
"""Says of (path of the importing file, imported module as it is written) whether the base imports it somewhere."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why there is no proposal, as a sentence."""

    why: str


@dataclass(frozen=True, slots=True)
class Tried:
    """A patch that failed its proof, told to whoever may try once more."""

    patch: Patch
    why: str


AskForPatches = Callable[[Sequence[tuple[Flaw, Tried | None]]], list[Proposal | Refused]]
"""Asks the model for a remedy of each flaw; beside it its first try, if that failed its proof. In order."""
