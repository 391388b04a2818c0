"""Names and addresses that others chose, let through only where they are harmless: redirects, and keys of objects."""

import re
from collections.abc import Iterable

from tree_sitter import Node

from reviewbot.patches.fixing import Unmended
from reviewbot.patches.trees.origin import from_outside
from reviewbot.patches.trees.source import UNCLEAR, Edit, Parsed, Rewritten, fix, walk
from reviewbot.patches.trees.statements import before, fresh, guard, pure, statement_of
from reviewbot.patches.trees.style import literal, member, semicolon, unwrapped

_OWN_PATH = r"/^\/(?!\/)[^\s\\]*$/"
_PAGES = re.compile(r"(?:window\.|document\.)?location(?:\.href)?")
# Next.js takes whole addresses only, so a path would not do there.
_REDIRECTS = re.compile(r"(res|response|reply|ctx|context|c)(\.status\([\w.]+\))?")
_NAVIGATES = {("location", "assign"), ("location", "replace"), ("window.location", "assign"), ("window.location", "replace"),
              ("window", "open")}  # fmt: skip


def _to_own_path(parsed: Parsed) -> Rewritten | Unmended:
    """Follow a target only if it is a path of this site, and go to `/` otherwise."""
    targets = _targets(parsed, found=True)
    if len(targets) != 1:
        return UNCLEAR
    target = targets[0]
    statement = statement_of(target)
    if statement is None or not pure(parsed, target):
        return UNCLEAR
    edits: list[Edit] = []
    name = parsed.text(target)
    if target.type != "identifier":
        others = (statement_of(one) for one in _targets(parsed) if one.type != "identifier")
        name = fresh(parsed, "target", _earlier(statement, others))
        edits.append(before(parsed, statement, [f"const {name} = {parsed.text(target)}{semicolon(parsed)}"]))
    choice = f"{_OWN_PATH}.test({name}) ? {name} : {literal(parsed, '/')}"
    return Rewritten([*edits, (target.start_byte, target.end_byte, choice)])


def _targets(parsed: Parsed, *, found: bool = False) -> list[Node]:
    """Give where the program sends somebody: arguments of redirects, and what is assigned to a page's location."""
    types = ("call_expression", "assignment_expression", "pair")
    result: list[Node] = []
    for node in parsed.nodes(*types) if found else parsed.everywhere(*types):
        one = _target(parsed, node)
        if one is not None and one.type not in {"string", "object"} and (not found or parsed.found(one)):
            result.append(unwrapped(one))
    return result


def _target(parsed: Parsed, node: Node) -> Node | None:
    if node.type == "assignment_expression":
        left = parsed.text(node.child_by_field_name("left"))
        return node.child_by_field_name("right") if _PAGES.fullmatch(left) else None
    if node.type == "pair":
        return (
            node.child_by_field_name("value")
            if parsed.text(node.child_by_field_name("key")) == "Location"
            else None
        )
    function, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
    if function is None or arguments is None or not arguments.named_children:
        return None
    owner, name = member(parsed, function)
    given = arguments.named_children
    if name == "redirect" and _REDIRECTS.fullmatch(owner):
        named = [one for one in given if one.type != "number"]
        return named[0] if len(named) == 1 else None
    if name == "location" and owner in {"res", "response"}:
        return given[0]
    return given[0] if (owner, name) in _NAVIGATES else None


def _own_key(parsed: Parsed) -> Rewritten | Unmended:
    """Go into an object only by keys that it has itself: `__proto__` is none of them."""
    found = [(one, *_path(parsed, one)) for one in parsed.nodes("assignment_expression")]
    found = [one for one in found if one[1] is not None]
    if len(found) != 1:
        return UNCLEAR
    assignment, thing, key = found[0]
    statement = statement_of(assignment)
    if statement is None or thing is None or key is None or not pure(parsed, key) or not pure(parsed, thing):
        return UNCLEAR
    edits: list[Edit] = []
    name, lines = parsed.text(key), list[str]()
    if key.type != "identifier":
        like = (one for one in parsed.everywhere("assignment_expression") if _needs_name(parsed, one))
        name = fresh(parsed, "key", _earlier(statement, (statement_of(one) for one in like)))
        lines.append(f"const {name} = {parsed.text(key)}{semicolon(parsed)}")
        edits.append((key.start_byte, key.end_byte, name))
    lines += guard(parsed, statement, f"!Object.hasOwn({parsed.text(thing)}, {name})", "there is no such key")
    return Rewritten([*edits, before(parsed, statement, lines)])


def _earlier(statement: Node, others: Iterable[Node | None]) -> int:
    """Count the like statements above one in its block."""
    near = {
        one.id
        for one in others
        if one is not None and one.parent == statement.parent and one.start_byte < statement.start_byte
    }
    return len(near)


def _needs_name(parsed: Parsed, one: Node) -> bool:
    key = _path(parsed, one)[1]
    return key is not None and key.type != "identifier"


def _path(parsed: Parsed, assignment: Node) -> tuple[Node | None, Node | None]:
    """Read `thing[key][…] = …` or `thing[key].name = …`, where the key is from outside."""
    left = assignment.child_by_field_name("left")
    inner = left.child_by_field_name("object") if left is not None else None
    if inner is None or inner.type != "subscript_expression":
        return None, None
    thing, key = inner.child_by_field_name("object"), inner.child_by_field_name("index")
    if thing is None or key is None or not from_outside(parsed, key):
        return None, None
    # Deeper ones have more keys than the check is for.
    return (None, None) if any(one.type == "subscript_expression" for one in walk(thing)) else (thing, key)


FIXES = {"script-own-path": fix(_to_own_path), "script-own-key": fix(_own_key)}
"""Structural fixes by name."""
