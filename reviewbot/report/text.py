"""The one door through which text of a review reaches a reader: masked, then made visible.

Every writer takes each piece of text through a `Shown`. Masking comes first, and again after
anything that changes the characters, so that no folding of white space or line ends puts a
secret together that was not whole before.
"""

import re
from dataclasses import dataclass, field

from reviewbot.domain.paths import quoted
from reviewbot.domain.secret import Mask
from reviewbot.domain.visible import visible, visible_block

# A line of a secret that spans lines (a private key) is masked by itself too, where it is long
# enough to be nothing else; the armour around a key is public.
_TELLING = 12
_ARMOUR = "-----"


@dataclass(frozen=True, slots=True)
class Shown:
    """How the text of one review may be shown."""

    mask: Mask
    _names: dict[str, str] = field(init=False, repr=False, compare=False)
    _pattern: re.Pattern[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare the masking that keeps line numbers."""
        names: dict[str, str] = {}
        for value, placeholder in self.mask.placeholders:
            lines = value.split("\n")
            names[value] = "\n".join([placeholder] * len(lines))
            pieces = (line.strip() for line in lines[1:] + lines[:1])
            names |= {piece: placeholder for piece in pieces if _tells(piece) and piece not in names}
        longest_first = sorted(names, key=lambda value: (-len(value), value))
        pattern = re.compile("|".join(map(re.escape, longest_first))) if names else None
        object.__setattr__(self, "_names", names)
        object.__setattr__(self, "_pattern", pattern)

    def hide(self, text: str) -> str:
        r"""Mask the secrets and nothing else; the number of lines stays."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: self._names[match.group()], text)

    def line(self, text: str) -> str:
        r"""Show a single line; what would end it is shown as a code point."""
        return visible(self.hide(text))

    def block(self, text: str) -> str:
        r"""Show several lines, ended by `\n` or `\r\n`; the number of lines stays."""
        return visible_block(self.hide(_unix(self.hide(text))))

    def lines(self, text: str) -> list[str]:
        """Show the lines of a file; a line end at the end opens no further line."""
        lines = self.block(text).split("\n")
        return lines[:-1] if lines and not lines[-1] else lines

    def prose(self, text: str) -> str:
        """Show a remark as one paragraph, white space folded."""
        return visible(self.hide(" ".join(self.hide(text).split())))

    def path(self, path: str) -> str:
        """Show a path; odd ones in git's quoting."""
        return quoted(self.hide(path))

    def exact(self, text: str) -> bool:
        """Say whether a reader of `block` gets these very characters."""
        return self.block(text) == text


def _tells(piece: str) -> bool:
    return len(piece) >= _TELLING and not piece.startswith(_ARMOUR)


def _unix(text: str) -> str:
    lines = text.split("\n")
    return "\n".join(line.removesuffix("\r") for line in lines)


def decoded(blob: bytes) -> str:
    """Decode a file for showing; bytes that are not UTF-8 will be shown as such."""
    return blob.decode("utf-8", "surrogateescape")


def without_login(repository: str) -> str:
    """Take user and password out of a repository's address."""
    return re.sub(r"(?<=://)[^/?#]*@", "", repository)
