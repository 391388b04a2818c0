"""Places to remark on, drawn from git's own diff, and what a forge that shows this diff can take.

Every place keeps the bytes that it quotes, read from the blob. Nothing here knows the program under test.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from fakes.repo import FileChange, Hunk, Repo, split

FILES = 6
"""Files of one request that are remarked on."""
LONGEST = 8
_REGULAR = frozenset({"100644", "100755", "120000", "000000"})


@dataclass(frozen=True, eq=False)
class Sides:
    """A changed file with the lines of both its versions; None for a side that it does not have."""

    change: FileChange
    old: tuple[bytes, ...] | None
    new: tuple[bytes, ...] | None

    @property
    def path(self) -> str:
        """What the change calls the file."""
        return self.change.old_path if self.new is None else self.change.new_path

    def lines(self, side: str) -> tuple[bytes, ...]:
        return (self.new if side == "new" else self.old) or ()


@dataclass(frozen=True)
class Spot:
    """Lines `first` to `last` of one side of a file. `file` is None for one that did not change."""

    kind: str
    file: Sides | None
    path: str
    side: str
    first: int
    last: int

    def text(self, first: int, last: int) -> bytes:
        """The bytes of these lines, as the blob has them."""
        assert self.file is not None
        return b"".join(self.file.lines(self.side)[first - 1 : last])

    def expected(self, context: int | None) -> tuple[int, int] | None:
        """The lines that a forge can show the remark on; None if it can only be listed."""
        if self.file is None:
            return None
        count = len(self.file.lines(self.side))
        if self.last > count:
            return None
        if context is None:
            return self.first, self.last
        return _shown(self.file.change, self.side, self.first, self.last)

    def traits(self) -> Iterator[str]:
        """What is special about it, in words."""
        if self.file is None:
            return
        lines = self.file.lines(self.side)
        quoted = lines[self.first - 1 : self.last]
        yield "several lines" if self.last > self.first else "one line"
        if self.file.change.status in {"renamed", "added", "deleted"}:
            yield {"renamed": "renamed", "added": "new file", "deleted": "deleted file"}[
                self.file.change.status
            ]
        if any(line.endswith(b"\r\n") for line in quoted):
            yield "CRLF"
        if quoted and not quoted[-1].endswith(b"\n"):
            yield "last line without end"
        if any(byte > 0x7F for line in quoted for byte in line):
            yield "not ASCII"
        if any(byte >= 0xF0 for line in quoted for byte in line):
            yield "beyond the BMP"


def _shown(change: FileChange, side: str, first: int, last: int) -> tuple[int, int] | None:
    """On the new side what one hunk shows; on the old side removed lines alone. Else the part of the first change."""
    mark = "+" if side == "new" else "-"
    spans = [_span(hunk) for hunk in change.hunks] if side == "new" else list(_removed(change))
    changed = [getattr(line, side) for line in change.lines if line.kind == mark]
    touched = next((number for number in changed if first <= number <= last), None)
    for start, end in spans:
        if start <= first and last <= end:
            return first, last
        if touched is not None and start <= touched <= end:
            return max(start, first), min(end, last)
    return None


def _span(hunk: Hunk) -> tuple[int, int]:
    return hunk.new_start, hunk.new_start + hunk.new_count - 1


def _removed(change: FileChange) -> Iterator[tuple[int, int]]:
    """Runs of removed lines without anything between them."""
    run: list[int] = []
    for line in change.lines:
        if line.kind == "-" and run and line.old == run[-1] + 1:
            run.append(line.old)
        elif line.kind == "-":
            if run:
                yield run[0], run[-1]
            run = [line.old]
    if run:
        yield run[0], run[-1]


def sides(repo: Repo, base: str, head: str) -> list[Sides]:
    """The changed files with their contents, without submodules and what git takes for binary."""
    found = []
    for change in repo.diff(base, head):
        if change.binary or not {change.old_mode, change.new_mode} <= _REGULAR:
            continue
        ends = ((base, change.old_path, change.old_mode), (head, change.new_path, change.new_mode))
        old, new = (
            None if mode == "000000" else split(repo.blob(commit, path) or b"") for commit, path, mode in ends
        )
        found.append(Sides(change, old, new))
    return found


def spots(rng: random.Random, files: list[Sides], untouched: list[str]) -> list[Spot]:
    """Draw places of one request: on its lines, across their edges, far off them and in other files."""
    chosen = rng.sample(files, min(FILES, len(files)))
    found = [spot for file in chosen for spot in _of_file(rng, file)]
    if untouched and rng.random() < 0.5:
        found.append(Spot("another file", None, rng.choice(untouched), "new", 1, 1))
    return list(dict.fromkeys(found))


def _of_file(rng: random.Random, file: Sides) -> Iterator[Spot]:
    change = file.change
    by_kind = {kind: [line for line in change.lines if line.kind == kind] for kind in "+- "}
    if by_kind["+"]:
        yield from _around(rng, file, "new", rng.choice(by_kind["+"]).new)
    if by_kind["-"]:
        yield from _around(rng, file, "old", rng.choice(by_kind["-"]).old)
    if by_kind[" "] and file.new is not None:
        number = rng.choice(by_kind[" "]).new
        yield _spot(file, "new", number, number)
        yield from _within(rng, file)
    strange = [line for line in by_kind["+"] if not line.text.isascii()]
    if strange:
        number = rng.choice(strange).new
        yield _spot(file, "new", number, number)
    yield from _far(rng, file)
    if file.new and change.hunks:
        yield from _edges(rng, file)
    if file.new and rng.random() < 0.3:  # the very end of the file
        yield _spot(file, "new", max(1, len(file.new) - rng.randrange(3)), len(file.new))


def _around(rng: random.Random, file: Sides, side: str, number: int) -> Iterator[Spot]:
    """A changed line alone, or with neighbours, which may reach over the hunk's edge."""
    if rng.random() < 0.6:
        yield _spot(file, side, number, number)
    count = rng.randint(2, LONGEST)
    first = max(1, number - rng.randrange(count))
    last = min(first + count - 1, len(file.lines(side)))
    yield _spot(file, side, first, last)


