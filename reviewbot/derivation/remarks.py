"""The findings that a reader sees, each looked up: words, quote, anchor, and what is proven of its patch."""

from collections.abc import Iterator

from reviewbot.derivation.checks import check_words, checked_quote
from reviewbot.derivation.ground import Files, Ground, line, print_rule
from reviewbot.derivation.offers import Offers
from reviewbot.domain.anchor import Anchor, Place, Side
from reviewbot.domain.finding import Outcome
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.quotes import quote_digest
from reviewbot.domain.wanted import Remark
from reviewbot.errors import UsageError
from reviewbot.publish.document import ReviewDocument, SaidFinding

_SHOWN = frozenset({Outcome.INLINE, Outcome.SUMMARY})


def remarks(document: ReviewDocument, files: Files, ground: Ground) -> Iterator[Remark]:
    """Check every finding, and give those that a reader sees. Raises `UsageError`."""
    offers = Offers.of(document, files, ground)
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
        yield _remark(finding, path, quote, moved, offers)


def _remark(finding: SaidFinding, path: str, quote: list[str], moved: str, offers: Offers) -> Remark:
    place = Place(path, Side.NEW, finding.span.first, max(finding.span.first, finding.span.last))
    found: Anchor | str = line(finding.why) or "it is listed only"
    if finding.outcome is Outcome.INLINE and finding.commit is None:
        found = offers.files.anchor(place)
    anchor = found if isinstance(found, Anchor) else None
    suggestion = None
    if anchor:
        anchor, suggestion = offers.for_finding(finding.fingerprint, path, anchor)
    return Remark(
        fingerprint=finding.fingerprint, moved=moved, rule=finding.rule, catalogued=finding.catalogued,
        by=finding.sources, severity=finding.severity, confidence=finding.confidence, cwe=finding.cwe,
        place=place, anchor=anchor, why=found if isinstance(found, str) else "",
        quote=quote_digest(quote), quote_lines=len(quote), title=line(finding.title), reason=line(finding.reason),
        explanation=line(finding.explanation), commit=finding.commit, suggestion=suggestion,
    )  # fmt: skip
