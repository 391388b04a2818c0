"""Patches and tests in `review.json`: closed types, bounded sizes, nothing believed."""

from typing import Annotated

from pydantic import Field, StringConstraints

from reviewbot.domain.patch import Origin, State, Step
from reviewbot.publish.document_types import (
    Closed,
    Commit,
    Count,
    Fingerprint,
    Line,
    Name,
    Path,
    Quote,
    Words,
)

_MOST_PATCHES = 10_000
_MOST_EDITS = 1_000
_MOST_NEEDS = 20

Package = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9@][A-Za-z0-9._/-]{0,99}$")]
"""A package by its name, as registries allow them."""


class SaidEdit(Closed):
    """An edit of whole lines of one blob."""

    path: Path
    oid: Commit
    first: Line
    last: Count
    lines: tuple[Quote, ...]
    exact: bool


class SaidStep(Closed):
    """How one step of a proof ended."""

    step: Step
    state: State
    said: Words


class SaidProof(Closed):
    """What was proven of a patch."""

    steps: Annotated[tuple[SaidStep, ...], Field(min_length=len(Step), max_length=len(Step))]
    tests: Count | None


class SaidPatch(Closed):
    """A patch."""

    id: Name
    finding: Fingerprint
    origin: Origin
    safe: bool
    sentence: Words
    needs: Annotated[tuple[Package, ...], Field(max_length=_MOST_NEEDS)]
    edits: Annotated[tuple[SaidEdit, ...], Field(min_length=1, max_length=_MOST_EDITS)]
    proof: SaidProof


SaidPatches = Annotated[tuple[SaidPatch, ...], Field(max_length=_MOST_PATCHES)]


class SaidUnproven(Closed):
    """A proposal that came to nothing; it is for the record, and never published."""

    finding: Fingerprint
    rule: Name
    origin: Origin
    step: Step | None
    why: Words


class SaidFailedTest(Closed):
    """A test that failed, in the words of the change itself."""

    name: Words
    lines: Annotated[tuple[Quote, ...], Field(max_length=1_000)]


class SaidTests(Closed):
    """How the repository's own tests ended."""

    command: tuple[Words, ...]
    passed: Count
    failed: Annotated[tuple[SaidFailedTest, ...], Field(max_length=100_000)]
    named: bool
    exit_code: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
    broken: Words
    gate: bool
