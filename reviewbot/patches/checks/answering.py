"""What a check finds: a code for each step, "" where all is well."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """Codes of `said`, the modules that are imported anew, and a code of a note."""

    in_place: str = ""
    parses: str = ""
    known_imports: str = ""
    nothing_forbidden: str = ""
    work_kept: str = ""
    imports: tuple[str, ...] = ()
    note: str = ""

    def answer(self) -> dict[str, Any]:
        """Write it down for `steps.asking`."""
        return asdict(self) | {"imports": list(self.imports)}
