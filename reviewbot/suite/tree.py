"""The files that the tests run on: the head's, under their own names, as ordinary files and nothing else.

A tree from a change may hold names that lead elsewhere. Symbolic links and submodules are left out, and so is
every name that is not plain, or is there already; all of that is said. The files go into one archive of our own
form, which is unpacked where the tests may write: one file is quicker to make than thousands.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from reviewbot.domain.change import SUBMODULE, SYMLINK
from reviewbot.domain.paths import to_bytes
from reviewbot.errors import UsageError
from reviewbot.suite.launcher import HEADER

File = tuple[str, str, bytes]
"""Path (surrogate-escaped), git's mode, content."""

MOST_ENTRIES = 100_000
MOST_BYTES = 2_000_000_000

_EXECUTABLE = "100755"
_LONGEST_NAME, _LONGEST_PATH = 255, 3_000
_WHY = {
    "link": "{count} symbolic link{s} of the repository {was} not there for the tests",
    "submodule": "{count} submodule{s} of the repository {was} not there for the tests",
    "name": "{count} file{s} whose name{s} could lead elsewhere {was} not there for the tests",
}


@dataclass(slots=True)
class Packed:
    """What was packed. `entries` are files and folders, `bytes` what the files hold."""

    entries: int = 0
    bytes: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what was left out."""
        return tuple(_sentence(why, self.left_out[why]) for why in _WHY if self.left_out[why])


def _sentence(why: str, count: int) -> str:
    return _WHY[why].format(
        count=f"{count:,}", s="" if count == 1 else "s", was="was" if count == 1 else "were"
    )


def pack(files: Iterable[File], archive: BinaryIO, *, most: int = MOST_ENTRIES) -> Packed:
    """Write the files into an archive. Raises `OSError`, and `UsageError` for too much of them.

    `most` is how many files and folders there may be.
    """
    packed = Packed()
    known: set[str] = set()
    folders: set[str] = set()
    for path, mode, content in files:
        above = {path[:at] for at, char in enumerate(path) if char == "/"}
        why = _left_out(path, mode)
        if not why and (path in known or path in folders or above & known):
            why = "name"  # a tree that names one place twice
        if why:
            packed.left_out[why] += 1
            continue
        packed.entries += 1 + len(above - folders)
        packed.bytes += len(content)
        if packed.entries > most or packed.bytes > MOST_BYTES:
            raise UsageError("the repository is too large for its tests to be run")
        known.add(path)
        folders |= above
        raw = to_bytes(path)
        archive.write(HEADER.pack(mode == _EXECUTABLE, len(raw), len(content)) + raw)
        archive.write(content)
    return packed


def _left_out(path: str, mode: str) -> str:
    if mode in {SYMLINK, SUBMODULE}:
        return "link" if mode == SYMLINK else "submodule"
    return "" if _is_plain(path) else "name"


def _is_plain(path: str) -> bool:
    """Say whether a name stays below the tree, is none of git's own, and can be written."""
    parts = path.split("/")
    return (
        "\0" not in path
        and len(to_bytes(path)) <= _LONGEST_PATH
        and all(
            part not in {"", ".", ".."} and part.lower() != ".git" and len(to_bytes(part)) <= _LONGEST_NAME
            for part in parts
        )
    )
