"""Whether an expression is text, bytes, or may be None: as far as the file says so."""

from enum import Enum

import libcst as cst

from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import assignments, imported
from reviewbot.patches.python.origins import plain, values

_DEEPEST = 4
_FIELDS = {"headers", "args", "form", "cookies", "META", "GET", "POST", "COOKIES", "environ", "query_params"}
"""What a request brings, in the words of the frameworks: text by name."""


class Kind(Enum):
    """What an expression's value is. A maybe is None where something was not sent."""

    TEXT = 1
    BYTES = 2
    MAYBE_TEXT = 3
    UNKNOWN = 4


_NAMED = {
    "builtins.str": Kind.TEXT,
    "builtins.hex": Kind.TEXT,
    "builtins.bytes": Kind.BYTES,
    "hmac.digest": Kind.BYTES,
    "base64.b64encode": Kind.BYTES,
    "base64.b64decode": Kind.BYTES,
}
_METHODS = {
    "digest": Kind.BYTES,
    "encode": Kind.BYTES,
    "hexdigest": Kind.TEXT,
    "decode": Kind.TEXT,
    "hex": Kind.TEXT,
}
_ANNOTATED = {
    "str": Kind.TEXT,
    "bytes": Kind.BYTES,
    "str | None": Kind.MAYBE_TEXT,
    "None | str": Kind.MAYBE_TEXT,
    "Optional[str]": Kind.MAYBE_TEXT,
}


def kind(parsed: Parsed, node: cst.BaseExpression, depth: int = 0) -> Kind:
    """Tell what the value of an expression is."""
    literal = plain(node)
    if isinstance(literal, str | bytes) or isinstance(node, cst.FormattedString):
        return Kind.BYTES if isinstance(literal, bytes) else Kind.TEXT
    match node:
        case cst.BinaryOperation(operator=cst.Add(), left=left, right=right) if depth < _DEEPEST:
            both = {kind(parsed, left, depth + 1), kind(parsed, right, depth + 1)}
            return next((one for one in (Kind.TEXT, Kind.BYTES) if one in both), Kind.UNKNOWN)
        case cst.Call():
            return _of_call(parsed, node)
        case cst.Subscript(value=value) if _is_field(value):
            return Kind.TEXT
        case cst.Name() if depth < _DEEPEST:
            return _of_name(parsed, node, depth)
    return Kind.UNKNOWN


def _is_field(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Attribute) and node.attr.value in _FIELDS


def _of_call(parsed: Parsed, call: cst.Call) -> Kind:
    named = _NAMED.get(imported(parsed, call.func))
    if named is not None or not isinstance(call.func, cst.Attribute):
        return named or Kind.UNKNOWN
    if call.func.attr.value == "get" and _is_field(call.func.value) and call.args:
        default = plain(call.args[-1].value) if len(call.args) > 1 else None
        return Kind.TEXT if isinstance(default, str) else Kind.MAYBE_TEXT
    return _METHODS.get(call.func.attr.value, Kind.UNKNOWN)


def _of_name(parsed: Parsed, name: cst.Name, depth: int) -> Kind:
    bound = assignments(parsed, name)
    if len(bound) == 1 and isinstance(bound[0].node, cst.Param):
        return _of_parameter(bound[0].node)
    found = {kind(parsed, value, depth + 1) for value in values(parsed, name) or []}
    return found.pop() if len(found) == 1 else Kind.UNKNOWN


def _of_parameter(parameter: cst.Param) -> Kind:
    annotation = parameter.annotation
    said = code(annotation.annotation).strip("\"'") if annotation is not None else ""
    found = _ANNOTATED.get(said, Kind.UNKNOWN)
    # `signature: str = Header(None)` is None where the header is missing, whatever it says.
    loose = parameter.default is not None and not isinstance(plain(parameter.default), str)
    return Kind.MAYBE_TEXT if found is Kind.TEXT and loose else found
