"""The review as Markdown: the summary first, then each finding with its code.

Everything that is not ours goes through `inert`; the finished text is looked at once more.
"""

from urllib.parse import quote

from reviewbot import __version__
from reviewbot.domain import inert
from reviewbot.domain.change import ReadBlob
from reviewbot.domain.coverage import Coverage
from reviewbot.domain.finding import Finding, Judged, Severity
from reviewbot.domain.review import Review
from reviewbot.domain.waiver import Waiver
from reviewbot.report import markdown_patches, tally, waived
from reviewbot.report.patched import Patched
from reviewbot.report.text import Shown


def render(review: Review, read: ReadBlob | None = None) -> inert.Document:
    """Give the summary and the findings as one Markdown document.

    `read` gives the blobs, for the lines that a patch takes out; without it only those that it puts in are shown.
    """
    shown = Shown(review.mask)
    patched = Patched(review, shown, read)
    parts = [
        _title(review, shown),
        *_table(review, shown),
        *_mended(review),
        *_not_reviewed(review, shown),
        *_optional(review, shown),
        *markdown_patches.tests(review, shown),
        *_waived(review, shown),
        *_uncounted(review),
        *(part for judged in tally.posted(review) for part in _finding(judged, review, patched)),
        _details(review, shown),
    ]
    return inert.body("\n\n".join(parts) + "\n")


def _title(review: Review, shown: Shown) -> str:
    files = tally.number(len(review.change.files), "file")
    said = tally.headline(review)
    incomplete = "" if review.verdict.complete else "incomplete, "
    return f"**reviewbot: {incomplete}{said}** in {files}, {inert.code(shown.line(review.change.range_name))}"


def _where(finding: Finding, shown: Shown) -> str:
    return inert.code(f"{shown.path(finding.span.path)}:{finding.span.first}")


def _table(review: Review, shown: Shown) -> list[str]:
    rows = [
        f"| {judged.finding.severity} | {inert.cell(inert.prose(shown.prose(judged.finding.title)))} "
        f"| {inert.cell(_where(judged.finding, shown))} |"
        for severity in tally.WORST_FIRST
        for judged in tally.posted(review)
        if judged.finding.severity is severity
    ]
    return ["\n".join(["| | finding | where |", "|---|---|---|", *rows])] if rows else []


def _mended(review: Review) -> list[str]:
    mended = tally.mended(review)
    return [f"{mended}."] if mended else []


def _not_reviewed(review: Review, shown: Shown) -> list[str]:
    if not review.gaps:
        return []
    rows = [f"- {_gap(file.path, file.gaps, shown)}" for file in review.gaps]
    they = "it is" if len(rows) == 1 else "they are"
    title = (
        f"**Not reviewed: {tally.number(len(rows), 'file')}.** "
        f"The status stays red until {they} reviewed or excluded by the policy."
    )
    return [title, "\n".join(rows)]


def _optional(review: Review, shown: Shown) -> list[str]:
    failures = tally.optional_failures(review)
    rows = [f"- {_gap(path, ((name, said),), shown)}" for path, name, said in failures]
    return ["Not required, and failed:", "\n".join(rows)] if rows else []


def _gap(path: str, gaps: tuple[tuple[str, Coverage], ...], shown: Shown) -> str:
    words = [
        f"{inert.prose(shown.line(name))}: {inert.prose(shown.prose(coverage.reason))}"
        + (f" ({tally.ranges(coverage.lines)})" if coverage.lines else "")
        for name, coverage in gaps
    ]
    return f"{inert.code(shown.path(path))}, not read by {'; '.join(words)}"


def _waived(review: Review, shown: Shown) -> list[str]:
    rows = [f"- {_excused(judged, waiver, shown)}" for judged, waiver in waived.found(review)]
    return [f"**Waived: {tally.number(len(rows), 'finding')}.**", "\n".join(rows)] if rows else []


def _excused(judged: Judged, waiver: Waiver, shown: Shown) -> str:
    finding = judged.finding
    title = inert.prose(shown.prose(finding.title))
    name, place = inert.code(shown.line(finding.rule)), inert.code(shown.prose(waiver.place))
    said = inert.prose(shown.prose(judged.why))
    return f"{finding.severity}: {title}, {_where(finding, shown)}, {name}; waived {said} ({place})"


