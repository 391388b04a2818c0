"""A GraphQL schema: the types, and which values fit them."""

from dataclasses import dataclass
from typing import Any

from fakes.github_gql_text import Parser, Variable, Word

SCALARS = {
    "ID": (str, int),
    "String": (str,),
    "Int": (int,),
    "Boolean": (bool,),
    "DateTime": (str,),
    "URI": (str,),
    "GitObjectID": (str,),
    "BigInt": (str, int),
}


@dataclass(frozen=True)
class Slot:
    """A field of a type: the type of its value, and the types of its arguments."""

    type: str
    arguments: dict[str, str]


def named(written: str) -> str:
    """The type without lists and exclamation marks."""
    return written.strip("[]!")


class Schema:
    """Types read from a schema in GraphQL's own language, without descriptions and default values."""

    def __init__(self, text: str):
        self.fields: dict[str, dict[str, Slot]] = {}
        self.inputs: dict[str, dict[str, str]] = {}
        self.enums: dict[str, set[str]] = {}
        self.members: dict[str, set[str]] = {}
        parser = Parser(text)
        while parser.rest[0].kind != "end":
            self._definition(parser, parser.next(kind="name").text, parser.next(kind="name").text)

    def _definition(self, parser: Parser, kind: str, name: str) -> None:
        if parser.take("implements"):
            while not parser.peek("{"):
                self.members.setdefault(parser.next(kind="name").text, set()).add(name)
                parser.take("&")
        parser.next(text="{")
        if kind == "enum":
            self.enums[name] = set()
            while not parser.take("}"):
                self.enums[name].add(parser.next(kind="name").text)
        elif kind == "input":
            self.inputs[name] = self._typed(parser, "}")
        else:
            self.fields[name] = self._slots(parser)
            if kind == "type":
                self.members.setdefault(name, set()).add(name)

    def _typed(self, parser: Parser, end: str) -> dict[str, str]:
        found = {}
        while not parser.take(end):
            name = parser.next(kind="name").text
            parser.next(text=":")
            found[name] = parser.type()
        return found

    def _slots(self, parser: Parser) -> dict[str, Slot]:
        found = {}
        while not parser.take("}"):
            name = parser.next(kind="name").text
            arguments = self._typed(parser, ")") if parser.take("(") else {}
            parser.next(text=":")
            found[name] = Slot(parser.type(), arguments)
        return found


def shown(value: Any) -> str:
    if isinstance(value, Word):
        return value.text
    return f'"{value}"' if isinstance(value, str) else str(value)


def fits(schema: Schema, written: str, value: Any, *, literal: bool) -> bool:
    """Is this a value of the type? Literals of enums are words, those in variables are strings."""
    if value is None:
        return not written.endswith("!")
    written = written.removesuffix("!")
    if written.startswith("["):
        items = value if isinstance(value, list) else [value]
        return all(fits(schema, written[1:-1], item, literal=literal) for item in items)
    if isinstance(value, Variable):
        return True
    if written in schema.enums:
        text = value.text if literal and isinstance(value, Word) else value
        return isinstance(value, Word if literal else str) and text in schema.enums[written]
    if written in schema.inputs:
        wanted = schema.inputs[written]
        return (
            isinstance(value, dict)
            and value.keys() <= wanted.keys()
            and all(fits(schema, kind, value.get(name), literal=literal) for name, kind in wanted.items())
        )
    return isinstance(value, SCALARS[written]) and (written == "Boolean" or not isinstance(value, bool))
