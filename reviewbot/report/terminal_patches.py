"""Proven patches and failing tests on a terminal."""

from collections.abc import Iterator

from reviewbot.domain.finding import Finding
from reviewbot.domain.patch import Origin, Patch
from reviewbot.domain.review import Review
from reviewbot.report import patch_files, suites
from reviewbot.report.paper import BOLD, DIM, GREEN, RED, Page, unheard
from reviewbot.report.patched import Patched, PatchHunk, care, needs
from reviewbot.report.widths import cut, parted, width, wrapped

_MOST_LINES = 24
_UNDER = "     "  # under what stands behind `fix:`
_INK = {"-": RED, "+": GREEN}


def fix(finding: Finding, page: Page, patched: Patched, margin: str) -> Iterator[str]:
    """Show the proven patch of a finding: what applies it, what was proven, its lines."""
    patch = patched.of(finding)
    if patch is None:
        return
    columns = page.columns - len(margin) - 1
    command = page.paint(patched.command(patch), BOLD)
    proven = f"proven: {patch.proof.sentence}"
    if width(f"fix: {patched.command(patch)}  ({proven})") <= columns:
        yield f"{margin}fix: {command}  ({proven})"
    else:
        yield f"{margin}fix: {command}"
        yield from (f"{margin}{_UNDER}{line}" for line in parted(proven.split(" · "), columns - len(_UNDER)))
    for text in _words(patch, page):
        yield from (f"{margin}{_UNDER}{line}" for line in wrapped(text, columns - len(_UNDER)))
    hunks = patched.hunks(patch, 0)
    for hunk in hunks:
        yield from _hunk(hunk, page, margin, named=len(hunks) > 1)
    if patched.read is not None and patch_files.holds_secret(patch, patched):
        yield from (margin + page.paint(line, DIM) for line in wrapped(patch_files.HELD_BACK, columns))


def _words(patch: Patch, page: Page) -> Iterator[str]:
    proposed = "By the model. " if patch.origin is Origin.MODEL else ""
    yield f"{proposed}{care(patch).capitalize()}. {page.prose(patch.sentence)}"
    if patch.needs:
        yield f"needs: {unheard(needs(patch, page.shown))}"


def _hunk(hunk: PatchHunk, page: Page, margin: str, *, named: bool) -> Iterator[str]:
    if named:
        yield f"{margin}{page.paint(f'line {hunk.first}', DIM)}"
    if not hunk.rows:
        yield f"{margin}{page.paint('(lines are taken out)', DIM)}"
    lines = page.dedented([unheard(row.text) for row in hunk.rows])
    for row, line in list(zip(hunk.rows, lines, strict=True))[:_MOST_LINES]:
        yield f"{margin}{page.paint(row.sign, _INK[row.sign])}  {cut(line, page.columns - len(margin) - 3)}".rstrip()
    if len(lines) > _MOST_LINES:
        yield f"{margin}   {page.paint(f'… {len(lines) - _MOST_LINES} more lines', DIM)}"


def failing(review: Review, page: Page) -> Iterator[str]:
    """List the tests that fail, apart from findings, with the first lines of each."""
    suite = review.suite
    if suite is None or not suite.failed:
        return
    title = f"{suites.title(review)}; {suites.gate(review)}"
    yield from (page.paint(line, BOLD) for line in wrapped(title, page.columns - 1))
    for one in suite.failed[: suites.MOST_TESTS]:
        yield f"  {cut(page.line(one.name), page.columns - 3)}"
        for line in page.dedented([page.line(line) for line in one.lines[: suites.MOST_LINES]]):
            yield f"      {page.paint('|', DIM)}  {cut(line, page.columns - 9)}".rstrip()
    if len(suite.failed) > suites.MOST_TESTS:
        yield f"  … and {len(suite.failed) - suites.MOST_TESTS:,} more"
