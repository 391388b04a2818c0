"""Collect a change of 3,000 files and 300,000 added lines, half of it and twice of it.

    python benchmarks/large_change.py [--files 3000] [--lines 300000]

Each size is collected in a child process of its own; printed are wall-clock seconds, seconds of CPU
(git's included), peak memory of the Python process and of the largest git process, and what twice the
size costs.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from reviewbot.change.git import GitRepository
from reviewbot.change.select import Selection, collect
from reviewbot.domain.policy import Limits

ENDINGS = ("py", "js", "ts", "yaml", "md")


def build(repo: Path, files: int, lines: int) -> None:
    """
    Make a repository whose branch `change` adds `lines` lines in `files` files to `main`.

    Half of the files are new, half existed with as many lines before; the branch is checked out as HEAD,
    the work tree is left empty (the index too, so nothing counts as uncommitted).
    """
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", repo], check=True)
    subprocess.run(
        ["git", "-C", repo, "fast-import", "--quiet"], input=b"".join(_stream(files, lines)), check=True
    )
    subprocess.run(["git", "-C", repo, "symbolic-ref", "HEAD", "refs/heads/change"], check=True)


def _stream(files: int, lines: int) -> Iterator[bytes]:
    each = lines // files
    yield _commit("main", "base")
    for number in range(0, files, 2):
        yield _file(number, [_line(number, at, "old") for at in range(each)])
    yield _commit("change", "change") + b"from refs/heads/main\n"
    for number in range(files):
        kept = [_line(number, at, "old") for at in range(each)] if number % 2 == 0 else []
        added = [_line(number, at, "new") for at in range(each)]
        yield _file(
            number, [line for pair in zip(kept, added, strict=True) for line in pair] if kept else added
        )


def _commit(branch: str, message: str) -> bytes:
    who = "committer Bench <bench@example.org> 1700000000 +0000"
    return f"commit refs/heads/{branch}\n{who}\ndata {len(message)}\n{message}\n".encode()


def _file(number: int, lines: list[str]) -> bytes:
    content = "".join(lines).encode()
    path = f"src/part{number // 100}/file{number}.{ENDINGS[number % len(ENDINGS)]}"
    return f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"


def _line(number: int, at: int, age: str) -> str:
    return f"value_{number}_{at} = compute({at * 7919 % 1009}, {age!r})\n"


def measure(repo: Path) -> dict[str, float]:
    """Collect in this process and say what it took."""
    started = time.perf_counter()
    with GitRepository.open(repo) as repository:
        change = collect(repository, Selection(base="main"), target_branch=None, limits=Limits())
    wall = time.perf_counter() - started
    own, git = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "files": len(change.files),
        "lines": sum(file.added_count for file in change.files),
        "wall": wall,
        "cpu": own.ru_utime + own.ru_stime + git.ru_utime + git.ru_stime,
        "python_mb": own.ru_maxrss / 1024,
        "git_mb": git.ru_maxrss / 1024,
    }


def measured_apart(files: int, lines: int) -> dict[str, float]:
    """Build a repository and collect it in a child process."""
    with tempfile.TemporaryDirectory() as folder:
        repo = Path(folder, "repo.git")
        build(repo, files, lines)
        done = subprocess.run(
            [sys.executable, __file__, "--measure", os.fspath(repo)], check=True, stdout=subprocess.PIPE
        )
    return json.loads(done.stdout)


def main() -> int:
    """Print the table and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--lines", type=int, default=300_000)
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure is not None:
        print(json.dumps(measure(asked.measure)))
        return 0
    print(
        f"{'files':>8}{'added lines':>14}{'wall s':>9}{'CPU s':>9}{'python MB':>11}{'git MB':>9}{'ratio':>8}"
    )
    before = 0.0
    for factor in (0.5, 1, 2):
        found = measured_apart(int(asked.files * factor), int(asked.lines * factor))
        ratio = f"{found['wall'] / before:8.2f}" if before else f"{'':8}"
        print(
            f"{found['files']:8,}{found['lines']:14,}{found['wall']:9.2f}{found['cpu']:9.2f}"
            f"{found['python_mb']:11.0f}{found['git_mb']:9.0f}{ratio}",
            flush=True,
        )
        before = found["wall"]
    return 0


if __name__ == "__main__":
    sys.exit(main())
