"""Laying out the bundled change as a git repository."""

import os
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

from reviewbot.errors import UsageError

TARGET = "main"
BRANCH = "feature/search-and-export"

# Put together here, so that no file of ours holds what looks like a token.
TOKEN = "glpat" + "-" + "Zx7Tq2" + "Lw9Rk4Vb8" + "Nc3Yd"

_KEPT = frozenset({".git", ".reviewbot.yml", "tests"})
"""What the change leaves as it is, or adds to."""

_IDENTITY = {
    "GIT_AUTHOR_NAME": "Demo",
    "GIT_AUTHOR_EMAIL": "demo@example.invalid",
    "GIT_AUTHOR_DATE": "2026-01-05T09:00:00Z",
    "GIT_COMMITTER_NAME": "Demo",
    "GIT_COMMITTER_EMAIL": "demo@example.invalid",
    "GIT_COMMITTER_DATE": "2026-01-05T09:00:00Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def lay_out(repo: Path) -> None:
    """Make a repository with the base on `main` and the change on a branch that is checked out.

    Raises `UsageError` if git is missing or refuses.
    """
    repo.mkdir(parents=True)
    _git(repo, "init", "--quiet", "--initial-branch", TARGET)
    with as_file(files("reviewbot.demo") / "change") as change:
        _commit(repo, change / "base", "Show one order")
        _git(repo, "checkout", "--quiet", "-b", BRANCH)
        _commit(repo, change / "head", "Search and export orders")


def _commit(repo: Path, tree: Path, message: str) -> None:
    for entry in repo.iterdir():
        if entry.name not in _KEPT:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.copytree(tree, repo, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    for path in sorted(repo.rglob("*.py")):
        path.write_text(path.read_text("utf-8").replace("@@TOKEN@@", TOKEN), "utf-8")
    _git(repo, "add", "--all", "--force", ".")
    _git(repo, "commit", "--quiet", "--message", message)


def _git(repo: Path, *arguments: str) -> None:
    environment = {"PATH": os.environ.get("PATH", os.defpath), **_IDENTITY}
    try:
        subprocess.run(["git", *arguments], cwd=repo, env=environment, check=True, capture_output=True)  # noqa: S607 (git is found on PATH like everywhere)
    except FileNotFoundError as error:
        raise UsageError("git was not found", hint="install git") from error
    except subprocess.CalledProcessError as error:
        raise UsageError(
            f"git {arguments[0]} failed: {error.stderr.decode(errors='replace').strip()}"
        ) from error
