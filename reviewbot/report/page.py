"""What the HTML report shows, as plain values: every string is masked and visible already."""

from dataclasses import dataclass

from reviewbot import __version__
from reviewbot.domain.change import ReadBlob
from reviewbot.domain.coverage import Coverage, FileCoverage, Read
from reviewbot.domain.finding import Judged, Outcome
from reviewbot.domain.review import Review
from reviewbot.domain.waiver import Waiver
from reviewbot.report import tally, waived
from reviewbot.report.cards import Card, Cards, Given, given_excerpt
from reviewbot.report.hunk import Hunks
from reviewbot.report.patch_cards import TestsCard, tests_card
from reviewbot.report.patched import Patched
from reviewbot.report.text import Shown, without_login


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A changed file and each reviewer's word on it, in the order of the table's columns."""

    path: str
    file_class: str
    note: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WaivedRow:
    """A waived finding, and who answers for it."""

    anchor: str
    severity: str
    title: str
    rule: str
    place: str
    until: str
    requested_by: str
    approved_by: str
    signed: bool
    ticket: str
    reason: str
    written: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    sources: tuple[str, ...]
    files: tuple[str, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report."""

    version: str
    headline: str
    complete: bool
    exit_code: int
    range_name: str
    title: str
    repository: str
    strip: tuple[tuple[str, str], ...]
    gaps: tuple[tuple[str, tuple[str, ...]], ...]
    mended: str
    tests: TestsCard | None
    cards: tuple[Card, ...]
    listed: tuple[Card, ...]
    waived: tuple[WaivedRow, ...]
    unposted: tuple[Card, ...]
    choices: Choices
    reviewers: tuple[str, ...]
    coverage: tuple[CoverageRow, ...]
    model: str
    given: tuple[Given, ...]
    notes: tuple[str, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    this_run: tuple[tuple[str, str], ...]


def page(review: Review, read: ReadBlob) -> Page:
    """Gather what the report shows."""
    shown = Shown(review.mask)
    cited = tally.cited(review)
    given = {
        excerpt.id: given_excerpt(excerpt, review, shown, cited=excerpt.id in cited)
        for excerpt in review.excerpts
    }
    cards = Cards(review, shown, Hunks(review.change, read, shown), Patched(review, shown, read), given, {})
    reviewers = _reviewers(review)
    inline, listed = cards.of(Outcome.INLINE), cards.of(Outcome.SUMMARY)
    return Page(
        version=__version__,
        headline=tally.headline(review),
        complete=review.verdict.complete,
        exit_code=review.verdict.exit_code,
        range_name=shown.line(review.change.range_name),
        title=shown.prose(review.change.title),
        repository=shown.line(without_login(review.change.repository)),
        strip=_strip(review),
        gaps=tuple((shown.path(file.path), _reasons(file, shown)) for file in review.gaps),
        mended=tally.mended(review),
        tests=tests_card(review, shown),
        cards=inline,
        listed=listed,
        waived=tuple(_waived(judged, waiver, cards) for judged, waiver in waived.found(review)),
        unposted=cards.of(*tally.HIDDEN),
        choices=_choices(inline + listed),
        reviewers=tuple(shown.line(name) for name in reviewers),
        coverage=tuple(_row(file, reviewers, shown) for file in review.coverage),
        model=_model(review, shown),
        given=tuple(given.values()),
        notes=tuple(shown.prose(note) for note in review.change.notes + review.notes),
        facts=_facts(review, shown),
        this_run=_this_run(review, shown),
    )


def _choices(cards: tuple[Card, ...]) -> Choices:
    return Choices(
        tuple(sorted({source for card in cards for source in card.sources})),
        tuple(sorted({card.path for card in cards})),
        tuple(sorted({card.rule for card in cards})),
    )


def _waived(judged: Judged, waiver: Waiver, cards: Cards) -> WaivedRow:
    finding, shown = judged.finding, cards.shown
    return WaivedRow(
        anchor=cards.anchor(finding),
        severity=str(finding.severity),
        title=shown.prose(finding.title),
        rule=shown.line(finding.rule),
        place=f"{shown.path(finding.span.path)}:{finding.span.first}",
        until=waiver.until.isoformat(),
        requested_by=shown.prose(waiver.requested_by),
        approved_by=shown.prose(waiver.approved_by),
        signed=bool(waiver.signed_by),
        ticket=shown.prose(waiver.ticket),
        reason=shown.prose(waiver.reason),
        written=shown.prose(waiver.place),
    )


def _strip(review: Review) -> tuple[tuple[str, str], ...]:
    counts = tally.severities(tally.posted(review))
    words = [(f"{count:,}", str(word) if count == 1 else f"{word}s") for word, count in counts.items()]
    files, added = len(review.change.files), sum(file.added_count for file in review.change.files)
    words.append((f"{files:,}", "file changed" if files == 1 else "files changed"))
    words.append((f"{added:,}", "line added" if added == 1 else "lines added"))
    gaps = len(review.gaps)
    words.append((f"{gaps:,}", "file not reviewed" if gaps == 1 else "files not reviewed"))
    if excused := len(waived.found(review)):
        words.append((f"{excused:,}", "finding waived" if excused == 1 else "findings waived"))
    return tuple(words)


def _reasons(file: FileCoverage, shown: Shown) -> tuple[str, ...]:
    return tuple(_reason(name, coverage, shown) for name, coverage in file.gaps)


def _reason(name: str, coverage: Coverage, shown: Shown) -> str:
    lines = f" ({tally.ranges(coverage.lines)})" if coverage.lines else ""
    return f"{shown.line(name)}: {shown.prose(coverage.reason)}{lines}"


def _reviewers(review: Review) -> tuple[str, ...]:
    names = {name for file in review.coverage for name in (*dict(file.by), *file.required)}
    return tuple(sorted(names, key=lambda name: (name == tally.MODEL, *tally.place(review, name))))


def _row(file: FileCoverage, reviewers: tuple[str, ...], shown: Shown) -> CoverageRow:
    said = dict(file.by) | dict(file.gaps)
    note = f"excluded by the operator: {shown.line(file.excluded)}" if file.excluded else ""
    return CoverageRow(
        shown.path(file.path),
        str(file.file_class),
        note,
        tuple(_cell(said.get(name), shown) for name in reviewers),
    )


def _cell(said: Coverage | None, shown: Shown) -> tuple[str, str]:
    if said is None:
        return ("none", "not asked")
    if said.state is Read.DONE:
        return ("done", "done")
    if said.state is Read.NOT_APPLICABLE:
        return ("none", shown.prose(said.reason) or "not applicable")
    lines = f" ({tally.ranges(said.lines)})" if said.lines else ""
    return ("failed", f"failed: {shown.prose(said.reason)}{lines}")


def _model(review: Review, shown: Shown) -> str:
    if review.model is None:
        return "none asked: scanners and rules only"
    return f"{shown.line(review.model.name)} at {shown.line(review.model.host)}"


def _facts(review: Review, shown: Shown) -> tuple[tuple[str, tuple[str, ...]], ...]:
    change, model = review.change, review.model
    facts = [
        ("Base", [change.base]),
        ("Merge base", [change.merge_base]),
        ("Head", [change.head or "not committed"]),
        ("Trees", [change.base_tree, change.head_tree]),
        ("Policy", [review.policy.digest, *(shown.line(source) for source in review.policy.sources)]),
        (
            "Rule packs",
            [shown.line(tally.pack(pack)) for pack in review.rules.packs],
        ),
        (
            "Scanners",
            [shown.line(" ".join(filter(None, (t.name, t.version, t.detail)))) for t in review.tools],
        ),
        ("Sandbox", [shown.line(review.sandbox)]),
        ("Model", [_model(review, shown)]),
        ("Answers held to the schema by", [shown.line(model.constrained)] if model else []),
        ("Context length", [f"{model.context_tokens:,} tokens"] if model else []),
        ("reviewbot", [__version__]),
    ]
    return tuple((label, tuple(value for value in values if value)) for label, values in facts if any(values))


def _this_run(review: Review, shown: Shown) -> tuple[tuple[str, str], ...]:
    rows = [("Run", shown.line(review.run)), ("Time", f"{review.seconds:.1f} s")]
    if review.model:
        usage = review.model.usage
        rows += [
            ("Model calls", f"{usage.calls:,}, and {usage.answered_from_cache:,} answered from the cache"),
            (
                "Tokens",
                f"{usage.prompt_tokens:,} in ({usage.cached_tokens:,} cached), {usage.completion_tokens:,} out",
            ),
        ]
        rows += [("Model note", shown.prose(note)) for note in review.model.notes]
    return tuple(rows)
