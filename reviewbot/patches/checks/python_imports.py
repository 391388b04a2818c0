"""What a patched Python file imports anew, and whether edits outside of the hunks are imports and nothing else."""

import ast
import builtins
import sys
from collections.abc import Iterator

from reviewbot.patches.checks.comparing import Comparison
from reviewbot.patches.checks.python_tree import FUNCTIONS, bindings

_SHARED_TOPS = frozenset(
    {"google", "azure", "zope", "backports", "sphinxcontrib", "ruamel", "jaraco", "oslo"}
)
"""Packages of many owners: that one part is imported says nothing of another."""

# The same names and calls, by an owner who took out what was dangerous.
_DROP_IN = (
    ("defusedxml.", "xml."),
    ("defusedxml.", "xml.etree."),
    ("defusedxml.", "xml.dom."),
    ("defusedxml.lxml", "lxml.etree"),
    ("defusedxml.xmlrpc", "xmlrpc.client"),
    ("secrets.", "random."),
)

Import = ast.Import | ast.ImportFrom


def imports(tree: ast.AST) -> list[Import]:
    """Give all import statements of a file."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def modules(tree: ast.AST) -> set[str]:
    """Name the modules that a file imports, as they are written; relative ones with their dots."""
    found: set[str] = set()
    for node in imports(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module:
            found.add("." * node.level + node.module)
        else:
            found |= {"." * node.level + alias.name for alias in node.names}
    return found


def fresh(before: ast.AST, after: ast.AST) -> list[str]:
    """Name what is imported anew and is neither of the standard library nor of a package that the file has."""
    had = modules(before)
    tops = {name.partition(".")[0] for name in had} - _SHARED_TOPS
    new = modules(after) - had
    return sorted(
        name
        for name in new
        if name.partition(".")[0] not in tops | sys.stdlib_module_names or name.startswith(".")
    )


def beside(asked: Comparison, before: ast.Module, after: ast.Module) -> str:
    """Judge the edits outside of the hunks: only imports of the block at the top may come, go or change."""
    old_lines, new_lines = asked.beside_lines()
    top, end = _block(before)
    inserted = [piece.first for number, piece in enumerate(asked.pieces) if number in asked.beside]
    if any(not top <= line <= end + 1 for line in (*old_lines, *inserted)):
        return "beside"
    pure = _import_lines(before), _import_lines(after)
    for lines, only, side in (
        (old_lines, pure[0], asked.before.lines),
        (new_lines, pure[1], asked.after.lines),
    ):
        if any(line not in only and side[line - 1].strip() for line in lines):
            return "beside"
    return ""


def _block(tree: ast.Module) -> tuple[int, int]:
    """Give the lines of the first run of imports; without one, the line after the docstring as an empty run."""
    top = end = 0
    for node in tree.body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            top, end = top or 1, node.end_lineno or node.lineno
        elif end:
            break
    if end:
        return 1, end
    first = tree.body[0] if tree.body and ast.get_docstring(tree, clean=False) is not None else None
    after = first.end_lineno or 0 if first is not None else 0
    following = next((node.lineno for node in tree.body if node is not first), after + 1)
    return after + 1, max(after, following - 1)


def _import_lines(tree: ast.Module) -> set[int]:
    """Number the lines on which there is nothing but import statements of the file's top level."""
    found: set[int] = set()
    other: set[int] = set()
    for node in tree.body:
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        (found if isinstance(node, ast.Import | ast.ImportFrom) else other).update(lines)
    return found - other


def names_kept(asked: Comparison, before: ast.Module, after: ast.Module) -> str:
    """Refuse imports that take a name away, or give it another meaning. One that was the finding may go unused."""
    had, has = _bound(before), _bound(after)
    used = {node.id for node in ast.walk(after) if isinstance(node, ast.Name)}
    flawed = {
        name
        for node in imports(before)
        if asked.found(node.lineno, node.end_lineno or node.lineno)
        for name, _ in bindings(node)
    }
    if any(name in used or name not in flawed for name in had.keys() - has.keys()):
        return "unbound"
    for name, meanings in has.items():
        new = meanings - had.get(name, set())
        if name == "*" and new:
            return "rebound"
        if new and name in had and not all(_takes_over(asked, one, had[name]) for one in new):
            return "rebound"
        if new and name not in had and (name in defined(before) or hasattr(builtins, name)):
            return "rebound"
    return ""


def _takes_over(asked: Comparison, new: str, old: set[str]) -> bool:
    """Say whether a module may take a name over: it is known to be a safer likeness, or a rule's fix says so."""
    for safe, unsafe in _DROP_IN:
        if new.startswith(safe) and any(one == unsafe + new.removeprefix(safe) for one in old):
            return True
    same = any(one.partition(".")[0] == new.partition(".")[0] for one in old)
    return not asked.model and (same or any(name.startswith(new) for name in asked.approved))


def _bound(tree: ast.AST) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for node in imports(tree):
        for name, meant in bindings(node):
            found.setdefault(name, set()).add(meant)
    return found


def defined(tree: ast.AST) -> set[str]:
    """Name everything that a file binds otherwise than by an import."""
    return set(_definitions(tree))


def _definitions(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name


def unbound(before: ast.Module, after: ast.Module) -> set[str]:
    """Name what the patched file uses anew though no statement of it, wherever it stands, and no builtin binds it."""
    stars = any(alias.name == "*" for node in imports(after) for alias in node.names)
    if stars:
        return set()  # nobody knows what those bring
    return _used(after) - _used(before) - _given(after) - set(dir(builtins)) - _MODULES_OWN


_MODULES_OWN = frozenset({"__file__", "__name__", "__doc__", "__path__", "__spec__", "__package__"})


def _used(tree: ast.Module) -> set[str]:
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def _given(tree: ast.Module) -> set[str]:
    """Name everything that some statement binds; in which scope plays no part."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            found.add(node.name or "")
        elif isinstance(node, ast.MatchMapping):
            found.add(node.rest or "")
        elif isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
        else:
            found.update(name for name, _ in bindings(node))
    return found
