"""GraphQL's text: tokens, the tree of a document, and errors as graphql-ruby lists them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(
    r'(?P<skip>[\s,\ufeff]+|#[^\n]*)|(?P<block>"""(?:[^"\\]|\\.|"(?!""))*""")|(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<mark>\.\.\.|[!$():=@\[\]{}|&])"
)
ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))')
PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class GraphQLError(Exception):
    """An error of one field, or of the whole document; `found` are the errors as the server lists them."""

    def __init__(self, *found: dict[str, Any]):
        super().__init__(found)
        self.found = list(found)


def refusal(kind: str, message: str) -> GraphQLError:
    """An error of a field that was executed: the path and place are added where it is caught."""
    return GraphQLError({"type": kind, "message": message})


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Variable:
    name: str


@dataclass(frozen=True)
class Word:
    """A name that stands as a value: an enum's."""

    text: str


@dataclass
class Field:
    name: str
    alias: str
    arguments: dict[str, Any]
    directives: list[tuple[str, dict[str, Any]]]
    selections: list["Field | Fragment"] | None
    line: int
    column: int


@dataclass
class Fragment:
    """`... on Type { }`, or `...Name` where `spread` names it."""

    on: str | None
    spread: str | None
    directives: list[tuple[str, dict[str, Any]]]
    selections: list["Field | Fragment"]
    line: int
    column: int


@dataclass
class Operation:
    kind: str
    name: str | None
    variables: dict[str, tuple[str, Any]]
    selections: list[Field | Fragment]


@dataclass
class Document:
    operations: list[Operation] = field(default_factory=list)
    fragments: dict[str, Fragment] = field(default_factory=dict)


def tokens(text: str) -> Iterator[Token]:
    at, line, start = 0, 1, 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise parse_error(repr(text[at]), line, at - start + 1)
        if found.lastgroup != "skip":
            yield Token(found.lastgroup or "", found.group(), line, at - start + 1)
        line += found.group().count("\n")
        if "\n" in found.group():
            start = found.start() + found.group().rindex("\n") + 1
        at = found.end()


def parse_error(text: str, line: int, column: int) -> GraphQLError:
    return GraphQLError(
        {
            "message": f"Parse error on {text} at [{line}, {column}]",
            "locations": [{"line": line, "column": column}],
        }
    )


def unquoted(token: Token) -> str:
    if token.kind == "block":
        return token.text[3:-3].strip()
    return ESCAPE.sub(
        lambda found: chr(int(found[1], 16)) if found[1] else PLAIN.get(found[2], found[2]), token.text[1:-1]
    )


class Parser:
    """Recursive descent over the tokens."""

    def __init__(self, text: str):
        self.rest = [*tokens(text), Token("end", "", 0, 0)]

    def next(self, *, text: str | None = None, kind: str | None = None) -> Token:
        token = self.rest.pop(0)
        if (text is not None and token.text != text) or (kind is not None and token.kind != kind):
            raise parse_error(f'"{token.text}"', token.line, token.column)
        return token

    def peek(self, text: str) -> bool:
        return self.rest[0].text == text and self.rest[0].kind in {"mark", "name"}

    def take(self, text: str) -> bool:
        return bool(self.peek(text) and self.rest.pop(0))

    def document(self) -> Document:
        parsed = Document()
        while self.rest[0].kind != "end":
            if self.take("fragment"):
                name = self.next(kind="name").text
                self.next(text="on")
                parsed.fragments[name] = self.fragment(self.next(kind="name"), None)
            else:
                parsed.operations.append(self.operation())
        return parsed

    def operation(self) -> Operation:
        if self.peek("{"):
            return Operation("query", None, {}, self.selections())
        kind = self.next(kind="name").text
        name = self.rest.pop(0).text if self.rest[0].kind == "name" else None
        variables: dict[str, tuple[str, Any]] = {}
        if self.take("("):
            while not self.take(")"):
                self.next(text="$")
                variable = self.next(kind="name").text
                self.next(text="" if not self.peek(":") else ":")
                variables[variable] = (self.type(), self.value() if self.take("=") else None)
        return Operation(kind, name, variables, self.selections())

    def type(self) -> str:
        if self.take("["):
            inner = f"[{self.type()}]"
            self.next(text="]")
        else:
            inner = self.next(kind="name").text
        return inner + "!" if self.take("!") else inner

    def selections(self) -> list[Field | Fragment]:
        self.next(text="{")
        chosen: list[Field | Fragment] = []
        while not self.take("}"):
            chosen.append(self.spread() if self.peek("...") else self.field())
        return chosen

    def spread(self) -> Fragment:
        start = self.next(text="...")
        if self.take("on"):
            return self.fragment(self.next(kind="name"), None)
        if self.rest[0].kind == "name":
            name = self.next(kind="name").text
            return Fragment(None, name, self.directives(), [], start.line, start.column)
        return Fragment(None, None, self.directives(), self.selections(), start.line, start.column)

    def fragment(self, on: Token, spread: str | None) -> Fragment:
        return Fragment(on.text, spread, self.directives(), self.selections(), on.line, on.column)

    def field(self) -> Field:
        start = self.next(kind="name")
        name = self.next(kind="name").text if self.take(":") else start.text
        arguments = self.arguments()
        directives = self.directives()
        chosen = self.selections() if self.peek("{") else None
        return Field(name, start.text, arguments, directives, chosen, start.line, start.column)

    def directives(self) -> list[tuple[str, dict[str, Any]]]:
        found = []
        while self.take("@"):
            found.append((self.next(kind="name").text, self.arguments()))
        return found

    def arguments(self) -> dict[str, Any]:
        return self.pairs(")") if self.take("(") else {}

    def pairs(self, end: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not self.take(end):
            name = self.next(kind="name").text
            self.next(text=":")
            found[name] = self.value()
        return found

    def value(self) -> Any:
        if self.take("$"):
            return Variable(self.next(kind="name").text)
        if self.take("["):
            items = []
            while not self.take("]"):
                items.append(self.value())
            return items
        if self.take("{"):
            return self.pairs("}")
        token = self.next()
        if token.kind in {"string", "block"}:
            return unquoted(token)
        if token.kind == "number":
            return float(token.text) if set(token.text) & set(".eE") else int(token.text)
        if token.kind == "name":
            words = {"true": True, "false": False, "null": None}
            return words.get(token.text, Word(token.text))
        raise parse_error(f'"{token.text}"', token.line, token.column)
