"""Real repositories, and the program called as a shell would call it."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from scripted_model import ScriptedModel

_IDENTITY = {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.invalid", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.invalid", "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


@dataclass
class Repo:
    """A git repository with a `main` branch and a `topic` that is checked out."""

    path: Path

    def git(self, *arguments):
        """Run git in it and give what it prints."""
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            env={**os.environ, **_IDENTITY},
            check=True,
            capture_output=True,
        )
        return done.stdout.decode().strip()

    def write(self, **files):
        """Write files; `__` in a name is a folder, `_dot_` a dot."""
        for name, content in files.items():
            self.put(name.replace("__", "/").replace("_dot_", "."), content)

    def put(self, name, content):
        """Write one file under exactly this name."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())

    def commit(self, message="change"):
        """Commit everything, ignored files too."""
        self.git("add", "--all", "--force", ".")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.git("rev-parse", "HEAD")


@dataclass(frozen=True)
class Ran:
    """How the program ended and what it printed."""

    code: int
    out: str
    err: str
    folder: Path

    @property
    def review(self):
        """The JSON it wrote."""
        return json.loads((self.folder / "review.json").read_text())

    @property
    def rules(self):
        """Rules of the findings that a person is shown, with path and line."""
        return [
            (f["rule"], f["span"]["path"], f["span"]["first"])
            for f in self.review["findings"]
            if f["outcome"] in {"inline", "summary"}
        ]


@pytest.fixture
def repo(tmp_path):
    """A repository whose `main` holds one harmless file."""
    made = Repo(tmp_path / "repo")
    made.path.mkdir()
    made.git("init", "--quiet", "--initial-branch", "main")
    made.write(README_dot_md="# a\n")
    made.commit("begin")
    made.git("checkout", "--quiet", "-b", "topic")
    return made


@pytest.fixture
def reviewbot(tmp_path):
    """Call `reviewbot` in a process of its own, with none of our variables but those given."""

    def call(*arguments, cwd=None, env=None, prefix=(), timeout=120):
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("REVIEWBOT_") or name == "REVIEWBOT_SCANNERS"
        }
        done = subprocess.run(
            [*prefix, sys.executable, "-m", "reviewbot", *map(str, arguments)],
            cwd=cwd or tmp_path, env={**clean, **(env or {})}, capture_output=True, timeout=timeout, check=False,
        )  # fmt: skip
        return Ran(done.returncode, done.stdout.decode(), done.stderr.decode(), tmp_path)

    return call


@pytest.fixture
def run(repo, reviewbot, tmp_path):
    """Call `reviewbot run` on the repository, with the JSON written beside it."""

    def call(*arguments, **options):
        return reviewbot(
            "run", "--repo", repo.path, "--output", f"json={tmp_path}/review.json", *arguments, **options
        )

    return call


@pytest.fixture
def scripted_model():
    """A model server in vLLM's dialect that finds nothing."""
    with ScriptedModel() as server:
        yield server
