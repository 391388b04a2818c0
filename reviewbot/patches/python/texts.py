"""Text that is put together from pieces: `+`, f-strings, `%` and `.format` read into one form."""

import re
from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from reviewbot.patches.python.filling import fields, percent
from reviewbot.patches.python.module import code
from reviewbot.patches.python.pieces import Hole, Join, Operand, Text, UnclearError, Unit, commented

_SOME = "\ufffd"
_ESCAPE = re.compile(r"\\(['\"nrt]|\n)|\\|[^\\]", re.DOTALL)
_MEANT = {"'": "'", '"': '"', "n": "\n", "r": "\r", "t": "\t", "\n": ""}


def read(node: cst.BaseExpression, *, loosely: bool = False) -> Text | None:
    """Read an expression that is, or builds, a text. None if it does not, or in a way that is not understood.

    `loosely` takes escapes that are not understood for some character or other.
    """
    try:
        text = _read(node)
    except UnclearError:
        return None
    understood = loosely or all(unit.char != _SOME for unit in text.units)
    return text if understood and any(one.quote for one in text.operands) else None


def _read(node: cst.BaseExpression) -> Text:
    match node:
        case cst.SimpleString():
            text = _literal(node)
        case cst.FormattedString():
            text = _formatted(node)
        case cst.ConcatenatedString():
            text = _joined(_read(node.left), node.whitespace_between, _read(node.right))
        case cst.BinaryOperation(operator=cst.Add()):
            text = _joined(_read(node.left), node.operator, _read(node.right))
        case cst.BinaryOperation(operator=cst.Modulo()) if _is_text(node.left) and not commented(
            node.operator
        ):
            text = percent(_read(node.left), node.right)
        case cst.Call(func=cst.Attribute(value=base, attr=cst.Name("format"))) if _is_text(base):
            text = fields(_read(base), node)
        case cst.Call(func=cst.Name("str"), args=[cst.Arg(value=value, keyword=None, star="")]):
            text = Text((Operand(None),), (Unit(0, hole=Hole(value, "s")),))
        case cst.Call(
            func=cst.Attribute(value=cst.SimpleString() as base, attr=cst.Name("join")),
            args=[cst.Arg(value=cst.List() | cst.Tuple() as items, keyword=None, star="")],
        ) if not base.raw_value and items.elements:
            text = _in_a_row(items)
        case _:
            return Text((Operand(None),), (Unit(0, hole=Hole(node)),))
    if node.lpar and (commented(text.lpar) or commented(text.rpar)):
        raise UnclearError
    return replace(text, lpar=node.lpar, rpar=node.rpar) if node.lpar else text


def _in_a_row(items: cst.List | cst.Tuple) -> Text:
    """Read `"".join([…])`, which is written again with `+`."""
    if any(isinstance(one, cst.StarredElement) for one in items.elements) or "\n" in code(items):
        raise UnclearError
    first, *rest = [_read(one.value) for one in items.elements]
    text = replace(first, lpar=(), rpar=())
    for one in rest:
        text = _joined(text, cst.Add(), replace(one, lpar=(), rpar=()))
    return text


def _is_text(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.BaseString) or (
        isinstance(node, cst.BinaryOperation)
        and isinstance(node.operator, cst.Add)
        and _is_text(node.left)
        and _is_text(node.right)
    )


def _chars(raw: str, prefix: str, operand: int) -> Iterator[Unit]:
    for found in _ESCAPE.finditer(raw):
        piece = found[0]
        if piece.startswith("\\") and ("r" in prefix or found[1] is None):
            yield Unit(operand, _SOME, piece)
        else:
            yield Unit(operand, _MEANT[found[1]] if found[1] else piece, piece)


def _literal(node: cst.SimpleString) -> Text:
    prefix = node.prefix.lower()
    if "b" in prefix:
        raise UnclearError
    return Text((Operand(None, node.prefix, node.quote),), tuple(_chars(node.raw_value, prefix, 0)))


def _formatted(node: cst.FormattedString) -> Text:
    prefix = "".join(letter for letter in node.prefix if letter not in "fF")
    units: list[Unit] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            plain = part.value.replace("{{", "{").replace("}}", "}")
            units += _chars(plain, prefix.lower(), 0)
        else:
            assert isinstance(part, cst.FormattedStringExpression)
            units.append(Unit(0, hole=_braced(part, pressed=node.quote[0] == '"')))
    return Text((Operand(None, prefix, node.quote),), tuple(units))


def _braced(part: cst.FormattedStringExpression, *, pressed: bool) -> Hole:
    if part.equal is not None or part.conversion == "a":
        raise UnclearError
    spec = "".join(code(one) for one in part.format_spec or ())
    return Hole(part.expression, part.conversion or "", spec, braced=True, pressed=pressed)


def _joined(left: Text, join: Join, right: Text) -> Text:
    if commented(left.lpar) or commented(left.rpar) or commented(right.lpar) or commented(right.rpar):
        raise UnclearError
    first, *rest = right.operands
    shift = len(left.operands)
    moved = tuple(replace(unit, operand=unit.operand + shift) for unit in right.units)
    return Text((*left.operands, replace(first, join=join), *rest), left.units + moved)
