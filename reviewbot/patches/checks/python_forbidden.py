"""What a patch may not bring into a Python file, counted in both versions: more of it than before is refused."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterator

from reviewbot.patches.checks import python_calls as calls
from reviewbot.patches.checks.comparing import Comparison
from reviewbot.patches.checks.python_imports import imports, modules
from reviewbot.patches.checks.python_tree import FUNCTIONS, Names, bindings

_OTHERS = 0o022
_OPEN_BITS = frozenset({"S_IWOTH", "S_IRWXO", "S_IWGRP", "S_IRWXG"})
_SHELLS = frozenset(
    {"sh", "bash", "zsh", "dash", "ksh", "fish", "busybox", "cmd", "cmd.exe", "powershell", "pwsh"}
)
_STARTERS = frozenset({"env", "sudo", "doas", "nohup", "xargs", "timeout", "nice", "setsid", "stdbuf", "ssh"})
"""Programs that start another one."""
_TABLES = (
    ("code", calls.CODE), ("shell", calls.SHELLS), ("objects", calls.OBJECTS), ("network", calls.NETWORK),
    ("process", calls.PROCESSES | calls.SHELLS), ("exit", calls.EXITS), ("write", calls.FILES),
)  # fmt: skip
_BROAD = frozenset({"Exception", "BaseException"})


def forbidden(asked: Comparison, before: ast.Module, after: ast.Module) -> str:
    """Give the code of what the patched file has more of; "" if there is nothing."""
    had, has = Counter(_offences(before)), Counter(_offences(after))
    more = has - had
    if more:
        return next(iter(more))
    if asked.model and _decorators(before) != _decorators(after):
        return "decorator"
    if not _names_of_decorators(_decorators(after) - _decorators(before), after) <= calls.PROTECTING:
        return "decorator"
    new = modules(after) - modules(before)
    if any(name in calls.USELESS or name.partition(".")[0] in calls.USELESS for name in new):
        return "module"
    return "unused" if _unused(before, after) else ""


def _offences(tree: ast.Module) -> Iterator[str]:
    names = Names.of(tree)
    defined = {node.name for node in tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))}
    for node in ast.walk(tree):
        match node:
            case ast.Call():
                yield from _call(node, names)
                yield from _arguments(node, names)
                yield from _keywords(node)
            case ast.Name() | ast.Attribute():
                yield from _word(node, names, defined | set(names.known))
            case ast.ExceptHandler():
                yield from _handler(node)
            case _:
                yield from _statement(node, names)


def _statement(node: ast.AST, names: Names) -> Iterator[str]:
    match node:
        case ast.Global() | ast.Nonlocal():
            yield "global"
        case ast.Subscript() if not isinstance(node.ctx, ast.Load):
            if _root(node) in {*names.known, "globals", "locals", "vars"}:
                yield "foreign"
        case ast.Raise() if _last(node.exc, names) in {"SystemExit", "KeyboardInterrupt"}:
            yield "exit"
        case ast.Assign() | ast.AnnAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            words = {getattr(one, "attr", getattr(one, "id", "")) for one in targets}
            if words & calls.TLS_KEYWORDS and node.value is not None and not _is_true(node.value):
                yield "tls"
        case ast.Dict():
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value in calls.TLS_KEYWORDS and not _is_true(value):
                    yield "tls"


def _call(node: ast.Call, names: Names) -> Iterator[str]:
    dotted = names.dotted(node.func)
    for code, table in _TABLES:
        if calls.named(dotted, table) and not (code == "objects" and _is_safe_load(node, dotted)):
            yield code
    if dotted == "()":
        yield "call"
    elif dotted == "type" and len(node.args) > 1:
        yield "code"
    elif dotted in calls.BY_NAME and not (len(node.args) > 1 and isinstance(node.args[1], ast.Constant)):
        yield "attribute"


def _arguments(node: ast.Call, names: Names) -> Iterator[str]:
    dotted = names.dotted(node.func)
    if calls.named(dotted, calls.CHMOD) and any(_opens(one) for one in _values(node)):
        yield "mode"
    if dotted == "contextlib.suppress" and any(_last(one, names) in _BROAD for one in node.args):
        yield "broad"
    first = node.args[0] if node.args else None
    if isinstance(first, ast.List | ast.Tuple) and calls.named(dotted, calls.PROCESSES):
        words = [str(one.value).rpartition("/")[2] for one in first.elts if isinstance(one, ast.Constant)]
        if words and (words[0] in _SHELLS or (words[0] in _STARTERS and _SHELLS & set(words))):
            yield "shell"


def _keywords(node: ast.Call) -> Iterator[str]:
    for keyword in node.keywords:
        value = keyword.value
        if keyword.arg is None:
            yield "call"
        elif keyword.arg == "shell" and not _is_false(value):
            yield "shell"
        elif (keyword.arg in calls.TLS_KEYWORDS and not _is_true(value)) or (
            keyword.arg in calls.LEFT_OUT and _is_false(value)
        ):
            yield "tls"
        elif keyword.arg in {"allow_pickle", "trust_remote_code"} and not _is_false(value):
            yield "objects"
        elif keyword.arg in {"executable", "preexec_fn"}:
            yield "process"


def _word(node: ast.Name | ast.Attribute, names: Names, own: set[str]) -> Iterator[str]:
    word = node.id if isinstance(node, ast.Name) else node.attr
    if word in calls.TLS_NAMES:
        yield "tls"
    if (
        word.startswith("__")
        and word.endswith("__")
        and word not in {"__name__", "__file__", "__doc__", "__init__"}
    ):
        yield "dunder"
    if isinstance(node.ctx, ast.Load):
        if isinstance(node, ast.Name) and node.id in {"eval", "exec", "__import__", "compile"}:
            yield "code"
        return
    if isinstance(node, ast.Attribute):
        if _root(node) in names.known or word.startswith("__"):
            yield "foreign"
    elif hasattr(builtins, node.id) or node.id in own:
        yield "foreign"


def _handler(node: ast.ExceptHandler) -> Iterator[str]:
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    if any(one is None or (isinstance(one, ast.Name) and one.id in _BROAD) for one in caught):
        yield "broad"
    if all(
        isinstance(one, ast.Pass | ast.Continue)
        or (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        or (isinstance(one, ast.Return) and (one.value is None or isinstance(one.value, ast.Constant)))
        for one in node.body
    ):
        yield "swallow"


def _values(node: ast.Call) -> list[ast.expr]:
    return [*node.args, *(keyword.value for keyword in node.keywords)]


def _opens(value: ast.expr) -> bool:
    """Say whether a file mode gives others a right to write, as a number or by its names."""
    if isinstance(value, ast.Constant):
        return isinstance(value.value, int) and bool(value.value & _OTHERS)
    return any(isinstance(one, ast.Attribute) and one.attr in _OPEN_BITS for one in ast.walk(value))


def _is_safe_load(node: ast.Call, dotted: str) -> bool:
    """Say whether `yaml.load` is given the safe loader by its name."""
    if dotted not in {"yaml.load", "yaml.load_all"}:
        return False
    given = [*node.args[1:2], *(one.value for one in node.keywords if one.arg == "Loader")]
    last = [one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in given]
    return len(last) == 1 and last[0] in {"SafeLoader", "CSafeLoader", "BaseLoader", "CBaseLoader"}


def _is_true(value: ast.expr) -> bool:
    if isinstance(value, ast.Attribute):
        return value.attr == "CERT_REQUIRED"
    return isinstance(value, ast.Constant) and bool(value.value)


def _is_false(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and not value.value


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _last(node: ast.AST | None, names: Names) -> str:
    if isinstance(node, ast.Call):
        node = node.func
    return names.dotted(node).rpartition(".")[2] if node is not None else ""


def _decorators(tree: ast.Module) -> Counter[str]:
    return Counter(f"{name} {ast.dump(one)}" for name, one in _decorated(tree))


def _decorated(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            yield from ((node.name, one) for one in node.decorator_list)


def _names_of_decorators(some: Counter[str], tree: ast.Module) -> set[str]:
    """Give the full names of these; one that is more than a name is itself."""
    names = Names.of(tree)
    named = {f"{name} {ast.dump(one)}": names.dotted(one) for name, one in _decorated(tree)}
    return {named.get(one) or one for one in some}


def _unused(before: ast.Module, after: ast.Module) -> bool:
    """Say whether a name that is imported anew is not used: then it is imported for what importing it does."""
    had = {name for node in imports(before) for name, _ in bindings(node)}
    used = {node.id for node in ast.walk(after) if isinstance(node, ast.Name)}
    return any(
        name not in had | used | {"annotations"} for node in imports(after) for name, _ in bindings(node)
    )
