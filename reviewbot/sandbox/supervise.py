"""Watching one job from start to end, in the caller's own thread.

Every 20 ms the gauges are asked whether a limit is passed: the control group's counters where
there is one, else what /proc says of the process tree, and the scratch space. The first limit
passed ends the job and names how it ended. Output is read to its limit and no further.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reviewbot.domain.sandboxing import Completed, Ended, Job
from reviewbot.errors import SandboxError
from reviewbot.sandbox import cgroups, processes, scratch
from reviewbot.sandbox.start import Channels, Shape, Started, rlimits, start, why

_TICK_S = 0.02
_DRAIN_S = 2.0
_PART = 1 << 16
_SPARE_TASKS = 64

Gauge = Callable[[], Ended | None]


@dataclass(slots=True)
class _Stream:
    """What came out of one pipe, up to a limit."""

    descriptor: int
    limit: int
    content: bytearray = field(default_factory=bytearray)
    open: bool = True

    def read(self) -> None:
        """Take what is there now."""
        try:
            part = os.read(self.descriptor, _PART)
        except BlockingIOError:
            return
        self.open = bool(part)
        self.content += part

    def breach(self) -> Ended | None:
        return Ended.OUTPUT if len(self.content) > self.limit else None

    def kept(self) -> bytes:
        return bytes(self.content[: self.limit])


@dataclass(frozen=True, slots=True)
class Writable:
    """Where the job writes: file systems inside (`mounts`, scratch first) or a folder of the host's."""

    mounts: tuple[str, ...] = ()
    folder: str | None = None


def execute(
    job: Job, build: Callable[[Channels], tuple[str, ...]], shape: Shape, writable: Writable
) -> Completed:
    """Run a rung's command for a job to its end, whatever the end is."""
    begun = time.monotonic()
    with (
        cgroups.group(job.limits, cgroups.available()) as group,
        contextlib.ExitStack() as opened,
        start(build, shape, stdin=job.stdin) as started,
    ):
        folders = _open(started, writable, opened)
        group.adopt(started.child)
        started.limit(rlimits(job.limits, tasks=_task_ceiling(job, shape)))
        gauges = _gauges(job, started, group, folders, writable)
        started.release()
        streams = _streams(job, started.process)
        breach = _watch(started.process.pid, streams, gauges, begun + job.limits.wall_s)
        started.end()
        _drain(streams)
        last = next(filter(None, (gauge() for gauge in (group.breach, *(s.breach for s in streams)))), None)
        outputs, overflow = _outputs(job, folders[0])
        breach = breach or last or overflow
        return _completed(started, streams, breach, outputs, time.monotonic() - begun)


def watch_client(
    job: Job, process: subprocess.Popen[bytes], folder: str, counters: Gauge, kill: Callable[[], None]
) -> Completed:
    """Watch the client of a container engine, which itself keeps memory and processes in bounds.

    `counters` says which of these it had to enforce. `kill` ends the container, whatever becomes of
    its client.
    """
    begun = time.monotonic()
    with contextlib.ExitStack() as opened:
        scratch_folder = _open_folder(folder, opened)
        gauge = scratch.Folder(scratch_folder, job.limits.scratch, tuple).breach
        streams = _streams(job, process)
        try:
            breach = _watch(process.pid, streams, (counters, gauge), begun + job.limits.wall_s)
        finally:
            kill()
            # The container has ended, but its client may hang on a pipe that we no longer read.
            process.kill()
            process.wait(_DRAIN_S)
        _drain(streams)
        outputs, overflow = _outputs(job, scratch_folder)
        stdout, stderr = (stream.kept() for stream in streams)
        last = next(filter(None, (stream.breach() for stream in streams)), None)
        code = _signed(process.returncode)
        ended = breach or last or overflow or _how(code)
        return Completed(ended, code, stdout, stderr, outputs, time.monotonic() - begun)


def _open(started: Started, writable: Writable, opened: contextlib.ExitStack) -> tuple[int, ...]:
    """Hold the writable folders open; the first is scratch."""
    if writable.folder:
        return (_open_folder(writable.folder, opened),)
    return tuple(_open_folder(started.root(mount), opened) for mount in writable.mounts)


def _open_folder(path: str, opened: contextlib.ExitStack) -> int:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SandboxError(f"the sandbox's scratch folder cannot be opened: {error.strerror}") from error
    opened.callback(os.close, descriptor)
    return descriptor


def _task_ceiling(job: Job, shape: Shape) -> int:
    """Above the job's own limit, so that the supervisor sees it passed; the kernel counts per user.

    In a user namespace of its own a job is counted from nought; elsewhere beside all that the
    user runs already.
    """
    ceiling = job.limits.processes + _SPARE_TASKS
    return ceiling if shape.init else ceiling + _tasks_of_user()


