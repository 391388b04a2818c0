"""`review.json` at the door of the publisher: closed types, bounded sizes, nothing believed.

In: bytes that another job wrote. Out: frozen values of exactly the shape of `reviewbot/review/1`. Whether
they tell the truth about the change is `derivation`'s question. Raises `UsageError` for anything else,
in words that hold no piece of the file.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from reviewbot.domain import strict_json
from reviewbot.domain.change import FileClass, Status
from reviewbot.domain.finding import Confidence, Outcome, Severity
from reviewbot.errors import UsageError
from reviewbot.publish.document_patches import SaidPatches, SaidTests, SaidUnproven
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

MOST_BYTES = 100_000_000
_DEPTH = 12


class ChangedFile(Closed):
    """A changed file, as the review saw it."""

    path: Path
    old_path: Path | None
    status: Status
    file_class: FileClass = Field(alias="class")
    added: Count
    removed: Count


class ReviewedChange(Closed):
    """What the review says it is of."""

    repository: Name
    pull_request: Line | None
    title: Words
    base: Commit
    merge_base: Commit
    head: Commit | None
    base_tree: Commit
    head_tree: Commit
    files: tuple[ChangedFile, ...]


class PackUsed(Closed):
    """A rule pack as it was loaded."""

    id: Name
    version: Name
    digest: Name
    signed_by: Name | None


class PolicyUsed(Closed):
    """By which rules."""

    digest: Name
    sources: tuple[Words, ...]
    packs: tuple[PackUsed, ...]


class Tool(Closed):
    """A scanner as it ran."""

    name: Name
    version: Name
    detail: Name


class SaidVerdict(Closed):
    """The gate's word in the review; the publisher decides for itself."""

    complete: bool
    at_threshold: Count
    exit_code: Count


class NotApplicable(Closed):
    """A reviewer that does not read such files."""

    not_applicable: Words


class Failed(Closed):
    """A reviewer that did not read the file."""

    failed: Words
    lines: tuple[tuple[Line, Line], ...]


class Covered(Closed):
    """Who has read a file."""

    path: Path
    file_class: FileClass = Field(alias="class")
    required: tuple[Name, ...]
    excluded_by: Name | None
    by: dict[Name, Literal["done"] | NotApplicable | Failed]


class SaidSpan(Closed):
    """Where a finding is."""

    path: Path
    side: Literal["new"]
    first: Line
    last: Line


class SaidWaiver(Closed):
    """The waiver that covers a finding, as the review tells it."""

    reason: Words
    requested_by: Name
    approved_by: Name
    until: date
    ticket: Name
    signed_by: Name | None
    file: Words
    line: Line


class SaidFinding(Closed):
    """A finding, as the review tells it."""

    fingerprint: Fingerprint
    rule: Name
    catalogued: bool
    sources: tuple[Name, ...] = Field(min_length=1)
    severity: Severity
    confidence: Confidence
    cwe: tuple[Line, ...]
    title: Words
    reason: Words
    span: SaidSpan
    commit: Commit | None
    quote: Quote
    explanation: Words
    evidence: tuple[Name, ...]
    outcome: Outcome
    why: Words
    waiver: SaidWaiver | None
    patch: Name | None


class SaidExcerpt(Closed):
    """A piece that the model was given."""

    id: Name
    repository: Name
    path: Path
    commit: Commit
    first: Line
    last: Line
    why: Words
    given: bool
    cited: bool


class AskedModel(Closed):
    """The model that was asked."""

    url_host: Name
    name: Name
    constrained: Name
    context_tokens: Count


class Usage(Closed):
    """What the model cost."""

    calls: Count
    answered_from_cache: Count
    prompt_tokens: Annotated[int, Field(ge=0)]
    cached_tokens: Annotated[int, Field(ge=0)]
    completion_tokens: Annotated[int, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0)]
    notes: tuple[Words, ...]


class ThisRun(Closed):
    """What differs from run to run."""

    run: Name
    day: date
    seconds: Annotated[float, Field(ge=0)]
    tests_seconds: Annotated[float, Field(ge=0)] | None
    model: Usage | None


class ReviewDocument(Closed):
    """A whole review, as it came."""

    schema_name: Literal["reviewbot/review/1"] = Field(alias="schema")
    reviewbot: Name
    change: ReviewedChange
    policy: PolicyUsed
    sandbox: Words
    tools: tuple[Tool, ...]
    verdict: SaidVerdict
    coverage: tuple[Covered, ...]
    findings: tuple[SaidFinding, ...]
    patches: SaidPatches
    unproven: tuple[SaidUnproven, ...]
    tests: SaidTests | None
    excerpts: tuple[SaidExcerpt, ...]
    model: AskedModel | None
    outcomes: dict[Outcome, Count]
    notes: tuple[Words, ...]
    this_run: ThisRun


def read(raw: bytes) -> ReviewDocument:
    """Read a review. Raises `UsageError` for what is not one, saying where."""
    try:
        strict_json.loads(raw, limit=MOST_BYTES, depth=_DEPTH)
        return ReviewDocument.model_validate_json(raw)
    except strict_json.BadJson as error:
        raise UsageError(f"the review is not JSON that can be read: {error}") from None
    except ValidationError as error:
        raise UsageError(f"the review is not of the shape {_shape(error)}") from None


def _shape(error: ValidationError) -> str:
    # Keys of the file are shown only where they are ours; its values never.
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    known = [str(part) for part in first["loc"] if isinstance(part, int) or part in _NAMES]
    return f"reviewbot/review/1: {first['type'].replace('_', ' ')} at {'.'.join(known) or 'an unknown key'}"


def _names() -> frozenset[str]:
    kinds: list[type[BaseModel]] = list(Closed.__subclasses__())
    fields = [field for kind in kinds for field in kind.model_fields.items()]
    return frozenset(field.alias or name for name, field in fields)


_NAMES = _names()
