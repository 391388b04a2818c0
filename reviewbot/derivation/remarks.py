"""The findings that a reader sees, each looked up: words, quote, anchor, and what is proven of its patch."""

from collections.abc import Iterator

from reviewbot.derivation.checks import check_words, checked_quote
from reviewbot.derivation.ground import Files, Ground, line, print_rule, split_lines
from reviewbot.domain.anchor import Anchor, Place, Side
from reviewbot.domain.finding import Outcome
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.patch import Proof
from reviewbot.domain.quotes import quote_digest
from reviewbot.domain.visible import visible
from reviewbot.domain.wanted import Remark, Suggestion
from reviewbot.errors import UsageError
from reviewbot.publish import suggest
from reviewbot.publish.document import (
    ReviewDocument,
    SaidEdit,
    SaidFinding,
    SaidPatch,
)

_SHOWN = frozenset({Outcome.INLINE, Outcome.SUMMARY})


def remarks(document: ReviewDocument, files: Files, ground: Ground) -> Iterator[Remark]:
    """Check every finding, and give those that a reader sees. Raises `UsageError`."""
    patches = {patch.id: patch for patch in document.patches}
    seen: dict[str, None] = {}
    nth: dict[tuple[str, str, str], int] = {}
    for finding in document.findings:
        check_words(finding, ground.rules)
        path = files.path(finding.span.path)
        quote = checked_quote(finding, files.lines(path), ground.rules)
        if finding.outcome not in _SHOWN:
            continue
        if finding.fingerprint in seen:
            raise UsageError("the review names two findings by one fingerprint")
        seen[finding.fingerprint] = None
        key = (finding.rule, path, " ".join(" ".join(quote).split()))
        nth[key] = nth.get(key, -1) + 1
        moved = fingerprint(print_rule(finding), "", "\n".join(quote), nth[key])
        yield _remark(finding, path, quote, moved, _patch(finding, patches), files, ground)


def _remark(  # noqa: PLR0913, PLR0917 (one finding with all that was looked up for it)
    finding: SaidFinding, path: str, quote: list[str], moved: str, patch: SaidPatch | None, files: Files, ground: Ground
) -> Remark:  # fmt: skip
    place = Place(path, Side.NEW, finding.span.first, max(finding.span.first, finding.span.last))
    found: Anchor | str = line(finding.why) or "it is listed only"
    if finding.outcome is Outcome.INLINE and finding.commit is None:
        found = files.anchor(place)
    anchor = found if isinstance(found, Anchor) else None
    suggestion = None
    if patch and anchor:
        anchor, suggestion = _offered(patch, path, anchor, files, ground)
    return Remark(
        fingerprint=finding.fingerprint, moved=moved, rule=finding.rule, catalogued=finding.catalogued,
        by=finding.sources, severity=finding.severity, confidence=finding.confidence, cwe=finding.cwe,
        place=place, anchor=anchor, why=found if isinstance(found, str) else "",
        quote=quote_digest(quote), quote_lines=len(quote), title=line(finding.title), reason=line(finding.reason),
        explanation=line(finding.explanation), commit=finding.commit, suggestion=suggestion,
    )  # fmt: skip


def _patch(finding: SaidFinding, patches: dict[str, SaidPatch]) -> SaidPatch | None:
    if finding.patch is None:
        return None
    patch = patches.get(finding.patch)
    if patch is None or patch.finding != finding.fingerprint:
        raise UsageError("the review names a patch that it does not have")
    return patch


def _offered(
    patch: SaidPatch, path: str, anchor: Anchor, files: Files, ground: Ground
) -> tuple[Anchor, Suggestion | None]:
    """Turn a proven patch of these lines into a suggestion, and widen the anchor to all that it replaces.

    No suggestion comes of a patch whose proof does not hold, that is for another blob or place, or that
    masking has altered.
    """
    said = patch.proof
    proof = Proof(said.applies, said.parses, said.finding_gone, said.new_findings, said.tests)
    edit = patch.edits[0] if len(patch.edits) == 1 else None
    content = files.content(path)
    if not proof.holds or edit is None or content is None or anchor.side is not Side.NEW:
        return anchor, None
    if not edit.exact or edit.oid != files.blob(path) or files.path(edit.path) != path:
        return anchor, None
    first, last = anchor.first.new or 0, anchor.last.new or 0
    wide = _widened(split_lines(content), first, last, edit)
    if wide is None:
        return anchor, None
    if (wide.first, wide.last) != (first, last):
        again = files.anchor(Place(path, Side.NEW, wide.first, wide.last))
        if isinstance(again, Anchor) and (again.first.new, again.last.new) == (wide.first, wide.last):
            anchor = again
    offered = suggest.suggestion(
        content,
        wide,
        style=ground.style,
        proof=proof.sentence,
        show=lambda line: visible(ground.mask.hide(line)),
    )
    return anchor, offered


def _widened(lines: list[str], first: int, last: int, edit: SaidEdit) -> suggest.Edit | None:
    bare = [line.removesuffix("\r") for line in lines]
    try:
        return suggest.widen(bare, first, last, suggest.Edit(edit.first, edit.last, edit.lines))
    except ValueError:
        return None
