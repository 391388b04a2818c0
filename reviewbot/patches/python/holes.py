"""Texts whose values are handed over beside them: XPath variables, template variables, `Markup.format`, log arguments."""

import keyword
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from reviewbot.patches.python import arguments
from reviewbot.patches.python.built import Built
from reviewbot.patches.python.pieces import Hole, Unit
from reviewbot.patches.python.sql_passing import name_of
from reviewbot.patches.python.wording import put, worded


@dataclass(frozen=True, slots=True)
class Slot:
    """Units `first`..`last`, which become `mark`."""

    first: int
    last: int
    mark: str


def slotted(found: Built, slots: Sequence[Slot]) -> cst.BaseExpression | None:
    """Write the text with the marks in place of the slots."""
    units: list[Unit] = []
    position = 0
    for slot in slots:
        units += found.text.units[position : slot.first]
        units += put(found.text.units[slot.first].operand, slot.mark)
        position = slot.last + 1
    return worded(found.text, [*units, *found.text.units[position:]])


def named(values: Sequence[cst.BaseExpression], taken: Sequence[str]) -> list[str]:
    """Give each value a name of its own that is not taken, after what it is."""
    names: list[str] = []
    for value in values:
        wanted = name_of(value)
        wanted = "value" if wanted in taken or keyword.issoftkeyword(wanted) else wanted
        name, number = wanted, 2
        while name in names or name in taken:
            name, number = f"{wanted}_{number}", number + 1
        names.append(name)
    return names


def with_named(call: cst.Call, names: Sequence[str], values: Sequence[cst.BaseExpression]) -> cst.Call:
    """Pass values by name."""
    for name, value in zip(names, values, strict=True):
        call = arguments.added(call, name, value)
    return call


def text_given(
    call: cst.Call, found: Built, text: cst.BaseExpression, change: Callable[[cst.Call], cst.Call]
) -> list[tuple[cst.CSTNode, cst.CSTNode]]:
    """Give the text, which is the call's `found.node`, to a call that also changes otherwise."""
    if found.above:
        return [(found.node, text), (call, change(call))]
    args = [one.with_changes(value=text) if one.value is found.node else one for one in call.args]
    return [(call, change(call.with_changes(args=args)))]


def keywords(call: cst.Call) -> list[str]:
    """Give the names that a call passes arguments by."""
    return [arg.keyword.value for arg in call.args if arg.keyword is not None]


def formatted(hole: Hole) -> str | None:
    """Give what `%` formatting calls a hole's conversion; None where it has no word for it."""
    if hole.spec:
        return None
    return {"": "%s", "s": "%s", "r": "%r", "d": "%d"}.get(hole.how)


def quoted(units: Sequence[Unit], fits: Callable[[Sequence[Unit]], bool]) -> list[tuple[int, int]] | None:
    """Give the quoted parts that hold holes, from quote to quote; None if a hole is in none, or in one that does not fit."""
    found: list[tuple[int, int]] = []
    first = -1
    for at, unit in enumerate(units):
        if unit.hole is not None and first < 0:
            return None
        if first < 0 and unit.char in {"'", '"'}:
            first = at
        elif first >= 0 and unit.char == units[first].char:
            inside = units[first + 1 : at]
            if any(one.hole is not None for one in inside):
                if not fits(inside):
                    return None
                found.append((first, at))
            first = -1
    return found if first < 0 else None


PLAIN = re.compile(r"[^\\'\"{}\n\r\t]")
"""A character that means itself in any text."""
