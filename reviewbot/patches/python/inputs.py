"""Whether a value comes from outside or surely is harmless, as far as a few lines show it."""

import re
from enum import Enum, auto

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python.built import is_fixed
from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import assignments, imported
from reviewbot.patches.python.origins import plain, values
from reviewbot.patches.python.pieces import Hole
from reviewbot.patches.python.texts import read

_DEEPEST = 5
_OWN = frozenset(
    {"self", "cls", "request", "req", "app", "session", "conn", "connection", "cur", "cursor", "db"}
)
_REQUEST = re.compile(
    r"(^|[.\s(])req(uest)?\.(args|form|values|json|data|cookies|headers|files|GET|POST|COOKIES|FILES|META|body|query_params|"
    r"path_params|match_info|rel_url|query|forms|params|post|text|content|path|full_path|get_json|get_data|environ)\b"
    r"|\bself\.(path|headers|rfile)\b|\.get_((query|body)_)?arguments?\(|\.cleaned_data\b|\bsys\.argv\b|\binput\("
    r"|^event\b|\benviron\["
)
_HARMLESS_CALLS = re.compile(
    r"^(builtins\.(int|float|len|bool|ord|hash|round)|uuid\.\w+|datetime\..*|time\..*)$"
)


class Origin(Enum):
    """Where a value comes from."""

    OUTSIDE = auto()
    HARMLESS = auto()
    UNKNOWN = auto()


def origin(parsed: Parsed, hole: Hole, depth: int = 0) -> Origin:
    """Say where the value of a hole comes from. A number is harmless, and so is a constant of the file."""
    value = hole.value
    numeric = hole.how == "d" or hole.spec[-1:] in {"d", "f", "x", "e", "%"}
    if numeric or plain(value) is not None or is_fixed(parsed, Hole(value)):
        return Origin.HARMLESS
    if isinstance(value, cst.Call) and _HARMLESS_CALLS.match(imported(parsed, value.func)):
        return Origin.HARMLESS
    if _REQUEST.search(code(value)):
        return Origin.OUTSIDE if read(value) is None else Origin.UNKNOWN
    if isinstance(value, cst.Name):
        return _named(parsed, value, depth)
    names = [name for name in m.findall(value, m.Name()) if isinstance(name, cst.Name)]
    simple = isinstance(value, cst.Subscript | cst.Attribute) and names
    return _named(parsed, names[0], depth) if simple else Origin.UNKNOWN


def _named(parsed: Parsed, name: cst.Name, depth: int) -> Origin:
    bound = assignments(parsed, name)
    if bound and all(isinstance(one.node, cst.Param) for one in bound):
        return _parameter(bound[0].node) if name.value not in _OWN else Origin.UNKNOWN
    kept = values(parsed, name)
    if not kept or depth > _DEEPEST:
        return Origin.UNKNOWN
    found = {origin(parsed, Hole(one), depth + 1) for one in kept}
    return found.pop() if len(found) == 1 else Origin.UNKNOWN


def _parameter(param: cst.CSTNode) -> Origin:
    annotation = param.annotation if isinstance(param, cst.Param) else None
    if annotation is not None and code(annotation.annotation) in {
        "int",
        "float",
        "bool",
        "uuid.UUID",
        "UUID",
    }:
        return Origin.HARMLESS
    return Origin.OUTSIDE
