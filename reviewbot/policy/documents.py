"""The two policies as documents: what the operator demands, what a repository adds.

These types are what the files are read into, what the JSON Schemas for editors are made from,
and what `docs/policy.md` is written from. `settle` turns them into the `Policy` of a run.
"""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from reviewbot.policy.nearest import nearest
from reviewbot.policy.operator_sections import (
    BUILT_IN,
    ConfidenceWord,
    CoverageSection,
    FailOn,
    GateSection,
    GuidelinesSection,
    Incomplete,
    LimitsSection,
    LinksSection,
    ModelCounts,
    RedactSection,
    ScannerSettings,
    ScannersSection,
)
from reviewbot.policy.proving_sections import OwnTestsSection, PatchesSection, RepositoryTests
from reviewbot.policy.sections import FormatVersion, Glob, Id, Line, Section
from reviewbot.policy.server_sections import ForgeSection, ModelSection, NetworkSection, SandboxSection
from reviewbot.policy.vouching_sections import PacksSection, WaiversSection
from reviewbot.policy.yaml_source import Key

FILE_CLASSES = ("code", "text", "binary", "metadata")
Loosener = Literal["fail-on", "gguf", "model-name", "model-url", "no-model", "policy", "rules", "unsandboxed"]
_ON = ScannerSettings()


class OperatorDocument(Section):
    """What the organisation demands of every review."""

    refusals: ClassVar[dict[str, str]] = {
        "exclude": "files are taken out under coverage: exclude:",
        "fail_on": "it stands under gate: fail_on:",
    }

    version: FormatVersion = Field(description="Version of this format.")
    target_branch: Line | None = Field(
        default=None,
        description="Branch that changes are compared with and that repository policies are read from. "
        "Not given: the remote's default branch, or what the repository's policy says.",
    )
    allow: tuple[Loosener, ...] = Field(
        default=(),
        description="Flags (and their REVIEWBOT_ variables) that a developer may use to loosen this policy. "
        "`policy` lets a given policy take the place of the installed one.",
    )
    model: ModelSection = Field(default=ModelSection(), description="The model server.")
    network: NetworkSection = Field(default=NetworkSection(), description="How connections are made.")
    forge: ForgeSection = Field(default=ForgeSection(), description="Speaking on pull requests.")
    sandbox: SandboxSection = Field(default=SandboxSection(), description="Where scanners run.")
    packs: PacksSection = Field(default=PacksSection(), description="Rule packs.")
    scanners: ScannersSection = Field(
        default=ScannersSection(semgrep=_ON, bandit=_ON, secrets=_ON),
        description="Scanners that run. Not given: semgrep, bandit and secrets.",
    )
    gate: GateSection = Field(default=GateSection(), description="When the result is red.")
    coverage: CoverageSection = Field(default=CoverageSection(), description="Who must have read what.")
    limits: LimitsSection = Field(default=LimitsSection(), description="Bounds of a run.")
    redact: tuple[RedactSection, ...] = Field(
        default=(), max_length=50, description="Patterns that are masked like secrets."
    )
    guidelines: GuidelinesSection = Field(
        default=GuidelinesSection(), description="Pages of the repository that the model is given."
    )
    waivers: WaiversSection = Field(default=WaiversSection(), description="Who may waive findings.")
    links: LinksSection = Field(default=LinksSection(), description="Links in what people read.")
    tests: OwnTestsSection = Field(default=OwnTestsSection(), description="The repository's own tests.")
    patches: PatchesSection = Field(default=PatchesSection(), description="Patches for findings.")

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Everybody who can be required to read a file."""
        own = (*self.scanners.running, "suppressions", "hidden", "model")
        return own + tuple(tool.name for tool in self.scanners.sarif)

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Gather what the parts say, and check who is required against who runs."""
        for name in ("model", "forge", "sandbox", "packs", "scanners", "waivers"):
            section: Section = getattr(self, name)
            yield from (((name, *key), sentence) for key, sentence in section.problems())
        for file_class in FILE_CLASSES:
            names = getattr(self.coverage, file_class) or ()
            for at, sentence in unknown_reviewers(names, self.reviewers):
                yield ("coverage", file_class, at), sentence


def unknown_reviewers(names: tuple[str, ...], known: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Say for each name that cannot be required, by its position, why not."""
    for at, name in enumerate(names):
        if name in known:
            continue
        if name in BUILT_IN:
            yield at, f"{name} is required here, but it does not run: scanners: leaves it out"
        else:
            yield at, f'no scanner is called "{name}"{nearest(name, known)}'


class RepositoryGate(Section):
    """When the result is red: as strict as the operator's policy, or stricter."""

    fail_on: FailOn | None = Field(
        default=None, description="The severity from which findings make the result red (exit code 10)."
    )
    confidence: ConfidenceWord | None = Field(
        default=None, description="The confidence from which a finding counts."
    )
    incomplete: Incomplete | None = Field(
        default=None, description="What a required reviewer that failed does: `fail` or `report`."
    )
    model: ModelCounts | None = Field(
        default=None, description="Whether findings that only the model reports count: `block` or `advise`."
    )


class RepositoryCoverage(Section):
    """Reviewers required beside the operator's, per class of file."""

    refusals: ClassVar[dict[str, str]] = {"exclude": "only the operator's policy may take files out"}

    code: tuple[Id, ...] = Field(default=(), description="Further reviewers of code.")
    text: tuple[Id, ...] = Field(default=(), description="Further reviewers of other text.")
    binary: tuple[Id, ...] = Field(default=(), description="Further reviewers of binary files.")
    metadata: tuple[Id, ...] = Field(
        default=(), description="Further reviewers of files of which only name, mode or pointer changed."
    )


_OPERATORS_OWN = tuple(sorted(set(OperatorDocument.model_fields) - {"version"}))


class RepositoryDocument(Section):
    """What a repository asks of its reviews, beside what the operator demands."""

    refusals: ClassVar[dict[str, str]] = dict.fromkeys(
        (
            name
            for name in _OPERATORS_OWN
            if name not in {"target_branch", "packs", "gate", "coverage", "guidelines", "tests"}
        ),
        "only the operator's policy may set this",
    ) | {"exclude": "only the operator's policy may take files out"}

    version: FormatVersion = Field(description="Version of this format.")
    target_branch: Line | None = Field(
        default=None,
        description="Branch that changes are compared with, where the operator's policy names none.",
    )
    packs: tuple[Id, ...] = Field(
        default=(),
        description="Packs to add, of those that the operator offers; required ones are always on.",
    )
    gate: RepositoryGate = Field(
        default=RepositoryGate(), description="When the result is red; only stricter."
    )
    guidelines: tuple[Glob, ...] = Field(
        default=(), description="Pages of this repository that the model is given, read at the target branch."
    )
    coverage: RepositoryCoverage = Field(
        default=RepositoryCoverage(),
        description="Who must have read what, beside the operator's; only added to.",
    )
    tests: RepositoryTests | None = Field(
        default=None, description="How this repository's own tests are run, where the operator allows it."
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Gather what the parts say."""
        if self.tests is not None:
            yield from ((("tests", *key), sentence) for key, sentence in self.tests.problems())
