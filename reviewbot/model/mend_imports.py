"""Import lines that an answer asks for: what they may look like, and where they are put.

Only for Python, JavaScript and TypeScript, after the last import of the block at the file's top.
The block is told line by line: what is not blank, comment, docstring or import ends it, so that a
place inside a string is never taken for one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from reviewbot.model.answer import BadAnswer

_NAME = r"[A-Za-z_]\w*"
_DOTTED = rf"{_NAME}(?:\.{_NAME})*"
_AS = rf"(?: as {_NAME})?"
_PYTHON = re.compile(
    rf"import {_DOTTED}{_AS}(?:, {_DOTTED}{_AS})*"
    rf"|from (?:\.+(?:{_DOTTED})?|(?!__future__){_DOTTED}) import {_NAME}{_AS}(?:, {_NAME}{_AS})*",
    re.ASCII,
)
_WORD = r"[A-Za-z_$][\w$]*"
_NAMED = rf"\{{ ?{_WORD}(?: as {_WORD})?(?:, {_WORD}(?: as {_WORD})?)* ?\}}"
_TAKEN = rf"\{{ ?{_WORD}(?:: {_WORD})?(?:, {_WORD}(?:: {_WORD})?)* ?\}}"
_FROM = r"""(?:'[@\w./:-]+'|"[@\w./:-]+")"""
_MODULE = re.compile(
    rf"import (?:{_WORD}, )?(?:{_NAMED}|\* as {_WORD}|{_WORD}) from {_FROM};?|import {_FROM};?", re.ASCII
)
_REQUIRED = re.compile(rf"(?:const|let|var) (?:{_WORD}|{_TAKEN}) = require\({_FROM}\);?", re.ASCII)

_PYTHON_BEGIN = re.compile(r"(?:import|from)\s")
_DOCSTRING = re.compile(r"""[rRuU]?(?:(\"{3}|'{3})|(?:"[^"\\]+"|'[^'\\]+')\s*(?:#.*)?$)""")
_STRICT = re.compile(r"""(?:'use strict'|"use strict")\s*;?""")
_MODULE_BEGIN = re.compile(r"import\b(?!\s*[(.])")
_REQUIRED_BEGIN = re.compile(
    r"(?:const|let|var)\s[^=;]*=\s*require\s*\(\s*['\"][^'\"]*['\"]\s*\)\s*;?\s*(?://.*)?"
)
_MODULE_END = re.compile(r".*['\"]\s*;?\s*(?://.*)?")


@dataclass(frozen=True, slots=True)
class Block:
    """The import block: new lines go behind line `after` (0: the file's top). `texts` are the lines of its imports."""

    after: int
    texts: tuple[str, ...] = ()


def placed(imports: Sequence[str], lines: Sequence[str], language: str | None) -> tuple[int, tuple[str, ...]]:
    """Give the imports that the file lacks, and the line behind which they belong.

    Raises `BadAnswer` for what is not one plain import, or where we know no place for it.
    """
    if not imports:
        return 0, ()
    if language not in {"python", "javascript", "typescript"}:
        raise BadAnswer("imports are not put into files of this language: the list must be empty")
    block = python_block(lines) if language == "python" else script_block(lines)
    wanted = tuple(dict.fromkeys(line.strip() for line in imports))
    for line in wanted:
        if not _is_import(line, language, block):
            raise BadAnswer("one of the imports is not one plain import line, of the kind that the file has")
    there = {text.strip().rstrip(";") for text in block.texts}
    return block.after, tuple(line for line in wanted if line.rstrip(";") not in there)


def _is_import(line: str, language: str, block: Block) -> bool:
    if language == "python":
        return _PYTHON.fullmatch(line) is not None
    # A file that requires its modules cannot import them, and the other way round.
    kinds = {_REQUIRED if _REQUIRED_BEGIN.fullmatch(text) else _MODULE for text in block.texts}
    return any(kind.fullmatch(line) for kind in kinds or {_MODULE, _REQUIRED})


def python_block(lines: Sequence[str]) -> Block:
    """Find a Python file's import block; without imports, the place behind the docstring and first comments."""
    after = top = at = 0
    texts: list[str] = []
    while at < len(lines):
        line = lines[at]
        docstring = _DOCSTRING.match(line)
        if _PYTHON_BEGIN.match(line):
            end = _statement_end(lines, at)
            texts.append(" ".join(lines[at:end]))
            at = after = end
        elif docstring and not texts:
            at = top = _docstring_end(lines, at, docstring)
        elif not line.strip() or line.startswith("#"):
            top = at + 1 if line.strip() and top == at else top
            at += 1
        else:
            break
    return Block(after or top, tuple(texts))


def _docstring_end(lines: Sequence[str], at: int, opening: re.Match[str]) -> int:
    """Give the index behind the docstring's last line."""
    mark = opening.group(1)
    if mark is None or mark in opening.string[opening.end() :]:
        return at + 1
    return next((n for n in range(at + 1, len(lines)) if mark in lines[n]), len(lines) - 1) + 1


def _statement_end(lines: Sequence[str], at: int) -> int:
    """Give the index behind an import that goes on in brackets or behind a backslash."""
    depth = 0
    for number in range(at, len(lines)):
        code = lines[number].partition("#")[0].rstrip()
        depth += code.count("(") - code.count(")")
        if depth <= 0 and not code.endswith("\\"):
            return number + 1
    return len(lines)


def script_block(lines: Sequence[str]) -> Block:
    """Find the import block of JavaScript or TypeScript, in either of its two forms."""
    after = top = at = 0
    texts: list[str] = []
    while at < len(lines):
        line = lines[at].strip()
        end = _import_end(lines, at, line)
        if end is not None:
            texts.append(" ".join((line, *lines[at + 1 : end])))
            at = after = end
        elif _STRICT.fullmatch(line):
            at = top = at + 1
        elif (end := _comment_end(lines, at, line)) is not None:
            top = end if line and top == at else top
            at = end
        else:
            break
    return Block(after or top, tuple(texts))


def _import_end(lines: Sequence[str], at: int, line: str) -> int | None:
    """Give the index behind the import that begins here; None if none does, or it is not told for sure."""
    if _REQUIRED_BEGIN.fullmatch(line):
        return at + 1
    if not _MODULE_BEGIN.match(line):
        return None
    last = next((n for n in range(at, len(lines)) if "'" in lines[n] or '"' in lines[n]), None)
    return last + 1 if last is not None and _MODULE_END.fullmatch(lines[last]) else None


def _comment_end(lines: Sequence[str], at: int, line: str) -> int | None:
    """Give the index behind a blank line or a comment; None for anything else."""
    if not line or line.startswith(("//", "#!")):
        return at + 1
    if not line.startswith("/*"):
        return None
    last = next((n for n in range(at, len(lines)) if "*/" in lines[n]), None)
    return last + 1 if last is not None and not lines[last].rpartition("*/")[2].strip() else None
