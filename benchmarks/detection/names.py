"""Names for one Python file: which of its own it may lose, and what it says of the set's helper modules."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

_DEFINES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass
class Helpers:
    """The set's own modules: their dotted parts, what each defines at the top, and the methods of their classes."""

    parts: dict[str, str] = field(default_factory=dict)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)

    def add(self, module: str, source: str) -> None:
        """Take in one module, `package.name`."""
        for part in module.split("."):
            self.parts.setdefault(part, f"m{len(self.parts) + 1}")
        tree = ast.parse(source)
        own = self.names.setdefault(module, {})
        for name, letter in _top_names(tree):
            own.setdefault(name, f"{letter}{sum(map(len, self.names.values())) + 1}")
        for method in _methods(tree):
            self.methods.setdefault(method.name, f"k{len(self.methods) + 1}")

    def place(self, module: str) -> str:
        """The neutral dotted name of a module."""
        return ".".join(self.parts.get(part, part) for part in module.split("."))


def _top_names(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, _DEFINES):
            yield node.name, "G" if isinstance(node, ast.ClassDef) else "g"
        elif isinstance(node, ast.Assign):
            yield from ((target.id, "v") for target in node.targets if isinstance(target, ast.Name))


def _methods(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Methods whose name is the file's own: not Python's, nor perhaps one that a foreign base class calls."""
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)} | {"object"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and all(
            isinstance(base, ast.Name) and base.id in own for base in node.bases
        ):
            yield from (
                item for item in node.body if isinstance(item, _FUNCTIONS) and not item.name.startswith("__")
            )


@dataclass
class FileNames:
    """New names within one file: `names` everywhere, `defined` only where they are defined, `methods` after a dot."""

    names: dict[str, str]
    defined: dict[str, str]
    methods: dict[str, str]
    classes: set[str]


def file_names(tree: ast.Module, helpers: Helpers, own: dict[str, str]) -> FileNames:
    """Choose the names of a file. `own` are those it has already, as one of the helpers."""
    methods = {node.name for node in _methods(tree)}
    in_class = {item for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for item in node.body}
    imported = dict(_imported(tree, helpers))
    taken = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names = {old: new for old, new in imported.items() if new != old} | own
    defined: dict[str, str] = {}
    classes = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    counts = {"f": 0, "C": 0}
    for node in ast.walk(tree):
        if not isinstance(node, _DEFINES) or node in in_class or node.name in names | defined:
            continue
        letter = "C" if isinstance(node, ast.ClassDef) else "f"
        new = ""
        while not new or new in taken:
            counts[letter] += 1
            new = f"{letter}{counts[letter]}"
        # One that is imported, too, is meant where it is used: `from flask import redirect`, `def redirect():`.
        (defined if node.name in imported else names)[node.name] = new
    of_file = {name: helpers.methods.get(name, f"k{at + 101}") for at, name in enumerate(sorted(methods))}
    return FileNames(names, defined, helpers.methods | of_file, classes)


def _imported(tree: ast.Module, helpers: Helpers) -> Iterator[tuple[str, str]]:
    """Each name that an import binds, and its new one: another only for what the helpers define."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                ours = not alias.asname and _is_helper(alias.name, helpers)
                yield bound, helpers.parts[bound] if ours else bound
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                bound = alias.asname or alias.name
                yield bound, bound if alias.asname else from_helper(node.module, alias.name, helpers)


def from_helper(module: str | None, name: str, helpers: Helpers) -> str:
    """The new name of what `from module import name` takes."""
    if module in helpers.names:
        return helpers.names[module].get(name, name)
    return helpers.parts[name] if f"{module}.{name}" in helpers.names else name


def _is_helper(module: str, helpers: Helpers) -> bool:
    return any(f"{known}.".startswith(f"{module}.") for known in helpers.names)
