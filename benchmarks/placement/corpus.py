"""The commits: drawn at random from the repositories at hand, each made a pull request of its own.

Nothing is written to a source: every repository is borrowed by an empty one, which reads the objects of
the other and keeps what is made on the way.
"""

import random
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from fakes.repo import ENVIRONMENT, Repo

MOST_FILES = 300
"""Commits of more files are left out: mostly merges of whole branches and vendored trees."""
MOST_LINES = 60_000
_MOVED = 0.4  # of the requests, their target has moved on


@dataclass(frozen=True)
class Request:
    """A pull request to open. `origin` is "real", or how the commit was changed; `target` the branch's tip."""

    name: str
    origin: str
    base: str
    head: str
    target: str


class Unfit(Exception):  # noqa: N818 (no error: the next commit is drawn)
    """A commit that no request is made of, and why."""


def repositories(paths: list[Path]) -> list[Path]:
    """The git directories among these paths and up to three levels below them, by name."""
    found = set()
    for path in paths:
        for depth in ("", "*", "*/*", "*/*/*"):
            for place in path.glob(depth) if depth else (path,):
                inner = place / ".git" if (place / ".git").is_dir() else place
                if (inner / "HEAD").is_file() and (inner / "objects").is_dir():
                    found.add(inner.resolve())
    return sorted(found)


def title(source: Path) -> str:
    """What a repository is called: its folder's name, or of the one above where that says nothing."""
    said = [part for part in source.parts if part not in {".git", "repo", "repo.git"}]
    return said[-1].replace("+", "/")


def borrow(source: Path, place: Path) -> Repo:
    """An empty repository that reads the objects of another one."""
    repo = Repo.create(place)
    info = place / "objects" / "info"
    info.mkdir(exist_ok=True)
    (info / "alternates").write_text(f"{source / 'objects'}\n", "utf-8")
    if (source / "shallow").is_file():
        shutil.copy(source / "shallow", place / "shallow")
    return repo


def drawn(source: Path, seed: str) -> Iterator[tuple[str, str]]:
    """All commits that have a parent, with the first one, in an order that the seed decides."""
    command = ("git", "-c", "safe.directory=*", "--git-dir", str(source), "rev-list", "--parents", "HEAD")
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, check=True)
    rows = [row.split() for row in done.stdout.decode().split("\n")]
    pairs = sorted((row[0], row[1]) for row in rows if len(row) > 1)
    random.Random(f"{seed} {title(source)}").shuffle(pairs)
    yield from pairs


def request(repo: Repo, name: str, commit: str, parent: str) -> Request:
    """A request of a commit as it is; raises `Unfit`."""
    check(repo, parent, commit)
    return moved_on(repo, Request(f"{name} {commit[:12]}", "real", parent, commit, parent))


def check(repo: Repo, base: str, head: str) -> None:
    """Refuse what is no request, too large to be one, or not wholly here."""
    try:
        listed = repo.git("diff", "--raw", "-z", base, head).count(b"\0:") + 1
        if listed > MOST_FILES:
            raise Unfit("more than 300 files")
        counts = repo.git("diff", "--numstat", "--no-renames", base, head).decode("ascii", "replace")
    except AssertionError as error:
        if "unable to read" in str(error) or "bad object" in str(error):
            raise Unfit("objects not at hand") from error
        raise
    if not counts:
        raise Unfit("no change")
    rows = [row.split("\t")[:2] for row in counts.split("\n") if row and not row.startswith("-")]
    if sum(int(added) + int(removed) for added, removed in rows) > MOST_LINES:
        raise Unfit("more than 60,000 lines")


def moved_on(repo: Repo, made: Request) -> Request:
    """Let the target of some requests go on: lines at the top of changed files, and one file less."""
    rng = random.Random(f"{made.name} {made.origin} target")
    if rng.random() >= _MOVED:
        return made
    changed = [each for each in repo.diff(made.base, made.head) if each.old_mode in {"100644", "100755"}]
    files: dict[str, bytes | None] = {"moved on.txt": b"the target has moved on\n"}
    for each in changed[:3]:
        content = repo.blob(made.base, each.old_path)
        if content is not None and not each.binary:
            files[each.old_path] = b"one\ntwo\nthree\n" + content
    if len(changed) > 3:
        files[changed[3].old_path] = None
    tip = repo.commit(f"moved-{made.head[:12]}", files, parents=(made.base,))
    return Request(made.name, made.origin, made.base, made.head, tip)
