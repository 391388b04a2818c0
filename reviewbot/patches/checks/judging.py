"""Which checks a file gets: by its language. What a language needs is imported only where it comes by."""

from typing import Any

from reviewbot.patches.checks.answering import Found
from reviewbot.patches.checks.comparing import Comparison

MOST = 500_000
"""Characters of a file; larger ones are not taken apart."""


def judged(asked: Comparison) -> dict[str, Any]:
    """Compare both versions with what there is for their language."""
    if len(asked.before.text) > MOST or len(asked.after.text) > MOST:
        return Found(parses="large").answer()
    if asked.language.name == "python":
        from reviewbot.patches.checks import python  # noqa: PLC0415 (a worker takes in what its files need)

        return python.judged(asked).answer()
    if asked.language.module:
        from reviewbot.patches.checks import trees  # noqa: PLC0415 (as above)

        return trees.judged(asked).answer()
    from reviewbot.patches.checks import plain  # noqa: PLC0415 (as above)

    return plain.judged(asked).answer()
