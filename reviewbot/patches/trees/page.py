"""What a page does with text and messages of others."""

import re

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.imports import bound
from reviewbot.patches.trees.origin import from_outside, value_of
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix
from reviewbot.patches.trees.statements import before, ended
from reviewbot.patches.trees.style import (
    Call,
    called,
    calls,
    content,
    literal,
    member,
    pair,
    pieces,
    semicolon,
    unwrapped,
)

_MARKUP = re.compile(r"[<&]")
_NAMED_MARKUP = re.compile(r"(?i)html|markup|render|template")
_TEXTUAL = re.compile(
    r"^(?:decodeURIComponent|decodeURI|String|\$?t)$|\.(?:get|toString|trim|slice|substring|toLowerCase|toUpperCase)$"
)
_DEEPEST = 5
_JQUERY = {"append", "prepend", "after", "before"}
_STRUCTURED = Unmended("the text carries markup of the program's own")


def _as_text(parsed: Parsed) -> Rewritten | Unmended:
    """Put text into a page as text, where the program adds no markup of its own to it."""
    edits: list[Edit] = []
    for node in parsed.nodes("assignment_expression", "augmented_assignment_expression"):
        edits += _assigned(parsed, node)
    for call in calls(parsed):
        edits += _passed(parsed, call)
    for node in parsed.nodes("jsx_attribute"):
        edits += _attribute(parsed, node)
    return Rewritten(edits) if edits else _STRUCTURED


def _plain(parsed: Parsed, node: Node, depth: int = 0) -> bool:
    """Say whether a text that is no literal surely holds no markup of the program's own."""
    node = unwrapped(node)
    if content(parsed, node) is not None or depth == _DEEPEST or _NAMED_MARKUP.search(parsed.text(node)):
        return False
    if node.type == "identifier":
        value = value_of(parsed, node)
        return value is not None and _plain(parsed, value, depth + 1)
    if node.type == "call_expression":
        return _TEXTUAL.search(parsed.text(node.child_by_field_name("function"))) is not None
    if node.type in {"member_expression", "subscript_expression"}:
        return from_outside(parsed, node)
    parts = pieces(parsed, node)
    if parts is None or len(parts) < 2:
        return False
    texts = [part for part in parts if isinstance(part, str)]
    values = [part for part in parts if not isinstance(part, str)]
    return not _MARKUP.search("".join(texts)) and all(_plain(parsed, one, depth + 1) for one in values)


def _cleaned(parsed: Parsed, node: Node) -> list[Edit]:
    """Send markup through the filter that the file has already, if it has one."""
    if not any(
        one.name == "DOMPurify" and one.module in {"dompurify", "isomorphic-dompurify"}
        for one in bound(parsed)
    ):
        return []
    return [(node.start_byte, node.start_byte, "DOMPurify.sanitize("), (node.end_byte, node.end_byte, ")")]


def _assigned(parsed: Parsed, node: Node) -> list[Edit]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None or left.type != "member_expression" or not parsed.found(right):
        return []
    owner, name = member(parsed, left)
    field = left.child_by_field_name("property")
    if (
        name not in {"innerHTML", "outerHTML", "srcdoc"}
        or field is None
        or content(parsed, right) is not None
    ):
        return []
    if name != "innerHTML" or not _plain(parsed, right):
        return _cleaned(parsed, right)
    if node.type == "assignment_expression":
        return [(field.start_byte, field.end_byte, "textContent")]
    if parsed.text(node.child_by_field_name("operator")) != "+=":
        return []
    # `append` leaves the elements that are there; `textContent +=` would turn them into text.
    return [(node.start_byte, node.end_byte, f"{owner}.append({parsed.text(right)})")]


def _passed(parsed: Parsed, call: Call) -> list[Edit]:
    owner, name = member(parsed, call.function)
    field = call.function.child_by_field_name("property")
    if field is None or not call.arguments or not _plain(parsed, call.arguments[-1]):
        return []
    if name == "insertAdjacentHTML" and len(call.arguments) == 2:
        return [(field.start_byte, field.end_byte, "insertAdjacentText")]
    if len(call.arguments) != 1:
        return []
    if name == "send" and re.fullmatch(r"(res|response)(\.status\([\w.]+\))?", owner):
        return _sent(parsed, call)
    return _of_jquery(name, field, call) if owner.startswith(("$(", "jQuery(")) else []


