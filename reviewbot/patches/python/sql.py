"""SQL that is built from values gets them as parameters, in the way of the driver that the file uses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import sql_calls, sql_passing
from reviewbot.patches.python.built import Built, built, fixed_text, same_when_moved
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.origins import values
from reviewbot.patches.python.pieces import Hole, Text, Unit
from reviewbot.patches.python.sql_calls import Target
from reviewbot.patches.python.sql_drivers import Driver, Marks
from reviewbot.patches.python.sql_text import Slot, statement
from reviewbot.patches.python.sql_values import NotAValueError
from reviewbot.patches.python.wording import put, worded

_BY_HAND = re.compile(r"(?i)escape|quote|literal|sanit|clean|\.replace\(")
_IS_NAME = re.compile(r"[\w.]+(?:, ?[\w.]+)*")
_NOT_BUILT = Unmended("the place where the statement is built is not seen, or is used for something else too")
_UNCLEAR = Unmended("the text of the statement is written in a way that is not understood")


@dataclass(frozen=True, slots=True)
class _Parameter:
    """A value with its name, for drivers that want names, and its number among the statement's parameters from 0."""

    name: str
    value: cst.BaseExpression
    number: int


def _mended(parsed: Parsed) -> Rewritten | Unmended:
    targets = [one for call in parsed.calls() if (one := sql_calls.target(parsed, call)) is not None]
    answers = [_mend(parsed, one) for one in targets]
    good = [one for one in answers if isinstance(one, Rewritten)]
    if len(good) == 1:
        return good[0]
    if good:
        return Unmended("there is more than one statement on the line")
    return next(iter(answers), Unmended("no call that runs a statement is understood here"))


def _mend(parsed: Parsed, target: Target) -> Rewritten | Unmended:
    found = built(parsed, target.statement, shared=True)
    if found is None:
        return _NOT_BUILT
    if target.driver is None:
        return Unmended(
            "which database driver this goes to is not seen in the file, nor how it writes parameters"
        )
    try:
        return _with_parameters(parsed, target, target.driver, found)
    except NotAValueError as error:
        return Unmended(str(error))


def _with_parameters(parsed: Parsed, target: Target, driver: Driver, found: Built) -> Rewritten | Unmended:
    units = found.text.units
    read = statement(
        units,
        fixed=lambda hole: _IS_NAME.fullmatch(fixed_text(parsed, hole) or "") is not None,
        double_is_text=driver.double_is_text,
        whole=not target.fragment,
    )
    if not read.slots:
        return Unmended("no value is put into the statement here")
    inside = [
        unit.hole
        for slot in read.slots
        for unit in units[slot.first : slot.last + 1]
        if unit.hole is not None
    ]
    if driver.marks is Marks.DOLLAR and any(slot.first == slot.last for slot in read.slots):
        raise NotAValueError(
            "the driver asks for the column's own type, and that of a value without quotes is not seen"
        )
    if any(_escaped_by_hand(parsed, hole) for hole in inside):
        raise NotAValueError("a value is escaped by hand before it is put in")
    if not same_when_moved(parsed, found, target.statement, inside):
        raise NotAValueError("a value may change between the place where the statement is built and its use")
    _refuse_other_names(driver, units, target)
    marks = _existing(driver, units, read.marks)
    parameters = _numbered(read.slots, marks, _names_in(units))
    text = _marked(found.text, read.slots, parameters, driver, doubling=target.given == 0)
    call = sql_passing.passed(
        target, driver, [(one.name, one.value, one.number) for one in parameters], len(marks)
    )
    if text is None or call is None:
        return _UNCLEAR
    if found.above:
        return Rewritten([(found.node, text), *call.replacements(target, target.statement)], call.imports)
    return Rewritten(call.replacements(target, text), call.imports)


