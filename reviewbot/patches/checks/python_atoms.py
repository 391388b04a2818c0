"""What statements consist of: calls, names, texts, values and operators, to be held against what becomes of them."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reviewbot.patches.checks.python_tree import Names, head_parts, is_compound

_WORD = re.compile(r"[^\W_]+(?:_[^\W_]+)*|[^\s\w'\"`,.%?{}:()\[\]]", re.UNICODE)
_PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]\b|:\w+\b|\{\w*\}|\$\d+")
_TURNED = (ast.NotEq, ast.Not, ast.NotIn, ast.IsNot)
_COUNTED = (
    ast.Or, ast.And, ast.IfExp, ast.NamedExpr, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
    ast.Yield, ast.YieldFrom, ast.Await, ast.Invert, ast.USub, ast.Starred, ast.Slice, ast.BitOr, ast.BitAnd,
    ast.BitXor, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Pow, ast.LShift, ast.RShift, ast.Lt, ast.LtE, ast.Gt,
    ast.GtE, ast.In, ast.Is,
)  # fmt: skip
_COMPARED = frozenset({"hmac.compare_digest", "secrets.compare_digest"})


@dataclass(slots=True)
class Atoms:
    """The parts of some statements. `sequence` are the names in the order of the text, without imported modules.

    `values` are constants that are no text, `words` the pieces of texts, `keywords` arguments with a constant value
    (else "…"), `given` the same with their calls, `turns` counts what turns a condition round, `compared` comparisons of any kind.
    """

    calls: Counter[str] = field(default_factory=Counter)
    sequence: list[str] = field(default_factory=list)
    stores: set[str] = field(default_factory=set)
    keywords: Counter[tuple[str, str]] = field(default_factory=Counter)
    given: set[tuple[str, str, str]] = field(default_factory=set)
    values: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)
    operators: Counter[str] = field(default_factory=Counter)
    turns: int = 0
    compared: int = 0

    @property
    def words(self) -> Counter[str]:
        """The pieces of all texts."""
        return Counter(word for text in self.texts for word in words(text))


def words(text: str) -> list[str]:
    """Part a text into words and signs; where values are put in, and what quotes them, is left out."""
    return _WORD.findall(_PLACEHOLDER.sub(" ", text))


def atoms(nodes: Iterable[ast.AST], names: Names) -> Atoms:
    """Take statements apart; of compound ones only what stands before their blocks."""
    found = Atoms()
    placed: list[tuple[int, int, str]] = []
    for node in nodes:
        for part in head_parts(node) if is_compound(node) else [node]:
            for one in _walk(part):
                _count(one, names, found)
                placed += _named(one, names)
    found.sequence = [word for _, _, word in sorted(placed)]
    return found


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """Walk depth first, in the order of the text."""
    yield node
    for child in ast.iter_child_nodes(node):
        yield from _walk(child)


def _count(node: ast.AST, names: Names, found: Atoms) -> None:
    match node:
        case ast.Call():
            dotted = names.dotted(node.func)
            found.calls[dotted] += 1
            found.compared += dotted in _COMPARED
            for one in node.keywords:
                found.keywords[one.arg or "**", _shown(one.value)] += 1
                found.given.add((dotted, one.arg or "**", _shown(one.value)))
        case ast.Constant(value=str(text)):
            found.texts.append(text)
        case ast.Constant(value=bytes(raw)):
            found.texts.append(raw.decode("latin-1"))
        case ast.Constant():
            found.values[repr(node.value)] += 1
        case ast.Name() | ast.Attribute() | ast.Subscript() if not isinstance(node.ctx, ast.Load):
            found.stores.add(ast.unparse(node))
        case ast.Compare():
            found.compared += 1
    found.operators[type(node).__name__] += isinstance(node, _COUNTED)
    found.turns += isinstance(node, _TURNED)


def _shown(value: ast.expr) -> str:
    return repr(value.value) if isinstance(value, ast.Constant) else "…"


def _named(node: ast.AST, names: Names) -> Iterator[tuple[int, int, str]]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in names.known:
        yield node.end_lineno or 0, node.end_col_offset or 0, node.id
    elif isinstance(node, ast.Attribute) and not names.dotted(node).partition(".")[0]:
        yield node.end_lineno or 0, node.end_col_offset or 0, "." + node.attr
