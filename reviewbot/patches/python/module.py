"""A Python file as fixes see it: its tree with places and full names, and imports added where they belong."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import libcst as cst
from libcst.metadata import (
    CodeRange,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    QualifiedNameProvider,
    QualifiedNameSource,
    ScopeProvider,
)

from reviewbot.patches.fixing import Asked, Fix, Mended, Unmended

_FUTURE = "__future__"


@dataclass(frozen=True, slots=True)
class Parsed:
    """The finding's file as a tree. `module` is the tree that nodes are of; nothing in it is changed in place."""

    asked: Asked
    wrapper: MetadataWrapper

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
        names = self.wrapper.resolve(QualifiedNameProvider).get(node, set())
        values = names() if callable(names) else names
        return next(iter(values)).name if len(values) == 1 else ""

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        """Give the node above."""
        above: cst.CSTNode | None = self.wrapper.resolve(ParentNodeProvider).get(node)
        return above

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
        new = module
        for old, replacement in found.replacements:
            replaced = new.deep_replace(old, replacement)
            assert isinstance(replaced, cst.Module)
            new = replaced
        return Mended(_with_imports(new, found.imports).code, found.needs)

    return mended


def expression(text: str) -> cst.BaseExpression:
    """Read an expression that we wrote ourselves."""
    return cst.parse_expression(text)


def code(node: cst.CSTNode) -> str:
    """Write a node out."""
    return cst.Module(body=()).code_for_node(node)


def _bound(name: str) -> str:
    module, _, member = name.partition(":")
    return member or module.partition(".")[0]


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


def _with_imports(module: cst.Module, names: Sequence[str]) -> cst.Module:
    """Add imports that are not there, each where it belongs in the order of the block that is."""
    for name in names:
        if not _has(module, name):
            module = _with_import(module, name)
    return module


def _simple_imports(module: cst.Module) -> list[tuple[int, str]]:
    """Give the top-level import lines: position in the body, and the module that each names."""
    found = []
    for position, statement in enumerate(module.body):
        if isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                if isinstance(small, cst.Import):
                    found.append((position, code(small.names[0].name)))
                elif isinstance(small, cst.ImportFrom):
                    dots = "." * len(small.relative)
                    found.append((position, dots + (code(small.module) if small.module else "")))
    return found


def _has(module: cst.Module, name: str) -> bool:
    wanted, _, member = name.partition(":")
    for statement in module.body:
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(small, cst.Import) and not member:
                if any(code(alias.name) == wanted and alias.asname is None for alias in small.names):
                    return True
            elif isinstance(small, cst.ImportFrom) and member and not small.relative:
                same = small.module is not None and code(small.module) == wanted
                listed = [] if isinstance(small.names, cst.ImportStar) else small.names
                if same and any(code(alias.name) == member and alias.asname is None for alias in listed):
                    return True
    return False


def _with_import(module: cst.Module, name: str) -> cst.Module:
    wanted, _, member = name.partition(":")
    text = f"from {wanted} import {member}" if member else f"import {wanted}"
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    body = list(module.body)
    position = _position(module, wanted)
    if _leads(module, position, wanted):
        # The blank lines and comments above the first statement stay above it.
        first = body[position]
        assert isinstance(first, cst.SimpleStatementLine)
        statement = statement.with_changes(leading_lines=first.leading_lines)
        body[position] = first.with_changes(leading_lines=())
    elif not _simple_imports(module):
        statement = statement.with_changes(leading_lines=[cst.EmptyLine()] if position else [])
    body.insert(position, statement)
    return module.with_changes(body=body)


def _position(module: cst.Module, wanted: str) -> int:
    """Find where an import belongs: before the first one of its group that sorts after it, else after the last."""
    found = [(position, name) for position, name in _simple_imports(module) if name != _FUTURE]
    head = [(position, name) for position, name in found if position <= _block_end(module)]
    if not head:
        return _after_docstring(module)
    group = [one for one in head if _same_group(one[1], wanted)] or head
    later = [position for position, name in group if name.lower() > wanted.lower()]
    if group is head:
        # No import of its kind: those of the standard library stand first.
        return head[0][0] if _standard(wanted) else head[-1][0] + 1
    return later[0] if later else group[-1][0] + 1


def _block_end(module: cst.Module) -> int:
    """Give the last position of the block of imports at the top; what is imported further down is no place for more."""
    last = -1
    for position, statement in enumerate(module.body):
        if isinstance(statement, cst.SimpleStatementLine) and all(
            isinstance(small, cst.Import | cst.ImportFrom) for small in statement.body
        ):
            last = position
        elif position and last >= 0:
            break
    return last


def _same_group(name: str, wanted: str) -> bool:
    return not name.startswith(".") and _standard(name) is _standard(wanted)


def _standard(name: str) -> bool:

    return name.partition(".")[0] in sys.stdlib_module_names


def _after_docstring(module: cst.Module) -> int:
    position = 1 if module.get_docstring() is not None else 0
    for number, name in _simple_imports(module):
        if name == _FUTURE:
            position = number + 1
    return position


def _leads(module: cst.Module, position: int, wanted: str) -> bool:
    """Say whether the import at a position begins the group that the new one belongs to."""
    named = dict(_simple_imports(module))
    if position not in named or not getattr(module.body[position], "leading_lines", ()):
        return False
    return _same_group(named[position], wanted) or position == min(named)
