"""From a place to what the program would post: the program's own steps, one after the other, on the forge's diff."""

import hashlib
from dataclasses import dataclass

from placement.edits import Replacement
from placement.places import Spot
from reviewbot.change.compare import compare, forges_renames
from reviewbot.change.git import GitRepository
from reviewbot.domain.anchor import Anchor, Place, Side
from reviewbot.domain.change import FileDiff
from reviewbot.domain.edits import lines_of, without_end
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.forge import Capabilities
from reviewbot.domain.paths import from_bytes
from reviewbot.domain.quotes import quote_digest
from reviewbot.domain.visible import visible
from reviewbot.domain.wanted import Remark, Suggestion, Wanted
from reviewbot.publish import anchors, suggest

PROOF = "applies · parses"


@dataclass(frozen=True)
class Said:
    """A remark with where it came from. Its word stands in the title, so that it is found without its marker."""

    word: str
    spot: Spot
    patch: Replacement | None
    remark: Remark


class Diff:
    """The forge's diff of one request, as the program sees it."""

    def __init__(self, repository: GitRepository, base: str, head: str, reach: Capabilities) -> None:
        trees = repository.tree_of(base), repository.tree_of(head)
        found = compare(repository, *trees, renames=forges_renames(reach.similarity))
        self.files = {file.path: file for file in found.files}
        self._repository = repository
        self._reach = reach

    def said(self, word: str, spot: Spot, patch: Replacement | None) -> Said:
        """Place it, and offer the patch on the lines that it replaces."""
        place = Place(spot.path, Side(spot.side), spot.first, spot.last)
        found = self._anchor(place)
        offered = None
        if patch is not None and isinstance(found, Anchor):
            found, offered = self._offered(place, found, patch)
        return Said(word, spot, patch, _remark(word, place, found, offered, _quote(spot)))

    def wide(self, said: Said) -> suggest.Edit | None:
        """The edit as it was offered: wide enough for the lines that the comment stands on."""
        anchor, patch = said.remark.anchor, said.patch
        if anchor is None or patch is None or anchor.first.new is None or anchor.last.new is None:
            return None
        return _widened(patch, anchor.first.new, anchor.last.new)

    def _anchor(self, place: Place) -> Anchor | str:
        file = self.files.get(place.path)
        if file is None:
            return "the file is not part of the diff"
        old, new = self._contents(file)
        return anchors.anchor(file, place, old=old, new=new, context=self._reach.context)

    def _contents(self, file: FileDiff) -> list[bytes | None]:
        return [
            self._repository.read(version.oid) if version is not None and version.is_regular else None
            for version in (file.old, file.new)
        ]

    def _offered(self, place: Place, anchor: Anchor, patch: Replacement) -> tuple[Anchor, Suggestion | None]:
        assert anchor.first.new is not None
        assert anchor.last.new is not None
        wide = _widened(patch, anchor.first.new, anchor.last.new)
        again = self._anchor(Place(place.path, Side.NEW, wide.first, wide.last))
        if isinstance(again, Anchor) and (again.first.new, again.last.new) == (wide.first, wide.last):
            anchor = again
        style = self._reach.suggestion
        return anchor, suggest.suggestion(patch.before, wide, style=style, proof=PROOF, show=visible)


def _widened(patch: Replacement, first: int, last: int) -> suggest.Edit:
    bare = [from_bytes(without_end(line)) for line in lines_of(patch.before)]
    return suggest.widen(bare, first, last, suggest.Edit(patch.first, patch.last, patch.lines))


def _quote(spot: Spot) -> list[str]:
    if spot.file is None:
        return [""]
    return [
        from_bytes(line.rstrip(b"\r\n")) for line in spot.file.lines(spot.side)[spot.first - 1 : spot.last]
    ]


def _remark(
    word: str, place: Place, found: Anchor | str, offered: Suggestion | None, quote: list[str]
) -> Remark:
    anchor = found if isinstance(found, Anchor) else None
    return Remark(
        fingerprint=_digest(f"fp {word}"), moved=_digest(f"moved {word}"), rule="placement-rule", catalogued=True,
        by=("semgrep",), severity=Severity.WARNING, confidence=Confidence.HIGH, cwe=(), place=place,
        anchor=anchor, why="" if anchor else str(found), quote=quote_digest(quote), quote_lines=len(quote),
        title=f"Remark {word}", reason="It stands where it was meant to stand.", explanation="", commit=None,
        suggestion=offered if anchor else None,
    )  # fmt: skip


def wanted(base: str, head: str, files: int, said: list[Said]) -> Wanted:
    """A whole review that says these remarks and nothing else."""
    return Wanted(
        head=head, merge_base=base, files=files, remarks=tuple(each.remark for each in said), settled=(), read_by=(),
        renamed=(), present=(), gaps=(), complete=True, at_threshold=len(said), exit_code=10, counts=(), about=(), notes=(),
    )  # fmt: skip


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
