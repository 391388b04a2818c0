"""Paths that are made of what comes from outside are checked to lie in their folder."""

import re
from collections.abc import Sequence
from dataclasses import replace

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python import arguments
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.guards import Check, Statement, guarded, place, quiet, refusal
from reviewbot.patches.python.module import Parsed, Rewritten, code, fix, free
from reviewbot.patches.python.names import assignments, beside, free_name, imported
from reviewbot.patches.python.origins import enclosing
from reviewbot.patches.python.path_joins import Join, given, is_folder, joined
from reviewbot.patches.python.statements import line_of

_METHODS = frozenset(
    [
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "open",
        "exists",
        "is_file",
        "is_dir",
        "iterdir",
        "glob",
        "rglob",
        "stat",
        "unlink",
        "rmdir",
        "mkdir",
        "touch",
        "rename",
        "replace",
        "chmod",
    ]
)
_SHOWS = re.compile(
    r"(?i)(^|\.)(str|repr|format|print|jsonify|debug|info|warning|error|exception|\w*escape\w*)$"
)
_NOT_SEEN = Unmended("the folder that the path should lie in is not seen, or how it is put together")
_NO_PLACE = Unmended("there is no line in front of this where a check could stand")
_LEFT = 'raise PermissionError("the path leads out of its folder")'


def _mended(parsed: Parsed) -> Rewritten | Unmended:
    sent = meant(parsed, parsed.calls("flask.send_file"))
    if len(sent) == 1 and (new := _from_directory(parsed, sent[0])) is not None:
        return new
    candidates = []
    for call in meant(parsed, parsed.calls()):
        for node in _used(call):
            join = joined(parsed, node)
            if join is not None:
                candidates.append((node, join))
    inner = [
        one
        for one in candidates
        if not any(other is not one and _inside(parsed, one[0], other[0]) for other in candidates)
    ]
    if len(inner) != 1:
        return _NOT_SEEN
    node, join = inner[0]
    if not isinstance(node, cst.Name):
        return _here(parsed, node, join)
    # A name that is shown keeps what it shows, and the checked path gets one of its own.
    return (
        _here(parsed, node, replace(join, whole=node.value)) if _shown(parsed, node) else _above(parsed, node)
    )


def _shown(parsed: Parsed, name: cst.Name) -> bool:
    """Say whether a name is put into a text somewhere."""
    for access in (one for bound in assignments(parsed, name) for one in bound.references):
        at = parsed.parent(access.node)
        while at is not None and not isinstance(at, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            if isinstance(at, cst.FormattedStringExpression | cst.BinaryOperation):
                return True
            if isinstance(at, cst.Call) and _SHOWS.search(code(at.func)):
                return True
            at = parsed.parent(at)
    return False


def _used(call: cst.Call) -> list[cst.BaseExpression]:
    """Give what a call may use as a path: its first two arguments, and what a method of a path is called on."""
    found = [arg.value for arg in arguments.positional(call)[:2]]
    if isinstance(call.func, cst.Attribute) and call.func.attr.value in _METHODS:
        found.append(call.func.value)
    return found


def _inside(parsed: Parsed, node: cst.CSTNode, top: cst.CSTNode) -> bool:
    at = parsed.parent(node)
    while at is not None and at is not top:
        at = parsed.parent(at)
    return at is top


def _from_directory(parsed: Parsed, call: cst.Call) -> Rewritten | None:
    """Let Flask send from a directory, which checks the name."""
    placed = arguments.positional(call)
    joined = placed[0].value if len(placed) == 1 else None
    if (
        not isinstance(joined, cst.Call)
        or imported(parsed, joined.func) != "os.path.join"
        or len(joined.args) != 2
    ):
        return None
    folder, name = joined.args
    send = beside(parsed, call.func, "send_from_directory")
    if send is None or not is_folder(parsed, folder.value) or name.star or arguments.spreads(call):
        return None
    first, *rest = call.args
    new = [
        cst.Arg(folder.value, comma=cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))),
        first.with_changes(value=name.value),
    ]
    function, imports = send
    func = cst.parse_expression(function)
    return Rewritten([(call, call.with_changes(func=func, args=[*new, *rest]))], imports)


def _here(parsed: Parsed, node: cst.BaseExpression, join: Join) -> Rewritten | Unmended:
    """Give the path a name in front of the statement, check it, and use the name."""
    statement = place(parsed, node)
    name = free_name(parsed, "path", "full_path", "checked_path")
    if statement is None or not name or not quiet(node):
        return _NO_PLACE
    replaced = statement.deep_replace(node, cst.Name(name))
    assert isinstance(replaced, cst.SimpleStatementLine | cst.BaseCompoundStatement)
    return _checked(parsed, statement, replaced, name, join)


def _above(parsed: Parsed, node: cst.Name) -> Rewritten | Unmended:
    """Check the path behind the line that gives it its name."""
    kept = given(parsed, node)
    value: cst.BaseExpression = kept[0] if kept else node
    line = line_of(parsed, value) if kept else None
    join = joined(parsed, value)
    if line is None or join is None or enclosing(parsed, line) is not enclosing(parsed, node):
        return _NOT_SEEN
    if len(kept) != 1 or parsed.where(line).end.line >= parsed.where(node).start.line or not quiet(value):
        return _NOT_SEEN
    target = parsed.parent(line)
    above = parsed.parent(node)
    while above is not None and above is not target:
        above = parsed.parent(above)
    whole = isinstance(line.body[0], cst.Assign) and len(line.body[0].targets) == 1
    return _checked(parsed, line, None, node.value, join) if above is not None and whole else _NOT_SEEN


def _checked(
    parsed: Parsed,
    statement: Statement,
    new: Statement | None,
    name: str,
    join: Join,
) -> Rewritten | Unmended:
    """Write the check; without `new` the statement is the assignment of the path itself."""
    refused = refusal(parsed, statement, 404, _LEFT)
    root = free_name(parsed, "root", "folder", "base_folder")
    if not root or not all(free(parsed, one) for one in refused.imports):
        return Unmended("the names that the check needs mean something else in the file")
    if join.is_path:
        before: list[str] = []
        made = f"{name} = {_resolved(join.whole)}"
        condition = f"not {name}.is_relative_to({join.root}.resolve())"
        imports: tuple[str, ...] = ()
    else:
        before = [f"{root} = os.path.realpath({join.root})"]
        made = f"{name} = os.path.realpath({join.whole.replace('{}', root)})"
        condition = f"os.path.commonpath([{root}, {name}]) != {root}"
        imports = ("os",)
    return _written(statement, new, [*before, made], Check(condition, refused), imports)


def _written(
    statement: Statement,
    new: Statement | None,
    lines: Sequence[str],
    check: Check,
    imports: tuple[str, ...],
) -> Rewritten:
    needed = (*imports, *check.refused.imports)
    if new is not None:
        return Rewritten([guarded(statement, lines, new, check, after=False)], needed)
    *before, made = lines
    assert isinstance(statement, cst.SimpleStatementLine)
    assigned = cst.parse_statement(made)
    assert isinstance(assigned, cst.SimpleStatementLine)
    kept = statement.with_changes(body=assigned.body)
    return Rewritten([guarded(statement, before, kept, check, after=True)], needed)


def _resolved(text: str) -> str:
    if text.endswith(".resolve()"):
        return text
    node = cst.parse_expression(text)
    bare = isinstance(node, cst.Call | cst.Name | cst.Attribute) or bool(getattr(node, "lpar", ()))
    return f"{text}.resolve()" if bare else f"({text}).resolve()"


FIXES = {"path-inside": fix(_mended)}
