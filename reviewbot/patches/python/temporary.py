"""Temporary files are made by the call that names them, so that nobody can put another one there first."""

import libcst as cst

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import argument, positional, spreads
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.names import assignments, beside, free_name, imported
from reviewbot.patches.python.origins import plain
from reviewbot.patches.python.statements import after, changed, line_of

_MKTEMP = "tempfile.mktemp"
_NEW = {"w", "wb", "wt", "w+", "wb+", "w+b"}
_UNSEEN = Unmended(
    "that the name is opened for writing, and nothing else is done with it before, cannot be seen"
)


def made_at_once(parsed: Parsed) -> Rewritten | Unmended:
    """`open(mktemp(), "w")` becomes `NamedTemporaryFile`, a name by itself comes from `mkstemp`."""
    calls = parsed.calls(_MKTEMP)
    if len(calls) != 1:
        return Unmended("other programs may look for the file under this name")
    call = calls[0]
    opened = _opening(parsed, call)
    if opened is not None:
        return _named_file(parsed, call, opened)
    above = parsed.parent(call)
    if not isinstance(above, cst.Assign) or len(above.targets) != 1:
        return _UNSEEN
    target = above.targets[0].target
    if not isinstance(target, cst.Name) or not _written_first(parsed, target):
        return _UNSEEN
    return _made(parsed, call, target)


def _opening(parsed: Parsed, node: cst.CSTNode) -> cst.Call | None:
    """Give the call of `open` for writing that a node is the first argument of."""
    arg = parsed.parent(node)
    call = parsed.parent(arg) if isinstance(arg, cst.Arg) else None
    if (
        not isinstance(call, cst.Call)
        or imported(parsed, call.func) != "builtins.open"
        or call.args[0] is not arg
    ):
        return None
    mode = argument(call, "mode", 1)
    return call if mode is not None and plain(mode.value) in _NEW and not spreads(call) else None


def _named_file(parsed: Parsed, call: cst.Call, opened: cst.Call) -> Rewritten | Unmended:
    name = beside(parsed, call.func, "NamedTemporaryFile")
    mode = argument(opened, "mode", 1)
    if name is None or mode is None or spreads(call) or "#" in code(opened) or len(positional(opened)) > 2:
        return _UNSEEN
    words = ("suffix", "prefix", "dir")
    given = [
        f"{word}={code(arg.value)}"
        for place, word in enumerate(words)
        if (arg := argument(call, word, place))
    ]
    kept = [
        code(arg.with_changes(comma=cst.MaybeSentinel.DEFAULT)).strip()
        for arg in opened.args[1:]
        if arg is not mode
    ]
    text = ", ".join([code(mode.value), *kept, *given, "delete=False"])
    return Rewritten([(opened, expression(f"{name[0]}({text})"))], name[1])


def _written_first(parsed: Parsed, target: cst.Name) -> bool:
    """Say whether the name is bound once, and opened for writing in its first use."""
    bound = assignments(parsed, target)
    if len(bound) != 1:
        return False
    uses = [access.node for access in bound[0].references]
    uses.sort(key=lambda node: (parsed.where(node).start.line, parsed.where(node).start.column))
    return bool(uses) and _opening(parsed, uses[0]) is not None


def _made(parsed: Parsed, call: cst.Call, target: cst.Name) -> Rewritten | Unmended:
    line = line_of(parsed, call)
    made = beside(parsed, call.func, "mkstemp")
    handle = free_name(parsed, "handle", "descriptor", "file_descriptor")
    if line is None or made is None or not handle:
        return _UNSEEN
    both = cst.Tuple([cst.Element(cst.Name(handle)), cst.Element(target)], lpar=(), rpar=())
    new = changed(line, (call.func, expression(made[0])), (target, both))
    _, lines = after(new, [f"os.close({handle})"])
    return Rewritten([(line, lines)], ("os", *made[1]))


FIXES = {"temporary-file": fix(made_at_once)}
