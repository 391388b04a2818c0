"""Waiver files, read into the domain's waivers: the repository's own, and the operator's.

A repository's file never ends a review, or a broken one could not be mended: what does not load has no
effect, and the review says so. The operator's is part of the policy, and any mistake in it an error.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import WaiverPolicy
from reviewbot.domain.waiver import FILE, State, Target, Waiver, Waivers
from reviewbot.errors import PolicyError
from reviewbot.policy import ed25519

if TYPE_CHECKING:  # pydantic is heavy, and most reviews find no waiver file
    from reviewbot.policy.reading import Read
    from reviewbot.policy.waiver_documents import WaiversDocument, WaiverSection

_MOST_BYTES = 1_000_001  # one over what the reader takes, so that it can say so
_MOST_NOTES = 10
_MOST_LINES = 5


def parsed(name: str, text: bytes, terms: WaiverPolicy) -> tuple[Waiver, ...]:
    """Read a waiver file; `name` is what messages and reviews call it. Raises `PolicyError`."""
    from reviewbot.policy.reading import read  # noqa: PLC0415 (as above)
    from reviewbot.policy.waiver_documents import WaiversDocument  # noqa: PLC0415 (as above)

    found = read(WaiversDocument, name, text)
    return tuple(_waiver(found, at, entry, terms) for at, entry in enumerate(found.document.waivers))


def of_repository(name: str, text: bytes | None, terms: WaiverPolicy) -> Waivers:
    """Read the repository's file, or say why nothing in it counts."""
    if text is None:
        return Waivers()
    try:
        return Waivers(parsed(name, text, terms))
    except PolicyError as error:
        return Waivers(
            broken=(f"no waiver of {quoted(name)} has effect, because it does not load: {brief(error)}",)
        )


def of_operator(terms: WaiverPolicy, today: date) -> tuple[Waiver, ...]:
    """Read the operator's own file, if the policy names one.

    Raises `PolicyError` for a file that is not there or does not load, and for an entry that can have no
    effect, unless it has merely ended.
    """
    if terms.file is None:
        return ()
    found = parsed(terms.file, _content(Path(terms.file)), terms)
    standings = Waivers(found).standings(terms, today)
    refused = [f"{one.waiver.place}: {one.why}" for one in standings if one.state is State.REFUSED]
    if refused:
        raise PolicyError("\n".join(refused))
    return found


def notes(waivers: Waivers, terms: WaiverPolicy, today: date) -> tuple[str, ...]:
    """Say to a review's reader which waivers have no effect, where they stand, and what mends them."""
    without = [one for one in waivers.standings(terms, today) if one.state is not State.IN_FORCE]
    if without and not terms.approvers:
        number = f"{len(without):,} waivers have" if len(without) > 1 else "1 waiver has"
        why = f"{number} no effect: the operator's policy names no approvers (waivers: approvers:)"
        return (*waivers.broken, why)
    # What is refused can be mended; what has ended can only be cleared away.
    without.sort(key=lambda one: one.state is State.EXPIRED)
    more = len(without) - _MOST_NOTES
    rest = (f"and {more:,} more waivers have no effect: reviewbot waivers list",) if more > 0 else ()
    return (*waivers.broken, *(one.note for one in without[:_MOST_NOTES]), *rest)


def changed(
    before: bytes | None, after: bytes | None, there: Iterable[Waiver], terms: WaiverPolicy
) -> tuple[str, ...]:
    """Say which waivers a change brings, from its file before and after: none of them counts in its own review.

    `there` are those of the target branch's tip, which may have moved on since the change began.
    """
    if after is None or after == before:
        return ()
    try:
        brought = parsed(f"{FILE} of the change", after, terms)
    except PolicyError as error:
        return (f"after a merge no waiver would have effect, because the file does not load: {brief(error)}",)
    known = {(waiver.text, waiver.signature) for waiver in (*there, *_known(before, terms))}
    new = [waiver for waiver in brought if (waiver.text, waiver.signature) not in known]
    if not new:
        return ()
    number = f"{len(new):,} waivers: they take" if len(new) > 1 else "1 waiver: it takes"
    listed = "; ".join(_described(waiver) for waiver in new[:_MOST_NOTES])
    more = f"; and {len(new) - _MOST_NOTES:,} more" if len(new) > _MOST_NOTES else ""
    return (f"the change adds or changes {number} effect after merge: {listed}{more}",)


def brief(error: PolicyError) -> str:
    """Give the first sentences of an error that may name many places."""
    lines = error.sentence.split("\n")
    more = f"; and {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    return "; ".join(lines[:_MOST_LINES]) + more


def _known(before: bytes | None, terms: WaiverPolicy) -> Iterable[Waiver]:
    try:
        return parsed(FILE, before, terms) if before is not None else ()
    except PolicyError:
        return ()  # of a file that did not load, everything is new


def _described(waiver: Waiver) -> str:
    approver = f"approved by {waiver.approved_by}" if waiver.approved_by else "approved by nobody yet"
    return f"{waiver.what}, {approver}, until {waiver.until}"


def _waiver(found: "Read[WaiversDocument]", at: int, entry: "WaiverSection", terms: WaiverPolicy) -> Waiver:
    target = Target(entry.fingerprint or "", entry.rule or "", entry.path or "", entry.quote or "")
    approver, signature = entry.approved_by or "", entry.signature or ""
    unsigned = Waiver(
        target, entry.reason, entry.requested_by, approver, entry.until, entry.ticket,
        source=found.source.name, line=found.source.line(("waivers", at)), signature=signature,
    )  # fmt: skip
    if not signature:
        return unsigned
    return _verified(unsigned, terms)


def _verified(waiver: Waiver, terms: WaiverPolicy) -> Waiver:
    return replace(waiver, signed_by=ed25519.verified_by(waiver.text, waiver.signature, terms.keys))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_BYTES)
    except OSError as error:
        why = (error.strerror or "no reason given").lower()
        raise PolicyError(f"the operator's waivers {quoted(str(path))} cannot be read: {why}") from None
