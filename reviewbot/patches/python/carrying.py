"""What names of functions and attributes tell about a value: that it came with a request, is handed on, is a number."""

import re

import libcst as cst

from reviewbot.patches.python.module import code

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
HANDS_ON = re.compile(
    r"get|getlist|getall|get_all|pop|keys|values|items|str|list|tuple|dict|set|sorted|reversed|next|iter|enumerate|format"
    r"|join|replace|lower|upper|title|capitalize|swapcase|casefold|ljust|rjust|center|zfill|expandtabs|bytes|copy"
    r"|(urlsafe_)?b64(de|en)code|decodebytes|unquote(_plus)?|get_((query|body)_)?arguments?|getvalue|getone|getfirst"
)
"""Functions that give back what they are given, or a part of it, in another form."""

TAKES_PART = re.compile(
    r"(r?split|[lr]?strip|r?partition|removeprefix|removesuffix|encode|decode|splitlines)"
)
"""The same, whose arguments get into nothing."""

KEYED = frozenset(
    {
        "get",
        "getlist",
        "getall",
        "get_all",
        "pop",
        "setdefault",
        "replace",
        "get_argument",
        "get_query_argument",
        "get_body_argument",
    }
)
"""The same, whose first argument only says where: a key, a text that is replaced."""

FILL = frozenset({"append", "insert", "set", "add", "update", "extend", "setdefault", "write"})
EMPTY = frozenset({"ConfigParser", "list", "dict", "set", "OrderedDict", "defaultdict", "StringIO"})
SAID = frozenset({"strerror", "filename", "args", "msg", "reason", "message"})
SAFE = re.compile(r"(?i)(^|\.)(?!un)\w*(escape|quote|saniti[sz]e|clean|secure)\w*$")
LOOKS = re.compile(
    r"len|str|repr|list|tuple|sorted|dict|set|enumerate|bool|.*\.(format|join|dumps|jsonify)|jsonify"
)
MARKUP = re.compile(r"(?i)html|markup|safe|raw|rendered")
ADDRESSES = frozenset({"flask.url_for", "django.urls.reverse"})
PLACE = re.compile(r"^(?:\w+\.)+[A-Z][A-Z0-9_]*(?:DIR|FOLDER|PATH|ROOT|FILE)[A-Z0-9_]*$")


def made_safe(call: cst.BaseExpression) -> bool:
    """Say whether this calls a function that makes a value safe for some place, by its name."""
    return isinstance(call, cst.Call) and bool(SAFE.search(code(call.func)))


def requested(node: cst.BaseExpression) -> bool:
    """Say whether an expression reads the request by its name: `request.args["x"]`, and not `shown(request.args)`."""
    inner = (
        node.func if isinstance(node, cst.Call) else node.value if isinstance(node, cst.Subscript) else node
    )
    if any(isinstance(one, cst.Call | cst.Subscript) for one in chain(inner)):
        return False
    end = "(" if isinstance(node, cst.Call) else "[" if isinstance(node, cst.Subscript) else ""
    return bool(REQUEST.search(code(inner) + end))


def chain(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    """Give an expression and what it is a member, an item or a result of."""
    found = [node]
    while isinstance(found[-1], cst.Attribute | cst.Subscript | cst.Call):
        last = found[-1]
        found.append(last.func if isinstance(last, cst.Call) else last.value)
    return found
