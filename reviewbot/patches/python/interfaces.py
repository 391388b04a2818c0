"""Servers listen on this machine alone."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import keyword
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.origins import plain

_LOCAL = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}  # noqa: S104 (what is replaced)


def local(parsed: Parsed) -> Rewritten | Unmended:
    """Bind the loopback address in place of all."""
    changes = [
        (node, _address(node)) for call in parsed.calls() for node in _hosts(call) if plain(node) in _LOCAL
    ]
    changes = [pair for pair in changes if parsed.found(pair[0])]
    if not changes:
        return Unmended("which address is bound cannot be seen")
    if "AF_INET6" in parsed.asked.text and any(plain(node) == "" for node, _ in changes):
        return Unmended("whether an address of the old or the new kind is meant cannot be seen")
    return Rewritten(changes)


def _hosts(call: cst.Call) -> list[cst.BaseExpression]:
    """Give the host of `f(("host", port))`, `f(host="host")` and `make_server("host", port)`."""
    named = keyword(call, "host")
    found = [named.value] if named is not None else []
    if call.args and m.matches(call.args[0].value, m.Tuple(elements=[m.Element(), m.Element()])):
        pair = call.args[0].value
        assert isinstance(pair, cst.Tuple)
        found.append(pair.elements[0].value)
    elif call.args and m.matches(call.func, m.Name("make_server") | m.Attribute(attr=m.Name("make_server"))):
        found.append(call.args[0].value)
    return found


def _address(node: cst.BaseExpression) -> cst.SimpleString:
    quote = "'" if code(node).startswith("'") else '"'
    return cst.SimpleString(f"{quote}{_LOCAL[str(plain(node))]}{quote}")


FIXES = {"local-address": fix(local)}
