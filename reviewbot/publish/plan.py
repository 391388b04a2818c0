"""What has to be done so that the pull request says what the review says: values in, values out, no forge.

Nothing is ever deleted. A thread of ours is resolved only by a reason that can be shown: for what a
scanner found, that it has read the file again and no longer finds it; for what only the model found,
that the quoted lines are gone; for either, that it is waived. The model's silence is none. What a person has resolved stays resolved.
"""

from collections.abc import Mapping

from reviewbot.domain.forge import ThreadState
from reviewbot.domain.wanted import Remark, Wanted
from reviewbot.publish import comment
from reviewbot.publish.marker import Kind, fitting
from reviewbot.publish.matching import Group, Known, finding_fields, known_paths, matched
from reviewbot.publish.ownership import Own, OwnThread
from reviewbot.publish.steps import (
    COUNTS_AS_FIXED,
    Create,
    Dismissed,
    Gone,
    Keep,
    Listed,
    Plan,
    Reopen,
    Resolve,
    Step,
    Update,
)


def plan(wanted: Wanted, own: Own, refused: Mapping[str, str]) -> Plan:
    """Compare what is wanted with our threads. `refused` are the fingerprints refused on this head, with reasons."""
    pairs, alone, unsaid = matched(wanted, own)
    known = known_paths(wanted)
    steps: list[Step] = []
    for group, remark in pairs:
        steps.extend(_with_remark(group.oldest, remark, own.accounts))
        steps.extend(_twins(group))
    for group in alone:
        steps.append(_without_remark(group.oldest, wanted, known))
        steps.extend(_twins(group))
    steps.extend(_unsaid(remark, refused) for remark in unsaid)
    gone = [group.oldest for group in alone]
    return _sorted_out(steps, sum(_gone_before(thread) for thread in gone))


def _sorted_out(steps: list[Step], gone_before: int) -> Plan:
    resolve = tuple(step for step in steps if isinstance(step, Resolve))
    return Plan(
        create=tuple(step for step in steps if isinstance(step, Create)),
        update=tuple(step for step in steps if isinstance(step, Update)),
        resolve=resolve,
        reopen=tuple(step for step in steps if isinstance(step, Reopen)),
        keep=tuple(step for step in steps if isinstance(step, Keep)),
        dismissed=tuple(step for step in steps if isinstance(step, Dismissed)),
        listed=tuple(step for step in steps if isinstance(step, Listed)),
        fixed=gone_before + sum(step.code in COUNTS_AS_FIXED for step in resolve),
    )


def _unsaid(remark: Remark, refused: Mapping[str, str]) -> Step:
    why = refused.get(fitting(remark.fingerprint))
    if why is not None:
        return Listed(remark, why, refused=True)
    if remark.anchor is None or remark.why:
        return Listed(remark, remark.why, refused=False)
    return Create(remark, "not said yet")


def _with_remark(own: OwnThread, remark: Remark, accounts: frozenset[str]) -> list[Step]:
    put_aside = _put_aside(own, accounts)
    if put_aside:
        return [Dismissed(own, remark, put_aside)]
    steps: list[Step] = []
    if own.thread.state is not ThreadState.OPEN:
        steps.append(Reopen(own, remark, "found again"))
    elif own.last is not None and own.last.kind is Kind.GONE:
        steps.append(Reopen(own, remark, "open again already, and found again"))
    change = _change(own, remark)
    obstacle = _obstacle(own, remark)
    if change and not obstacle:
        steps.append(Update(own, remark, change))
    if not steps:
        steps.append(Keep(own, remark, f"{change}, but {obstacle}" if change else "said already"))
    return steps


def _obstacle(own: OwnThread, remark: Remark) -> str:
    if not own.mine:
        return "another account of ours wrote it"
    return "" if remark.anchor is not None else "it can only be listed now"


