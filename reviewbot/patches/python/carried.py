"""What an expression is made of, as far as its function shows it: what came from outside, and the program's own texts.

The order of the statements does not count: all that is ever put into a name may be in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata.scope_provider import Assignment

from reviewbot.patches.python.carrying import (
    ADDRESSES,
    EMPTY,
    FILL,
    HANDS_ON,
    KEYED,
    LOOKS,
    MARKUP,
    NUMBER_TYPES,
    NUMBERS,
    OWN,
    PLACE,
    SAID,
    TAKES_PART,
    chain,
    made_safe,
    requested,
)
from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import assignments, imported
from reviewbot.patches.python.origins import plain


@dataclass(frozen=True, slots=True)
class Carried:
    """What a value may hold. `clear`: all of it is known; `escaped`: a part was made safe for some place."""

    outside: bool = False
    texts: frozenset[str] = frozenset()
    clear: bool = True
    escaped: bool = False


_NOTHING = Carried()
_UNKNOWN = Carried(clear=False)
_OUTSIDE = Carried(outside=True)


def carried(parsed: Parsed, node: cst.BaseExpression) -> Carried:
    """Say what a value may hold."""
    return _Trace(parsed).of(node)


def _all(parts: Iterable[Carried]) -> Carried:
    found = _NOTHING
    for one in parts:
        found = Carried(
            found.outside or one.outside,
            found.texts | one.texts,
            found.clear and one.clear,
            found.escaped or one.escaped,
        )
    return found


@dataclass(frozen=True, slots=True)
class _Trace:
    """One question. What is asked for while it is being answered adds nothing."""

    parsed: Parsed
    seen: set[cst.CSTNode] = field(default_factory=set)

    def of(self, node: cst.BaseExpression) -> Carried:
        value = plain(node)
        if value is not None:
            return Carried(texts=frozenset([value])) if isinstance(value, str) else _NOTHING
        match node:
            case cst.Name():
                found = self._named(node)
            case cst.Call():
                found = self._called(node)
            case cst.Attribute() | cst.Subscript():
                found = self._member(node)
            case cst.Await():
                found = self.of(node.expression)
            case cst.Comparison():
                found = _NOTHING
            case _:
                found = self._put_together(node)
        return found

    def _put_together(self, node: cst.BaseExpression) -> Carried:
        parts: list[cst.BaseExpression] = []
        texts: list[str] = []
        match node:
            case cst.BinaryOperation() | cst.BooleanOperation() | cst.ConcatenatedString():
                parts = [node.left, node.right]
            case cst.IfExp():
                parts = [node.body, node.orelse]
            case cst.FormattedString():
                texts = [one.value for one in node.parts if isinstance(one, cst.FormattedStringText)]
                parts = [
                    one.expression for one in node.parts if isinstance(one, cst.FormattedStringExpression)
                ]
            case cst.List() | cst.Tuple() | cst.Set():
                parts = [one.value for one in node.elements]
            case cst.Dict():
                parts = [one.value for one in node.elements]
            case _:
                return _UNKNOWN
        return _all([*map(self.of, parts), Carried(texts=frozenset(texts))])

    def _member(self, node: cst.Attribute | cst.Subscript) -> Carried:
        """What is looked up by a value from outside does not come from there: only what it is looked up in counts."""
        if requested(node):
            return _OUTSIDE
        if PLACE.search(code(node)) and imported(self.parsed, node):
            return _NOTHING
        if isinstance(node, cst.Subscript) or not isinstance(node.value, cst.Name):
            return self.of(node.value)
        bound = assignments(self.parsed, node.value)
        error = bool(bound) and all(isinstance(self._above(one), cst.ExceptHandler) for one in bound)
        given = bool(bound) and all(isinstance(one.node, cst.Param) for one in bound)
        if error or (given and not MARKUP.search(node.attr.value)):
            return self._named(node.value) if given or node.attr.value in SAID else _UNKNOWN
        return _UNKNOWN

    def _above(self, one: Assignment) -> cst.CSTNode | None:
        """Give the statement or expression that binds a name."""
        above = self.parsed.parent(one.node)
        while isinstance(above, cst.AssignTarget | cst.AsName | cst.Element | cst.Tuple):
            above = self.parsed.parent(above)
        return above

    def _called(self, call: cst.Call) -> Carried:
        name = imported(self.parsed, call.func)
        last = call.func.attr.value if isinstance(call.func, cst.Attribute) else code(call.func)
        if NUMBERS.match(name) or (name and last in EMPTY and not call.args):
            return _NOTHING
        keyed = last in KEYED and isinstance(call.func, cst.Attribute)
        given = _all(self.of(arg.value) for arg in call.args[1 if keyed else 0 :])
        if made_safe(call):
            return Carried(given.outside, given.texts, given.clear, escaped=True)
        if requested(call):
            return _all([_OUTSIDE, given])
        if name in ADDRESSES and all(arg.keyword is None for arg in call.args):
            return Carried(texts=frozenset(["/"]))
        return self._handed_on(call, name, last, given)

    def _handed_on(self, call: cst.Call, name: str, last: str, given: Carried) -> Carried:
        on = call.func.value if isinstance(call.func, cst.Attribute) and self._is_method(call.func) else None
        if TAKES_PART.fullmatch(last) and on is not None:
            return self.of(on)
        if not HANDS_ON.fullmatch(last) or (on is None and not name):
            return _all([given, _UNKNOWN])
        return given if on is None else _all([self.of(on), given])

    def _is_method(self, func: cst.Attribute) -> bool:
        """Say whether a function is one of a value, and not of a module."""
        apart = any(isinstance(one, cst.Call | cst.Subscript) for one in chain(func.value))
        return apart or requested(func.value) or not imported(self.parsed, func)

    def _named(self, name: cst.Name) -> Carried:
        if name.value == "None":
            return _NOTHING
        bound = assignments(self.parsed, name)
        new = [one for one in bound if one.node not in self.seen]
        self.seen.update(one.node for one in new)
        if not bound:
            return _UNKNOWN
        held = [self._bound(one) for one in new]
        put_in = [self._filled(one) for one in new]
        return _all([*held, *put_in])

    def _bound(self, one: Assignment) -> Carried:
        match self._above(one):
            case (cst.Assign() | cst.AugAssign() | cst.AnnAssign() | cst.NamedExpr()) as above:
                return self.of(above.value) if above.value is not None else _NOTHING
            case cst.For(iter=looped) | cst.CompFor(iter=looped):
                return self.of(looped)
            case cst.ExceptHandler():
                return _OUTSIDE
            case cst.Parameters() if isinstance(one.node, cst.Param):
                return self._parameter(one.node)
        return _UNKNOWN

    def _parameter(self, param: cst.Param) -> Carried:
        kind = code(param.annotation.annotation) if param.annotation is not None else ""
        if param.name.value in OWN:
            return _UNKNOWN
        return _NOTHING if kind in NUMBER_TYPES else _OUTSIDE

    def _filled(self, one: Assignment) -> Carried:
        """Say what is put into what a name stands for: by `name[key] = …`, by `name.append(…)`, by who knows whom."""
        found = []
        made = self._above(one)
        value = made.value if isinstance(made, cst.Assign | cst.AnnAssign) else None
        holds = isinstance(value, cst.List | cst.Dict | cst.Set) or (
            isinstance(value, cst.Call) and code(value.func).rpartition(".")[2] in EMPTY
        )
        for access in one.references:
            above = self.parsed.parent(access.node)
            beyond = self.parsed.parent(above) if above is not None else None
            match above, beyond:
                case cst.Subscript(), cst.AssignTarget() if above.value is access.node:
                    assign = self.parsed.parent(beyond)
                    found.append(self.of(assign.value) if isinstance(assign, cst.Assign) else _UNKNOWN)
                case cst.Attribute(attr=cst.Name(verb)), cst.Call() if verb in FILL:
                    found += [self.of(arg.value) for arg in beyond.args]
                case cst.Arg(), cst.Call() if holds and not LOOKS.fullmatch(code(beyond.func)):
                    found.append(_UNKNOWN)
        return _all(found)
