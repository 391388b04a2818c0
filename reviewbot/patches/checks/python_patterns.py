"""Texts that are built from values, as a model's patch leaves them: the same words and holes in the same order.

`"… name = '" + name + "' AND …"` may become `"… name = ? AND …"` with a parameter, or a list of arguments; it may not
become `"… name = ? -- AND …"`.
"""

import ast
import re
from collections.abc import Iterator, Sequence

from reviewbot.patches.checks import remedies_python as known
from reviewbot.patches.checks.python_places import Entry
from reviewbot.patches.checks.python_shapes import parts
from reviewbot.patches.checks.python_tree import Names
from reviewbot.patches.checks.python_values import Part

HOLE = "\0"
"""Where a value is put in."""
_MARK = re.compile(r"%\(\w+\)[a-z]|%[a-z]\b|:\w+\b|\{\w*\}|\$\d+|\?\d*")
_NUMBER = re.compile(r"(?:[$?]|\{)(\d+)\b")
_WORD = re.compile(r"\0|[^\W_]+(?:_[^\W_]+)*|[^\s\w'\"`,.%{}:()\[\]/]", re.UNICODE)
_JOINS = frozenset(
    {"os.path.join", "werkzeug.utils.safe_join", "werkzeug.security.safe_join", "pathlib.Path"}
)

_Pattern = tuple[str, ...]


def texts_alike(old: Part, new: Part) -> bool:
    """Say whether each text that was built from values is there again, its words and its holes in the same order."""
    wanted = {pattern for one in old.entries for pattern in _built(one, old.names)}
    there = {
        pattern for one in new.entries for part in parts(one) for node in ast.walk(part)
        if isinstance(node, ast.expr) and (pattern := _plain(_pattern(node, new.names)))
    }  # fmt: skip
    return wanted <= there and all(numbered(text) for text in set(new.atoms.texts) - set(old.atoms.texts))


def numbered(text: str) -> bool:
    """Say whether marks with numbers stand in the order of the values."""
    numbers = [int(one) for one in _NUMBER.findall(text)]
    return not numbers or numbers in (list(range(len(numbers))), list(range(1, len(numbers) + 1)))


def _built(entry: Entry, names: Names) -> Iterator[_Pattern]:
    stack = list(parts(entry))
    while stack:
        node = stack.pop()
        pattern = _pattern(node, names)
        if isinstance(node, ast.BinOp | ast.JoinedStr | ast.Call) and HOLE in pattern and len(pattern) > 1:
            texts = [str(one.value) for one in ast.walk(node) if isinstance(one, ast.Constant)]
            words = _plain(pattern)
            if any(one[0].isalnum() for one in words) and not all(
                known.LOST_TEXTS.fullmatch(one) for one in texts
            ):
                yield words
            continue
        stack += ast.iter_child_nodes(node)


def _plain(pattern: Sequence[str]) -> _Pattern:
    """Leave out what a safer spelling of the same may change."""
    return tuple("http" if one == "https" else one for one in pattern)


def _pattern(node: ast.AST, names: Names) -> list[str]:
    """Give the words of a text, or of a list of texts, with the places where values are put in."""
    text = _text(node)
    if text is not None:
        return text_pattern(text)
    inside = _inside(node, names)
    return [HOLE] if inside is None else [word for one in inside for word in _pattern(one, names)]


def text_pattern(text: str) -> list[str]:
    """Give the words of a text, with a hole for each mark of a parameter."""
    return _WORD.findall(_MARK.sub(f" {HOLE} ", text))


def _text(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Constant(value=bytes(raw)):
            return raw.decode("latin-1")
    return None


def _inside(node: ast.AST, names: Names) -> Sequence[ast.AST] | None:
    """Give the parts that a text is put together from, in order; None if this is a value."""
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Div(), right=right):
            return [left, right]
        case (
            ast.BinOp(left=ast.Constant() | ast.JoinedStr() as text, op=ast.Mod())
            | ast.Call(func=ast.Attribute(value=ast.Constant() | ast.JoinedStr() as text, attr="format"))
        ):
            return [text]
        case ast.Call(args=args, func=func) if names.dotted(func) in _JOINS:
            return args
        case ast.JoinedStr(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            return [one for one in values if _text(one) != "--"]
    return None
