"""XPath expressions get their values as variables, or refuse values that would end the quotes that they stand in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.built import Built, built, same_when_moved
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.guards import Check, guarded, place, refusal
from reviewbot.patches.python.holes import (
    PLAIN,
    Slot,
    keywords,
    named,
    quoted,
    slotted,
    text_given,
    with_named,
)
from reviewbot.patches.python.kinds import surely_text
from reviewbot.patches.python.module import Parsed, Rewritten, code, free
from reviewbot.patches.python.names import assignments, imported, imports_any
from reviewbot.patches.python.origins import enclosing, plain
from reviewbot.patches.python.pieces import Hole, Unit
from reviewbot.patches.python.wording import braced

_NOT_BUILT = Unmended("the place where the text is built is not seen, or is used for something else too")
_UNCLEAR = Unmended("the text is written in a way that is not understood")
_MOVED = Unmended("a value may change between the place where the text is built and its use")
_OUTSIDE_OF_QUOTES = Unmended("a value stands outside of quotes, where a variable could mean something else")
_TAKEN = ("namespaces", "extensions", "smart_strings", "_path", "self", "regexp")
_COMPILED = frozenset({"lxml.etree.XPath", "lxml.etree.ETXPath"})
_SELECTS = frozenset({"elementpath.select", "elementpath.iter_select"})
_FINDS = frozenset({"find", "findall", "findtext", "iterfind"})
_QUOTE = 'raise ValueError("the value holds a quote")'
Change = Callable[[cst.Call, Sequence[str], Sequence[cst.BaseExpression]], cst.Call]


@dataclass(frozen=True, slots=True)
class _Use:
    """A call that takes an expression as its argument `query`; `runs` are given the values instead, if it is compiled."""

    call: cst.Call
    query: cst.Arg
    change: Change | None
    runs: tuple[cst.Call, ...] = ()


def xpath(parsed: Parsed) -> Rewritten | Unmended:
    """Mend the one call on the finding's lines."""
    calls = [one for one in parsed.calls() if arguments.positional(one) and not arguments.spreads(one)]
    uses = [use for one in calls if (use := _use(parsed, one)) is not None]
    chosen = meant(parsed, [use.call for use in uses])
    uses = [use for use in uses if use.call in chosen]
    if len(uses) != 1:
        return Unmended("the call that runs the expression is not understood, or there are several")
    use = uses[0]
    found = built(parsed, use.query.value, shared=True)
    if found is None:
        return _NOT_BUILT
    if any(unit.char == "$" for unit in found.text.units):
        return Unmended("the expression has variables already")
    spans = quoted(found.text.units, lambda units: _value(units) is not None)
    if not spans:
        return _OUTSIDE_OF_QUOTES
    return _passed(parsed, use, found, spans) if use.change is not None else _guarded(parsed, found, spans)


def _use(parsed: Parsed, call: cst.Call) -> _Use | None:
    name = imported(parsed, call.func) if not isinstance(call.func, cst.Call) else ""
    method = call.func.attr.value if isinstance(call.func, cst.Attribute) else ""
    first, *rest = call.args
    if name in _COMPILED:
        runs = _runs(parsed, call)
        return _Use(call, first, with_named if runs else None, tuple(runs))
    if name in _SELECTS:
        takes = rest and not keywords(call)
        return _Use(call, rest[0], _with_variables) if takes and rest[0].keyword is None else None
    if method == "xpath" and imports_any(parsed, "lxml"):
        return _Use(call, first, with_named)
    finds = method in _FINDS and plain(first.value) is None and imports_any(parsed, "xml", "lxml")
    return _Use(call, first, None) if finds else None


def _runs(parsed: Parsed, call: cst.Call) -> list[cst.Call]:
    """Give the calls of a compiled expression; none if it is used in other ways too."""
    above = parsed.parent(call)
    if isinstance(above, cst.Call) and above.func is call:
        return [above]
    target = above.targets[0].target if isinstance(above, cst.Assign) and len(above.targets) == 1 else None
    bound = assignments(parsed, target) if isinstance(target, cst.Name) else []
    found: list[cst.Call] = []
    for access in bound[0].references if len(bound) == 1 else ():
        run = parsed.parent(access.node)
        same = enclosing(parsed, access.node) is enclosing(parsed, call)
        if not isinstance(run, cst.Call) or run.func is not access.node or arguments.spreads(run) or not same:
            return []
        found.append(run)
    return found


