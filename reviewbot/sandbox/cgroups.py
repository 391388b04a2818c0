"""A control group of the job's own, where we may make one: exact limits, and their counters.

It is a child of our own group, so the limits that were put on us go on holding. Version 1 needs
root (or a delegated folder); version 2 needs a group whose `cgroup.subtree_control` has the
controller, which by the kernel's rules our own has only at the top of a delegation that holds no
process, so that there the supervisor counts instead. Where nothing can be made, `Group` is empty.

Sources: the kernel's admin guide, cgroup-v1/memory.rst, cgroup-v1/pids.rst, cgroup-v2.rst.
"""

import contextlib
import itertools
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain.sandboxing import Ended, JobLimits
from reviewbot.errors import SandboxError

_SERIAL = itertools.count()
_PREFIX = "reviewbot-"
_GONE_AFTER_S = 2.0


@dataclass(frozen=True, slots=True)
class Controller:
    """One controller's folder that a job's own folder can be made in. `version` is 1 or 2."""

    name: str
    version: int
    folder: Path


@dataclass(frozen=True, slots=True)
class Group:
    """The folders of one job, per controller; none where nothing could be made."""

    folders: tuple[tuple[Controller, Path], ...]

    def counts(self, name: str) -> bool:
        """Say whether the kernel limits `memory` or `pids` here."""
        return any(controller.name == name for controller, _ in self.folders)

    def adopt(self, process: int) -> None:
        """Move a process (and with it whatever it starts) into the group."""
        for _, folder in self.folders:
            (folder / "cgroup.procs").write_text(f"{process}", encoding="ascii")

    def breach(self) -> Ended | None:
        """Say which limit the kernel had to enforce so far, if any."""
        for controller, folder in self.folders:
            if controller.name == "memory":
                events = "memory.oom_control" if controller.version == 1 else "memory.events"
                if _counter(folder / events, "oom_kill"):
                    return Ended.MEMORY
            elif _counter(folder / "pids.events", "max"):
                return Ended.PROCESSES
        return None


def own_controllers(
    memberships: str, mounts: str, *, wanted: tuple[str, ...] = ("memory", "pids")
) -> tuple[Controller, ...]:
    """Find the folders of our own groups from `/proc/self/cgroup` and `/proc/self/mountinfo`."""
    found: dict[str, Controller] = {}
    for line in memberships.split("\n"):
        number, _, rest = line.partition(":")
        names, _, path = rest.partition(":")
        for name in wanted:
            if name in names.split(","):
                found[name] = Controller(name, 1, Path(path))
            elif number == "0" and not names:
                found.setdefault(name, Controller(name, 2, Path(path)))
    placed = (_placed(controller, mounts) for controller in found.values())
    return tuple(controller for controller in placed if controller is not None)


def _placed(controller: Controller, mounts: str) -> Controller | None:
    """Turn a group's path within its hierarchy into a folder, through the mount that shows it."""
    for line in mounts.split("\n"):
        before, _, after = line.partition(" - ")
        fields, kind = before.split(), after.split()
        if len(fields) < 5 or len(kind) < 3:
            continue
        fits = (
            controller.name in kind[2].split(",") and kind[0] == "cgroup"
            if controller.version == 1
            else kind[0] == "cgroup2"
        )
        root, place = Path(fields[3]), Path(fields[4])
        if fits and controller.folder.is_relative_to(root):
            folder = place / controller.folder.relative_to(root)
            return Controller(controller.name, controller.version, folder)
    return None


def available() -> tuple[Controller, ...]:
    """Give the controllers in which a folder of the job's own can really limit something."""
    return tuple(each for each in of_process(os.getpid()) if _usable(each))


def of_process(process: int) -> tuple[Controller, ...]:
    """Give the folders of a process's groups, as we see them; none if they cannot be seen."""
    try:
        memberships = Path(f"/proc/{process}/cgroup").read_text(encoding="utf-8", errors="surrogateescape")
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ()
    return own_controllers(memberships, mounts)


def _usable(controller: Controller) -> bool:
    if not os.access(controller.folder, os.W_OK):
        return False
    if controller.version == 1:
        return True
    try:
        return controller.name in (controller.folder / "cgroup.subtree_control").read_text("ascii").split()
    except OSError:
        return False


@contextlib.contextmanager
def group(limits: JobLimits, controllers: tuple[Controller, ...]) -> Iterator[Group]:
    """Make a job's own group with its limits; it is removed at the end, when its processes are gone."""
    _sweep(controllers)
    name = f"{_PREFIX}{os.getpid()}-{next(_SERIAL)}"
    made: list[tuple[Controller, Path]] = []
    try:
        for controller in controllers:
            folder = controller.folder / name
            try:
                folder.mkdir()
            except OSError:
                continue  # read-only after all: the supervisor counts instead
            made.append((controller, folder))
            _limit(controller, folder, limits)
        yield Group(tuple(made))
    finally:
        for _, folder in made:
            _remove(folder)


def _sweep(controllers: tuple[Controller, ...]) -> None:
    """Remove the empty groups of runs that were killed before they could do so themselves."""
    for controller in controllers:
        for folder in controller.folder.glob(f"{_PREFIX}*-*"):
            owner = folder.name.split("-")[1]
            if owner.isdigit() and not Path("/proc", owner).exists():
                with contextlib.suppress(OSError):  # not empty, or another run was quicker
                    folder.rmdir()


def _limit(controller: Controller, folder: Path, limits: JobLimits) -> None:
    if controller.name == "pids":
        settings = {"pids.max": limits.processes}
    elif controller.version == 2:
        settings = {"memory.max": limits.memory, "memory.swap.max": 0}
    else:
        settings = {"memory.limit_in_bytes": limits.memory, "memory.memsw.limit_in_bytes": limits.memory}
    for file, value in settings.items():
        if (folder / file).exists():
            (folder / file).write_text(f"{value}", encoding="ascii")


def _remove(folder: Path) -> None:
    deadline = time.monotonic() + _GONE_AFTER_S
    while True:
        try:
            folder.rmdir()
        except FileNotFoundError:
            return
        except OSError as error:
            if time.monotonic() > deadline:
                raise SandboxError(
                    f"the control group {folder} cannot be removed: {error.strerror}"
                ) from error
            time.sleep(0.005)
        else:
            return


def _counter(file: Path, name: str) -> int:
    try:
        lines = file.read_text(encoding="ascii").split("\n")
    except OSError:
        return 0  # a kernel without this counter: the supervisor's own count still holds
    return next((int(value) for key, _, value in (line.partition(" ") for line in lines) if key == name), 0)
