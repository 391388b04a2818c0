"""The flow of a review: collect, look, ask, judge. What differs between tools is data, not an `if` here."""

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from reviewbot.domain.change import Change, FileClass, ReadBlob
from reviewbot.domain.claim import ModelReport, Usage
from reviewbot.domain.coverage import Coverage, Read
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Judged, Outcome
from reviewbot.domain.mending import Flaw, KnownImport, Refused, RunSuite, Tried
from reviewbot.domain.patch import Proposal
from reviewbot.domain.policy import Policy, RedactPattern
from reviewbot.domain.ports import Cache, Progress, Record, Repository
from reviewbot.domain.review import Review
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.domain.secret import Mask, Secret
from reviewbot.domain.secret_kinds import find_secrets
from reviewbot.domain.secret_text import decode
from reviewbot.domain.suite import SuiteRun
from reviewbot.domain.waiver import FILE, Waivers
from reviewbot.errors import ModelError, UsageError
from reviewbot.model.mend_choice import worth_asking
from reviewbot.model.request import MendRequest, ModelRequest
from reviewbot.policy import gate, waivers
from reviewbot.scanners.base import Scanner
from reviewbot.scanners.bench import Bench
from reviewbot.scanners.rescan import rescan
from reviewbot.scanners.run import ScanReport, scan_change
from reviewbot.verdict.coverage import assemble
from reviewbot.verdict.settle import settle

if TYPE_CHECKING:
    from reviewbot.remedies import Remedies

HISTORY = "history:"
"""How a note begins that says which part of the history could not be read."""

AskModel = Callable[[ModelRequest], ModelReport]
"""Asks the configured model about a change. Raises `ModelError` if it cannot be asked at all."""


class Mender(Protocol):
    """Asks the model for patches; `usage` is what that has cost so far."""

    @property
    def usage(self) -> Usage:
        """What was spent so far."""

    def each(self, asked: Sequence[tuple[Flaw, Tried | None]]) -> list[Proposal | Refused]:
        """Ask about each flaw, a second time with its first try; in order."""


OpenMender = Callable[[MendRequest], Mender]
"""Prepares asking the configured model for patches; nothing is sent by it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a review works with, built by `wiring`. `ask_model` is None if no model is configured.

    `waivers` were read at the target branch's tip and of the operator; `day`, in UTC, says which of them count.
    """

    run: str
    repository: Repository
    policy: Policy
    rules: RuleSet
    waivers: Waivers
    day: date
    scanners: tuple[Scanner, ...]
    sandbox: Sandbox
    ask_model: AskModel | None
    templates: Path
    cache: Cache
    record: Record
    progress: Progress
    clock: Callable[[], float]
    run_suite: RunSuite | None = None
    mender: OpenMender | None = None
    known_import: KnownImport = lambda _path, _module: False


def review(change: Change, desk: Desk) -> Review:
    """Review a change. Raises `ReviewbotError` only where no review can be written at all."""
    started = desk.clock()
    rung = desk.sandbox.name  # refuses here if nothing can be contained
    policy, rules, read = desk.policy, desk.rules, desk.repository.read
    scan = scan_change(
        change, read, rules=rules, policy=policy, scanners=desk.scanners,
        sandbox=desk.sandbox, cache=desk.cache, progress=desk.progress,
    )  # fmt: skip
    excerpts = _excerpts(change, desk)
    suite = desk.run_suite({}) if desk.run_suite else None
    shown = (excerpt.text for excerpt in excerpts)
    mask = learn_mask(change, read, policy.redact, shown, waived_words(desk.waivers), _printed(suite))
    report = _ask(change, desk, scan, excerpts, mask)
    findings = settle(
        new=scan.new, existing=scan.existing, report=report, excerpts=excerpts,
        change=change, read=read, rules=rules, policy=policy,
        waivers=desk.waivers.in_force(policy.waivers, desk.day),
    )  # fmt: skip
    coverage = assemble(
        change, _said(change, scan, report), policy, model_configured=desk.ask_model is not None
    )
    mender = desk.mender(MendRequest(rules.approved, mask, policy, desk.templates)) if desk.mender else None
    mended = _mended(change, desk, findings, suite, mender)
    if report is not None and mender is not None:
        report = replace(report, usage=report.usage + mender.usage)
    verdict = gate.decide(findings, coverage, policy, rules, suite)
    return Review(
        run=desk.run, day=desk.day, seconds=desk.clock() - started, change=change, policy=policy, rules=rules,
        sandbox=rung, tools=scan.tools, findings=findings, coverage=coverage, excerpts=excerpts,
        model=report, verdict=verdict, mask=mask, notes=scan.notes + _waiver_notes(change, desk) + (suite.notes if suite else ()),
        patches=mended.patches if mended else (), unproven=mended.unproven if mended else (), suite=suite,
    )  # fmt: skip


