"""Which modules a repository imports at the base already, looked up where a patch brings an import."""

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from reviewbot.domain.ports import Repository

_MOST = 200
_FAMILIES = (
    frozenset({".py", ".pyi", ".pyw"}),
    frozenset({".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts"}),
    frozenset({".c", ".h", ".cc", ".cpp", ".hpp", ".cxx"}),
)
_IMPORTS = re.compile(
    r"""^\s*(?:import\b|from\b|use\b|require\b|require_relative\b|\#\s*include\b|export\b.*\bfrom\b"""
    r"""|.*\brequire\s*\(|"[^"]*"\s*$|\w+\s+"[^"]*"\s*$)"""
)
_WORD = re.compile(r"\w+")


def known_imports(repository: Repository, commit: str) -> Callable[[str, str], bool]:
    """Give the question: does a file like this one import this module, as it is written, at the commit?

    A Python module counts by its package: where `lxml.etree` is imported, `lxml` is known.
    """
    known: dict[tuple[str, str], bool] = {}

    def ask(path: str, module: str) -> bool:
        suffix = PurePosixPath(path).suffix.lower()
        name = module.partition(".")[0] if suffix in _FAMILIES[0] else module
        if (suffix, name) not in known:
            known[suffix, name] = _is_imported(repository, commit, suffix, name)
        return known[suffix, name]

    return ask


def _is_imported(repository: Repository, commit: str, suffix: str, name: str) -> bool:
    words = _WORD.findall(name)
    if not words:
        return False
    like = next((family for family in _FAMILIES if suffix in family), frozenset({suffix}))
    whole = re.compile(rf"(?<![\w.@/-]){re.escape(name)}(?![\w/-])")
    return any(
        PurePosixPath(found.path).suffix.lower() in like
        and _IMPORTS.match(found.text)
        and whole.search(found.text)
        for found in repository.grep(commit, (max(words, key=len),), _MOST)
    )
