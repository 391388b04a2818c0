"""Whether a patched Python file still does its work: for a rule's own fix, and more strictly for a model's."""

import ast
from collections import Counter

from reviewbot.patches.checks import remedies_python as known
from reviewbot.patches.checks.comparing import Comparison
from reviewbot.patches.checks.python_atoms import atoms
from reviewbot.patches.checks.python_places import Entry, Touched
from reviewbot.patches.checks.python_tree import FUNCTIONS, Names

_FLOW = (
    "Return", "For", "AsyncFor", "While", "Try", "TryStar", "With", "AsyncWith", "If", "Match", "match_case",
    "ExceptHandler", "Break", "Continue", "Delete",
)  # fmt: skip
_REFUSALS = ("Raise", "Assert")


def kept(asked: Comparison, before: ast.Module, after: ast.Module, touched: Touched) -> str:
    """Give the code of what is lost by any patch; "" if nothing is."""
    if not touched.others_kept:
        return "structure"
    if _definitions(before) != _definitions(after):
        return "definition"
    if _flow_lost(touched):
        return "flow"
    return "call" if _calls_lost(asked, before, after, touched) else ""


def _definitions(tree: ast.Module) -> Counter[str]:
    """Count functions and classes by kind, name and arguments."""
    return Counter(
        f"{type(node).__name__} {getattr(node, 'name', '')} {_arguments(node)}"
        for node in ast.walk(tree)
        if isinstance(node, (*FUNCTIONS, ast.ClassDef))
    )


def _arguments(node: ast.AST) -> str:
    args = getattr(node, "args", None)
    return " ".join(one.arg for one in ast.walk(args) if isinstance(one, ast.arg)) if args is not None else ""


def _flow_lost(touched: Touched) -> bool:
    had = Counter(one.kind for one in touched.before)
    has = Counter(one.kind for one in touched.after)
    refusals = sum(has[one] - had[one] for one in _REFUSALS)
    return refusals < 0 or any(has[kind] < had[kind] for kind in _FLOW)


def _calls_lost(asked: Comparison, before: ast.Module, after: ast.Module, touched: Touched) -> bool:
    """Say whether a call is gone that nothing known takes the place of."""
    old = atoms([one.node for one in touched.before], Names.of(before)).calls
    new = atoms([one.node for one in touched.after], Names.of(after)).calls
    return bool(lost_calls(old, new, asked))


def lost_calls(old: Counter[str], new: Counter[str], asked: Comparison) -> list[str]:
    """Name the calls that are gone; each new call takes the place of one old one only."""
    dropped = known.DROPPED if asked.model else known.DROPPED_BY_RULES
    fresh = list((new - old).elements())
    lost = []
    for call in (old - new).elements():
        heir = next((one for one in fresh if _inherits(call, one, asked)), None)
        if heir is not None:
            fresh.remove(heir)
        elif (
            not {call, call.rpartition(".")[2]} & dropped and not (old - new)[known.COMPANIONS.get(call, "")]
        ):
            lost.append(call)
    return lost


def _inherits(old: str, new: str, asked: Comparison) -> bool:
    if known.successor(old, new) or new in asked.approved:
        return True
    same_name = old.rpartition(".")[2] == new.rpartition(".")[2]
    safe_likeness = new.startswith(("defusedxml.", "secrets."))
    return same_name and (safe_likeness or not asked.model)


def simple(entries: tuple[Entry, ...]) -> list[Entry]:
    """Leave out imports, which are judged by themselves."""
    return [one for one in entries if not isinstance(one.node, ast.Import | ast.ImportFrom)]
