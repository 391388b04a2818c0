"""SQL that JavaScript builds from pieces: the values become parameters, in the driver's own way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.imports import bound
from reviewbot.patches.trees.origin import declarator
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix, walk
from reviewbot.patches.trees.sql_values import given
from reviewbot.patches.trees.style import Call, Piece, calls, literal, member, pieces

_RUN = {
    "query",
    "execute",
    "run",
    "all",
    "get",
    "each",
    "one",
    "any",
    "none",
    "many",
    "oneOrNone",
    "manyOrNone",
}
_OF_KNEX = {"whereRaw", "orWhereRaw", "havingRaw", "raw"}
_STATEMENT = re.compile(r"(?is)\s*(select|insert|update|delete|replace|with|call)\b")
_NUMBERED = {"pg", "pg-promise", "@vercel/postgres", "@neondatabase/serverless"}
_MARKED = {
    "mysql",
    "mysql2",
    "mysql2/promise",
    "mariadb",
    "sqlite3",
    "sqlite",
    "better-sqlite3",
    "promise-mysql",
}
_VALUE_BEFORE = re.compile(
    r"(?i)(?:=|<|>|\blike|\bvalues\s*\(|\bvalues\s*\([^()]*,|\bin\s*\(|\bin\s*\([^()]*,)\s*$"
)
_VALUE_AFTER = re.compile(r"\s*(?:$|[,);]|\b(?i:and|or|order|limit|group|returning|where|for)\b)")
_ALONE_IN = re.compile(r"(?i)\bin\s*\(\s*$")
_NO_VALUE = re.compile(
    r"(?i)\.join\s*\(|\.map\s*\(|['\"`](?:null|default|true|false|now\(\)|current_\w+)['\"`]"
)
"""A list, or a word of SQL."""
_DRIVER = Unmended("which driver runs the statement is not clear, and so how it takes parameters")
_HOLE = "\0"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement with a hole for each value, and the values as they are written."""

    text: str
    values: tuple[str, ...]


def _parameters(parsed: Parsed) -> Rewritten | Unmended:
    """Pass the values of each statement on the finding's lines as parameters."""
    edits: list[Edit] = []
    for call in calls(parsed):
        owner, name = member(parsed, call.function)
        if name in {"$queryRawUnsafe", "$executeRawUnsafe"} and len(call.arguments) == 1:
            found = _tagged(parsed, call, name)
        elif owner and name in _RUN | _OF_KNEX and call.arguments:
            found = _mended(parsed, call, owner, name)
        else:
            continue
        if isinstance(found, Unmended):
            return found
        edits += found
    return Rewritten(edits) if edits else UNCLEAR


def _mended(parsed: Parsed, call: Call, owner: str, name: str) -> list[Edit] | Unmended:
    built = _built(parsed, call.arguments[0])
    parts = pieces(parsed, built) if built is not None else None
    if built is None or parts is None or not _a_statement(parts, name):
        return []
    statement = parted(parsed, parts)
    if statement is None:
        return Unmended("a piece of the statement is no value, so it cannot be a parameter")
    if not _without_parameters(parsed, call):
        return Unmended("the statement has parameters already")
    of_sequelize = owner.lower().endswith("sequelize") and name == "query"
    numbered = False if of_sequelize else _numbered(parsed, call, name)
    if numbered is None:
        return _DRIVER
    nodes = [part for part in parts if not isinstance(part, str)]
    opened = not numbered and name == "query"
    values = f"[{', '.join(given(parsed, nodes, statement.values, opened=opened))}]"
    last = f"{{ replacements: {values} }}" if of_sequelize else values
    end = call.arguments[0].end_byte
    text = literal(parsed, filled(statement.text, numbered=numbered))
    return [(built.start_byte, built.end_byte, text), (end, end, f", {last}")]


def _a_statement(parts: Sequence[Piece], name: str) -> bool:
    if all(isinstance(part, str) for part in parts):
        return False
    return name in _OF_KNEX or (isinstance(parts[0], str) and _STATEMENT.match(parts[0]) is not None)


def _without_parameters(parsed: Parsed, call: Call) -> bool:
    """Say whether nothing but a callback follows the statement."""
    following = call.arguments[1:2]
    if not following or following[0].type in {"arrow_function", "function_expression"}:
        return True
    return re.fullmatch(r"(?i)done|next|cb|callback", parsed.text(following[0])) is not None


def _built(parsed: Parsed, argument: Node) -> Node | None:
    """Give the expression that builds a statement: the argument, or what a constant begins with that only it uses."""
    if argument.type != "identifier":
        return argument
    one = declarator(parsed, argument)
    value = one.child_by_field_name("value") if one is not None else None
    if one is None or one.child_by_field_name("name") is None or value is None:
        return None
    uses = [
        node
        for node in walk(parsed.root)
        if node.type == "identifier" and parsed.text(node) == parsed.text(argument)
    ]
    constant = one.parent is not None and parsed.text(one.parent.children[0]) == "const"
    return value if constant and len(uses) == 2 else None