def _escaped_by_hand(parsed: Parsed, hole: Hole) -> bool:
    """Say whether a value was made ready for the text: as a parameter it would be changed twice."""
    names = [hole.value, *m.findall(hole.value, m.Name())]
    kept = [one for name in names if isinstance(name, cst.Name) for one in values(parsed, name) or ()]
    return any(
        _BY_HAND.search(code(one)) or "'\"" in code(one) or "\"'" in code(one) for one in [hole.value, *kept]
    )


def _refuse_other_names(driver: Driver, units: Sequence[Unit], target: Target) -> None:
    """Refuse what would mean something else once there are parameters."""
    plain = "".join(unit.char for unit in units)
    if driver.marks is Marks.NAMED and target.way == "text" and ":" in plain:
        raise NotAValueError("a colon in the statement would begin the name of a parameter")
    if driver.marks is Marks.NAMED and target.way == "bound" and re.search(r"(?<![:\w]):\w", plain):
        raise NotAValueError("the statement has named parameters already")
    if driver.marks is Marks.FORMAT and not driver.doubles and re.search(r"%s|%%|%\(", plain):
        raise NotAValueError("the driver would take a sign of percent in the statement for a parameter")
    if driver.marks is Marks.DOLLAR and "$" in plain:
        raise NotAValueError("the statement has numbered parameters already")
    if driver.marks is Marks.FORMAT and target.given and "%%" in plain:
        raise NotAValueError("the statement has doubled signs of percent, which are not all for the driver")


def _existing(driver: Driver, units: Sequence[Unit], questions: tuple[int, ...]) -> list[int]:
    """Give where the statement has parameters already."""
    if driver.marks is Marks.QUESTION:
        return list(questions)
    if driver.marks is not Marks.FORMAT:
        return []
    plain = "".join(unit.char or "\0" for unit in units)
    if len(plain) != len(units) or "%(" in plain:
        raise NotAValueError("the statement has named parameters already")
    return [found.start() for found in re.finditer(r"%%|%s", plain) if found[0] == "%s"]


def _names_in(units: Sequence[Unit]) -> list[str]:
    return re.findall(r"(?<![:\w]):(\w+)", "".join(unit.char or " " for unit in units))


def _numbered(slots: Sequence[Slot], marks: Sequence[int], taken: Sequence[str]) -> list[_Parameter]:
    names = list(taken)
    found: list[_Parameter] = []
    for slot in slots:
        name = sql_passing.name_of(slot.value)
        number = 2
        while name in names:
            name = f"{sql_passing.name_of(slot.value)}_{number}"
            number += 1
        names.append(name)
        before = sum(mark < slot.first for mark in marks) + len(found)
        found.append(_Parameter(name, slot.value, before))
    return found


def _marked(
    text: Text, slots: Sequence[Slot], parameters: Sequence[_Parameter], driver: Driver, *, doubling: bool
) -> cst.BaseExpression | None:
    """Write the statement with marks in place of the slots."""
    out: list[Unit] = []
    position = 0
    doubled = doubling and driver.marks is Marks.FORMAT and driver.doubles
    for slot, parameter in zip(slots, parameters, strict=True):
        out += _kept(text.units[position : slot.first], doubled=doubled)
        mark = {Marks.NAMED: f":{parameter.name}", Marks.DOLLAR: f"${parameter.number + 1}"}.get(
            driver.marks, driver.marks.value
        )
        after = text.units[slot.last + 1].char if slot.last + 1 < len(text.units) else ""
        if driver.marks is Marks.NAMED and after == ":":
            raise NotAValueError("a cast with `::` would be taken for a part of the parameter's name")
        out += put(text.units[slot.first].operand, mark)
        position = slot.last + 1
    return worded(text, [*out, *_kept(text.units[position:], doubled=doubled)])


def _kept(units: Sequence[Unit], *, doubled: bool) -> list[Unit]:
    """Keep units; with parameters the driver reads a sign of percent, which it did not before."""
    if not doubled:
        return list(units)
    return [one for unit in units for one in ([unit, unit] if unit.char == "%" else [unit])]


FIXES = {"sql-parameters": fix(_mended)}
