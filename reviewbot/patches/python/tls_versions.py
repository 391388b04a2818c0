"""Versions of TLS that can be broken are not spoken any more."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import argument, keyword
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix
from reviewbot.patches.python.names import imported, sibling
from reviewbot.patches.python.statements import Replacement, after, assigns, below, changed, line_of

_OLD = {"PROTOCOL_SSLv2", "PROTOCOL_SSLv3", "PROTOCOL_TLSv1", "PROTOCOL_TLSv1_1"}
_OLD_METHODS = {"SSLv2_METHOD", "SSLv3_METHOD", "TLSv1_METHOD", "TLSv1_1_METHOD"}
_OLD_VERSIONS = {"SSLv3", "TLSv1", "TLSv1_1", "MINIMUM_SUPPORTED"}


def current(parsed: Parsed) -> Rewritten | Unmended:
    """Ask for TLS 1.2 at least."""
    return (
        _lowest(parsed)
        or _context(parsed)
        or _openssl(parsed)
        or Unmended("which version is asked for cannot be seen")
    )


def _lowest(parsed: Parsed) -> Rewritten | None:
    """`context.minimum_version = ssl.TLSVersion.TLSv1`."""
    for line in assigns(parsed):
        package, _, last = imported(parsed, line.value).rpartition(".")
        if package == "ssl.TLSVersion" and last in _OLD_VERSIONS:
            renamed = sibling(parsed, line.value, "TLSv1_2")
            return Rewritten(renamed.replacements) if renamed is not None else None
    return None


def _context(parsed: Parsed) -> Rewritten | Unmended | None:
    """`ssl.SSLContext(ssl.PROTOCOL_TLSv1)`."""
    for call in parsed.calls("ssl.SSLContext"):
        asked = argument(call, "protocol", 0)
        if asked is not None and _is_old(parsed, asked.value, "ssl", _OLD):
            new = "PROTOCOL_TLS_SERVER" if _serves(parsed, call) else "PROTOCOL_TLS"
            return _renamed(parsed, call, asked.value, new, "minimum_version = {}.TLSVersion.TLSv1_2")
    return None


def _is_old(parsed: Parsed, node: cst.BaseExpression, package: str, old: set[str]) -> bool:
    return imported(parsed, node) in {f"{package}.{one}" for one in old}


def _renamed(
    parsed: Parsed, call: cst.Call, asked: cst.BaseExpression, new: str, setting: str
) -> Rewritten | None:
    """Take the protocol that speaks all versions, and say which is the lowest where the context has a name."""
    renamed = sibling(parsed, asked, new)
    if renamed is None:
        return None
    line, package = line_of(parsed, call), _package(call)
    target = _target(parsed, call)
    if line is None or target is None or package is None or _said(parsed, target):
        return Rewritten(renamed.replacements, renamed.imports)
    inside = [pair for pair in renamed.replacements if below(parsed, pair[0], line)]
    outside: list[Replacement] = [pair for pair in renamed.replacements if not below(parsed, pair[0], line)]
    _, lines = after(changed(line, *inside), [f"{target}.{setting.format(package)}"])
    return Rewritten([*outside, (line, lines)], renamed.imports)


def _said(parsed: Parsed, target: str) -> bool:
    """Say whether the file sets the lowest version itself."""
    found = m.findall(parsed.module, m.AssignTarget(target=m.Attribute(attr=m.Name("minimum_version"))))
    return any(code(one).startswith(f"{target}.") for one in found)


def _package(call: cst.Call) -> str | None:
    return code(call.func.value) if isinstance(call.func, cst.Attribute) else None


def _target(parsed: Parsed, call: cst.Call) -> str | None:
    above = parsed.parent(call)
    return (
        code(above.targets[0].target) if isinstance(above, cst.Assign) and len(above.targets) == 1 else None
    )


def _serves(parsed: Parsed, call: cst.Call) -> bool:
    """Say whether the context wraps connections that others open."""
    target = _target(parsed, call)
    wraps = m.findall(parsed.module, m.Call(func=m.Attribute(attr=m.Name("wrap_socket"))))
    return any(
        isinstance(wrap, cst.Call)
        and isinstance(wrap.func, cst.Attribute)
        and code(wrap.func.value) == target
        and (side := keyword(wrap, "server_side")) is not None
        and code(side.value) == "True"
        for wrap in wraps
    )


def _openssl(parsed: Parsed) -> Rewritten | None:
    for call in parsed.calls("OpenSSL.SSL.Context"):
        asked = argument(call, "method", 0)
        if asked is not None and _is_old(parsed, asked.value, "OpenSSL.SSL", _OLD_METHODS):
            return _renamed(
                parsed, call, asked.value, "TLS_METHOD", "set_min_proto_version({}.TLS1_2_VERSION)"
            )
    return None


FIXES = {"tls-version": fix(current)}
