"""Where values stand in a statement: in quotes, or where SQL expects a value. All else is refused."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from reviewbot.patches.python.pieces import Hole, Unit
from reviewbot.patches.python.sql_values import NotAValueError, bare, quoted_content

_VERBS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "MERGE"})
_COMPARING = frozenset({"=", "<", ">", "<=", ">=", "<>", "!=", "LIKE", "ILIKE"})
_BEFORE_TEXT = _COMPARING | {
    "(",
    ",",
    "||",
    "~",
    "~*",
    "!~",
    "REGEXP",
    "RLIKE",
    "GLOB",
    "MATCH",
    "BETWEEN",
    "AND",
}
_BEFORE_TEXT |= {"THEN", "ELSE", "WHEN", "SELECT"}
_SIGNS = "<>=!|~*"
_OPENERS = frozenset({"VALUES", "IN"})


@dataclass(frozen=True, slots=True)
class Slot:
    """Units `first`..`last` of a statement, which become one parameter."""

    first: int
    last: int
    value: cst.BaseExpression


@dataclass(frozen=True, slots=True)
class Statement:
    """What stands in a statement: the slots, and where it has `?` already outside of quotes."""

    slots: tuple[Slot, ...]
    marks: tuple[int, ...]


def statement(
    units: Sequence[Unit], *, fixed: Callable[[Hole], bool], double_is_text: bool, whole: bool = True
) -> Statement:
    """Find the values of a statement.

    `fixed` says of a hole that it always is the same text of the program and may stay; `double_is_text`, that
    double quotes hold text as in MySQL; `whole`, that it is no mere part of a statement. Raises `NotAValueError`.
    """
    scan = _Scan(units, fixed, double_is_text)
    scan.run()
    if whole and (not scan.words or scan.words[0] not in _VERBS):
        raise NotAValueError("statements of this kind take no parameters, or it is none that is understood")
    return Statement(tuple(scan.slots), tuple(scan.marks))


@dataclass(slots=True)
class _Scan:
    units: Sequence[Unit]
    fixed: Callable[[Hole], bool]
    double_is_text: bool
    slots: list[Slot] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)
    word: str = ""
    closed: str = ""
    at: int = 0

    def run(self) -> None:
        while self.at < len(self.units):
            unit = self.units[self.at]
            if unit.hole is not None:
                self._hole(unit.hole)
            elif unit.char in {"'", '"', "`"}:
                self._quoted(unit.char)
            elif self._ahead("--") or unit.char == "#":
                self._skip("\n")
            elif self._ahead("/*"):
                self._skip("*/")
            else:
                self._char(unit.char)
        self._end_word()

    def _ahead(self, text: str) -> bool:
        return "".join(unit.char for unit in self.units[self.at : self.at + len(text)]) == text

    def _skip(self, end: str) -> None:
        """Pass over a comment."""
        self._end_word()
        while self.at < len(self.units) and not self._ahead(end):
            self._no_value_here(self.units[self.at], "a value stands in a comment of the statement")
            self.at += 1
        if self.at >= len(self.units) and end != "\n":
            raise NotAValueError("a comment in the statement does not end")
        self.at += len(end)

    def _no_value_here(self, unit: Unit, why: str) -> None:
        if unit.hole is not None and not self.fixed(unit.hole):
            raise NotAValueError(why)

    def _char(self, char: str) -> None:
        if char == "$" and self.at + 1 < len(self.units) and not self.units[self.at + 1].char.isdigit():
            raise NotAValueError("the statement is quoted with `$`")
        if char.isalnum() or char in "_.@:$":
            self.word += char
        else:
            self._end_word()
            self._sign(char)
        self.at += 1

    def _sign(self, char: str) -> None:
        if char == ";" and any(not unit.char.isspace() for unit in self.units[self.at + 1 :]):
            raise NotAValueError("there is more than one statement in the text")
        if char == "?":
            self.marks.append(self.at)
        if char == "(":
            again = self.words[-1:] == [","] and self.closed == "VALUES"
            opener = self.words[-1] if self.words else ""
            self.inside.append("VALUES" if again else opener if opener in _OPENERS else "")
        if char == ")":
            self.closed = self.inside.pop() if self.inside else ""
        glued = char in _SIGNS and self.at and self.units[self.at - 1].char in set(_SIGNS)
        if glued and self.words:
            self.words[-1] += char
        elif not char.isspace():
            self.words.append(char)

    def _end_word(self) -> None:
        if self.word:
            self.words.append(self.word.upper())
        self.word = ""

    def _before(self, back: int = 1) -> str:
        return self.words[-back] if len(self.words) >= back else ""

    def _hole(self, hole: Hole) -> None:
        """A value without quotes."""
        if self.fixed(hole):
            self.word += "x"
            self.at += 1
            return
        touching = bool(self.word)
        after = self.units[self.at + 1] if self.at + 1 < len(self.units) else None
        if after is not None and (after.hole is not None or after.char.isalnum() or after.char in "_.('\"`$"):
            touching = True
        if touching or not self._value_is_due():
            raise NotAValueError(
                "a name, a list or a part of the statement is put in, and only values can be parameters"
            )
        self.slots.append(Slot(self.at, self.at, bare(hole)))
        self.words.append("0")
        self.at += 1

    def _value_is_due(self) -> bool:
        before = self._before()
        if before in _COMPARING:
            return bool(re.fullmatch(r"[A-Z_][\w.$@]*|\)|''", self._before(2)))
        if before == "BETWEEN":
            return True
        if before == "AND":
            return self._before(3) == "BETWEEN"
        if self.inside and self.inside[-1] == "VALUES" and before in {"(", ","}:
            return not (before == "(" and self._next_sign() == ")")
        return False

    def _next_sign(self) -> str:
        """Give the first character behind the hole that is no space."""
        rest = (unit for unit in self.units[self.at + 1 :])
        return next((unit.char for unit in rest if unit.hole is not None or not unit.char.isspace()), "")

    def _quoted(self, quote: str) -> None:
        """Text or a name in quotes, and what is put into it."""
        touching = bool(self.word)
        self._end_word()
        first = self.at
        self.at += 1
        while self.at < len(self.units) and self.units[self.at].char != quote:
            self.at += 1
        if self.at >= len(self.units):
            raise NotAValueError("a quote in the statement does not end")
        last, content = self.at, self.units[first + 1 : self.at]
        self.at += 1
        if any(unit.hole is not None and not self.fixed(unit.hole) for unit in content):
            self._check_quoted(quote, last, touching=touching)
            self.slots.append(Slot(first, last, quoted_content(content)))
        self.words.append("''" if quote == "'" else "X")

    def _check_quoted(self, quote: str, last: int, *, touching: bool) -> None:
        after = self.units[last + 1] if last + 1 < len(self.units) else None
        if after is not None and (after.hole is not None or after.char.isalnum() or after.char in "_'\"`"):
            touching = True
        due = self._before() in _BEFORE_TEXT
        if quote == '"' and self.double_is_text:
            due = self._before() in _COMPARING or (bool(self.inside) and self.inside[-1] in _OPENERS)
        elif quote != "'":
            due = False
        if touching or not due:
            raise NotAValueError(
                "a name or a part of the statement is put in, and only values can be parameters"
            )
