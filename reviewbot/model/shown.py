"""How text of the change reaches the model: masked, visible, harmless, and marked as data.

Each line goes through three steps in this order: secrets become placeholders, invisible
characters become code points, chat-control tokens are broken. What comes out is `ShownLine.text`,
and quotes are compared with exactly that.

Blocks of such lines are `span`s: fenced by a nonce that is the digest of the content, so that
the same content always has the same fence (servers cache equal prefixes) and no content can
hold its own. `spans` reads them back; a prompt decodes to our words and the spans, and nothing else.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reviewbot.domain.paths import quoted
from reviewbot.domain.secret import Mask
from reviewbot.domain.visible import visible
from reviewbot.model.control_tokens import broken

_NONCE_DIGITS = 32
_SHORTEST_PIECE = 8
_OPEN = re.compile(r"<<<data ([0-9a-f]{32})\n")


@dataclass(frozen=True, slots=True)
class Veil:
    """Turns raw text into shown text. Build it once a run with `of`."""

    mask: Mask
    pieces: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, mask: Mask) -> "Veil":
        """Take the run's mask; lines of secrets that span several are hidden one by one too."""
        pieces = {
            piece: placeholder
            for value, placeholder in mask.placeholders
            if "\n" in value
            for piece in map(str.strip, value.split("\n"))
            if len(piece) >= _SHORTEST_PIECE
        }
        return cls(mask, tuple(sorted(pieces.items(), key=lambda item: (-len(item[0]), item[0]))))

    def line(self, text: str) -> str:
        """Show one line."""
        hidden = self.mask.hide(text)
        for piece, placeholder in self.pieces:
            hidden = hidden.replace(piece, placeholder)
        return broken(visible(hidden))

    def block(self, text: str) -> str:
        r"""Show several lines, parted by `\n` only."""
        return "\n".join(self.line(line) for line in self.mask.hide(text).split("\n"))

    def path(self, path: str) -> str:
        """Show a path on one line."""
        return self.line(quoted(path))


def decoded(raw: bytes) -> str:
    """Decode a line or file; bytes that are not UTF-8 survive as lone surrogates."""
    return raw.decode("utf-8", "surrogateescape")


def span(lines: Iterable[str]) -> str:
    """Fence shown lines as data."""
    content = "\n".join(lines)
    nonce = _nonce(content)
    return f"<<<data {nonce}\n{content}\n{nonce} data>>>"


def spans(prompt: str) -> Iterator[tuple[bool, str]]:
    """Read a prompt back: pairs of (is data, text), in order. Raises `ValueError` for an open span."""
    at = 0
    while True:
        opened = _OPEN.search(prompt, at)
        if opened is None:
            yield False, prompt[at:]
            return
        closing = f"\n{opened.group(1)} data>>>"
        # From the last character of the opening on: an empty span shares its line end.
        end = prompt.find(closing, opened.end())
        if end < 0:
            raise ValueError("a span is not closed")
        yield False, prompt[at : opened.start()]
        yield True, prompt[opened.end() : end]
        at = end + len(closing)


def _nonce(content: str) -> str:
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass"))
    while digest.hexdigest()[:_NONCE_DIGITS] in content:
        digest = hashlib.sha256(digest.digest())
    return digest.hexdigest()[:_NONCE_DIGITS]
