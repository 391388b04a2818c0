"""Values that become part of a text are escaped where they are put in; the text stays as it is written."""

from collections.abc import Callable, Sequence

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.built import Built, built
from reviewbot.patches.python.inputs import Origin, origin
from reviewbot.patches.python.kinds import surely_text
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression
from reviewbot.patches.python.pieces import Hole, Unit

Wrap = Callable[[Hole, str, str], str | None]
"""Gives the function that makes a value safe for its place, from the text before and behind it; None if none does."""

_NOT_SEEN = Unmended("the place where the text is built is not seen, or is used for something else too")
_UNKNOWN = Unmended(
    "it is not seen where a value that is put in comes from, or whether it is made safe already"
)
_NO_PLACE = Unmended("a value stands where escaping does not make it safe")


def wrapped(
    parsed: Parsed, argument: cst.BaseExpression, wrap: Wrap, imports: tuple[str, ...] = ()
) -> Rewritten | Unmended:
    """Escape the values from outside in a text, or the argument itself if it is one of them."""
    found = built(parsed, argument, loosely=True)
    if found is None:
        return _alone(parsed, argument, wrap, imports)
    pairs: list[tuple[cst.CSTNode, cst.CSTNode]] = []
    for hole, before, behind in places(found.text.units):
        came = origin(parsed, hole)
        if came is Origin.HARMLESS or _is_escaped(hole.value):
            continue
        if came is Origin.UNKNOWN or hole.how not in {"", "s"} or hole.spec:
            return _UNKNOWN
        function = wrap(hole, before, behind)
        if function is None:
            return _NO_PLACE
        pairs.append((hole.value, called(parsed, function, hole.value, joined=joins(found, hole))))
    return Rewritten(pairs, imports) if pairs else _UNKNOWN


def called(parsed: Parsed, function: str, value: cst.BaseExpression, *, joined: bool) -> cst.BaseExpression:
    """Call a function that takes text; what is joined by `+` is text, and what else may not be is made so."""
    if not joined and not surely_text(parsed, value):
        value = cst.Call(cst.Name("str"), [cst.Arg(value)])
    return cst.Call(expression(function), [cst.Arg(value)])


def joins(found: Built, hole: Hole) -> bool:
    """Say whether a hole is an operand of `+`, so that it is text."""
    return any(
        unit.hole is hole and not found.text.operands[unit.operand].quote and hole.how != "s"
        for unit in found.text.units
    )


def places(units: Sequence[Unit]) -> list[tuple[Hole, str, str]]:
    """Give the holes with all text before and behind each."""
    return [
        (unit.hole, "".join(one.char for one in units[:at]), "".join(one.char for one in units[at + 1 :]))
        for at, unit in enumerate(units)
        if unit.hole is not None
    ]


def _alone(
    parsed: Parsed, argument: cst.BaseExpression, wrap: Wrap, imports: tuple[str, ...]
) -> Rewritten | Unmended:
    hole = Hole(argument)
    if origin(parsed, hole) is not Origin.OUTSIDE:
        return _NOT_SEEN
    function = wrap(hole, "", "")
    if function is None:
        return _NO_PLACE
    return Rewritten([(argument, called(parsed, function, argument, joined=True))], imports)


def _is_escaped(value: cst.BaseExpression) -> bool:
    name = code(value.func) if isinstance(value, cst.Call) else ""
    return "escape" in name or "quote" in name
