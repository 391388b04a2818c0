"""A finding: a remark on lines of the change, by a scanner, a rule or the model."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from reviewbot.domain.waiver import Waiver


class _Ranked(StrEnum):
    """Words with an order: the first declared is the lowest."""

    @property
    def rank(self) -> int:
        """Position in the order of declaration."""
        return list(type(self)).index(self)

    def reaches(self, threshold: Self) -> bool:
        """Say whether this is as high as `threshold`."""
        return self.rank >= threshold.rank


class Severity(_Ranked):
    """How bad, if true. The rule's word; nobody else sets it."""

    NOTE = "note"
    WARNING = "warning"
    ERROR = "error"


class Confidence(_Ranked):
    """How sure whoever reports it is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Outcome(StrEnum):
    """What became of a finding. Each has exactly one, and they are counted."""

    INLINE = "inline"  # shown on its line
    SUMMARY = "summary"  # listed, not on a line: outside the diff, over the budget, not in our catalogue
    EXISTING = "existing"  # the base has it too
    DUPLICATE = "duplicate"  # merged into another
    UNVERIFIED = "unverified"  # a model's claim whose evidence did not check out
    BELOW_THRESHOLD = "below_threshold"  # under the confidence the policy asks for
    WAIVED = "waived"  # somebody answers for it, until a day


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Whole lines of a file's new side, counted from 1, both ends included."""

    path: str
    first: int
    last: int

    def __post_init__(self) -> None:
        """Refuse what is not a span."""
        if not 1 <= self.first <= self.last:
            raise ValueError(f"not a span: {self.path}:{self.first}-{self.last}")

    def overlaps(self, other: "Span") -> bool:
        """Say whether the two share a line of one file."""
        return self.path == other.path and self.first <= other.last and other.first <= self.last


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement for the characters from one place to another, by the rule that found them.

    Lines and columns count from 1, columns in characters of the decoded line; `end` is exclusive.
    """

    first: int
    first_column: int
    last: int
    last_column: int
    text: str
    safe: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark that stands by itself.

    `title` and `reason` are the catalogue's, never a tool's or the model's. `quote` is the text
    of the span's lines, unmasked: mask before showing. `explanation` is the model's prose.
    `commit` is set for what an earlier commit of the range holds and the head does not.
    """

    rule: str
    sources: tuple[str, ...]
    severity: Severity
    confidence: Confidence
    cwe: tuple[int, ...]
    span: Span
    title: str
    reason: str
    quote: str
    fingerprint: str = ""
    catalogued: bool = True
    commit: str | None = None
    fix: Fix | None = None
    explanation: str = ""
    evidence: tuple[str, ...] = ()

    @property
    def model_only(self) -> bool:
        """True if no scanner or deterministic rule says so."""
        return self.sources == ("model",)


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding with what became of it; `why` is a sentence where the outcome needs one.

    `waiver` is there exactly for what is waived.
    """

    finding: Finding
    outcome: Outcome
    why: str = ""
    waiver: Waiver | None = None

    def __post_init__(self) -> None:
        """Let nothing be waived by nobody, and no waiver hang on what counts."""
        if (self.waiver is not None) is not (self.outcome is Outcome.WAIVED):
            raise ValueError(f"waived by nobody, or not waived: {self.outcome}")
