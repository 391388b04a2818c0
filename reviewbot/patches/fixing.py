"""What a structural fix is given and gives back. Runs in the sandbox: see `worker`."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ApprovedUse:
    """A list of approved libraries, as far as a fix needs it: see `domain.rule.ApprovedLibrary`."""

    id: str
    purpose: str
    use: tuple[str, ...]
    instead_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    r"""One finding that is to be mended. `text` has `\n` for every line end and no byte order mark.

    `first` to `last` are the finding's whole lines, from 1; `rule` is the id of the rule that found it.
    """

    path: str
    text: str
    rule: str
    first: int
    last: int
    approved: tuple[ApprovedUse, ...] = ()

    def overlaps(self, first: int, last: int) -> bool:
        """Say whether lines `first`..`last` share one with the finding's."""
        return first <= self.last and self.first <= last


@dataclass(frozen=True, slots=True)
class Mended:
    """The whole text, mended: nothing else in it is changed. `needs` are packages that it imports anew."""

    text: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unmended:
    """Why this fix does not know what to do here, as a sentence without a word of the file."""

    why: str


Fix = Callable[[Asked], Mended | Unmended]
"""Mends one finding. It changes what it understands, and refuses what it does not."""
