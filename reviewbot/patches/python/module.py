"""A Python file as fixes see it: its tree with places and full names, and imports added where they belong."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import libcst as cst
from libcst.metadata import (
    CodeRange,
    MetadataWrapper,
    PositionProvider,
    QualifiedName,
    QualifiedNameSource,
    ScopeProvider,
)

from reviewbot.patches.fixing import Asked, Fix, Mended, Unmended
from reviewbot.patches.python.imports import with_imports


@dataclass(frozen=True, slots=True)
class Parsed:
    """The finding's file as a tree. `module` is the tree that nodes are of; nothing in it is changed in place."""

    asked: Asked
    wrapper: MetadataWrapper
    above: dict[cst.CSTNode, cst.CSTNode] = field(default_factory=dict)
    """What `parent` knows; filled by its first call."""

    @property
    def module(self) -> cst.Module:
        """The root."""
        return self.wrapper.module

    def where(self, node: cst.CSTNode) -> CodeRange:
        """Give the place of a node; lines count from 1, columns from 0."""
        place: CodeRange = self.wrapper.resolve(PositionProvider)[node]
        return place

    def found(self, node: cst.CSTNode) -> bool:
        """Say whether a node stands on a line of the finding."""
        place = self.where(node)
        return self.asked.overlaps(place.start.line, place.end.line)

    def name(self, node: cst.CSTNode) -> str:
        """Give the full dotted name that an expression stands for through the file's imports; "" if it is unclear.

        `md5` after `from hashlib import md5` is `hashlib.md5`, and so is `h.md5` after `import hashlib as h`.
        """
        found = self.names(node)
        return next(iter(found)).name if len(found) == 1 else ""

    def names(self, node: cst.CSTNode) -> Collection[QualifiedName]:
        """Give all full names that an expression may stand for, each with where it comes from."""
        scope = self.wrapper.resolve(ScopeProvider).get(node)
        found: Collection[QualifiedName] = scope.get_qualified_names_for(node) if scope is not None else ()
        return found

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Give the node above."""
        if not self.above:
            nodes: list[cst.CSTNode] = [self.module]
            for one in nodes:
                self.above.update(dict.fromkeys(one.children, one))
                nodes += one.children
        return self.above.get(node)

    def calls(self, *names: str) -> list[cst.Call]:
        """Give the calls on the finding's lines of a function by its full name; of any function without names."""
        found: list[cst.Call] = []

        class Calls(cst.CSTVisitor):
            def visit_Call(self, node: cst.Call) -> None:  # noqa: N802 (libcst's name for it)
                found.append(node)

        self.module.visit(Calls())
        return [call for call in found if self.found(call) and (not names or self.name(call.func) in names)]


Rewrite = Callable[[Parsed], "Rewritten | Unmended"]
"""A fix on the tree."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Nodes of the tree to be replaced by others, and modules that the new code imports.

    A replacement is a node, a `FlattenSentinel` of several, or a `RemovalSentinel`.
    An import is `os` (bound as `os`) or `os.path:join` (from os.path import join). `needs` are packages.
    """

    replacements: Sequence[tuple[cst.CSTNode, Any]]
    imports: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()


def fix(rewrite: Rewrite) -> Fix:
    """Make a fix of a rewrite: parse, rewrite, add the imports, write out."""

    def mended(asked: Asked) -> Mended | Unmended:
        try:
            module = cst.parse_module(asked.text)
        except cst.ParserSyntaxError:
            return Unmended("the file could not be parsed")
        parsed = Parsed(asked, MetadataWrapper(module, unsafe_skip_copy=True))
        found = rewrite(parsed)
        if isinstance(found, Unmended):
            return found
        for name in found.imports:
            if _taken(parsed, name):
                return Unmended("a name that the remedy needs to import means something else in the file")
        new = with_imports(_replaced(module, found.replacements), found.imports).code
        return Mended(new, found.needs) if _parses(new) else Unmended("the remedy does not fit this place")

    return mended


def _parses(text: str) -> bool:
    try:
        cst.parse_module(text)
    except cst.ParserSyntaxError:
        return False
    return True


def _replaced(module: cst.Module, replacements: Sequence[tuple[cst.CSTNode, Any]]) -> cst.Module:
    """Replace nodes by identity, all in one walk: a walk makes every node anew, so there is no second one."""
    wanted = {id(old): new for old, new in replacements}

    class Replace(cst.CSTTransformer):
        def on_visit(self, node: cst.CSTNode) -> bool:
            return id(node) not in wanted

        def on_leave(self, original_node: cst.CSTNode, updated_node: cst.CSTNode) -> Any:
            return wanted.pop(id(original_node), updated_node)

    new = module.visit(Replace())
    if wanted:
        raise ValueError("a node to be replaced stands inside another one, or is none of the tree")
    return new


def expression(text: str) -> cst.BaseExpression:
    """Read an expression that we wrote ourselves."""
    return cst.parse_expression(text)


def code(node: cst.CSTNode) -> str:
    """Write a node out."""
    return cst.Module(body=()).code_for_node(node)


def _bound(name: str) -> str:
    module, _, member = name.partition(":")
    return member or module.partition(".")[0]


def free(parsed: Parsed, name: str) -> bool:
    """Say whether an import can be added without taking a name that means something else in the file."""
    return not _taken(parsed, name)


def _taken(parsed: Parsed, name: str) -> bool:
    """Say whether the name that an import would bind is bound to something else, anywhere in the file."""
    module, _, member = name.partition(":")
    meant = f"{module}.{member}" if member else module.partition(".")[0]
    bound = _bound(name)
    for scope in set(parsed.wrapper.resolve(ScopeProvider).values()):
        for assignment in getattr(scope, "assignments", ()) if scope is not None else ():
            if assignment.name.partition(".")[0] != bound:
                continue
            names = assignment.get_qualified_names_for(assignment.name)
            imported = {one.name for one in names if one.source is QualifiedNameSource.IMPORT}
            if not any(meant in {one, one.partition(".")[0]} for one in imported):
                return True
    return False
