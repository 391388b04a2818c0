"""How a model's patch of a Python file is judged: everything that it brings must be known, everything it takes too.

Only statements that the finding stands on may change. What is new in them must be on the lists of `remedies_python`
or have been there before; what is gone must be on the lists of what a remedy replaces. The names that were used
are still used, in the same order, once new variables are seen through.
"""

import ast
from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from reviewbot.patches.checks import remedies_python as known
from reviewbot.patches.checks.comparing import Comparison
from reviewbot.patches.checks.python_atoms import Atoms, atoms
from reviewbot.patches.checks.python_details import wrong
from reviewbot.patches.checks.python_guards import is_guard
from reviewbot.patches.checks.python_imports import defined
from reviewbot.patches.checks.python_patterns import texts_alike
from reviewbot.patches.checks.python_places import Touched
from reviewbot.patches.checks.python_refusing import weak
from reviewbot.patches.checks.python_shapes import alike
from reviewbot.patches.checks.python_tree import FUNCTIONS, Names, comments
from reviewbot.patches.checks.python_values import Part, brought, gone
from reviewbot.patches.checks.python_work import lost_calls, simple

_MAY_COME = frozenset({"Assign", "AnnAssign"})
_SAME = "Starred", "Slice"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The codes of the two steps; "" where all is well."""

    forbidden: str = ""
    work: str = ""


def judged(asked: Comparison, before: ast.Module, after: ast.Module, touched: Touched) -> Judgement:
    """Hold what a model's patch makes of the touched statements against what was there."""
    said, says = comments(asked.before.text), comments(asked.after.text)
    if says - said:
        return Judgement(forbidden="comment")
    if said - says or asked.moves_blanks():
        return Judgement(work="comment" if said - says else "blank")
    change = _Change.of(before, after, touched, asked)
    work = _kinds(asked, change) or _useless(change)
    if work:
        return Judgement(work=work)
    if (change.fresh - _cleaned(change.new)) & (change.used | set(change.new.names.known)):
        return Judgement(forbidden="write")
    forbidden = (
        _forbidden(asked, change)
        or brought(change.old, change.new, change.tests)
        or wrong(change.old, change.new, change.fresh)
    )
    return Judgement(forbidden, "" if forbidden else _work(asked, change))


def _work(asked: Comparison, change: "_Change") -> str:
    if weak(change.guards, change.new, change.flawed, change.fresh):
        return "guard"
    lost = _lost(asked, change) or gone(change.old, change.new) or alike(change.old, change.new, change.fresh)
    return lost or ("" if texts_alike(change.old, change.new) else "moved")


@dataclass(frozen=True, slots=True)
class _Change:
    """What became of the touched statements. `tests` are the conditions of new guards, and no part of `new`.

    `fresh` are the variables that are new, `used` all names that the file had, `flawed` those on the finding's lines.
    """

    old: Part
    new: Part
    tests: Atoms
    guards: tuple[ast.AST, ...]
    fresh: set[str]
    used: set[str]
    flawed: set[str]

    @classmethod
    def of(cls, before: ast.Module, after: ast.Module, touched: Touched, asked: Comparison) -> "_Change":
        names, new_names = Names.of(before), Names.of(after)
        guards = [one for one in touched.after if is_guard(one.node, asked.after, new_names)]
        inside = {id(node) for one in guards for node in ast.walk(one.node)}
        old = Part.of(simple(touched.before), names)
        new = Part.of((one for one in simple(touched.after) if id(one.node) not in inside), new_names)
        nodes = tuple(one.node for one in guards)
        read = [node for node in ast.walk(before) if isinstance(node, ast.Name)]
        flawed = {one.id for one in read if asked.found(one.lineno, one.end_lineno or one.lineno)}
        return cls(
            old, new, atoms(nodes, new_names), nodes, new.atoms.stores - old.atoms.stores,
            defined(before) | {one.id for one in read}, flawed,
        )  # fmt: skip


