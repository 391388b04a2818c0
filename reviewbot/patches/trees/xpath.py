"""XPath expressions that JavaScript builds from pieces, and templates: the values go in as values."""

import re

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.origin import value_of
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix, walk
from reviewbot.patches.trees.style import Call, Piece, calls, literal, member, pieces

_HOLE = "\0"
_RESERVED = {
    "class",
    "default",
    "delete",
    "new",
    "return",
    "this",
    "function",
    "var",
    "for",
    "in",
    "if",
    "do",
    "export",
}
_MARKS = {("ejs", "render"): "<%= {} %>", ("nunjucks", "renderString"): "{{{{ {} }}}}"}


def _variables(parsed: Parsed) -> Rewritten | Unmended:
    """Pass the values of an expression as its variables."""
    edits: list[Edit] = []
    for call in calls(parsed):
        owner, name = member(parsed, call.function)
        if owner != "xpath" or name not in {"select", "select1"} or len(call.arguments) != 2:
            continue
        edits += _selected(parsed, call, name)
    return Rewritten(edits) if edits else UNCLEAR


def _selected(parsed: Parsed, call: Call, name: str) -> list[Edit]:
    built = _only_use(parsed, call.arguments[0])
    parts = pieces(parsed, built) if built is not None else None
    values = [one for one in parts or [] if not isinstance(one, str)]
    names = _names(parsed, values)
    if built is None or parts is None or not values or len(set(names)) != len(names):
        return []
    text = _joined(parts)
    for number, one in enumerate(names):
        quoted = re.match(rf"[^{_HOLE}]*([\"']){_HOLE}\1", text)
        if quoted is None or text[: quoted.end() - 3].count(quoted[1]) % 2:
            return []
        start = quoted.end() - 3
        text = f"{text[:start]}${one}{text[quoted.end() :]}"
        assert _HOLE not in text[:start], number
    if not _gives_nodes(text):
        return []
    given = ", ".join(
        f"{one}: String({parsed.text(value)})" for one, value in zip(names, values, strict=True)
    )
    node = parsed.text(call.arguments[1])
    target = call.arguments[0]
    remedy = f".{name}({{ node: {node}, variables: {{ {given} }} }})"
    if built == target:
        return [(call.node.start_byte, call.node.end_byte, f"xpath.parse({literal(parsed, text)}){remedy}")]
    return [
        (built.start_byte, built.end_byte, literal(parsed, text)),
        (call.node.start_byte, call.node.end_byte, f"xpath.parse({parsed.text(target)}){remedy}"),
    ]


def _gives_nodes(text: str) -> bool:
    """Say whether an expression gives nodes: with variables, `select` knows nothing else."""
    outside = re.sub(r"\[[^\[\]]*\]", "", text)
    return (
        re.match(r"\s*[\w-]+\s*\(", text) is None
        and re.search(r"[=<>+]|\s(?:or|and|div|mod)\s|\s-", outside) is None
    )


def _only_use(parsed: Parsed, argument: Node) -> Node | None:
    """Give the expression that builds a text: the argument, or what a variable begins with that only it uses."""
    if argument.type != "identifier":
        return argument
    uses = [
        one
        for one in walk(parsed.root)
        if one.type == "identifier" and parsed.text(one) == parsed.text(argument)
    ]
    return value_of(parsed, argument) if len(uses) == 2 else None


def _joined(parts: list[Piece]) -> str:
    return "".join(part if isinstance(part, str) else _HOLE for part in parts)


def _names(parsed: Parsed, values: list[Node]) -> list[str]:
    """Name the values by their last words: `req.query.name` is `name`."""
    found = [re.search(r"([A-Za-z_]\w*)[^\w]*$", parsed.text(one)) for one in values]
    return [one[1] if one and one[1] not in _RESERVED else "value" for one in found]


def _fields(parsed: Parsed) -> Rewritten | Unmended:
    """Keep the template fixed, and hand it the values as data."""
    edits: list[Edit] = []
    for call in calls(parsed):
        mark = _MARKS.get(member(parsed, call.function))
        parts = pieces(parsed, call.arguments[0]) if mark and call.arguments else None
        values = [one for one in parts or [] if not isinstance(one, str)]
        names = _names(parsed, values)
        if (
            mark is None
            or parts is None
            or not values
            or len(call.arguments) > 2
            or len(set(names)) != len(names)
        ):
            continue
        data = call.arguments[1] if len(call.arguments) == 2 else None
        if data is not None and (data.type != "object" or data.named_child_count):
            return Unmended("the template has data already")
        text = _joined(parts)
        if re.search(r"<%|\{\{|\{%", text):
            return Unmended("the template has fields already")
        for one in names:
            text = text.replace(_HOLE, mark.format(one), 1)
        given = ", ".join(
            one if parsed.text(value) == one else f"{one}: {parsed.text(value)}"
            for one, value in zip(names, values, strict=True)
        )
        end = (data or call.arguments[0]).end_byte
        edits.append((call.arguments[0].start_byte, end, f"{literal(parsed, text)}, {{ {given} }}"))
    return Rewritten(edits) if edits else UNCLEAR


FIXES = {"xpath-variables": fix(_variables), "template-fields": fix(_fields)}
"""Structural fixes by name."""
