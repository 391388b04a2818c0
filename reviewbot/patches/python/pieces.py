"""The pieces of a text that is put together: characters and places for values."""

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from reviewbot.patches.python.module import code

Join = cst.BaseBinaryOp | cst.BaseParenthesizableWhitespace | None
"""What stands before an operand: an operator, the space of an implicit concatenation, or nothing."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A place for a value. `how` is its conversion: `s`, `r`, `d` or none; `spec` what an f-string says of its form.

    `braced`: the value stands in an f-string; `pressed`: in one with double quotes, so its own had to be single ones.
    """

    value: cst.BaseExpression
    how: str = ""
    spec: str = ""
    braced: bool = False
    pressed: bool = False

    @property
    def alone(self) -> cst.BaseExpression:
        """The value as it is written outside of the text."""
        if not self.pressed:
            return self.value
        new = self.value.visit(_Relaxed())
        assert isinstance(new, cst.BaseExpression)
        return new


class _Relaxed(cst.CSTTransformer):
    """Gives plain texts double quotes."""

    def leave_SimpleString(  # noqa: N802 (libcst's name for it)
        self, original_node: cst.SimpleString, updated_node: cst.SimpleString
    ) -> cst.SimpleString:
        raw = original_node.raw_value
        if updated_node.quote != "'" or '"' in raw or "\\" in raw:
            return updated_node
        return updated_node.with_changes(value=f'{updated_node.prefix}"{raw}"')


@dataclass(frozen=True, slots=True)
class Unit:
    """A character as it is written (`raw`) and meant (`char`), or a hole; of the operand with that number."""

    operand: int
    char: str = ""
    raw: str = ""
    hole: Hole | None = None


@dataclass(frozen=True, slots=True)
class Operand:
    """A literal with its prefix (never `f`) and quotes, or, without quotes, a value of its own."""

    join: Join
    prefix: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A text with holes. `lpar` and `rpar` are the parentheses around all of it."""

    operands: tuple[Operand, ...]
    units: tuple[Unit, ...]
    lpar: Sequence[cst.LeftParen] = ()
    rpar: Sequence[cst.RightParen] = ()

    @property
    def holes(self) -> list[Hole]:
        """The values in it."""
        return [unit.hole for unit in self.units if unit.hole is not None]


class UnclearError(Exception):
    """The text is written in a way that is not understood."""


def commented(space: Join | Sequence[cst.CSTNode]) -> bool:
    """Say whether a comment stands in a space or an operator."""
    nodes = [space] if isinstance(space, cst.CSTNode) else list(space or ())
    return any("#" in code(node) for node in nodes)
