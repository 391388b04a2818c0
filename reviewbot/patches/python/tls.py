"""TLS certificates and host names are checked again, whatever library had that switched off."""

import re
from collections.abc import Callable

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import given, keyword, rebuilt, remarked, spreads, without
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.names import imported, sibling
from reviewbot.patches.python.origins import made_by
from reviewbot.patches.python.statements import assigns
from reviewbot.patches.python.tls_contexts import context_checked
from reviewbot.patches.python.tls_openssl import openssl_checked

_UNKNOWN = Unmended("nothing on these lines is known to switch the check of certificates off")

_OFF = {
    # Of a keyword: the packages whose calls take it, and what it is set to where it cannot simply be taken out.
    "verify": (("requests.", "httpx."), "True"),
    "ssl": (("aiohttp.",), "None"),
    "verify_ssl": (("aiohttp.",), "True"),
    "assert_hostname": (("urllib3.",), "None"),
}
_NO_LEVEL = re.compile(r"(?:ssl\.)?CERT_NONE|['\"](?:CERT_)?NONE['\"]")
_WITHOUT_CHECK = "ssl._create_unverified_context"
_TAKEN_OVER = frozenset({"purpose", "cafile", "capath", "cadata"})


def verified(parsed: Parsed) -> Rewritten | Unmended:
    """Try what is known of each library in turn."""
    tries: tuple[Callable[[Parsed], Rewritten | Unmended | None], ...] = (
        _switches, _levels, _default_context, _default_replaced, _assigned, context_checked, openssl_checked, _ldap,
    )  # fmt: skip
    return next((found for one in tries if (found := one(parsed)) is not None), _UNKNOWN)


def _switches(parsed: Parsed) -> Rewritten | None:
    """`verify=False` and its like: taken out, so that the library's own default holds."""
    calls = meant(parsed, [call for call in parsed.calls() if _switched_off(parsed, call)])
    return Rewritten(rebuilt(parsed, calls, _switched_on)) if calls else None


def _switched_off(parsed: Parsed, call: cst.Call) -> bool:
    name = imported(parsed, call.func) or _of_session(parsed, call)
    return any(
        name.startswith(packages) and (arg := _false(call, word)) is not None and parsed.found(arg)
        for word, (packages, _) in _OFF.items()
    )


def _of_session(parsed: Parsed, call: cst.Call) -> str:
    """Give the full name of a method of what a known class made: `requests.Session.get`."""
    if not isinstance(call.func, cst.Attribute):
        return ""
    made = {imported(parsed, one.func) for one in made_by(parsed, call.func.value)}
    return f"{made.pop()}.{call.func.attr.value}" if len(made) == 1 else ""


def _switched_on(call: cst.Call) -> cst.Call:
    for word, (_, on) in _OFF.items():
        arg = _false(call, word)
        if arg is not None:
            # A comment beside it stays, and so has to stay beside something.
            call = given(call, arg, on) if remarked(call, arg) else without(call, arg)
    level = keyword(call, "cert_reqs")
    if level is not None and _NO_LEVEL.fullmatch(code(level.value)):
        call = given(call, level, '"CERT_REQUIRED"')
    return call


def _false(call: cst.Call, word: str) -> cst.Arg | None:
    arg = keyword(call, word)
    return arg if arg is not None and code(arg.value) == "False" else None


def _levels(parsed: Parsed) -> Rewritten | None:
    """`cert_reqs` of urllib3, whose default was once to check nothing: so it is said."""
    changes: list[tuple[cst.CSTNode, cst.CSTNode]] = []
    for call in parsed.calls():
        arg = keyword(call, "cert_reqs") if imported(parsed, call.func).startswith("urllib3.") else None
        if arg is None or not parsed.found(arg):
            continue
        if code(arg.value).strip("rRuU'\"") in {"CERT_NONE", "NONE"}:
            changes.append((arg.value, expression('"CERT_REQUIRED"')))
        elif imported(parsed, arg.value) == "ssl.CERT_NONE" and (
            renamed := sibling(parsed, arg.value, "CERT_REQUIRED")
        ):
            return Rewritten(renamed.replacements, renamed.imports)
    return Rewritten(changes) if changes else None


def _default_context(parsed: Parsed) -> Rewritten | Unmended | None:
    calls = meant(parsed, parsed.calls(_WITHOUT_CHECK))
    if not calls:
        return None
    call = calls[0]
    placed = [arg for arg in call.args if arg.keyword is None]
    named = {arg.keyword.value for arg in call.args if arg.keyword is not None}
    if len(calls) > 1 or spreads(call) or placed or not named <= _TAKEN_OVER:
        return Unmended("the context is made with settings that a checking one does not take")
    return _renamed(parsed, call.func)


def _renamed(parsed: Parsed, node: cst.BaseExpression) -> Rewritten | None:
    renamed = sibling(parsed, node, "create_default_context")
    return Rewritten(renamed.replacements, renamed.imports) if renamed is not None else None


def _default_replaced(parsed: Parsed) -> Rewritten | None:
    """`ssl._create_default_https_context = ssl._create_unverified_context`."""
    for assign in assigns(parsed):
        if imported(parsed, assign.value) == _WITHOUT_CHECK:
            return _renamed(parsed, assign.value)
    return None


def _assigned(parsed: Parsed) -> Rewritten | None:
    """`session.verify = False`."""
    changes = [
        (assign.value, cst.Name("True"))
        for assign in assigns(parsed)
        if code(assign.value) == "False" and _is_session(parsed, assign.targets[0].target)
    ]
    return Rewritten(changes) if changes else None


def _is_session(parsed: Parsed, target: cst.BaseExpression) -> bool:
    if not isinstance(target, cst.Attribute) or target.attr.value != "verify":
        return False
    made = {imported(parsed, call.func) for call in made_by(parsed, target.value)}
    return made in ({"requests.Session"}, {"requests.session"})


def _ldap(parsed: Parsed) -> Rewritten | None:
    for call in parsed.calls("ldap.set_option"):
        level = call.args[-1].value
        if imported(parsed, level) == "ldap.OPT_X_TLS_NEVER" and (
            found := sibling(parsed, level, "OPT_X_TLS_DEMAND")
        ):
            return Rewritten(found.replacements, found.imports)
    return None


FIXES = {"tls-verification": fix(verified)}
