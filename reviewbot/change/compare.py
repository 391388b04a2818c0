"""Comparing two trees: the files that changed, their class and their lines.

In: two tree ids of an opened repository. Out: `FileDiff`s in path order, and sentences on what was
left out. Four steps, each bounded: walk the trees and count (`trees`), let git find renames among
them, judge the classes (`classes`), and let git compare the lines.

For the last step the pairs of blobs are laid into two trees of their own, in the quarantine, under
numbers for names. So the patch holds no name of the change's, attributes that match names cannot
apply, and every pair is exactly the one that the list of changed files gave.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from reviewbot.change.caps import CAPS, MOST_BLOB_BYTES, Caps
from reviewbot.change.classes import class_of, kind_of, means_the_same
from reviewbot.change.command import Git
from reviewbot.change.diff import RawEntry, fields, parse_patch, parse_raw
from reviewbot.change.objects import Objects
from reviewbot.change.trees import Difference, differences
from reviewbot.domain.change import SUBMODULE, FileClass, FileDiff, FileVersion, Hunk, Status
from reviewbot.domain.paths import from_bytes, quoted
from reviewbot.errors import UsageError

RENAME_OPTIONS = ("-M", "-C", "-l1000")
"""How git looks for renames and copies; beyond 1000 candidates it keeps to exact ones, so that it stays fast."""
_EXACT_OPTIONS = ("-M100%", "-C100%", "-l1000")
PATCH_OPTIONS = (
    "-U1", "--inter-hunk-context=0", "--text", "--diff-algorithm=myers", "--indent-heuristic",
    "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules=none",
)  # fmt: skip
"""How git compares lines: by content alone, whatever attributes and configuration say.

One line of context is asked for and dropped again: without any, git cuts off the common end of the two
files before it compares them, and then other lines count as added than in `git diff` and on the forges.
"""


def forges_renames(similarity: int) -> tuple[str, ...]:
    """How a forge looks for renames: from so many percent of the lines on, and never for copies.

    Where one file became two, git calls another of them the renamed one if it looks for copies too.
    """
    return (f"-M{similarity}%", "-l1000")


class Store(Protocol):
    """What is needed of an opened repository."""

    @property
    def git(self) -> Git:
        """Run git on it."""

    @property
    def objects(self) -> Objects:
        """Read its objects."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Changed files in path order, and sentences for the reader on lines that were not compared."""

    files: tuple[FileDiff, ...]
    notes: tuple[str, ...] = ()


def compare(
    store: Store,
    old_tree: str,
    new_tree: str,
    caps: Caps = CAPS,
    *,
    renames: tuple[str, ...] = RENAME_OPTIONS,
) -> Comparison:
    """Give everything that differs between two trees. Raises `UsageError` beyond the caps.

    `renames` are git's options for finding renames; `forges_renames` gives a forge's own.
    """
    walked = differences(store.objects, old_tree, new_tree, caps)
    if not walked:
        return Comparison(())
    sizes = store.objects.sizes(
        entry.oid
        for difference in walked
        for entry in (difference.old, difference.new)
        if entry is not None and entry.mode != SUBMODULE
    )
    huge = max(sizes.values(), default=0) > MOST_BLOB_BYTES
    # Git loads both blobs of a pair to measure how alike they are.
    entries = _listed(store.git, old_tree, new_tree, walked, _EXACT_OPTIONS if huge else renames)
    sizes |= store.objects.sizes(_unsized(entries, sizes))
    classes = [_class(store.objects, entry, sizes) for entry in entries]
    pairs = _pairs(entries, classes, sizes, caps)
    hunks = _hunks(store.git, pairs) if pairs else {}
    files = tuple(
        FileDiff(entry.status, entry.old, entry.new, hunks.get(number, ()), file_class)
        for number, (entry, file_class) in enumerate(zip(entries, classes, strict=True))
    )
    return Comparison(files, tuple(_too_large_notes(entries, sizes)))


def _listed(
    git: Git, old_tree: str, new_tree: str, walked: Sequence[Difference], options: tuple[str, ...]
) -> list[RawEntry]:
    with git.stream(
        "diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--ignore-submodules=none", *options,
        old_tree, new_tree,
    ) as output:  # fmt: skip
        entries = sorted(parse_raw(fields(output)), key=_order)
    check_complete(entries, walked)
    return entries


def _order(entry: RawEntry) -> tuple[bytes, str]:
    version = entry.new or entry.old
    assert version is not None
    return version.path.encode("utf-8", "surrogateescape"), entry.status


def check_complete(entries: Iterable[RawEntry], walked: Sequence[Difference]) -> None:
    """Refuse to go on if git left out a path: what is not listed would be green without a reader."""
    listed = {(entry.new.path, entry.new.oid) for entry in entries if entry.new}
    gone = {entry.old.path for entry in entries if entry.old}
    for difference in walked:
        path = from_bytes(difference.path)
        known = path in gone if difference.new is None else (path, difference.new.oid) in listed
        if not known:
            raise UsageError(
                f"git does not list {quoted(path)}, though it changed",
                hint="the repository may be damaged; `git fsck` tells",
            )


