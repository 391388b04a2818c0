"""Values that become part of a text are escaped where they are put in; the text stays as it is written."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.built import built
from reviewbot.patches.python.carried import carried
from reviewbot.patches.python.carrying import made_safe
from reviewbot.patches.python.inputs import WORDS, Origin, origin
from reviewbot.patches.python.kinds import surely_text
from reviewbot.patches.python.module import Parsed, Rewritten, expression
from reviewbot.patches.python.pieces import Hole, Text, Unit
from reviewbot.patches.python.texts import read

Wrap = Callable[[Hole, str, str], str | None]
"""Gives the function that makes a value safe for its place, from the text before and behind it; None if none does."""

_NOT_SEEN = Unmended("the place where the text is built is not seen, or is used for something else too")
_UNKNOWN = Unmended(
    "it is not seen where a value that is put in comes from, or whether it is made safe already"
)
_NO_PLACE = Unmended("a value stands where escaping does not make it safe")
Pairs = list[tuple[cst.CSTNode, cst.CSTNode]]


@dataclass(frozen=True, slots=True)
class Escape:
    """How values are made safe. `own`: the program's own texts that may be escaped with a value; see `origin`.

    `shared`: the text means the same wherever else its variable is used, so that it is right there too.
    """

    wrap: Wrap
    imports: tuple[str, ...] = ()
    own: re.Pattern[str] = WORDS
    shared: bool = False


def wrapped(parsed: Parsed, argument: cst.BaseExpression, escape: Escape) -> Rewritten | Unmended:
    """Escape the values from outside in a text, or the argument itself if it is one of them."""
    found = built(parsed, argument, loosely=True, shared=escape.shared)
    if found is None:
        return _alone(parsed, argument, escape)
    pairs = _escaped(parsed, found.text, escape)
    if isinstance(pairs, Unmended):
        return pairs
    return Rewritten(pairs, escape.imports) if pairs else _UNKNOWN


def all_wrapped(
    parsed: Parsed, pieces: Sequence[cst.BaseExpression], escape: Escape, is_whole: Callable[[str], bool]
) -> Rewritten | Unmended:
    """Escape the values from outside in all pieces of a text; each piece by itself has to be whole."""
    pairs: Pairs = []
    for piece in pieces:
        text = read(piece, loosely=True) or Text((), (Unit(0, hole=Hole(piece)),))
        if not is_whole("".join(unit.char for unit in text.units)):
            return _NO_PLACE
        found = _escaped(parsed, text, escape)
        if isinstance(found, Unmended):
            return found
        pairs += found
    return Rewritten(pairs, escape.imports) if pairs else _UNKNOWN


def _escaped(parsed: Parsed, text: Text, escape: Escape) -> Pairs | Unmended:
    pairs: Pairs = []
    for hole, before, behind in places(text.units):
        came = origin(parsed, hole, escape.own)
        if came is Origin.HARMLESS or made_safe(hole.value):
            continue
        if came is Origin.UNKNOWN or hole.how not in {"", "s"} or hole.spec:
            # What nothing from outside is seen in stays as it is: whether the finding is gone, the scanners tell.
            if not carried(parsed, hole.value).outside:
                continue
            return _UNKNOWN
        function = escape.wrap(hole, before, behind)
        if function is None:
            return _NO_PLACE
        pairs.append((hole.value, called(parsed, function, hole.value, joined=joins(text, hole))))
    return pairs


def called(parsed: Parsed, function: str, value: cst.BaseExpression, *, joined: bool) -> cst.BaseExpression:
    """Call a function that takes text; what is joined by `+` is text, and what else may not be is made so."""
    if not joined and not surely_text(parsed, value):
        value = cst.Call(cst.Name("str"), [cst.Arg(value)])
    return cst.Call(expression(function), [cst.Arg(value)])


def joins(text: Text, hole: Hole) -> bool:
    """Say whether a hole is an operand of `+`, so that it is text."""
    if not text.operands:
        return True
    return any(
        unit.hole is hole and not text.operands[unit.operand].quote and hole.how != "s" for unit in text.units
    )


def places(units: Sequence[Unit]) -> list[tuple[Hole, str, str]]:
    """Give the holes with all text before and behind each."""
    return [
        (unit.hole, "".join(one.char for one in units[:at]), "".join(one.char for one in units[at + 1 :]))
        for at, unit in enumerate(units)
        if unit.hole is not None
    ]


def _alone(parsed: Parsed, argument: cst.BaseExpression, escape: Escape) -> Rewritten | Unmended:
    hole = Hole(argument)
    if origin(parsed, hole, escape.own) is not Origin.OUTSIDE:
        return _NOT_SEEN
    function = escape.wrap(hole, "", "")
    if function is None:
        return _NO_PLACE
    return Rewritten([(argument, called(parsed, function, argument, joined=True))], escape.imports)
