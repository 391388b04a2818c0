"""Looking up what a new waiver is to be for: a finding of a local review, or lines of a file."""

from dataclasses import dataclass
from pathlib import Path

from reviewbot.change.git import GitRepository
from reviewbot.derivation.checks import is_same
from reviewbot.domain.finding import Outcome, Span
from reviewbot.domain.paths import from_bytes, quoted, unquoted
from reviewbot.domain.quotes import whole_digest
from reviewbot.domain.visible import visible_block
from reviewbot.errors import UsageError
from reviewbot.publish.document import ReviewDocument, SaidFinding, read
from reviewbot.scanners.catalogue import QUOTED_LINES

_SHORTEST = 4
SHOWN = frozenset({Outcome.INLINE, Outcome.SUMMARY})
"""What a waiver can change; below the confidence asked for, or in the base already, nothing counts anyway."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a waiver is to be for; `quote` is the digest of the lines, and never the lines."""

    fingerprint: str
    rule: str
    path: str
    quote: str
    title: str


def last_review(repository: GitRepository) -> Path:
    """Find the newest local review. Raises `UsageError` if there is none."""
    found = sorted((repository.git_dir / "reviewbot" / "runs").glob("*/review.json"))
    if not found:
        raise UsageError(
            "there is no review of this repository here",
            hint="run `reviewbot run` first, or name a review.json with --review, or --rule, --path and --line",
        )
    return found[-1]


def reviewed(path: Path) -> ReviewDocument:
    """Read a review. Raises `UsageError`."""
    try:
        return read(path.read_bytes())
    except UsageError as error:
        raise UsageError(f"{quoted(str(path))}: {error}") from None
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise UsageError(f"the review {quoted(str(path))} cannot be read: {why}") from None


def of_review(document: ReviewDocument, name: str, repository: GitRepository) -> Subject:
    """Find a finding by its fingerprint, or the beginning of it. Raises `UsageError` if no single one has it."""
    found = [one for one in document.findings if len(name) >= _SHORTEST and one.fingerprint.startswith(name)]
    shown = [one for one in found if one.outcome in SHOWN] or found
    if len({one.fingerprint for one in shown}) != 1:
        what = "several findings" if shown else "no finding"
        raise UsageError(
            f"{what} of the review {'begin' if shown else 'begins'} with {name}",
            hint="reviews show fingerprints in their JSON: findings[].fingerprint",
        )
    finding = shown[0]
    if finding.outcome not in SHOWN:
        raise UsageError(f"that finding does not count as it is ({finding.outcome}), so it needs no waiver")
    path = unquoted(finding.span.path)
    span = Span(path, finding.span.first, max(finding.span.first, finding.span.last))
    lines = _lines(repository, finding.commit or document.change.head, span)
    _compare(finding, lines)
    return Subject(finding.fingerprint, finding.rule, path, whole_digest(lines), finding.title)


def of_lines(repository: GitRepository, rule: str, span: Span) -> Subject:
    """Take lines of a file of the work tree."""
    lines = _lines(repository, None, span)
    if len(lines) != span.last - span.first + 1:
        raise UsageError(f"{quoted(span.path)} has no line {span.last}")
    return Subject("", rule, span.path, whole_digest(lines), "")


def _lines(repository: GitRepository, commit: str | None, span: Span) -> list[str]:
    """Give the lines at a commit, or in the work tree."""
    content = repository.read_path(commit, span.path) if commit else _on_disk(repository, span.path)
    return [from_bytes(line) for line in (content or b"").split(b"\n")[span.first - 1 : span.last]]


def _on_disk(repository: GitRepository, path: str) -> bytes | None:
    if repository.work_tree is None:
        raise UsageError("a bare repository has no work tree to read the lines from")
    if path.startswith("/") or ".." in path.split("/"):
        raise UsageError(f"{quoted(path)} is no path of this repository")
    try:
        return (repository.work_tree / path).read_bytes()
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise UsageError(f"{quoted(path)} cannot be read: {why}") from None


def _compare(finding: SaidFinding, lines: list[str]) -> None:
    """Refuse lines that the review did not speak of: the digest would be of something else."""
    shown = [visible_block(line.removesuffix("\r")) for line in lines[:QUOTED_LINES]]
    said = finding.quote.split("\n")
    if finding.quote and (len(said) != len(shown) or not all(map(is_same, said, shown))):
        raise UsageError(
            f"{quoted(finding.span.path)} has other lines now than in that review",
            hint="make the review anew: reviewbot run",
        )
