"""What the processes of a job use, read from /proc. Nothing here changes anything.

Sources: proc(5), proc_pid_status(5), proc_pid_smaps(5).
"""

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_KIB = 1024


@dataclass(frozen=True, slots=True)
class Usage:
    """Memory in bytes (anonymous and shared, no file cache) and tasks (threads count each)."""

    memory: int
    tasks: int


def descendants(root: int) -> tuple[int, ...]:
    """Give the processes below `root`, itself not included, as they are at about this moment."""
    found: list[int] = []
    queue = [root]
    children = _children if can_list_children() else _scan().__getitem__
    while queue:
        below = children(queue.pop())
        found += below
        queue += below
    return tuple(found)


def usage(processes: Iterable[int], *, memory: int) -> Usage:
    """Sum up what processes use.

    Pages shared after a fork are counted in each process at first; only if that sum is over
    `memory` bytes are they counted by share, which costs the kernel more.
    """
    processes = tuple(processes)
    each = [_status(process) for process in processes]
    total = sum(one.memory for one in each)
    if total > memory:
        total = sum(_share(process, one.memory) for process, one in zip(processes, each, strict=True))
    return Usage(total, sum(one.tasks for one in each))


def held_deleted(processes: Iterable[int], device: int) -> int:
    """Give the bytes of deleted files on a device that processes still hold open."""
    sizes: dict[int, int] = {}
    for process in processes:
        for name in _listing(_PROC / str(process) / "fd"):
            try:
                state = (_PROC / str(process) / "fd" / name).stat()
            except OSError:
                continue  # closed, or the process ended, since it was listed
            if state.st_nlink == 0 and state.st_dev == device:
                sizes[state.st_ino] = state.st_blocks * 512
    return sum(sizes.values())


def _children(process: int) -> list[int]:
    tasks = _PROC / str(process) / "task"
    found: list[int] = []
    for task in _listing(tasks):
        try:
            found += map(int, (tasks / task / "children").read_bytes().split())
        except OSError:
            continue  # the thread ended since it was listed
    return found


def _scan() -> defaultdict[int, list[int]]:
    """Give every process's children, from the parent that each names: slower, but any kernel can."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for name in _listing(_PROC):
        if name.isdigit():
            found[_number(_fields(_PROC / name / "status"), b"PPid")].append(int(name))
    return found


def can_list_children() -> bool:
    """Say whether this kernel lists the children of a process (CONFIG_PROC_CHILDREN)."""
    return (_PROC / "self" / "task" / str(os.getpid()) / "children").exists()


def _listing(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except OSError:
        return []  # the process ended


def _fields(path: Path) -> dict[bytes, bytes]:
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return {}  # the process ended, or hides itself
    return {name: value for name, _, value in (line.partition(b":") for line in lines)}


def _number(fields: dict[bytes, bytes], name: bytes) -> int:
    words = fields.get(name, b"0").split()
    return int(words[0]) if words else 0


def _status(process: int) -> Usage:
    fields = _fields(_PROC / str(process) / "status")
    memory = _KIB * (_number(fields, b"RssAnon") + _number(fields, b"RssShmem"))
    return Usage(memory, _number(fields, b"Threads"))


def _share(process: int, unknown: int) -> int:
    fields = _fields(_PROC / str(process) / "smaps_rollup")
    if b"Pss_Anon" not in fields:
        # Either the process has ended since, or it hides its map: then its own word must do.
        return min(unknown, _status(process).memory)
    return _KIB * (_number(fields, b"Pss_Anon") + _number(fields, b"Pss_Shmem"))
