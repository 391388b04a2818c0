"""File paths that JavaScript builds from names of others: checked to stay inside the folder that was meant."""

import re
from dataclasses import dataclass

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.imports import namespace
from reviewbot.patches.trees.origin import from_outside, value_of
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix, walk
from reviewbot.patches.trees.statements import before, fresh, guard, pure, statement_of
from reviewbot.patches.trees.style import Call, called, calls, literal, member, pieces, semicolon

_FIRST = re.compile(
    r"readFile(Sync)?|createReadStream|writeFile(Sync)?|createWriteStream|appendFile(Sync)?|unlink(Sync)?|rm(Sync)?|rmdir(Sync)?|"
    r"readdir(Sync)?|open(Sync)?|mkdir(Sync)?|readJson(Sync)?|readJSON|outputFile(Sync)?|remove(Sync)?|opendir|sendFile|sendfile|download"
)
_SECOND = re.compile(r"rename(Sync)?|copyFile(Sync)?|cp(Sync)?|symlink(Sync)?|move")
_FOLDERS = re.compile(r"readdir(Sync)?|opendir|mkdir(Sync)?")  # the folder itself will do for these
_WHY = "the name leads out of its folder"


@dataclass(frozen=True, slots=True)
class Inside:
    """A path that is to lie in a folder; both as they are written."""

    path: Node
    folder: str


def _checked(parsed: Parsed) -> Rewritten | Unmended:
    """Resolve each path once, and give up where it is outside of its folder."""
    edits: list[Edit] = []
    for call in calls(parsed):
        argument = _path_of(parsed, call)
        if argument is None or not parsed.found(argument):
            continue
        found = _of_call(parsed, call, argument)
        if isinstance(found, Unmended):
            return found
        edits += found
    return Rewritten(list(dict.fromkeys(edits))) if edits else UNCLEAR


def _path_of(parsed: Parsed, call: Call) -> Node | None:
    name = member(parsed, call.function)[1]
    if _FIRST.fullmatch(name) and call.arguments:
        return call.arguments[0]
    return call.arguments[1] if _SECOND.fullmatch(name) and len(call.arguments) >= 2 else None


def _of_call(parsed: Parsed, call: Call, argument: Node) -> list[Edit] | Unmended:
    inside = _inside(parsed, argument)
    statement = statement_of(call.node)
    path = namespace(parsed, "path")
    if inside is None or statement is None or not pure(parsed, argument):
        return Unmended("which folder the path is to stay in is not clear")
    if path is None:
        return Unmended("a name that the remedy needs means something else in the file")
    name = fresh(parsed, "file", _earlier(parsed, statement))
    resolved = parsed.text(argument)
    if not re.match(rf"{re.escape(path.text)}\.resolve\(", resolved):
        resolved = f"{path.text}.resolve({resolved})"
    folder = f"{path.text}.resolve({inside.folder})"
    condition = f"!{name}.startsWith({folder} + {path.text}.sep)"
    if _FOLDERS.fullmatch(member(parsed, call.function)[1]):
        condition = f"{name} !== {folder} && {condition}"
    lines = [f"const {name} = {resolved}{semicolon(parsed)}", *guard(parsed, statement, condition, _WHY)]
    return [*path.edits, before(parsed, statement, lines), (argument.start_byte, argument.end_byte, name)]


def _inside(parsed: Parsed, argument: Node) -> Inside | None:
    """Read `path.join(folder, …)`, `"/folder/" + …` and the like: the folder is not from outside, the rest may be."""
    if argument.type == "identifier":
        built = value_of(parsed, argument)
        inside = _inside(parsed, built) if built is not None and built.type != "identifier" else None
        return Inside(argument, inside.folder) if inside is not None else None
    call = called(parsed, argument) if argument.type == "call_expression" else None
    return _of_join(parsed, call) if call is not None else _of_text(parsed, argument)


def _of_join(parsed: Parsed, call: Call) -> Inside | None:
    joins = member(parsed, call.function) in {("path", "join"), ("path", "resolve")}
    if not joins or len(call.arguments) < 2 or from_outside(parsed, call.arguments[0]):
        return None
    folders = [call.arguments[0]]
    for one in call.arguments[1:-1]:
        if one.type != "string" or ".." in parsed.text(one):
            break
        folders.append(one)
    texts = ", ".join(parsed.text(one) for one in folders)
    return None if texts[1:-1] in {"/", "", "."} else Inside(call.node, texts)


def _of_text(parsed: Parsed, argument: Node) -> Inside | None:
    parts = pieces(parsed, argument)
    if parts is None or len(parts) < 2:
        return None
    first, second = parts[:2]
    if isinstance(first, str):
        folder = first.rpartition("/")[0]
        return Inside(argument, literal(parsed, folder)) if folder and ".." not in folder else None
    if isinstance(second, str) and second.startswith("/") and not from_outside(parsed, first):
        return Inside(argument, parsed.text(first))
    return None


def _earlier(parsed: Parsed, statement: Node) -> int:
    """Count the like statements above this one in its block."""
    found = 0
    for sibling in statement.parent.named_children if statement.parent is not None else ():
        if sibling.start_byte < statement.start_byte:
            inner = (called(parsed, node) for node in walk(sibling) if node.type == "call_expression")
            found += any(
                _built(parsed, one) and statement_of(one.node) == sibling for one in inner if one is not None
            )
    return found


def _built(parsed: Parsed, call: Call) -> bool:
    argument = _path_of(parsed, call)
    return argument is not None and _inside(parsed, argument) is not None


FIXES = {"script-path-inside": fix(_checked)}
"""Structural fixes by name."""
