"""What the condition of a new guard must be like: it refuses what is bad, it is about the mended value, and it can be
met by honest input.
"""

import ast
from collections.abc import Iterable, Iterator

from reviewbot.patches.checks.python_tree import Names
from reviewbot.patches.checks.python_values import Part

_GOOD = frozenset(
    {".is_relative_to", ".startswith", ".isdigit", ".isalnum", ".isidentifier", ".is_file", ".is_global", "re.fullmatch",
     "django.utils.http.url_has_allowed_host_and_scheme", "all"}
)  # fmt: skip
"""Calls that say of something that it is good: a guard refuses what they do not say it of."""
_BARE = frozenset({"", "/", ".", "./", "\\"})
_FEW = 8
"""Honest texts are longer."""


def weak(guards: Iterable[ast.AST], new: Part, flawed: set[str], fresh: set[str]) -> bool:
    """Say whether a guard refuses the wrong thing, everything, nothing, or something else than what is mended.

    `flawed` are the names on the finding's lines, `fresh` the variables that are new.
    """
    used = set(new.atoms.sequence)
    for guard in guards:
        if not isinstance(guard, ast.If):
            continue
        names = {one.id for one in ast.walk(guard.test) if isinstance(one, ast.Name)}
        if not names & (flawed | fresh) or (names & fresh) - used:
            return True
        if not _is_strong(guard.test, new.names):
            return True
    return False


def _is_strong(test: ast.expr, names: Names) -> bool:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return _is_inside_or_itself(test, names)
    return all(_refuses_bad(leaf, turned, names) for leaf, turned in _leaves(test, turned=False))


def _leaves(test: ast.expr, *, turned: bool) -> Iterator[tuple[ast.expr | None, bool]]:
    """Give the parts of which each alone refuses; None for one that takes another with it."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _leaves(operand, turned=not turned)
        case ast.BoolOp(op=op, values=values):
            if isinstance(op, ast.And) is not turned:
                yield None, turned
            for one in values:
                yield from _leaves(one, turned=turned)
        case _:
            yield test, turned


def _refuses_bad(leaf: ast.expr | None, turned: bool, names: Names) -> bool:
    match leaf:
        case ast.Call():
            call = names.dotted(leaf.func)
            if call in {".startswith", ".endswith"}:
                return _looks_at_an_end(leaf, turned)
            return turned is (call in _GOOD)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compares_well(left, op, right, turned)
        case ast.Name() | ast.Attribute():
            return turned
    return False


def _looks_at_an_end(call: ast.Call, turned: bool) -> bool:
    """Hold the beginning of a path to a whole folder, and a beginning that is refused to a sign that is no name's."""
    if len(call.args) != 1 or call.keywords or not isinstance(call.func, ast.Attribute):
        return False
    given, of = call.args[0], call.func.value
    if isinstance(given, ast.Constant):
        text = str(given.value)
        if not turned:
            return bool(text) and not any(char.isalnum() for char in text)
        return text not in _BARE and (not text.startswith("/") or text.endswith("/"))
    words = {ast.dump(one) for one in ast.walk(of) if isinstance(one, ast.Name)}
    return turned and not words & {ast.dump(one) for one in ast.walk(given)}


def _compares_well(left: ast.expr, op: ast.cmpop, right: ast.expr, turned: bool) -> bool:
    if ast.dump(left) == ast.dump(right):
        return False
    named = not isinstance(left, ast.Constant)
    match op:
        case ast.In() | ast.NotIn():
            refuses_inside = isinstance(op, ast.In) is not turned
            return not named and bool(getattr(left, "value", "")) if refuses_inside else named
        case ast.Eq() | ast.NotEq():
            refuses_equal = isinstance(op, ast.Eq) is not turned
            return isinstance(right, ast.Constant) if refuses_equal else True
        case ast.Is() | ast.IsNot():
            return isinstance(op, ast.Is) is not turned
        case ast.Gt() | ast.GtE():
            return not turned and isinstance(right, ast.Constant) and _is_many(right.value)
    return False


def _is_many(value: object) -> bool:
    return isinstance(value, int) and value >= _FEW


def _is_inside_or_itself(test: ast.BoolOp, names: Names) -> bool:
    """`path != folder and not path.startswith(folder + sep)`: both of the same path and folder."""
    match test.values:
        case [
            ast.Compare(left=left, ops=[ast.NotEq()], comparators=[right]),
            ast.UnaryOp(
                op=ast.Not(), operand=ast.Call(func=ast.Attribute(value=of, attr="startswith")) as call
            ),
        ]:
            same = ast.dump(left) == ast.dump(of) and ast.dump(left) != ast.dump(right)
            parts = {ast.dump(one) for given in call.args for one in ast.walk(given)}
            return same and ast.dump(right) in parts and _refuses_bad(call, True, names)
    return False
