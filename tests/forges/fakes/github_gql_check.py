"""Everything that graphql-ruby finds wrong with a document before it runs it.

The sentence of an unknown field is [I cli#6778, refined-github#6946]; the others are [K].
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fakes.github_gql_schema import SCALARS, Schema, Slot, fits, named, shown
from fakes.github_gql_text import Document, Field, Fragment, GraphQLError, Operation, Variable

# A query may ask for this many nodes at most [D, K for the wording].
MAX_NODES = 500_000


class Check:
    """Everything that is wrong with a document, found without executing it."""

    def __init__(self, schema: Schema, document: Document, operation: Operation, given: Mapping[str, Any]):
        self.schema = schema
        self.document = document
        self.operation = operation
        self.given = given
        self.errors: list[dict[str, Any]] = []
        self.used: set[str] = set()

    def run(self) -> list[dict[str, Any]]:
        root = "Query" if self.operation.kind == "query" else "Mutation"
        start = self.operation.kind + (f" {self.operation.name}" if self.operation.name else "")
        nodes = self.selections(self.operation.selections, root, [start])
        for name in self.operation.variables:
            if name not in self.used:
                text = f"Variable ${name} is declared by {self.operation.name or 'anonymous ' + self.operation.kind} but not used"
                self.add(text, [start], None, code="variableNotUsed", variableName=name)
        if not self.errors and nodes > MAX_NODES:
            text = f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of {MAX_NODES:,}."
            self.errors.append({"type": "MAX_NODE_LIMIT_EXCEEDED", "message": text})
        return self.errors

    def add(self, message: str, path: list[str], at: Field | Fragment | None, **extensions: Any) -> None:
        error: dict[str, Any] = {"path": path, "extensions": extensions, "message": message}
        if at:
            error["locations"] = [{"line": at.line, "column": at.column}]
        self.errors.append(error)

    def selections(self, chosen: Iterable[Field | Fragment], on: str, path: list[str]) -> int:
        """Check the selections on a type; the number of nodes that they may give."""
        return sum(
            self.fragment(one, on, path) if isinstance(one, Fragment) else self.field(one, on, path)
            for one in chosen
        )

    def fragment(self, one: Fragment, on: str, path: list[str]) -> int:
        self.conditions(one)
        if one.spread is not None:
            stored = self.document.fragments.get(one.spread)
            if stored is None:
                text = f"Fragment {one.spread} was used, but not defined"
                self.add(text, [*path, f"... {one.spread}"], one, code="useAndDefineFragment")
                return 0
            one = stored
        if one.on is None:
            return self.selections(one.selections, on, path)
        here = [*path, f"... on {one.on}"]
        if one.on not in self.schema.fields:
            text = f"No such type {one.on}, so it can't be a fragment condition"
            self.add(text, here, one, code="undefinedType", typeName=one.on)
            return 0
        if not self.schema.members.get(one.on, set()) & self.schema.members.get(on, set()):
            text = f"Fragment on {one.on} can't be spread inside {on}"
            self.add(text, here, one, code="cannotSpreadFragment", typeName=one.on, parentName=on)
            return 0
        return self.selections(one.selections, one.on, here)

    def field(self, one: Field, on: str, path: list[str]) -> int:
        here = [*path, one.alias]
        self.conditions(one)
        if one.name == "__typename":
            return 0
        slot = self.schema.fields[on].get(one.name)
        if slot is None:
            text = f"Field '{one.name}' doesn't exist on type '{on}'"
            self.add(text, here, one, code="undefinedField", typeName=on, fieldName=one.name)
            return 0
        self.arguments(one, slot, here)
        inner = named(slot.type)
        if inner not in self.schema.fields:
            if one.selections is not None:
                text = f"Selections can't be made on scalars (field '{one.name}' returns {inner} but has selections)"
                self.add(text, here, one, code="selectionMismatch", nodeName=f"field '{one.name}'")
            return 0
        if not one.selections:
            text = (
                f"Field must have selections (field '{one.name}' returns {inner} but has no selections. "
                f"Did you mean '{one.name} {{ ... }}'?)"
            )
            self.add(text, here, one, code="selectionMismatch", nodeName=f"field '{one.name}'")
            return 0
        below = self.selections(one.selections, inner, here)
        return self.times(one) * (1 + below) if inner.endswith("Connection") else below

    def times(self, one: Field) -> int:
        for name in ("first", "last"):
            value = one.arguments.get(name)
            number = self.given.get(value.name) if isinstance(value, Variable) else value
            if isinstance(number, int):
                return number
        return 0

    def conditions(self, one: Field | Fragment) -> None:
        for _, arguments in one.directives:
            self.used |= {value.name for value in arguments.values() if isinstance(value, Variable)}

    def arguments(self, one: Field, slot: Slot, path: list[str]) -> None:
        for name in one.arguments:
            if name not in slot.arguments:
                text = f"Field '{one.name}' doesn't accept argument '{name}'"
                details = {"name": one.name, "typeName": "Field", "argumentName": name}
                self.add(text, [*path, name], one, code="argumentNotAccepted", **details)
        self.missing(one, f"Field '{one.name}'", slot.arguments, one.arguments, path)
        for name, written in slot.arguments.items():
            if name in one.arguments:
                owner = f"Field '{one.name}'"
                self.value(one, owner, name, written, one.arguments[name], [*path, name])

    def missing(
        self, at: Field, owner: str, wanted: Mapping[str, str], have: Mapping[str, Any], path: list[str]
    ) -> None:
        lacking = [name for name, written in wanted.items() if written.endswith("!") and name not in have]
        if lacking:
            text = f"{owner} is missing required arguments: {', '.join(lacking)}"
            self.add(text, path, at, code="missingRequiredArguments", arguments=", ".join(lacking))

    def value(  # noqa: PLR0917 (where, whose, what it is and what it should be)
        self, at: Field, owner: str, name: str, written: str, value: Any, path: list[str]
    ) -> None:
        if isinstance(value, Variable):
            self.variable(at, name, written, value, path)
        elif isinstance(value, dict) and named(written) in self.schema.inputs:
            self.object(at, named(written), value, path)
        elif not fits(self.schema, written, value, literal=True):
            text = f"Argument '{name}' on {owner} has an invalid value ({shown(value)}). Expected type '{written}'."
            self.add(text, path, at, code="argumentLiteralsIncompatible", argumentName=name)

    def object(self, at: Field, written: str, value: Mapping[str, Any], path: list[str]) -> None:
        wanted = self.schema.inputs[written]
        owner = f"InputObject '{written}'"
        for name, inner in value.items():
            if name not in wanted:
                text = f"{owner} doesn't accept argument '{name}'"
                self.add(text, [*path, name], at, code="argumentNotAccepted", argumentName=name)
            else:
                self.value(at, owner, name, wanted[name], inner, [*path, name])
        for name in (one for one, kind in wanted.items() if kind.endswith("!") and one not in value):
            text = f"Argument '{name}' on {owner} is required. Expected type {wanted[name]}"
            self.add(text, path, at, code="missingRequiredInputObjectAttribute", argumentName=name)

    def variable(self, at: Field, name: str, written: str, value: Variable, path: list[str]) -> None:
        self.used.add(value.name)
        declared = self.operation.variables.get(value.name)
        if declared is None:
            text = f"Variable ${value.name} is used by {self.operation.name or 'anonymous ' + self.operation.kind} but not declared"
            self.add(text, path, at, code="variableNotDefined", variableName=value.name)
            return
        kind, default = declared
        if default is not None and not kind.endswith("!"):
            kind += "!"
        if kind not in (written, written + "!"):
            text = f"Type mismatch on variable ${value.name} and argument {name} ({declared[0]} / {written})"
            self.add(text, path, at, code="variableMismatch", variableName=value.name)


def variables(schema: Schema, operation: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the declared variables; raises `GraphQLError` for those that do not fit."""
    found: dict[str, Any] = {}
    errors = []
    for name, (written, default) in operation.variables.items():
        if named(written) not in SCALARS.keys() | schema.enums.keys() | schema.inputs.keys():
            errors.append({"message": f"{named(written)} isn't a defined input type (on ${name})"})
        elif name not in given and default is not None:
            found[name] = default
        elif not fits(schema, written, given.get(name), literal=False):
            text = f"Variable ${name} of type {written} was provided invalid value"
            errors.append({"message": text, "extensions": {"value": given.get(name), "problems": []}})
        elif name in given:
            found[name] = given[name]
    if errors:
        raise GraphQLError(*errors)
    return found
