"""Checks of files that tree-sitter reads."""

from collections import Counter
from typing import TYPE_CHECKING

from reviewbot.patches.checks import (
    texts,
    token_forbidden,
    token_model,
    token_work,
    tree_guards,
    tree_imports,
    tree_places,
)
from reviewbot.patches.checks.answering import Found
from reviewbot.patches.checks.comparing import Comparison, Side
from reviewbot.patches.checks.leaves import leaves, nodes, tree

if TYPE_CHECKING:
    from tree_sitter import Node


def judged(asked: Comparison) -> Found:
    """Compare both versions."""
    before, after = (tree(asked.language, side.text).root_node for side in (asked.before, asked.after))
    if _new_errors(before, after, asked.after):
        return Found(parses="syntax")
    tokens = leaves(before, asked.before), leaves(after, asked.after)
    forbidden = texts.forbidden(asked) or token_forbidden.forbidden(asked)
    had = tree_places.touched(tokens[0], before, asked.before)
    has = tree_places.touched(tokens[1], after, asked.after)
    work = "" if tree_places.others_kept(*tokens, asked) else "structure"
    work = work or token_work.kept(asked, had, has)
    if asked.model:
        guards = tree_guards.guards(after, asked.after) if asked.language.family == "script" else []
        kept = tree_places.touched(tokens[1], after, asked.after, guards)
        change = token_model.Change(had, kept, tree_guards.tests(tokens[1], guards), tokens[0])
        model = token_model.judged(asked, change, list(tree_places.statements(before, asked.before)))
        forbidden, work = forbidden or model.forbidden, work or model.work
    return Found(
        in_place=tree_imports.beside(asked, before, after),
        imports=tuple(tree_imports.fresh(asked, before, after)),
        nothing_forbidden=forbidden,
        work_kept=work,
    )


def _new_errors(before: "Node", after: "Node", side: Side) -> bool:
    """Say whether there are more errors than before, or any on an edited line."""
    lines = tree_places.edited_lines(side)
    errors = list(_errors(after))
    more = Counter(node.is_missing for node in errors) - Counter(node.is_missing for node in _errors(before))
    return bool(more) or any(
        row in lines for node in errors for row in range(node.start_point.row + 1, node.end_point.row + 2)
    )


def _errors(root: "Node") -> "list[Node]":
    return [node for node in nodes(root) if node.is_error or node.is_missing] if root.has_error else []
