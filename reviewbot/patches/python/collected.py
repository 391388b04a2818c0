"""A text that a function collects in a variable and gives away at its end: `page = ""`, `page += …`, `return page`."""

import libcst as cst
from libcst.metadata.scope_provider import FunctionScope

from reviewbot.patches.python.kinds import surely_text
from reviewbot.patches.python.module import Parsed
from reviewbot.patches.python.names import assignments, scope_of
from reviewbot.patches.python.origins import enclosing


def collected(parsed: Parsed, name: cst.Name) -> list[cst.BaseExpression] | None:
    """Give all that is put into a variable that is used for nothing but to be given away.

    None if something else binds the name, or reads it: then the text may be for another place too.
    """
    scope = scope_of(parsed, name)
    bound = assignments(parsed, name)
    if not isinstance(scope, FunctionScope) or any(one.scope is not scope for one in bound):
        return None
    pieces: list[cst.BaseExpression] = []
    added = []
    for one in bound:
        statement = _statement(parsed, one.node)
        if statement is None or enclosing(parsed, statement) is not enclosing(parsed, name):
            return None
        pieces.append(statement.value)
        added.append(one.node)
    read = {access.node for one in bound for access in one.references} - set(added)
    is_text = any(surely_text(parsed, one) for one in pieces)
    return pieces if is_text and all(_given_away(parsed, one) for one in read) else None


def _statement(parsed: Parsed, target: cst.CSTNode) -> cst.Assign | cst.AugAssign | None:
    above = parsed.parent(target)
    if isinstance(above, cst.AugAssign):
        return above if isinstance(above.operator, cst.AddAssign) else None
    statement = parsed.parent(above) if isinstance(above, cst.AssignTarget) else None
    return statement if isinstance(statement, cst.Assign) and len(statement.targets) == 1 else None


def _given_away(parsed: Parsed, node: cst.CSTNode) -> bool:
    """Say whether this is `return page`, or `return page, status`."""
    above = parsed.parent(node)
    if isinstance(above, cst.Element):
        pair = parsed.parent(above)
        first = isinstance(pair, cst.Tuple) and pair.elements[0] is above
        above = parsed.parent(pair) if first and pair is not None else None
    return isinstance(above, cst.Return)
