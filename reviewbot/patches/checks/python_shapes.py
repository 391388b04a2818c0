"""How the parts of a model's patch stand to each other: words alone do not tell which part of a condition is turned
round, what belongs to which key, and what a call's result is put into.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from reviewbot.patches.checks.python_places import Entry
from reviewbot.patches.checks.python_tree import Names, head_parts, is_compound
from reviewbot.patches.checks.python_values import Part

_TURNED = (ast.NotEq, ast.NotIn, ast.IsNot)
_DIGESTS = frozenset({"hmac.compare_digest", "secrets.compare_digest"})
_HOLDS = (ast.Tuple, ast.List, ast.Set, ast.Dict)

_Leaf = tuple[tuple[str, ...], bool, str, tuple[str, ...]]


def alike(old: Part, new: Part, fresh: set[str]) -> str:
    """Give the code of what stands otherwise than before; `fresh` are the variables that are new."""
    meant = _meant(new, fresh)
    if not _decided_alike(list(_conditions(old, {})), list(_conditions(new, meant))):
        return "operator"
    if Counter(_kinds_of_values(new, fresh)) - Counter(_kinds_of_values(old, set())):
        return "value"
    return "" if _in_order(list(_tokens(old, {})), list(_tokens(new, meant))) else "name"


def _meant(new: Part, fresh: set[str]) -> dict[str, list[str]]:
    """Give for each new variable what it was made of."""
    meant: dict[str, list[str]] = {}
    for one in new.entries:
        match one.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in fresh:
                meant[name] = list(_within(value, new.names, meant))
    return meant


def _tokens(part: Part, meant: Mapping[str, list[str]]) -> Iterator[str]:
    for one in part.entries:
        match one.node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in meant:
                continue
        for node in parts(one):
            yield from _within(node, part.names, meant)


def _within(node: ast.AST, names: Names, meant: Mapping[str, list[str]]) -> Iterator[str]:
    """Give names, constants and names of arguments in order; a table's keys with their values."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()) if name not in names.known:
            yield from meant.get(name, [f"name {name}"])
        case ast.Constant(value=value) if value is not None and not isinstance(value, bool):
            yield f"value {value!r}"
        case ast.keyword(arg=name):
            yield f"argument {name}"
    for child in _children(node):
        yield from _within(child, names, meant)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Dict(keys=keys, values=values):
            pairs = zip(keys, values, strict=True)
            yield from (each for pair in pairs for each in pair if each is not None)
        case ast.JoinedStr(values=values):
            yield from (each.value for each in values if isinstance(each, ast.FormattedValue))
        case _:
            yield from ast.iter_child_nodes(node)


def _in_order(old: Sequence[str], new: Sequence[str]) -> bool:
    """Say whether what is there on both sides has kept its order."""
    had, has = Counter(old), Counter(new)
    rest = iter(new)
    return all(one in rest for one in old if had[one] <= has[one])


def _conditions(part: Part, meant: Mapping[str, list[str]]) -> Iterator[_Leaf]:
    for one in part.entries:
        for node in parts(one):
            yield from _leaves(node, (one.kind,), part.names, meant, turned=False, asked=False)


def _leaves(  # noqa: PLR0913 (where a node stands)
    node: ast.AST, path: tuple[str, ...], names: Names, meant: Mapping[str, list[str]], *, turned: bool, asked: bool
) -> Iterator[_Leaf]:  # fmt: skip
    """Give what conditions are made of, with the way to it and whether it is turned round."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            whole = isinstance(operand, ast.BoolOp)
            way = (*path, "Not") if whole else path
            yield from _leaves(operand, way, names, meant, turned=turned is whole, asked=True)
            return
        case ast.BoolOp():
            way = (*path, type(node.op).__name__)
            for each in node.values:
                yield from _leaves(each, way, names, meant, turned=turned, asked=True)
            return
    compares = isinstance(node, ast.Compare) or (
        isinstance(node, ast.Call) and names.dotted(node.func) in _DIGESTS
    )
    if compares or asked:
        turns = isinstance(node, ast.Compare) and sum(isinstance(op, _TURNED) for op in node.ops) % 2 == 1
        words = tuple(one for one in _within(node, names, meant) if one.startswith("name "))
        yield path, turned is not turns, "compared" if compares else "asked", words
    for child in ast.iter_child_nodes(node):
        yield from _leaves(child, (type(node).__name__,), names, meant, turned=False, asked=False)


def _decided_alike(old: Sequence[_Leaf], new: Sequence[_Leaf]) -> bool:
    if len(old) != len(new):
        return False
    return all(
        had[:3] == has[:3] and not Counter(had[3]) - Counter(has[3])
        for had, has in zip(old, new, strict=True)
    )


def _kinds_of_values(part: Part, fresh: set[str]) -> Iterator[str]:
    """Name the kinds of what is given back, set, or asked by a statement, where it holds something else."""
    for one in part.entries:
        match one.node:
            case ast.Assign(targets=[ast.Name(id=name)]) if name in fresh:
                continue
        for field in ("value", "test"):
            value = getattr(one.node, field, None)
            if isinstance(value, _HOLDS):
                yield type(value).__name__


def parts(entry: Entry) -> Iterator[ast.AST]:
    """Give what a statement consists of; of a compound one only what stands before its blocks."""
    if is_compound(entry.node):
        yield from head_parts(entry.node)
    else:
        yield from ast.iter_child_nodes(entry.node)
