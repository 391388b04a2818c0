"""What a review offers: its proven patches with their findings, and the choice among them by id.

A review may come from elsewhere, so nothing of an offer is shown or applied before somebody has looked at it:
text goes through the terminal's inert means, and `obstacle` says what makes a patch useless as it stands.
"""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reviewbot.domain.patch import Edit, Patch
from reviewbot.domain.paths import quoted
from reviewbot.domain.visible import visible
from reviewbot.errors import UsageError

SHORTEST = 4
"""Characters of an id that a person must give."""

_LISTED = 5
_LONGEST_ID = 64


@dataclass(frozen=True, slots=True)
class Offer:
    """A proven patch with its short name, and where its finding is. `masked`: the review lacks the text of an edit."""

    patch: Patch
    name: str
    path: str
    line: int
    rule: str
    title: str
    masked: bool = False

    @property
    def words(self) -> str:
        """One line about it."""
        return f"{self.name}  {quoted(self.path)}:{self.line}  {visible(self.rule)}"

    @property
    def paths(self) -> tuple[str, ...]:
        """The files that it edits, sorted."""
        return tuple(sorted({edit.path for edit in self.patch.edits}))

    @property
    def obstacle(self) -> str:
        """Say why the patch cannot be applied to any file; nothing if it can."""
        if self.masked:
            return "the review holds its text only masked, for it has a secret or a hidden character in it"
        if not self.patch.proof.holds:
            return "the review does not say that it is proven"
        bad = next((edit for edit in self.patch.edits if not _is_plain(edit)), None)
        if bad is not None:
            return "a line of it holds a hidden character or a line end"
        return next((why for why in map(path_problem, self.paths) if why), "")


def _is_plain(edit: Edit) -> bool:
    # Whoever wrote the review says that the text is exact; that nothing hides in it is looked at here.
    return all(visible(line) == line for line in edit.lines)


def path_problem(path: str) -> str:
    """Say why a path is none of the repository's own files; nothing if it may be."""
    parts = path.split("/")
    if not path or "\0" in path or any(part in {"", ".", ".."} for part in parts):
        return f"{quoted(path)} is no path of this repository"
    if any(_is_git_dir(part) for part in parts):
        return f"{quoted(path)} is git's own"
    return ""


def _is_git_dir(part: str) -> bool:
    # Names that file systems take for `.git`: any case, a stream or trailing dots, ignorable characters, 8.3.
    bare = "".join(char for char in part if char.isascii()).lower()
    return bare.partition(":")[0].rstrip(" .") in {".git", "git~1"}


def chosen(
    offers: Sequence[Offer], ids: Sequence[str], unproven: Mapping[str, str] | None = None
) -> tuple[Offer, ...]:
    """Give the offers that the ids name, in the offers' own order; all of them without ids.

    An id is the beginning of a finding's fingerprint or of a patch's id. `unproven` are the findings that have no
    patch, by fingerprint, in words. Raises `UsageError` for an id that names none or several.
    """
    if not ids:
        return tuple(offers)
    named = {_named(offers, word.lower(), unproven or {}).patch.id for word in ids}
    return tuple(offer for offer in offers if offer.patch.id in named)


def _named(offers: Sequence[Offer], word: str, unproven: Mapping[str, str]) -> Offer:
    said = visible(word[:_LONGEST_ID])
    if len(word) < SHORTEST:
        raise UsageError(f"{said} is too short to name a fix", hint=f"give {SHORTEST} characters or more")
    found = [offer for offer in offers if any(one.startswith(word) for one in _ids(offer))]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{said} names several fixes", hint=_listing(found))
    without = [words for fingerprint, words in unproven.items() if fingerprint.startswith(word)]
    if without:
        raise UsageError(f"there is no proven fix for {said}: {visible(without[0])}")
    raise UsageError(f"no fix of the review is named {said}", hint=_listing(_near(offers, word) or offers))


def _ids(offer: Offer) -> tuple[str, str]:
    return offer.patch.finding, offer.patch.id.lower()


def _near(offers: Sequence[Offer], word: str) -> list[Offer]:
    by_id = {one[: len(word)]: offer for offer in offers for one in _ids(offer)}
    return [by_id[one] for one in difflib.get_close_matches(word, by_id, n=_LISTED)]


def _listing(offers: Iterable[Offer]) -> str:
    *some, last = [*dict.fromkeys(offer.words for offer in offers)] or ["the review has none"]
    shown = [*some, last] if len(some) < _LISTED else [*some[:_LISTED], "… see them all with --list"]
    return "\n  ".join(shown)
