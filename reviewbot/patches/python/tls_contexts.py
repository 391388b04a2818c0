"""Contexts of the `ssl` module whose checks are switched off."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression
from reviewbot.patches.python.names import beside, imported
from reviewbot.patches.python.origins import enclosing, made_by
from reviewbot.patches.python.statements import Replacement, after, assigns, changed, line_of

_SERVER = Unmended("this is a server's context, and whether its clients have certificates cannot be seen")
_UNSEEN = Unmended("where the context is made cannot be seen")
_CHECKS = {"check_hostname", "verify_mode"}
_MADE_WITH_ROOTS = {
    "ssl.create_default_context",
    "ssl._create_unverified_context",
    "ssl._create_stdlib_context",
}
_LOADS = {"load_default_certs", "load_verify_locations", "set_default_verify_paths"}


def context_checked(parsed: Parsed) -> Rewritten | Unmended | None:
    """`context.verify_mode = ssl.CERT_NONE` and `context.check_hostname = False`, which belong together."""
    line = next((one for one in assigns(parsed) if _lax(parsed, one)), None)
    if line is None:
        return None
    target = line.targets[0].target
    assert isinstance(target, cst.Attribute)
    made = made_by(parsed, target.value)
    if not made:
        return _UNSEEN
    if any(of_server(call) for call in made) or _accepts(parsed):
        return _SERVER
    lax = [
        one for one in _lax_lines(parsed, target.value) if enclosing(parsed, one) is enclosing(parsed, line)
    ]
    pairs: list[tuple[cst.CSTNode, cst.CSTNode]] = []
    imports: list[str] = []
    for one in lax:
        strict = _strict(parsed, one)
        if strict is None:
            return _UNSEEN
        pairs.append((one.value, strict[0]))
        imports += strict[1]
    rooted = all(imported(parsed, call.func) in _MADE_WITH_ROOTS for call in made)
    if not rooted and not loads_roots(parsed, target.value):
        return _with_roots(parsed, lax[-1], code(target.value), pairs, imports)
    return Rewritten(pairs, tuple(imports))


def _lax(parsed: Parsed, line: cst.Assign) -> bool:
    target = line.targets[0].target
    if not isinstance(target, cst.Attribute) or target.attr.value not in _CHECKS or len(line.targets) > 1:
        return False
    return code(line.value) == "False" or imported(parsed, line.value) in {
        "ssl.CERT_NONE",
        "ssl.VerifyMode.CERT_NONE",
    }


def _lax_lines(parsed: Parsed, context: cst.BaseExpression) -> list[cst.Assign]:
    found = [one for one in m.findall(parsed.module, m.Assign()) if isinstance(one, cst.Assign)]
    same = [one for one in found if _lax(parsed, one) and _of(one) == code(context)]
    return sorted(same, key=lambda one: parsed.where(one).start.line)


def _of(line: cst.Assign) -> str:
    target = line.targets[0].target
    return code(target.value) if isinstance(target, cst.Attribute) else ""


def _strict(parsed: Parsed, line: cst.Assign) -> tuple[cst.BaseExpression, tuple[str, ...]] | None:
    if code(line.value) == "False":
        return cst.Name("True"), ()
    found = beside(parsed, line.value, "CERT_REQUIRED")
    return (expression(found[0]), found[1]) if found is not None else None


def of_server(made: cst.Call) -> bool:
    """Say whether a context is made for connections that others open."""
    text = code(made)
    return "CLIENT_AUTH" in text or "_SERVER" in text


def loads_roots(parsed: Parsed, context: cst.BaseExpression) -> bool:
    """Say whether a context is given roots to check certificates against."""
    calls = m.findall(parsed.module, m.Call(func=m.Attribute()))
    return any(
        isinstance(call, cst.Call)
        and isinstance(call.func, cst.Attribute)
        and call.func.attr.value in _LOADS
        and code(call.func.value) == code(context)
        for call in calls
    )


def _accepts(parsed: Parsed) -> bool:
    serves = m.Arg(keyword=m.Name("server_side"))
    return bool(m.findall(parsed.module, m.Call(args=[m.ZeroOrMore(), serves, m.ZeroOrMore()])))


def _with_roots(
    parsed: Parsed,
    last: cst.Assign,
    context: str,
    pairs: list[tuple[cst.CSTNode, cst.CSTNode]],
    imports: list[str],
) -> Rewritten | Unmended:
    """Load the system's roots behind the last of the lines, or nothing at all could be verified."""
    line = line_of(parsed, last)
    if line is None:
        return Unmended("the setting does not stand on a line of its own")
    inner = [pair for pair in pairs if pair[0] is last.value]
    outer: list[Replacement] = [pair for pair in pairs if pair[0] is not last.value]
    _, lines = after(changed(line, *inner), [f"{context}.load_default_certs()"])
    return Rewritten([*outer, (line, lines)], tuple(imports))
