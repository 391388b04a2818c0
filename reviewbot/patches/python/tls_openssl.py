"""Contexts of pyOpenSSL, which check nothing until they are told to."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import beside, imported, sibling
from reviewbot.patches.python.origins import made_by
from reviewbot.patches.python.statements import after, assigns, below, changed, line_of
from reviewbot.patches.python.tls_contexts import loads_roots, of_server

_SERVER = Unmended("this is a server's context, and whether its clients have certificates cannot be seen")
_ACCEPTS = {"set_accept_state", "use_privatekey", "use_privatekey_file", "use_certificate_file", "accept"}
_CONNECTS = {"set_connect_state", "set_tlsext_host_name"}


def openssl_checked(parsed: Parsed) -> Rewritten | Unmended | None:
    """`context.set_verify(SSL.VERIFY_NONE)`: the peer is verified, against the system's roots."""
    call = next((one for one in parsed.calls() if _verifies_nothing(parsed, one)), None)
    if call is None:
        return None
    assert isinstance(call.func, cst.Attribute)
    if len(call.args) > 1 and code(call.args[1].value) != "None":
        return Unmended("a function of the program decides about certificates too")
    made = made_by(parsed, call.func.value)
    if not made or any(of_server(one) for one in made) or _names(parsed) & _ACCEPTS:
        return _SERVER
    return _peer(parsed, call, call.func.value)


def _verifies_nothing(parsed: Parsed, call: cst.Call) -> bool:
    named = m.matches(call.func, m.Attribute(attr=m.Name("set_verify"))) and bool(call.args)
    return named and imported(parsed, call.args[0].value) == "OpenSSL.SSL.VERIFY_NONE"


def _peer(parsed: Parsed, call: cst.Call, context: cst.BaseExpression) -> Rewritten | Unmended:
    renamed = sibling(parsed, call.args[0].value, "VERIFY_PEER")
    line = line_of(parsed, call)
    if renamed is None or line is None:
        return Unmended("the setting does not stand on a line of its own")
    if loads_roots(parsed, context):
        return Rewritten(renamed.replacements, renamed.imports)
    inside = [pair for pair in renamed.replacements if below(parsed, pair[0], line)]
    outside = [pair for pair in renamed.replacements if not below(parsed, pair[0], line)]
    _, lines = after(changed(line, *inside), [f"{code(context)}.set_default_verify_paths()"])
    return Rewritten([*outside, (line, lines)], renamed.imports)


def peer_verified(parsed: Parsed) -> Rewritten | Unmended:
    """Have a context that was never told anything check who answers."""
    made = [one for one in assigns(parsed) if imported(parsed, one.value) == "OpenSSL.SSL.Context"]
    made = meant(parsed, [one for one in made if isinstance(one.value, cst.Call)])
    if len(made) != 1:
        return Unmended("no pyOpenSSL context is made on these lines")
    call, context = made[0].value, made[0].targets[0].target
    assert isinstance(call, cst.Call)
    if of_server(call) or _names(parsed) & _ACCEPTS:
        return _SERVER
    if "CLIENT" not in code(call) and not _names(parsed) & _CONNECTS:
        return Unmended("whether this context is a client's or a server's cannot be seen")
    peer = beside(parsed, call.func, "VERIFY_PEER")
    line = line_of(parsed, call)
    if peer is None or line is None:
        return Unmended("the setting does not stand on a line of its own")
    roots = [] if loads_roots(parsed, context) else [f"{code(context)}.set_default_verify_paths()"]
    return Rewritten([after(line, [*roots, f"{code(context)}.set_verify({peer[0]})"])], peer[1])


def _names(parsed: Parsed) -> set[str]:
    return {found.value for found in m.findall(parsed.module, m.Name()) if isinstance(found, cst.Name)}


FIXES = {"peer-verified": fix(peer_verified)}
