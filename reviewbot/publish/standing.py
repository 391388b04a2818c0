"""What stands on a pull request at one moment, beside what is wanted of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewbot.domain.forge import Status, Thread
from reviewbot.domain.wanted import Unreviewed, Wanted
from reviewbot.publish import refusals, status, summary
from reviewbot.publish.bodies import TWIN_SUMMARY, Bodies
from reviewbot.publish.inert import Posted
from reviewbot.publish.marker import body_digest, fitting
from reviewbot.publish.ownership import Own, OwnThread
from reviewbot.publish.plan import plan
from reviewbot.publish.steps import Keep, Plan
from reviewbot.publish.summary import Published

Said = Wanted | Unreviewed


@dataclass(frozen=True, slots=True)
class SummaryStep:
    """What becomes of the summary.

    `thread` is the one to write anew, None to post one. `body` is None where it stays. `twins` are further
    summaries of ours that do not say yet that they are.
    """

    thread: Thread | None
    body: Posted | None
    twins: tuple[tuple[Thread, Posted], ...]
    why: str

    @property
    def stays(self) -> bool:
        """True if nothing is to be written."""
        return self.body is None and not self.twins


@dataclass(frozen=True, slots=True)
class View:
    """Everything that a run decides from, at one moment."""

    said: Said
    own: Own
    plan: Plan
    status: Status
    summary: SummaryStep


def view(
    said: Said, own: Own, bodies: Bodies, refused: Mapping[str, str], superseded_by: str | None = None
) -> View:
    """Compare. `refused` are the comments that the forge has refused in this run, by fingerprint."""
    planned = _planned(said, own, {**refused_before(own, said.head), **refused})
    step = _summary_step(said, own, planned, bodies, superseded_by)
    return View(said, own, planned, status.status_line(said, bodies.capabilities.status_limit), step)


def refused_before(own: Own, head: str) -> dict[str, str]:
    """Give what runs before have found refused on this very head."""
    summary_thread = _target(own)
    if summary_thread is None or summary_thread.marker["head"] != head:
        return {}
    return refusals.read(summary_thread.marker["x"])


def _planned(said: Said, own: Own, refused: Mapping[str, str]) -> Plan:
    if isinstance(said, Unreviewed):
        return Plan(keep=tuple(Keep(thread, None, "not reviewed: left as it is") for thread in own.findings))
    return plan(said, own, refusals.kept(refused))


def _summary_step(
    said: Said, own: Own, planned: Plan, bodies: Bodies, superseded_by: str | None
) -> SummaryStep:
    refused = refusals.written(
        {fitting(step.remark.fingerprint): step.why for step in planned.listed if step.refused}
    )
    text = _text(said, planned, bodies, bodies.summary_limit(refused), superseded_by)
    target = _target(own)
    twins = _twins(own, bodies)
    if target is None:
        return SummaryStep(None, bodies.summary(text, said.head, refused), twins, "there is none yet")
    wanted = {"head": said.head, "w": body_digest(text), "x": refused}
    if target.edited:
        why = "somebody edited it"
    elif any(target.marker[name] != value for name, value in wanted.items()):
        why = "it says something else now"
    else:
        return SummaryStep(target.thread, None, twins, "said already")
    return SummaryStep(target.thread, bodies.summary(text, said.head, refused), twins, why)


def _text(said: Said, planned: Plan, bodies: Bodies, limit: int, superseded_by: str | None) -> str:
    if isinstance(said, Unreviewed):
        return summary.unreviewed(said)
    shown = Published(
        dismissed=tuple(step.remark.fingerprint for step in planned.dismissed),
        fixed=planned.fixed,
        refused=tuple((step.remark.fingerprint, step.why) for step in planned.listed if step.refused),
        superseded_by=superseded_by,
    )
    return summary.summary(said, shown, links=bodies.links, limit=limit)


def _target(own: Own) -> OwnThread | None:
    """Give the oldest summary that the account that speaks now can edit."""
    return next((thread for thread in own.summaries if thread.mine), None)


def _twins(own: Own, bodies: Bodies) -> tuple[tuple[Thread, Posted], ...]:
    words = body_digest(TWIN_SUMMARY)
    others = [thread for thread in own.summaries if thread.mine][1:]
    return tuple(
        (twin.thread, bodies.summary(TWIN_SUMMARY, twin.marker["head"], ""))
        for twin in others
        if twin.edited or twin.marker["w"] != words
    )
