"""How a call is changed so that it passes parameters to its statement."""

import keyword as words
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from reviewbot.patches.python import arguments
from reviewbot.patches.python.sql_calls import Target
from reviewbot.patches.python.sql_drivers import Driver, Marks
from reviewbot.patches.python.sql_values import NotAValueError

Parameter = tuple[str, cst.BaseExpression, int]
"""A name, a value, and its number among all parameters of the statement."""


Change = Callable[[cst.Call], cst.BaseExpression]
"""What becomes of a call."""


@dataclass(frozen=True, slots=True)
class Passing:
    """How a call changes so that it passes parameters."""

    change: Change
    imports: tuple[str, ...] = ()

    def replacements(self, target: Target, text: cst.BaseExpression) -> list[tuple[cst.CSTNode, cst.CSTNode]]:
        """Give the call that runs `text`, which may be the statement that it has."""
        call = target.call
        if text is not target.statement:
            replaced = call.deep_replace(target.statement, text)
            assert isinstance(replaced, cst.Call)
            call = replaced
        return [(target.call, self.change(call))]


def name_of(value: cst.BaseExpression) -> str:
    """Give a parameter a name after its value."""
    found = _name(value)
    good = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", found) and not words.iskeyword(found)
    return found if good else "value"


def passed(target: Target, driver: Driver, parameters: Sequence[Parameter], marks: int) -> Passing | None:
    """Say how the parameters are passed; `marks` is how many the statement had already. None if they cannot be."""
    if target.given != marks and driver.marks is not Marks.NAMED:
        raise NotAValueError("the parameters that the call has do not fit the marks in the statement")
    values = [(number, value) for _, value, number in parameters]
    known: dict[str, Change] = {
        "second": lambda call: _with_sequence(call, values, square=False),
        "list": lambda call: _with_sequence(call, values, square=True),
        "each": lambda call: _with_each(call, parameters),
        "text": lambda call: _with_dict(_with_text(call), parameters),
        "dict": lambda call: _with_dict(call, parameters),
        "bound": lambda call: _bound(call, parameters),
        "params": lambda call: arguments.added(call, "params", _sequence(values, [], square=target.fragment)),
    }
    change = known.get(target.way)
    return (
        Passing(change, ("sqlalchemy:text",) if target.way == "text" else ()) if change is not None else None
    )


def _with_sequence(
    call: cst.Call, values: Sequence[tuple[int, cst.BaseExpression]], *, square: bool
) -> cst.Call:
    args = list(call.args)
    if len(args) == 1:
        return _appended(call, _sequence(values, [], square=square))
    old = args[1].value
    kept = [one.value for one in old.elements] if isinstance(old, cst.Tuple | cst.List) else []
    square = isinstance(old, cst.List) or (square and not isinstance(old, cst.Tuple))
    args[1] = args[1].with_changes(value=_sequence(values, kept, square=square))
    return call.with_changes(args=args)


def _sequence(
    values: Sequence[tuple[int, cst.BaseExpression]], kept: Sequence[cst.BaseExpression], *, square: bool
) -> cst.BaseExpression:
    """Put values among those that are there, each at its number."""
    whole = list(kept)
    for number, value in values:
        whole.insert(number, value)
    if square:
        return cst.List([cst.Element(value) for value in whole])
    last = cst.Comma() if len(whole) == 1 else cst.MaybeSentinel.DEFAULT
    elements = [cst.Element(value) for value in whole[:-1]]
    return cst.Tuple([*elements, cst.Element(whole[-1], comma=last)])


def _with_text(call: cst.Call) -> cst.Call:
    first = call.args[0]
    return call.with_changes(
        args=[first.with_changes(value=cst.Call(cst.Name("text"), [cst.Arg(first.value)])), *call.args[1:]]
    )


def _with_dict(call: cst.Call, parameters: Sequence[Parameter]) -> cst.Call:
    new = [cst.DictElement(cst.SimpleString(f'"{name}"'), value) for name, value, _ in parameters]
    if len(call.args) == 1:
        return _appended(call, cst.Dict(new))
    first, second, *more = call.args
    old = second.value
    assert isinstance(old, cst.Dict)
    if not old.elements:
        return call.with_changes(args=[first, second.with_changes(value=cst.Dict(new)), *more])
    *before, last = old.elements
    joined = [*before, last.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))), *new]
    return call.with_changes(
        args=[first, second.with_changes(value=old.with_changes(elements=joined)), *more]
    )


def _with_each(call: cst.Call, parameters: Sequence[Parameter]) -> cst.Call:
    for _, value, _ in parameters:
        call = _appended(call, value)
    return call


def _bound(call: cst.Call, parameters: Sequence[Parameter]) -> cst.Call:
    new = cst.Call(cst.Attribute(call, cst.Name("bindparams")))
    for name, value, _ in parameters:
        new = arguments.added(new, name, value)
    return new


def _appended(call: cst.Call, value: cst.BaseExpression) -> cst.Call:
    """Add an argument by place, laid out as the ones before it."""
    *before, only = call.args
    if isinstance(call.whitespace_before_args, cst.ParenthesizedWhitespace) and not before:
        # It has lines of its own; with a comma behind it the new one gets some too.
        comma = cst.Comma(whitespace_after=only.whitespace_after_arg)
        if not isinstance(only.comma, cst.Comma):
            only = only.with_changes(comma=comma, whitespace_after_arg=cst.SimpleWhitespace(""))
        call = call.with_changes(args=[only])
    new = arguments.added(call, "placed", value)
    *before, last = new.args
    bare = last.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    return new.with_changes(args=[*before, bare])


def _name(value: cst.BaseExpression) -> str:
    match value:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
        case cst.Subscript(slice=[cst.SubscriptElement(slice=cst.Index(value=cst.SimpleString() as key))]):
            return str(key.evaluated_value)
        case cst.Call(
            func=cst.Attribute(attr=cst.Name("get")), args=[cst.Arg(value=cst.SimpleString() as key), *_]
        ):
            return str(key.evaluated_value)
        case cst.Call(func=cst.Name("str" | "int"), args=[cst.Arg(value=inner)]):
            return _name(inner)
        case cst.FormattedString(parts=parts):
            holes = [one.expression for one in parts if isinstance(one, cst.FormattedStringExpression)]
            return _name(holes[0])
    return ""
