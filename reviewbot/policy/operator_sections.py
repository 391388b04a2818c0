"""The parts of the operator's policy that say what is reviewed, by whom, and what counts.

Defaults are those of the domain types, so that a run without a policy obeys the same numbers.
"""

from collections.abc import Iterator
from typing import Any, Literal

from pydantic import Field

from reviewbot.domain.policy import Gate, Limits
from reviewbot.policy.sections import (
    Argument,
    Glob,
    Id,
    LinkUrl,
    PathBelow,
    Pattern,
    Section,
)
from reviewbot.policy.yaml_source import Key

_GATE, _LIMITS = Gate(), Limits()

FailOn = Literal["never", "note", "warning", "error"]
ConfidenceWord = Literal["low", "medium", "high"]
Incomplete = Literal["fail", "report"]
ModelCounts = Literal["block", "advise"]
BUILT_IN = ("semgrep", "bandit", "secrets", "suppressions", "hidden")
"""Scanners of our own; `suppressions` and `hidden` always run and have no settings."""


class ScannerSettings(Section):
    """Settings of a scanner of ours: none yet, `{}` switches it on."""


class SarifSection(Section):
    """A further scanner, which writes SARIF 2.1.0."""

    name: Id = Field(description="Name of the scanner, as it appears in reviews and under coverage.")
    files: tuple[Glob, ...] = Field(min_length=1, description="Changed files that it is given.")
    command: tuple[Argument, ...] = Field(
        min_length=1,
        description="Program and arguments; no shell. The files lie under the working directory.",
    )
    output: PathBelow | None = Field(
        default=None, description="File that it writes there. Not given: SARIF comes on standard output."
    )


def _never_null(field: dict[str, Any]) -> None:
    """Let editors refuse `bandit:` with nothing behind it, as `problems` does."""
    field["$ref"] = field.pop("anyOf")[0]["$ref"]


class ScannersSection(Section):
    """Which scanners run. One that is left out does not."""

    semgrep: ScannerSettings | None = Field(
        default=None, json_schema_extra=_never_null, description="semgrep, by rules of our packs."
    )
    bandit: ScannerSettings | None = Field(
        default=None, json_schema_extra=_never_null, description="bandit, for Python."
    )
    secrets: ScannerSettings | None = Field(
        default=None,
        json_schema_extra=_never_null,
        description="Secret detection, in every commit of the change.",
    )
    sarif: tuple[SarifSection, ...] = Field(
        default=(), description="Further scanners that write SARIF 2.1.0."
    )

    @property
    def running(self) -> tuple[str, ...]:
        """Names of our own scanners that run."""
        return tuple(name for name in ("semgrep", "bandit", "secrets") if getattr(self, name) is not None)

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Refuse names that are taken, and a switch that says neither on nor off."""
        for name in sorted(self.model_fields_set & {"semgrep", "bandit", "secrets"}):
            if getattr(self, name) is None:
                yield (name,), "write {} to switch it on, or take the line out to switch it off"
        taken = {*BUILT_IN, "dependencies", "touched", "model"}
        for at, tool in enumerate(self.sarif):
            if tool.name in taken:
                yield ("sarif", at, "name"), f'the name "{tool.name}" is taken; choose another'
            taken.add(tool.name)


class GateSection(Section):
    """When the result is red."""

    fail_on: FailOn = Field(
        default=_GATE.fail_on.value if _GATE.fail_on else "never",
        description="The severity from which findings make the result red (exit code 10). Not given: each pack's own "
        "threshold, and error for what has none.",
    )
    confidence: ConfidenceWord = Field(
        default=_GATE.confidence.value, description="The confidence from which a finding counts."
    )
    incomplete: Incomplete = Field(
        default="fail",
        description="What a required reviewer that failed does: `fail` makes the result red (exit code 3), "
        "`report` only says so.",
    )
    model: ModelCounts = Field(
        default="advise",
        description="Whether findings that only the model reports count (`block`) or not (`advise`).",
    )


class CoverageSection(Section):
    """Who must have read what, per class of file."""

    code: tuple[Id, ...] | None = Field(
        default=None,
        description="Reviewers of code. Not given: every scanner that runs, and the model if configured.",
    )
    text: tuple[Id, ...] | None = Field(
        default=None, description="Reviewers of other text. Not given: secrets."
    )
    binary: tuple[Id, ...] | None = Field(
        default=None, description="Reviewers of binary files. Not given: none."
    )
    metadata: tuple[Id, ...] | None = Field(
        default=None,
        description="Reviewers of files of which only name, mode or pointer changed. Not given: none.",
    )
    exclude: tuple[Glob, ...] = Field(
        default=(), description="Files that nobody needs to read. They are listed in every review."
    )


class LimitsSection(Section):
    """Bounds of a run."""

    minutes: float = Field(default=_LIMITS.minutes, gt=0, le=1440, description="Longest run, in minutes.")
    model_tokens: int = Field(
        default=_LIMITS.model_tokens,
        ge=0,
        le=1_000_000_000,
        description="Tokens that one run may spend on the model.",
    )
    inline_comments: int = Field(
        default=_LIMITS.inline_comments,
        ge=0,
        le=1000,
        description="Findings shown on their lines; the rest is listed.",
    )
    file_bytes: int = Field(
        default=_LIMITS.file_bytes,
        ge=1,
        le=1_000_000_000,
        description="Largest file that is reviewed, in bytes.",
    )
    scanner_seconds: float = Field(
        default=_LIMITS.scanner_seconds,
        gt=0,
        le=86_400,
        description="Longest run of one scanner, in seconds.",
    )
    memory_bytes: int = Field(
        default=_LIMITS.memory_bytes,
        ge=100_000_000,
        le=10**13,
        description="Memory of one scanner, in bytes.",
    )
    snapshot_bytes: int = Field(
        default=_LIMITS.snapshot_bytes,
        ge=1_000_000,
        le=10**13,
        description="Largest snapshot that `collect` may make, in bytes.",
    )


class RedactSection(Section):
    """A pattern whose matches are masked like secrets."""

    name: Id = Field(description="Kind of the match, shown in its place.")
    pattern: Pattern = Field(description="Regular expression of Python's, without nested unbounded repeats.")


class LinksSection(Section):
    """Links in what people read."""

    rules: LinkUrl | None = Field(
        default=None,
        description="Beginning of the address of rule pages; the rule's id follows. Not given: no links.",
    )


class GuidelinesSection(Section):
    """Pages of the repository that the model is given."""

    allow: bool = Field(default=True, description="Whether a repository's policy may name pages of its own.")
    paths: tuple[Glob, ...] = Field(default=(), description="Pages that are always given, if they are there.")
