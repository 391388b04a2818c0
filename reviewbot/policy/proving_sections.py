"""The parts of both policies that say what is proven: running the repository's own tests, and patches."""

import re
from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from reviewbot.domain.policy import PatchPolicy
from reviewbot.domain.suite import SuitePolicy
from reviewbot.policy.sections import Argument, Section
from reviewbot.policy.yaml_source import Key

_PATCHES, _SUITE = PatchPolicy(), SuitePolicy()
_PROGRAM = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_NOT_BARE = "wants the bare name of a program, as in pytest: it is looked up on the operator's PATH, not in the repository"

TestsGate = Literal["report", "block"]


class OwnTestsSection(Section):
    """Running the repository's own tests."""

    allow: bool = Field(
        default=_SUITE.allow,
        description="Whether the tests of a repository may run, in the sandbox. They do where the policy at its target "
        "branch names a command.",
    )
    gate: TestsGate = Field(
        default="report",
        description="Whether failing tests make the result red (`block`, exit code 10) or are only told of (`report`). "
        "With `block`, tests that could not be run to their end make it incomplete.",
    )
    timeout_s: float = Field(
        default=_SUITE.timeout_s, gt=0, le=86_400, description="Longest run of the tests, in seconds."
    )


class RepositoryTests(Section):
    """How the repository's own tests are run, where the operator allows it."""

    refusals: ClassVar[dict[str, str]] = {"allow": "only the operator's policy may allow tests to run"}

    command: tuple[Argument, ...] = Field(
        min_length=1,
        max_length=100,
        description="Program and arguments; no shell. The program is a name that is looked up on the PATH of the "
        "machine that runs reviewbot.",
    )
    timeout_s: float | None = Field(
        default=None,
        gt=0,
        le=86_400,
        description="Longest run, in seconds; only shorter than the operator's. Not given: the operator's.",
    )
    gate: TestsGate | None = Field(
        default=None,
        description="Whether failing tests make the result red (`block`) or are only told of (`report`); only stricter.",
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Refuse a program that is not a bare name."""
        if not _PROGRAM.fullmatch(self.command[0]):
            yield ("command", 0), _NOT_BARE


class PatchesSection(Section):
    """Patches that are proposed for findings. Only proven ones are ever shown."""

    rules: bool = Field(
        default=_PATCHES.rules, description="Whether the fixes that rules bring are tried and proven."
    )
    model: bool = Field(
        default=_PATCHES.model,
        description="Whether the model, if there is one, is asked for a patch where no rule's fix is proven.",
    )
    most: int = Field(
        default=_PATCHES.most,
        ge=0,
        le=1000,
        description="Findings for which a patch is tried, in one run; the gravest first.",
    )
