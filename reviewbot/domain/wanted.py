"""What a review wants to say on a pull request, derived anew from the objects, before any forge is asked.

It is made in a process that reads the change and holds no token, and read by the one that holds the
token and does not read the change. All text is masked and visible already; none of it is inert yet.
"""

from dataclasses import dataclass

from reviewbot.domain.anchor import Anchor, Place
from reviewbot.domain.finding import Confidence, Severity


@dataclass(frozen=True, slots=True)
class Piece:
    """Whole lines of a patch at one place: from line `first` of the head's file on, `lines` instead of `before`.

    Without `before` they are put in before that line.
    """

    first: int
    before: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proven patch: these whole lines instead of the anchor's lines.

    `lines` have no line ends; none of them means that the lines are taken out. `before` are the lines
    as they are. `appliable` is False where applying by button would not give exactly these bytes
    (several lines in a file with CRLF, for instance): then it is shown as a diff. `proof` is the one
    line that says what was proven.

    A patch of several places that no button can apply at once has `pieces`, and neither `before` nor
    `lines`; one that masking would alter has none of them, and is not shown. `name` is what
    `reviewbot fix` calls it, `needs` are packages that must be among the dependencies.
    """

    before: tuple[str, ...]
    lines: tuple[str, ...]
    appliable: bool
    proof: str
    pieces: tuple[Piece, ...] = ()
    name: str = ""
    safe: bool = True
    by_model: bool = False
    needs: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        """Say whether there are lines to be shown."""
        return bool(self.before or self.lines or self.pieces)


@dataclass(frozen=True, slots=True)
class Failing:
    """A test of the repository that fails: its name and the first lines that it printed, masked and visible."""

    name: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tests:
    """How the repository's own tests ended. `passed` is None where the output does not name tests.

    `failed` are the first of `failed_count`. `broken` says why they could not be run to their end. `gate`: failing
    ones make the result red.
    """

    passed: int | None
    failed_count: int
    failed: tuple[Failing, ...]
    exit_code: int
    broken: str
    gate: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """One finding as it is to be shown.

    `moved` is the fingerprint without the path, for files that a later push renames. `quote` is a
    digest of the quoted lines as `quote_digest` gives it, `quote_lines` their number. `anchor` is None
    for what can only be listed, `why` then says why. `by` names its sources.
    """

    fingerprint: str
    moved: str
    rule: str
    catalogued: bool
    by: tuple[str, ...]
    severity: Severity
    confidence: Confidence
    cwe: tuple[int, ...]
    place: Place
    anchor: Anchor | None
    why: str
    quote: str
    quote_lines: int
    title: str
    reason: str
    explanation: str
    commit: str | None
    suggestion: Suggestion | None

    @property
    def model_only(self) -> bool:
        """True if no scanner or deterministic rule says so."""
        return self.by == ("model",)


@dataclass(frozen=True, slots=True)
class WaivedFinding:
    """A finding that is waived: it has no comment of its own and does not count. `path` is shown as git quotes it."""

    fingerprint: str
    rule: str
    severity: Severity
    title: str
    path: str
    line: int
    until: str
    requested_by: str
    approved_by: str
    ticket: str
    reason: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A file that somebody required has not read, each reviewer with its reason."""

    path: str
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Everything that `publish` may say about one head.

    `remarks` are all findings that a reader sees, in order of place. `settled` names, by fingerprint,
    findings of the review that are not shown, with the reason in a few words (`in the base already`,
    `merged into another`, `waived until 2027-01-31`, …). `read_by` says per changed path which reviewers
    have read it whole. `renamed` maps old paths to new ones. `present` are the quotes, of those asked
    for, that still stand in a changed file of the head. `counts` are words such as `3 in the base already`.
    `waived` are findings that somebody answers for. `tests` is None where none were run; `failing_tests` counts
    those that make the result red, `untested` says why tests that may block have no result.
    `about` are the rows of the summary's details: a label, then values that are shown as code.
    """

    head: str
    merge_base: str
    files: int
    remarks: tuple[Remark, ...]
    settled: tuple[tuple[str, str], ...]
    read_by: tuple[tuple[str, tuple[str, ...]], ...]
    renamed: tuple[tuple[str, str], ...]
    present: tuple[str, ...]
    gaps: tuple[Gap, ...]
    complete: bool
    at_threshold: int
    exit_code: int
    counts: tuple[str, ...]
    about: tuple[tuple[str, tuple[str, ...]], ...]
    notes: tuple[str, ...]
    waived: tuple[WaivedFinding, ...] = ()
    tests: Tests | None = None
    failing_tests: int = 0
    untested: str = ""


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """What is published where there is no review that can be used: the sentence says why."""

    head: str
    why: str
