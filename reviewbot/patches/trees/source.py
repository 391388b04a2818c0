"""A file as fixes see it: its tree, and edits at byte ranges of it. What is not edited stays as it is."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tree_sitter import Node

from reviewbot.patches.fixing import Asked, Fix, Mended, Unmended
from reviewbot.patches.trees.grammars import SCRIPTS, TYPED, ending, parser_for

Edit = tuple[int, int, str]
"""Bytes `start` to `end` replaced by a text."""

UNCLEAR = Unmended("the code is not of a shape that the fix knows")
"""The commonest refusal."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The finding's file as a tree over its UTF-8 bytes."""

    asked: Asked
    root: Node
    source: bytes
    _seen: dict[tuple[str, ...], list[Node]] = field(default_factory=dict, repr=False, compare=False)
    _named: dict[str, list[Node]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def typed(self) -> bool:
        """Say whether the file is TypeScript."""
        return ending(self.asked.path) in TYPED

    def text(self, node: Node | None) -> str:
        """Give a node's text; "" for none."""
        return self.source[node.start_byte : node.end_byte].decode() if node is not None else ""

    def found(self, node: Node) -> bool:
        """Say whether a node stands on a line of the finding."""
        return self.asked.overlaps(*lines(node))

    def exact(self, node: Node) -> bool:
        """Say whether a node takes up just the lines of the finding."""
        return lines(node) == (self.asked.first, self.asked.last)

    def nodes(self, *types: str) -> list[Node]:
        """Give the nodes of these types on the finding's lines, in the file's order."""
        return [node for node in walk(self.root, self.found) if node.type in types]

    def everywhere(self, *types: str) -> list[Node]:
        """Give all nodes of these types, in the file's order."""
        if types not in self._seen:
            self._seen[types] = [node for node in walk(self.root) if node.type in types]
        return self._seen[types]

    def declarators(self, name: str) -> list[Node]:
        """Give what declares a variable of this name, in the file's order."""
        if not self._named:
            names = {"identifier", "shorthand_property_identifier_pattern"}
            for one in self.everywhere("variable_declarator"):
                target = one.child_by_field_name("name")
                for node in walk(target) if target is not None else ():
                    if node.type in names:
                        self._named.setdefault(self.text(node), []).append(one)
        return self._named.get(name, [])

    def line_start(self, byte: int) -> int:
        """Give the first byte of the line that a byte is on."""
        return self.source.rfind(b"\n", 0, byte) + 1

    def indent(self, byte: int) -> str:
        """Give the white space that the line of a byte begins with."""
        line = self.source[self.line_start(byte) :].split(b"\n", 1)[0].decode()
        return line[: len(line) - len(line.lstrip(" \t"))]


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Edits that do not overlap, in any order. `needs` are packages that the new code imports."""

    edits: Sequence[Edit]
    needs: tuple[str, ...] = ()


Rewrite = Callable[[Parsed], Rewritten | Unmended]
"""A fix on the tree."""


def lines(node: Node) -> tuple[int, int]:
    """Give the first and last line of a node, from 1."""
    end = node.end_point
    return node.start_point.row + 1, end.row + (
        0 if end.column == 0 and end.row > node.start_point.row else 1
    )


def walk(root: Node, enter: Callable[[Node], bool] = lambda _: True) -> Iterator[Node]:
    """Go through a tree in the file's order, without recursion: hostile files nest deeply."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if enter(node):
            yield node
            waiting += reversed(node.children)


def above(node: Node) -> Iterator[Node]:
    """Go up from a node's parent to the root."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent


def edited(source: bytes, edits: Sequence[Edit]) -> bytes | None:
    """Put edits in; None if two overlap."""
    result: list[bytes] = []
    at = 0
    for start, end, text in sorted(edits, key=lambda one: one[:2]):
        if start < at:
            return None
        result += (source[at:start], text.encode())
        at = end
    return b"".join([*result, source[at:]])


def broken(root: Node) -> int:
    """Count what the grammar could not make sense of."""
    return sum(node.is_error or node.is_missing for node in walk(root, lambda node: node.has_error))


def fix(rewrite: Rewrite, endings: frozenset[str] = SCRIPTS) -> Fix:
    """Make a fix of a rewrite: parse, rewrite, and see that the grammar still understands as much."""

    def mended(asked: Asked) -> Mended | Unmended:
        end = ending(asked.path)
        parser = parser_for(end) if end in endings else None
        if parser is None:
            return Unmended("the fix does not know this kind of file")
        source = asked.text.encode()
        root = parser.parse(source).root_node
        found = rewrite(Parsed(asked, root, source))
        if isinstance(found, Unmended):
            return found
        new = edited(source, found.edits)
        if new is None or not found.edits:
            return UNCLEAR
        if broken(parser.parse(new).root_node) > broken(root):
            return Unmended("the mended file would not parse")
        return Mended(new.decode(), found.needs)

    return mended