def _with_variables(call: cst.Call, names: Sequence[str], values: Sequence[cst.BaseExpression]) -> cst.Call:
    pairs = ", ".join(f'"{name}": {code(value)}' for name, value in zip(names, values, strict=True))
    return arguments.added(call, "variables", "{" + pairs + "}")


def _value(units: Sequence[Unit]) -> cst.BaseExpression | None:
    """Give the value for what stood in quotes."""
    only = units[0].hole if len(units) == 1 else None
    if any(unit.hole is not None and unit.hole.how not in {"", "s"} for unit in units):
        return None
    if only is not None and not only.spec:
        return cst.Call(cst.Name("str"), [cst.Arg(only.alone)]) if only.how == "s" else only.alone
    parts = [
        braced(Hole(one.hole.value, "", one.hole.spec), '"') if one.hole else _plain(one) for one in units
    ]
    return None if None in parts else cst.parse_expression(f'f"{"".join(one or "" for one in parts)}"')


def _plain(unit: Unit) -> str | None:
    return unit.char if unit.raw == unit.char and PLAIN.fullmatch(unit.char) else None


def _passed(
    parsed: Parsed, use: _Use, found: Built, spans: Sequence[tuple[int, int]]
) -> Rewritten | Unmended:
    values = [one for first, last in spans if (one := _value(found.text.units[first + 1 : last])) is not None]
    taken = [name for call in (use.call, *use.runs) for name in keywords(call)]
    names = named(values, [*_TAKEN, *taken])
    slots = [Slot(first, last, f"${name}") for (first, last), name in zip(spans, names, strict=True)]
    text = slotted(found, slots)
    change = use.change
    if text is None or change is None:
        return _UNCLEAR
    late = use.runs or (use.call,)
    if not all(same_when_moved(parsed, _from(found, use), one, found.text.holes) for one in late):
        return _MOVED
    if not use.runs:
        return Rewritten(text_given(use.call, found, text, lambda one: change(one, names, values)))
    pairs = text_given(use.call, found, text, lambda one: one)
    changed = [(one, change(one, names, values)) for one in use.runs]
    if parsed.parent(use.call) is not use.runs[0]:
        return Rewritten([*pairs, *changed])
    # Run where it stands: the compiled expression is a part of the call that is changed.
    *above, (_, compiled) = pairs
    assert isinstance(compiled, cst.BaseExpression)
    return Rewritten([*above, (use.runs[0], changed[0][1].with_changes(func=compiled))])


def _from(found: Built, use: _Use) -> Built:
    """Say where the text is made: for a compiled expression, before it is run in any case."""
    made = found.made or (use.query.value if use.runs else None)
    return Built(found.text, found.node, found.above, made)


def _guarded(parsed: Parsed, found: Built, spans: Sequence[tuple[int, int]]) -> Rewritten | Unmended:
    """Refuse values that hold the quote that they stand in."""
    statement = place(parsed, found.made or found.node)
    tests: list[str] = []
    for first, last in spans:
        quote = found.text.units[first].char
        for unit in found.text.units[first + 1 : last]:
            if unit.hole is None:
                continue
            name = unit.hole.value
            if not isinstance(name, cst.Name) or not surely_text(parsed, name):
                return Unmended("a value has no name that could be checked, or is no text")
            tests.append(f'"\'" in {name.value}' if quote == "'" else f"'\"' in {name.value}")
    if statement is None:
        return Unmended("there is no line in front of this where a check could stand")
    refused = refusal(parsed, statement, 400, _QUOTE)
    if not all(free(parsed, one) for one in refused.imports):
        return Unmended("the names that the check needs mean something else in the file")
    check = Check(" or ".join(dict.fromkeys(tests)), refused)
    return Rewritten([guarded(statement, [], statement, check, after=False)], refused.imports)