def _of_jquery(name: str, field: Node, call: Call) -> list[Edit]:
    one = call.arguments[0]
    if name == "html":
        return [(field.start_byte, field.end_byte, "text")]
    if name not in _JQUERY:
        return []
    return [(one.start_byte, one.start_byte, "document.createTextNode("), (one.end_byte, one.end_byte, ")")]


def _sent(parsed: Parsed, call: Call) -> list[Edit]:
    """Say of an answer without markup that it is plain text."""
    first: Node | None = call.function
    while first is not None and first.type != "identifier":
        first = first.child_by_field_name("object") or first.child_by_field_name("function")
    return (
        [] if first is None else [(first.end_byte, first.end_byte, f".type({literal(parsed, 'text/plain')})")]
    )


def _attribute(parsed: Parsed, node: Node) -> list[Edit]:
    """Turn `<p dangerouslySetInnerHTML={{ __html: text }} />` into `<p>{text}</p>`."""
    element = node.parent
    if (
        element is None
        or element.type != "jsx_self_closing_element"
        or not parsed.text(node).startswith("dangerouslySet")
    ):
        return []
    holder = node.named_children[-1]
    thing = (
        holder.named_children[0]
        if holder.type == "jsx_expression" and holder.named_child_count == 1
        else None
    )
    one = pair(parsed, thing, "__html") if thing is not None and thing.named_child_count == 1 else None
    value = one.child_by_field_name("value") if one is not None else None
    tag = parsed.text(element.child_by_field_name("name"))
    if value is None or not tag or not _plain(parsed, value):
        return []
    start = node.start_byte
    while parsed.source[start - 1 : start].isspace():
        start -= 1
    end = node.end_byte
    closing = f">{{{parsed.text(value)}}}</{tag}>"
    between = parsed.source[end : element.end_byte].decode()
    rest = between.removesuffix("/>").rstrip()
    return [(start, element.end_byte, rest + closing)]


def _to_whom(parsed: Parsed) -> Rewritten | Unmended:
    """Name who may get a message: the sender of the one that is answered, else pages of the own origin."""
    edits: list[Edit] = []
    for call in calls(parsed):
        owner, name = member(parsed, call.function)
        if name != "postMessage" or len(call.arguments) < 2:
            continue
        target = call.arguments[1]
        one = pair(parsed, target, "targetOrigin")
        value = one.child_by_field_name("value") if one is not None else target
        if value is None or content(parsed, value) != "*":
            continue
        event = re.fullmatch(r"(event|e)\.source!?\??", owner)
        edits.append(
            (value.start_byte, value.end_byte, f"{event[1]}.origin" if event else "window.location.origin")
        )
    return Rewritten(edits) if edits else UNCLEAR


def _from_whom(parsed: Parsed) -> Rewritten | Unmended:
    """Take messages from pages of the own origin only."""
    found = [one for one in parsed.nodes("arrow_function", "function_expression") if _handles(parsed, one)]
    if len(found) != 1:
        return UNCLEAR
    function = found[0]
    event, body = _event(parsed, function), function.child_by_field_name("body")
    if not event or body is None:
        return Unmended("the message has no name in its handler")
    end = semicolon(parsed)
    check = f"if ({event}.origin !== window.location.origin) return{end}"
    if body.type != "statement_block":
        return Rewritten([(body.start_byte, body.end_byte, f"{{ {ended(check)} {parsed.text(body)}{end} }}")])
    return Rewritten([before(parsed, body.named_children[0], [check])]) if body.named_children else UNCLEAR


def _handles(parsed: Parsed, function: Node) -> bool:
    """Say whether a function is what a window does with messages."""
    outer = function.parent
    if outer is None:
        return False
    if outer.type == "assignment_expression":
        return parsed.text(outer.child_by_field_name("left")) == "window.onmessage"
    call = called(parsed, outer.parent) if outer.type == "arguments" and outer.parent is not None else None
    if call is None or call.name != "window.addEventListener" or len(call.arguments) < 2:
        return False
    return content(parsed, call.arguments[0]) == "message" and call.arguments[1] == function


def _event(parsed: Parsed, function: Node) -> str:
    single = function.child_by_field_name("parameter")
    parameters = function.child_by_field_name("parameters")
    given = [single] if single is not None else parameters.named_children if parameters is not None else []
    if len(given) != 1 or given[0] is None:
        return ""
    text = parsed.text(given[0]).partition(":")[0].strip()
    return text if re.fullmatch(r"[\w$]+", text) else ""


FIXES = {
    "page-text": fix(_as_text),
    "message-to-origin": fix(_to_whom),
    "message-from-origin": fix(_from_whom),
}
"""Structural fixes by name."""
