"""Which nodes a finding is about: its lines are all that is known of it."""

from collections.abc import Sequence
from typing import TypeVar

import libcst as cst

from reviewbot.patches.python.module import Parsed

N = TypeVar("N", bound=cst.CSTNode)


def meant(parsed: Parsed, nodes: Sequence[N]) -> list[N]:
    """Choose among nodes of the kind that a rule looks for, those that fit the finding's lines best.

    That are the ones on exactly these lines, else those that begin on them, else those that touch them:
    a call in the arguments of another has findings of its own.
    """
    asked = parsed.asked
    touching = [node for node in nodes if parsed.found(node)]
    begun = [node for node in touching if asked.first <= parsed.where(node).start.line <= asked.last]
    same = [node for node in begun if _lines(parsed, node) == (asked.first, asked.last)]
    return same or begun or touching


def _lines(parsed: Parsed, node: cst.CSTNode) -> tuple[int, int]:
    place = parsed.where(node)
    return place.start.line, place.end.line
