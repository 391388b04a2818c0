"""How JavaScript writes the values of a statement down, so that each is one value."""

import re
from collections.abc import Iterator, Sequence

from tree_sitter import Node

from reviewbot.patches.trees.origin import from_outside
from reviewbot.patches.trees.source import Parsed

_PLAIN = frozenset({"member_expression", "subscript_expression", "identifier"})
_PATH_PART = re.compile(r"(?:req|request|ctx)\.params\b")
"""What is a text always."""


def given(parsed: Parsed, nodes: Sequence[Node], values: Sequence[str], *, opened: bool) -> Iterator[str]:
    """Give the values; a driver that fills in objects as `key = value` (`opened`) gets texts of what may be one."""
    for node, value in zip(nodes, values, strict=True):
        whole = node.type in _PLAIN and value == parsed.text(node) and not _PATH_PART.match(value)
        yield f"String({value})" if opened and whole and from_outside(parsed, node) else value
