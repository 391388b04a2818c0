"""What the scanners can give by name: a rule that takes over another name would never fire."""

import re

from reviewbot.domain import secret_kinds
from reviewbot.scanners import dependencies, hidden, secrets, suppressions

BANDIT_ID = re.compile(r"B[0-9]{3}")
"""How bandit names its tests."""

OWN: dict[str, tuple[str, ...]] = {
    secrets.NAME: secret_kinds.KINDS,
    suppressions.NAME: suppressions.RULES,
    hidden.NAME: hidden.RULES,
    dependencies.NAME: dependencies.KINDS,
}
"""The kinds of our own scanners, by the key under `detect:`."""


def unknown(tool: str, names: tuple[str, ...]) -> tuple[str, ...]:
    """Give the names that the scanner can never report; none for scanners whose names we do not know."""
    if tool == "bandit":
        return tuple(name for name in names if not BANDIT_ID.fullmatch(name))
    return tuple(name for name in names if tool in OWN and name not in OWN[tool])
