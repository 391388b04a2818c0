"""What is proven: a proposal for a flaw, with the file as it is and as it would be."""

from dataclasses import dataclass

from reviewbot.domain.edits import MARK, applied, difference
from reviewbot.domain.mending import Flaw
from reviewbot.domain.patch import Edit, Proposal


@dataclass(frozen=True, slots=True)
class Place:
    """A change of lines, without those that an edit repeats, and where it ends up in the patched file.

    `first` to `last` are its lines there, `last == first - 1` if it has none. `whole` is the edit that it is of.
    """

    edit: Edit
    first: int
    last: int
    whole: Edit

    @property
    def shift(self) -> int:
        """How many lines further down everything after the edit stands."""
        return self.last - self.edit.last


@dataclass(frozen=True, slots=True)
class Subject:
    r"""A proposal whose edits can be applied. `before` and `after` are texts with `\n` ends and without mark."""

    flaw: Flaw
    proposal: Proposal
    patched: bytes
    before: str
    after: str
    places: tuple[Place, ...]

    @property
    def head(self) -> bytes:
        """The file as it is."""
        return self.flaw.file.content

    @property
    def path(self) -> str:
        """Its path."""
        return self.flaw.file.path

    @property
    def lines(self) -> list[str]:
        """The lines of the file as it is, without ends."""
        return _lines(self.before)

    def replaced(self, edit: Edit) -> list[str]:
        """Give the lines that an edit takes out."""
        return self.lines[edit.first - 1 : edit.last]


def opened(flaw: Flaw, proposal: Proposal) -> Subject | str:
    """Apply a proposal, as far as that can be done at all; else say why it cannot."""
    if any("\n" in line or "\r" in line for edit in proposal.edits for line in edit.lines):
        return "a line of an edit holds a line end"
    head = flaw.file.content
    before = _text(head)
    if before is None:
        return "the file is not text in UTF-8 whose lines end in one way"
    try:
        patched = applied(head, proposal.edits)
    except ValueError:
        return "the edits overlap, reach outside of the file, or hold half a character"
    after = _text(patched)
    if after is None:
        return "the patched file would not be text in UTF-8 whose lines end in one way"
    return Subject(flaw, proposal, patched, before, after, _places(before, proposal.edits))


def _text(content: bytes) -> str | None:
    r"""Decode; None for what programs part into lines in different ways: a lone CR, both kinds of ends, a NUL."""
    try:
        text = content.removeprefix(MARK).decode("utf-8")
    except UnicodeDecodeError:
        return None
    bare = text.replace("\r\n", "\n")
    mixed = "\r\n" in text and text.count("\r\n") != bare.count("\n")
    return None if mixed or "\r" in bare or "\0" in bare or "\ufeff" in bare else bare


def _places(before: str, edits: tuple[Edit, ...]) -> tuple[Place, ...]:
    found = []
    shift = 0
    lines = _lines(before)
    for whole in sorted(edits, key=lambda one: (one.first, one.last)):
        for first, last, new in difference(lines[whole.first - 1 : whole.last], whole.lines):
            start = whole.first - 1
            edit = Edit(whole.path, whole.oid, start + first, start + last, new)
            found.append(Place(edit, edit.first + shift, edit.first + shift + len(new) - 1, whole))
            shift = found[-1].shift
    return tuple(found)


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    return lines if lines[-1] else lines[:-1]