def _kinds(asked: Comparison, change: _Change) -> str:
    old, new = change.old.entries, change.new.entries
    if any(not asked.found(one.first, one.last) for one in old):
        return "elsewhere"
    if any(isinstance(one.node, (*FUNCTIONS, ast.ClassDef)) for one in (*old, *new)):
        return "definition"
    had, has = Counter(one.kind for one in old), Counter(one.kind for one in new)
    more = set(has - had)
    if more - _MAY_COME:
        return "guard" if "If" in more else "statement"
    less = had - has
    # `os.system(…)` may become `result = subprocess.run(…)`; nothing else turns into something else.
    if less["Expr"] <= has["Assign"] - had["Assign"]:
        del less["Expr"]
    return "flow" if less else ""


def _useless(change: _Change) -> str:
    """Refuse a statement that does nothing but set variables that nobody reads."""
    used = {*change.new.atoms.sequence, *change.tests.sequence}
    stores = [atoms([one.node], change.new.names).stores for one in change.new.entries]
    given = change.fresh - _cleaned(change.new)
    return "statement" if any(one and one <= given and not one & used for one in stores) else ""


def _cleaned(new: Part) -> set[str]:
    """Name the variables that are given nothing but a cleaned version of themselves."""
    found = set()
    for one in new.entries:
        match one.node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(args=[ast.Name(id=given), *_]) as call
            ):
                if given == name and new.names.dotted(call.func) in known.SANITIZERS and len(call.args) == 1:
                    found.add(name)
    return found


def _forbidden(asked: Comparison, change: _Change) -> str:
    had, has, tests = change.old.atoms, change.new.atoms, change.tests
    allowed = known.CALLS | set(asked.approved)
    if not all(_may_be_called(call, allowed) for call in has.calls - had.calls):
        return "call"
    if not all(_may_be_called(call, allowed | known.ASKED) for call in tests.calls):
        return "call"
    extra = Counter(_sequence(change)) - Counter(had.sequence)
    if any(not _may_be_read(word, allowed) for word in extra):
        return "name"
    asks = set(tests.sequence) - change.used - change.fresh
    if any(not _may_be_read(word, allowed | known.ASKED) for word in asks):
        return "name"
    odd = {name for name in ("NamedExpr", "Lambda", "Await", "Yield", "YieldFrom") if tests.operators[name]}
    same = {name: count for name, count in has.operators.items() if name not in _SAME and count}
    before = {name: count for name, count in had.operators.items() if name not in _SAME and count}
    if odd or same != before or has.turns % 2 != had.turns % 2 or has.compared != had.compared:
        return "operator"
    return ""


def _may_be_called(call: str, allowed: AbstractSet[str]) -> bool:
    return call in allowed or call.startswith("defusedxml.")


def _may_be_read(word: str, allowed: AbstractSet[str]) -> bool:
    """Say whether a remedy may read a name that the mended lines did not: a constant, or what it calls."""
    return word.isupper() or word in allowed or word in known.ATTRIBUTES


def _sequence(change: _Change) -> list[str]:
    """Give the names in order, with what a new variable was given in its place."""
    meant: dict[str, list[str]] = {}
    found: list[str] = []
    for one in change.new.entries:
        parts = atoms([one.node], change.new.names)
        seen = [word for name in parts.sequence for word in meant.get(name, [name])]
        if parts.stores and parts.stores <= change.fresh:
            meant |= dict.fromkeys(parts.stores, seen)
        else:
            found += seen
    return found


def _lost(asked: Comparison, change: _Change) -> str:
    had, has = change.old.atoms, change.new.atoms
    if lost_calls(had.calls, has.calls, asked):
        return "call"
    if not had.stores <= has.stores:
        return "name"
    gone_calls = {call.rpartition(".")[2] for call in had.calls - has.calls}
    order = [
        word
        for word in had.sequence
        if word.removeprefix(".") not in gone_calls and word.removeprefix(".") not in known.DROPPED
    ]
    rest = iter(_sequence(change))
    return "" if all(word in rest for word in order) else "name"
