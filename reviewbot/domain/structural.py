"""The structural fixes that a rule may name under `fix: structural:`, with what each does in a sentence.

The code is in `reviewbot.patches`, in the module named here; it runs in the sandbox alone.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StructuralFix:
    """A fix by name. `languages` are semgrep's names, `module` is relative to `reviewbot.patches`."""

    name: str
    languages: tuple[str, ...]
    module: str
    sentence: str


_PYTHON = ("python",)
_SCRIPTS = ("javascript", "typescript")

STRUCTURAL: dict[str, StructuralFix] = {
    fix.name: fix
    for fix in (
        # python.injection and its neighbours: what is built from text
        StructuralFix(
            "sql-parameters", _PYTHON, "python.sql", "Passes the values as parameters of the statement."
        ),
        # python.settings and its neighbours: what is set wrongly
        # trees: other languages
    )
}
"""By name."""
