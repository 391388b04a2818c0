"""A patch: edits against exact blobs, with every step of what was proven of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Origin(StrEnum):
    """Who proposed a patch."""

    RULE = "rule"
    MODEL = "model"


class Step(StrEnum):
    """The steps of a proof, in the order in which they are taken: the cheap ones first."""

    APPLIES = "applies"  # to exactly the blob that it was made for
    IN_PLACE = "in_place"  # inside the change's own hunks of the finding's file, or its import block
    BOUNDED = "bounded"  # no larger than a remedy is
    PLAIN_TEXT = "plain_text"  # printable characters of the file's own alphabet
    FORMAT_KEPT = "format_kept"  # line ends, indentation and final newline are the file's
    PARSES = "parses"  # no new syntax error
    KNOWN_IMPORTS = "known_imports"  # the repository's, the standard library's or approved ones
    NOTHING_FORBIDDEN = "nothing_forbidden"  # nothing of the deny list is added
    WORK_KEPT = "work_kept"  # the code still does what it is there for
    FINDING_GONE = "finding_gone"  # the same scanners and rules find it no more
    NOTHING_NEW = "nothing_new"  # and nothing else
    TESTS_PASS = "tests_pass"  # noqa: S105 (no password: the repository's tests that passed before)


class State(StrEnum):
    """How a step ended. A step after a failed one is not run."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_RUN = "not_run"


@dataclass(frozen=True, slots=True)
class Edit:
    """Whole lines of one blob, replaced. Lines count from 1 and carry no line ends.

    `last == first - 1` means an insertion before `first`; no `lines` means that the old ones are taken out.
    """

    path: str
    oid: str
    first: int
    last: int
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what is not a range."""
        if not 0 <= self.first - 1 <= self.last:
            raise ValueError(f"not a range of lines: {self.first} to {self.last}")


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step ended; `said` is a sentence in our own words where it did not pass."""

    step: Step
    state: State
    said: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven, step by step. `tests` is how many of the repository's tests pass, None if none were run."""

    steps: tuple[StepResult, ...]
    tests: int | None = None

    @classmethod
    def of(cls, steps: Iterable[StepResult], tests: int | None = None) -> "Proof":
        """Give the proof with a word on every step: one that nobody spoke of was not run."""
        said = {one.step: one for one in steps}
        return cls(tuple(said.get(step, StepResult(step, State.NOT_RUN)) for step in Step), tests)

    @property
    def holds(self) -> bool:
        """Say whether the patch may be shown to anybody: every step passed, tests only where there are some."""
        states = {one.step: one.state for one in self.steps}
        untested = states.get(Step.TESTS_PASS) in {State.PASSED, State.NOT_RUN}
        return untested and all(
            states.get(step) is State.PASSED for step in Step if step is not Step.TESTS_PASS
        )

    @property
    def failure(self) -> StepResult | None:
        """Give the step that failed, if one did."""
        return next((one for one in self.steps if one.state is State.FAILED), None)

    @property
    def sentence(self) -> str:
        """`applies · parses · finding gone · no new findings · 14 tests pass`, for a proof that holds."""
        words = ["applies", "parses", "finding gone", "no new findings"]
        if self.tests is not None:
            words.append("1 test passes" if self.tests == 1 else f"{self.tests:,} tests pass")
        return " · ".join(words)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody proposes for one finding, named by its fingerprint. Nothing of it is proven.

    `sentence` is ours: what the patch does. `needs` are packages beyond the standard library that it imports
    anew. `safe`: the program keeps its meaning in every case, so that applying it needs no second look.
    """

    finding: str
    rule: str
    origin: Origin
    safe: bool
    sentence: str
    edits: tuple[Edit, ...]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Patch:
    """A proposal with its proof. Only one whose proof holds is ever shown."""

    id: str
    finding: str
    origin: Origin
    safe: bool
    sentence: str
    edits: tuple[Edit, ...]
    proof: Proof
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unproven:
    """A proposal that came to nothing, for the record alone: it is shown to nobody as a patch.

    `step` is where its proof failed, None where there was no proposal to prove. `why` is a sentence of ours.
    """

    finding: str
    rule: str
    origin: Origin
    step: Step | None
    why: str
