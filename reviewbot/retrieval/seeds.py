"""What the change itself asks about: where its hunks stand, what they use, what they alter.

Input: the code files of the change. Output: the enclosing definitions as candidates, the names
that added lines use, and the names of definitions that changed or went. Only so many hunks are
looked at, the largest of each file first, so that a huge change costs no more than a large one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from reviewbot.domain.change import Change, FileClass, FileDiff, Hunk
from reviewbot.domain.ports import Repository
from reviewbot.retrieval.candidates import Candidate, window
from reviewbot.retrieval.languages import language_of
from reviewbot.retrieval.outline import Outline
from reviewbot.retrieval.parsing import Parsing

MOST_HUNKS = 200
_SHOWN_AROUND = 8  # lines that a reader of a hunk has before and after it anyway
_WINDOW = 20  # lines each way where no definition is known
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """A name that a file uses; `mentioned` if it is not plainly called or derived from."""

    mentioned: bool
    name: str
    family: str
    path: str


@dataclass(slots=True)
class Seeds:
    """What the hunks ask for. `altered` are (name, family, path) of changed or removed functions."""

    enclosing: list[Candidate] = field(default_factory=list)
    uses: set[Use] = field(default_factory=set)
    altered: set[tuple[str, str, str]] = field(default_factory=set)


def plant(change: Change, repository: Repository, parsing: Parsing) -> Seeds:
    """Look at the hunks of the change's code files. Raises what the repository raises."""
    seeds = Seeds()
    commit = change.head or change.head_tree
    for file, hunks in _considered(change):
        assert file.new is not None
        path, language = file.new.path, language_of(file.new.path)
        if language is None:
            continue
        lines = {number for hunk in hunks for number in hunk.new_lines}
        outline = parsing.outline(path, repository.read(file.new.oid), lines)
        for hunk in hunks:
            seeds.enclosing += (
                outline.cut(path, commit, lines, why) for why, lines in _enclosing(hunk, outline)
            )
            seeds.uses |= set(_uses(hunk, outline, path, language.family))
        names = {name for hunk in hunks for name in _altered(hunk, outline)}
        names |= set(_removed(file, hunks, repository, parsing))
        seeds.altered |= {(name, language.family, path) for name in names}
    return seeds


def _considered(change: Change) -> Iterator[tuple[FileDiff, list[Hunk]]]:
    """Give files with the hunks to look at, in order of path and line."""
    ranked: list[tuple[int, int, str, int, FileDiff, Hunk]] = []
    for file in change.files:
        if file.file_class is not FileClass.CODE or file.new is None or not file.new.is_regular:
            continue
        largest = sorted(file.hunks, key=lambda hunk: (-len(hunk.added), hunk.new_start))
        ranked += [
            (rank, -len(hunk.added), file.path, hunk.new_start, file, hunk)
            for rank, hunk in enumerate(largest[:MOST_HUNKS])
        ]
    chosen = sorted(ranked, key=lambda one: one[:4])[:MOST_HUNKS]
    by_path: dict[str, tuple[FileDiff, list[Hunk]]] = {}
    for *_, file, hunk in sorted(chosen, key=lambda one: one[2:4]):
        by_path.setdefault(file.path, (file, []))[1].append(hunk)
    yield from by_path.values()


def _place(hunk: Hunk) -> tuple[int, int]:
    """Give the first and last line of the head that the hunk is about."""
    first = max(1, hunk.new_start)
    return first, max(first, hunk.new_start + len(hunk.added) - 1)


def _enclosing(hunk: Hunk, outline: Outline) -> Iterator[tuple[str, range]]:
    """Give what surrounds a hunk, in words and lines, where that is more than a reader sees anyway."""
    first, last = _place(hunk)
    if outline.parsed is None:
        yield f"lines around line {first}", window(outline.lines, first - _WINDOW, last + _WINDOW, first)
        return
    found = {outline.around(line) for line in (first, last)}
    for one in sorted((one for one in found if one is not None), key=lambda one: (one.first, one.last)):
        if one.first < first - _SHOWN_AROUND or one.last > last + _SHOWN_AROUND:
            line = max(first, one.first)
            what = "class" if one.kind == "type" else "function"
            yield f"the {what} around line {line}", window(outline.lines, one.first, one.last, line)


def _uses(hunk: Hunk, outline: Outline, path: str, family: str) -> Iterator[Use]:
    called, mentioned = outline.uses(hunk.new_lines)
    for name in called:
        if len(name) >= _SHORTEST_NAME:
            yield Use(False, name, family, path)
    for name in mentioned:
        # Plain short words are mostly local names; constants, types and compound names are not.
        if len(name) > _SHORTEST_NAME and (name.lower() != name or "_" in name.strip("_")):
            yield Use(True, name, family, path)


def _altered(hunk: Hunk, outline: Outline) -> Iterator[str]:
    """Name the functions that the hunk changes; one whose header is added has no callers yet."""
    first, last = _place(hunk)
    for line in (first, last):
        one = outline.around(line)
        if one is not None and one.kind == "function" and one.header not in hunk.new_lines:
            yield one.name


def _removed(file: FileDiff, hunks: list[Hunk], repository: Repository, parsing: Parsing) -> Iterator[str]:
    """Name the functions and types whose header the change takes out or rewrites."""
    if file.old is None or not file.old.is_regular or not any(hunk.removed for hunk in hunks):
        return
    outline = parsing.outline(file.old.path, repository.read(file.old.oid), ())
    for one in outline.definitions:
        if one.kind != "value" and any(one.header in hunk.old_lines for hunk in hunks):
            yield one.name
