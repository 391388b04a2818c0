"""A patch: edits against exact blobs, with what was proven of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Edit:
    """Whole lines of one blob, replaced. Lines count from 1 and carry no line ends.

    `last == first - 1` means an insertion before `first`; no `lines` means that the old ones are taken out.
    """

    path: str
    oid: str
    first: int
    last: int
    lines: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse what is not a range."""
        if not 0 <= self.first - 1 <= self.last:
            raise ValueError(f"not a range of lines: {self.first} to {self.last}")


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proven. `tests` is how many of the repository's tests pass, None if none were run."""

    applies: bool
    parses: bool
    finding_gone: bool
    new_findings: int
    tests: int | None = None

    @property
    def holds(self) -> bool:
        """Say whether the patch may be shown to anybody."""
        return self.applies and self.parses and self.finding_gone and self.new_findings == 0

    @property
    def sentence(self) -> str:
        """`applies · parses · finding gone · no new findings · 14 tests pass`, for a proof that holds."""
        words = ["applies", "parses", "finding gone", "no new findings"]
        if self.tests is not None:
            words.append("1 test passes" if self.tests == 1 else f"{self.tests:,} tests pass")
        return " · ".join(words)


@dataclass(frozen=True, slots=True)
class Patch:
    """A proposal for one finding, named by its fingerprint. `safe`: applying it needs no second look."""

    id: str
    finding: str
    safe: bool
    edits: tuple[Edit, ...]
    proof: Proof