def _unsized(entries: Iterable[RawEntry], sizes: dict[str, int]) -> Iterator[str]:
    # A copy's source need not have changed, so the walk has not seen it.
    for entry in entries:
        if entry.old is not None and entry.old.mode != SUBMODULE and entry.old.oid not in sizes:
            yield entry.old.oid


def _class(objects: Objects, entry: RawEntry, sizes: dict[str, int]) -> FileClass:
    version = entry.new or entry.old
    assert version is not None
    if not version.is_regular:
        return FileClass.METADATA
    if _is_untouched(entry):
        return FileClass.METADATA
    if kind_of(version.path) is not None:
        return class_of(version.path, b"")
    small = sizes[version.oid] <= MOST_BLOB_BYTES
    return class_of(version.path, objects.read(version.oid) if small else objects.beginning(version.oid))


def _is_untouched(entry: RawEntry) -> bool:
    """Say whether only name or mode changed, and the new name means what the old one did."""
    old, new = entry.old, entry.new
    if old is None or new is None or old.oid != new.oid or entry.status is Status.RETYPED:
        return False
    return means_the_same(old.path, new.path)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two blobs to compare, under the number of their entry. None is nothing: all lines go, or all come."""

    number: int
    old: str | None
    new: str | None
    apart: bool = False  # one replaces the other without sharing lines: a file became a link


def _pairs(
    entries: Sequence[RawEntry], classes: Sequence[FileClass], sizes: dict[str, int], caps: Caps
) -> list[_Pair]:
    pairs = [
        pair
        for number, (entry, file_class) in enumerate(zip(entries, classes, strict=True))
        if file_class is not FileClass.BINARY and not _is_huge(entry.new, sizes)
        for pair in _pair(number, entry, sizes)
    ]
    if sum(sizes[oid] for pair in pairs for oid in (pair.old, pair.new) if oid) > caps.patch_bytes:
        raise UsageError(
            f"the change is too large: its files hold more than {caps.patch_bytes / 1e6:,.0f} MB",
            hint="review it in parts with --base and --head",
        )
    return pairs


def _is_huge(version: FileVersion | None, sizes: dict[str, int]) -> bool:
    return version is not None and sizes.get(version.oid, 0) > MOST_BLOB_BYTES


def _pair(number: int, entry: RawEntry, sizes: dict[str, int]) -> Iterator[_Pair]:
    # An old side that is huge or a submodule is taken for nothing: better too many lines count as added.
    apart = entry.status is Status.RETYPED
    old = None if _is_huge(entry.old, sizes) else _blob(entry.old)
    new = _blob(entry.new)
    if old != new or apart:
        yield _Pair(number, old, new, apart)


def _blob(version: FileVersion | None) -> str | None:
    return None if version is None or version.mode == SUBMODULE else version.oid


def _hunks(git: Git, pairs: Sequence[_Pair]) -> dict[int, tuple[Hunk, ...]]:
    old = [(pair.number * 2, pair.old) for pair in pairs if pair.old]
    new = [(pair.number * 2 + pair.apart, pair.new) for pair in pairs if pair.new]
    feed = f"{_tree_text(old)}\n{_tree_text(new)}\n".encode("ascii")
    trees = git.run("mktree", "--batch", feed=feed).decode("ascii").split()
    found: dict[int, tuple[Hunk, ...]] = {}
    with git.stream(
        "diff-tree", "-r", "-p", "--full-index", "--no-renames", "--src-prefix=a/", "--dst-prefix=b/",
        *PATCH_OPTIONS, *trees,
    ) as output:  # fmt: skip
        for name, hunks in parse_patch(output.readline):
            before = found.get(name // 2, ())
            found[name // 2] = _joined(before, hunks) if before and hunks else before + hunks
    return found


def _tree_text(blobs: Iterable[tuple[int, str]]) -> str:
    return "".join(f"100644 blob {oid}\t{name:09d}\n" for name, oid in blobs)


def _joined(gone: tuple[Hunk, ...], come: tuple[Hunk, ...]) -> tuple[Hunk, ...]:
    """Make one hunk of a whole file going and a whole file coming at the same path."""
    return (replace(gone[0], new_start=come[0].new_start, added=come[0].added),)


def _too_large_notes(entries: Iterable[RawEntry], sizes: dict[str, int]) -> Iterator[str]:
    for entry in entries:
        for version in (entry.old, entry.new):
            if version is not None and _is_huge(version, sizes):
                yield f"{quoted(version.path)}: too large to compare ({sizes[version.oid] / 1e6:.1f} MB)"
