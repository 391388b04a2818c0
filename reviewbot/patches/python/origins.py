"""Where values come from, as far as the file shows: what is assigned to a name, and constants behind names."""

import ast
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import assignments

_MOST = 10**9
_WIDEST = 64


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is written in the file, and the node to replace so that the finding's code gets another."""

    value: object
    at: cst.BaseExpression


def plain(node: cst.BaseExpression) -> object | None:
    """Give the value of a literal: text, bytes, a number, `2**14`, True, False. None for all else, and for None."""
    if isinstance(node, cst.BinaryOperation):
        return _computed(plain(node.left), node.operator, plain(node.right))
    try:
        value: object = ast.literal_eval(code(node))
    except (ValueError, SyntaxError):
        return None
    return value if isinstance(value, str | bytes | int | float) else None


def _computed(left: object, operator: cst.BaseBinaryOp, right: object) -> int | None:
    """Work out `2**14`, `1 << 14` and `16 * 1024`, as far as that stays small."""
    if not (isinstance(left, int) and isinstance(right, int) and 0 <= left < _MOST and 0 <= right < _MOST):
        return None
    match operator:
        case cst.Power() if right < _WIDEST:
            return int(left**right)
        case cst.LeftShift() if right < _WIDEST:
            return left << right
        case cst.Multiply():
            return left * right
    return None


def constant(parsed: Parsed, node: cst.BaseExpression) -> Constant | None:
    """Give the constant that an expression is, or that the name is always bound to.

    The place to change is the constant's own only if nothing else uses the name.
    """
    value = plain(node)
    if value is not None:
        return Constant(value, node)
    if not isinstance(node, cst.Name):
        return None
    bound = assignments(parsed, node)
    kept = values(parsed, node)
    if kept is None or len(kept) != 1 or (value := plain(kept[0])) is None:
        return None
    return Constant(value, kept[0] if len(bound[0].references) == 1 else node)


def values(parsed: Parsed, node: cst.BaseExpression) -> list[cst.BaseExpression] | None:
    """Give the values that are assigned to a name or attribute; None if something else binds it too, or nothing.

    For an attribute that is each value given to the same text anywhere in the file.
    """
    if isinstance(node, cst.Name):
        bound = assignments(parsed, node)
        if _counted(parsed, node.value):
            return None
        found = [_assigned(parsed, one.node) for one in bound]
        return [one for one in found if one is not None] if found and all(found) else None
    if not isinstance(node, cst.Attribute):
        return None
    text = code(node)
    kept = [
        value
        for target in m.findall(parsed.module, m.Attribute(attr=m.Name(node.attr.value)))
        if code(target) == text and (value := _assigned(parsed, target)) is not None
    ]
    return kept or None


def assigned(parsed: Parsed, name: cst.Name) -> list[cst.BaseExpression]:
    """Give the values of the plain assignments to a name, whatever else binds it."""
    found = [_assigned(parsed, one.node) for one in assignments(parsed, name)]
    return [one for one in found if one is not None]


def made_by(parsed: Parsed, node: cst.BaseExpression) -> list[cst.Call]:
    """Give the calls whose result is assigned to a name or attribute, or that it is; none if that is not all."""
    found = [node] if isinstance(node, cst.Call) else values(parsed, node) or []
    calls = [one for one in found if isinstance(one, cst.Call)]
    return calls if len(calls) == len(found) else []


def _counted(parsed: Parsed, name: str) -> bool:
    """Say whether `name += …` stands anywhere."""
    return bool(m.findall(parsed.module, m.AugAssign(target=m.Name(name))))


def _assigned(parsed: Parsed, target: cst.CSTNode) -> cst.BaseExpression | None:
    """Give the value of the statement that binds a target, where the target is all that it binds by it."""
    above = parsed.parent(target)
    if isinstance(above, cst.AssignTarget):
        statement = parsed.parent(above)
        return statement.value if isinstance(statement, cst.Assign) else None
    if isinstance(above, cst.AnnAssign):
        return above.value if above.target is target else None
    if isinstance(above, cst.NamedExpr):
        return above.value if above.target is target else None
    if isinstance(above, cst.AsName):
        item = parsed.parent(above)
        return item.item if isinstance(item, cst.WithItem) else None
    return None


def enclosing(parsed: Parsed, node: cst.CSTNode) -> cst.FunctionDef | None:
    """Give the function that a node stands in."""
    at = parsed.parent(node)
    while at is not None and not isinstance(at, cst.FunctionDef):
        at = parsed.parent(at)
    return at
