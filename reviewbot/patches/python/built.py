"""A text that a call is given: written in place, or built into a variable just above that nothing else uses."""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m
from libcst.metadata import CodePosition
from libcst.metadata.scope_provider import Assignment

from reviewbot.patches.python.module import Parsed
from reviewbot.patches.python.names import assignments, scope_of
from reviewbot.patches.python.origins import enclosing, plain
from reviewbot.patches.python.pieces import Hole, Text
from reviewbot.patches.python.texts import read

_HARMLESS_CALLS = frozenset(
    {"cursor", "connect", "get_db", "get_connection", "get_cursor", "connection", "closing", "begin"}
)
_GETTERS = frozenset({"get", "getlist", "strip", "lower", "upper", "str", "get_argument"})


@dataclass(frozen=True, slots=True)
class Built:
    """The text of an argument, and the expression that it stands in: the argument's own, or one above it.

    `made` is where the text is built, if that is above; `above`: that is also where it is to be written anew.
    """

    text: Text
    node: cst.BaseExpression
    above: bool
    made: cst.BaseExpression | None = None


def built(
    parsed: Parsed, argument: cst.BaseExpression, *, loosely: bool = False, shared: bool = False
) -> Built | None:
    """Give the text that an argument is; None if the place where it is built is not seen, or is used twice.

    `shared` takes a variable that is used elsewhere too: then the text is for the argument alone.
    """
    if not isinstance(argument, cst.Name):
        text = read(argument, loosely=loosely)
        return Built(text, argument, above=False) if text is not None else None
    assign = _only_assignment(parsed, argument, shared=shared)
    value = assign.value if assign is not None else None
    text = read(value, loosely=loosely) if value is not None else None
    if value is None or text is None:
        return None
    alone = _only_assignment(parsed, argument, shared=False) is not None
    return Built(text, value if alone else argument, alone, value)


def same_when_moved(
    parsed: Parsed, found: Built, argument: cst.BaseExpression, values: Sequence[Hole]
) -> bool:
    """Say whether the values mean the same at the call as in the variable above it."""
    made = found.made
    return made is None or all(_still(parsed, hole.value, made, argument) for hole in values)


def is_fixed(parsed: Parsed, hole: Hole) -> bool:
    """Say whether a hole is a constant of the module: bound once, at its top level, to a literal text."""
    return fixed_text(parsed, hole) is not None


def fixed_text(parsed: Parsed, hole: Hole) -> str | None:
    """Give the text of such a constant."""
    if not isinstance(hole.value, cst.Name) or hole.spec or hole.how not in {"", "s"}:
        return None
    bound = assignments(parsed, hole.value)
    if len(bound) != 1 or bound[0].scope is not scope_of(parsed, parsed.module.body[0]):
        return None
    assign = _statement(parsed, bound[0])
    value = plain(assign.value) if assign is not None and assign.value is not None else None
    return value if isinstance(value, str) else None


def _only_assignment(parsed: Parsed, name: cst.Name, *, shared: bool) -> cst.Assign | cst.AnnAssign | None:
    """Give the one assignment of a name that is used once (`shared`: or more), where it surely runs before that use."""
    bound = assignments(parsed, name)
    if len(bound) != 1 or (len(bound[0].references) != 1 and not shared):
        return None
    assign = _statement(parsed, bound[0])
    if assign is None or enclosing(parsed, assign) is not enclosing(parsed, name):
        return None
    block = parsed.parent(parsed.parent(assign) or assign)
    runs_before = _position(parsed, assign) < _position(parsed, name) and block in _above(parsed, name)
    return assign if runs_before and not _deferred(parsed, name) else None


def _statement(parsed: Parsed, bound: Assignment) -> cst.Assign | cst.AnnAssign | None:
    """Give the assignment to nothing but this name."""
    target = parsed.parent(bound.node)
    statement = parsed.parent(target) if isinstance(target, cst.AssignTarget) else target
    if isinstance(statement, cst.Assign) and len(statement.targets) == 1 and target is statement.targets[0]:
        return statement
    return statement if isinstance(statement, cst.AnnAssign) and statement.target is bound.node else None


def _deferred(parsed: Parsed, node: cst.CSTNode) -> bool:
    lazy = (cst.Lambda, cst.ListComp, cst.GeneratorExp, cst.SetComp, cst.DictComp)
    function = enclosing(parsed, node)
    for one in _above(parsed, node):
        if one is function:
            return False
        if isinstance(one, lazy):
            return True
    return False


def _above(parsed: Parsed, node: cst.CSTNode) -> list[cst.CSTNode]:
    found = []
    at = parsed.parent(node)
    while at is not None:
        found.append(at)
        at = parsed.parent(at)
    return found


def _position(parsed: Parsed, node: cst.CSTNode) -> tuple[int, int]:
    start: CodePosition = parsed.where(node).start
    return start.line, start.column


def _still(parsed: Parsed, value: cst.BaseExpression, made: cst.BaseExpression, use: cst.CSTNode) -> bool:
    """Say whether a value read at `use` is what it was when the text was made."""
    names = [value] if isinstance(value, cst.Name) else list(m.findall(value, m.Name()))
    for name in names:
        assert isinstance(name, cst.Name)
        for one in assignments(parsed, name):
            if _position(parsed, one.node) > _position(parsed, made):
                return False
    if isinstance(value, cst.Name) and all(
        one.scope is scope_of(parsed, made) for one in assignments(parsed, value)
    ):
        return True
    calls = m.findall(value, m.Call())
    quiet = all(_called(call) in _GETTERS for call in calls if isinstance(call, cst.Call))
    return quiet and not m.findall(value, m.Await() | m.NamedExpr()) and _nothing_between(parsed, made, use)


def _called(call: cst.Call) -> str:
    func = call.func
    name = func.attr if isinstance(func, cst.Attribute) else func
    return name.value if isinstance(name, cst.Name) else ""


def _nothing_between(parsed: Parsed, made: cst.CSTNode, use: cst.CSTNode) -> bool:
    """Say whether only a cursor or a connection is got between two places."""
    first, last = _position(parsed, made), _position(parsed, use)
    between = [
        line for line in m.findall(parsed.module, m.SimpleStatementLine()) if use not in set(_below(line))
    ]
    for line in between:
        if first < _position(parsed, line) <= last and not _only_connects(line, least=1):
            return False
    headers = [one for one in _above(parsed, use) if first < _position(parsed, one)]
    return all(_only_connects(part, least=0) for one in headers for part in _header(one))


def _header(statement: cst.CSTNode) -> list[cst.CSTNode]:
    """Give what a statement evaluates before its block."""
    match statement:
        case cst.With(items=items):
            return list(items)
        case cst.If(test=part) | cst.While(test=part) | cst.For(iter=part):
            return [part]
    return []


def _only_connects(node: cst.CSTNode, *, least: int) -> bool:
    calls = [call for call in m.findall(node, m.Call()) if isinstance(call, cst.Call)]
    return len(calls) >= least and all(_called(call) in _HARMLESS_CALLS for call in calls)


def _below(node: cst.CSTNode) -> list[cst.CSTNode]:
    return [node, *(one for child in node.children for one in _below(child))]
