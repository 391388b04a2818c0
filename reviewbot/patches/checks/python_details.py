"""Small things of a model's patch that undo it or break the call: where a known word stands is as telling as the word."""

import ast
import re
from collections.abc import Iterator

from reviewbot.patches.checks import remedies_python as known
from reviewbot.patches.checks.python_atoms import Atoms
from reviewbot.patches.checks.python_tree import Names
from reviewbot.patches.checks.python_values import Part, nodes

_COMPARE = frozenset({"hmac.compare_digest", "secrets.compare_digest"})
_IN_COMPARED = re.compile(r"str|\.encode|hashlib\.\w+|hmac\.(?:new|digest)|\.(?:hex)?digest")
"""Calls that a comparison may bring: they keep apart what is not equal."""
_JOINS = frozenset({"os.path.join", ".joinpath", "pathlib.Path", "pathlib.PurePosixPath"})
_URL = re.compile(r"urllib\.parse\.url(?:parse|split)")
_PATH = re.compile(r"pathlib\.\w+|\.(?:resolve|joinpath)")
_RUN = re.compile(r"subprocess\.(?:run|check_output|Popen)")
_ATTRIBUTES = {
    "path": _URL, "netloc": _URL, "scheme": _URL, "hostname": _URL, "parent": _PATH, "parents": _PATH, "suffix": _PATH,
    "stem": _PATH, "stdout": _RUN, "returncode": _RUN, "name": re.compile(r"tempfile\.\w+|pathlib\.\w+"),
}  # fmt: skip
"""Attributes that a remedy may read, and of whose result."""
_TAKES_THE_PLACE = re.compile(r"os\.(?:system|popen).*|commands\..*|popen2\..*|subprocess\.(?:get|check_)\w*")


def wrong(old: Part, new: Part, fresh: set[str]) -> str:
    """Give the code of what a remedy would not do so."""
    if not _compares_well(old, new):
        return "call"
    if any(_is_rooted(node, new.names) for node in nodes(new.entries) if not _was_there(node, old)):
        return "word"
    if any(not _may_be_read(node, old, new, fresh) for node in nodes(new.entries)):
        return "name"
    if any(_is_too_little(node, new.names, old) for node in nodes(new.entries) if not _was_there(node, old)):
        return "value"
    return "value" if _resets(old.atoms, new.atoms) or any(_runs_wrongly(old, new)) else ""


def _compares_well(old: Part, new: Part) -> bool:
    """Say whether comparisons are given what they were given, with no call that makes unequal things equal."""
    for node in nodes(new.entries):
        if isinstance(node, ast.Call) and new.names.dotted(node.func) in _COMPARE:
            inside = {new.names.dotted(one.func) for given in node.args for one in _calls(given)}
            if len(node.args) != 2 or any(isinstance(one, ast.Starred) for one in node.args):
                return False
            if any(not _IN_COMPARED.fullmatch(call) and call not in old.atoms.calls for call in inside):
                return False
    return True


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _was_there(node: ast.AST, old: Part) -> bool:
    return any(ast.dump(node) == ast.dump(one) for one in nodes(old.entries))


def _is_rooted(node: ast.AST, names: Names) -> bool:
    """Say whether a path is joined with a part that begins anew, or leads up."""
    if not isinstance(node, ast.Call) or names.dotted(node.func) not in _JOINS:
        return False
    later = node.args if names.dotted(node.func) == ".joinpath" else node.args[1:]
    return any(
        isinstance(one, ast.Constant) and (str(one.value).startswith(("/", "\\")) or ".." in str(one.value))
        for one in later
    )


def _may_be_read(node: ast.AST, old: Part, new: Part, fresh: set[str]) -> bool:
    """Say whether an attribute was read before, or is one of what a remedy calls."""
    if not isinstance(node, ast.Attribute) or f".{node.attr}" not in known.ATTRIBUTES:
        return True
    of_a_module = new.names.dotted(node).partition(".")[0] != ""
    if of_a_module or f".{node.attr}" in old.atoms.sequence:
        return True
    value = node.value
    if isinstance(value, ast.Name) and value.id in fresh:
        return True
    of = _ATTRIBUTES.get(node.attr)
    if of is None or not isinstance(value, ast.Call) or not of.fullmatch(new.names.dotted(value.func)):
        return False
    gone = old.atoms.calls - new.atoms.calls
    return of is not _RUN or any(_TAKES_THE_PLACE.fullmatch(call) for call in gone)


def _is_too_little(node: ast.AST, names: Names, old: Part) -> bool:
    """Say whether a secret is too short, a hash too fast, or a file's rights others than before without some."""
    if not isinstance(node, ast.Call):
        return False
    call = names.dotted(node.func)
    given = [
        one for one in (*node.args, *(each.value for each in node.keywords)) if isinstance(one, ast.Constant)
    ]
    numbers = [one.value for one in given if type(one.value) is int]
    least = known.LEAST.get(call)
    if least is not None:
        return any(number < least for number in numbers)
    if call.rpartition(".")[2] != "chmod":
        return False
    had = [
        one.value for each in nodes(old.entries) if isinstance(each, ast.Call) and names.dotted(each.func) == call
        for one in each.args if isinstance(one, ast.Constant) and type(one.value) is int
    ]  # fmt: skip
    return any(not number & 0o400 or number & 0o7000 or (had and number & ~had[0]) for number in numbers)


def _resets(had: Atoms, has: Atoms) -> bool:
    """Say whether an argument with a value that has nothing to do with the flaw gets another value."""
    old: dict[str, set[str]] = {}
    for arg, value in had.keywords:
        old.setdefault(arg, set()).add(value)
    return any(
        arg in known.KEPT_KEYWORDS and arg in old and value not in old[arg] and old[arg] != {"None"}
        for arg, value in has.keywords
    )


def _runs_wrongly(old: Part, new: Part) -> Iterator[bool]:
    """Say of programs that are run whether they get one line without a shell, or their output is thrown away."""
    shelled = any(arg == "shell" for arg, _ in old.atoms.keywords) or any(
        call.startswith(("os.", "commands.")) for call in old.atoms.calls
    )
    for node in nodes(new.entries):
        if not isinstance(node, ast.Call) or not new.names.dotted(node.func).startswith("subprocess."):
            continue
        line = node.args[0] if node.args else None
        still = any(one.arg == "shell" and not _is_false(one.value) for one in node.keywords)
        yield shelled and not still and isinstance(line, ast.Constant | ast.BinOp | ast.JoinedStr)
        yield any(
            one.arg == "stdout" and new.names.dotted(one.value) == "subprocess.DEVNULL"
            and not any(arg == "stdout" for arg, _ in old.atoms.keywords)
            for one in node.keywords
        )  # fmt: skip


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value
