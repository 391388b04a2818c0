"""Waivers: findings that somebody answers for, until a day. Which one covers a finding is decided here.

In: entries as they were read, the operator's terms, and the day. Out: what stands of them. Nothing here
reads a file or a clock, so that whoever decides again, on the same day's word, decides the same.
"""

import json
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from reviewbot.domain.paths import quoted

# The policy's types are built on findings, which know waivers.
if TYPE_CHECKING:
    from reviewbot.domain.policy import WaiverPolicy

FILE = ".reviewbot/waivers.yml"
"""Where a repository keeps its waivers."""

PURPOSE = "reviewbot-waiver/1"


class State(StrEnum):
    """What a waiver is worth on a day."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Target:
    """What a waiver can name of a finding. `quote` is `quotes.whole_digest` of its lines, unmasked."""

    fingerprint: str
    rule: str
    path: str
    quote: str


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry: a fingerprint alone, or rule, path and digest of the quoted lines; the others are "".

    `source` and `line` say where it stands. `signed_by` is the approver whose key of the policy has
    verified `signature`; "" if none has.
    """

    target: Target
    reason: str
    requested_by: str
    approved_by: str
    until: date
    ticket: str
    source: str
    line: int
    signature: str = ""
    signed_by: str = ""

    @property
    def text(self) -> bytes:
        """The bytes that an approver signs: the purpose, then every field of the entry, in this order."""
        target = self.target
        fields = [
            target.fingerprint, target.rule, target.path, target.quote, self.reason,
            self.requested_by, self.approved_by, self.until.isoformat(), self.ticket,
        ]  # fmt: skip
        return f"{PURPOSE}\n{json.dumps(fields, ensure_ascii=True, separators=(',', ':'))}\n".encode("ascii")

    @property
    def place(self) -> str:
        """`.reviewbot/waivers.yml at 1a2b3c4d5e6f:4`."""
        return f"{self.source}:{self.line}"

    @property
    def what(self) -> str:
        """What it is for, in a few words."""
        target = self.target
        return target.fingerprint or f"{target.rule} in {quoted(target.path)}"

    @property
    def words(self) -> str:
        """Say who answers for what, until when."""
        return f"until {self.until}, approved by {self.approved_by} for {self.requested_by} ({self.ticket}): {self.reason}"

    def covers(self, found: Target) -> bool:
        """Say whether it is for this finding."""
        own = self.target
        if own.fingerprint:
            return own.fingerprint == found.fingerprint
        return bool(own.rule) and (own.rule, own.path, own.quote) == (found.rule, found.path, found.quote)


@dataclass(frozen=True, slots=True)
class Standing:
    """A waiver with what it is worth on a day; `why` says what keeps it from counting, and the mend."""

    waiver: Waiver
    state: State
    why: str = ""

    @property
    def note(self) -> str:
        """Say for a review's reader that it does not count, where and why."""
        return f"{self.waiver.place}: the waiver of {self.waiver.what} has no effect: {self.why}"


@dataclass(frozen=True, slots=True)
class Waivers:
    """All waivers that were read. `broken` are sentences about files of which nothing counts."""

    entries: tuple[Waiver, ...] = ()
    broken: tuple[str, ...] = ()

    def standings(self, terms: "WaiverPolicy", today: date) -> tuple[Standing, ...]:
        """Say what each is worth, in order."""
        return tuple(standing(waiver, terms, today) for waiver in self.entries)

    def in_force(self, terms: "WaiverPolicy", today: date) -> tuple[Waiver, ...]:
        """Give those that count."""
        found = self.standings(terms, today)
        return tuple(one.waiver for one in found if one.state is State.IN_FORCE)


def covering(waivers: Iterable[Waiver], found: Target) -> Waiver | None:
    """Give the waiver in force that covers a finding, the one that runs longest; None if none does."""
    fitting = [waiver for waiver in waivers if waiver.covers(found)]
    return max(fitting, key=lambda waiver: waiver.until, default=None)


def standing(waiver: Waiver, terms: "WaiverPolicy", today: date) -> Standing:
    """Say what a waiver is worth on a day, under the operator's terms."""
    if waiver.until < today:
        why = f"it ended on {waiver.until}; mend the code and take the waiver out, or ask for another"
        return Standing(waiver, State.EXPIRED, why)
    why = _approval(waiver, terms) or _length(waiver, terms, today) or _signature(waiver, terms)
    return Standing(waiver, State.REFUSED if why else State.IN_FORCE, why)


def _approval(waiver: Waiver, terms: "WaiverPolicy") -> str:
    name = waiver.approved_by
    if not name:
        return "nobody has approved it yet; an approver does: reviewbot waivers approve"
    if same_person(name, waiver.requested_by):
        return f"{name} both asked for it and approved it; another approver has to look at it"
    if not terms.approvers:
        return "the operator's policy names no approvers (waivers: approvers:)"
    if name not in terms.approvers:
        return f"{name} is not on the operator's list of approvers; ask one of them to approve it"
    return ""


def _length(waiver: Waiver, terms: "WaiverPolicy", today: date) -> str:
    latest = today + timedelta(days=terms.max_days)
    if waiver.until > latest:
        return f"it runs until {waiver.until}, more than the {terms.max_days} days that are allowed; write {latest} or earlier"
    return ""


def _signature(waiver: Waiver, terms: "WaiverPolicy") -> str:
    name = waiver.approved_by
    if waiver.signature and waiver.signed_by != name:
        return (
            f"its signature is not by a key of {name}'s over these very words; {name} has to approve it anew"
        )
    if terms.signed and not waiver.signature:
        return f"it is not signed, which the policy asks for; {name} approves it with --key"
    return ""


def same_person(one: str, other: str) -> bool:
    """Say whether two names are one person's: alike but for case and form, or a name and its own mail address."""
    first, second = (unicodedata.normalize("NFKC", name).casefold().strip() for name in (one, other))
    if ("@" in first) != ("@" in second):
        first, second = first.partition("@")[0], second.partition("@")[0]
    return first == second
