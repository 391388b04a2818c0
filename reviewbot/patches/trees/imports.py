"""The modules that a JavaScript file imports, and more of them in its own manner."""

from dataclasses import dataclass

from tree_sitter import Node

from reviewbot.patches.trees.grammars import ending
from reviewbot.patches.trees.source import Edit, Parsed
from reviewbot.patches.trees.style import quote, semicolon

_NAMESPACE = ("*", "default")
_BUILT_IN = frozenset({"assert", "buffer", "child_process", "crypto", "events", "fs", "http", "https", "net", "os", "path",
                       "process", "querystring", "readline", "stream", "tls", "url", "util", "vm", "zlib", "fs/promises"})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bound:
    """A name and what it is of a module: `*` all of it, `default`, or one member. `list` is the braces it stands in."""

    name: str
    module: str
    member: str
    statement: Node
    list: Node | None = None


@dataclass(frozen=True, slots=True)
class Imported:
    """How to write a member of a module here, and the edits that make it known."""

    text: str
    edits: tuple[Edit, ...] = ()


def plain(module: str) -> str:
    """Give a module's name without `node:`."""
    return module.removeprefix("node:")


def bound(parsed: Parsed) -> list[Bound]:
    """Give what the file's top level imports, in order."""
    found: list[Bound] = []
    for statement in parsed.root.named_children:
        if statement.type == "import_statement":
            found += _of_import(parsed, statement)
        elif statement.type in {"lexical_declaration", "variable_declaration"}:
            found += [
                one for part in statement.named_children for one in _of_require(parsed, statement, part)
            ]
    return found


def _of_import(parsed: Parsed, statement: Node) -> list[Bound]:
    module = parsed.text(statement.child_by_field_name("source"))[1:-1]
    clause = next((one for one in statement.named_children if one.type == "import_clause"), None)
    found: list[Bound] = []
    for part in clause.named_children if clause is not None else ():
        if part.type == "identifier":
            found.append(Bound(parsed.text(part), plain(module), "default", statement))
        elif part.type == "namespace_import":
            found.append(Bound(parsed.text(part.named_children[-1]), plain(module), "*", statement))
        elif part.type == "named_imports":
            for one in (one for one in part.named_children if one.type == "import_specifier"):
                name = parsed.text(one.child_by_field_name("name"))
                alias = parsed.text(one.child_by_field_name("alias")) or name
                found.append(Bound(alias, plain(module), name, statement, part))
    return found


def _of_require(parsed: Parsed, statement: Node, part: Node) -> list[Bound]:
    value = part.child_by_field_name("value")
    target = part.child_by_field_name("name")
    if (
        part.type != "variable_declarator"
        or target is None
        or value is None
        or value.type != "call_expression"
    ):
        return []
    arguments = value.child_by_field_name("arguments")
    if parsed.text(value.child_by_field_name("function")) != "require" or arguments is None:
        return []
    if arguments.named_child_count != 1 or arguments.named_children[0].type != "string":
        return []
    module = plain(parsed.text(arguments.named_children[0])[1:-1])
    if target.type == "identifier":
        return [Bound(parsed.text(target), module, "*", statement)]
    found: list[Bound] = []
    for one in target.named_children if target.type == "object_pattern" else ():
        if one.type == "shorthand_property_identifier_pattern":
            found.append(Bound(parsed.text(one), module, parsed.text(one), statement, target))
        elif one.type == "pair_pattern":
            name, alias = one.child_by_field_name("key"), one.child_by_field_name("value")
            found.append(Bound(parsed.text(alias), module, parsed.text(name), statement, target))
    return found


def esm(parsed: Parsed) -> bool:
    """Say whether the file is a module of the new kind; what shows neither is judged by its name."""
    if any(node.type in {"import_statement", "export_statement"} for node in parsed.root.named_children):
        return True
    end = ending(parsed.asked.path)
    if any(one.statement.type != "import_statement" for one in bound(parsed)) or end == "cjs":
        return False
    return parsed.typed or end == "mjs"


def means(parsed: Parsed, name: Node, module: str, member: str = "") -> bool:
    """Say whether an identifier is bound to a module, or to one member of it."""
    wanted = (member,) if member else _NAMESPACE
    text = parsed.text(name)
    return any(one.name == text and one.module == module and one.member in wanted for one in bound(parsed))


