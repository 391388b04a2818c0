"""A file's tokens, from a tree-sitter tree or, without a grammar, from its text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING

from reviewbot.patches.checks.comparing import Side
from reviewbot.patches.checks.languages import Language

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

WORD, TEXT, NUMBER, SIGN, COMMENT = "word", "text", "number", "sign", "comment"

_AROUND = re.compile(
    r"(?:^|_)(?:function|method|constructor|class|interface|impl|trait|module|namespace|if|ifdef|unless|else|elif|elsif|for|foreach"
    r"|while|until|loop|do|try|catch|rescue|ensure|finally|switch|case|default|when|match|select|go|defer|unsafe|lambda|closure"
    r"|arrow|with|synchronized|preproc|labeled|subshell|singleton|begin|static|return|throw|raise|break|continue|yield|ternary|conditional)(?:_|$)"
)
_NOT_AROUND = re.compile(r"invocation|reference|_type$|parameter|_name$|heritage|call|_alias|_path")
_STRING = re.compile(
    r"string|char_literal|character|heredoc_body|^regex|template_literal|xml_text|rune_literal"
)
_HOLE = re.compile(r"substitution|interpolation|expansion")
_NAME = re.compile(r"[$@#:]{0,2}[^\W\d]")
_LEXED = re.compile(
    r"(?P<text>\"(?:[^\"\\\n]|\\.)*+\"|'(?:[^'\\\n]|\\.)*+')|(?P<word>[^\W\d][\w$]*)|(?P<number>\d[\w.]*)|(?P<sign>\|\||&&|[=!<>]=+|[^\s\w])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a file. `around` are the blocks and statements around it, by kind and place, from the outside."""

    kind: str
    text: str
    line: int
    column: int
    around: tuple[object, ...] = ()


@lru_cache(maxsize=8)
def _parser(module: str, function: str) -> "Parser":
    import tree_sitter  # noqa: PLC0415 (a worker loads the grammars that its files need)

    return tree_sitter.Parser(tree_sitter.Language(getattr(import_module(module), function)()))


def tree(language: Language, text: str) -> "Tree":
    """Parse a text. What cannot be parsed is in the tree as errors."""
    return _parser(language.module, language.function).parse(text.encode())


def nodes(root: "Node") -> "Iterator[Node]":
    """Walk over a tree, parents first, without recursion: a hostile file nests deeply."""
    cursor = root.walk()
    while True:
        node = cursor.node
        assert node is not None
        yield node
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while cursor.goto_parent():
            if cursor.goto_next_sibling():
                break
        else:
            return


@lru_cache(maxsize=1024)
def is_around(kind: str) -> bool:
    """Say whether a node of this type stands around others in a way that decides whether and when they run."""
    return _AROUND.search(kind) is not None and _NOT_AROUND.search(kind) is None


def leaves(root: "Node", side: Side) -> list[Token]:
    """Give the tokens of a tree in order; a string is one token for each part between what is put in."""
    found: list[Token] = []
    stack: list[tuple[Node, tuple[object, ...], bool]] = [(root, (), False)]
    while stack:
        node, around, in_string = stack.pop()
        kind = node.type
        if "comment" in kind:
            found.append(_token(COMMENT, node, around))
            continue
        string = not in_string and node.is_named and _STRING.search(kind) is not None
        holes = [one for one in node.children if _HOLE.search(one.type)] if string or in_string else []
        if (string or in_string) and not holes and not _HOLE.search(kind):
            found.append(_token(TEXT, node, around))
            continue
        if not node.children:
            if node.text:
                found.append(_token(_kind(node), node, around))
            continue
        if node.is_named and is_around(kind):
            row = node.start_point.row + 1
            around = (*around, (kind, side.key(row, row)))
        inside = (string or in_string) and not _HOLE.search(kind)
        stack += [(one, around, inside and not _HOLE.search(one.type)) for one in reversed(node.children)]
    return found


def _token(kind: str, node: "Node", around: tuple[object, ...]) -> Token:
    text = (node.text or b"").decode("utf-8", "replace")
    return Token(kind, text, node.start_point.row + 1, node.start_point.column, around)


def _kind(node: "Node") -> str:
    text = (node.text or b" ").decode("utf-8", "replace")
    if _NAME.match(text):
        return WORD
    return NUMBER if text[:1].isdigit() else SIGN


def lexed(text: str) -> list[Token]:
    """Part a text into tokens without a grammar; comments are read as code, which only makes it stricter."""
    return [
        Token(match.lastgroup or SIGN, match.group(), number, match.start())
        for number, line in enumerate(text.split("\n"), 1)
        for match in _LEXED.finditer(line)
    ]
