"""What is known for certain: the change as the objects hold it, and the lines and anchors in it."""

from dataclasses import dataclass
from datetime import date

from reviewbot.domain.anchor import Anchor, Place
from reviewbot.domain.change import Change, FileDiff, ReadBlob
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.domain.paths import from_bytes, quoted, unquoted
from reviewbot.domain.policy import Policy
from reviewbot.domain.quotes import quote_digest
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.secret import Mask
from reviewbot.domain.visible import visible
from reviewbot.domain.waiver import Waivers
from reviewbot.errors import UsageError
from reviewbot.publish import anchors
from reviewbot.publish.document import SaidFinding


@dataclass(frozen=True, slots=True)
class Ground:
    """What is known for certain: the change as the objects hold it, and the operator's settings.

    `anchored` is the change that anchors are counted in: the forge's own diff of the same head, whose
    base may be another commit. `waivers` are the operator's and those at the target branch's tip, `today` is the
    day in UTC. `context` is the forge's reach around a hunk, `style` its suggestions. `quotes` are digests and
    line numbers of the quotes that somebody wants to know about.
    """

    change: Change
    anchored: Change
    read: ReadBlob
    policy: Policy
    rules: RuleSet
    mask: Mask
    waivers: Waivers
    today: date
    context: int | None
    style: SuggestionStyle
    quotes: tuple[tuple[str, int], ...]


class Files:
    """The head's files by path, their lines read once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._by_path = {file.path: file for file in ground.change.files}
        self._shown = {quoted(file.path): file.path for file in ground.change.files}
        self._anchored = {file.path: file for file in ground.anchored.files}
        self._contents: dict[str, bytes] = {}

    def path(self, shown: str) -> str:
        """Give the path that a review shows so."""
        return self._shown.get(shown) or real_path(shown)

    def content(self, path: str) -> bytes | None:
        """Give the head's content of a changed file; None if the head does not have it."""
        file = self._by_path.get(path)
        if file is None or file.new is None or not file.new.is_regular:
            return None
        return self._content(file.new.oid)

    def lines(self, path: str) -> list[str] | None:
        """Give the head's lines of a changed file; None too for one that is too large to be read."""
        try:
            content = self.content(path)
        except UsageError:
            return None
        return None if content is None else split_lines(content)

    def _content(self, oid: str) -> bytes:
        if oid not in self._contents:
            self._contents[oid] = self._ground.read(oid)
        return self._contents[oid]

    def anchor(self, place: Place) -> Anchor | str:
        """Anchor a place in the forge's own diff, or say why it cannot be."""
        file = self._anchored.get(place.path)
        if file is None:
            return "the file is not part of the forge's diff"
        old, new = (
            self._content(version.oid) if version is not None and version.is_regular else None
            for version in (file.old, file.new)
        )
        return anchors.anchor(file, place, old=old, new=new, context=self._ground.context)

    def diff(self, path: str) -> FileDiff | None:
        """Give what the change did to a file; None if it did nothing."""
        return self._by_path.get(path)

    def present(self, quotes: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
        """Say which of these quotes still stand in a changed file of the head.

        Of a file that is too large to be read nobody can say what is gone, so then all of them may stand.
        """
        wanted = {length: {digest for digest, size in quotes if size == length} for _, length in quotes}
        found: set[str] = set()
        for path in self._by_path if wanted else ():
            lines = self.lines(path)
            if lines is None:
                found |= self._unread(path, quotes)
                continue
            for length, digests in wanted.items():
                for at in range(len(lines) - length + 1):
                    digest = quote_digest(lines[at : at + length])
                    if digest in digests:
                        found.add(digest)
        return tuple(sorted(found))

    def _unread(self, path: str, quotes: tuple[tuple[str, int], ...]) -> set[str]:
        """Give all quotes for a file of the head that has lines nobody read; none for one that is gone or a link."""
        file = self._by_path[path]
        there = file.new is not None and file.new.is_regular
        return {digest for digest, _ in quotes} if there else set()


def line(text: str) -> str:
    """Give text of a review as one visible line."""
    return visible(" ".join(text.split()))


def split_lines(content: bytes) -> list[str]:
    r"""Give the lines of a file; they end at `\n` and nowhere else."""
    lines = [from_bytes(line) for line in content.split(b"\n")]
    return lines[:-1] if lines and not lines[-1] else lines


def real_path(shown: str) -> str:
    """Give the path that a review shows in git's quoting. Raises `UsageError` if it shows none."""
    try:
        return unquoted(shown)
    except ValueError:
        raise UsageError("the review names a path that cannot be read") from None


def print_rule(finding: SaidFinding) -> str:
    """Give the rule as it goes into a finding's fingerprint: the model's own are kept apart from a scanner's."""
    return ("model/" if finding.sources == ("model",) else "") + finding.rule
