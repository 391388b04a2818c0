"""A command line that holds nothing but a program and its arguments, taken apart as a shell would."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import libcst as cst
from libcst import matchers as m

from reviewbot.patches.python.module import code
from reviewbot.patches.python.pieces import Hole, Unit

_OF_THE_SHELL = frozenset("|&;<>()$`\\*?[]{}!~#\n\r^%")
_IN_QUOTES = frozenset('$`\\!"')
_BUILT_IN = frozenset(
    [
        ".",
        ":",
        "[",
        "alias",
        "bg",
        "break",
        "cd",
        "command",
        "continue",
        "copy",
        "del",
        "dir",
        "echo",
        "eval",
        "exec",
        "exit",
        "export",
        "false",
        "fg",
        "for",
        "hash",
        "if",
        "jobs",
        "md",
        "move",
        "popd",
        "pushd",
        "read",
        "rd",
        "ren",
        "return",
        "set",
        "shift",
        "source",
        "start",
        "test",
        "time",
        "times",
        "trap",
        "true",
        "type",
        "ulimit",
        "umask",
        "unalias",
        "unset",
        "wait",
        "while",
    ]
)
_RUNS_ITS_ARGUMENTS = frozenset(
    [
        "ash",
        "awk",
        "bash",
        "cmd",
        "csh",
        "dash",
        "eval",
        "expect",
        "fish",
        "gawk",
        "ksh",
        "mawk",
        "nawk",
        "node",
        "parallel",
        "perl",
        "php",
        "powershell",
        "pwsh",
        "python",
        "python3",
        "rsh",
        "ruby",
        "screen",
        "script",
        "sed",
        "sh",
        "ssh",
        "su",
        "tcsh",
        "tmux",
        "vim",
        "watch",
        "xargs",
        "zsh",
    ]
)
_CODE_FOLLOWS = frozenset({"-c", "-e", "-r", "-exec", "--eval", "--command", "--exec", "/c", "/k"})
_SEVERAL = re.compile(
    r"(?i)(args?|argv|opts?|options?|flags?|params?|cmd|command|extra|files|paths|names|words|targets|hosts|items|list)$"
)
# Flags without a value of programs that end their options at `--`, as POSIX asks for (12.2, guideline 10).
FLAGS = {
    "cat": "AbeEnstTuv", "chmod": "Rcfv", "chown": "Rcfhv", "cp": "afilnpPrRuv", "du": "abchksx", "file": "biLz",
    "grep": "cEFGhHilLnoqrRsvwx", "gunzip": "cfkqv", "gzip": "cdfkqv123456789", "head": "qv", "ls": "1aAcdfFghiklnpqrRsStux",
    "mkdir": "pv", "mv": "finuv", "ping": "46nq", "rm": "dfirRv", "rmdir": "pv", "sort": "bdfnruV", "stat": "Lt",
    "tail": "fFqv", "tar": "", "touch": "acm", "wc": "clmw",
}  # fmt: skip


class NotPlainError(Exception):
    """The command needs a shell, or may need one. The message is a sentence for a reader."""


@dataclass(slots=True)
class Word:
    """One argument: texts and holes; `several` is a list that it spreads into arguments."""

    parts: list[str | Hole] = field(default_factory=list)
    several: cst.BaseExpression | None = None

    @property
    def text(self) -> str | None:
        """The word, if nothing is put into it."""
        return "".join(str(part) for part in self.parts) if self._plain else None

    @property
    def _plain(self) -> bool:
        return self.several is None and all(isinstance(part, str) for part in self.parts)


def words(units: Sequence[Unit], several: Callable[[Hole], bool]) -> list[Word]:
    """Take a command line apart; `several` says of a hole that it may be more than one word.

    Raises `NotPlainError`.
    """
    found = _split(units, several)
    if not found or found[0].text is None:
        raise NotPlainError("the program that is run is put into the command, so nothing can be fixed here")
    program = (found[0].text or "").rpartition("/")[2]
    if program in _BUILT_IN or "=" in program:
        raise NotPlainError("the command is one of the shell itself")
    code_is_put_in = any(one.text in _CODE_FOLLOWS and two.text is None for one, two in pairwise(found))
    if program in _RUNS_ITS_ARGUMENTS or (code_is_put_in and program not in FLAGS):
        raise NotPlainError("the program runs what it is given as code, with or without a shell")
    return found


def _split(units: Sequence[Unit], several: Callable[[Hole], bool]) -> list[Word]:
    found: list[Word] = []
    word: Word | None = None
    quote = ""
    for unit in units:
        if unit.hole is None and not quote and unit.char in {" ", "\t", ""}:
            word = None if unit.char else word
            continue
        if word is None:
            word = Word()
            found.append(word)
        if unit.hole is not None:
            _put(word, unit.hole, quote, several)
        else:
            quote = _read_char(word, unit.char, quote)
    if quote:
        raise NotPlainError("a quote in the command does not end")
    if any(one.several is not None and one.parts for one in found):
        raise NotPlainError("a list is joined to the text beside it")
    return found


def _read_char(word: Word, char: str, quote: str) -> str:
    """Put a character into a word, and give the quote that is open behind it."""
    if char == quote:
        return ""
    if not quote and char in {"'", '"'}:
        word.parts.append("")
        return char
    if char in (_OF_THE_SHELL if not quote else _IN_QUOTES if quote == '"' else ()):
        raise NotPlainError("the command uses the shell: pipes, redirects, patterns or variables")
    word.parts.append(char)
    return quote


def _put(word: Word, hole: Hole, quote: str, several: Callable[[Hole], bool]) -> None:
    if hole.how == "r":
        raise NotPlainError("a value is quoted by hand")
    quoted = _quoted_by_library(hole.value)
    if quoted is not None:
        if quote:
            raise NotPlainError("a value is quoted twice")
        word.parts.append(Hole(quoted, pressed=hole.pressed))
        return
    joined = _joined(hole.value)
    if joined is not None and not quote:
        word.several = joined
    elif not quote and several(hole):
        raise NotPlainError("what is put in may be more than one argument")
    else:
        word.parts.append(hole)


def may_be_several(value: cst.BaseExpression, kept: Sequence[cst.BaseExpression]) -> bool:
    """Say whether a value may hold several words, by its name and by what is assigned to it."""
    name = value.attr.value if isinstance(value, cst.Attribute) else code(value)
    if _SEVERAL.search(name) or '" "' in code(value) or "' '" in code(value):
        return True
    return any(" " in part for one in [value, *kept] for part in _literals(one))


def _literals(node: cst.BaseExpression) -> list[str]:
    found = [node, *m.findall(node, m.SimpleString() | m.FormattedStringText())]
    return [
        one.raw_value if isinstance(one, cst.SimpleString) else one.value
        for one in found
        if isinstance(one, cst.SimpleString | cst.FormattedStringText)
    ]


def _quoted_by_library(value: cst.BaseExpression) -> cst.BaseExpression | None:
    match value:
        case cst.Call(
            func=cst.Attribute(value=cst.Name("shlex" | "pipes"), attr=cst.Name("quote")), args=[arg]
        ):
            return arg.value
    return None


def _joined(value: cst.BaseExpression) -> cst.BaseExpression | None:
    """Give the list of `" ".join(list)`."""
    match value:
        case cst.Call(
            func=cst.Attribute(value=cst.SimpleString() as space, attr=cst.Name("join")), args=[arg]
        ):
            if space.raw_value == " " and not arg.star and not isinstance(arg.value, cst.GeneratorExp):
                return arg.value
            raise NotPlainError("a list is joined in a way that is not understood")
    return None
