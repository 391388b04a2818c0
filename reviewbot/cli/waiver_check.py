"""Checking a waiver file: what can have no effect, what ends soon, and what nothing uses."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from reviewbot.cli.waiver_desk import Desk
from reviewbot.cli.waiver_findings import last_review, reviewed
from reviewbot.domain.paths import from_bytes
from reviewbot.domain.quotes import digests_in, whole_digest
from reviewbot.domain.visible import visible
from reviewbot.domain.waiver import FILE, State, Waiver, Waivers
from reviewbot.errors import PolicyError, UsageError
from reviewbot.policy import waivers
from reviewbot.policy.nearest import nearest

SOON = timedelta(days=14)
_MOST_QUOTED = 60
"""Lines of a quote that are looked for in a file; longer ones are not said to be unused."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What there is to say, a line each, and how many waivers can have no effect."""

    lines: tuple[str, ...]
    mistakes: int


def check(desk: Desk, file: Path | None) -> Checked:
    """Check a file. Raises `PolicyError` for one that does not load, naming all that is wrong."""
    path = desk.file(file)
    text = desk.content(path)
    name = FILE if file is None else str(file)
    if text is None:
        if file is not None:
            raise UsageError(f"there is no {name}")
        return Checked((f"there is no {name}, so there is nothing to check",), 0)
    terms = desk.terms
    found = waivers.parsed(name, text, terms)
    unsure: list[str] = []
    if not desk.governed:
        # Who may approve is not known here; all else can be checked.
        terms = replace(terms, approvers=tuple(waiver.approved_by for waiver in found))
        unsure = [
            "no operator's policy is known here: whether an approver may approve, and signatures, are not checked"
        ]
        found = tuple(replace(waiver, signature="") for waiver in found)
    standings = Waivers(found).standings(terms, desk.today)
    mistakes = [one for one in standings if one.state is State.REFUSED]
    warned = [f"{one.waiver.place}: warning: {one.why}" for one in standings if one.state is State.EXPIRED]
    # Without the operator's policy his packs are not known either.
    names: tuple[str, ...] = ()
    with suppress(PolicyError):  # a pack that does not load is no mistake of this file
        names = desk.rules if desk.governed else ()
    in_force = [one.waiver for one in standings if one.state is State.IN_FORCE]
    warned += [line for waiver in in_force for line in _warnings(waiver, found, desk, names)]
    lines = [*(f"{one.waiver.place}: {one.why}" for one in mistakes), *warned]
    total = f"{len(found):,} waivers" if len(found) != 1 else "1 waiver"
    last = f"{total}: {len(in_force):,} in force once merged, {len(mistakes):,} refused"
    return Checked(tuple(visible(line) for line in (*lines, *unsure, last)), len(mistakes))


def _warnings(waiver: Waiver, found: tuple[Waiver, ...], desk: Desk, names: tuple[str, ...]) -> Iterator[str]:
    if waiver.until - desk.today <= SOON:
        days = (waiver.until - desk.today).days
        when = f"in {days} days" if days > 1 else "tomorrow" if days else "today"
        yield f"{waiver.place}: warning: it ends {when}, on {waiver.until}"
    first = next(other for other in found if other.target == waiver.target)
    if first is not waiver:
        yield f"{waiver.place}: warning: {first.place} is for the same; take one of them out"
    rule = waiver.target.rule
    if rule and "/" not in rule and names and rule not in names:
        yield f"{waiver.place}: warning: no rule is called {rule}{nearest(rule, names)}; correct the name, or take it out if the rule is gone"
    unused = _unused(waiver, desk)
    if unused:
        yield f"{waiver.place}: warning: nothing uses it: {unused}; take it out if the code is mended"


def _unused(waiver: Waiver, desk: Desk) -> str:
    """Say why no finding of the work tree can be meant; "" if one can."""
    target, top = waiver.target, desk.repository.work_tree
    if target.fingerprint:
        return _not_in_review(target.fingerprint, desk)
    content = desk.content(top / target.path) if top else None
    if content is None:
        return f"there is no {target.path}" if top else ""
    lines = [from_bytes(line) for line in content.split(b"\n")]
    if target.quote == whole_digest([]):
        return ""  # for a file, not for lines of it
    return (
        ""
        if target.quote in digests_in(lines, _MOST_QUOTED)
        else f"no lines of {target.path} have its digest"
    )


def _not_in_review(fingerprint: str, desk: Desk) -> str:
    try:
        path = last_review(desk.repository)
        document = reviewed(path)
    except UsageError:
        return ""  # nobody can say
    known = {finding.fingerprint for finding in document.findings}
    return "" if fingerprint in known else f"the last review here ({path.parent.name}) has no such finding"