def _within(rng: random.Random, file: Sides) -> Iterator[Spot]:
    """Several lines inside of one hunk."""
    start, end = _span(rng.choice([hunk for hunk in file.change.hunks if hunk.new_count]))
    first = rng.randint(start, end)
    last = min(end, first + rng.randrange(LONGEST))
    yield _spot(file, "new", first, last)


def _edges(rng: random.Random, file: Sides) -> Iterator[Spot]:
    """The last line that a hunk shows before or behind its changes, and the first that it does not show."""
    start, end = _span(rng.choice(file.change.hunks))
    for number in rng.choice(((start, start - 1), (end, end + 1))):
        if 1 <= number <= len(file.lines("new")):
            yield _spot(file, "new", number, number)


def _far(rng: random.Random, file: Sides) -> Iterator[Spot]:
    for side in ("new", "old"):
        shown = {getattr(line, side) for line in file.change.lines}
        far = [number for number in range(1, len(file.lines(side)) + 1) if number not in shown]
        if far and rng.random() < 0.4:
            number = rng.choice(far)
            yield _spot(file, side, number, number)
    if file.new is not None and rng.random() < 0.1:
        yield Spot("not in the file", file, file.path, "new", len(file.new) + 1, len(file.new) + 2)


def _spot(file: Sides, side: str, first: int, last: int) -> Spot:
    return Spot(_kind(file.change, side, first, last), file, file.path, side, first, last)


def _kind(change: FileChange, side: str, first: int, last: int) -> str:
    kinds = {line.kind for line in change.lines if first <= (getattr(line, side) or 0) <= last}
    count = sum(first <= (getattr(line, side) or 0) <= last for line in change.lines)
    word = "added" if side == "new" else "removed"
    if not kinds:
        return "far off"
    if count < last - first + 1:
        return "over an edge"
    return {1: "context" if kinds == {" "} else word}.get(len(kinds), f"{word} and context")
