"""Settings of JavaScript libraries that have a wrong value: the value alone is replaced."""

import re
from collections.abc import Callable, Mapping

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix, lines
from reviewbot.patches.trees.style import key_of, unwrapped, without_pair

Value = Callable[[str], str | None]
"""Gives the right value for a wrong one as it is written; None where it is not wrong."""

_TAKE_OUT = ""


def _instead(wrong: str, right: str) -> Value:
    return lambda text: right if text == wrong else None


def _tls_version(text: str) -> str | None:
    wrong = {"TLSv1", "TLSv1.1", "SSLv3"}
    return f"{text[0]}TLSv1.2{text[-1]}" if text[1:-1] in wrong else None


def _tls_method(text: str) -> str | None:
    found = re.fullmatch(r"(?:SSLv2|SSLv3|TLSv1|TLSv1_1)_((?:client_|server_)?method)", text[1:-1])
    return f"{text[0]}TLS_{found[1]}{text[-1]}" if found else None


def _unchecked(text: str) -> str | None:
    bare = re.sub(r"\s+", "", text)
    return _TAKE_OUT if bare in {"()=>undefined", "()=>null", "()=>{}"} else None


_NOT_OWN = re.compile(r"^(?P<mark>[\"']?)(?P<digits>0o?[0-7]?[0-7]{2}|[0-7]{3})(?P<last>[2367])(?P=mark)$")
_DECIMAL = {"511": "0o775", "438": "0o664"}


def mode_without_others(text: str) -> str | None:
    """Take the right to write away from everybody else: `0o777` becomes `0o775`."""
    if text in _DECIMAL:
        return _DECIMAL[text]
    found = _NOT_OWN.match(text)
    if found is None:
        found = re.match(r"^(?P<mark>[\"']?)(?P<digits>[0-7]{2})(?P<last>[2367])(?P=mark)$", text)
    if found is None:
        return None
    return f"{found['mark']}{found['digits']}{int(found['last']) & ~2}{found['mark']}"


_OFF, _ON = _instead("true", "false"), _instead("false", "true")
_SETTINGS: Mapping[str, Mapping[str, Value]] = {
    "javascript-electron-page-has-node": {
        "nodeIntegration": _OFF,
        "contextIsolation": _ON,
        "webSecurity": _ON,
        "nodeIntegrationInSubFrames": _OFF,
        "allowRunningInsecureContent": _OFF,
    },
    "javascript-tls-verification-off": {
        "rejectUnauthorized": _ON,
        "strictSSL": _ON,
        "checkServerIdentity": _unchecked,
        "NODE_TLS_REJECT_UNAUTHORIZED": {'"0"': '"1"', "'0'": "'1'", "0": "1"}.get,
    },
    "javascript-old-tls-version": {
        "minVersion": _tls_version,
        "DEFAULT_MIN_VERSION": _tls_version,
        "secureProtocol": _tls_method,
    },
    "javascript-template-does-not-escape": {"noEscape": _OFF, "autoescape": _ON, "autoEscape": _ON},
    "javascript-xml-entities-expanded": {"noent": _OFF},
    "javascript-file-open-to-others": {"mode": mode_without_others},
}
"""The right values by rule and by the key or property that is set."""


def _settings(parsed: Parsed) -> Rewritten | Unmended:
    """Put the right value for each wrong one that the finding is about."""
    wanted = _SETTINGS.get(parsed.asked.rule)
    if wanted is None:
        return Unmended("the fix does not know this rule")
    edits = [
        edit for one in parsed.nodes("pair", "assignment_expression") for edit in _mended(parsed, one, wanted)
    ]
    return Rewritten(edits) if edits else UNCLEAR


def _mended(parsed: Parsed, one: Node, wanted: Mapping[str, Value]) -> list[Edit]:
    key, value = _target(parsed, one), one.child_by_field_name("value") or one.child_by_field_name("right")
    if key not in wanted or value is None or not _of_finding(parsed, one):
        return []
    value = unwrapped(value)
    right = wanted[key](parsed.text(value))
    if right is None:
        return []
    if right == _TAKE_OUT:
        return [without_pair(parsed, one)] if one.type == "pair" else []
    return [(value.start_byte, value.end_byte, right)]


def _target(parsed: Parsed, one: Node) -> str:
    if one.type == "pair":
        return key_of(parsed, one)
    left = one.child_by_field_name("left")
    if left is None or left.type not in {"member_expression", "subscript_expression"}:
        return ""
    return parsed.text(left.child_by_field_name("property") or left.child_by_field_name("index")).strip("\"'")


def _of_finding(parsed: Parsed, one: Node) -> bool:
    """Say whether a setting is the finding's own: it stands in something that is just the finding's lines."""
    node: Node | None = one
    while node is not None and parsed.found(node):
        if parsed.exact(node):
            return True
        if lines(node)[0] < parsed.asked.first or lines(node)[1] > parsed.asked.last:
            return False
        node = node.parent
    return False


def _modes(parsed: Parsed) -> Rewritten | Unmended:
    """Put the right mode into the arguments of a call that takes one, or into its options."""
    edits: list[Edit] = []
    for call in parsed.nodes("call_expression"):
        arguments = call.child_by_field_name("arguments")
        name = parsed.text(call.child_by_field_name("function")).rpartition(".")[2]
        if (
            arguments is None
            or name not in {"chmod", "chmodSync", "mkdirSync"}
            or not _of_finding(parsed, call)
        ):
            continue
        if arguments.named_child_count >= 2:
            mode = arguments.named_children[1]
            right = mode_without_others(parsed.text(mode))
            edits += [(mode.start_byte, mode.end_byte, right)] if right else []
    found = _settings(parsed)
    edits += [] if isinstance(found, Unmended) else found.edits
    return Rewritten(edits) if edits else UNCLEAR


FIXES = {"script-setting": fix(_settings), "script-file-mode": fix(_modes)}
"""Structural fixes by name."""