def _tasks_of_user() -> int:
    user, total = os.getuid(), 0
    for entry in os.scandir("/proc"):
        if entry.name.isdigit():
            with contextlib.suppress(OSError):  # ended since it was listed
                if entry.stat().st_uid == user:
                    total += sum(1 for _ in Path(f"/proc/{entry.name}/task").iterdir())
    return total


def _gauges(
    job: Job, started: Started, group: cgroups.Group, folders: tuple[int, ...], writable: Writable
) -> tuple[Gauge, ...]:
    def tree() -> tuple[int, ...]:
        trusted = {started.child} if started.shape.init else set()
        return tuple(one for one in processes.descendants(started.process.pid) if one not in trusted)

    def counted() -> Ended | None:
        for _ in range(2):  # shares move between processes while they are read: look twice
            used = processes.usage(tree(), memory=job.limits.memory)
            if used.tasks > job.limits.processes:
                return Ended.PROCESSES
            if used.memory <= job.limits.memory:
                return None
        return Ended.MEMORY

    gauges: list[Gauge] = [group.breach]
    if not (group.counts("memory") and group.counts("pids")):
        gauges.append(counted)
    if writable.folder:
        gauges.append(scratch.Folder(folders[0], job.limits.scratch, tree).breach)
    else:
        gauges.append(scratch.Mounted(folders).breach)
    return tuple(gauges)


def _streams(job: Job, process: subprocess.Popen[bytes]) -> tuple[_Stream, _Stream]:
    assert process.stdout is not None
    assert process.stderr is not None
    streams = []
    for pipe in (process.stdout, process.stderr):
        os.set_blocking(pipe.fileno(), False)
        streams.append(_Stream(pipe.fileno(), job.limits.output))
    return streams[0], streams[1]


def _watch(
    process: int, streams: tuple[_Stream, ...], gauges: tuple[Gauge, ...], deadline: float
) -> Ended | None:
    """Read and measure until the command ends or a limit is passed; say which."""
    ended = os.pidfd_open(process)
    with selectors.DefaultSelector() as selector:
        try:
            selector.register(ended, selectors.EVENT_READ)
            for stream in streams:
                selector.register(stream.descriptor, selectors.EVENT_READ, stream)
            tick = time.monotonic()
            while True:
                events = selector.select(max(0.0, min(tick, deadline) - time.monotonic()))
                if breach := _read(selector, events):
                    return breach
                now = time.monotonic()
                if now >= tick:
                    if breach := next(filter(None, (gauge() for gauge in gauges)), None):
                        return breach
                    # Never more than a fifth of the time goes into measuring.
                    tick = max(now + _TICK_S, time.monotonic() + 4 * (time.monotonic() - now))
                if any(key.fd == ended for key, _ in events):
                    return None
                if now >= deadline:
                    return Ended.TIMEOUT
        finally:
            os.close(ended)


def _read(selector: selectors.BaseSelector, events: list[tuple[selectors.SelectorKey, int]]) -> Ended | None:
    for key, _ in events:
        if isinstance(key.data, _Stream):
            key.data.read()
            if not key.data.open:
                selector.unregister(key.fd)
            if breach := key.data.breach():
                return breach
    return None


def _drain(streams: tuple[_Stream, ...]) -> None:
    """Read what the dead left in the pipes. All writers are gone, so the end is near."""
    deadline = time.monotonic() + _DRAIN_S
    for stream in streams:
        while stream.open and not stream.breach() and time.monotonic() < deadline:
            stream.read()


def _outputs(job: Job, folder: int) -> tuple[dict[str, bytes], Ended | None]:
    found: dict[str, bytes] = {}
    overflow = None
    for name in job.outputs:
        try:
            content = scratch.read(folder, name, job.limits.output)
        except OverflowError:
            overflow = Ended.OUTPUT
            continue
        if content is not None:
            found[name] = content
    return found, overflow


def _completed(
    started: Started,
    streams: tuple[_Stream, _Stream],
    breach: Ended | None,
    outputs: Mapping[str, bytes],
    seconds: float,
) -> Completed:
    started.read_status()
    stdout, stderr = (stream.kept() for stream in streams)
    said = started.reports()
    code = said.get("exit-code")
    if "error" in said or (breach is None and not isinstance(code, int)):
        raise SandboxError(f"the sandbox could not run the tool: {why(started, stderr)}")
    number = code if isinstance(code, int) else -signal.SIGKILL
    if started.shape.shell_codes:
        number = _signed(number)
    return Completed(breach or _how(number), number, stdout, stderr, outputs, seconds)


def _signed(code: int) -> int:
    """Turn a shell's 128 plus signal into the negative form. A tool that exits with one looks killed."""
    return 128 - code if 128 < code < 128 + signal.NSIG else code


def _how(code: int) -> Ended:
    """Name the end by the signal of the kernel limits that send one."""
    by_signal = {-signal.SIGXCPU: Ended.TIMEOUT, -signal.SIGXFSZ: Ended.OUTPUT}
    return Ended.EXITED if code >= 0 else by_signal.get(code, Ended.SIGNALLED)
