"""The parsing process: reads files on standard input, answers on standard output.

A question is one line of JSON (`language`, `size` in bytes, `lines` of interest) and then the
file; an answer is one line of JSON, `null` if there is nothing to say. Limits are set before the
first byte is read. A file that does not parse cleanly still has the definitions that its sound
parts show. See `parsing`.
"""

import json
import resource
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from reviewbot.retrieval.languages import LANGUAGES

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Query

MEMORY = 600_000_000
"""Bytes of address space; an ordinary file needs a tenth."""

_CPU_SECONDS = 120
_WIDEST_ERROR = 5_000  # a query's time grows with the square of the parts of one broken node
_WRAPPERS = frozenset({"decorated_definition", "export_statement", "template_declaration"})


class Grammar(NamedTuple):
    """A language ready to parse."""

    parser: "Parser"
    definitions: "Query"
    uses: "Query"


@lru_cache(maxsize=len(LANGUAGES))
def grammar(name: str) -> Grammar | None:
    """Load a language's grammar; None if its wheel is not installed."""
    import tree_sitter  # noqa: PLC0415 - the limits must stand before any parser is loaded

    (language,) = (one for one in LANGUAGES if one.name == name)
    try:
        module = import_module(language.module)
    except ImportError:
        return None
    loaded = tree_sitter.Language(getattr(module, language.function)())
    return Grammar(
        tree_sitter.Parser(loaded),
        tree_sitter.Query(loaded, language.definitions),
        tree_sitter.Query(loaded, language.uses),
    )


def answer(language: str, content: bytes, lines: frozenset[int]) -> dict[str, object] | None:
    """Parse one file and give what `parsing` wants to know."""
    rules = grammar(language)
    if rules is None:
        return None
    # In some versions the parser answers None when it gives up, in others it raises.
    try:
        tree = rules.parser.parse(content)
    except ValueError:
        return None
    root = tree.root_node if tree is not None else None
    if root is None or (root.is_error and root.child_count > _WIDEST_ERROR):
        return None
    called, mentioned = _uses(rules.uses, root, lines)
    return {"definitions": _definitions(rules.definitions, root), "called": called, "mentioned": mentioned}


def _definitions(query: "Query", root: "Node") -> list[tuple[int, int, str, str, int]]:
    import tree_sitter  # noqa: PLC0415 - see `grammar`

    found: set[tuple[int, int, str, str, int]] = set()
    for _, captures in tree_sitter.QueryCursor(query).matches(root):
        names = captures.pop("name", [])
        for kind, nodes in captures.items():
            found |= {_definition(kind, node, name) for node, name in zip(nodes, names, strict=False)}
    return sorted(found)


def _definition(kind: str, node: "Node", name: "Node") -> tuple[int, int, str, str, int]:
    while node.parent is not None and node.parent.type in _WRAPPERS:
        node = node.parent
    first = node.start_point.row + 1
    # A node that ends at the first column of a line ends with the line before.
    last = node.end_point.row + (node.end_point.column > 0)
    return first, max(first, last), kind, _text(name), name.start_point.row + 1


def _uses(
    query: "Query", root: "Node", lines: frozenset[int]
) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    if not lines:
        return {}, {}
    import tree_sitter  # noqa: PLC0415 - see `grammar`

    cursor = tree_sitter.QueryCursor(query)
    cursor.set_point_range((min(lines) - 1, 0), (max(lines), 0))
    captures = cursor.captures(root)
    return _by_line(captures.get("call", ()), lines), _by_line(captures.get("word", ()), lines)


def _by_line(nodes: "Iterable[Node]", lines: frozenset[int]) -> dict[int, list[str]]:
    found: dict[int, set[str]] = {}
    for node in nodes:
        line = node.start_point.row + 1
        if line in lines:
            found.setdefault(line, set()).add(_text(node))
    return {line: sorted(names) for line, names in sorted(found.items())}


def _text(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "surrogateescape")


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the questions end."""
    while header := questions.readline():
        asked = json.loads(header)
        content = questions.read(asked["size"])
        said = answer(asked["language"], content, frozenset(asked["lines"]))
        answers.write(json.dumps(said).encode("ascii") + b"\n")
        answers.flush()


def main() -> None:
    """Set the limits, then serve."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
