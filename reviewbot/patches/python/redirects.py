"""A redirect goes to a path of the site itself, or is refused."""

import re

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.carried import Carried, carried
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.guards import Check, Refusal, guarded, place, quiet, refusal
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix, free
from reviewbot.patches.python.names import free_name, imported, imports_any
from reviewbot.patches.python.origins import enclosing, made_by

_REDIRECTS = frozenset(
    {
        "flask.redirect", "django.http.HttpResponseRedirect", "django.http.HttpResponsePermanentRedirect",
        "django.shortcuts.redirect", "fastapi.responses.RedirectResponse", "starlette.responses.RedirectResponse",
    }
)  # fmt: skip
# One slash and then neither another one nor a backslash, which browsers read as the same; no control characters,
# which they leave out before they read.
_PATH = r"/(?![/\\])[^\x00-\x1f]*"
# The same, or a name beside the page, which no scheme is in front of.
_PATH_OR_NAME = r"(?:/(?![/\\])|(?![\w.+-]*:)[\w.-])[^\x00-\x1f]*"
_LEFT = 'raise ValueError("the redirect leads to another site")'


def _mended(parsed: Parsed) -> Rewritten | Unmended:
    found = _targets(parsed)
    if len(found) != 1:
        return Unmended("no redirect is understood here")
    node = found[0]
    statement = place(parsed, node)
    pattern = _pattern(carried(parsed, node))
    if statement is None or not quiet(node) or not pattern:
        return Unmended("the address is put together, or there is no line in front where a check could stand")
    check = _check(parsed, node, pattern)
    if check is None:
        return Unmended("the file uses no framework whose way to check an address is known")
    condition, refused, imports = check
    if not all(free(parsed, name) for name in (*imports, *refused.imports)):
        return Unmended("the names that the check needs mean something else in the file")
    name = (
        node.value
        if isinstance(node, cst.Name)
        else free_name(parsed, "target", "location", "redirect_target")
    )
    if not name:
        return Unmended("the names that the check needs mean something else in the file")
    new = statement if isinstance(node, cst.Name) else statement.deep_replace(node, cst.Name(name))
    assert isinstance(new, cst.SimpleStatementLine | cst.BaseCompoundStatement)
    before = [] if isinstance(node, cst.Name) else [f"{name} = {code(node)}"]
    return Rewritten(
        [guarded(statement, before, new, Check(condition.format(name), refused), after=False)],
        (*imports, *refused.imports),
    )


def _pattern(held: Carried) -> str:
    """Give what an address has to look like: also as the program's own ones do, which must be let through."""
    if not held.outside or not held.clear:
        return ""
    own = held.texts - {""}
    return next((one for one in (_PATH, _PATH_OR_NAME) if all(re.fullmatch(one, text) for text in own)), "")


def _targets(parsed: Parsed) -> list[cst.BaseExpression]:
    calls = meant(parsed, parsed.calls(*_REDIRECTS))
    found = [arg.value for call in calls if (arg := _first(call)) is not None]
    if found:
        return found
    assigned = [one for one in m.findall(parsed.module, m.Assign()) if isinstance(one, cst.Assign)]
    return [one.value for one in assigned if parsed.found(one) and _is_location(one)]


def _first(call: cst.Call) -> cst.Arg | None:
    return arguments.argument(call, "url", 0) or arguments.keyword(call, "location", "to", "redirect_to")


def _is_location(node: cst.Assign) -> bool:
    target = code(node.targets[0].target).lower()
    return len(node.targets) == 1 and target.endswith(('["location"]', "['location']"))


def _check(
    parsed: Parsed, node: cst.BaseExpression, pattern: str
) -> tuple[str, Refusal, tuple[str, ...]] | None:
    """Give the condition with a place for the name, what is done if it holds, and the imports of the condition."""
    function = enclosing(parsed, node)
    framework = _framework(parsed, node)
    if framework == "django":
        asked = function is not None and any(one.name.value == "request" for one in function.params.params)
        if not asked:
            return None
        condition = "not url_has_allowed_host_and_scheme({}, allowed_hosts={{request.get_host()}})"
        stop = Refusal(
            ('raise SuspiciousOperation("the redirect leads to another site")',),
            ("django.core.exceptions:SuspiciousOperation",),
        )
        return condition, stop, ("django.utils.http:url_has_allowed_host_and_scheme",)
    refused = refusal(parsed, node, 400, _LEFT, framework)
    return None if refused.lines == (_LEFT,) else (f'not re.fullmatch(r"{pattern}", {{}})', refused, ("re",))


def _framework(parsed: Parsed, node: cst.BaseExpression) -> str:
    """Tell by the call that redirects, or that made the answer whose header is set; else by what the file imports."""
    arg = parsed.parent(node)
    call = parsed.parent(arg) if arg is not None else None
    calls = [call] if isinstance(call, cst.Call) else _answers(parsed, arg)
    names = {imported(parsed, one.func).partition(".")[0] for one in calls}
    name = names.pop() if len(names) == 1 else ""
    if name:
        return "fastapi" if name == "starlette" else name
    known = [one for one in ("flask", "fastapi", "django") if imports_any(parsed, one)]
    return known[0] if len(known) == 1 else ""


def _answers(parsed: Parsed, assign: cst.CSTNode | None) -> list[cst.Call]:
    """Give the calls that made what `answer.headers["Location"] = …` sets a header of."""
    at: cst.CSTNode | None = assign.targets[0].target if isinstance(assign, cst.Assign) else None
    while isinstance(at, cst.Attribute | cst.Subscript):
        at = at.value
    return made_by(parsed, at) if isinstance(at, cst.Name) else []


FIXES = {"redirect-inside": fix(_mended)}