def _uncounted(review: Review) -> list[str]:
    hidden = tally.hidden(review)
    return [f"Not shown: {' · '.join(hidden)}"] if hidden else []


def _finding(judged: Judged, review: Review, patched: Patched) -> list[str]:
    finding, shown = judged.finding, patched.shown
    cwe = "".join(f" · `CWE-{number}`" for number in finding.cwe)
    parts = [
        f"### {_heading(finding, shown)}",
        f"{finding.severity}{cwe} · {_where(finding, shown)}" + _commit(finding),
        f"Why: {inert.prose(shown.prose(finding.reason))}" if finding.reason else "",
        inert.code_block(shown.lines(finding.quote), finding.span.first),
        f"Here: {inert.prose(shown.prose(finding.explanation))} _(model)_" if finding.explanation else "",
        *markdown_patches.fix(finding, patched),
        f"Listed only: {inert.prose(shown.prose(judged.why))}" if judged.why else "",
        f"<sub>{_rule(finding, review, shown)} · {_sources(finding, shown)}</sub>",
    ]
    return [part for part in parts if part]


def _heading(finding: Finding, shown: Shown) -> str:
    # A heading must not begin with what opens a list or ends it early; the severity's word does neither.
    return f"{_WORDS[finding.severity]}: {inert.prose(shown.prose(finding.title))}"


_WORDS = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.NOTE: "Note"}


def _commit(finding: Finding) -> str:
    return f" · in commit {inert.code(finding.commit[:12])} only" if finding.commit else ""


def _rule(finding: Finding, review: Review, shown: Shown) -> str:
    name = inert.code(shown.line(finding.rule))
    if not (review.policy.rule_links and finding.catalogued):
        return name
    return inert.link(name, review.policy.rule_links + quote(finding.rule, safe=""))


def _sources(finding: Finding, shown: Shown) -> str:
    if finding.model_only:
        return "model, evidence checked"
    return ", ".join(inert.prose(shown.line(source)) for source in finding.sources)


def _details(review: Review, shown: Shown) -> str:
    rows = [f"- {label}: {value}" for label, value in _about(review, shown) if value]
    return (
        "<details>\n<summary>packs and versions, model, time, run id</summary>\n\n"
        + "\n".join(rows)
        + "\n\n</details>"
    )


def _about(review: Review, shown: Shown) -> list[tuple[str, str]]:
    def spans(values: list[str]) -> str:
        return ", ".join(inert.code(shown.line(value)) for value in values)

    scanned, read = tally.scanned(review), tally.read_by_model(review)
    model = review.model
    return [
        (
            "scanned",
            f"{scanned.read} of {scanned.due} files by {spans(tally.scanners(review)) or 'no scanner'}",
        ),
        ("read by the model", f"{read.read} of {read.due} files" if read.due else "no file: none was asked"),
        ("packs", spans([tally.pack(pack) for pack in review.rules.packs])),
        ("policy", spans([review.policy.digest])),
        ("tools", spans([" ".join(filter(None, (t.name, t.version, t.detail))) for t in review.tools])),
        ("sandbox", spans([review.sandbox])),
        ("model", spans([f"{model.name} at {model.host}, {model.constrained}"]) if model else ""),
        ("notes", " ".join(inert.prose(shown.prose(note)) for note in review.change.notes + review.notes)),
        ("reviewbot", inert.code(__version__)),
        ("again, locally", _command(review)),
        ("this run", _this_run(review, shown)),
    ]


def _command(review: Review) -> str:
    head = review.change.head
    return inert.code(
        f"reviewbot run --base {review.change.merge_base}" + (f" --head {head}" if head else "")
    )


def _this_run(review: Review, shown: Shown) -> str:
    words = f"{inert.code(shown.line(review.run))}, {review.seconds:.1f} s"
    if review.model:
        usage = review.model.usage
        words += (
            f", {usage.prompt_tokens + usage.completion_tokens:,} tokens ({usage.cached_tokens:,} cached) "
            f"in {tally.number(usage.calls, 'call')}, {usage.answered_from_cache:,} answered from the cache"
        )
    return words
