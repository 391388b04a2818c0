"""Guards in JavaScript and TypeScript: conditions that a remedy may add, because they can do nothing but refuse."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.patches.checks.comparing import Side
from reviewbot.patches.checks.leaves import Token, nodes

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN = r"(?:\"[^\"\\]*\"|'[^'\\]*')"
_REFUSES = re.compile(
    rf"\{{?\s*(?:throw\s+new\s+\w*Error\(\s*{_PLAIN}?\s*\)"
    rf"|return\s+res\.(?:sendStatus\(\s*[45]\d\d\s*\)|status\(\s*[45]\d\d\s*\)\.(?:end|send|json)\(\s*{_PLAIN}?\s*\))"
    rf"|return\s+next\(\s*new\s+\w*Error\(\s*{_PLAIN}?\s*\)\s*\))\s*;?\s*\}}?"
)


@dataclass(frozen=True, slots=True)
class Guard:
    """Where one stands, and its condition: from and to (line, column)."""

    start: tuple[int, int]
    end: tuple[int, int]
    test: tuple[tuple[int, int], tuple[int, int]]

    def holds(self, token: Token) -> bool:
        """Say whether a token is inside."""
        return self.start <= (token.line, token.column) < self.end

    def asks(self, token: Token) -> bool:
        """Say whether a token is part of the condition."""
        return self.test[0] <= (token.line, token.column) < self.test[1]


def guards(root: "Node", side: Side) -> list[Guard]:
    """Find the conditions that are new from their first to their last line, have no other branch, and only refuse."""
    new = {line for start, end in side.spans for line in range(start, end + 1)}
    return list(_guards(root, new))


def _guards(root: "Node", new: set[int]) -> "Iterator[Guard]":
    for node in nodes(root):
        if node.type != "if_statement" or node.child_by_field_name("alternative") is not None:
            continue
        lines = range(node.start_point.row + 1, node.end_point.row + 2)
        test, branch = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if test is None or branch is None or not all(line in new for line in lines):
            continue
        if _REFUSES.fullmatch((branch.text or b"").decode("utf-8", "replace")):
            yield Guard(_start(node), _end(node), (_start(test), _end(test)))


def outside(tokens: Sequence[Token], found: Sequence[Guard]) -> tuple[Token, ...]:
    """Leave out what guards consist of."""
    return tuple(one for one in tokens if not any(guard.holds(one) for guard in found))


def tests(tokens: Sequence[Token], found: Sequence[Guard]) -> tuple[Token, ...]:
    """Choose what the conditions of guards consist of."""
    return tuple(one for one in tokens if any(guard.asks(one) for guard in found))


def _start(node: "Node") -> tuple[int, int]:
    return node.start_point.row + 1, node.start_point.column


def _end(node: "Node") -> tuple[int, int]:
    return node.end_point.row + 1, node.end_point.column
