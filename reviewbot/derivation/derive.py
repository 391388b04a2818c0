"""From a review that another job wrote, and the objects of the change, to what may be said of it.

Runs in a process of its own that holds no token, because it reads the change. Nothing in the review is
believed that can be looked up: commits, files, quotes and anchors are derived from the objects, words and
severities from the catalogue, coverage's demands and the verdict from the policy. Where the review says
something else it is refused as a whole (`UsageError`), for a forged review is worth nothing in part.
What cannot be looked up is whether a scanner really ran; the jobs before the publisher answer for that.
"""

from collections.abc import Iterable, Iterator

from reviewbot.derivation.checks import check_change, check_policy
from reviewbot.derivation.ground import Files, Ground, line, real_path
from reviewbot.derivation.remarks import remarks
from reviewbot.derivation.tests_said import suite_run, tests
from reviewbot.derivation.waived import confirmed
from reviewbot.domain.change import FileDiff
from reviewbot.domain.coverage import DONE, Coverage, FileCoverage, Read
from reviewbot.domain.finding import Finding, Judged, Outcome, Span
from reviewbot.domain.paths import quoted
from reviewbot.domain.review import Verdict
from reviewbot.domain.secret import Mask
from reviewbot.domain.suite import SuiteRun
from reviewbot.domain.wanted import Gap, Wanted
from reviewbot.errors import UsageError
from reviewbot.policy import gate
from reviewbot.publish.document import (
    Covered,
    Failed,
    NotApplicable,
    PackUsed,
    ReviewDocument,
    SaidFinding,
)
from reviewbot.verdict.coverage import assemble

_SETTLED = {
    Outcome.EXISTING: "it is in the base already",
    Outcome.DUPLICATE: "it is part of another finding now",
    Outcome.BELOW_THRESHOLD: "it is below the confidence that the policy asks for",
}
_COUNTED = {
    Outcome.EXISTING: "in the base already",
    Outcome.DUPLICATE: "merged into another",
    Outcome.UNVERIFIED: "not verified",
    Outcome.BELOW_THRESHOLD: "below the confidence asked for",
    Outcome.WAIVED: "waived",
}


def derive(document: ReviewDocument, ground: Ground) -> Wanted:
    """Say what may be published. Raises `UsageError` for a review that is not one of this change."""
    check_change(document, ground.change)
    check_policy(document, ground)
    coverage = _coverage(document, ground)
    files = Files(ground)
    shown = tuple(remarks(document, files, ground))
    waived = tuple(confirmed(document, files, ground))
    verdict = _verdict(document, coverage, ground, suite_run(document, ground))
    change = ground.change
    assert change.head is not None
    deleted = {file.path for file in change.files if file.new is None}
    return Wanted(
        head=change.head,
        merge_base=change.merge_base,
        files=len(change.files),
        remarks=shown,
        settled=(
            *_settled(document),
            *((one.fingerprint, f"it is waived until {one.until}") for one in waived),
        ),
        waived=waived,
        # A deleted file has left the head, and its findings with it.
        read_by=tuple((file.path, _readers(file)) for file in coverage if file.path not in deleted),
        renamed=tuple(_renamed(change.files)),
        present=files.present(ground.quotes),
        gaps=tuple(_gaps(coverage, ground.mask)),
        complete=verdict.complete,
        at_threshold=verdict.at_threshold,
        exit_code=verdict.exit_code,
        counts=tuple(_counts(document)),
        about=tuple(_about(document)),
        notes=tuple(line(note) for note in document.notes),
        tests=tests(document, ground),
        failing_tests=verdict.failing_tests,
        untested=line(verdict.untested),
    )


def _coverage(document: ReviewDocument, ground: Ground) -> tuple[FileCoverage, ...]:
    names = {quoted(file.path): file.path for file in ground.change.files}
    asked = ground.policy.model.url is not None or document.model is not None
    said = [
        (name, names.get(file.path, real_path(file.path)), word)
        for file in document.coverage
        for name, word in _words(file)
    ]
    return assemble(ground.change, said, ground.policy, model_configured=asked)


def _words(file: Covered) -> Iterator[tuple[str, Coverage]]:
    for name, word in file.by.items():
        if isinstance(word, Failed):
            yield name, Coverage(Read.FAILED, line(word.failed), word.lines)
        elif isinstance(word, NotApplicable):
            yield name, Coverage(Read.NOT_APPLICABLE, line(word.not_applicable))
        else:
            yield name, DONE


def _verdict(
    document: ReviewDocument, coverage: tuple[FileCoverage, ...], ground: Ground, suite: SuiteRun | None
) -> Verdict:
    # What is waived was confirmed to be, and never counts.
    judged = tuple(
        Judged(_plain(finding), finding.outcome)
        for finding in document.findings
        if finding.outcome is not Outcome.WAIVED
    )
    verdict = gate.decide(judged, coverage, ground.policy, ground.rules, suite)
    said = document.verdict
    if (said.complete, said.at_threshold, said.exit_code) != (
        verdict.complete, verdict.at_threshold, verdict.exit_code,
    ):  # fmt: skip
        raise UsageError("the verdict of the review is not what its findings and coverage add up to")
    return verdict


def _plain(finding: SaidFinding) -> Finding:
    span = Span(real_path(finding.span.path), finding.span.first, max(finding.span.first, finding.span.last))
    return Finding(
        rule=finding.rule, sources=finding.sources, severity=finding.severity, confidence=finding.confidence,
        cwe=finding.cwe, span=span, title=finding.title, reason=finding.reason, quote=finding.quote,
    )  # fmt: skip


def _settled(document: ReviewDocument) -> Iterator[tuple[str, str]]:
    for finding in document.findings:
        if finding.outcome in _SETTLED:
            yield finding.fingerprint, _SETTLED[finding.outcome]


def _readers(file: FileCoverage) -> tuple[str, ...]:
    return tuple(name for name, word in file.by if word.state is Read.DONE)


def _renamed(files: Iterable[FileDiff]) -> Iterator[tuple[str, str]]:
    for file in files:
        if file.old is not None and file.new is not None and file.old.path != file.new.path:
            yield file.old.path, file.new.path


def _gaps(coverage: tuple[FileCoverage, ...], mask: Mask) -> Iterator[Gap]:
    for file in coverage:
        if file.gaps:
            yield Gap(quoted(mask.hide(file.path)), tuple((name, word.reason) for name, word in file.gaps))


def _counts(document: ReviewDocument) -> Iterator[str]:
    for outcome, words in _COUNTED.items():
        count = sum(finding.outcome is outcome for finding in document.findings)
        if count:
            yield f"{count:,} {words}"


def _about(document: ReviewDocument) -> Iterator[tuple[str, tuple[str, ...]]]:
    policy, model = document.policy, document.model
    yield "packs", tuple(line(_pack(pack)) for pack in policy.packs)
    yield "policy", (line(policy.digest),)
    yield "tools", tuple(line(" ".join(filter(None, (t.name, t.version, t.detail)))) for t in document.tools)
    yield "sandbox", (line(document.sandbox),)
    if model is not None:
        yield "model", (line(f"{model.name} at {model.url_host}, {model.constrained}"),)
    yield "reviewbot", (line(document.reviewbot),)
    yield (
        "again, locally",
        (f"reviewbot run --base {document.change.merge_base} --head {document.change.head}",),
    )


def _pack(pack: PackUsed) -> str:
    signed = f", signed by {pack.signed_by}" if pack.signed_by else ""
    return f"{pack.id} {pack.version} {pack.digest[:19]}{signed}"
