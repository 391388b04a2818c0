"""Whether everything that no edit touches stands where it stood, and which statements edits touch."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.patches.checks.comparing import Comparison, Side
from reviewbot.patches.checks.leaves import Token, is_around, nodes
from reviewbot.patches.checks.tree_guards import Guard, outside

if TYPE_CHECKING:
    from tree_sitter import Node

_STATEMENT = (
    "_statement",
    "_declaration",
    "_item",
    "_definition",
    "declaration",
    "command",
    "assignment",
    "call",
)


@dataclass(frozen=True, slots=True)
class Lines:
    """The tokens of one version on lines that edits touch, and the blocks and statements that begin there."""

    tokens: tuple[Token, ...]
    kinds: Counter[str]


def edited_lines(side: Side) -> set[int]:
    """Number the lines of all pieces."""
    return {line for start, end in side.spans for line in range(start, end + 1)}


def touched(tokens: Sequence[Token], root: "Node", side: Side, guards: Sequence[Guard] = ()) -> Lines:
    """Choose what stands on edited lines, but for guards."""
    lines = edited_lines(side)
    skipped = {(guard.start, guard.end) for guard in guards}
    kinds = Counter(
        _plain(node.type)
        for node in nodes(root)
        if node.is_named and is_around(node.type) and node.start_point.row + 1 in lines
        if not any(
            start <= (node.start_point.row + 1, node.start_point.column) < end for start, end in skipped
        )
    )
    return Lines(outside([one for one in tokens if one.line in lines], guards), kinds)


def _plain(kind: str) -> str:
    return kind.removesuffix("_statement").removesuffix("_expression").removesuffix("_modifier")


def others_kept(before: Sequence[Token], after: Sequence[Token], asked: Comparison) -> bool:
    """Say whether every token of an untouched line is there again, of the same kind and inside the same blocks."""
    return Counter(_standing(before, asked.before)) == Counter(_standing(after, asked.after))


def _standing(tokens: Sequence[Token], side: Side) -> Iterator[tuple[object, ...]]:
    lines = edited_lines(side)
    for one in tokens:
        if one.line not in lines:
            yield (one.kind, one.text, side.key(one.line, one.line), one.column, one.around)


def statements(root: "Node", side: Side) -> Iterator[tuple[int, int]]:
    """Give the lines of the smallest statement around each token on an edited line."""
    lines = edited_lines(side)
    for node in nodes(root):
        row = node.start_point.row + 1
        if node.child_count or row not in lines or "comment" in node.type:
            continue
        above: Node | None = node
        while above is not None and not above.type.endswith(_STATEMENT):
            above = above.parent
        # What a compound statement holds besides its blocks is but the line that it stands on.
        whole = above is not None and not is_around(above.type)
        yield (
            (above.start_point.row + 1, above.end_point.row + 1)
            if whole and above is not None
            else (row, row)
        )
