"""Fitting what is said into what a forge takes: a body that is too long is refused as a whole.

Facts: forges 1A.5 (1,000,000 characters), 1B.5 (65,536), 1C.4 (150,000); threats E6.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

_Item = TypeVar("_Item")

MARKER_ROOM = 1_000
"""Characters kept free for our marker and the empty line above it."""

_CUT = "…"


def room(limit: int) -> int:
    """Characters that a body may have where the forge takes `limit` with our marker."""
    return max(0, limit - MARKER_ROOM)


def clipped(text: str, size: int) -> str:
    """Cut words or code before they are made inert, and say so with an ellipsis."""
    return text if len(text) <= size else text[: max(0, size - len(_CUT))].rstrip() + _CUT


def first_fitting(versions: Iterable[str], size: int) -> str:
    """Give the first version that fits. The last one is taken as it is: let it be short."""
    version = ""
    for version in versions:
        if len(version) <= size:
            break
    return version


def leading(items: Iterable[_Item], write: Callable[[_Item], str], size: int) -> list[str]:
    """Write the first items, as many as fit into `size` characters with a line end each; no more are written."""
    rows: list[str] = []
    for item in items:
        row = write(item)
        size -= len(row) + 1
        if size < 0:
            break
        rows.append(row)
    return rows
