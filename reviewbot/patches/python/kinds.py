"""What the file shows about a value: whether it surely is text."""

import re

import libcst as cst

from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import assignments, imported
from reviewbot.patches.python.origins import enclosing, values

_DEEPEST = 5
_FIELDS = r"(args|form|values|headers|cookies|GET|POST|COOKIES|META|match_info|query|query_params|path_params|environ|argv)"
_FIELD = re.compile(rf"(^|\.){_FIELDS}$")
_ADDRESS = re.compile(r"(^|\.)request\.(path|full_path|method|url|base_url|host)$")
_SAME = frozenset(
    {
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "upper",
        "replace",
        "title",
        "removeprefix",
        "removesuffix",
        "join",
        "format",
    }
)
_GIVE_TEXT = frozenset(
    {
        "builtins.str", "builtins.repr", "builtins.input", "os.path.join", "os.path.basename", "os.path.realpath",
        "os.path.abspath", "os.fspath", "html.escape", "shlex.quote", "urllib.parse.quote", "re.escape",
        "werkzeug.utils.secure_filename", "json.dumps",
    }
)  # fmt: skip
_ROUTED = r"<(?:string:|path:|default:)?{}>"


def surely_text(parsed: Parsed, node: cst.BaseExpression, depth: int = 0) -> bool:
    """Say whether an expression cannot be anything but `str`, as far as types are written or known."""
    found = False
    match node:
        case _ if depth > _DEEPEST:
            pass
        case cst.FormattedString() | cst.ConcatenatedString():
            found = True
        case cst.SimpleString():
            found = "b" not in node.prefix.lower()
        case cst.BinaryOperation(operator=cst.Add()):
            found = any(surely_text(parsed, side, depth + 1) for side in (node.left, node.right))
        case cst.BinaryOperation(operator=cst.Modulo()):
            found = surely_text(parsed, node.left, depth + 1)
        case cst.Subscript(value=base):
            found = bool(_FIELD.search(code(base)))
        case cst.Attribute():
            found = bool(_ADDRESS.search(code(node))) or _requested(parsed, node)
        case cst.Call():
            found = _given(parsed, node, depth)
        case cst.Name():
            found = _named(parsed, node, depth)
    return found


def _requested(parsed: Parsed, node: cst.Attribute) -> bool:
    """Say whether this is the path in a handler of `http.server`."""
    function = enclosing(parsed, node)
    return code(node) == "self.path" and function is not None and function.name.value.startswith("do_")


def _given(parsed: Parsed, call: cst.Call, depth: int) -> bool:
    if imported(parsed, call.func) in _GIVE_TEXT:
        return True
    if not isinstance(call.func, cst.Attribute):
        return False
    name, base = call.func.attr.value, call.func.value
    if name in _SAME:
        return surely_text(parsed, base, depth + 1)
    if name == "get" and len(call.args) == 2:
        return bool(_FIELD.search(code(base))) and surely_text(parsed, call.args[1].value, depth + 1)
    return False


def _named(parsed: Parsed, name: cst.Name, depth: int) -> bool:
    bound = assignments(parsed, name)
    if bound and all(isinstance(one.node, cst.Param) for one in bound):
        return all(_parameter(parsed, one.node) for one in bound if isinstance(one.node, cst.Param))
    kept = values(parsed, name)
    return bool(kept) and all(surely_text(parsed, one, depth + 1) for one in kept or ())


def _parameter(parsed: Parsed, param: cst.Param) -> bool:
    if param.annotation is not None:
        plain = imported(parsed, param.annotation.annotation) == "builtins.str"
        return plain and (param.default is None or surely_text(parsed, param.default))
    above = parsed.parent(parsed.parent(param) or param)
    if not isinstance(above, cst.FunctionDef) or param.default is not None:
        return False
    pattern = re.compile(_ROUTED.format(re.escape(param.name.value)))
    routes = [one.decorator for one in above.decorators if isinstance(one.decorator, cst.Call)]
    return any(pattern.search(code(one.args[0])) for one in routes if one.args)
