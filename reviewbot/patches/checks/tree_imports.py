"""Imports in the languages that tree-sitter reads: what is new, and edits outside of the hunks."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from reviewbot.patches.checks.comparing import Comparison, Side
from reviewbot.patches.checks.import_tables import ALONE, NODE, STANDARD

if TYPE_CHECKING:
    from tree_sitter import Node

_IMPORTS = frozenset(
    {
        "import_statement",
        "import_declaration",
        "use_declaration",
        "preproc_include",
        "package_clause",
        "package_declaration",
    }
)
_NAMED = re.compile(r"""['"<]([^'"<>]+)['">]""")
_REQUIRED = re.compile(r"""\brequire(?:_relative)?\s*\(?\s*['"]([^'"]+)['"]""")
_DOTTED = re.compile(r"(?:import|use)\s+(?:static\s+)?([\w:.]+)")
_REQUIRE_LINE = re.compile(
    r"""(?:const|let|var)\s+(?:\w+|\{[\w\s,:]*\})\s*=\s*require\(\s*['"][^'"]+['"]\s*\)\s*;?|require(?:_relative)?\s*\(?['"][^'"]+['"]\)?"""
)
_BOUND = re.compile(r"[A-Za-z_$][\w$]*")
_QUOTED = re.compile(r"""(['"`])(?:(?!\1).)*\1|<[^<>]*>""")
_SKIPPED = frozenset(
    {
        "import",
        "from",
        "as",
        "const",
        "let",
        "var",
        "require",
        "type",
        "static",
        "use",
        "include",
        "default",
        "typeof",
    }
)


def _imports(root: "Node", language: str) -> "Iterator[Node]":
    """Give the import statements at the top of a file, in order."""
    for node in root.children:
        if node.type in _IMPORTS or (
            language in {"script", "ruby"} and _REQUIRE_LINE.fullmatch(_text(node).strip())
        ):
            yield node


def _text(node: "Node") -> str:
    return (node.text or b"").decode("utf-8", "replace")


def beside(asked: Comparison, before: "Node", after: "Node") -> str:
    """Judge the edits outside of the hunks, and what imports bind: nothing but imports, and no name lost or taken."""
    family = asked.language.family
    if asked.beside:
        old, new = asked.beside_lines()
        if not (
            _only(old, before, family, asked.before)
            and _only(new, after, family, asked.after)
            and _at_the_top(asked, before, family)
        ):
            return "beside"
    had, has = (
        Counter(name for node in _imports(root, family) for name in _bound(node)) for root in (before, after)
    )
    gone = had.keys() - has.keys()
    if gone and (asked.model or family != "script" or gone & set(_BOUND.findall(asked.after.text))):
        return "unbound"
    fresh = has.keys() - had.keys() - _paths(after, family)
    twice = family == "script" and any(name in had for name in has - had)
    return "rebound" if twice or fresh & set(_BOUND.findall(_QUOTED.sub(" ", asked.before.text))) else ""


def _paths(root: "Node", family: str) -> set[str]:
    """Give the pieces of names that only say where something is: parts of Java's, Rust's and C's paths."""
    if family == "script":
        return set()
    return {word for node in _imports(root, family) for word in _BOUND.findall(_text(node))[:-1]}


def _only(lines: object, root: "Node", family: str, side: Side) -> bool:
    assert isinstance(lines, list)
    covered = {
        row + 1
        for node in _imports(root, family)
        for row in range(node.start_point.row, node.end_point.row + 1)
    } - {
        row + 1
        for node in root.children
        if node not in list(_imports(root, family)) and node.child_count
        for row in range(node.start_point.row, node.end_point.row + 1)
    }
    text = side.lines
    return all(line in covered or not text[line - 1].strip() for line in lines)


def _at_the_top(asked: Comparison, root: "Node", family: str) -> bool:
    """Say whether the edits stand in the run of imports at the top, or before the first statement if there is none."""
    rows = [(node.start_point.row + 1, node.end_point.row + 1) for node in _imports(root, family)]
    first = next((node.start_point.row + 1 for node in root.children if "comment" not in node.type), 1)
    end = rows[-1][1] + 1 if rows else first
    return all(asked.pieces[number].first <= end + 1 for number in asked.beside)


def _bound(node: "Node") -> set[str]:
    return set(_BOUND.findall(_QUOTED.sub(" ", _text(node)))) - _SKIPPED


def fresh(asked: Comparison, before: "Node", after: "Node") -> list[str]:
    """Name what is imported anew and is not of the standard library; what is imported by `require` anywhere too."""
    family = asked.language.family
    had, has = (
        set(_modules(before, family, asked.before.text)),
        set(_modules(after, family, asked.after.text)),
    )
    return sorted(name for name in has - had if not _is_standard(name, family))


def _modules(root: "Node", family: str, text: str) -> Iterator[str]:
    for node in _imports(root, family):
        said = _text(node)
        if family in {"java", "rust"}:
            found = _DOTTED.search(said)
            if found:
                yield found.group(1)
        else:
            yield from _NAMED.findall(said)
    if family in {"script", "ruby"}:
        yield from _REQUIRED.findall(text)


def _is_standard(name: str, family: str) -> bool:
    if family == "script":
        return name.removeprefix("node:").partition("/")[0] in NODE
    if family == "go":
        return "." not in name.partition("/")[0]
    return name in ALONE.get(family, ()) or name.startswith(STANDARD.get(family, ()))
