"""The part of GraphQL that GitHub's interface needs: parsing, checking against a schema, executing.

It answers as GitHub's server does, which is built with graphql-ruby: a document that does not fit the
schema is answered with HTTP 200, a list of errors and no `data` at all [I cli#6778, refined-github#6946];
an error of one field leaves `null` in its place [I gh-aw#35726]. The wording of errors other than those
of unknown fields is [K].

A value is a plain one, a list, None, or a dict of a type in the schema with its name under `__typename`;
a field's value may be a function of the field's arguments.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fakes.github_gql_check import Check, variables
from fakes.github_gql_schema import Schema
from fakes.github_gql_text import (
    Document,
    Field,
    Fragment,
    GraphQLError,
    Operation,
    Parser,
    Variable,
    Word,
    refusal,
)

__all__ = ["GraphQLError", "Schema", "answer", "is_query", "refusal"]


class Execution:
    """One run of an operation; `errors` are those of single fields."""

    def __init__(self, schema: Schema, document: Document, given: Mapping[str, Any]):
        self.schema = schema
        self.document = document
        self.given = given
        self.errors: list[dict[str, Any]] = []

    def selections(self, chosen: list[Field | Fragment], value: Mapping[str, Any], path: list[Any]) -> Any:
        out: dict[str, Any] = {}
        for alias, fields in self.gathered(chosen, value["__typename"], {}).items():
            out[alias] = self.field(fields, value, [*path, alias])
        return out

    def gathered(
        self, chosen: Iterable[Field | Fragment], on: str, into: dict[str, list[Field]]
    ) -> dict[str, list[Field]]:
        """The fields that apply to this type, by the name they are answered under."""
        for one in chosen:
            if not self.applies(one):
                continue
            if isinstance(one, Field):
                into.setdefault(one.alias, []).append(one)
                continue
            body = self.document.fragments[one.spread] if one.spread else one
            if body.on is None or on in self.schema.members[body.on]:
                self.gathered(body.selections, on, into)
        return into

    def applies(self, one: Field | Fragment) -> bool:
        for name, arguments in one.directives:
            if bool(self.resolved(arguments["if"])) is (name == "skip"):
                return False
        return True

    def resolved(self, value: Any) -> Any:
        if isinstance(value, Variable):
            return self.given.get(value.name)
        if isinstance(value, Word):
            return value.text
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if isinstance(value, dict):
            return {
                name: self.resolved(item)
                for name, item in value.items()
                if not (isinstance(item, Variable) and item.name not in self.given)
            }
        return value

    def field(self, fields: list[Field], parent: Mapping[str, Any], path: list[Any]) -> Any:
        first = fields[0]
        value = parent[first.name]
        try:
            if callable(value):
                value = value(**self.resolved(first.arguments))
        except GraphQLError as error:
            place = [{"line": first.line, "column": first.column}]
            self.errors += [{**found, "path": path, "locations": place} for found in error.found]
            return None
        chosen = [one for each in fields for one in each.selections or []]
        return self.completed(value, chosen, path)

    def completed(self, value: Any, chosen: list[Field | Fragment], path: list[Any]) -> Any:
        if isinstance(value, list):
            return [self.completed(item, chosen, [*path, number]) for number, item in enumerate(value)]
        if isinstance(value, dict):
            return self.selections(chosen, value, path)
        return value


def chosen_operation(document: Document, name: str | None) -> Operation:
    found = [one for one in document.operations if name is None or one.name == name]
    if len(found) != 1:
        text = f"No operation named {name!r}" if name else "An operation name is required"
        raise GraphQLError({"message": text})
    return found[0]


def is_query(body: Any) -> bool:
    """True for a request that only reads: it counts as no write."""
    try:
        return (
            chosen_operation(Parser(str(body.get("query"))).document(), body.get("operationName")).kind
            == "query"
        )
    except (GraphQLError, AttributeError):
        return True


def answer(
    schema: Schema,
    text: str,
    given: Mapping[str, Any],
    name: str | None,
    roots: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """What the server answers; `roots` are the values of `query` and `mutation`."""
    try:
        document = Parser(text).document()
        operation = chosen_operation(document, name)
        found = Check(schema, document, operation, given).run()
        if found:
            return {"errors": found}
        execution = Execution(schema, document, variables(schema, operation, given))
        data = execution.selections(operation.selections, roots[operation.kind], [])
    except GraphQLError as error:
        return {"errors": error.found}
    return {"data": data, "errors": execution.errors} if execution.errors else {"data": data}
