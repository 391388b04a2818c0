"""The review on a terminal: findings by file, then who read what, then the result.

Our own words may have colour; text from the change, a scanner or the model never holds a
control character, so it cannot move the cursor, colour or link anything.
"""

import re
from collections.abc import Iterator
from itertools import groupby

from reviewbot.domain.change import ReadBlob
from reviewbot.domain.coverage import FileCoverage
from reviewbot.domain.finding import Finding, Judged, Outcome, Severity, Span
from reviewbot.domain.review import Review
from reviewbot.report import suites, tally, terminal_patches, waived
from reviewbot.report.paper import BOLD, DIM, GREEN, LABEL, RED, Page, unheard
from reviewbot.report.patched import Patched
from reviewbot.report.text import Shown
from reviewbot.report.widths import cut, width, wrapped

NARROWEST, WIDEST = 40, 120
_QUOTE_LINES = 12
_COLOURS = {Severity.ERROR: "31;1", Severity.WARNING: "33", Severity.NOTE: "36"}


def render(review: Review, *, colour: bool, width: int, read: ReadBlob | None = None) -> str:
    """Give the review as lines for a terminal of `width` columns, with ANSI colours or without.

    `read` gives the blobs, for the lines that a patch takes out; without it only those that it puts in are shown.
    """
    page = Page(Shown(review.mask), colour, max(NARROWEST, min(width, WIDEST)))
    patched = Patched(review, page.shown, read)
    blocks = [
        [_header(review, page)],
        *_findings(review, page, patched),
        list(_listed(review, page, patched)),
        list(terminal_patches.failing(review, page)),
        list(_waived(review, page)),
        list(_not_reviewed(review, page)),
        list(_footer(review, page)),
    ]
    text = "\n\n".join("\n".join(block) for block in blocks if block) + "\n"
    # The other command form counts at the beginning of a line only. One column was kept for this.
    return re.sub(r"^((?:[ \t]|\x1b\[[0-9;]*m)*):(?=:)", r"\1: ", text, flags=re.MULTILINE)


def _header(review: Review, page: Page) -> str:
    change = review.change
    added = sum(file.added_count for file in change.files)
    name = page.prose(change.title)
    spot = page.line(change.range_name)
    where = f"{name} ({spot})" if name else spot
    words = (
        f"reviewing {tally.number(len(change.files), 'file')}, {tally.number(added, 'added line')}, {where}"
    )
    return "\n".join(wrapped(words, page.columns - 1))


def _findings(review: Review, page: Page, patched: Patched) -> list[list[str]]:
    inline = sorted(review.with_outcome(Outcome.INLINE), key=_place)
    return [
        [
            page.paint(cut(page.path(path), page.columns - 1), BOLD),
            *(line for j in group for line in _finding(j, page, patched)),
        ]
        for path, group in groupby(inline, key=lambda j: j.finding.span.path)
    ]


def _place(judged: Judged) -> tuple[Span, str]:
    return judged.finding.span, judged.finding.rule


def _finding(judged: Judged, page: Page, patched: Patched) -> Iterator[str]:
    finding = judged.finding
    where = f"{finding.span.first:>4}"
    title = page.prose(finding.title)
    head = f"{where}  {finding.severity}  "
    first, *rest = wrapped(title, page.columns - width(head) - 1) or [""]
    painted = (
        f"{where}  {page.paint(str(finding.severity), _COLOURS[finding.severity])}  {page.paint(first, BOLD)}"
    )
    rule = page.line(finding.rule)
    yield page.apart(head + first, "" if rest else rule, painted, DIM)
    margin = "      "
    yield from (" " * width(head) + page.paint(line, BOLD) for line in rest)
    if rest:
        yield margin + page.paint(cut(rule, page.columns - len(margin) - 1), DIM)
    yield from _code(finding, page, margin)
    yield from _words(judged, page, margin)
    yield from terminal_patches.fix(finding, page, patched, margin)


def _code(finding: Finding, page: Page, margin: str) -> Iterator[str]:
    lines = page.lines(finding.quote)
    for line in page.dedented(lines[:_QUOTE_LINES]):
        yield f"{margin}{page.paint('|', DIM)}  {cut(line, page.columns - len(margin) - 3)}".rstrip()
    if len(lines) > _QUOTE_LINES:
        yield f"{margin}{page.paint('|', DIM)}  {page.paint(f'… {len(lines) - _QUOTE_LINES} more lines', DIM)}"


def _words(judged: Judged, page: Page, margin: str) -> Iterator[str]:
    finding = judged.finding
    columns = page.columns - len(margin) - 1
    said = [page.prose(finding.reason)]
    if finding.explanation:
        said.append(f"{page.prose(finding.explanation)} (model)")
    if finding.model_only:
        said.append("Only the model says so; its quote and evidence were checked.")
    if finding.commit:
        said.append(f"In commit {finding.commit[:12]} of the range, no longer in its head.")
    if judged.why:
        said.append(f"Listed only: {page.prose(judged.why)}")
    for text in said:
        yield from (margin + line for line in wrapped(text, columns))


