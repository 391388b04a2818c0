"""Do patched programs still work, and does the attack fail now? Every case is a program with two scripts about it.

`works.py` must pass before and after; `attack.py` shows the flaw: it must fail before and pass after. Both run in an environment
that has flask, pyyaml, requests, defusedxml, pyjwt and jinja2.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from patches.corpus import HERE, SECRET

_SECONDS = 60


@dataclass(frozen=True)
class Behaviour:
    """How one case came out. `patched` is false where there was no proven patch."""

    name: str
    patched: bool
    works_before: bool
    attack_before: bool
    works_after: bool = False
    attack_after: bool = False

    @property
    def good(self) -> bool:
        """Whether the patch did what it should."""
        return self.works_before and self.attack_before and self.works_after and not self.attack_after


def tried(name: str, patched: str | None, python: str) -> Behaviour:
    """Run both scripts of a case, before and after."""
    folder = HERE / "cases" / name
    before = (folder / "flawed.py").read_text("utf-8").replace("@@SECRET@@", SECRET)
    works, attack = _passes(folder, "works", before, python), _passes(folder, "attack", before, python)
    if patched is None:
        return Behaviour(name, False, works, not attack)
    return Behaviour(
        name, True, works, not attack,
        _passes(folder, "works", patched, python), not _passes(folder, "attack", patched, python),
    )  # fmt: skip


def _passes(folder: Path, script: str, program: str, python: str) -> bool:
    with tempfile.TemporaryDirectory(prefix="behaviour-") as work:
        Path(work, "flawed.py").write_text(program, "utf-8")
        text = (folder / f"{script}.py").read_text("utf-8").replace("@@SECRET@@", SECRET)
        Path(work, f"{script}.py").write_text(text, "utf-8")
        done = subprocess.run(
            [python, f"{script}.py"], cwd=work, check=False, capture_output=True, timeout=_SECONDS
        )
        return done.returncode == 0
