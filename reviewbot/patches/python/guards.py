"""A check that is put in front of a statement, and how the code around it refuses."""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import imported, imports_any
from reviewbot.patches.python.origins import enclosing

_QUIET_CALLS = frozenset(
    [
        "get",
        "getlist",
        "get_argument",
        "get_query_argument",
        "join",
        "joinpath",
        "Path",
        "PurePath",
        "str",
        "strip",
        "lstrip",
        "rstrip",
        "lower",
        "replace",
        "realpath",
        "abspath",
        "normpath",
        "resolve",
        "fspath",
        "url_for",
        "reverse",
        "decode",
    ]
)
_CONDITIONAL = (
    cst.Lambda, cst.ListComp, cst.SetComp, cst.DictComp, cst.GeneratorExp, cst.IfExp, cst.BooleanOperation, cst.Decorator,
    cst.Param, cst.Comparison,
)  # fmt: skip

Statement = cst.SimpleStatementLine | cst.BaseCompoundStatement


@dataclass(frozen=True, slots=True)
class Refusal:
    """Statements that end a request, with what they import."""

    lines: tuple[str, ...]
    imports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """What is done where a condition holds."""

    condition: str
    refused: Refusal


def refusal(parsed: Parsed, node: cst.CSTNode, status: int, otherwise: str, framework: str = "") -> Refusal:
    """Say how the code around a node refuses a request; `otherwise` is the statement where nothing is known.

    `framework` is the one that the code surely is of, "" to go by what the file imports.
    """
    function = enclosing(parsed, node)
    if function is not None and function.name.value.startswith("do_") and imports_any(parsed, "http"):
        return Refusal((f"self.send_error({status})", "return"))
    known = [one for one in ("flask", "fastapi", "django") if imports_any(parsed, one)]
    known = [framework] if framework in known else known
    if known == ["flask"]:
        whole = any(imported(parsed, name) == "flask" for name in m.findall(parsed.module, m.Name("flask")))
        return (
            Refusal((f"flask.abort({status})",))
            if whole
            else Refusal((f"abort({status})",), ("flask:abort",))
        )
    if known == ["fastapi"]:
        return Refusal((f"raise HTTPException(status_code={status})",), ("fastapi:HTTPException",))
    if known == ["django"] and status == 404:
        return Refusal(("raise Http404",), ("django.http:Http404",))
    return Refusal((otherwise,))


def place(parsed: Parsed, node: cst.CSTNode) -> Statement | None:
    """Give the statement that a node is surely evaluated at the start of; None if it may not be, or only later."""
    below, at = node, parsed.parent(node)
    while at is not None and not isinstance(at, Statement):
        if isinstance(at, _CONDITIONAL):
            return None
        below, at = at, parsed.parent(at)
    match at:
        case cst.SimpleStatementLine(body=[_]):
            good = True
        case cst.With(items=[only]):
            good = below is only
        case cst.For(iter=looped):
            good = below is looped
        case cst.If(test=asked):
            good = below is asked
        case _:
            good = False
    whole = isinstance(parsed.parent(at), cst.IndentedBlock | cst.Module) if at is not None else False
    return at if isinstance(at, Statement) and good and whole else None


def quiet(*nodes: cst.CSTNode) -> bool:
    """Say whether expressions do nothing but give a value, so that they can be evaluated a little earlier."""
    for node in nodes:
        calls = [call for call in [node, *m.findall(node, m.Call())] if isinstance(call, cst.Call)]
        if any(_called(call) not in _QUIET_CALLS for call in calls):
            return False
        text = code(node)
        if m.findall(node, m.Await() | m.NamedExpr() | m.Yield()) or "\n" in text or "#" in text:
            return False
    return True


def guarded(
    statement: Statement, before: Sequence[str], new: Statement, check: Check, *, after: bool
) -> tuple[cst.CSTNode, cst.FlattenSentinel[cst.CSTNode]]:
    """Put statements and a check in front of a statement, or the check behind it (`after`)."""
    body = "\n".join(f"    {line}" for line in check.refused.lines)
    stop = cst.parse_statement(f"if {check.condition}:\n{body}\n")
    lines: list[Statement] = [_statement(text) for text in before]
    parts = [*lines, new, stop] if after else [*lines, stop, new]
    # What stands above the statement stands above all that is put before it.
    first = parts[0]
    if first is not new:
        parts = [one.with_changes(leading_lines=()) if one is new else one for one in parts]
        parts[0] = first.with_changes(leading_lines=statement.leading_lines)
    return statement, cst.FlattenSentinel(parts)


def _statement(text: str) -> Statement:
    return cst.parse_statement(text)


def _called(call: cst.Call) -> str:
    func = call.func
    name = func.attr if isinstance(func, cst.Attribute) else func
    return name.value if isinstance(name, cst.Name) else ""
