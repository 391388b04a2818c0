"""Weak hashes and guessable numbers of JavaScript programs, replaced by what Node's crypto module has."""

import re

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.imports import bound, member
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix
from reviewbot.patches.trees.style import calls, content, literal, unwrapped

_WEAK = re.compile(r"(?i)md4|md5|sha-?1|ripemd160|rmd160|rsa-md5|rsa-sha1")
_LARGEST = 2**48 - 1  # what randomInt takes
_NODE = re.compile(
    r"\brequire\(|\bmodule\.exports\b|\bprocess\.|\b__dirname\b|\bBuffer\.|from [\"'](?:node:|express|fs|crypto|http)"
)


def _hash(parsed: Parsed) -> Rewritten | Unmended:
    """Put SHA-256 in the place of a broken hash."""
    edits: list[Edit] = []
    for call in calls(parsed):
        if not call.name.endswith((".createHash", ".hash")) or not call.arguments:
            continue
        name = content(parsed, call.arguments[0])
        if name is not None and _WEAK.fullmatch(name):
            edits.append((call.arguments[0].start_byte + 1, call.arguments[0].end_byte - 1, "sha256"))
    return Rewritten(edits) if edits else UNCLEAR


def _random(parsed: Parsed) -> Rewritten | Unmended:
    """Put numbers and texts that nobody can guess in the place of those made from `Math.random()`."""
    edits: dict[tuple[int, int], Edit] = {}
    for call in calls(parsed):
        if call.name != "Math.random" or call.arguments:
            continue
        found = _as_text(parsed, call.node) or _as_number(parsed, call.node)
        if found is None:
            return UNCLEAR
        for edit in found:
            edits[edit[:2]] = edit
    return Rewritten(list(edits.values())) if edits else UNCLEAR


def _as_text(parsed: Parsed, random: Node) -> list[Edit] | None:
    """Mend `Math.random().toString(36).slice(2)`: everything that is called on the number goes with it."""
    text = _called_on(parsed, random, {"toString"})
    if text is None:
        return None
    while (longer := _called_on(parsed, text, {"slice", "substring", "substr"})) is not None:
        text = longer
    if not _on_server(parsed):
        if any(one.name == "crypto" for one in bound(parsed)):
            return None
        return [(text.start_byte, text.end_byte, "crypto.randomUUID()")]
    bytes_of = member(parsed, "crypto", "randomBytes")
    if bytes_of is None:
        return None
    return [
        (text.start_byte, text.end_byte, f"{bytes_of.text}(32).toString({literal(parsed, 'hex')})"),
        *bytes_of.edits,
    ]


def _called_on(parsed: Parsed, node: Node, names: set[str]) -> Node | None:
    """Give the call of one of these methods on an expression."""
    access = node.parent
    if access is None or access.type != "member_expression" or access.child_by_field_name("object") != node:
        return None
    call = access.parent
    if (
        parsed.text(access.child_by_field_name("property")) not in names
        or call is None
        or call.type != "call_expression"
    ):
        return None
    return call if call.child_by_field_name("function") == access else None


def _as_number(parsed: Parsed, random: Node) -> list[Edit] | None:
    """Mend `Math.floor(Math.random() * n)`, and `Math.floor(m + Math.random() * n)` of plain numbers."""
    product = random.parent
    if product is None or parsed.text(product.child_by_field_name("operator")) != "*":
        return None
    left, right = product.child_by_field_name("left"), product.child_by_field_name("right")
    bound_by = right if left == random else left
    whole, first = _floored(parsed, product)
    if whole is None or bound_by is None or not _on_server(parsed):
        return None
    integer = member(parsed, "crypto", "randomInt")
    if integer is None:
        return None
    size = unwrapped(bound_by)
    if not _whole(parsed.text(size)):
        return None
    if first is None:
        arguments = parsed.text(size)
    elif parsed.text(first).isdigit() and parsed.text(size).isdigit():
        arguments = f"{parsed.text(first)}, {int(parsed.text(first)) + int(parsed.text(size))}"
    else:
        return None
    return [(whole.start_byte, whole.end_byte, f"{integer.text}({arguments})"), *integer.edits]


def _floored(parsed: Parsed, product: Node) -> tuple[Node | None, Node | None]:
    """Give the `Math.floor(…)` around a product, and the number that is added in it."""
    added: Node | None = None
    inner = product
    above = product.parent
    while above is not None and above.type == "parenthesized_expression":
        inner, above = above, above.parent
    if above is not None and parsed.text(above.child_by_field_name("operator")) == "+":
        left, right = above.child_by_field_name("left"), above.child_by_field_name("right")
        added = right if left == inner else left
        above = above.parent
    call = (
        above.parent
        if above is not None and above.type == "arguments" and above.named_child_count == 1
        else None
    )
    if call is None or parsed.text(call.child_by_field_name("function")) not in {"Math.floor", "Math.trunc"}:
        return None, None
    return call, added


def _whole(size: str) -> bool:
    """Say whether a bound is a whole number that `randomInt` takes."""
    return size.endswith(".length") or (size.isascii() and size.isdigit() and int(size) <= _LARGEST)


def _on_server(parsed: Parsed) -> bool:
    return _NODE.search(parsed.asked.text) is not None


FIXES = {"script-sha256": fix(_hash), "script-unguessable": fix(_random)}
"""Structural fixes by name."""
