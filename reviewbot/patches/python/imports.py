"""Imports that a fix needs, added where they belong in the block that the file has."""

import sys
from collections.abc import Sequence
from typing import Any

import libcst as cst

_FUTURE = "__future__"
_LONGEST = 88


def _written(node: cst.CSTNode) -> str:
    return cst.Module(body=()).code_for_node(node)


def with_imports(module: cst.Module, names: Sequence[str]) -> cst.Module:
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
                    found.append((position, _written(small.names[0].name)))
                elif isinstance(small, cst.ImportFrom):
                    dots = "." * len(small.relative)
                    found.append((position, dots + (_written(small.module) if small.module else "")))
    return found


def _has(module: cst.Module, name: str) -> bool:
    wanted, _, member = name.partition(":")
    for statement in module.body:
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if isinstance(small, cst.Import) and not member:
                if any(_written(alias.name) == wanted and alias.asname is None for alias in small.names):
                    return True
            elif isinstance(small, cst.ImportFrom) and member and not small.relative:
                same = small.module is not None and _written(small.module) == wanted
                listed = [] if isinstance(small.names, cst.ImportStar) else small.names
                if same and any(_written(alias.name) == member and alias.asname is None for alias in listed):
                    return True
    return False


def _with_import(module: cst.Module, name: str) -> cst.Module:
    wanted, _, member = name.partition(":")
    text = f"from {wanted} import {member}" if member else f"import {wanted}"
    joined = _joined(module, wanted, member) if member else None
    if joined is not None:
        return joined
    statement = cst.parse_statement(text)
    assert isinstance(statement, cst.SimpleStatementLine)
    body = list(module.body)
    found = _simple_imports(module)
    position = _position(module, wanted, member=bool(member))
    if not found:
        return _with_first_import(module, statement, position)
    named = dict(found)
    if named.get(position - 1) != wanted and _leads(module, position, wanted):
        # The blank lines and comments above the first statement stay above it.
        first = body[position]
        assert isinstance(first, cst.SimpleStatementLine)
        statement = statement.with_changes(leading_lines=first.leading_lines)
        body[position] = first.with_changes(leading_lines=())
    if position in named and _standard(wanted) and not _standard(named[position]):
        body[position] = _after_blank_line(body[position])
    elif position - 1 in named and _other_group(named[position - 1], wanted):
        statement = statement.with_changes(leading_lines=[cst.EmptyLine(indent=False)])
    body.insert(position, statement)
    return module.with_changes(body=body)


def _joined(module: cst.Module, wanted: str, member: str) -> cst.Module | None:
    """Put a member into the line that imports others of its module, if that is one plain line."""
    for position, name in _simple_imports(module):
        line = module.body[position]
        if name != wanted or not isinstance(line, cst.SimpleStatementLine):
            continue
        found = line.body[0]
        if (
            not isinstance(found, cst.ImportFrom)
            or found.lpar is not None
            or isinstance(found.names, cst.ImportStar)
        ):
            continue
        named = [_order(_written(alias.name)) for alias in found.names]
        place = sum(one < _order(member) for one in named) if named == sorted(named) else len(named)
        aliases = [alias.with_changes(comma=cst.MaybeSentinel.DEFAULT) for alias in found.names]
        aliases.insert(place, cst.ImportAlias(cst.Name(member)))
        new = line.with_changes(body=[found.with_changes(names=aliases), *line.body[1:]])
        if len(_written(new.with_changes(leading_lines=())).rstrip("\n")) <= _LONGEST:
            return module.with_changes(body=[*module.body[:position], new, *module.body[position + 1 :]])
    return None


def _order(name: str) -> tuple[int, str]:
    """Sort as most tools do: constants, classes, functions."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


def _other_group(before: str, wanted: str) -> bool:
    return before == _FUTURE or (_standard(before) and not _standard(wanted))


def _with_first_import(module: cst.Module, statement: cst.SimpleStatementLine, position: int) -> cst.Module:
    """Put an import into a file that has none, with the blank lines that a formatter asks for."""
    body = list(module.body)
    blank = cst.EmptyLine(indent=False)
    if position:
        statement = statement.with_changes(leading_lines=[blank])
    if position < len(body):
        below = body[position]
        body[position] = _after_blank_line(below)
        if isinstance(below, cst.FunctionDef | cst.ClassDef):
            body[position] = _after_blank_line(_after_blank_line(below, least=1), least=2)
    body.insert(position, statement)
    return module.with_changes(body=body)


def _after_blank_line(statement: Any, least: int = 1) -> Any:
    """Give a statement with at least so many blank lines above it."""
    lines = list(statement.leading_lines)
    blank = next((number for number, one in enumerate(lines) if one.comment is not None), len(lines))
    missing = max(0, least - blank)
    return statement.with_changes(leading_lines=[*[cst.EmptyLine(indent=False)] * missing, *lines])


def _position(module: cst.Module, wanted: str, *, member: bool) -> int:
    """Find where an import belongs: before the first one of its group that sorts after it, else after the last."""
    found = [(position, name) for position, name in _simple_imports(module) if name != _FUTURE]
    head = [(position, name) for position, name in found if position <= _block_end(module)]
    if not head:
        return _after_docstring(module)
    same = [position for position, name in head if name == wanted]
    if same:
        return same[-1] + 1
    group = [one for one in head if _same_group(one[1], wanted)]
    if not group:
        # No import of its kind: those of the standard library stand first, the package's own last.
        own = [position for position, one in head if one.startswith(".")]
        return head[0][0] if _standard(wanted) else own[0] if own else head[-1][0] + 1
    froms = [_is_from(module.body[position]) for position, _ in group]
    apart = froms == sorted(froms)
    ours = (apart and member, wanted.lower())
    later = [
        position
        for (position, name), is_from in zip(group, froms, strict=True)
        if (apart and is_from, name.lower()) > ours
    ]
    return later[0] if later else group[-1][0] + 1


def _is_from(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and isinstance(statement.body[0], cst.ImportFrom)


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
