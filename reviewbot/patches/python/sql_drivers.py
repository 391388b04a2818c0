"""How a database driver writes parameters, and which driver a call goes to."""

from dataclasses import dataclass
from enum import StrEnum

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python.arguments import positional
from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import assignments, imported
from reviewbot.patches.python.origins import enclosing, values

_DEEPEST = 6


class Marks(StrEnum):
    """A way to write parameters."""

    QUESTION = "?"
    FORMAT = "%s"
    DOLLAR = "$1"
    NAMED = ":name"


@dataclass(frozen=True, slots=True)
class Driver:
    """A way to write parameters. `double_is_text`: double quotes hold text, not names.

    `doubles`: with parameters, a sign of percent is written twice.
    """

    marks: Marks
    double_is_text: bool = False
    doubles: bool = True


_QUESTION, _FORMAT = Driver(Marks.QUESTION), Driver(Marks.FORMAT)
_SQLITE, _MYSQL = Driver(Marks.QUESTION, double_is_text=True), Driver(Marks.FORMAT, double_is_text=True)
NAMED = Driver(Marks.NAMED)
DJANGO = _FORMAT
DRIVERS = {
    "sqlite3": _SQLITE, "aiosqlite": _SQLITE, "duckdb": _QUESTION, "pyodbc": _QUESTION,
    "psycopg": _FORMAT, "psycopg2": _FORMAT, "django": DJANGO,
    "pymysql": _MYSQL, "MySQLdb": _MYSQL, "mysql": Driver(Marks.FORMAT, double_is_text=True, doubles=False), "aiomysql": _MYSQL,
    "asyncpg": Driver(Marks.DOLLAR), "sqlalchemy": NAMED, "flask_sqlalchemy": NAMED,
}  # fmt: skip
"""By the package that is imported. Source: `paramstyle` of each (PEP 249), and SQLAlchemy's and asyncpg's manuals."""


def driver_of(parsed: Parsed, receiver: cst.BaseExpression, call: cst.Call) -> Driver | None:
    """Say which driver a method of `receiver` belongs to.

    By where the receiver comes from; else by how the same name is used in the same function; else by the only
    driver that the file imports; else by how the rest of the file writes parameters. None if all that says nothing.
    """
    known = DRIVERS.get(_package(parsed, receiver, 0))
    if known is not None:
        return known
    marks = _habits(parsed, receiver, within=enclosing(parsed, call))
    if len(marks) == 1:
        return Driver(marks.pop())
    found = set(packages(parsed))
    if found & {"sqlalchemy", "flask_sqlalchemy"}:
        # Sessions of SQLAlchemy are known by their name; a cursor or connection could be the driver's own.
        return NAMED if code(receiver).rpartition(".")[2] == "session" or len(found) == 1 else None
    drivers = {DRIVERS[one] for one in found}
    if len({one.marks for one in drivers}) == 1:
        return drivers.pop() if len(drivers) == 1 else Driver(drivers.pop().marks)
    marks = _habits(parsed, receiver, within=None) if not found else set()
    return Driver(marks.pop()) if len(marks) == 1 else None


def packages(parsed: Parsed) -> list[str]:
    """Give the drivers that the file imports, anywhere."""
    names: set[str] = set()
    for found in m.findall(parsed.module, m.Import() | m.ImportFrom()):
        if isinstance(found, cst.Import):
            names |= {code(alias.name) for alias in found.names}
        elif isinstance(found, cst.ImportFrom) and found.module is not None and not found.relative:
            names.add(code(found.module))
    roots = {name.partition(".")[0] for name in names}
    if not any(name.startswith("django.db") for name in names) and len(roots & set(DRIVERS)) > 1:
        roots.discard("django")
    return sorted(roots & set(DRIVERS))


def _package(parsed: Parsed, node: cst.BaseExpression, depth: int) -> str:
    """Give the package that an object comes from, through assignments, annotations and calls; "" if it is unclear."""
    name = imported(parsed, node)
    if depth > _DEEPEST or (name and not name.startswith("builtins.")):
        return name.partition(".")[0]
    bound = values(parsed, node)
    if bound:
        found = {_package(parsed, one, depth + 1) for one in bound}
        return found.pop() if len(found) == 1 else ""
    match node:
        case cst.Await(expression=inner) | cst.Call(func=inner) | cst.Attribute(value=inner):
            return _package(parsed, inner, depth + 1)
        case cst.Name():
            return _annotated(parsed, node)
    return ""


def _annotated(parsed: Parsed, name: cst.Name) -> str:
    bound = assignments(parsed, name)
    param = bound[0].node if len(bound) == 1 else None
    if not isinstance(param, cst.Param) or param.annotation is None:
        return ""
    return imported(parsed, param.annotation.annotation).partition(".")[0]


def _habits(parsed: Parsed, receiver: cst.BaseExpression, *, within: cst.FunctionDef | None) -> set[Marks]:
    """Say how calls with parameters are written: of the same receiver in a function, or of any in the file."""
    where: cst.CSTNode = within if within is not None else parsed.module
    found: set[Marks] = set()
    for call in m.findall(where, m.Call(func=m.Attribute(attr=m.Name("execute") | m.Name("executemany")))):
        assert isinstance(call, cst.Call)
        assert isinstance(call.func, cst.Attribute)
        args = positional(call)
        if len(args) != 2 or (within is not None and code(call.func.value) != code(receiver)):
            continue
        text = args[0].value
        plain = text.evaluated_value if isinstance(text, cst.SimpleString | cst.ConcatenatedString) else None
        if isinstance(plain, str):
            found |= {Marks.QUESTION} if "?" in plain else set()
            found |= {Marks.FORMAT} if "%s" in plain else set()
    return found
