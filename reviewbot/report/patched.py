"""Proven patches as every writer shows them: whose, in which words, and their lines masked and visible.

A patch whose proof does not hold is not here, and so nowhere.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from reviewbot.domain.change import ReadBlob
from reviewbot.domain.edits import applied
from reviewbot.domain.finding import Finding
from reviewbot.domain.patch import Edit, Origin, Patch
from reviewbot.domain.review import Review
from reviewbot.domain.short import short_names
from reviewbot.domain.unified import Piece, pieces
from reviewbot.errors import ReviewbotError
from reviewbot.report.colours import Run, coloured
from reviewbot.report.text import Shown, decoded

LOOK, SAFE = "look before applying", "safe"


@dataclass(frozen=True, slots=True)
class PatchRow:
    """A line of a patch. `number` counts in the file as it was reviewed; a line that is put in has none there."""

    sign: str
    number: int | None
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """The line without colours."""
        return "".join(piece for _, piece in self.runs)


@dataclass(frozen=True, slots=True)
class PatchHunk:
    """Lines of a patch without a gap; `first` is the line where they begin, `path` is shown."""

    path: str
    first: int
    head: str
    rows: tuple[PatchRow, ...]


@dataclass(slots=True)
class Patched:
    """The proven patches of a review. `read` gives the blobs; without it only what is put in can be shown."""

    review: Review
    shown: Shown
    read: ReadBlob | None
    _held: dict[str, Patch] = field(init=False)
    _names: dict[str, str] = field(init=False)
    _blobs: dict[str, bytes | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the patches by finding, and the short names of those."""
        self._held = {patch.finding: patch for patch in self.review.patches if patch.proof.holds}
        self._names = short_names(self._held)

    @property
    def patches(self) -> tuple[Patch, ...]:
        """All of them, in order."""
        return tuple(self._held.values())

    def of(self, finding: Finding) -> Patch | None:
        """Give a finding's patch; None without, and for what the head does not hold."""
        return self._held.get(finding.fingerprint) if finding.commit is None else None

    def name(self, patch: Patch) -> str:
        """Give the short name of a patch, `3f9a0c`."""
        return self._names[patch.finding]

    def command(self, patch: Patch) -> str:
        """Say what applies it."""
        return f"reviewbot fix {self.name(patch)}"

    def before(self, edits: tuple[Edit, ...]) -> bytes | None:
        """Give the file that these edits are for; None where it cannot be read, or they are not for it.

        A report is not lost over that.
        """
        oid = edits[0].oid
        if oid not in self._blobs:
            self._blobs[oid] = self._read(oid)
        content = self._blobs[oid]
        if content is None:
            return None
        try:
            pieces(content, edits)
        except ValueError:
            return None
        return content

    def _read(self, oid: str) -> bytes | None:
        try:
            return self.read(oid) if self.read else None
        except ReviewbotError:
            return None

    def hunks(self, patch: Patch, context: int, *, colours: bool = False) -> tuple[PatchHunk, ...]:
        """Give the lines of a patch with some around them, file by file."""
        return tuple(
            hunk
            for path, edits in by_path(patch.edits)
            for hunk in self._of_file(path, edits, context, colours=colours)
        )

    def _of_file(
        self, path: str, edits: tuple[Edit, ...], context: int, *, colours: bool
    ) -> tuple[PatchHunk, ...]:
        before = self.before(edits)
        if before is None:
            return tuple(self._put_in(path, edit) for edit in edits)
        found = pieces(before, edits, context)
        old, new = self._lines(path, before, colours), self._lines(path, applied(before, edits), colours)
        return tuple(self._hunk(path, piece, old, new) for piece in found)

    def _lines(self, path: str, content: bytes, colours: bool) -> list[tuple[Run, ...]]:
        # Masked as a whole, before lines are cut out of it: a secret may span lines.
        lines = self.shown.lines(decoded(content))
        runs = coloured(path, lines) if colours else [[("", line)] for line in lines]
        return [tuple(line) for line in runs]

    def _hunk(
        self, path: str, piece: Piece, old: list[tuple[Run, ...]], new: list[tuple[Run, ...]]
    ) -> PatchHunk:
        rows = tuple(
            PatchRow(row.sign, row.old, old[row.old - 1])
            if row.old is not None
            else PatchRow(row.sign, None, new[(row.new or 1) - 1])
            for row in piece.rows
        )
        # In the file as it is: what is put in before a line stands at that line, shown or not.
        first = next((row.old for row in piece.rows if row.old is not None), piece.old + 1)
        return PatchHunk(self.shown.path(path), first, piece.head, rows)

    def _put_in(self, path: str, edit: Edit) -> PatchHunk:
        rows = tuple(PatchRow("+", None, (("", self.shown.line(line)),)) for line in edit.lines)
        head = f"@@ -{edit.first},{edit.last - edit.first + 1} +{edit.first},{len(edit.lines)} @@"
        return PatchHunk(self.shown.path(path), edit.first, head, rows)


def by_path(edits: Iterable[Edit]) -> tuple[tuple[str, tuple[Edit, ...]], ...]:
    """Part edits by file, in order."""
    found: dict[str, list[Edit]] = {}
    for edit in edits:
        found.setdefault(edit.path, []).append(edit)
    return tuple((path, tuple(group)) for path, group in found.items())


def care(patch: Patch) -> str:
    """Say whether a patch may be applied without a look."""
    return SAFE if patch.safe else LOOK


def by(patch: Patch) -> str:
    """Say who proposed it."""
    return "by the model, proven" if patch.origin is Origin.MODEL else "by the rule"


def needs(patch: Patch, shown: Shown) -> str:
    """`defusedxml, lxml among the dependencies`; nothing where nothing is needed."""
    names = ", ".join(shown.line(name) for name in patch.needs)
    return f"{names} among the dependencies" if names else ""
