"""The model's part of a review, from the change to claims and coverage.

Input: the change, the rules, what retrieval and scanners found. Output: a `ModelReport`, with
an entry of coverage for every changed file. A server that fails in any way is a reason in the
coverage, never an exception and never silence. Whether claims are true is not judged here.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from functools import partial

from reviewbot.domain.claim import Claim, ModelReport, ShownLine, Usage
from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.ports import Cache, Progress, Record
from reviewbot.errors import ModelError
from reviewbot.model.ask import Failure, Outcome, Reader
from reviewbot.model.budget import Chunk, affordable, by_risk
from reviewbot.model.client import ChatClient
from reviewbot.model.desk import Desk
from reviewbot.model.discover import Server
from reviewbot.model.plan import Plan, classify, lay_out
from reviewbot.model.prompt import (
    Material,
)
from reviewbot.model.request import ModelRequest
from reviewbot.model.sending import Allowance

__all__ = ["ModelRequest", "review_change"]


def review_change(  # noqa: PLR0913 (what a run has opened)
    request: ModelRequest,
    *,
    client: ChatClient,
    cache: Cache,
    record: Record,
    progress: Progress,
    allowance: Allowance | None = None,
) -> ModelReport:
    """Ask the model about every changed file that is its to read.

    `allowance` is the run's time and tokens, where others live on what is left of it. Raises `PolicyError` for a prompt template that does not work; nothing else of the model's.
    """
    limits = request.policy.limits
    allowance = allowance or Allowance(seconds=limits.minutes * 60, tokens_left=limits.model_tokens)
    try:
        server = client.meet(cache)
    except ModelError as error:
        allowance.failed(error)
        return _unanswered(request, client, error)
    desk = Desk.of(request, server)
    plan = lay_out(request, veil=desk.veil, room=lambda path: desk.brief(path).room.hunks)
    outcomes = _ask_all(desk, plan, client, server, (cache, record, progress), allowance)
    client.remember(cache)
    return _report(desk, plan, client, server, outcomes)


def _ask_all(  # noqa: PLR0913, PLR0917 (what a run has opened)
    desk: Desk, plan: Plan, client: ChatClient, server: Server, ports: tuple[Cache, Record, Progress], allowance: Allowance
) -> dict[Chunk, Outcome]:  # fmt: skip
    cache, record, progress = ports
    limits = desk.request.policy.limits
    ordered = by_risk(plan.chunks)
    outcomes: dict[Chunk, Outcome] = {}
    asked: list[Chunk] = []
    costs = ((desk.least_cost(chunk), partial(desk.cost, chunk)) for chunk in ordered)
    for chunk, fits in zip(ordered, affordable(costs, limits.model_tokens), strict=True):
        if fits:
            asked.append(chunk)
        else:
            outcomes[chunk] = Outcome(failures=(("over the token budget", chunk.ranges),))
    answer_tokens = min(desk.request.policy.model.answer_tokens, desk.answer_tokens)
    reader = Reader(client, server, desk.compose, cache, record, desk.request.mask, allowance, answer_tokens)
    outcomes.update(_in_parallel(asked, reader, client, progress))
    return outcomes


def _in_parallel(
    asked: Sequence[Chunk], reader: Reader, client: ChatClient, progress: Progress
) -> dict[Chunk, Outcome]:
    outcomes: dict[Chunk, Outcome] = {}
    slots = reader.server.slots or client.policy.parallel
    workers = max(1, min(client.policy.parallel, slots, len(asked)))
    executor = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="model")
    try:
        running = {executor.submit(reader.read, chunk): chunk for chunk in asked}
        for number, done in enumerate(as_completed(running), start=1):
            outcomes[running[done]] = done.result()
            progress(f"model: {number} of {len(asked)} parts read")
    except BaseException:
        # An interrupt must not wait for a server: cut what is running, then leave.
        client.close()
        executor.shutdown(wait=False, cancel_futures=True)
        raise
    executor.shutdown()
    return outcomes


def _report(
    desk: Desk, plan: Plan, client: ChatClient, server: Server, outcomes: dict[Chunk, Outcome]
) -> ModelReport:
    claims: list[Claim] = []
    sent: set[str] = set()
    for chunk in plan.chunks:
        outcome = outcomes[chunk]
        if not outcome.failures:
            sent.update(excerpt.id for _, excerpt in desk.material(chunk).excerpts)
        claims += (_grounded(claim, chunk, desk.material(chunk)) for claim in outcome.claims)
    return ModelReport(
        host=client.host,
        name=server.name,
        constrained=client.constrained,
        context_tokens=server.context_tokens,
        claims=tuple(dict.fromkeys(claims)),
        shown=tuple(_shown(plan.chunks, outcomes)),
        excerpts=tuple(e.id for e in desk.request.excerpts if e.id in sent),
        coverage=_coverage(plan, outcomes),
        usage=sum((outcome.usage for outcome in outcomes.values()), Usage()),
        notes=_notes(outcomes),
    )


def _grounded(claim: Claim, chunk: Chunk, material: Material) -> Claim:
    """Put a claim into the run's terms: the real path, the run's excerpt ids, the first view's text."""
    quote = claim.quote
    if chunk.plain is not None:
        quote = _first_view(claim, chunk)
    return replace(
        claim,
        path=chunk.path if claim.path == chunk.shown_path else claim.path,
        quote=quote,
        evidence=tuple(material.real_id(cited) for cited in claim.evidence),
    )


