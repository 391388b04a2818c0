"""The community's rules as one configuration, as somebody would use them who takes whole folders."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

EVERY = ("python", "javascript", "typescript", "terraform", "dockerfile", "yaml")
"""The folders for files of mixed kinds."""


def load(top: Path, folders: Sequence[str]) -> tuple[list[dict[str, Any]], int]:
    """Read the rules of some folders, and say how many files hold none that can be read.

    A rule's id is its file's path and its own, with dots.
    """
    rules: list[dict[str, Any]] = []
    unread = 0
    for path in _files(top, folders):
        try:
            found = yaml.safe_load(path.read_text())["rules"]
            place = ".".join(path.relative_to(top).with_suffix("").parts)
            rules += [rule | {"id": f"{place}.{rule['id']}"} for rule in found]
        except (yaml.YAMLError, KeyError, TypeError):
            unread += 1
    return list({rule["id"]: rule for rule in rules}.values()), unread


def _files(top: Path, folders: Sequence[str]) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((top / folder).rglob("*.y*ml")):
            if ".test." not in path.name and not path.name.startswith("."):
                yield path


def is_security(rule: str) -> bool:
    """Say whether a rule lies in a folder for security."""
    return ".security." in f".{rule}."
