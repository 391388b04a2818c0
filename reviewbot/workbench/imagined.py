"""A change that nobody made: files as if they were newly added, to see what a review would say of them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from reviewbot.change.classes import class_of
from reviewbot.change.objects import SNIFF_BYTES
from reviewbot.domain.change import Change, FileDiff, FileVersion, Hunk, Status

_MODE = "100644"
_NOWHERE = "0" * 40


@dataclass(frozen=True, slots=True)
class Imagined:
    """The change, and its blobs to read from."""

    change: Change
    blobs: Mapping[str, bytes]

    def read(self, oid: str) -> bytes:
        """Give the content of a blob."""
        return self.blobs[oid]


def imagine(files: Mapping[str, bytes]) -> Imagined:
    """Put files, by path, into a change that adds each of them whole."""
    blobs: dict[str, bytes] = {}
    diffs = []
    for path, content in sorted(files.items()):
        oid = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
        blobs[oid] = content
        version = FileVersion(path, _MODE, oid)
        lines = _lines(content)
        hunks = (Hunk(0, 1, (), lines),) if lines else ()
        diffs.append(FileDiff(Status.ADDED, None, version, hunks, class_of(path, content[:SNIFF_BYTES])))
    change = Change(
        repository="", base=_NOWHERE, merge_base=_NOWHERE, head=None, base_tree="", head_tree="",
        title="", files=tuple(diffs), history=(), notes=(),
    )  # fmt: skip
    return Imagined(change, blobs)


def _lines(content: bytes) -> tuple[bytes, ...]:
    lines = content.split(b"\n")
    return tuple(lines[:-1] if lines[-1] == b"" else lines)
