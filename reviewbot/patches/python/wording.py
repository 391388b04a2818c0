"""Writing a text out again after some of its pieces were replaced, laid out as it was."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import libcst as cst

from reviewbot.patches.python.module import code
from reviewbot.patches.python.pieces import Hole, Join, Operand, Text, Unit, commented


@dataclass(frozen=True, slots=True)
class _Piece:
    """A literal of the new text (`quote` given) or a value that stays."""

    operand: Operand
    units: tuple[Unit, ...]


def put(operand: int, text: str) -> list[Unit]:
    """Give units for new characters. They need no escapes in any literal."""
    return [Unit(operand, char, char) for char in text]


def worded(text: Text, units: Sequence[Unit]) -> cst.BaseExpression | None:
    """Write a text with these units in place of its own; None where it would lose a comment or not be valid.

    Units keep the order of the operands that they are of. Text in the place of an operand that was a value joins
    the literal before it.
    """
    pieces = _pieces(text, units)
    if pieces is None or not pieces:
        return None
    nodes = [(one.operand.join, _node(one)) for one in pieces]
    found: list[tuple[Join, cst.BaseExpression]] = []
    for join, node in nodes:
        if node is None:
            return None
        found.append((join, node))
    made = _chained(found)
    if made is None:
        return None
    if text.lpar and (len(found) > 1 or _broken(text)):
        return made.with_changes(lpar=text.lpar, rpar=text.rpar)
    return made


def _broken(text: Text) -> bool:
    """Say whether the parentheses hold more than a group: a line break or a comment."""
    return any("\n" in code(one) or "#" in code(one) for one in (*text.lpar, *text.rpar))


def _pieces(text: Text, units: Sequence[Unit]) -> list[_Piece] | None:
    out: list[_Piece] = []
    dropped = False
    for number, operand in enumerate(text.operands):
        mine = tuple(unit for unit in units if unit.operand == number)
        kept_value = not operand.quote and len(mine) == 1 and mine[0].hole is not None
        if not mine or (not operand.quote and not kept_value):
            if commented(operand.join):
                return None
            if mine and not _append(out, mine):
                return None
            dropped = True
        elif (
            operand.quote and dropped and not _breaks(operand.join) and out and _fits(out[-1], operand, mine)
        ):
            _append(out, mine)
        else:
            out.append(_Piece(operand, mine))
            dropped = False
    if out and out[0].operand.join is not None:
        out[0] = _Piece(replace(out[0].operand, join=None), out[0].units)
    return out


def _append(out: list[_Piece], units: tuple[Unit, ...]) -> bool:
    if not out or not out[-1].operand.quote:
        return False
    out[-1] = _Piece(out[-1].operand, out[-1].units + units)
    return True


def _breaks(join: Join) -> bool:
    return join is not None and "\n" in code(join)


def _fits(before: _Piece, operand: Operand, units: tuple[Unit, ...]) -> bool:
    """Say whether characters of one literal mean the same in another."""
    into = before.operand
    if not into.quote:
        return False
    if (into.prefix.lower(), into.quote) == (operand.prefix.lower(), operand.quote):
        return True
    raw = "".join(unit.raw for unit in units)
    same = "\\" not in raw and into.quote[0] not in raw
    return same and ("\n" not in raw or len(into.quote) == 3)


def _node(piece: _Piece) -> cst.BaseExpression | None:
    if not piece.operand.quote:
        hole = piece.units[0].hole
        assert hole is not None
        return _value(hole)
    prefix, quote = piece.operand.prefix, piece.operand.quote
    if not any(unit.hole for unit in piece.units):
        raw = "".join(unit.raw for unit in piece.units)
        return _parsed(f"{prefix}{quote}{raw}{quote}")
    body = ""
    for unit in piece.units:
        if unit.hole is None:
            body += unit.raw.replace("{", "{{").replace("}", "}}")
            continue
        held = braced(unit.hole, quote)
        if held is None:
            return None
        body += held
    return _parsed(f"f{prefix.replace('u', '').replace('U', '')}{quote}{body}{quote}")


def braced(hole: Hole, quote: str) -> str | None:
    """Write a value into braces of an f-string with these quotes; None if older Pythons could not read it."""
    value = code(hole.value)
    if "\n" in value or "\\" in value or "#" in value or quote[0] in value or value.startswith("{"):
        return None
    how = f"!{hole.how}" if hole.how in {"s", "r"} else ""
    spec = ":d" if hole.how == "d" else f":{hole.spec}" if hole.spec else ""
    return "{" + value + how + spec + "}"


def _value(hole: Hole) -> cst.BaseExpression | None:
    if hole.spec or hole.how not in {"", "s"}:
        return None
    if hole.how == "s":
        return cst.Call(cst.Name("str"), [cst.Arg(hole.value)])
    return hole.value


def _parsed(text: str) -> cst.BaseExpression | None:
    try:
        return cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return None


def _chained(found: Sequence[tuple[Join, cst.BaseExpression]]) -> cst.BaseExpression | None:
    """Put operands together again: runs of literals by the space between them, those by `+`."""
    runs: list[tuple[Join, list[tuple[Join, cst.BaseExpression]]]] = []
    for join, node in found:
        if isinstance(join, cst.BaseParenthesizableWhitespace) and runs:
            runs[-1][1].append((join, node))
        else:
            runs.append((join, [(join, node)]))
    whole: cst.BaseExpression | None = None
    for join, run in runs:
        literals = _concatenated(run)
        if literals is None:
            return None
        if whole is None:
            whole = literals
        else:
            assert isinstance(join, cst.BaseBinaryOp)
            whole = cst.BinaryOperation(whole, join, literals)
    return whole


def _concatenated(run: Sequence[tuple[Join, cst.BaseExpression]]) -> cst.BaseExpression | None:
    whole: cst.BaseExpression = run[-1][1]
    for (_, node), (space, _) in reversed(list(pairwise(run))):
        if not isinstance(node, cst.SimpleString | cst.FormattedString) or not isinstance(whole, _LITERALS):
            return None
        assert isinstance(space, cst.BaseParenthesizableWhitespace)
        whole = cst.ConcatenatedString(node, whole, whitespace_between=space)
    return whole


_LITERALS = cst.SimpleString | cst.FormattedString | cst.ConcatenatedString
