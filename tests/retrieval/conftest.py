"""Real repositories, built commit by commit."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from reviewbot.change.git import GitRepository
from reviewbot.change.select import Selection, collect
from reviewbot.domain.policy import Limits
from reviewbot.retrieval.context import choose

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    **{f"GIT_{who}_{what}": "t@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


@dataclass(frozen=True)
class Place:
    """A repository on disk with a base commit; `commit` adds the change."""

    path: Path

    def git(self, *arguments):
        command = ["git", "-C", str(self.path), *arguments]
        return subprocess.run(
            command, env=ENVIRONMENT, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self, files):
        for name, text in files.items():
            file = self.path / name
            if text is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text if isinstance(text, bytes) else text.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "step")
        return self.git("rev-parse", "HEAD")

    def context(self, guidelines=(), budget=20_000, base="HEAD~1"):
        with GitRepository.open(self.path) as repository:
            selection = Selection(base=base, head="HEAD")
            change = collect(repository, selection, target_branch=None, limits=Limits())
            return choose(change, repository, guidelines=guidelines, budget_tokens=budget)


@pytest.fixture
def place(tmp_path):
    """Give an empty repository."""
    path = tmp_path / "repo"
    path.mkdir()
    built = Place(path)
    built.git("init", "-q", "-b", "main")
    return built
