"""The grammar of a file by the end of its name."""

from functools import cache
from importlib import import_module

import tree_sitter

_GRAMMARS = {
    ("tree_sitter_javascript", "language"): ("js", "jsx", "mjs", "cjs"),
    ("tree_sitter_typescript", "language_typescript"): ("ts", "mts", "cts"),
    ("tree_sitter_typescript", "language_tsx"): ("tsx",),
    ("tree_sitter_go", "language"): ("go",),
    ("tree_sitter_java", "language"): ("java",),
    ("tree_sitter_ruby", "language"): ("rb", "rake"),
    ("tree_sitter_bash", "language"): ("sh", "bash"),
}
_BY_ENDING = {ending: grammar for grammar, endings in _GRAMMARS.items() for ending in endings}

SCRIPTS = frozenset({"js", "jsx", "mjs", "cjs", "ts", "mts", "cts", "tsx"})
"""JavaScript and TypeScript."""

TYPED = frozenset({"ts", "mts", "cts", "tsx"})
"""TypeScript alone."""


def ending(path: str) -> str:
    """Give what a file's name ends in, without the dot and in small letters; "" if there is no dot."""
    name = path.rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


@cache
def parser_for(end: str) -> tree_sitter.Parser | None:
    """Load the parser for an ending; None if there is no grammar for it."""
    if end not in _BY_ENDING:
        return None
    module, function = _BY_ENDING[end]
    return tree_sitter.Parser(tree_sitter.Language(getattr(import_module(module), function)()))
