"""Syntax colours for code that may be hostile: a few classes, known languages, bounded work.

The lexer is chosen by the file's name alone, from languages that reviews meet, and given text
that is masked and visible already. Where anything looks costly the code stays uncoloured.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.token import _TokenType

Run = tuple[str, str]
"""A class (`k` keyword, `s` string, `c` comment, `m` number, `f` name, or none) and its text."""

Lex = Callable[[str, str], list[list[Run]]]
"""Given a language and text, gives the runs of each line."""

_LANGUAGES = {
    "bash": "sh bash zsh",
    "c": "c h",
    "cpp": "cc cpp cxx hh hpp",
    "csharp": "cs",
    "css": "css",
    "go": "go",
    "html": "html htm",
    "ini": "ini cfg",
    "java": "java",
    "javascript": "js mjs cjs jsx",
    "json": "json",
    "kotlin": "kt kts",
    "php": "php",
    "powershell": "ps1",
    "python": "py pyi",
    "ruby": "rb",
    "rust": "rs",
    "scala": "scala",
    "sql": "sql",
    "swift": "swift",
    "terraform": "tf",
    "toml": "toml",
    "typescript": "ts tsx mts cts",
    "xml": "xml",
    "yaml": "yml yaml",
}
_BY_SUFFIX = {suffix: language for language, suffixes in _LANGUAGES.items() for suffix in suffixes.split()}
_BY_NAME = {"Dockerfile": "docker", "Containerfile": "docker", "Jenkinsfile": "groovy", "Makefile": "make"}
_LONGEST_LINE = 1_000
_LONGEST_TEXT = 200_000


def _language(path: str) -> str:
    name = path.rpartition("/")[2]
    return _BY_NAME.get(name) or _BY_SUFFIX.get(name.rpartition(".")[2].lower(), "")


def _by_line(language: str, text: str) -> list[list[Run]]:
    from pygments.lexers import get_lexer_by_name  # noqa: PLC0415 (only the HTML report colours code)

    lines: list[list[Run]] = [[]]
    for _, token, piece in get_lexer_by_name(language).get_tokens_unprocessed(text):
        name = _class(token)
        for at, part in enumerate(piece.split("\n")):
            if at:
                lines.append([])
            if part:
                lines[-1].append((name, part))
    return lines


def _class(token: "_TokenType") -> str:
    from pygments.token import Comment, Keyword, Name, Number, String  # noqa: PLC0415 (see above)

    kinds = (
        ("c", Comment),
        ("s", String),
        ("m", Number),
        ("k", Keyword),
        ("f", Name.Function),
        ("f", Name.Class),
        ("f", Name.Decorator),
        ("f", Name.Tag),
        ("k", Name.Builtin.Pseudo),
    )
    return next((name for name, kind in kinds if token[: len(kind)] == kind), "")


def coloured(path: str, lines: Sequence[str], *, lex: Lex = _by_line) -> list[list[Run]]:
    """Give each line as runs of one colour; joined they are the line again, whatever `lex` did."""
    plain = [[("", line)] for line in lines]
    language = _language(path)
    text = "\n".join(lines)
    if not language or len(text) > _LONGEST_TEXT or any(len(line) > _LONGEST_LINE for line in lines):
        return plain
    runs = lex(language, text)
    # A lexer that loses or adds a character is not shown: what stands here is evidence.
    return runs if ["".join(piece for _, piece in line) for line in runs] == list(lines) else plain
