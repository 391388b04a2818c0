"""A Python file as a tree, and what its names stand for."""

import ast
import io
import re
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_CODING = re.compile(r"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_AS_READ = frozenset({"utf-8", "utf8", "utf-8-sig", "utf_8", "ascii", "us-ascii", "u8"})
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def parsed(text: str) -> ast.Module | None:
    """Parse a file; None if the compiler refuses it, or would read it in another encoding. Nothing is run."""
    if any(
        (found := _CODING.match(line)) and found[1].lower() not in _AS_READ
        for line in text.split("\n", 2)[:2]
    ):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(text)
            # The compiler knows more than the parser: a `return` outside of a function, an unbound `nonlocal`.
            compile(text, "file", mode="exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return None
    return tree


def comments(text: str) -> Counter[str]:
    """Count the comments of a file that could be parsed."""
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(one.string for one in tokens if one.type == tokenize.COMMENT)


def blocks(node: ast.AST) -> Iterator[tuple[str, list[ast.stmt | ast.ExceptHandler | ast.match_case]]]:
    """Give the lists of statements inside a node, each with its field's name."""
    for field in _BLOCKS:
        inside = getattr(node, field, None)
        if isinstance(inside, list) and inside:
            yield field, inside


def is_compound(node: ast.AST) -> bool:
    """Say whether a node holds statements."""
    return next(blocks(node), None) is not None and not isinstance(node, ast.expr)


def starts(node: ast.AST) -> int:
    """Give a node's first line: of a decorated one, its first decorator's."""
    decorators = getattr(node, "decorator_list", ())
    if decorators:
        return int(decorators[0].lineno)
    return int(node.pattern.lineno if isinstance(node, ast.match_case) else getattr(node, "lineno", 1))


def head_ends(node: ast.AST) -> int:
    """Give the last line of what stands before a compound statement's first block."""
    first = next(blocks(node))[1][0]
    return max(starts(node), starts(first) - 1)


def head_parts(node: ast.AST) -> Iterator[ast.AST]:
    """Give what a compound statement has besides its blocks."""
    for name, value in ast.iter_fields(node):
        if name in _BLOCKS:
            continue
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, ast.AST):
                yield one


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of a file stand for through its imports: `h` after `import hashlib as h` is `hashlib`."""

    known: dict[str, str]

    @classmethod
    def of(cls, tree: ast.AST) -> "Names":
        """Read all imports, wherever they stand."""
        return cls(_bound(tree))

    def dotted(self, node: ast.AST) -> str:
        """Give an expression's full dotted name; `.execute` for an attribute of something that no import gave."""
        parts: list[str] = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if isinstance(node, ast.Name):
            if node.id in self.known:
                return ".".join([self.known[node.id], *reversed(parts)])
            if not parts:
                return node.id
        return "." + parts[0] if parts else "()"


@lru_cache(maxsize=4)
def _bound(tree: ast.AST) -> dict[str, str]:
    return {name: meant for node in ast.walk(tree) for name, meant in bindings(node)}


def bindings(node: ast.AST) -> Iterator[tuple[str, str]]:
    """Give the names that an import binds, with the full names that they stand for."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield alias.asname or top, alias.name if alias.asname else top
    elif isinstance(node, ast.ImportFrom):
        place = "." * node.level + (node.module or "")
        for alias in node.names:
            yield (
                alias.asname or alias.name,
                f"{place}.{alias.name}" if node.module else f"{place}{alias.name}",
            )
