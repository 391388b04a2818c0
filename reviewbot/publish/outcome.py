"""What publishing did, or would do, as values for the caller to show."""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.domain.forge import Status
from reviewbot.domain.wanted import Remark
from reviewbot.publish.ownership import OwnThread
from reviewbot.publish.steps import Plan


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a printed plan: what is done, where, to what, and why. `line` is 0 where nothing tells."""

    act: str
    path: str
    line: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run of `publish` ended.

    The numbers count threads. `status` is what the status says now; None if none was set. `superseded_by`
    is the head that the pull request has by now, where that is not the reviewed one, or the head at which
    it was closed; `why` says so in words. `unresolved` says why fixed threads had to stay open, if they had to. `rows` are the plan, with every finding and thread in it.
    """

    status: Status | None
    rows: tuple[Row, ...] = ()
    created: int = 0
    updated: int = 0
    resolved: int = 0
    reopened: int = 0
    dismissed: int = 0
    fixed: int = 0
    refused: int = 0
    superseded_by: str | None = None
    why: str = ""
    unresolved: str = ""


def counted(plan: Plan, status: Status, refused: int, rows: tuple[Row, ...]) -> Outcome:
    """Count what a plan does, where the forge has refused some of what it was to create."""
    return Outcome(
        status=status,
        rows=rows,
        created=len(plan.create) - refused,
        updated=len(plan.update),
        resolved=len(plan.resolve),
        reopened=len(plan.reopen),
        dismissed=len(plan.dismissed),
        fixed=plan.fixed,
        refused=refused + sum(step.refused for step in plan.listed),
    )


def rows(plan: Plan, summary: str, status: Status) -> tuple[Row, ...]:
    """Write a plan as rows, in the order in which it is done; `summary` is what becomes of the summary."""
    return (
        *_plan_rows(plan),
        Row("status", "", 0, f"{status.state}: {status.description}", "as it is to be"),
        Row("summary", "", 0, "", summary),
    )


def _plan_rows(plan: Plan) -> Iterator[Row]:
    yield from (_row("create", None, step.remark, step.why) for step in plan.create)
    yield from (_row("update", step.own, step.remark, step.why) for step in plan.update)
    yield from (_row("resolve", step.own, None, step.why) for step in plan.resolve)
    yield from (_row("reopen", step.own, step.remark, step.why) for step in plan.reopen)
    yield from (_row("keep", step.own, step.remark, step.why) for step in plan.keep)
    yield from (_row("dismissed", step.own, step.remark, step.why) for step in plan.dismissed)
    yield from (_row("listed", None, step.remark, step.why) for step in plan.listed)


def _row(act: str, own: OwnThread | None, remark: Remark | None, why: str) -> Row:
    if remark is not None:
        return Row(act, remark.place.path, remark.place.first, remark.title, why)
    assert own is not None
    return Row(act, own.thread.path or "", 0, f"finding {own.marker['fp'][:6]}", why)
