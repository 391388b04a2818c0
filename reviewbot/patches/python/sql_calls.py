"""Calls that run a statement, and in which way each takes parameters."""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python import arguments
from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.sql_drivers import DJANGO, NAMED, Driver, Marks, driver_of

_EXECUTE = frozenset({"execute", "mogrify", "exec_driver_sql"})
_FETCH = frozenset({"fetch", "fetchrow", "fetchval"})
_RUNS_TEXT = frozenset({"execute", "scalar", "scalars", "stream", "stream_scalars"})
_TEXT = frozenset({"sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text"})
_RAW = frozenset({"django.db.models.expressions.RawSQL", "django.db.models.RawSQL"})
_READ_SQL = frozenset({"pandas.read_sql", "pandas.read_sql_query"})


@dataclass(frozen=True, slots=True)
class Target:
    """A call that is to get parameters, the statement in it, and in which way it takes them.

    `fragment`: the text is a part of a statement. `given` says how many parameters it has already.
    """

    call: cst.Call
    statement: cst.BaseExpression
    driver: Driver | None
    way: str
    given: int = 0
    fragment: bool = False


def target(parsed: Parsed, call: cst.Call) -> Target | None:
    """Say what a call runs, if it is one that runs a statement."""
    args = arguments.positional(call)
    if imported(parsed, call.func) in _TEXT and args:
        return _text(parsed, call, args[0].value)
    if imported(parsed, call.func) in _READ_SQL and len(args) > 1:
        driver = driver_of(parsed, args[1].value, call)
        by_place = driver is not None and driver.marks in {Marks.QUESTION, Marks.FORMAT}
        free = by_place and arguments.keyword(call, "params") is None and not arguments.spreads(call)
        return Target(call, args[0].value, driver, "params" if free else "")
    if imported(parsed, call.func) in _RAW and args:
        return Target(call, args[0].value, DJANGO, _second(call), _given(call, 1))
    if not isinstance(call.func, cst.Attribute):
        return None
    return _method(parsed, call, call.func, args)


def _text(parsed: Parsed, call: cst.Call, statement: cst.BaseExpression) -> Target:
    """Tell `execute(text(…))`, which takes a dictionary, from a text for elsewhere, which takes `bindparams`."""
    above = parsed.parent(call)
    outer = parsed.parent(above) if isinstance(above, cst.Arg) else None
    if isinstance(outer, cst.Call) and outer.args[0] is above and _attribute(outer.func) in _RUNS_TEXT:
        second = outer.args[1].value if len(outer.args) > 1 else None
        seen = second is None or (isinstance(second, cst.Dict) and outer.args[1].keyword is None)
        return Target(outer, statement, NAMED, "dict" if seen else "")
    way = "" if _attribute(above) == "bindparams" else "bound"
    return Target(call, statement, NAMED, way, fragment=True)


def _attribute(node: cst.CSTNode | None) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else ""


def _method(parsed: Parsed, call: cst.Call, func: cst.Attribute, args: Sequence[cst.Arg]) -> Target | None:
    name = func.attr.value
    where = _where(call) if name == "extra" else None
    if where is not None:
        return Target(call, where, DJANGO, "params", fragment=True)
    if args and name == "raw" and _attribute(func.value) == "objects":
        return Target(call, args[0].value, DJANGO, _second(call), _given(call, 1))
    if not args or name not in _EXECUTE | _FETCH or _is_call(args[0].value):
        return None
    return _run(parsed, call, func, args)


def _second(call: cst.Call) -> str:
    """Say that a call takes a list behind the statement, unless something else may stand there."""
    return "list" if len(call.args) <= 2 and all(one.keyword is None for one in call.args) else ""


def _run(parsed: Parsed, call: cst.Call, func: cst.Attribute, args: Sequence[cst.Arg]) -> Target | None:
    """Tell how a method of a cursor, a connection or a session takes parameters."""
    driver = driver_of(parsed, func.value, call)
    marks = driver.marks if driver is not None else None
    if func.attr.value in _FETCH and marks is not Marks.DOLLAR:
        return None
    way = {Marks.DOLLAR: "each", Marks.NAMED: "text"}.get(marks, "second") if marks else "second"
    most = 1 if marks in {Marks.DOLLAR, Marks.NAMED} else 2
    if len(args) < len(call.args) or len(args) > most:
        way = ""
    return Target(call, args[0].value, driver, way, 0 if most == 1 else _given(call, 1))


def _is_call(node: cst.BaseExpression) -> bool:
    """Say whether a statement is made by a call of something else than `format`."""
    return isinstance(node, cst.Call) and _attribute(node.func) != "format"


def _where(call: cst.Call) -> cst.BaseExpression | None:
    """Give the one condition of `extra(where=[…])` that is no plain literal."""
    where = arguments.keyword(call, "where")
    if where is None or not isinstance(where.value, cst.List) or len(call.args) != 1:
        return None
    parts = [one.value for one in where.value.elements if not isinstance(one.value, cst.SimpleString)]
    return parts[0] if len(parts) == 1 and not m.matches(parts[0], m.StarredElement()) else None


def _given(call: cst.Call, place: int) -> int:
    """Count the parameters that are passed already; -1 if that is not seen."""
    arg = arguments.argument(call, "params", place)
    if arg is None or m.matches(arg.value, m.Name("None")):
        return 0
    if not isinstance(arg.value, cst.Tuple | cst.List) or arg.keyword is not None or "\n" in code(arg.value):
        return -1
    plain = all(isinstance(one, cst.Element) for one in arg.value.elements)
    return len(arg.value.elements) if plain else -1