def _first_view(claim: Claim, chunk: Chunk) -> str:
    """Find the line that a quote from the view without comments is about, and give its full text."""
    assert chunk.plain is not None
    wanted = claim.quote.strip()
    same = [
        line.number
        for section in chunk.sections
        for line in section.lines
        if line.number and wanted and line.text.strip() == wanted
    ]
    if not same:
        return claim.quote
    number = claim.line if claim.line in same else same[0]
    return chunk.plain.get(number, claim.quote)


def _shown(chunks: Sequence[Chunk], outcomes: dict[Chunk, Outcome]) -> list[ShownLine]:
    """Give the head's lines as the first view had them, where an answer came."""
    shown: list[ShownLine] = []
    hunk = 0
    for chunk in chunks:
        if chunk.plain is not None:
            continue
        for section in chunk.sections:
            hunk += 1
            if not outcomes[chunk].failures:
                shown += (
                    ShownLine(chunk.path, line.number, line.text, line.mark == "+", hunk)
                    for line in section.lines
                    if line.number
                )
    return shown


def _coverage(plan: Plan, outcomes: dict[Chunk, Outcome]) -> tuple[tuple[str, Coverage], ...]:
    failures: dict[str, list[Failure]] = {}
    for path, failure in plan.failures:
        failures.setdefault(path, []).append(failure)
    for chunk in plan.chunks:
        failures.setdefault(chunk.path, []).extend(outcomes[chunk].failures)
    return tuple(
        (path, settled if settled is not None else _joined(failures.get(path, [])))
        for path, settled in plan.files
    )


def _joined(failures: Sequence[Failure]) -> Coverage:
    if not failures:
        return DONE
    reasons = tuple(dict.fromkeys(reason for reason, _ in failures))
    ranges = sorted({one for _, many in failures for one in many})
    return Coverage(Read.FAILED, "; ".join(reasons), tuple(ranges))


def _notes(outcomes: dict[Chunk, Outcome]) -> tuple[str, ...]:
    notes: list[str] = []
    left_out = sum(outcome.left_out for outcome in outcomes.values())
    if left_out:
        notes.append(f"{left_out} findings of the model were over the limit per answer and were not read")
    full = sorted(
        {chunk.shown_path for chunk, outcome in outcomes.items() if outcome.full and not outcome.left_out}
    )
    if full:
        notes.append(f"the model filled its list of findings for {', '.join(full)}: there may be more")
    return tuple(notes)


def _unanswered(request: ModelRequest, client: ChatClient, error: ModelError) -> ModelReport:
    """Report that the server could not even be met: each file it should have read has failed."""
    failed = Coverage(Read.FAILED, error.sentence)
    return ModelReport(
        host=client.host,
        name=request.policy.model.name or "",
        constrained=client.constrained,
        context_tokens=request.policy.model.context_tokens or 0,
        claims=(),
        shown=(),
        excerpts=(),
        coverage=tuple((path, settled or failed) for path, settled in classify(request)),
        usage=Usage(),
    )
