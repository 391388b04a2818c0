"""How a JavaScript file writes things: its quotes and semicolons, and texts built from pieces."""

from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from reviewbot.patches.trees.source import Parsed

Piece = str | Node
"""A part of a text that is built: what is written, or an expression."""

_ENDED = ("expression_statement", "lexical_declaration", "import_statement", "return_statement")


def semicolon(parsed: Parsed) -> str:
    """Give `;`, or nothing where most of the file's statements go without."""
    statements = parsed.everywhere(*_ENDED)
    ended = sum(parsed.text(node).endswith(";") for node in statements)
    return ";" if ended * 2 >= len(statements) else ""


def quote(parsed: Parsed) -> str:
    """Give the quotation mark that most of the file's strings have."""
    marks = [parsed.text(node)[:1] for node in parsed.everywhere("string")]
    return "'" if marks.count("'") > marks.count('"') else '"'


def literal(parsed: Parsed, raw: str) -> str:
    """Write a text as a literal in the file's manner. `raw` has no escapes; a text of several lines keeps them."""
    mark = quote(parsed)
    if "\n" in raw or ('"' in raw and "'" in raw):
        mark, raw = "`", raw.replace("`", "\\`").replace("${", "\\${")
    elif mark in raw:
        mark = "'" if mark == '"' else '"'
    return f"{mark}{raw}{mark}"


def content(parsed: Parsed, node: Node) -> str | None:
    """Give a plain string's text; None if it is none, or holds escapes."""
    if node.type != "string" and not (node.type == "template_string" and node.named_child_count == 0):
        simple = node.type == "template_string" and all(
            child.type == "string_fragment" for child in node.named_children
        )
        if not simple:
            return None
    inner = parsed.text(node)[1:-1]
    return None if "\\" in inner else inner


def unwrapped(node: Node) -> Node:
    """Take the parentheses off."""
    while node.type == "parenthesized_expression" and node.named_child_count == 1:
        inner = node.named_children[0]
        if inner.type == "sequence_expression":
            break
        node = inner
    return node


def pieces(parsed: Parsed, node: Node) -> list[Piece] | None:
    """Take a text apart that `+` or a template builds; None if it is no such text, or holds escapes."""
    found = _pieces(parsed, unwrapped(node))
    if found is None or not any(isinstance(one, str) for one in found):
        return None
    joined: list[Piece] = []
    for one in found:
        if isinstance(one, str) and joined and isinstance(joined[-1], str):
            joined[-1] += one
        else:
            joined.append(one)
    return joined


def _pieces(parsed: Parsed, node: Node) -> list[Piece] | None:
    if node.type == "template_string":
        return _of_template(parsed, node)
    if node.type == "string":
        text = content(parsed, node)
        return None if text is None else [text]
    if node.type == "binary_expression" and parsed.text(node.child_by_field_name("operator")) == "+":
        return _of_sum(parsed, node)
    return [node]


def _of_sum(parsed: Parsed, node: Node) -> list[Piece] | None:
    operands: list[Node] = []
    inner = node
    # `a + b + c` leans to the left; a chain is followed without recursion.
    while inner.type == "binary_expression" and parsed.text(inner.child_by_field_name("operator")) == "+":
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is None or right is None:
            return None
        operands.insert(0, right)
        inner = left
    operands.insert(0, inner)
    # `a + b + "x"` may add numbers first: only a text among the first two makes it a text.
    if not any(one.type in {"string", "template_string"} for one in operands[:2]):
        return None
    found: list[Piece] = []
    for one in operands:
        parts = [one] if one.type == "parenthesized_expression" else _pieces(parsed, one)
        if parts is None:
            return None
        found += parts
    return found


def _of_template(parsed: Parsed, node: Node) -> list[Piece] | None:
    found: list[Piece] = []
    at = node.start_byte + 1
    for child in node.named_children:
        if child.type != "template_substitution":
            continue
        if child.named_child_count != 1:
            return None
        found += (parsed.source[at : child.start_byte].decode(), child.named_children[0])
        at = child.end_byte
    found.append(parsed.source[at : node.end_byte - 1].decode())
    texts = [one for one in found if isinstance(one, str)]
    return None if any("\\" in one for one in texts) else [one for one in found if one != ""]


@dataclass(frozen=True, slots=True)
class Call:
    """A call: what is called, as it is written, and the arguments."""

    node: Node
    function: Node
    name: str
    arguments: Sequence[Node]


def called(parsed: Parsed, node: Node) -> Call | None:
    """Read a call; None for a tagged template, or one with comments or spread arguments."""
    function = node.child_by_field_name("function") or node.child_by_field_name("constructor")
    arguments = node.child_by_field_name("arguments")
    if function is None or arguments is None or arguments.type != "arguments":
        return None
    given = arguments.named_children
    if any(one.type in {"comment", "spread_element"} for one in given):
        return None
    return Call(node, function, parsed.text(function), given)


def calls(parsed: Parsed) -> list[Call]:
    """Give the calls on the finding's lines."""
    found = (called(parsed, node) for node in parsed.nodes("call_expression"))
    return [call for call in found if call is not None]


def member(parsed: Parsed, node: Node) -> tuple[str, str]:
    """Give the object's text and the property of `a.b.c` ("a.b", "c"); ("", name) for a bare name."""
    if node.type == "member_expression":
        return parsed.text(node.child_by_field_name("object")), parsed.text(
            node.child_by_field_name("property")
        )
    return "", parsed.text(node)


def pair(parsed: Parsed, thing: Node, key: str) -> Node | None:
    """Give the pair of an object literal with a key."""
    for one in thing.named_children if thing.type == "object" else ():
        if one.type == "pair" and key_of(parsed, one) == key:
            return one
    return None


def key_of(parsed: Parsed, one: Node) -> str:
    """Give the key of a pair, without quotation marks."""
    return parsed.text(one.child_by_field_name("key")).strip("\"'")


def without_pair(parsed: Parsed, one: Node) -> tuple[int, int, str]:
    """Take a pair out of its object literal, with its comma, and with its line if it has one of its own."""
    thing = one.parent
    assert thing is not None
    following, before = one.next_sibling, one.prev_sibling
    end = following.end_byte if following is not None and following.type == "," else one.end_byte
    start = parsed.line_start(one.start_byte)
    rest = parsed.source[end:].partition(b"\n")[0]
    alone = not parsed.source[start : one.start_byte].strip() and not rest.strip()
    if end > one.end_byte:
        blank = len(rest) - len(rest.lstrip(b" \t"))
        return (start, end + len(rest) + 1, "") if alone else (one.start_byte, end + blank, "")
    if before is not None and before.type == ",":
        return before.start_byte, one.end_byte, ""
    return thing.start_byte, thing.end_byte, "{}"
