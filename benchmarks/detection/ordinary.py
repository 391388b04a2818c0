"""Ordinary files of well-kept projects: what is said about them is mostly noise."""

import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.neutralise import write
from detection.sets import git_directory

SEED = "ordinary"
QUOTAS = {"Python": 220, "JavaScript": 50, "infrastructure": 30}
_KINDS = {
    "Python": re.compile(r".*\.py"),
    "JavaScript": re.compile(r".*\.(?:[cm]?[jt]s|[jt]sx)"),
    "infrastructure": re.compile(r".*\.(?:ya?ml|tf)|(?:.*/)?Dockerfile[^/]*"),
}
_NOT = re.compile(
    r"(?:^|/)(?:tests?|testing|test-data|testdata|__tests__|spec|fixtures?|t|vendor|third_party|node_modules|dist|build|"
    r"_vendor|generated|benchmarks?)(?:/|$)|(?:^|/)(?:test_[^/]*|conftest|[^/]*_test)\.py$|\.(?:test|spec|min)\.[a-z]+$|_pb2\.py$"
)
FEWEST, MOST = 30, 1500


@dataclass(frozen=True)
class Project:
    """One source: its name, its commit, and how many of its files were drawn."""

    name: str
    commit: str
    files: int


@dataclass(frozen=True)
class Ordinary:
    """The drawn files on disk."""

    tree: Path
    files: tuple[str, ...]
    lines: int
    projects: tuple[Project, ...]


def drawn(places: Sequence[Path], into: Path) -> Ordinary:
    """Draw files of each kind, in turn from each project that has some, and copy them."""
    shutil.rmtree(into, ignore_errors=True)
    sources = [Source(place, git_directory(place)) for place in places]
    chosen: list[tuple[Source, str]] = []
    lines = 0
    for kind, quota in QUOTAS.items():
        for source, path, content in _in_turn([(one, one.candidates(kind)) for one in sources], quota):
            write(into / source.name / path, content)
            lines += content.count(b"\n")
            chosen.append((source, path))
    files = tuple(sorted(f"{source.name}/{path}" for source, path in chosen))
    counts = {source: sum(own == source for own, _ in chosen) for source in sources}
    projects = (Project(source.name, source.commit(), count) for source, count in counts.items())
    return Ordinary(into, files, lines, tuple(projects))


@dataclass(frozen=True)
class Source:
    """A project: a folder, or a git directory, of which not every file must be there."""

    place: Path
    git: Path | None

    @property
    def name(self) -> str:
        """The project's name, from the last part of its place that is one."""
        parts = [part for part in self.place.resolve().parts if part not in {"repo", ".git", "/"}]
        return parts[-1].removesuffix(".git")

    def commit(self) -> str:
        """Which version it is, as far as that can be said."""
        return self._ask("rev-parse", "HEAD").decode().strip()[:12] if self.git else "-"

    def candidates(self, kind: str) -> list[str]:
        """Its files of a kind, outside tests and what is generated, in an order that the seed decides."""
        names = sorted(
            name for name in self._names() if _KINDS[kind].fullmatch(name) and not _NOT.search(name)
        )
        random.Random(f"{SEED} {self.name} {kind}").shuffle(names)
        return names

    def _names(self) -> list[str]:
        if not self.git:
            every = (path for path in self.place.rglob("*") if path.is_file() and not path.is_symlink())
            return [path.relative_to(self.place).as_posix() for path in every]
        rows = self._ask("ls-tree", "-r", "-z", "HEAD").decode(errors="replace").split("\0")
        return [row.partition("\t")[2] for row in rows if row.startswith("100")]

    def read(self, name: str) -> bytes | None:
        """One file, if it is there and of a fitting size."""
        try:
            content = self._ask("cat-file", "blob", f"HEAD:{name}") if self.git else (self.place / name).read_bytes()  # fmt: skip
            content.decode()
        except (subprocess.CalledProcessError, UnicodeDecodeError):
            return None
        return content if FEWEST <= content.count(b"\n") <= MOST else None

    def _ask(self, *argv: str) -> bytes:
        environ = os.environ | {"GIT_NO_LAZY_FETCH": "1"}
        command = ["git", f"--git-dir={self.git}", *argv]
        return subprocess.run(command, check=True, capture_output=True, env=environ).stdout


def _in_turn(pools: Sequence[tuple[Source, list[str]]], quota: int) -> Iterator[tuple[Source, str, bytes]]:
    """Take one fitting file of each project after the other, until there are enough."""
    while quota and any(pool for _, pool in pools):
        for source, pool in pools:
            while pool and quota:
                name = pool.pop()
                content = source.read(name)
                if content is not None:
                    yield source, name, content
                    quota -= 1
                    break
