"""The keys of SSH hosts are checked against those that are known."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import keyword, rebuilt, remarked, without
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import imported, sibling
from reviewbot.patches.python.statements import before, below, changed, line_of

_LAX = {
    f"{module}.{name}"
    for module in ("paramiko", "paramiko.client")
    for name in ("AutoAddPolicy", "WarningPolicy")
}
_LOADS = {"load_system_host_keys", "load_host_keys"}


def host_checked(parsed: Parsed) -> Rewritten | Unmended:
    """Refuse hosts that are not known, and load those that are."""
    return _policy(parsed) or _known_hosts(parsed) or Unmended("how the host's key is checked cannot be seen")


def _policy(parsed: Parsed) -> Rewritten | Unmended | None:
    wanted = m.Attribute(attr=m.Name("set_missing_host_key_policy"))
    calls = [call for call in parsed.calls() if m.matches(call.func, wanted) and len(call.args) == 1]
    calls = meant(parsed, [call for call in calls if imported(parsed, call.args[0].value) in _LAX])
    if len(calls) != 1:
        return None
    client, policy = calls[0].func, calls[0].args[0].value
    assert isinstance(client, cst.Attribute)
    renamed = sibling(parsed, policy.func if isinstance(policy, cst.Call) else policy, "RejectPolicy")
    line = line_of(parsed, calls[0])
    if renamed is None or line is None:
        return None
    if _loads(parsed, client.value):
        return Rewritten(renamed.replacements, renamed.imports)
    inside = [pair for pair in renamed.replacements if below(parsed, pair[0], line)]
    outside = [pair for pair in renamed.replacements if not below(parsed, pair[0], line)]
    _, lines = before(changed(line, *inside), [f"{code(client.value)}.load_system_host_keys()"])
    return Rewritten([*outside, (line, lines)], renamed.imports)


def _loads(parsed: Parsed, client: cst.BaseExpression) -> bool:
    calls = m.findall(parsed.module, m.Call(func=m.Attribute()))
    return any(
        isinstance(call, cst.Call)
        and isinstance(call.func, cst.Attribute)
        and call.func.attr.value in _LOADS
        and code(call.func.value) == code(client)
        for call in calls
    )


def _known_hosts(parsed: Parsed) -> Rewritten | None:
    """`asyncssh.connect(host, known_hosts=None)`: without it, the user's own list is taken."""
    calls = meant(parsed, [call for call in parsed.calls("asyncssh.connect") if _unknown(call) is not None])
    return Rewritten(rebuilt(parsed, calls, _checked)) if calls else None


def _unknown(call: cst.Call) -> cst.Arg | None:
    arg = keyword(call, "known_hosts")
    return arg if arg is not None and code(arg.value) == "None" and not remarked(call, arg) else None


def _checked(call: cst.Call) -> cst.Call:
    arg = _unknown(call)
    return without(call, arg) if arg is not None else call


FIXES = {"host-checked": fix(host_checked)}
