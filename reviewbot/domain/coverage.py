"""Who has read what. Not reviewed is a verdict: each gap has a reason, and forbids green."""

from dataclasses import dataclass
from enum import StrEnum

from reviewbot.domain.change import FileClass


class Read(StrEnum):
    """What one reviewer did with one file."""

    DONE = "done"
    NOT_APPLICABLE = "not_applicable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Coverage:
    """One reviewer's word on one file. `reason` says why it failed or does not apply.

    `lines` are the ranges (new side, both ends included) that a failure concerns; none means all.
    """

    state: Read
    reason: str = ""
    lines: tuple[tuple[int, int], ...] = ()


DONE = Coverage(Read.DONE)


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """Each reviewer's word on one changed file, in the order of `by`, and who was required."""

    path: str
    file_class: FileClass
    by: tuple[tuple[str, Coverage], ...]
    required: tuple[str, ...]
    excluded: str = ""  # the operator's pattern that takes this file out

    @property
    def gaps(self) -> tuple[tuple[str, Coverage], ...]:
        """Required reviewers that failed or said nothing, with the reason."""
        if self.excluded:
            return ()
        said = dict(self.by)
        silent = Coverage(Read.FAILED, "this reviewer did not run")
        return tuple(
            (name, said.get(name, silent))
            for name in self.required
            if said.get(name, silent).state is Read.FAILED
        )
