"""Starting a contained process: pipes, the handshake, and the order to go.

A rung's command reports `child-pid` and, at the end, `exit-code` as JSON lines on a status pipe
(bwrap's `--json-status-fd` form). It then waits for one byte. In between the parent puts the
limits on that process, so that no instruction of the tool runs without them.
"""

import contextlib
import fcntl
import json
import os
import resource
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from reviewbot.domain.sandboxing import JobLimits
from reviewbot.domain.visible import visible
from reviewbot.errors import SandboxError

_START_S = 10.0
_END_S = 10.0
_POLL_S = 0.0005


@dataclass(slots=True)
class Channels:
    """Descriptors that a rung's command gets. All are closed here once the command runs."""

    status: int
    go: int
    kept: list[int] = field(default_factory=list)

    def sealed(self, content: bytes) -> int:
        """Give a descriptor of a memory file with this content that nobody can change."""
        descriptor = sealed(content)
        self.kept.append(descriptor)
        return descriptor


@dataclass(frozen=True, slots=True)
class Shape:
    """What the parent must know of a rung's command.

    `init`: the reported process is the first of a process namespace, so its end is the end of all.
    `marker`: a path that exists under the process's root once its file system is ready; without
    one the command reports `ready`. `shell_codes`: a signal is reported as 128 plus its number.
    """

    init: bool
    marker: str | None = None
    shell_codes: bool = False


@dataclass(slots=True)
class Started:
    """A contained process that waits for `go`."""

    process: subprocess.Popen[bytes]
    shape: Shape
    status: int
    child: int = 0
    _reported: bytes = b""
    _held: int = -1
    _go: int = -1

    def read_status(self) -> None:
        """Take in what the command reported since."""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self.status, 4096):
                self._reported += part

    def reports(self) -> dict[str, object]:
        """Give everything reported so far. Half a line is not yet reported."""
        said: dict[str, object] = {}
        for line in self._reported.split(b"\n")[:-1]:
            said.update(json.loads(line))
        return said

    def root(self, path: str) -> str:
        """Give the host's name for a path inside."""
        return f"/proc/{self.child}/root{path}"

    def limit(self, limits: tuple[tuple[int, int, int], ...]) -> None:
        """Put (resource, soft, hard) limits on the process that will be the tool."""
        for kind, soft, hard in limits:
            ceiling = resource.prlimit(self.child, kind)[1]
            least = [
                value if ceiling == resource.RLIM_INFINITY else min(value, ceiling) for value in (soft, hard)
            ]
            resource.prlimit(self.child, kind, (least[0], least[1]))

    def release(self) -> None:
        """Let the tool begin."""
        os.write(self._go, b"1")
        os.close(self._go)
        self._go = -1

    def end(self) -> None:
        """Kill every process of the job; return when all are gone. Raises `SandboxError` if they stay."""
        if self._go >= 0:
            os.close(self._go)
            self._go = -1
        if self.shape.init and self._held >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._held, signal.SIGKILL)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if self.shape.init else signal.SIGTERM)
        try:
            self.process.wait(_END_S)
            if self.process.returncode and self.child and not self.shape.init:
                os.killpg(self.child, signal.SIGKILL)  # the launcher was killed: end its charge for it
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired as error:
            self.process.kill()
            raise SandboxError("the processes of a sandboxed job did not end when killed") from error
        if self.shape.init and self._held >= 0 and not select.select([self._held], [], [], _END_S)[0]:
            raise SandboxError("the process namespace of a sandboxed job did not end when killed")

    def hold(self) -> None:
        """Keep hold of the reported process, so that its number cannot become another's."""
        try:
            self._held = os.pidfd_open(self.child)
        except ProcessLookupError as error:
            raise SandboxError("the sandboxed process ended before it began") from error

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in (self._held, self.status, self._go):
            if descriptor >= 0:
                os.close(descriptor)
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()


