"""The lines around a finding, read from the blob, masked before they are cut out of it."""

from dataclasses import dataclass, field

from reviewbot.domain.change import Change, FileDiff, ReadBlob
from reviewbot.domain.finding import Finding
from reviewbot.errors import ReviewbotError
from reviewbot.report.colours import Run, coloured
from reviewbot.report.text import Shown, decoded

AROUND = 3
_MOST_LINES = 40
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a hunk. `sign` is `+` for an added line; `hit` marks the finding's own."""

    number: int
    sign: str
    hit: bool
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Hunk:
    """What stands around a finding; `left_out` counts lines of it that are not here."""

    lines: tuple[Line, ...]
    left_out: int = 0


@dataclass(slots=True)
class _File:
    runs: list[list[Run]]
    diff: FileDiff | None


@dataclass(slots=True)
class Hunks:
    """Cuts hunks out of the change's files, each of which is read and coloured once."""

    change: Change
    read: ReadBlob
    shown: Shown
    _files: dict[str, _File | None] = field(default_factory=dict)

    def around(self, finding: Finding) -> Hunk:
        """Give the finding's lines with what surrounds them; from its quote if the blob cannot tell."""
        file = self._file(finding)
        if file is None or finding.span.last > len(file.runs):
            return self._quoted(finding)
        span = finding.span
        last = min(span.last, span.first + _MOST_LINES)
        window = range(max(1, span.first - AROUND), min(len(file.runs), last + AROUND) + 1)
        lines = tuple(
            Line(
                number,
                _sign(file.diff, number),
                span.first <= number <= span.last,
                bounded(file.runs[number - 1]),
            )
            for number in window
        )
        return Hunk(lines, max(0, span.last - window[-1]))

    def _file(self, finding: Finding) -> _File | None:
        oid, diff = self._blob(finding)
        if oid not in self._files:
            self._files[oid] = self._load(oid, finding.span.path, diff)
        return self._files[oid]

    def _blob(self, finding: Finding) -> tuple[str, FileDiff | None]:
        path, commit = finding.span.path, finding.commit
        if commit is not None:
            blobs = (b.oid for b in self.change.history if (b.commit, b.path) == (commit, path))
            return next(blobs, ""), None
        for diff in self.change.files:
            if diff.new is not None and diff.new.path == path and diff.new.is_regular:
                return diff.new.oid, diff
        return "", None

    def _load(self, oid: str, path: str, diff: FileDiff | None) -> _File | None:
        if not oid:
            return None
        try:
            text = decoded(self.read(oid))
        except ReviewbotError:
            # The finding's own quote still tells what was found; a report is not lost over its context.
            return None
        lines = self.shown.lines(text)
        return _File(coloured(path, lines), diff)

    def _quoted(self, finding: Finding) -> Hunk:
        lines = self.shown.lines(finding.quote)
        shown = tuple(
            Line(number, "", True, bounded(runs))
            for number, runs in enumerate(
                coloured(finding.span.path, lines[:_MOST_LINES]), finding.span.first
            )
        )
        return Hunk(shown, max(0, len(lines) - _MOST_LINES))


def _sign(diff: FileDiff | None, number: int) -> str:
    return "+" if diff is not None and diff.touches(number, number) else ""


def bounded(runs: list[Run]) -> tuple[Run, ...]:
    """Cut a line that is too long to be read, and say by how much."""
    kept: list[Run] = []
    room = _LONGEST
    for name, text in runs:
        kept.append((name, text[:room]))
        room -= len(text)
        if room <= 0:
            break
    over = sum(len(text) for _, text in runs) - _LONGEST
    return (*kept, ("cut", f" … {over:,} more characters")) if over > 0 else tuple(kept)
