"""Cookies that hold a session: the attributes that keep them from scripts, plain HTTP and other sites."""

import re

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix
from reviewbot.patches.trees.style import Call, calls, content, key_of, pair, quote

_SESSION = re.compile(
    r"(?i)(__Host-|__Secure-)?(.*[-_.])?(sid|session|sess|session_?id|auth|auth_?token|access_?token|refresh_?token|"
    r"id_?token|jwt|token|remember_?me)"
)
_MIDDLEWARE = {"session", "expressSession", "cookieSession"}


def _cookies(parsed: Parsed) -> Rewritten | Unmended:
    """Set what is missing or off in the options of each cookie that the finding is about."""
    edits: list[Edit] = []
    for call in calls(parsed):
        if not parsed.exact(call.node):
            continue
        if call.name in _MIDDLEWARE and len(call.arguments) == 1:
            edits += _switched_on(parsed, call.arguments[0])
        elif call.name.endswith((".cookie", ".cookies.set")) and _holds_session(parsed, call):
            edits += _of_call(parsed, call)
    return Rewritten(edits) if edits else UNCLEAR


def _holds_session(parsed: Parsed, call: Call) -> bool:
    name = content(parsed, call.arguments[0]) if len(call.arguments) in {2, 3} else None
    return name is not None and _SESSION.fullmatch(name) is not None


def _of_call(parsed: Parsed, call: Call) -> list[Edit]:
    lax = f"sameSite: {quote(parsed)}lax{quote(parsed)}"
    if len(call.arguments) == 2:
        end = call.arguments[1].end_byte
        return [(end, end, f", {{ httpOnly: true, secure: true, {lax} }}")]
    options = call.arguments[2]
    if options.type != "object" or any(one.type == "spread_element" for one in options.named_children):
        return _switched_on(parsed, options)
    edits = _switched_on(parsed, options)
    missing = [f"{key}: true" for key in ("httpOnly", "secure") if not _has(parsed, options, key)]
    missing += [] if _has(parsed, options, "sameSite") else [lax]
    # Where somebody chose the attributes, and one of them wrongly, that one is all there is to mend.
    return edits if _has(parsed, options, "httpOnly") else [*edits, *added(parsed, options, missing)]


def _has(parsed: Parsed, options: Node, key: str) -> bool:
    return any(
        key_of(parsed, one) == key if one.type == "pair" else parsed.text(one) == key
        for one in options.named_children
    )


def _switched_on(parsed: Parsed, options: Node) -> list[Edit]:
    inner = pair(parsed, options, "cookie")
    inside = inner.child_by_field_name("value") if inner is not None else None
    edits: list[Edit] = []
    for thing in (options, inside):
        for key in ("httpOnly", "secure"):
            one = pair(parsed, thing, key) if thing is not None else None
            value = one.child_by_field_name("value") if one is not None else None
            if value is not None and parsed.text(value) == "false":
                edits.append((value.start_byte, value.end_byte, "true"))
    return edits


def added(parsed: Parsed, options: Node, pairs: list[str]) -> list[Edit]:
    """Put pairs behind the last one of an object literal, each on a line of its own where the others are."""
    given = [one for one in options.named_children if one.type != "comment"]
    if not pairs:
        return []
    if not given:
        return [(options.start_byte, options.end_byte, f"{{ {', '.join(pairs)} }}")]
    last = given[-1]
    own_lines = (
        given[0].start_point.row != options.start_point.row and last.end_point.row != options.end_point.row
    )
    between = ",\n" + parsed.indent(last.start_byte) if own_lines else ", "
    return [(last.end_byte, last.end_byte, "".join(between + one for one in pairs))]


FIXES = {"cookie-attributes-script": fix(_cookies)}
"""Structural fixes by name."""
