"""The writable space of a job: how full it is, and what it gave back.

A folder descriptor is held, so that a tmpfs of the sandbox can still be read when all its
processes and its mount namespace are gone, and nothing can change under the reader.
"""

import os
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from reviewbot.domain.sandboxing import Ended
from reviewbot.sandbox.places import is_below
from reviewbot.sandbox.processes import held_deleted

FILES = 10_000  # files and folders of one job; each costs kernel memory that no byte limit counts
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class Mounted:
    """File systems of the job's own. The kernel keeps their size, we watch the number of files."""

    descriptors: tuple[int, ...]

    def breach(self) -> Ended | None:
        """Say `OUTPUT` if there are too many files."""
        states = [os.fstatvfs(each) for each in self.descriptors]
        return Ended.OUTPUT if sum(one.f_files - one.f_ffree for one in states) > FILES else None


@dataclass(slots=True)
class Folder:
    """A folder on a disk of the host's, whose size and number of files we watch.

    A walk costs time, so the next one waits ten times as long as the last one took.
    """

    descriptor: int
    size: int
    processes: Callable[[], tuple[int, ...]]
    _next: float = field(default=0.0)

    def breach(self) -> Ended | None:
        """Say `OUTPUT` if more is written than may be, deleted files that are held open included."""
        start = time.monotonic()
        if start < self._next:
            return None
        size, files = _walk(self.descriptor)
        size += held_deleted(self.processes(), os.fstat(self.descriptor).st_dev)
        self._next = start + 10 * (time.monotonic() - start)
        return Ended.OUTPUT if size > self.size or files > FILES else None


def _walk(root: int) -> tuple[int, int]:
    """Give the bytes and entries below a folder.

    A folder that cannot be listed (no leave to read, too deep) counts as over the limit: it could
    hide anything. An intermediate symlink swapped in meanwhile can only make the count too high.
    """
    size = files = 0
    queue = ["."]
    while queue and files <= FILES:
        path = queue.pop()
        try:
            folder = os.open(path, _FOLDER, dir_fd=root)
        except (FileNotFoundError, NotADirectoryError):
            continue  # removed or replaced since it was listed
        except OSError:
            return size, FILES + 1
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    files += 1
                    size += _blocks(entry)
                    if entry.is_dir(follow_symlinks=False):
                        queue.append(f"{path}/{entry.name}")
        finally:
            os.close(folder)
    return size, files


def _blocks(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * 512
    except OSError:
        return 0  # removed since it was listed


def read(folder: int, name: str, limit: int) -> bytes | None:
    """Read a file below an open folder, following no symlink; None if there is no regular file.

    Raises `OverflowError` if it is longer than `limit` bytes. A FIFO, a device, or a file with
    a second name (which could be one of the host's) counts as missing.
    """
    if not is_below(name):
        return None
    *folders, last = name.split("/")
    opened: list[int] = []
    try:
        for part in folders:
            folder = os.open(part, _FOLDER, dir_fd=folder)
            opened.append(folder)
        file = os.open(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
        opened.append(file)
        return _content(file, limit)
    except OSError:
        return None
    finally:
        for each in opened:
            os.close(each)


def _content(file: int, limit: int) -> bytes | None:
    state = os.fstat(file)
    if not stat.S_ISREG(state.st_mode) or state.st_nlink != 1:
        return None
    content = bytearray()
    while len(content) <= limit:
        part = os.read(file, min(1 << 20, limit + 1 - len(content)))
        if not part:
            return bytes(content)
        content += part
    raise OverflowError(limit)
