"""What names in a file stand for: members of imported modules, and how another member of one is written there."""

from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m
from libcst.metadata import QualifiedNameSource, ScopeProvider
from libcst.metadata.scope_provider import Assignment, Scope

from reviewbot.patches.python.module import Parsed, code


@dataclass(frozen=True, slots=True)
class Renamed:
    """An expression in place of another, with what has to be replaced and imported for it."""

    replacements: tuple[tuple[cst.CSTNode, cst.CSTNode], ...]
    imports: tuple[str, ...] = ()


def imported(parsed: Parsed, node: cst.CSTNode) -> str:
    """Give the full name of what comes from an import or is built in; "" for all that the file itself names.

    A call in it counts as its function: `requests.Session().get` is `requests.Session.get`.
    """
    values = parsed.names(node)
    found = {one.name for one in values}
    if any(one.source is QualifiedNameSource.LOCAL for one in values) or len(found) != 1:
        return ""
    # libcst names a method of something built in as if it were that itself.
    plain = isinstance(node, cst.Name) or (isinstance(node, cst.Call) and isinstance(node.func, cst.Name))
    name = found.pop()
    return name if plain or not name.startswith("builtins.") else ""


def imports_any(parsed: Parsed, *modules: str) -> bool:
    """Say whether the file imports one of these packages, anywhere."""
    for found in m.findall(parsed.module, m.Import() | m.ImportFrom()):
        if isinstance(found, cst.Import):
            names = [code(alias.name) for alias in found.names]
        else:
            assert isinstance(found, cst.ImportFrom)
            names = [code(found.module)] if found.module is not None and not found.relative else []
        if any(name.partition(".")[0] in modules for name in names):
            return True
    return False


def sibling(parsed: Parsed, node: cst.BaseExpression, member: str) -> Renamed | None:
    """Replace what stands for `package.some` by `package.member`, as the file imports it.

    `h.md5` becomes `h.sha256`; `md5` from `from hashlib import md5` becomes `sha256`, which is imported too.
    """
    if isinstance(node, cst.Attribute):
        return Renamed(((node.attr, cst.Name(member)),))
    if not isinstance(node, cst.Name):
        return None
    module, _, _ = imported(parsed, node).rpartition(".")
    if not module:
        return None
    return Renamed(((node, cst.Name(member)),), (f"{module}:{member}",))


def beside(parsed: Parsed, node: cst.BaseExpression, member: str) -> tuple[str, tuple[str, ...]] | None:
    """Write `package.member` as the file writes what stands beside it, with the import that this needs."""
    if isinstance(node, cst.Attribute):
        return f"{code(node.value)}.{member}", ()
    module, _, _ = imported(parsed, node).rpartition(".")
    return (member, (f"{module}:{member}",)) if module else None


def scope_of(parsed: Parsed, node: cst.CSTNode) -> Scope | None:
    """Give the scope that a name is looked up in."""
    scopes = parsed.wrapper.resolve(ScopeProvider)
    at: cst.CSTNode | None = node
    while at is not None and at not in scopes:
        at = parsed.parent(at)
    return scopes.get(at) if at is not None else None


def assignments(parsed: Parsed, name: cst.Name) -> list[Assignment]:
    """Give what binds a name where it is used. A built-in has none."""
    scope = scope_of(parsed, name)
    found = scope[name.value] if scope is not None else ()
    return [one for one in found if isinstance(one, Assignment)]


def free_name(parsed: Parsed, *wanted: str) -> str:
    """Give the first of some names that the file does not use for anything; "" if it uses them all."""
    used = {found.value for found in m.findall(parsed.module, m.Name()) if isinstance(found, cst.Name)}
    return next((name for name in wanted if name not in used), "")
