"""Whether a patched file of another language than Python still does its work, by its tokens on edited lines."""

import itertools
import re
from collections.abc import Sequence

from reviewbot.patches.checks import remedies_tokens as known
from reviewbot.patches.checks.comparing import Comparison
from reviewbot.patches.checks.leaves import WORD, Token
from reviewbot.patches.checks.tree_places import Lines

_DEFINES = re.compile(r"function|method|class|arrow|lambda|closure|impl")


def kept(asked: Comparison, had: Lines, has: Lines) -> str:
    """Give the code of what is lost by any patch; "" if nothing is."""
    if had.kinds - has.kinds:
        return "flow"
    if any(_DEFINES.search(kind) for kind in has.kinds - had.kinds):
        return "definition"
    new = set(called(has.tokens))
    allowed = known.DROPPED if asked.model else known.DROPPED_BY_RULES
    lost = [
        call
        for call in called(had.tokens)
        if call not in new and call not in allowed and not known.SUCCESSORS.get(call, frozenset()) & new
    ]
    return "call" if lost else ""


def called(tokens: Sequence[Token]) -> list[str]:
    """Name what is called: words with a bracket after them."""
    return [
        one.text
        for one, after in itertools.pairwise(tokens)
        if one.kind == WORD and after.text == "(" and one.text not in known.CONTROL
    ]
