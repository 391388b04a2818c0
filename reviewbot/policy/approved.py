"""Approved-library lists as detectors: what a list takes the place of becomes a semgrep search.

Pure. `module.*` is found where the module or a part of it is imported, a dotted name where it is called,
under whatever name the file imports it.
"""

import re
from typing import Any

from reviewbot.domain.rule import ApprovedLibrary

_SCRIPT = frozenset({"javascript", "typescript", "js", "ts"})
LANGUAGES = frozenset({"python", *_SCRIPT})
"""Languages that a list can be searched in."""


def detector(library: ApprovedLibrary) -> dict[str, Any]:
    """Give the body of a semgrep rule, for a list of languages that are all in `LANGUAGES`."""
    wanted = [entry for name in library.instead_of for entry in _patterns(name, library.languages)]
    return {"pattern-either": wanted}


def _patterns(name: str, languages: tuple[str, ...]) -> list[dict[str, Any]]:
    module = name.removesuffix(".*")
    if module == name:
        return [{"pattern": f"{name}(...)"}]
    if _SCRIPT.isdisjoint(languages):
        return [{"pattern": f"import {module}"}]
    # A package's parts are imported as `package/part`.
    regex = {"metavariable-regex": {"metavariable": "$MODULE", "regex": f"^{re.escape(module)}(/.*)?$"}}
    forms = ("import '$MODULE'", "require('$MODULE')", "import('$MODULE')")
    return [{"patterns": [{"pattern": form}, regex]} for form in forms]
