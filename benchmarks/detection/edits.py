"""Changes of one Python file's text by place, so that all that is not renamed stays as it was written."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from detection.names import FileNames, Helpers, from_helper

Edit = tuple[int, int, bytes]
"""From and to, as offsets in the bytes of the file, and what stands there instead."""
_ROUTING = frozenset({"route", "get", "post", "put", "patch", "delete", "websocket", "add_url_rule", "path"})
_TEMPLATES = frozenset({"render_template", "get_template", "render"})
_PLACEHOLDER = re.compile(r"<[^<>]*>|\{[^{}]*\}")


class Places:
    """Offsets from lines and columns; those of `ast` count bytes, those of `tokenize` characters."""

    def __init__(self, source: bytes) -> None:
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        """The offset of a place that `ast` gives."""
        return self.starts[line - 1] + column

    def at_token(self, place: tuple[int, int]) -> int:
        """The offset of a place that `tokenize` gives."""
        line, column = place
        return self.at(line, len(self.lines[line - 1].decode()[:column].encode()))

    def span(self, node: ast.expr | ast.stmt | ast.alias | ast.arg | ast.keyword) -> tuple[int, int]:
        """From and to of a node."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)


def applied(source: bytes, edits: list[Edit]) -> bytes:
    """The text after all edits, none of which may overlap another."""
    pieces, reached = [], 0
    for start, end, new in sorted(set(edits)):
        assert start >= reached, "edits overlap"
        pieces += [source[reached:start], new]
        reached = end
    return b"".join((*pieces, source[reached:]))


def comments(source: bytes) -> list[Edit]:
    """Take out every comment, and the line if there was nothing else on it."""
    places, edits = Places(source), []
    for token in tokenize.tokenize(io.BytesIO(source).readline):
        if token.type == tokenize.COMMENT:
            start, end = places.at_token(token.start), places.at_token(token.end)
            line = places.starts[token.start[0] - 1]
            alone = not source[line:start].strip()
            edits.append((line if alone else start, end, b""))
    return edits


def docstrings(tree: ast.Module, source: bytes) -> list[Edit]:
    """Take out every string that stands for itself; `pass` where nothing else would be left."""
    places, edits = Places(source), []
    for node in ast.walk(tree):
        for body in _bodies(node):
            alone = [item for item in body if _is_text(item)]
            for item in alone:
                needed = len(alone) == len(body) and item is body[0] and not isinstance(node, ast.Module)
                edits.append((*places.span(item), b"pass" if needed else _nothing(source, places, item)))
    return edits


def _nothing(source: bytes, places: Places, item: ast.stmt) -> bytes:
    """What is left of a statement: nothing, unless others share its line."""
    start, end = places.span(item)
    line_end = source.find(b"\n", end)
    rest = source[end : line_end if line_end >= 0 else len(source)].strip()
    before = source[places.starts[item.lineno - 1] : start].strip()
    return b"pass" if before or (rest and not rest.startswith(b"#")) else b""


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list):
            yield body


def _is_text(item: ast.stmt) -> bool:
    return (
        isinstance(item, ast.Expr)
        and isinstance(item.value, ast.Constant)
        and isinstance(item.value.value, str)
    )


class Renaming:
    """All renaming edits of one file."""

    def __init__(self, tree: ast.Module, source: bytes, new: FileNames, helpers: Helpers) -> None:
        self.tree, self.source, self.new, self.helpers = tree, source, new, helpers
        self.places = Places(source)
        self.texts: dict[str, str] = {}

    def edits(self) -> list[Edit]:
        """Everything, in no order."""
        found: list[Edit] = []
        for node in ast.walk(self.tree):
            found += self._of(node)
        return [(start, end, new) for start, end, new in found if self.source[start:end] != new]

    def _of(self, node: ast.AST) -> Iterator[Edit]:
        if isinstance(node, ast.Name | ast.arg):
            old = node.id if isinstance(node, ast.Name) else node.arg
            if old in self.new.names:
                start, _ = self.places.span(node)
                yield start, start + len(old.encode()), self.new.names[old].encode()
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from self._definition(node)
        elif isinstance(node, ast.Attribute):
            yield from self._attribute(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from self._import(node)
        elif isinstance(node, ast.Call):
            yield from self._call(node)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Edit]:
        new = self.new.defined.get(node.name) or self.new.names.get(node.name)
        if new is None or self._is_method(node):
            new = self.new.methods.get(node.name)
        if new is None:
            return
        start, _ = self.places.span(node)
        found = re.compile(rb"(?:async\s+)?(?:def|class)\s+").match(self.source, start)
        assert found is not None
        yield found.end(), found.end() + len(node.name.encode()), new.encode()

    def _is_method(self, node: ast.AST) -> bool:
        return any(isinstance(above, ast.ClassDef) and node in above.body for above in ast.walk(self.tree))

    def _attribute(self, node: ast.Attribute) -> Iterator[Edit]:
        dotted = _dotted(node.value)
        new = None
        if dotted in self.helpers.names:
            new = self.helpers.names[dotted].get(node.attr)
        elif f"{dotted}.{node.attr}" in self.helpers.names:
            new = self.helpers.parts[node.attr]
        elif node.attr in self.helpers.methods or dotted in {"self", "cls", *self.new.classes}:
            new = self.new.methods.get(node.attr)
        if new is not None:
            _, end = self.places.span(node)
            yield end - len(node.attr.encode()), end, new.encode()

    def _import(self, node: ast.Import | ast.ImportFrom) -> Iterator[Edit]:
        module = node.module if isinstance(node, ast.ImportFrom) else None
        if isinstance(node, ast.ImportFrom) and module and node.level == 0:
            start, end = self.places.span(node)
            at = self.source.index(module.encode(), start, end)
            if module.partition(".")[0] in {name.partition(".")[0] for name in self.helpers.names}:
                yield at, at + len(module.encode()), self.helpers.place(module).encode()
        for alias in node.names:
            new = from_helper(module, alias.name, self.helpers) if module else alias.name
            if not module and any(f"{name}.".startswith(f"{alias.name}.") for name in self.helpers.names):
                new = self.helpers.place(alias.name)
            start, _ = self.places.span(alias)
            yield start, start + len(alias.name.encode()), new.encode()

    def _call(self, node: ast.Call) -> Iterator[Edit]:
        called = _dotted(node.func).rpartition(".")[2]
        text = node.args[0] if node.args else None
        if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
            return
        if called in _TEMPLATES:
            suffix = text.value.rpartition(".")[2]
            yield *self.places.span(text), f"'{self._text(text.value, 't')}.{suffix}'".encode()
        elif called in _ROUTING and self._is_route(node, called):
            kept = "".join(f"/{part}" for part in _PLACEHOLDER.findall(text.value))
            yield *self.places.span(text), f"'/{self._text(text.value, 'r')}{kept}'".encode()

    def _is_route(self, call: ast.Call, called: str) -> bool:
        if called == "add_url_rule":
            return True
        return any(
            call in node.decorator_list
            for node in ast.walk(self.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        )

    def _text(self, old: str, letter: str) -> str:
        """A number for a text, the same for the same."""
        same = sum(name.startswith(letter) for name in self.texts.values())
        return self.texts.setdefault(f"{letter}{old}", f"{letter}{same + 1}")


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""