def _put_aside(own: OwnThread, accounts: frozenset[str]) -> str:
    """Say how a person has put the finding aside; empty if nobody has.

    We resolve nothing without a `gone` reply, so a resolved thread whose newest reply of ours is none
    was resolved by a person, whether or not the forge says by whom.
    """
    if own.thread.state is ThreadState.OPEN:
        return ""
    if own.thread.state is ThreadState.REFUSED:
        return "closed as won't fix"
    by_us = own.thread.resolver is None or own.thread.resolver in accounts
    if by_us and own.last is not None and own.last.kind is Kind.GONE:
        return ""
    return "resolved by a person"


def _change(own: OwnThread, remark: Remark) -> str:
    """Say in what the comment differs from what it should say; empty if in nothing that matters."""
    if own.edited:
        return "somebody edited it"
    fields = finding_fields(remark)
    differing = {name for name, value in fields.items() if own.marker[name] != value}
    if differing & {"fp", "p"}:
        return "its file was renamed"
    if differing or own.marker["w"] != comment.words(remark):
        return "it says something else now"
    return ""


def _twins(group: Group) -> list[Step]:
    """Resolve what a run that was thought lost has posted a second time."""
    steps: list[Step] = []
    for twin in group.twins:
        if twin.thread.state is ThreadState.OPEN:
            said = twin.last is not None and twin.last.kind is Kind.GONE and twin.last["why"] == Gone.TWIN
            steps.append(Resolve(twin, Gone.TWIN, "said already in another thread", said))
        else:
            steps.append(Keep(twin, None, "said already in another thread, and resolved"))
    return steps


def _without_remark(own: OwnThread, wanted: Wanted, known: Known) -> Step:
    if own.thread.state is not ThreadState.OPEN:
        return Keep(own, None, "resolved already")
    if own.marker["by"] == "model":
        verdict = _waived(own, wanted) or _lines_gone(own, wanted)
    else:
        verdict = _no_longer_found(own, wanted, known)
    if isinstance(verdict, str):
        return Keep(own, None, verdict)
    code, why = verdict
    last = own.last if own.last is not None and own.last.kind is Kind.GONE else None
    if last is not None and last["at"] != wanted.head:
        return Keep(own, None, "a person has opened it again")
    return Resolve(own, code, why, said=last is not None and last["why"] == code)


def _waived(own: OwnThread, wanted: Wanted) -> tuple[Gone, str] | None:
    """A waiver is a word of its own, so that the model's silence is not asked."""
    until = next((one.until for one in wanted.waived if fitting(one.fingerprint) == own.marker["fp"]), None)
    return None if until is None else (Gone.SETTLED, f"it is waived until {until}")


def _lines_gone(own: OwnThread, wanted: Wanted) -> tuple[Gone, str] | str:
    if own.marker["q"] in {fitting(quote) for quote in wanted.present}:
        return "the quoted lines are still there, and silence of the model is no fix"
    return Gone.CHANGED, f"the quoted lines are no longer there at {_short(wanted.head)}"


def _no_longer_found(own: OwnThread, wanted: Wanted, known: Known) -> tuple[Gone, str] | str:
    settled = {fitting(fingerprint): why for fingerprint, why in wanted.settled}
    if own.marker["fp"] in settled:
        return Gone.SETTLED, settled[own.marker["fp"]]
    paths = known.get(own.marker["p"], frozenset())
    if not paths:
        return Gone.LEFT, f"its file is not part of the change any more at {_short(wanted.head)}"
    scanners = set(own.marker["by"].split(",")) - {"model"}
    read_by = {path: {fitting(name) for name in names} for path, names in wanted.read_by}
    silent = sorted({name for path in paths for name in scanners - read_by.get(path, set())})
    if silent:
        return f"its scanner has not read the file ({', '.join(silent)})"
    return Gone.FIXED, f"no longer found at {_short(wanted.head)}"


def _gone_before(own: OwnThread) -> bool:
    """Say whether a thread is resolved because its finding was gone."""
    if own.thread.state is ThreadState.OPEN or own.last is None or own.last.kind is not Kind.GONE:
        return False
    return own.last["why"] in COUNTS_AS_FIXED


def _short(commit: str) -> str:
    return commit[:7]
