"""Guards: conditions that a remedy may add, because they can do nothing but refuse."""

import ast
import builtins

from reviewbot.patches.checks.comparing import Side
from reviewbot.patches.checks.python_tree import Names

_NO_ERRORS = frozenset(
    {"SystemExit", "KeyboardInterrupt", "StopIteration", "StopAsyncIteration", "GeneratorExit"}
)
_ERRORS = frozenset(
    {"HTTPException", "BadRequest", "Forbidden", "NotFound", "Unauthorized", "PermissionDenied", "Http404", "SuspiciousOperation",
     "SuspiciousFileOperation", "ValidationError", "DisallowedRedirect", "HTTPError", "HTTPBadRequest", "HTTPForbidden", "HTTPNotFound"}
)  # fmt: skip
_REFUSALS = frozenset(
    {
        "HttpResponseBadRequest",
        "HttpResponseForbidden",
        "HttpResponseNotFound",
        "HttpResponseServerError",
        "HttpResponseNotAllowed",
    }
)
_ABORTS = frozenset({"abort", "flask.abort", "werkzeug.exceptions.abort", "bottle.abort"})
_STATUS = frozenset({"status", "status_code", "code"})


def is_guard(node: ast.AST, side: Side, names: Names) -> bool:
    """Say whether this is an `if` that is new from its first to its last line, and only refuses."""
    if not isinstance(node, ast.If) or node.orelse or len(node.body) != 1:
        return False
    new = {line for start, end in side.spans for line in range(start, end + 1)}
    if not all(line in new for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)):
        return False
    if not any(isinstance(one, ast.Name) for one in ast.walk(node.test)):
        return False
    return refuses(node.body[0], names)


def refuses(node: ast.stmt, names: Names) -> bool:
    """Say whether a statement is nothing but a refusal."""
    if isinstance(node, ast.Raise):
        return node.exc is not None and node.cause is None and _is_error(node.exc, names)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        aborts = names.dotted(call.func) in _ABORTS
        return aborts and bool(call.args) and _is_status(call.args[0]) and _is_plain(call)
    if isinstance(node, ast.Return) and node.value is not None:
        return _is_refusal(node.value, names)
    return False


def _is_error(node: ast.expr, names: Names) -> bool:
    called = isinstance(node, ast.Call)
    last = names.dotted(node.func if isinstance(node, ast.Call) else node).rpartition(".")[2]
    kind = getattr(builtins, last, None)
    known = isinstance(kind, type) and issubclass(kind, Exception)
    if last in _NO_ERRORS or not (known or last in _ERRORS):
        return False
    if not called:
        return isinstance(node, ast.Name | ast.Attribute)
    assert isinstance(node, ast.Call)
    given = [one for one in node.keywords if one.arg in _STATUS]
    return _is_plain(node) and all(_is_status(one.value) for one in given)


def _is_refusal(value: ast.expr, names: Names) -> bool:
    if isinstance(value, ast.Tuple):
        return (
            bool(value.elts)
            and _is_status(value.elts[-1])
            and all(_is_said(one, names) for one in value.elts[:-1])
        )
    if not isinstance(value, ast.Call) or not _is_plain(value):
        return False
    last = names.dotted(value.func).rpartition(".")[2]
    status = [one.value for one in value.keywords if one.arg in {"status", "status_code"}]
    if last in _REFUSALS:
        return not status
    return last in {"Response", "JSONResponse", "JsonResponse", "HttpResponse", "PlainTextResponse"} and bool(
        status and _is_status(status[0])
    )


def _is_said(value: ast.expr, names: Names) -> bool:
    """Say whether this is a message: a constant, a table of constants, or `jsonify` of them."""
    if isinstance(value, ast.Call):
        return names.dotted(value.func).rpartition(".")[2] == "jsonify" and _is_plain(value)
    return _is_constant(value)


def _is_plain(call: ast.Call) -> bool:
    return all(_is_constant(one) for one in (*call.args, *(keyword.value for keyword in call.keywords)))


def _is_constant(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict):
        return all(key is not None and _is_constant(key) for key in value.keys) and all(
            map(_is_constant, value.values)
        )
    return isinstance(value, ast.Constant)


def _is_status(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and type(value.value) is int and 400 <= value.value < 600
