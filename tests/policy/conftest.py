"""Shared by the policy's tests: reading a policy from text, and a small valid pack to spoil."""

from collections.abc import Callable
from pathlib import Path

import pytest

from reviewbot.domain.policy import Policy
from reviewbot.policy.config import Overrides, PolicyFile, load

PACK = "id: {id}\nversion: 1.0.0\nowner: appsec\ndescription: For tests\n"
RULE = """\
id: {id}
title: Text is evaluated
why: What a sender writes is run.
severity: error
confidence: high
languages: [python]
owner: appsec
since: 1.0.0
detect:
  semgrep:
    pattern: eval(...)
bad: |
  eval(x)
good: |
  int(x)
"""

Settle = Callable[..., Policy]


@pytest.fixture
def settle() -> Settle:
    """Settle a policy from texts: `settle("version: 1", repository="version: 1", fail_on="note")`."""

    def settled(operator: str | None = None, repository: str | None = None, **flags: object) -> Policy:
        return load(
            operator=PolicyFile("operator.yml", operator.encode()) if operator is not None else None,
            repository=PolicyFile(".reviewbot.yml", repository.encode()) if repository is not None else None,
            overrides=Overrides(**flags),
        )

    return settled


@pytest.fixture
def make_pack(tmp_path: Path) -> Callable[..., Path]:
    """Write a pack: `make_pack("mine", {"a-rule.yml": "…"})`; without files it has one good rule."""

    def make(name: str, files: dict[str, str] | None = None, *, folder: str = "rules") -> Path:
        pack = tmp_path / folder / name
        pack.mkdir(parents=True)
        (pack / "pack.yml").write_text(PACK.format(id=name))
        for path, text in (
            {f"{name}-eval.yml": RULE.format(id=f"{name}-eval")} if files is None else files
        ).items():
            (pack / path).parent.mkdir(parents=True, exist_ok=True)
            (pack / path).write_text(text)
        return pack

    return make
