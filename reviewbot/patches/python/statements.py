"""Statements put before or after another one, in a block that can take them."""

from collections.abc import Sequence
from typing import Any

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed

Replacement = tuple[cst.CSTNode, object]


def line_of(parsed: Parsed, node: cst.CSTNode) -> cst.SimpleStatementLine | None:
    """Give the line of its own that a node's statement stands on; None beside others, or after a colon."""
    at: cst.CSTNode | None = node
    while at is not None and not isinstance(at, cst.SimpleStatementLine | cst.BaseCompoundStatement):
        at = parsed.parent(at)
    return at if isinstance(at, cst.SimpleStatementLine) and len(at.body) == 1 else None


def after(line: cst.SimpleStatementLine, texts: Sequence[str]) -> Replacement:
    """Put statements behind a line."""
    return line, cst.FlattenSentinel([line, *map(cst.parse_statement, texts)])


def before(line: cst.SimpleStatementLine, texts: Sequence[str]) -> Replacement:
    """Put statements in front of a line; what stands above it, stands above them."""
    first, *more = [cst.parse_statement(text) for text in texts]
    assert isinstance(first, cst.SimpleStatementLine)
    first = first.with_changes(leading_lines=line.leading_lines)
    return line, cst.FlattenSentinel([first, *more, line.with_changes(leading_lines=())])


def changed(node: cst.CSTNodeT, *pairs: tuple[cst.CSTNode, cst.CSTNode]) -> cst.CSTNodeT:
    """Replace nodes below one, in one walk; for statements that are replaced themselves."""
    wanted = {id(old): new for old, new in pairs}

    class Change(cst.CSTTransformer):
        def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Any:
            return wanted.get(id(original_node), updated_node)

    new = node.visit(Change())
    assert isinstance(new, type(node))
    return new


def assigns(parsed: Parsed) -> list[cst.Assign]:
    """Give the assignments to one target on the finding's lines."""
    found = [one for one in m.findall(parsed.module, m.Assign()) if isinstance(one, cst.Assign)]
    return meant(parsed, [one for one in found if len(one.targets) == 1 and parsed.found(one)])


def below(parsed: Parsed, node: cst.CSTNode, top: cst.CSTNode) -> bool:
    """Say whether a node stands inside another one, or is it."""
    at: cst.CSTNode | None = node
    while at is not None and at is not top:
        at = parsed.parent(at)
    return at is not None


def decorators(parsed: Parsed) -> list[cst.Decorator]:
    """Give the decorators of what stands on the finding's lines, and those that stand there themselves."""
    found: list[cst.Decorator] = []
    for node in m.findall(parsed.module, m.FunctionDef() | m.ClassDef()):
        assert isinstance(node, cst.FunctionDef | cst.ClassDef)
        named = parsed.where(node.name).start.line
        for one in node.decorators:
            place = parsed.where(one.decorator)
            if parsed.asked.overlaps(place.start.line, place.end.line) or parsed.asked.overlaps(named, named):
                found.append(one)
    return found


def texts_on(parsed: Parsed) -> str:
    """Give the finding's lines, and the names of the functions and classes around them, for words that tell what it is."""
    asked = parsed.asked
    lines = asked.text.split("\n")[asked.first - 1 : asked.last]
    for node in m.findall(parsed.module, m.FunctionDef() | m.ClassDef()):
        assert isinstance(node, cst.FunctionDef | cst.ClassDef)
        place = parsed.where(node)
        if place.start.line <= asked.first and asked.last <= place.end.line:
            lines.append(node.name.value)
    return "\n".join(lines)
