"""Values of a statement as parameters: what stood in quotes, and what stood alone."""

import re
from collections.abc import Iterator, Sequence

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python.module import code
from reviewbot.patches.python.pieces import Hole, Unit
from reviewbot.patches.python.wording import braced

_PLAIN_CONTENT = re.compile(r"[^\\'\"{}\n\r\t]")
_NO_VALUE = re.compile(
    r"(?i)where|clause|cond|sql|query|column|field|table|schema|order|sort|direction|expr|filter|values|marks|"
    r"placeholder|quoted|fragment|literal|joined|list$|s_in$"
)


_SQL_WORD = re.compile(r"(?i)\s*(?:null|default|true|false|now|sysdate|current_\w+|\w+\(.*\))\s*")


class NotAValueError(Exception):
    """Something in the statement is no value, or not surely one. The message is a sentence for a reader."""


def bare(hole: Hole) -> cst.BaseExpression:
    """Give the value for a hole without quotes around it."""
    if hole.spec not in {"", "d"}:
        raise NotAValueError("a value is given a form before it is put in")
    if m.matches(hole.value, m.Call(func=m.Name("repr") | m.Name("ascii"))):
        raise NotAValueError("a value is given a form before it is put in")
    if any(_SQL_WORD.fullmatch(text) for text in _results(hole.value)):
        raise NotAValueError("what is put in may be a word of SQL, and only values can be parameters")
    if hole.how != "r" and _NO_VALUE.search(code(hole.value)):
        raise NotAValueError(
            "what is put in may be a part of the statement, and only values can be parameters"
        )
    if hole.how == "d" or hole.spec == "d":
        return cst.Call(cst.Name("int"), [cst.Arg(hole.alone)])
    return hole.alone


def _results(value: cst.BaseExpression) -> Iterator[str]:
    """Give the texts that an expression may come to: of `x or "NULL"`, `"NULL" if …`, `get(…, "NULL")`."""
    match value:
        case cst.SimpleString():
            yield str(value.evaluated_value)
        case cst.BooleanOperation(left=left, right=right):
            yield from (*_results(left), *_results(right))
        case cst.IfExp(body=body, orelse=orelse):
            yield from (*_results(body), *_results(orelse))
        case cst.Call(func=cst.Attribute(attr=cst.Name("get" | "pop")), args=[_, default]):
            yield from _results(default.value)
        case cst.Call(func=cst.Name("str"), args=[only]):
            yield from _results(only.value)


def quoted_content(units: Sequence[Unit]) -> cst.BaseExpression:
    """Give the value for what stood in quotes."""
    only = units[0].hole if len(units) == 1 else None
    if any(unit.hole is not None and unit.hole.how in {"r", "d"} for unit in units):
        raise NotAValueError("a value is given a form before it is put in")
    if only is not None and not only.spec:
        return cst.Call(cst.Name("str"), [cst.Arg(only.alone)]) if only.how == "s" else only.alone
    for quote in ('"', "'"):
        parts = [braced(_without_str(unit.hole), quote) if unit.hole else _plain(unit) for unit in units]
        if all(part is not None for part in parts):
            return cst.parse_expression(f"f{quote}{''.join(part or '' for part in parts)}{quote}")
    raise NotAValueError("the text around a value is not understood")


def _without_str(hole: Hole) -> Hole:
    """An f-string makes text of everything."""
    return Hole(hole.value, "", hole.spec) if hole.how == "s" else hole


def _plain(unit: Unit) -> str | None:
    return unit.char if unit.raw == unit.char and _PLAIN_CONTENT.fullmatch(unit.char) else None
