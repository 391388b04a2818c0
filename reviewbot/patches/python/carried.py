"""What an expression is made of, as far as its function shows it: what came from outside, and the program's own texts.

The order of the statements does not count: all that is ever put into a name may be in it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import libcst as cst
from libcst.metadata.scope_provider import Assignment

from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import assignments, imported
from reviewbot.patches.python.origins import plain

REQUEST = re.compile(
    r"(^|[.\s(])req(uest)?\.(args|form|values|json|data|cookies|headers|files|GET|POST|COOKIES|FILES|META|body|query_params|"
    r"path_params|match_info|rel_url|query|query_string|forms|params|post|text|content|path|full_path|get_json|get_data|environ)\b"
    r"|\bself\.(path|headers|rfile)\b|\.get_((query|body)_)?arguments?\(|\.cleaned_data\b|\bsys\.argv\b|\binput\("
    r"|^event\b|\benviron\["
)
"""What a framework calls that which came with a request."""

OWN = frozenset(
    {"self", "cls", "request", "req", "app", "session", "conn", "connection", "cur", "cursor", "db"}
)
"""Parameters that are no values from outside themselves."""

NUMBERS = re.compile(r"^(builtins\.(int|float|len|bool|ord|hash|round)|uuid\.\w+|datetime\..*|time\..*)$")
NUMBER_TYPES = frozenset({"int", "float", "bool", "uuid.UUID", "UUID"})
_HANDS_ON = re.compile(
    r"get|getlist|getall|get_all|pop|keys|values|items|str|list|tuple|dict|set|sorted|reversed|next|iter|enumerate|format"
    r"|join|replace|lower|upper|title|capitalize|swapcase|casefold|ljust|rjust|center|zfill|expandtabs|bytes|copy"
    r"|(urlsafe_)?b64(de|en)code|decodebytes|unquote(_plus)?|get_((query|body)_)?argument|get_(json|data)|getvalue"
)
"""Functions that give back what they are given, or a part of it, in another form."""

_TAKES_PART = re.compile(
    r"(r?split|[lr]?strip|r?partition|removeprefix|removesuffix|encode|decode|splitlines)"
)
"""The same, whose arguments get into nothing."""

_FILL = frozenset({"append", "insert", "set", "add", "update", "extend", "setdefault", "write"})
_EMPTY = frozenset({"ConfigParser", "list", "dict", "set", "OrderedDict", "defaultdict", "StringIO"})
_SAID = frozenset({"strerror", "filename", "args", "msg", "reason", "message"})
_SAFE = re.compile(r"(?i)(^|\.)(?!un)\w*(escape|quote|saniti[sz]e|clean|secure)\w*$")
_PLACE = re.compile(r"^(?:\w+\.)+[A-Z][A-Z0-9_]*(?:DIR|FOLDER|PATH|ROOT|FILE)[A-Z0-9_]*$")


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


def made_safe(call: cst.BaseExpression) -> bool:
    """Say whether this calls a function that makes a value safe for some place, by its name."""
    return isinstance(call, cst.Call) and bool(_SAFE.search(code(call.func)))


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
        if isinstance(node, cst.Subscript) and not REQUEST.search(code(node)):
            return self.of(node.value)
        match node:
            case cst.Name():
                found = self._named(node)
            case cst.Call():
                found = self._called(node)
            case cst.Attribute() | cst.Subscript():
                found = self._member(node)
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
        if REQUEST.search(code(node)):
            return _OUTSIDE
        if _PLACE.search(code(node)) and imported(self.parsed, node):
            return _NOTHING
        error = isinstance(node.value, cst.Name) and self._is_error(node.value)
        said = isinstance(node, cst.Attribute) and node.attr.value in _SAID
        return _OUTSIDE if error and said else _UNKNOWN

    def _is_error(self, name: cst.Name) -> bool:
        bound = assignments(self.parsed, name)
        return bool(bound) and all(isinstance(self._above(one), cst.ExceptHandler) for one in bound)

    def _above(self, one: Assignment) -> cst.CSTNode | None:
        """Give the statement or expression that binds a name."""
        above = self.parsed.parent(one.node)
        inner = isinstance(above, cst.AssignTarget | cst.AsName | cst.Element)
        while inner and above is not None:
            above = self.parsed.parent(above)
            inner = isinstance(above, cst.Tuple | cst.Element)
        return above

    def _called(self, call: cst.Call) -> Carried:
        name = imported(self.parsed, call.func)
        last = call.func.attr.value if isinstance(call.func, cst.Attribute) else code(call.func)
        if NUMBERS.match(name) or (name and last in _EMPTY and not call.args):
            return _NOTHING
        given = _all(self.of(arg.value) for arg in call.args)
        if made_safe(call):
            return Carried(given.outside, given.texts, clear=False, escaped=True)
        on = call.func.value if isinstance(call.func, cst.Attribute) and self._is_method(call.func) else None
        if _TAKES_PART.fullmatch(last) and on is not None:
            return self.of(on)
        if not _HANDS_ON.fullmatch(last) or (on is None and not name):
            return _all([given, _UNKNOWN])
        held = (
            _OUTSIDE if REQUEST.search(code(call.func) + "(") else self.of(on) if on is not None else _NOTHING
        )
        return _all([held, given])

    def _is_method(self, func: cst.Attribute) -> bool:
        """Say whether a function is one of a value, and not of a module."""
        called = any(isinstance(one, cst.Call) for one in _chain(func.value))
        return called or not imported(self.parsed, func)

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
        """Say what is put into what a name stands for, by `name[key] = …` and `name.append(…)`."""
        found = []
        for access in one.references:
            above = self.parsed.parent(access.node)
            beyond = self.parsed.parent(above) if above is not None else None
            match above, beyond:
                case cst.Subscript(), cst.AssignTarget() if above.value is access.node:
                    assign = self.parsed.parent(beyond)
                    found.append(self.of(assign.value) if isinstance(assign, cst.Assign) else _UNKNOWN)
                case cst.Attribute(attr=cst.Name(verb)), cst.Call() if verb in _FILL:
                    found += [self.of(arg.value) for arg in beyond.args]
        return _all(found)


def _chain(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """Give an expression and what it is a member, an item or a result of."""
    found = [node]
    while isinstance(found[-1], cst.Attribute | cst.Subscript | cst.Call):
        last = found[-1]
        found.append(last.func if isinstance(last, cst.Call) else last.value)
    return found
