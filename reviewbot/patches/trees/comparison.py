"""Comparing a signature in a time that does not tell how much of it was right."""

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.imports import Imported, bound, member
from reviewbot.patches.trees.origin import value_of
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix
from reviewbot.patches.trees.statements import step
from reviewbot.patches.trees.style import literal

_OPERATORS = {"===": "", "==": "", "!==": "!", "!=": "!"}


def _compared(parsed: Parsed) -> Rewritten | Unmended:
    """Compare digests of both sides with `timingSafeEqual`: that takes equal lengths, whatever was sent."""
    edits: list[Edit] = []
    for node in parsed.nodes("binary_expression"):
        operator = parsed.text(node.child_by_field_name("operator"))
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if operator not in _OPERATORS or left is None or right is None:
            continue
        ours = [_signed(parsed, one) for one in (left, right)]
        if ours.count(True) != 1:
            continue
        equal = _imported(parsed)
        if equal is None:
            return Unmended("the names that the remedy needs mean something else in the file")
        same, digest = equal
        indent = parsed.indent(node.start_byte)
        sides = (
            _digest(parsed, digest.text, one, own=own) for one, own in zip((left, right), ours, strict=True)
        )
        lines = "".join(f"\n{indent}{step(parsed)}{side}," for side in sides)
        text = f"{_OPERATORS[operator]}{same.text}({lines}\n{indent})"
        edits += [(node.start_byte, node.end_byte, text), *same.edits, *digest.edits]
    once = list(dict.fromkeys(edits))
    return Rewritten(once) if once else UNCLEAR


def _digest(parsed: Parsed, create: str, side: Node, *, own: bool) -> str:
    text = parsed.text(side)
    given = text if own else f"String({text})"
    return f"{create}({literal(parsed, 'sha256')}).update({given}).digest()"


def _imported(parsed: Parsed) -> tuple[Imported, Imported] | None:
    """Give how to write `timingSafeEqual` and `createHash`, with one edit for what is missing."""
    same, digest = member(parsed, "crypto", "timingSafeEqual"), member(parsed, "crypto", "createHash")
    if same is None or digest is None:
        return None
    if (
        same.edits
        and digest.edits
        and any(one.module == "crypto" and one.list is not None for one in bound(parsed))
    ):
        # Both go into the same braces: one edit adds both names.
        start, end, text = same.edits[0]
        return Imported(same.text, ((start, end, text + digest.edits[0][2]),)), Imported(digest.text)
    return same, digest


def _signed(parsed: Parsed, node: Node) -> bool:
    """Say whether an expression is an HMAC written as text."""
    text = parsed.text(node)
    if node.type == "identifier":
        value = value_of(parsed, node)
        text = parsed.text(value)
    return "createHmac(" in text and any(f".digest({mark}" in text for mark in ('"', "'"))


FIXES = {"script-constant-time": fix(_compared)}
"""Structural fixes by name."""
