"""What can become of a remark or of a thread of ours, as frozen values, each with its reason in words."""

from dataclasses import dataclass
from enum import StrEnum

from reviewbot.domain.wanted import Remark
from reviewbot.publish.ownership import OwnThread


class Gone(StrEnum):
    """Why a thread is resolved, as `gone` markers say it."""

    FIXED = "fixed"
    LEFT = "left"
    CHANGED = "changed"
    SETTLED = "settled"
    TWIN = "twin"


COUNTS_AS_FIXED = frozenset({Gone.FIXED.value, Gone.LEFT.value, Gone.CHANGED.value})
"""Those by which the finding itself is no longer there."""


@dataclass(frozen=True, slots=True)
class Create:
    """A remark that gets a thread."""

    remark: Remark
    why: str


@dataclass(frozen=True, slots=True)
class Update:
    """A thread whose first comment is written anew."""

    own: OwnThread
    remark: Remark
    why: str


@dataclass(frozen=True, slots=True)
class Resolve:
    """A thread to resolve. `said` is True if the reply that gives the reason is there already."""

    own: OwnThread
    code: Gone
    why: str
    said: bool


@dataclass(frozen=True, slots=True)
class Reopen:
    """A thread to open again; one that is open already is only told so."""

    own: OwnThread
    remark: Remark
    why: str


@dataclass(frozen=True, slots=True)
class Keep:
    """A thread that stays as it is. `remark` is None if nothing of the review belongs to it."""

    own: OwnThread
    remark: Remark | None
    why: str


@dataclass(frozen=True, slots=True)
class Dismissed:
    """A finding that a person has put aside: nothing is posted, and it counts as before."""

    own: OwnThread
    remark: Remark
    why: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A remark that stands in the summary alone. `refused` is True if the forge would not take it."""

    remark: Remark
    why: str
    refused: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """Every remark and every thread of ours, each with what becomes of it.

    `fixed` counts findings that are gone, so far: threads to be resolved now, and those that runs before
    have resolved, so that a second run says the same.
    """

    create: tuple[Create, ...] = ()
    update: tuple[Update, ...] = ()
    resolve: tuple[Resolve, ...] = ()
    reopen: tuple[Reopen, ...] = ()
    keep: tuple[Keep, ...] = ()
    dismissed: tuple[Dismissed, ...] = ()
    listed: tuple[Listed, ...] = ()
    fixed: int = 0

    @property
    def is_settled(self) -> bool:
        """True if no thread has to be touched."""
        return not (self.create or self.update or self.resolve or self.reopen)


Step = Create | Update | Resolve | Reopen | Keep | Dismissed | Listed