@contextlib.contextmanager
def start(build: Callable[[Channels], tuple[str, ...]], shape: Shape, *, stdin: bytes) -> Iterator[Started]:
    """Run a rung's command up to the point where it waits for `release`. All is ended at exit."""
    started = _spawn(build, shape, stdin)
    try:
        _handshake(started)
        yield started
    finally:
        try:
            started.end()
        finally:
            started.close()


def _spawn(build: Callable[[Channels], tuple[str, ...]], shape: Shape, stdin: bytes) -> Started:
    status, status_child = os.pipe()
    go_child, go = os.pipe()
    channels = Channels(status_child, go_child, [status_child, go_child])
    try:
        argv = build(channels)
        passed = tuple(channels.kept)
        source = channels.sealed(stdin) if stdin else subprocess.DEVNULL
        process = subprocess.Popen(
            argv,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=passed,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except BaseException as error:
        os.close(status)
        os.close(go)
        if isinstance(error, OSError):
            raise SandboxError(f"{argv[0]} does not start: {error.strerror}") from error
        raise
    finally:
        for descriptor in channels.kept:
            os.close(descriptor)
    os.set_blocking(status, False)
    return Started(process, shape, status, _go=go)


def _handshake(started: Started) -> None:
    deadline = time.monotonic() + _START_S
    while not _ready(started):
        if started.process.poll() is not None or time.monotonic() > deadline:
            started.read_status()
            raise SandboxError(f"the sandbox does not start: {why(started)}")
        select.select([started.status], [], [], _POLL_S if started.child else 0.05)
        if started.child:
            time.sleep(_POLL_S)


def _ready(started: Started) -> bool:
    started.read_status()
    said = started.reports()
    child = said.get("child-pid")
    if not started.child and isinstance(child, int):
        started.child = child
        started.hold()
    if not started.child or "error" in said:
        return False
    if started.shape.marker is None:
        return "ready" in said
    return os.path.lexists(started.root(started.shape.marker))


def why(started: Started, stderr: bytes = b"") -> str:
    """Say in one line why a command did not do its part: its report, else the end of its stderr."""
    said = started.reports().get("error")
    if isinstance(said, str):
        return said
    if not stderr and started.process.stderr:
        os.set_blocking(started.process.stderr.fileno(), False)
        stderr = started.process.stderr.read() or b""
    lines = [line for line in stderr.decode("utf-8", "replace").split("\n") if line.strip()]
    return visible(lines[-1][:300]) if lines else "it ended without a word"


def sealed(content: bytes) -> int:
    """Give a read-only descriptor of a memory file with this content that nobody can change."""
    writable = os.memfd_create("job", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with os.fdopen(os.dup(writable), "wb") as file:
            file.write(content)
        seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
        fcntl.fcntl(writable, fcntl.F_ADD_SEALS, seals)
        return os.open(f"/proc/self/fd/{writable}", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(writable)


def rlimits(limits: JobLimits, *, tasks: int) -> tuple[tuple[int, int, int], ...]:
    """The kernel's own limits per process, as (resource, soft, hard).

    `tasks` is the ceiling for RLIMIT_NPROC, which the kernel ignores for root. Data has room over
    the limit of the tree, so that it is the tree's limit that ends a job and says so; it holds
    alone only if the supervisor is kept from running. There is no limit on address space: OCaml,
    Go and Java reserve far more of it than they use. Source: getrlimit(2).
    """
    data = 2 * limits.memory + 256_000_000
    return (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 1),
        (resource.RLIMIT_DATA, data, data),
        (resource.RLIMIT_FSIZE, limits.scratch, limits.scratch),
        (resource.RLIMIT_MEMLOCK, 65_536, 65_536),
        (resource.RLIMIT_MSGQUEUE, 0, 0),
        (resource.RLIMIT_NOFILE, limits.open_files, limits.open_files),
        (resource.RLIMIT_NPROC, tasks, tasks),
    )
