"""Walking two trees side by side, before git is asked to compare them.

In: two tree ids. Out: the paths whose entries differ. A repository of 110 kB can hold 10^10 paths
(nine folders of ten names each, all the same), and git lists all differences in memory before it
prints the first; this walk counts as it goes and gives up with a sentence.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.change.caps import Caps
from reviewbot.change.objects import Entry, Objects
from reviewbot.errors import UsageError

_MOST_DEPTH = 1_000


@dataclass(frozen=True, slots=True)
class Difference:
    """A path whose entry differs between two trees; folders are never among them."""

    path: bytes
    old: Entry | None
    new: Entry | None


def differences(objects: Objects, old: str, new: str, caps: Caps) -> tuple[Difference, ...]:
    """Give every path that differs, in order. Raises `UsageError` beyond the caps."""
    found: list[Difference] = []
    visits = 0
    todo: list[tuple[bytes, str | None, str | None, int]] = [(b"", old, new, 0)]
    while todo:
        prefix, old_tree, new_tree, depth = todo.pop()
        for before, after in _unequal(objects, old_tree, new_tree):
            visits += 1
            if visits > caps.visits or len(found) >= caps.files or depth > _MOST_DEPTH:
                raise _too_large(caps)
            folders, files = _split(before, after)
            path = prefix + _name(before, after)
            if folders != (None, None):
                todo.append((path + b"/", *folders, depth + 1))
            if files != (None, None):
                found.append(Difference(path, *files))
    return tuple(sorted(found, key=lambda difference: difference.path))


def _unequal(
    objects: Objects, old: str | None, new: str | None
) -> Iterator[tuple[Entry | None, Entry | None]]:
    if old == new:
        return
    before = _by_name(objects, old)
    after = _by_name(objects, new)
    for name in before.keys() | after.keys():
        if before.get(name) != after.get(name):
            yield before.get(name), after.get(name)


def _by_name(objects: Objects, tree: str | None) -> dict[bytes, Entry]:
    if tree is None:
        return {}
    entries = objects.tree(tree)
    named = {entry.name: entry for entry in entries}
    if len(named) != len(entries):
        raise UsageError("a tree of this repository holds a name twice", hint="`git fsck` names the object")
    return named


def _split(
    before: Entry | None, after: Entry | None
) -> tuple[tuple[str | None, str | None], tuple[Entry | None, Entry | None]]:
    """Part a pair of entries into its folders and its files: a file may have become a folder."""
    folders = tuple(entry.oid if entry is not None and entry.is_tree else None for entry in (before, after))
    files = tuple(None if entry is None or entry.is_tree else entry for entry in (before, after))
    return (folders[0], folders[1]), (files[0], files[1])


def _name(before: Entry | None, after: Entry | None) -> bytes:
    entry = before or after
    assert entry is not None
    return entry.name


def _too_large(caps: Caps) -> UsageError:
    return UsageError(
        f"the change is too large: more than {caps.files:,} files",
        hint="review it in parts with --base and --head",
    )
