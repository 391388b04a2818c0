"""Which patches go into which files together, decided before any file is written.

In: the files as they lie in the work tree, and patches one after the other. Out: the new contents, or a
sentence for each patch that has to stay out. Every patch is made for the lines as they were reviewed, so all
are put in at once, by those line numbers; a patch goes in whole or not at all.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from reviewbot.domain.edits import applied
from reviewbot.domain.patch import Edit
from reviewbot.domain.paths import quoted
from reviewbot.domain.unified import unified
from reviewbot.mending.offer import Offer

_IMPORT = re.compile(
    r"\s*(?:from\s+\S+\s+import\b|import\b|use\b|using\b|require\b|#\s*include\b|(?:const|let|var)\b.*=\s*require\b"
    r'|(?:\w+\s+)?"[\w./-]+"\s*$|\s*$)'
)
_RESIDUE = "review it as it is with `reviewbot fix --worktree`"


@dataclass(frozen=True, slots=True)
class Lying:
    """A file as it lies in the work tree: its bytes, the ids they have, and whether a commit holds them.

    `oids` are the id of the bytes and, where they have CRLF, the id they would have with LF. `uncommitted` says in a
    few words what no commit holds of the file; empty for a clean one.
    """

    content: bytes
    oids: frozenset[str]
    uncommitted: str = ""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A file with all the edits that go into it."""

    path: str
    old: bytes
    edits: tuple[Edit, ...]

    @property
    def new(self) -> bytes:
        """What it will hold."""
        return applied(self.old, self.edits)

    @property
    def diff(self) -> bytes:
        """The same for `git apply`, or to be read."""
        return unified(self.path, self.old, self.edits)


@dataclass(frozen=True, slots=True)
class Plan:
    """Patches that fit together. `files` has every file that any patch may edit, or why it cannot be used."""

    files: Mapping[str, Lying | str]
    taken: tuple[Offer, ...] = ()

    def obstacle(self, offer: Offer) -> str:
        """Say why the patch cannot go in beside those that are taken; nothing if it can."""
        alone = offer.obstacle or self._misfit(offer)
        if alone:
            return alone
        for other in self.taken:
            if any(_combined(_edits((other,), path), _edits((offer,), path)) is None for path in offer.paths):
                return f"it overlaps with {other.name}; when that is applied, `reviewbot fix --worktree` offers it anew"
        return ""

    def _misfit(self, offer: Offer) -> str:
        for edit in offer.patch.edits:
            lying = self.files.get(edit.path, "was not looked at")
            if isinstance(lying, str):
                return f"{quoted(edit.path)} {lying}"
            if edit.oid not in lying.oids:
                return f"{quoted(edit.path)} is not as it was reviewed; {_RESIDUE}"
        try:
            self.alone(offer)
        except ValueError:
            return "its edits do not fit the file"
        return ""

    def uncommitted(self, offer: Offer) -> str:
        """Say which of its files hold what no commit holds; nothing if all are clean."""
        known = ((path, self.files.get(path)) for path in offer.paths)
        return ", ".join(
            f"{quoted(path)} {lying.uncommitted}"
            for path, lying in known
            if isinstance(lying, Lying) and lying.uncommitted
        )

    def taking(self, offer: Offer) -> "Plan":
        """Give the plan with one patch more; ask `obstacle` first."""
        return replace(self, taken=(*self.taken, offer))

    def alone(self, offer: Offer) -> tuple[Rewritten, ...]:
        """Give what this patch alone would do. Raises `ValueError` where it does not fit."""
        return self._rewritten((offer,))

    @property
    def rewritten(self) -> tuple[Rewritten, ...]:
        """The files that change, sorted by path."""
        return self._rewritten(self.taken)

    def _rewritten(self, offers: Sequence[Offer]) -> tuple[Rewritten, ...]:
        found = []
        for path in sorted({path for offer in offers for path in offer.paths}):
            lying = self.files[path]
            assert isinstance(lying, Lying)
            found.append(Rewritten(path, lying.content, _edits(offers, path)))
        return tuple(one for one in found if one.new != one.old)


def _edits(offers: Iterable[Offer], path: str) -> tuple[Edit, ...]:
    """Put the edits of patches that fit together into one list."""
    edits: tuple[Edit, ...] = ()
    for offer in offers:
        own = tuple(edit for edit in offer.patch.edits if edit.path == path)
        both = _combined(edits, own)
        edits = edits + own if both is None else both
    return edits


def _combined(edits: Sequence[Edit], more: Sequence[Edit]) -> tuple[Edit, ...] | None:
    """Give both lists as one, what stands in both only once; None if they want different things of the same lines."""
    kept = [edit for edit in more if edit not in edits]
    if any(_collide(one, edit) for one in edits for edit in kept):
        return None
    there = {(edit.first, line) for edit in edits if _is_insertion(edit) for line in edit.lines}
    return (*edits, *(_without(edit, there) for edit in kept))


def _without(edit: Edit, there: set[tuple[int, str]]) -> Edit:
    """Leave out imports that another patch puts in at the same place."""
    if not _is_insertion(edit):
        return edit
    lines = tuple(line for line in edit.lines if not line.strip() or (edit.first, line) not in there)
    return replace(edit, lines=lines if any(map(str.strip, lines)) else ())


def _collide(one: Edit, other: Edit) -> bool:
    if _is_insertion(one) and _is_insertion(other):
        # Only among imports the order says nothing.
        return one.first == other.first and not (_is_import(one) and _is_import(other))
    if _is_insertion(one):
        return other.first < one.first <= other.last
    if _is_insertion(other):
        return one.first < other.first <= one.last
    return one.first <= other.last and other.first <= one.last


def _is_insertion(edit: Edit) -> bool:
    return edit.last == edit.first - 1


def _is_import(edit: Edit) -> bool:
    return all(_IMPORT.match(line) for line in edit.lines)