def namespace(parsed: Parsed, module: str) -> Imported | None:
    """Give the file's name for a whole module, importing it under its own where that is free; None where it is not."""
    known = bound(parsed)
    for one in known:
        if one.module == module and one.member in _NAMESPACE:
            return Imported(one.name)
    name = module.rpartition("/")[2]
    if declared(parsed, name):
        return None
    return Imported(name, (_statement(parsed, name, module, known),))


def member(parsed: Parsed, module: str, name: str) -> Imported | None:
    """Give how a member of a module is written here, importing it beside what the file already has of it."""
    known = [one for one in bound(parsed) if one.module == module]
    for one in known:
        if one.member == name:
            return Imported(one.name)
    for one in known:
        if one.member in _NAMESPACE:
            return Imported(f"{one.name}.{name}")
    listed = next((one for one in known if one.list is not None), None)
    if listed is None or listed.list is None:
        whole = namespace(parsed, module)
        return None if whole is None else Imported(f"{whole.text}.{name}", whole.edits)
    if declared(parsed, name):
        return None
    last = listed.list.named_children[-1]
    return Imported(name, ((last.end_byte, last.end_byte, f", {name}"),))


def declared(parsed: Parsed, name: str) -> bool:
    """Say whether a name is given a meaning anywhere in the file."""
    for node in parsed.everywhere("identifier", "shorthand_property_identifier_pattern", "type_identifier"):
        if parsed.text(node) != name or node.parent is None:
            continue
        above = node.parent
        if node.type == "shorthand_property_identifier_pattern" or above.type in _DECLARING:
            return True
        if any(above.child_by_field_name(field) == node for field in ("name", "parameter", "left")):
            return True
        if above.type == "pair_pattern" and above.child_by_field_name("value") == node:
            return True
    return False


_DECLARING = {"formal_parameters", "required_parameter", "optional_parameter", "array_pattern", "rest_pattern", "catch_clause",
              "import_specifier", "import_clause", "namespace_import"}  # fmt: skip


def _statement(parsed: Parsed, name: str, module: str, known: list[Bound]) -> Edit:
    mark, end = quote(parsed), semicolon(parsed)
    sources = parsed.everywhere("string") if module in _BUILT_IN else []
    prefix = "node:" if any(parsed.text(one)[1:6] == "node:" for one in sources) else ""
    if esm(parsed):
        what = f"* as {name}" if parsed.typed else name
        line = f"import {what} from {mark}{prefix}{module}{mark}{end}"
    else:
        line = f"const {name} = require({mark}{prefix}{module}{mark}){end}"
    last = _last_of_block(parsed, module, known)
    if last is not None:
        return last.end_byte, last.end_byte, "\n" + line
    place = _first_place(parsed)
    return place, place, f"{line}\n\n"


def _last_of_block(parsed: Parsed, module: str, known: list[Bound]) -> Node | None:
    """Find the import that the new one follows: the last of its kind that is built in, else the last one at the top."""
    head: list[Bound] = []
    statements = [one for one in parsed.root.named_children if one.type not in {"comment", "hash_bang_line"}]
    importing = {one.statement.id for one in known}
    for statement in statements:
        if statement.id in importing:
            head += [one for one in known if one.statement.id == statement.id]
        elif not _carries_imports(parsed, statement) and head:
            break
    built_in = [one for one in head if one.module in _BUILT_IN]
    chosen = built_in if built_in and module in _BUILT_IN else head
    return chosen[-1].statement if chosen else None


def _carries_imports(parsed: Parsed, statement: Node) -> bool:
    return statement.type == "import_statement" or "require(" in parsed.text(statement)[:200]


def _first_place(parsed: Parsed) -> int:
    """Find the first byte that a new first statement may take: below what a file begins with, above a comment on its code."""
    place, comments = 0, -1
    for one in parsed.root.children:
        directive = (
            one.type == "expression_statement"
            and one.named_children[:1]
            and one.named_children[0].type == "string"
        )
        if one.type == "hash_bang_line" or directive:
            place, comments = _next_line(parsed, one.end_byte), -1
        elif one.type == "comment":
            detached = parsed.source[one.end_byte :].lstrip(b" \t").startswith(b"\n\n")
            comments = -1 if detached else (one.start_byte if comments < 0 else comments)
            place = one.end_byte if detached else place
        else:
            return comments if comments >= 0 else one.start_byte
    return place


def _next_line(parsed: Parsed, byte: int) -> int:
    end = parsed.source.find(b"\n", byte)
    return len(parsed.source) if end < 0 else end + 1