def _mended(
    change: Change, desk: Desk, findings: tuple[Judged, ...], suite: SuiteRun | None, mender: Mender | None
) -> "Remedies | None":
    """Propose patches and prove them."""
    if not any(judged.outcome is Outcome.INLINE for judged in findings):
        return None
    from reviewbot.patches import prove  # noqa: PLC0415 (a clean change needs none of it)
    from reviewbot.patches.workroom import Workroom  # noqa: PLC0415 (as above)
    from reviewbot.remedies import Workshop, flaws_of, remedies  # noqa: PLC0415 (as above)

    flaws = flaws_of(findings, change, desk.repository.read, desk.rules)
    if not flaws:
        return None
    bench = Bench(
        desk.repository.read, desk.rules, desk.policy, desk.scanners, desk.sandbox, desk.cache, desk.progress
    )
    proof = prove.Bench(
        workroom=Workroom(desk.sandbox, cache=desk.cache), rescan=lambda asked: rescan(asked, bench),
        known_import=desk.known_import, approved=desk.rules.approved, run_suite=desk.run_suite, suite_before=suite,
    )  # fmt: skip
    shop = Workshop(
        proof, desk.rules, desk.policy.patches, mender.each if mender else None,
        lambda flaw: worth_asking(flaw, desk.policy), desk.progress,
    )  # fmt: skip
    return remedies(flaws, shop)


def _waiver_notes(change: Change, desk: Desk) -> tuple[str, ...]:
    """Say which waivers do not count and why, and which ones the change brings."""
    terms = desk.policy.waivers
    found = waivers.notes(desk.waivers, terms, desk.day)
    file = next((file for file in change.files if file.path == FILE), None)
    if file is None:
        return found
    sides = (file.old, file.new)
    try:
        before, after = (
            desk.repository.read(side.oid) if side and side.is_regular and side.path == FILE else None
            for side in sides
        )
    except UsageError:
        return (*found, f"after a merge no waiver would have effect, because {FILE} is too large")
    return found + waivers.changed(before, after, desk.waivers.entries, terms)


def _excerpts(change: Change, desk: Desk) -> tuple[Excerpt, ...]:
    # Context serves the model alone: without one there is nothing to choose it for.
    if desk.ask_model is None:
        return ()
    from reviewbot.retrieval import context  # noqa: PLC0415 (only a run with a model needs it)

    desk.progress("choosing context")
    budget = (desk.policy.model.context_tokens or 32_768) // 4
    return context.choose(change, desk.repository, guidelines=desk.policy.guidelines, budget_tokens=budget)


def _ask(
    change: Change, desk: Desk, scan: ScanReport, excerpts: tuple[Excerpt, ...], mask: Mask
) -> ModelReport | None:
    if desk.ask_model is None:
        return None
    request = ModelRequest(
        change=change, read=desk.repository.read, rules=desk.rules, excerpts=excerpts,
        findings=scan.new, mask=mask, policy=desk.policy, templates=desk.templates,
    )  # fmt: skip
    desk.progress("asking the model")
    try:
        return desk.ask_model(request)
    except ModelError as error:
        return _unanswered(change, desk.policy, error)


def _unanswered(change: Change, policy: Policy, error: ModelError) -> ModelReport:
    """Say for every file that the model has not read it, and why."""
    failed = Coverage(Read.FAILED, error.sentence)
    host = urlsplit(policy.model.url or "").netloc
    return ModelReport(
        host=host, name=policy.model.name or host, constrained="", context_tokens=0,
        claims=(), shown=(), excerpts=(), coverage=tuple((file.path, failed) for file in change.files), notes=(str(error),),
    )  # fmt: skip


def _said(
    change: Change, scan: ScanReport, report: ModelReport | None
) -> Iterator[tuple[str, str, Coverage]]:
    yield from scan.coverage
    # What the history of the change was cut short by is a gap like any other.
    cut = [note.removeprefix(HISTORY) for note in change.notes if note.startswith(HISTORY)]
    yield from (("secrets", "(history)", Coverage(Read.FAILED, note.strip())) for note in cut)
    if report is not None:
        yield from (("model", path, coverage) for path, coverage in report.coverage)


def learn_mask(
    change: Change, read: ReadBlob, redact: tuple[RedactPattern, ...], *further: Iterable[str]
) -> Mask:
    """Learn every secret that anything shown later could hold: of the change, and of whatever `further` texts are shown."""
    # One text at a time: a large change need not stand in memory whole.
    texts = chain(_texts(change, read), *further)
    patterns = [(entry.name, re.compile(entry.pattern)) for entry in redact]
    return Mask.of(secret for text in texts for secret in _secrets(text, patterns))


def waived_words(waived: Waivers) -> Iterator[str]:
    """Give what people wrote into waivers."""
    yield from waived.broken
    for one in waived.entries:
        yield from (one.reason, one.ticket, one.requested_by, one.approved_by)


def _printed(suite: SuiteRun | None) -> Iterator[str]:
    """Give what tests say that is repeated: it may hold a secret of a file that did not change."""
    yield from suite.notes if suite else ()
    for test in suite.failed if suite else ():
        yield test.name
        yield "\n".join(test.lines)


def _texts(change: Change, read: ReadBlob) -> Iterator[str]:
    oids = {
        version.oid
        for file in change.files
        if file.file_class in {FileClass.CODE, FileClass.TEXT}
        for version in (file.old, file.new)
        if version is not None and version.is_regular
    }
    oids |= {blob.oid for blob in change.history}
    for oid in sorted(oids):
        # What is too large to read is not shown either, and its reviewers have said so.
        with contextlib.suppress(UsageError):
            yield decode(read(oid))


def _secrets(text: str, patterns: list[tuple[str, re.Pattern[str]]]) -> Iterator[Secret]:
    for match in find_secrets(text):
        yield from (Secret(match.kind, value) for value in match.values)
    for name, pattern in patterns:
        yield from (Secret(name, found.group()) for found in pattern.finditer(text))
