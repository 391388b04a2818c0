"""The fresh tree that a tool looks at: the given sources, and nothing else, as ordinary files.

Files stand under their own paths. What a tool would take for its own ignore file or settings,
and names that could be misread, go in under neutral names (`_rb/0003.toml`) and are mapped back:
they are looked at like any other file, and have no effect. No symbolic link is ever made.

A byte order mark is left out: semgrep 1.182 reads it as part of the first word and so misses
what begins the file.
"""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain import paths
from reviewbot.errors import ScannerError
from reviewbot.scanners import languages
from reviewbot.scanners.base import Source

MARK = b"\xef\xbb\xbf"
"""UTF-8's byte order mark."""
_NEUTRAL = "_rb"
_LONGEST_NAME = 200
_LONGEST_PATH = 1000
# Characters that globs, URIs or argument parsers give a meaning to; rare in names, so no loss.
_AMBIGUOUS = re.compile(r"[*?\[\]{}%:~!]|(?:^|/)[-@]|(?:^|/)\.{0,2}(?:/|$)|(?:^|/)_rb(?:/|$)|^/| (?:/|$)")
_CONFIG = re.compile(
    r"""
    \.git(?:ignore|attributes|modules|leaks\.toml|leaksignore|guardian\.ya?ml)? | \.hgignore | \.ignore
    | \.[a-z]+ignore | \.semgrep.* | \.bandit.* | bandit\.ya?ml | \.opengrep.*
    | pyproject\.toml | setup\.cfg | tox\.ini | \.?ruff\.toml | \.flake8 | \.?mypy\.ini | \.?pylintrc.*
    | \.eslintrc.* | eslint\.config\..* | \.pre-commit-config\.ya?ml | \.editorconfig
    | \.?trivy.*\.ya?ml | \.trivyignore.* | \.checkov.* | \.?checkov\.ya?ml | \.hadolint.* | \.?zizmor\.ya?ml
    | \.tflint\.hcl | \.tfsec.* | \.snyk | \.kics.* | \.?kics\.config | \.rubocop.* | \.brakeman.* | brakeman\.ignore
    | \.gosec.* | \.golangci.* | \.shellcheckrc | \.detect-secrets.* | \.secrets\.baseline | \.trufflehog.*
    | \.?gitleaks\.toml | \.?osv-scanner\.toml | \.?kingfisher.* | \.semgrepignore | \.hg | \.svn
    """,
    re.VERBOSE | re.IGNORECASE,
)

Suffix = Callable[[Source], str | None]
"""Gives the extension a tool must see to know the kind of file, or None if its own name will do."""


@dataclass(frozen=True, slots=True)
class Tree:
    """A planted tree. `places` maps each path to where it stands, relative to `root`.

    `inputs` is an empty folder beside the tree for what the tool is given by us.
    """

    root: Path
    inputs: Path
    places: dict[str, str]

    def found(self) -> dict[str, str]:
        """Map each place back to the path."""
        return {place: path for path, place in self.places.items()}


def is_config(path: str) -> bool:
    """Say whether a part of this path is the name of some tool's ignore file or settings."""
    return any(_CONFIG.fullmatch(part) for part in path.split("/"))


def is_hostile(path: str) -> bool:
    """Say whether the path could be misread, or not be written at all."""
    raw = paths.to_bytes(path)
    return (
        not paths.is_plain(path)
        or len(raw) > _LONGEST_PATH
        or any(len(part) > _LONGEST_NAME for part in raw.split(b"/"))
        or _AMBIGUOUS.search(path) is not None
    )


def _own_name(_source: Source) -> str | None:
    return None


def placed(sources: Sequence[Source], suffix: Suffix = _own_name) -> dict[str, str]:
    """Choose where each source stands: its own path wherever that is harmless and free.

    Free means that no other source stands there, above or below, even where upper and lower case
    are the same.
    """
    places: dict[str, str] = {}
    files: set[str] = set()
    folders: set[str] = set()
    for number, source in enumerate(sources):
        path = source.path
        wanted = suffix(source)
        folded = path.casefold()
        above = {folded[:at] for at, char in enumerate(folded) if char == "/"}
        free = folded not in files and folded not in folders and not above & files
        if wanted is not None or not free or is_config(path) or is_hostile(path):
            places[path] = f"{_NEUTRAL}/{number:04}{wanted or _meaning(path)}"
            continue
        places[path] = path
        files.add(folded)
        folders |= above
    return places


def _meaning(path: str) -> str:
    """Keep what a name says about its content: the extension, or a whole plain name such as `Makefile`."""
    found = languages.kind(path, b"") or languages.extension(path)
    if re.fullmatch(r"\.[A-Za-z0-9+]{1,12}", found):
        return found
    name = path.rpartition("/")[2]
    return f"/{name}" if re.fullmatch(r"[A-Za-z0-9_]{1,40}", name) else ""


@contextmanager
def planted(sources: Sequence[Source], suffix: Suffix = _own_name) -> Iterator[Tree]:
    """Write the sources into a folder of their own, and take it away afterwards.

    Raises `ScannerError` if it cannot be written.
    """
    top = ""
    try:
        try:
            top = tempfile.mkdtemp(prefix="reviewbot-tree-")
            tree = Tree(Path(top) / "src", Path(top) / "in", placed(sources, suffix))
            _write(tree, sources)
        except OSError as error:
            raise ScannerError(
                f"the files to scan could not be laid out in {tempfile.gettempdir()}: {error.strerror}",
                hint="free some space there, or set TMPDIR to a folder that has it",
            ) from error
        yield tree
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _write(tree: Tree, sources: Sequence[Source]) -> None:
    folder(tree.root.parent)
    for made in (tree.root, tree.inputs):
        made.mkdir()
        folder(made)
    known: set[Path] = {tree.root}
    for source in sources:
        file = tree.root / tree.places[source.path]
        for above in reversed(file.relative_to(tree.root).parents):
            inside = tree.root / above
            if inside not in known:
                inside.mkdir()
                folder(inside)
                known.add(inside)
        file.write_bytes(source.content.removeprefix(MARK))
        readable(file)


def folder(path: Path) -> None:
    """Let the sandbox's user enter; see `readable`."""
    path.chmod(0o755 if os.geteuid() == 0 else 0o700)


def readable(path: Path) -> None:
    """Let the sandbox's user read a file of ours.

    A rung started by root runs its tools as another user; one started by anybody else as that
    user, and then nobody else may look.
    """
    path.chmod(0o644 if os.geteuid() == 0 else 0o600)
