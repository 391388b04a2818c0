"""Values of requests, made harmless where they are used: in queries, in log lines, in patterns."""

import re

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.imports import bound, member
from reviewbot.patches.trees.origin import from_outside, single
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix
from reviewbot.patches.trees.style import calls, content, literal, pair, pieces, unwrapped
from reviewbot.patches.trees.style import member as parted

_FIND = re.compile(
    r"find|findOne|findOneAndUpdate|findOneAndDelete|deleteOne|deleteMany|updateOne|updateMany|replaceOne|countDocuments"
)
_SPECIAL = r"/[.*+?^${}()|[\]\\]/g"


def _one_value(parsed: Parsed) -> Rewritten | Unmended:
    """Make a text of each value of a filter: an object with operators in it is then only a text."""
    edits: list[Edit] = []
    for call in calls(parsed):
        name = parted(parsed, call.function)[1]
        if not _FIND.fullmatch(name) or not call.arguments or call.arguments[0].type != "object":
            continue
        for one in call.arguments[0].named_children:
            edits += _as_string(parsed, one)
    return Rewritten(edits) if edits else UNCLEAR


def _as_string(parsed: Parsed, one: Node) -> list[Edit]:
    if one.type == "shorthand_property_identifier":
        return []
    value = one.child_by_field_name("value")
    if one.type != "pair" or value is None or not parsed.found(value) or parsed.text(one).startswith("$"):
        return []
    if value.type not in {"member_expression", "identifier", "subscript_expression"} or not from_outside(
        parsed, value
    ):
        return []
    return [(value.start_byte, value.start_byte, "String("), (value.end_byte, value.end_byte, ")")]


def _one_line(parsed: Parsed) -> Rewritten | Unmended:
    """Write what came from outside into a log as JSON: a line end in it shows as such."""
    edits: list[Edit] = []
    for call in calls(parsed):
        owner, name = parted(parsed, call.function)
        if owner != "console" or name not in {"log", "info", "warn", "error"} or not call.arguments:
            continue
        parts = pieces(parsed, call.arguments[0])
        values = [one for one in parts or [] if not isinstance(one, str)]
        for one in single(parsed, values):
            edits += [(one.start_byte, one.start_byte, "JSON.stringify("), (one.end_byte, one.end_byte, ")")]
    return Rewritten(edits) if edits else UNCLEAR


def _as_it_stands(parsed: Parsed) -> Rewritten | Unmended:
    """Escape what came from outside, so that a pattern finds it as it stands."""
    edits: list[Edit] = []
    for argument in _patterns(parsed):
        if content(parsed, argument) is not None:
            continue
        parts = pieces(parsed, argument) or [argument]
        values = [one for one in parts if not isinstance(one, str)]
        for one in single(parsed, values):
            edits += _escaped(parsed, one)
    return Rewritten(list(dict.fromkeys(edits))) if edits else UNCLEAR


def _patterns(parsed: Parsed) -> list[Node]:
    """Give what becomes a pattern on the finding's lines."""
    found: list[Node] = []
    for node in parsed.nodes("new_expression", "call_expression", "pair"):
        if node.type == "pair":
            one = (
                node.child_by_field_name("value")
                if parsed.text(node.child_by_field_name("key")) == "$regex"
                else None
            )
        else:
            named = node.child_by_field_name("constructor") or node.child_by_field_name("function")
            arguments = node.child_by_field_name("arguments")
            given = arguments.named_children if arguments is not None else []
            one = given[0] if given and parsed.text(named) == "RegExp" else None
        if one is not None and parsed.found(one):
            found.append(unwrapped(one))
    return found


def _escaped(parsed: Parsed, one: Node) -> list[Edit]:
    known = bound(parsed)
    own = next((each.name for each in known if each.name == "escapeRegExp"), "")
    lodash = next(
        (each.name for each in known if each.module == "lodash" and each.member in {"*", "default"}), ""
    )
    text = parsed.text(one)
    if own or lodash:
        return [(one.start_byte, one.end_byte, f"{own or f'{lodash}.escapeRegExp'}({text})")]
    remedy = (
        f"String({text} ?? {literal(parsed, '')}).replace({_SPECIAL}, {literal(parsed, chr(92) * 2 + '$&')})"
    )
    return [(one.start_byte, one.end_byte, remedy)]


def _plain_data(parsed: Parsed) -> Rewritten | Unmended:
    """Read data without letting it make functions: JSON, or YAML's safe schema."""
    edits: list[Edit] = []
    for call in calls(parsed):
        owner, name = parted(parsed, call.function)
        if name == "unserialize" and len(call.arguments) == 1 and _of_serialize(parsed, owner or name):
            edits.append((call.function.start_byte, call.function.end_byte, "JSON.parse"))
        elif name == "load" and len(call.arguments) == 2:
            one = pair(parsed, call.arguments[1], "schema")
            value = one.child_by_field_name("value") if one is not None else None
            # Only js-yaml 3 has this schema, and there a safe one beside it.
            if (
                value is not None
                and value.type == "member_expression"
                and parted(parsed, value)[1] == "DEFAULT_FULL_SCHEMA"
            ):
                field = value.child_by_field_name("property")
                assert field is not None
                edits.append((field.start_byte, field.end_byte, "DEFAULT_SAFE_SCHEMA"))
    return Rewritten(edits) if edits else UNCLEAR


def _of_serialize(parsed: Parsed, name: str) -> bool:
    return any(one.name == name and one.module == "node-serialize" for one in bound(parsed))


def _filters(parsed: Parsed) -> Rewritten | Unmended:
    """Make a filter of the directory's client instead of a text: values are then never read as filters."""
    edits: list[Edit] = []
    needs: tuple[str, ...] = ()
    for node in parsed.nodes("pair"):
        value = node.child_by_field_name("value")
        if (
            parsed.text(node.child_by_field_name("key")) != "filter"
            or value is None
            or not parsed.found(value)
        ):
            continue
        parts = pieces(parsed, value)
        text = "".join(one if isinstance(one, str) else "\0" for one in parts or [])
        found = re.fullmatch(r"\(([A-Za-z][\w-]*)=\0\)", text)
        given = [one for one in parts or [] if not isinstance(one, str)]
        library = next((one.module for one in bound(parsed) if one.module in {"ldapjs", "ldapts"}), "ldapjs")
        made = member(parsed, library, "EqualityFilter")
        if found is None or made is None:
            return Unmended("the filter is more than one attribute with one value")
        needs = (library,)
        attribute = literal(parsed, found[1])
        remedy = f"new {made.text}({{ attribute: {attribute}, value: {parsed.text(given[0])} }})"
        edits += [(value.start_byte, value.end_byte, remedy), *made.edits]
    return Rewritten(list(dict.fromkeys(edits)), needs) if edits else UNCLEAR


FIXES = {
    "query-value-string": fix(_one_value),
    "log-value-json": fix(_one_line),
    "pattern-escaped": fix(_as_it_stands),
    "plain-data": fix(_plain_data),
    "ldap-filter-object": fix(_filters),
}
"""Structural fixes by name."""