def parted(parsed: Parsed, parts: Sequence[Piece]) -> Statement | None:
    """Part a statement into its text with holes and the values; None if a piece is no value of the language."""
    if any(_NO_VALUE.search(parsed.text(part)) for part in parts if not isinstance(part, str)):
        return None
    text, values = "", list[str]()
    for number, part in enumerate(parts):
        if isinstance(part, str):
            text += part
            continue
        following = parts[number + 1] if number + 1 < len(parts) else ""
        if not isinstance(following, str):
            return None
        values.append(parsed.text(part))
        text += _HOLE
    if (
        "\0" in "".join(part for part in parts if isinstance(part, str))
        or "?" in text
        or re.search(r"\$\d", text)
    ):
        return None
    return _unquoted(text, values)


def _unquoted(text: str, values: list[str]) -> Statement | None:
    """Take the quotation marks around the holes away; `'%` + value + `%'` takes its signs along."""
    done: list[str] = []
    rest = text
    for number, value in enumerate(values):
        head, _, tail = rest.partition(_HOLE)
        outside = "".join(done) + head
        if outside.count("'") % 2:
            opening = head.rfind("'")
            before, (after, closed, tail) = head[opening + 1 :], tail.partition("'")
            if (
                opening < 0
                or not closed
                or _HOLE in after
                or tail.startswith("'")
                or "`" in before + after
                or "${" in before + after
            ):
                return None
            head = head[:opening]
            values[number] = value if not before and not after else f"`{before}${{{value}}}{after}`"
        elif _ALONE_IN.search(head) and tail.lstrip().startswith(")"):
            return None  # it may be a list
        elif not _VALUE_BEFORE.search("".join(done) + head) or not _VALUE_AFTER.match(tail):
            return None
        done += [head, _HOLE]
        rest = tail
    if '"' in "".join(done) + rest or re.search(r"--|/\*|#", "".join(done) + rest):
        return None
    return Statement("".join(done) + rest, tuple(values))


def filled(text: str, *, numbered: bool) -> str:
    """Put `$1`, `$2` or `?` into the holes."""
    count = 0
    while _HOLE in text:
        count += 1
        text = text.replace(_HOLE, f"${count}" if numbered else "?", 1)
    return text


def _numbered(parsed: Parsed, call: Call, name: str) -> bool | None:
    """Say whether the driver numbers its parameters; None if that is not clear."""
    if name in {"one", "any", "none", "many", "oneOrNone", "manyOrNone"}:
        return True
    if name in {"all", "get", "run", "each", "execute"} | _OF_KNEX:
        return False
    modules = {one.module for one in bound(parsed)}
    signs = {True} if modules & _NUMBERED or _reads_rows(parsed, call) else set()
    signs |= {False} if modules & _MARKED else set()
    if not signs:
        texts = [parsed.text(node) for node in parsed.everywhere("string", "template_string")]
        statements = [text for text in texts if _STATEMENT.match(text[1:])]
        signs |= {True for text in statements if re.search(r"\$\d", text)}
        signs |= {False for text in statements if re.search(r"[=(,]\s*\?", text)}
    return signs.pop() if len(signs) == 1 else None


def _reads_rows(parsed: Parsed, call: Call) -> bool:
    """Say whether what the call gives has `rows`, as in pg alone."""
    waited = call.node.parent
    holder = waited.parent if waited is not None and waited.type == "await_expression" else None
    if holder is None or holder.type != "variable_declarator":
        return False
    name = holder.child_by_field_name("name")
    if name is not None and name.type == "object_pattern":
        return re.search(r"\brows\b", parsed.text(name)) is not None
    return f"{parsed.text(name)}.rows" in parsed.asked.text


def _tagged(parsed: Parsed, call: Call, name: str) -> list[Edit] | Unmended:
    """Make a tagged template of Prisma's call: its holes are parameters."""
    template = call.arguments[0]
    parts = pieces(parsed, template)
    if template.type != "template_string" or parts is None or parted(parsed, parts) is None:
        return UNCLEAR
    statement = parted(parsed, parts)
    assert statement is not None
    text = statement.text
    for value in statement.values:
        text = text.replace(_HOLE, f"${{{value}}}", 1)
    arguments = call.node.child_by_field_name("arguments")
    field = call.function.child_by_field_name("property")
    assert arguments is not None
    assert field is not None
    return [
        (field.start_byte, field.end_byte, name.removesuffix("Unsafe")),
        (arguments.start_byte, arguments.end_byte, f"`{text}`"),
    ]


FIXES = {"sql-parameters-script": fix(_parameters)}
"""Structural fixes by name."""
