"""Values put into a text by `%` and by `.format`."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import libcst as cst

from reviewbot.patches.python.module import code
from reviewbot.patches.python.pieces import Hole, Text, UnclearError, Unit, commented

_PERCENT = re.compile(r"%(?:\((\w+)\))?([srdi%])|%")
_FIELD = re.compile(r"\{\{|\}\}|\{(\w*)(!r|!s)?\}|[{}]")
_HOW = {"s": "", "i": "d"}


def percent(text: Text, values: cst.BaseExpression) -> Text:
    """Fill a text's `%s` with the values on the right."""
    named: dict[str, cst.BaseExpression] = {}
    placed: list[cst.BaseExpression] = []
    if "#" in code(values):
        raise UnclearError
    if isinstance(values, cst.Dict):
        named = _keys(values)
    elif isinstance(values, cst.Tuple):
        placed = [_element(one) for one in values.elements]
    else:
        placed = [values]
    units, used = _filled(text, _PERCENT, named, placed)
    if used != len(placed):
        raise UnclearError
    return replace(text, units=units)


def fields(text: Text, call: cst.Call) -> Text:
    """Fill a text's `{}` with the arguments of `.format`."""
    placed: list[cst.BaseExpression] = []
    named: dict[str, cst.BaseExpression] = {}
    if commented((call.whitespace_before_args, call.whitespace_after_func)):
        raise UnclearError
    for arg in call.args:
        if arg.star or "#" in code(arg):
            raise UnclearError
        if arg.keyword is None:
            placed.append(arg.value)
        else:
            named[arg.keyword.value] = arg.value
    units, _ = _filled(text, _FIELD, named, placed)
    return replace(text, units=units)


def _filled(
    text: Text,
    pattern: re.Pattern[str],
    named: Mapping[str, cst.BaseExpression],
    placed: Sequence[cst.BaseExpression],
) -> tuple[tuple[Unit, ...], int]:
    """Put values where the pattern finds a place for one; a doubled sign stands for itself."""
    if text.holes:
        raise UnclearError
    out: list[Unit] = []
    used = 0
    for group in _by_operand(text):
        plain = "".join(unit.char or "\0" for unit in group)
        position = 0
        for found in pattern.finditer(plain):
            out += group[position : found.start()]
            position = found.end()
            sign = group[found.start()]
            if found[0] in {"%%", "{{", "}}"}:
                out.append(sign)
                continue
            if len(found[0]) == 1:
                raise UnclearError
            name, how = found[1] or "", (found[2] or "").removeprefix("!")
            value = _value(name, used, named, placed)
            used += not name
            out.append(Unit(sign.operand, hole=Hole(value, _HOW.get(how, how))))
        out += group[position:]
    return tuple(out), used


def _value(
    name: str, used: int, named: Mapping[str, cst.BaseExpression], placed: Sequence[cst.BaseExpression]
) -> cst.BaseExpression:
    if name and not name.isdigit():
        if name in named:
            return named[name]
    elif (place := int(name) if name else used) < len(placed):
        return placed[place]
    raise UnclearError


def _by_operand(text: Text) -> list[list[Unit]]:
    numbers = range(len(text.operands))
    if any(one.operand > two.operand for one, two in pairwise(text.units)):
        raise UnclearError
    return [[unit for unit in text.units if unit.operand == number] for number in numbers]


def _keys(values: cst.Dict) -> dict[str, cst.BaseExpression]:
    found: dict[str, cst.BaseExpression] = {}
    for one in values.elements:
        key = one.key if isinstance(one, cst.DictElement) else None
        name = key.evaluated_value if isinstance(key, cst.SimpleString) else None
        if not isinstance(name, str):
            raise UnclearError
        found[name] = one.value
    return found


def _element(one: cst.BaseElement) -> cst.BaseExpression:
    if not isinstance(one, cst.Element):
        raise UnclearError
    return one.value
