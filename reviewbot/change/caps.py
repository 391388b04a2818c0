"""How much one review takes; beyond it there is a sentence, never a silent gap."""

from dataclasses import dataclass

MOST_BLOB_BYTES = 32_000_000
"""Blobs larger than this are never loaded: they are not compared, and reading them fails."""


@dataclass(frozen=True, slots=True)
class Caps:
    """Bounds of a change.

    `files` changed or untracked ones; `visits` entries of trees looked at, so that folders without
    files are bounded too; `patch_bytes` the size of all compared files together; `commits` and
    `versions` what is read of the history.
    """

    files: int = 50_000
    visits: int = 200_000
    patch_bytes: int = 250_000_000
    commits: int = 5_000
    versions: int = 20_000


CAPS = Caps()
