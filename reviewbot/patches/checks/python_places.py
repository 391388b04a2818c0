"""Every statement of a Python file with where it stands, so that those which no edit touches can be held to that."""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.patches.checks.comparing import Comparison, Key, Side
from reviewbot.patches.checks.python_tree import blocks, head_ends, is_compound, starts

Chain = tuple[tuple[str, str, Key], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A statement, or the head of a compound one (then `last` is the line before its first block).

    `chain` are the compound statements around it, from the outside: kind, which of its blocks, place.
    """

    node: ast.AST
    first: int
    last: int
    column: int
    key: Key
    chain: Chain

    @property
    def compound(self) -> bool:
        """Say whether this is but the head of a statement."""
        return is_compound(self.node)

    @property
    def kind(self) -> str:
        """The statement's type."""
        return type(self.node).__name__

    @property
    def edited(self) -> bool:
        """Say whether an edit touches it."""
        return self.key[0] == "edited"

    @property
    def standing(self) -> tuple[str, Key, int, Chain]:
        """What must be the same for an untouched statement."""
        return (self.kind, self.key, self.column, self.chain)


def entries(tree: ast.Module, side: Side) -> list[Entry]:
    """List all statements, in order."""
    return list(_inside(tree, side, ()))


def _inside(node: ast.AST, side: Side, chain: Chain) -> Iterator[Entry]:
    for field, statements in blocks(node):
        for statement in statements:
            first = starts(statement)
            compound = is_compound(statement)
            last = head_ends(statement) if compound else int(getattr(statement, "end_lineno", first))
            key = side.key(first, last)
            around = (*chain, (type(node).__name__, field, _of(node, side)))
            yield Entry(statement, first, last, int(getattr(statement, "col_offset", 0)), key, around)
            if compound:
                yield from _inside(statement, side, around)


def _of(node: ast.AST, side: Side) -> Key:
    return ("same", 0, 0) if isinstance(node, ast.Module) else side.key(starts(node), head_ends(node))


@dataclass(frozen=True, slots=True)
class Touched:
    """The statements that edits touch, in the file and in the patched one, and whether all others stand as before."""

    before: tuple[Entry, ...]
    after: tuple[Entry, ...]
    others_kept: bool

    @classmethod
    def of(cls, asked: Comparison, before: ast.Module, after: ast.Module) -> "Touched":
        """Part the statements of both versions."""
        had, has = entries(before, asked.before), entries(after, asked.after)
        kept = Counter(one.standing for one in had if not one.edited)
        stand = Counter(one.standing for one in has if not one.edited)
        return cls(
            tuple(one for one in had if one.edited), tuple(one for one in has if one.edited), kept == stand
        )