def _listed(review: Review, page: Page, patched: Patched) -> Iterator[str]:
    listed = review.with_outcome(Outcome.SUMMARY)
    if not listed:
        return
    yield page.paint("not on a line of the change", BOLD)
    for path, group in groupby(sorted(listed, key=_place), key=lambda j: j.finding.span.path):
        yield cut(page.path(path), page.columns - 1)
        for judged in group:
            yield from _finding(judged, page, patched)


def _waived(review: Review, page: Page) -> Iterator[str]:
    found = waived.found(review)
    if not found:
        return
    yield page.paint(f"waived: {tally.number(len(found), 'finding')}", BOLD)
    for judged, waiver in found:
        finding = judged.finding
        spot = f"{page.path(finding.span.path)}:{finding.span.first}"
        head = f"{finding.severity}  {spot}  {page.prose(finding.title)}"
        yield from (f"  {line}" for line in wrapped(head, page.columns - 3))
        yield from (f"      {line}" for line in wrapped(page.prose(judged.why), page.columns - 7))
        where = f"{page.line(finding.rule)}, waived in {page.prose(waiver.place)}"
        yield from (f"      {page.paint(line, DIM)}" for line in wrapped(where, page.columns - 7))


def _not_reviewed(review: Review, page: Page) -> Iterator[str]:
    if not review.gaps:
        return
    count = tally.number(len(review.gaps), "file")
    yield page.paint(f"not reviewed: {count}", RED)
    for file in review.gaps:
        yield from _gap(file, page)


def _gap(file: FileCoverage, page: Page) -> Iterator[str]:
    yield f"  {cut(page.path(file.path), page.columns - 3)}"
    for name, coverage in file.gaps:
        lines = f" ({tally.ranges(coverage.lines)})" if coverage.lines else ""
        text = f"{page.line(name)}: {page.prose(coverage.reason)}{lines}"
        yield from (f"      {line}" for line in wrapped(text, page.columns - 7))


def _footer(review: Review, page: Page) -> Iterator[str]:
    for note in review.change.notes + (review.model.notes if review.model else ()) + review.notes:
        yield from page.labelled("note", page.prose(note))
    for path, name, said in tally.optional_failures(review):
        words = f"{page.path(path)}: not read by {page.line(name)}, which is not required: {page.prose(said.reason)}"
        yield from page.labelled("note", words)
    hidden = tally.hidden(review)
    if hidden:
        yield from page.parts("not shown", hidden)
    if mended := tally.mended(review):
        yield from page.labelled("patches", mended)
    yield from page.parts("coverage", _coverage(review, page))
    if ended := suites.words(review, page.shown):
        yield from page.parts("tests", [unheard(word) for word in ended])
    if review.model is None:
        yield from page.labelled("model", _no_model(review, page))
    if review.sandbox.startswith("job"):
        yield from page.labelled(
            "sandbox", "this job's own container, declared as the sandbox by the operator"
        )
    yield from _result(review, page)


def _coverage(review: Review, page: Page) -> list[str]:
    scanned = tally.scanned(review)
    names = ", ".join(page.line(name) for name in tally.scanners(review))
    words = [
        f"{scanned.read} of {tally.number(scanned.due, 'file')} scanned" + (f" ({names})" if names else "")
    ]
    spared = len(review.coverage) - scanned.due
    if spared:
        words.append(f"{spared} excluded or with nothing to scan")
    if review.model is not None:
        read = tally.read_by_model(review)
        words.append(
            f"{read.read} of {tally.number(read.due, 'file')} read by {page.line(review.model.name)}"
        )
    return words


def _no_model(review: Review, page: Page) -> str:
    asked = review.policy.model
    if asked.url or asked.gguf:
        return f"{page.line(asked.name or 'the configured one')} gave no review"
    return "none configured: scanners and rules only (set REVIEWBOT_MODEL_URL)"


def _result(review: Review, page: Page) -> Iterator[str]:
    verdict = review.verdict
    said = [
        *([] if verdict.complete else ["incomplete"]),
        tally.headline(review),
        f"exit {verdict.exit_code}",
    ]
    code = RED if verdict.exit_code else GREEN
    *before, last = page.parts("result", said)
    yield from (line[:LABEL] + page.paint(line[LABEL:], code) for line in before)
    yield page.apart(last, _spent(review), last[:LABEL] + page.paint(last[LABEL:], code), DIM)


def _spent(review: Review) -> str:
    words = f"{review.seconds:.1f} s"
    if review.model:
        usage = review.model.usage
        words += (
            f", {usage.prompt_tokens + usage.completion_tokens:,} tokens ({usage.cached_tokens:,} cached)"
        )
    return words
