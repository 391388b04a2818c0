"""Paths as they are put together: the folder that the program chose, and what is added to it."""

import re
from dataclasses import dataclass, replace

import libcst as cst

from reviewbot.patches.python import arguments
from reviewbot.patches.python.built import is_fixed
from reviewbot.patches.python.inputs import Origin, origin
from reviewbot.patches.python.module import Parsed, code
from reviewbot.patches.python.names import imported, imports_any
from reviewbot.patches.python.origins import plain, values
from reviewbot.patches.python.pieces import Hole
from reviewbot.patches.python.texts import read

_OWN_FOLDER = re.compile(r"^(?:\w+\.)*[A-Z][A-Z0-9_]+$|^(?:self|cls|app|current_app|settings|config|conf)\b")
_SLASHED = re.compile(r"^self\.path$|PATH_INFO")
_PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"})


@dataclass(frozen=True, slots=True)
class Join:
    """A path as code: `whole` with `{}` where the folder `root` stands, if it stands there; `is_path`: of pathlib."""

    root: str
    whole: str
    is_path: bool


def joined(parsed: Parsed, node: cst.BaseExpression) -> Join | None:
    """Say of which folder and what else a path is made."""
    match node:
        case cst.Name():
            kept = given(parsed, node)
            return joined(parsed, kept[0]) if len(kept) == 1 and not isinstance(kept[0], cst.Name) else None
        case cst.BinaryOperation(operator=cst.Divide()):
            return _divided(parsed, node)
        case cst.Call():
            return _by_call(parsed, node)
    return _written_out(parsed, node)


def _by_call(parsed: Parsed, call: cst.Call) -> Join | None:
    name = imported(parsed, call.func)
    if name in _PATHS:
        return _made_path(parsed, call)
    match call:
        case cst.Call(
            func=cst.Attribute(value=cst.BinaryOperation() as inner, attr=cst.Name("resolve")), args=[]
        ):
            join = joined(parsed, inner)
            return replace(join, whole=code(call)) if join is not None and join.is_path else None
        case cst.Call(args=[first, _, *_]) if name == "os.path.join":
            if first.star or not is_folder(parsed, first.value):
                return None
            rest = ", ".join(arg.star + code(arg.value) for arg in call.args[1:])
            return Join(code(first.value), f"{code(call.func)}({{}}, {rest})", is_path=False)
    return _written_out(parsed, call)


def given(parsed: Parsed, name: cst.Name) -> list[cst.BaseExpression]:
    """Give what is assigned to a name beside None, which is no path; nothing if something else binds it too."""
    kept = values(parsed, name) or []
    return [one for one in kept if not (isinstance(one, cst.Name) and one.value == "None")]


def _divided(parsed: Parsed, node: cst.BinaryOperation) -> Join | None:
    root: cst.BaseExpression = node
    while isinstance(root, cst.BinaryOperation) and isinstance(root.operator, cst.Divide):
        root = root.left
    if not imports_any(parsed, "pathlib") or not is_folder(parsed, root):
        return None
    return Join(code(root), code(node), is_path=True)


def _made_path(parsed: Parsed, call: cst.Call) -> Join | None:
    func, args = code(call.func), [arg.value for arg in arguments.positional(call)]
    if len(args) > 1:
        return (
            Join(f"{func}({code(args[0])})", code(call), is_path=True) if is_folder(parsed, args[0]) else None
        )
    inner = _written_out(parsed, args[0]) if args else None
    return Join(f"{func}({inner.root})", code(call), is_path=True) if inner is not None else None


def _written_out(parsed: Parsed, node: cst.BaseExpression) -> Join | None:
    """Read `"/folder/" + name` and its like: the folder ends at the last slash in front of the first value."""
    text = read(node)
    holes = text.holes if text is not None else []
    if text is None or not holes:
        return None
    at = next(number for number, unit in enumerate(text.units) if unit.hole is not None)
    before = "".join(unit.char for unit in text.units[:at])
    if at == 0:
        behind = text.units[1].char if len(text.units) > 1 else ""
        own = is_folder(parsed, holes[0].value) and not holes[0].how
        return Join(code(holes[0].value), code(node), is_path=False) if own and behind == "/" else None
    folder, slash, _ = before.rpartition("/")
    if _SLASHED.search(code(holes[0].value)) and not before.endswith("/"):
        folder, slash = before, "/"
    plain_text = not set(folder) & set("\"\\\n'{}")
    return Join(f'"{folder}"', code(node), is_path=False) if slash and folder and plain_text else None


def is_folder(parsed: Parsed, node: cst.BaseExpression) -> bool:
    """Say whether an expression is a folder of the program's own."""
    if isinstance(node, cst.Call) and imported(parsed, node.func) in _PATHS and len(node.args) == 1:
        return is_folder(parsed, node.args[0].value)
    if isinstance(plain(node), str):
        return plain(node) not in {"", "/", "."}
    kept = given(parsed, node) if isinstance(node, cst.Name) else []
    if len(kept) == 1 and isinstance(kept[0], cst.Call) and is_folder(parsed, kept[0]):
        return True
    if is_fixed(parsed, Hole(node)) or origin(parsed, Hole(node)) is Origin.HARMLESS:
        return True
    return bool(_OWN_FOLDER.search(code(node))) and "request" not in code(node)
