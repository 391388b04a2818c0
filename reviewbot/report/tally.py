"""Counts and sentences that several writers share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from reviewbot.domain.coverage import Coverage, FileCoverage, Read
from reviewbot.domain.finding import Judged, Outcome, Severity
from reviewbot.domain.review import Review
from reviewbot.domain.rule import Pack

MODEL = "model"
POSTED = (Outcome.INLINE, Outcome.SUMMARY)
WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
NOT_POSTED = {
    Outcome.EXISTING: "in the base already",
    Outcome.DUPLICATE: "merged into another",
    Outcome.UNVERIFIED: "not verified",
    Outcome.BELOW_THRESHOLD: "below the confidence asked for",
    Outcome.WAIVED: "waived",
}
HIDDEN = tuple(outcome for outcome in NOT_POSTED if outcome is not Outcome.WAIVED)
"""What is only counted; what is waived is listed with who answers for it."""


def number(count: int, noun: str) -> str:
    """`1 error`, `2 errors`, `1,204 files`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def posted(review: Review) -> tuple[Judged, ...]:
    """Findings that a reader sees, in order."""
    return review.with_outcome(*POSTED)


def severities(findings: Iterable[Judged]) -> dict[Severity, int]:
    """Count findings per severity, worst first, zeros included."""
    said = [judged.finding.severity for judged in findings]
    return {severity: said.count(severity) for severity in WORST_FIRST}


def headline(review: Review) -> str:
    """`2 errors, 1 warning`, or `no findings`; tests that make the result red too."""
    counts = severities(posted(review))
    words = [number(count, str(word)) for word, count in counts.items() if count]
    failing = review.verdict.failing_tests
    return ", ".join([*words, *([number(failing, "failing test")] if failing else [])]) or "no findings"


def hidden(review: Review) -> list[str]:
    """`3 in the base already`, `1 not verified`: what became of findings that are not shown."""
    counts = review.counts()
    return [f"{counts[outcome]:,} {NOT_POSTED[outcome]}" for outcome in HIDDEN if counts[outcome]]


def mended(review: Review) -> str:
    """`7 of 9 findings have a proven patch`; nothing where none has one."""
    proven = {patch.finding for patch in review.patches if patch.proof.holds}
    found = posted(review)
    count = sum(judged.finding.fingerprint in proven and judged.finding.commit is None for judged in found)
    has = "has" if count == 1 else "have"
    return f"{count:,} of {number(len(found), 'finding')} {has} a proven patch" if count else ""


@dataclass(frozen=True, slots=True)
class Part:
    """How many of the files that somebody should read were read."""

    read: int
    due: int


def scanned(review: Review) -> Part:
    """Files that every required scanner read, of those that any scanner should."""
    due = [file for file in review.coverage if _due(file, lambda name: name != MODEL)]
    whole = [file for file in due if not any(name != MODEL for name in _failed(file))]
    return Part(len(whole), len(due))


def read_by_model(review: Review) -> Part:
    """Files that the model read whole, of those it should."""
    due = [file for file in review.coverage if _due(file, lambda name: name == MODEL)]
    return Part(len([file for file in due if MODEL not in _failed(file)]), len(due))


def scanners(review: Review) -> list[str]:
    """Scanners that read at least one file; the policy's order, then by name."""
    names = {
        name
        for file in review.coverage
        for name, said in file.by
        if name != MODEL and said.state is Read.DONE
    }
    return sorted(names, key=lambda name: place(review, name))


def place(review: Review, scanner: str) -> tuple[int, str]:
    """Sort key of a scanner: the policy's order, then by name."""
    order = review.policy.scanners
    return (order.index(scanner) if scanner in order else len(order), scanner)


def _due(file: FileCoverage, wanted: Callable[[str], bool]) -> bool:
    if file.excluded:
        return False
    spoken = {name for name, said in file.by if said.state is not Read.NOT_APPLICABLE}
    declined = {name for name, said in file.by if said.state is Read.NOT_APPLICABLE}
    return any(wanted(name) for name in spoken | (set(file.required) - declined))


def _failed(file: FileCoverage) -> set[str]:
    failed = {name for name, said in file.by if said.state is Read.FAILED}
    return failed | {name for name, _ in file.gaps}


def cited(review: Review) -> frozenset[str]:
    """Ids of the excerpts that a finding cites."""
    return frozenset(name for judged in review.findings for name in judged.finding.evidence)


def ranges(lines: tuple[tuple[int, int], ...]) -> str:
    """`lines 3, 10-40`, or nothing for the whole file."""
    if not lines:
        return ""
    words = ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in lines)
    return f"lines {words}"


def optional_failures(review: Review) -> list[tuple[str, str, Coverage]]:
    """Files that a reviewer failed on without being required: file, reviewer, its word."""
    return [
        (file.path, name, said)
        for file in review.coverage
        for name, said in file.by
        if said.state is Read.FAILED and name not in dict(file.gaps)
    ]


def pack(used: Pack) -> str:
    """`secrets 1.2.0 sha256:…, signed by appsec-2026`."""
    signed = f", signed by {used.signed_by}" if used.signed_by else ""
    return f"{used.id} {used.version} {used.digest}{signed}"
