"""From a checked patch to what a comment offers: something to click where one place will do, else a diff."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewbot.derivation.ground import Files, Ground, split_lines
from reviewbot.derivation.patches import checked_patches, proof_of
from reviewbot.domain.anchor import Anchor, Place, Side
from reviewbot.domain.edits import MARK
from reviewbot.domain.patch import Origin
from reviewbot.domain.short import short_names
from reviewbot.domain.visible import visible
from reviewbot.domain.wanted import Piece, Suggestion
from reviewbot.publish import suggest
from reviewbot.publish.document import ReviewDocument
from reviewbot.publish.document_patches import SaidPatch

MOST_JOINED = 12
"""Lines of a suggestion that was put together of several places, with those between them."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The patches of a review by finding, and the short names that `reviewbot fix` knows them by."""

    files: Files
    ground: Ground
    patches: Mapping[str, SaidPatch]
    names: Mapping[str, str]

    @classmethod
    def of(cls, document: ReviewDocument, files: Files, ground: Ground) -> "Offers":
        """Check all patches of a review. Raises `UsageError`."""
        patches = checked_patches(document, files)
        return cls(files, ground, patches, short_names(patches))

    def for_finding(self, fingerprint: str, path: str, anchor: Anchor) -> tuple[Anchor, Suggestion | None]:
        """Give what is offered for a finding, and the anchor, wide enough for all that it replaces."""
        patch, content = self.patches.get(fingerprint), self.files.content(path)
        if patch is None or content is None or anchor.side is not Side.NEW:
            return anchor, None
        if not all(edit.exact for edit in patch.edits):
            return anchor, self._withheld(patch)
        lines = split_lines(content.removeprefix(MARK))
        bare = [line.removesuffix("\r") for line in lines]
        edits = [suggest.Edit(edit.first, edit.last, edit.lines) for edit in patch.edits]
        return self._clickable(patch, bare, edits, content, path, anchor) or (
            anchor,
            self._diff(patch, bare, edits),
        )

    def _clickable(  # noqa: PLR0913, PLR0917 (a patch with all that was looked up for it)
        self, patch: SaidPatch, bare: list[str], edits: list[suggest.Edit], content: bytes, path: str, anchor: Anchor
    ) -> tuple[Anchor, Suggestion | None] | None:  # fmt: skip
        """Offer the patch as one piece; None where it has several that are too far apart for that."""
        first, last = anchor.first.new or 0, anchor.last.new or 0
        wide = suggest.widen(bare, first, last, suggest.joined(bare, edits))
        again = self.files.anchor(Place(path, Side.NEW, wide.first, wide.last))
        fits = isinstance(again, Anchor) and (again.first.new, again.last.new) == (wide.first, wide.last)
        long = max(wide.last - wide.first + 1, len(wide.lines)) > MOST_JOINED
        if not fits or (len(edits) > 1 and long):
            return None
        made = suggest.suggestion(content, wide, style=self.ground.style, proof="", show=self._shown)
        if made is None or (len(edits) > 1 and not made.appliable):
            return None
        assert isinstance(again, Anchor)
        return again, self._about(patch, made)

    def _diff(self, patch: SaidPatch, bare: list[str], edits: list[suggest.Edit]) -> Suggestion:
        pieces = tuple(
            Piece(
                edit.first,
                tuple(map(self._shown, bare[edit.first - 1 : edit.last])),
                tuple(map(self._shown, edit.lines)),
            )
            for edit in edits
        )
        return self._about(patch, Suggestion((), (), appliable=False, proof="", pieces=pieces))

    def _withheld(self, patch: SaidPatch) -> Suggestion:
        return self._about(patch, Suggestion((), (), appliable=False, proof=""))

    def _about(self, patch: SaidPatch, made: Suggestion) -> Suggestion:
        return Suggestion(
            made.before, made.lines, made.appliable, proof_of(patch).sentence, made.pieces,
            self.names[patch.finding], patch.safe, patch.origin is Origin.MODEL, patch.needs,
        )  # fmt: skip

    def _shown(self, line: str) -> str:
        return visible(self.ground.mask.hide(line))
