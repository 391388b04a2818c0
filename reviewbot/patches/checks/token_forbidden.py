"""What a patch may not bring into a file of another language than Python: looked for around the edits, and counted."""

import re

from reviewbot.patches.checks.comparing import Comparison, Side
from reviewbot.patches.checks.token_patterns import ANY, PATTERNS

_NEAR = 3  # lines around an edit


def forbidden(asked: Comparison) -> str:
    """Give the code of what there is more of around the edits than there was; "" if there is nothing."""
    before, after = _near(asked.before), _near(asked.after)
    for families, code, pattern in PATTERNS:
        if families != ANY and asked.language.family not in families.split():
            continue
        if _counted(pattern, after) > _counted(pattern, before):
            return code
    return ""


def _near(side: Side) -> str:
    lines = side.lines
    wanted: set[int] = set()
    for start, end in side.spans:
        wanted.update(range(start - _NEAR, end + _NEAR + 1))
    return "\n".join(lines[number - 1] for number in sorted(wanted) if 1 <= number <= len(lines))


def _counted(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))
