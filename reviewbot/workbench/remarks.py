"""What lint has to say: sentences with a place and the mend, as errors or as advice."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reviewbot.domain.paths import quoted
from reviewbot.errors import PolicyError


class Weight(StrEnum):
    """An error keeps a pack from working as written; advice is for its author to weigh."""

    ERROR = "error"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark. `line` counts from 1; 0 where no line can be named. `field` is the key, as `detect.semgrep`."""

    file: str
    line: int
    field: str
    said: str
    mend: str = ""
    weight: Weight = Weight.ADVICE
    rule: str = ""

    @property
    def place(self) -> str:
        """Name the place as editors and terminals know it: `file:line`."""
        return f"{self.file}:{self.line}" if self.line else self.file


def ordered(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """Put remarks in the order of files and lines; the same remark once."""
    return tuple(
        sorted(
            set(remarks),
            key=lambda remark: (remark.file, remark.line, remark.field, remark.said, remark.rule),
        )
    )


_PLACE = re.compile(r"(?P<file>.+?):(?P<line>[0-9]+): (?:(?P<field>[a-z_][^ :]*): )?(?P<said>.+)")


def of_error(error: PolicyError) -> tuple[Remark, ...]:
    """Take a refusal of the loader apart: each of its lines is a mistake, an indented one the mend of the last."""
    return tuple(_of_lines(str(error).split("\n")))


def _of_lines(lines: list[str]) -> Iterator[Remark]:
    for at, line in enumerate(lines):
        if line.startswith("  ") or not line.strip():
            continue
        below = lines[at + 1 : at + 2]
        mend = below[0].strip() if below and below[0].startswith("  ") else ""
        found = _PLACE.fullmatch(line)
        if found is None:
            yield Remark("", 0, "", line, mend, Weight.ERROR)
            continue
        file = _from_here(found["file"])
        yield Remark(file, int(found["line"]), found["field"] or "", found["said"], mend, Weight.ERROR)


def _from_here(name: str) -> str:
    path = Path(name)
    here = Path.cwd()
    return quoted(str(path.relative_to(here))) if path.is_relative_to(here) else name
