"""Other spellings of a token: base64, hexadecimal, string literals joined on the spot.

They are spellings that people really use (a Kubernetes Secret holds base64) or that a push check
is dodged with. One layer is taken off, not more.
"""

import base64
import binascii
import bisect
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BASE64 = re.compile(r"[A-Za-z0-9+/]{32,8000}+={0,2}")
_HEX = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}){20,600}+(?![0-9A-Fa-f])")
_SEAM = re.compile(r"""(["'])[ \t]{0,8}+(?:[+.&]|\\\n)?[ \t\n]{0,60}+[fFrRbBuU]?\1""")
_FIRST = 24  # decoded characters that must be printable before the rest is decoded


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text with its seams taken out, and where each character came from."""

    text: str
    starts: tuple[int, ...]  # of each piece, in `text`
    origins: tuple[int, ...]  # of each piece, in the original

    def origin(self, offset: int) -> int:
        """Give where the character at `offset` stands in the original."""
        at = bisect.bisect_right(self.starts, offset) - 1
        return self.origins[at] + offset - self.starts[at]

    def parts(self, start: int, end: int) -> tuple[str, ...]:
        """Cut `text[start:end]` at its seams."""
        low = bisect.bisect_right(self.starts, start)
        high = bisect.bisect_left(self.starts, end)
        cuts = [start, *self.starts[low:high], end]
        return tuple(self.text[a:b] for a, b in itertools.pairwise(cuts))


def join_literals(text: str) -> Iterator[Pieces]:
    """Give the text with its joined literals (`"ab" + "cd"`, `"ab" "cd"`) as one; nothing if there are none."""
    starts, origins, kept = [0], [0], []
    length = last = 0
    for seam in _SEAM.finditer(text):
        if seam.end() - seam.start() == 2 or seam.start() < last:
            continue  # an empty literal joins nothing
        kept.append(text[last : seam.start()])
        length += seam.start() - last
        last = seam.end()
        starts.append(length)
        origins.append(last)
    if kept:
        yield Pieces("".join((*kept, text[last:])), tuple(starts), tuple(origins))


def decode_runs(text: str) -> Iterator[tuple[int, int, str]]:
    """Find start, end and plain text of each base64 or hexadecimal run that hides printable text."""
    for run in _BASE64.finditer(text):
        plain = _from_base64(run.group())
        if plain:
            yield run.start(), run.end(), plain
    for run in _HEX.finditer(text):
        plain = _printable(bytes.fromhex(run.group()))
        if plain:
            yield run.start(), run.end(), plain


def _from_base64(run: str) -> str:
    try:
        if not _printable(binascii.a2b_base64(run[: _FIRST // 3 * 4])):
            return ""
        return _printable(base64.b64decode(run + "=" * (-len(run) % 4)))
    except (binascii.Error, ValueError):
        return ""


def _printable(raw: bytes) -> str:
    plain = raw.decode("latin-1")
    return plain if plain.isascii() and all(char.isprintable() or char in "\r\n\t" for char in plain) else ""
