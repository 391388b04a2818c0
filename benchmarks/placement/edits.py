r"""Patches of the benchmark's own: whole lines replaced by others, and the bytes that this is meant to give."""

import random
from dataclasses import dataclass

from placement.places import Spot

_PIECES = (
    "", " ", "\t", "x = 1", "    return None  ", "\tindented\t", "```", "````suggestion", "~~~~", "`a` ``b``",
    "  ```js", "gr\u00fc\u00df dich", "\u4f60\u597d \U0001f600 \U00020bb7", "// a comment", "/* more */", "# title",
    "<b>&amp;</b>", "- item", "> quoted", "1. one", "| a | b |", "--", "---", "+++ b/x", "\\", "$x^2$", "[a](b)", "a\u00a0b",
    "</code></pre>", "{% raw %}", "-->", "&lt;", "  // a comment", "@decorated", "  x", "}", "});", "#", "\t\t", "!!", "{{ x }}",
)  # fmt: skip
_SELDOM = (
    "/assign @root", "@dependabot merge", "##vso[task.complete]x", "::error::x", "zero\u200bwidth", "a\rb",
    "<!-- reviewbot/1 x -->", ">>>", "bors r+",
)  # fmt: skip


@dataclass(frozen=True)
class Replacement:
    """Lines `first` to `last` replaced by `lines`, which have no ends; `before` and `after` are the whole file."""

    first: int
    last: int
    lines: tuple[str, ...]
    before: bytes
    after: bytes


def replacement(rng: random.Random, spot: Spot) -> Replacement | None:
    """Draw a patch near a place; None where the place has no lines of the new side."""
    if spot.file is None or spot.side != "new" or not spot.file.new or spot.last > len(spot.file.new):
        return None
    whole = spot.file.new
    first, last = spot.first, spot.last
    draw = rng.random()
    if draw < 0.15:  # a part of the place
        first = rng.randint(first, last)
        last = rng.randint(first, last)
    elif draw < 0.3:  # more than the place
        first, last = max(1, first - rng.randrange(3)), min(len(whole), last + rng.randrange(3))
    lines = tuple(_lines(rng, [_bare(line) for line in whole[first - 1 : last]]))
    return Replacement(first, last, lines, b"".join(whole), applied(whole, first, last, lines))


def _bare(line: bytes) -> str:
    return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _lines(rng: random.Random, old: list[str]) -> list[str]:
    draw = rng.random()
    if draw < 0.1:
        return []
    if draw < 0.3:  # one line for all
        return [rng.choice((*old, _piece(rng))) + rng.choice(("", ";", "  "))]
    if draw < 0.5:  # one line of them changed, as people do
        at = rng.randrange(len(old))
        return [*old[:at], f"{old[at]}{rng.choice(('', ' ', 'x'))}{_piece(rng)}", *old[at + 1 :]]
    if draw < 0.6:  # one more
        at = rng.randrange(len(old) + 1)
        return [*old[:at], _piece(rng), *old[at:]]
    return [rng.choice((*old, _piece(rng), _piece(rng))) for _ in range(rng.randint(1, 6))]


def _piece(rng: random.Random) -> str:
    return rng.choice(_SELDOM if rng.random() < 0.03 else _PIECES)


def applied(whole: tuple[bytes, ...], first: int, last: int, lines: tuple[str, ...]) -> bytes:
    r"""The file after the patch: new lines end as the replaced ones do, where those have none as the line above.

    The last one ends as the last replaced line did, so that a file without a line end at its end stays so.
    """
    above = whole[max(0, first - 2) : last]
    ends = [line for line in above if line.endswith(b"\n")]
    end = b"\r\n" if ends and ends[-1].endswith(b"\r\n") else b"\n"
    new = [line.encode("utf-8", "surrogateescape") + end for line in lines]
    if new and not whole[last - 1].endswith(b"\n"):
        new[-1] = new[-1].removesuffix(end)
    return b"".join((*whole[: first - 1], *new, *whole[last:]))
