"""Files and folders are opened to their owner alone."""

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.python.arguments import argument
from reviewbot.patches.python.finding import meant
from reviewbot.patches.python.module import Parsed, Rewritten, code, expression, fix
from reviewbot.patches.python.names import imported
from reviewbot.patches.python.origins import Constant, constant, plain

_OWNER, _OTHERS_WRITE, _SPECIAL = 0o700, 0o002, 0o7000
_PLACES = {"os.chmod": 1, "os.fchmod": 1, "os.lchmod": 1, "os.open": 2}


def owner_only(parsed: Parsed) -> Rewritten | Unmended:
    """Keep the owner's rights as they are and take everybody else's: 0o777 becomes 0o700, 0o666 becomes 0o600."""
    masks = [
        call for call in parsed.calls("os.umask") if len(call.args) == 1 and plain(call.args[0].value) == 0
    ]
    if masks:
        return Rewritten([(call.args[0].value, cst.Integer("0o077")) for call in meant(parsed, masks)])
    calls = meant(parsed, [call for call in parsed.calls() if _mode(parsed, call) is not None])
    changes = [
        new for call in calls if (mode := _mode(parsed, call)) and (new := _narrowed(parsed, mode.value))
    ]
    return Rewritten(changes) if changes else Unmended("which rights are meant cannot be seen")


def _mode(parsed: Parsed, call: cst.Call) -> cst.Arg | None:
    place = _PLACES.get(imported(parsed, call.func))
    if place is None and m.matches(call.func, m.Attribute(attr=m.Name("chmod"))):
        place = 0
    return None if place is None else argument(call, "mode", place)


def _narrowed(parsed: Parsed, mode: cst.BaseExpression) -> tuple[cst.CSTNode, cst.CSTNode] | None:
    found = constant(parsed, mode)
    if found is not None:
        return _number(found)
    parts = _parts(mode)
    names = [imported(parsed, part) for part in parts]
    if not all(name.startswith("stat.S_I") for name in names):
        return None
    kept = [code(part) for part, name in zip(parts, names, strict=True) if name.endswith(("USR", "S_IRWXU"))]
    if not kept or len(kept) == len(parts):
        return None
    return mode, expression(" | ".join(kept)).with_changes(lpar=mode.lpar, rpar=mode.rpar)


def _number(found: Constant) -> tuple[cst.CSTNode, cst.CSTNode] | None:
    value = found.value
    if not isinstance(value, int) or not value & _OTHERS_WRITE or value & _SPECIAL or not value & _OWNER:
        return None
    return found.at, cst.Integer(f"0o{value & _OWNER:o}")


def _parts(node: cst.BaseExpression) -> list[cst.BaseExpression]:
    if isinstance(node, cst.BinaryOperation) and isinstance(node.operator, cst.BitOr):
        return [*_parts(node.left), *_parts(node.right)]
    return [node]


FIXES = {"owner-only": fix(owner_only)}
