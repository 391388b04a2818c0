"""Patches of a review, held to the objects: what contradicts them refuses the review as a whole.

Whether scanners and tests really said so cannot be looked up; where a patch stands, what it replaces and which
characters it brings can. These are the same steps that the proof took, over again.
"""

import keyword
import re
from collections.abc import Iterable, Sequence

from reviewbot.derivation.ground import Files, real_path
from reviewbot.domain.finding import Finding, Outcome, Span
from reviewbot.domain.mending import Flaw, HeadFile
from reviewbot.domain.patch import Edit, Origin, Proof, Proposal, State, Step, StepResult
from reviewbot.errors import UsageError
from reviewbot.patches.steps import placing, wording
from reviewbot.patches.steps.subject import Place, Subject, opened
from reviewbot.publish.document import ReviewDocument, SaidFinding
from reviewbot.publish.document_patches import SaidPatch

_SHOWN = frozenset({Outcome.INLINE, Outcome.SUMMARY})
# Only what the proof lets stand beside the change's own lines: an import, or a line of a long one.
_IMPORT = re.compile(
    r"\s*(?:(?:from|import|use|using|require|package)\b[^;]*;?|#\s*include\b[^;]*|(?P<name>\w+)(?:\s+as\s+\w+)?\s*,?|[(){}]+;?"
    r'|(?:const|let|var)\b[^;=]*=\s*require\([^;()]*\);?|(?:\w+\s+)?"[\w./-]+"|\}\s*from\b[^;]*;?)\s*(?:(?:#|//).*)?|\s*'
)

_STATEMENTS = frozenset((*keyword.kwlist, "debugger", "throw", "redo", "retry", "next", "fallthrough"))


def proof_of(patch: SaidPatch) -> Proof:
    """Give the proof as the review tells it."""
    return Proof(
        tuple(StepResult(one.step, one.state, one.said) for one in patch.proof.steps), patch.proof.tests
    )


def edits_of(patch: SaidPatch, path: str) -> tuple[Edit, ...]:
    """Give the edits of a patch of one file. Raises `UsageError` for what is no range of lines."""
    try:
        return tuple(Edit(path, one.oid, one.first, one.last, one.lines) for one in patch.edits)
    except ValueError:
        raise UsageError("the review has a patch of lines that are no range") from None


def checked_patches(document: ReviewDocument, files: Files) -> dict[str, SaidPatch]:
    """Give the patches by finding, each looked up in the objects. Raises `UsageError`."""
    named = {finding.patch: finding for finding in document.findings if finding.patch is not None}
    patches = {patch.id: patch for patch in document.patches}
    if len(patches) != len(document.patches) or set(patches) != set(named):
        raise UsageError("the review has a patch that no finding names, or names one that it does not have")
    if len(named) != sum(finding.patch is not None for finding in document.findings):
        raise UsageError("the review names one patch for two findings")
    for patch in document.patches:
        finding = named[patch.id]
        if (
            patch.finding != finding.fingerprint
            or finding.outcome not in _SHOWN
            or finding.commit is not None
        ):
            raise UsageError("the review has a patch for a finding that is none of the head's, or not shown")
        _check_proof(patch, tested=document.tests is not None and not document.tests.broken)
        _check_place(patch, finding, files)
    return {patch.finding: patch for patch in document.patches}


def _check_proof(patch: SaidPatch, *, tested: bool) -> None:
    proof = proof_of(patch)
    if [one.step for one in proof.steps] != list(Step) or not proof.holds:
        raise UsageError("the review has a patch that is not proven")
    if not tested and (proof.tests is not None or proof.steps[-1].state is not State.NOT_RUN):
        raise UsageError("the review has a patch that passed tests which were not run")
    if patch.safe and patch.origin is Origin.MODEL:
        raise UsageError("the review calls a patch of the model safe, which nobody can know")


def _check_place(patch: SaidPatch, finding: SaidFinding, files: Files) -> None:
    path = files.path(finding.span.path)
    diff, content = files.diff(path), files.content(path)
    if any(real_path(edit.path) != path for edit in patch.edits):
        raise UsageError("the review has a patch of another file than the finding's")
    if diff is None or content is None:
        raise UsageError("the review has a patch of a file that the head does not have")
    span = Span(path, finding.span.first, max(finding.span.first, finding.span.last))
    about = Finding(
        rule=finding.rule, sources=finding.sources, severity=finding.severity, confidence=finding.confidence,
        cwe=finding.cwe, span=span, title=finding.title, reason=finding.reason, quote=finding.quote,
    )  # fmt: skip
    proposal = Proposal(patch.finding, finding.rule, patch.origin, patch.safe, "", edits_of(patch, path))
    flaw = Flaw(about, None, HeadFile(diff, content))
    subject = placing.applies(flaw, proposal) or opened(flaw, proposal)
    if isinstance(subject, str):
        raise UsageError(f"the review has a patch that cannot be: {subject}")
    check_lines(subject, exact=all(edit.exact for edit in patch.edits))


def check_lines(subject: Subject, *, exact: bool) -> None:
    """Hold the lines of a patch to the change and the file. Raises `UsageError`."""
    said = placing.in_place(subject) or _beside(
        [subject.places[number] for number in placing.beside(subject)], subject
    )
    if exact:
        # What masking has altered is not shown, so that its words cannot be looked at, nor do any harm.
        said = said or placing.changes_something(subject)
        said = said or wording.bounded(subject) or wording.plain_text(subject) or wording.format_kept(subject)
    if said:
        raise UsageError(f"the review has a patch that cannot be: {said}")


def _beside(places: Sequence[Place], subject: Subject) -> str:
    lines = [line for place in places for line in (*place.edit.lines, *subject.replaced(place.edit))]
    return "" if _are_imports(lines) else "it changes lines outside of the change's own, and not only imports"


def _are_imports(lines: Iterable[str]) -> bool:
    found = [(line, _IMPORT.fullmatch(line)) for line in lines]
    return all(match is not None and _is_listed(line, match["name"]) for line, match in found)


def _is_listed(line: str, name: str | None) -> bool:
    """Say whether a lone word may be a name in a list of imports: indented, and no statement by itself."""
    return name is None or (line[:1].isspace() and name not in _STATEMENTS)
