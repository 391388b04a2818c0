"""The check that a form comes from the site's own pages is switched on again."""

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import assignments, imported, sibling
from reviewbot.patches.python.origins import plain
from reviewbot.patches.python.settings import settings, switched
from reviewbot.patches.python.statements import decorators

_FLAGS = {"WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT", "JWT_COOKIE_CSRF_PROTECT", "csrf", "require_csrf"}
_EXEMPT = "django.views.decorators.csrf.csrf_exempt"
_FORMS = (
    "flask_wtf.csrf.CSRFProtect",
    "flask_wtf.CSRFProtect",
    "flask_wtf.csrf.CsrfProtect",
    "flask_seasurf.SeaSurf",
)
_MIDDLEWARE = "django.middleware.csrf.CsrfViewMiddleware"
_BEFORE_IT = (
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
)


def checked(parsed: Parsed) -> Rewritten | Unmended:
    """Switch the flag, take the exemption away, or put the middleware in."""
    found = switched(parsed, _FLAGS, "False", "True")
    if found:
        return Rewritten(found)
    return (
        _exemption(parsed) or _middleware(parsed) or Unmended("what switches the check off is not known here")
    )


def _exemption(parsed: Parsed) -> Rewritten | Unmended | None:
    """`csrf_exempt` becomes `csrf_protect`, which checks without the middleware too."""
    changes: list[tuple[cst.CSTNode, object]] = []
    imports: tuple[str, ...] = ()
    for one in decorators(parsed):
        name = _django(parsed, one.decorator)
        renamed = sibling(parsed, name, "csrf_protect") if name is not None else None
        if renamed is not None and name is one.decorator and _of_a_class(parsed, one):
            return Unmended("the view is a method, which takes no decorator of functions")
        if renamed is not None:
            changes += renamed.replacements
            imports = renamed.imports
        elif (
            _exempts(parsed, one.decorator)
            and not one.leading_lines
            and one.trailing_whitespace.comment is None
        ):
            changes.append((one, cst.RemoveFromParent()))
    return Rewritten(changes, imports) if changes else None


def _of_a_class(parsed: Parsed, one: cst.Decorator) -> bool:
    function = parsed.parent(one)
    if not isinstance(function, cst.FunctionDef) or not function.params.params:
        return not isinstance(function, cst.FunctionDef)
    return function.params.params[0].name.value in {"self", "cls"}


def _django(parsed: Parsed, node: cst.BaseExpression) -> cst.BaseExpression | None:
    """Give the name of the exemption, also in `method_decorator(csrf_exempt, name="dispatch")`."""
    if isinstance(node, cst.Call):
        made = imported(parsed, node.func) == "django.utils.decorators.method_decorator"
        return _django(parsed, node.args[0].value) if made and node.args else None
    return node if imported(parsed, node) == _EXEMPT else None


def _exempts(parsed: Parsed, node: cst.BaseExpression) -> bool:
    if (
        not isinstance(node, cst.Attribute)
        or node.attr.value != "exempt"
        or not isinstance(node.value, cst.Name)
    ):
        return False
    return any(_protects(parsed, one.node) for one in assignments(parsed, node.value))


def _protects(parsed: Parsed, target: cst.CSTNode) -> bool:
    above = parsed.parent(target)
    statement = parsed.parent(above) if above is not None else None
    made = statement.value if isinstance(statement, cst.Assign) else None
    return isinstance(made, cst.Call) and imported(parsed, made.func) in _FORMS


def _middleware(parsed: Parsed) -> Rewritten | None:
    for _, node in settings(parsed, {"MIDDLEWARE"}):
        if isinstance(node, cst.List):
            names = [plain(one.value) for one in node.elements]
            place = next((names.index(name) for name in _BEFORE_IT if name in names), None)
            if place is not None and _MIDDLEWARE not in names:
                return Rewritten([(node, _inserted(node, place))])
    return None


def _inserted(node: cst.List, place: int) -> cst.List:
    """Put the middleware behind another one, laid out as that is."""
    one = node.elements[place]
    quote = '"' if code(one.value).startswith('"') else "'"
    new = one.with_changes(value=cst.SimpleString(f"{quote}{_MIDDLEWARE}{quote}"))
    if not isinstance(one.comma, cst.Comma):
        one = one.with_changes(comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    elif place == len(node.elements) - 1:
        gap = node.elements[place - 1].comma if place else node.lbracket
        space = gap.whitespace_after if isinstance(gap, cst.Comma | cst.LeftSquareBracket) else None
        one = one.with_changes(comma=cst.Comma(whitespace_after=space or cst.SimpleWhitespace(" ")))
    return node.with_changes(elements=[*node.elements[:place], one, new, *node.elements[place + 1 :]])


FIXES = {"csrf-check": fix(checked)}
