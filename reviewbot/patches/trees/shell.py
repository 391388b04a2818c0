"""Programs started from JavaScript without a shell: the pieces of the command become its arguments."""

import re

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.imports import bound, member
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix
from reviewbot.patches.trees.style import (
    Call,
    Piece,
    calls,
    content,
    key_of,
    literal,
    pair,
    pieces,
    without_pair,
)

_INSTEAD = {"exec": "execFile", "execSync": "execFileSync"}
_DIRECT = {"spawn", "spawnSync", "execFile", "execFileSync", "execa", "execaSync"}
_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./ \t-]*")
_WORD = re.compile(r"[A-Za-z0-9_@%+=:,./-]+")
_HOLE = "\0"
_SYNTAX = Unmended("the command uses more of the shell than words")


def _without_shell(parsed: Parsed) -> Rewritten | Unmended:
    """Start the program with a list of arguments instead of a line for the shell."""
    edits: list[Edit] = []
    for call in calls(parsed):
        name = call.name.rpartition(".")[2]
        if name in _INSTEAD and _of_child_process(parsed, call):
            found = _as_file(parsed, call, name)
        elif name in _DIRECT and _shell_option(parsed, call) is not None:
            found = _without_option(parsed, call)
        elif name in _DIRECT and len(call.arguments) >= 2:
            found = _unwrapped(parsed, call)
        else:
            continue
        if isinstance(found, Unmended):
            return found
        edits += found
    return Rewritten(list(dict.fromkeys(edits))) if edits else UNCLEAR


def _of_child_process(parsed: Parsed, call: Call) -> bool:
    owner = call.name.rpartition(".")[0]
    known = {one.name: one.member for one in bound(parsed) if one.module == "child_process"}
    return known.get(owner) in {"*", "default"} if owner else known.get(call.name) in _INSTEAD


def _as_file(parsed: Parsed, call: Call, name: str) -> list[Edit] | Unmended:
    """Turn `exec("ping " + host, …)` into `execFile("ping", [host], …)`."""
    command = call.arguments[0]
    parts = pieces(parsed, command)
    words = _words(parsed, parts) if parts is not None else None
    if words is None or any(pair(parsed, one, "shell") is not None for one in call.arguments):
        return _SYNTAX
    remedy = member(parsed, "child_process", _INSTEAD[name])
    if remedy is None:
        return Unmended("a name that the remedy needs means something else in the file")
    given = f"{words[0]}, [{', '.join(words[1:])}]"
    function = (call.function.start_byte, call.function.end_byte, remedy.text)
    return [function, (command.start_byte, command.end_byte, given), *_renamed(parsed, name, remedy.edits)]


def _renamed(parsed: Parsed, name: str, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Take the import of what nobody uses any more: the new name goes in its place."""
    listed = [
        one
        for one in bound(parsed)
        if one.module == "child_process" and one.member == name and one.list is not None
    ]
    uses = [node for node in parsed.everywhere("identifier") if parsed.text(node) == name]
    if not edits or len(listed) != 1 or listed[0].name != name or listed[0].list is None:
        return edits
    entry = next((one for one in listed[0].list.named_children if parsed.text(one) == name), None)
    outside = [
        node for node in uses if entry is None or not entry.start_byte <= node.start_byte < entry.end_byte
    ]
    if entry is None or len(outside) != 1:
        return edits
    return ((entry.start_byte, entry.end_byte, _INSTEAD[name]),)


def _words(parsed: Parsed, parts: list[Piece]) -> list[str] | None:
    """Part a command into words, as they are to be written; None unless it is plain words, the first one fixed."""
    values = [part for part in parts if not isinstance(part, str)]
    text = "".join(part if isinstance(part, str) else _HOLE for part in parts)
    # A value between quotation marks of its own is one word all the same.
    text = re.sub(f"(?<!\\S)([\"']){_HOLE}\\1(?!\\S)", _HOLE, text)
    if not values or not _PLAIN.fullmatch(text.replace(_HOLE, "")) or "\n" in text:
        return None
    words: list[str] = []
    left = list(values)
    for word in text.split():
        inside = [left.pop(0) for _ in range(word.count(_HOLE))]
        words.append(_word(parsed, word, inside))
    first = text.split()[0]
    return words if _WORD.fullmatch(first) and "=" not in first else None


def _word(parsed: Parsed, word: str, inside: list[Node]) -> str:
    if not inside:
        return literal(parsed, word)
    if word == _HOLE:
        text = parsed.text(inside[0])
        known = inside[0].type in {"string", "template_string"} or text.startswith("String(")
        return text if known else f"String({text})"
    for node in inside:
        word = word.replace(_HOLE, f"${{{parsed.text(node)}}}", 1)
    return f"`{word}`"


def _shell_option(parsed: Parsed, call: Call) -> Node | None:
    for one in call.arguments:
        option = pair(parsed, one, "shell")
        if option is not None and parsed.text(option.child_by_field_name("value")) == "true":
            return option
    return None


def _without_option(parsed: Parsed, call: Call) -> list[Edit] | Unmended:
    """Take `shell: true` out, where program and arguments are apart already."""
    option = _shell_option(parsed, call)
    program = content(parsed, call.arguments[0])
    if option is None or option.parent is None or program is None or not _WORD.fullmatch(program):
        return _SYNTAX
    arguments = call.arguments[1] if len(call.arguments) >= 2 else None
    if (
        arguments is None
        or arguments.type != "array"
        or not all(_bare(parsed, one) for one in arguments.named_children)
    ):
        return _SYNTAX
    if [key_of(parsed, one) for one in option.parent.named_children] == [
        "shell"
    ] and option.parent == call.arguments[-1]:
        return [(arguments.end_byte, option.parent.end_byte, "")]
    return [without_pair(parsed, option)]


def _bare(parsed: Parsed, one: Node) -> bool:
    text = content(parsed, one)
    return one.type != "comment" and (text is None or _WORD.fullmatch(text) is not None)


def _unwrapped(parsed: Parsed, call: Call) -> list[Edit] | Unmended:
    """Turn `spawn("sh", ["-c", "ping " + host])` into `spawn("ping", [host])`."""
    program, arguments = content(parsed, call.arguments[0]), call.arguments[1]
    if program is None or not re.fullmatch(r"(/bin/)?(ba|da|z)?sh", program) or arguments.type != "array":
        return []
    if arguments.named_child_count != 2 or content(parsed, arguments.named_children[0]) != "-c":
        return _SYNTAX
    parts = pieces(parsed, arguments.named_children[1])
    words = _words(parsed, parts) if parts is not None else None
    if words is None:
        return _SYNTAX
    return [(call.arguments[0].start_byte, arguments.end_byte, f"{words[0]}, [{', '.join(words[1:])}]")]


FIXES = {"script-without-shell": fix(_without_shell)}
"""Structural fixes by name."""
