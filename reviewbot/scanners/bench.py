"""What scanning takes beside the files: who reads, who scans, where, and how much at a time."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from reviewbot.domain.change import FileClass, FileVersion, ReadBlob
from reviewbot.domain.coverage import Coverage, Read
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Cache, Progress
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.errors import ReviewbotError
from reviewbot.scanners.base import Scanner, Source
from reviewbot.scanners.remembered import Looks, look

BATCH_BYTES = 48_000_000
"""Content held in memory at a time; one file may be larger."""
BATCH_FILES = 1_000


@dataclass(frozen=True, slots=True)
class Bench:
    """What scanning takes, beside the files."""

    read: ReadBlob
    rules: RuleSet
    policy: Policy
    scanners: Sequence[Scanner]
    sandbox: Sandbox
    cache: Cache
    progress: Progress

    def source(self, version: FileVersion, file_class: FileClass) -> Source | Coverage:
        """Read a file version, or say why it cannot be scanned."""
        try:
            content = self.read(version.oid)
        except ReviewbotError as error:
            return Coverage(Read.FAILED, error.sentence)
        if len(content) > self.policy.limits.file_bytes:
            return Coverage(Read.FAILED, f"over the size limit ({len(content) / 1e6:.1f} MB)")
        return Source(version.path, version.oid, version.mode, content, file_class)

    def look(self, scanners: Sequence[Scanner], sources: Sequence[Source]) -> dict[str, Looks]:
        """Let the scanners look at the sources, side by side."""
        if not scanners:
            return {}
        with ThreadPoolExecutor(len(scanners), "scanner") as pool:
            looks = pool.map(lambda s: look(s, sources, self.sandbox, self.cache, self.progress), scanners)
            return {scanner.name: found for scanner, found in zip(scanners, looks, strict=True)}
