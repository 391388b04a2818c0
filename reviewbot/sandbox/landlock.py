"""The second and third rung: Landlock, with namespaces or without.

`landlock-netns`: user, mount, network, process, IPC and host-name namespaces, every mount
read-only, scratch a tmpfs; Landlock and the system-call filter on top.
`landlock-seccomp`: needs no privilege and no namespace, so it runs in containers that refuse
both. The filter refuses sockets and what Landlock does not govern; scratch is a watched folder;
the launcher adopts orphans, so that none outlives the job.

The tool sees host paths: its working directory is the tree itself. Source: landlock(7).
"""

import ctypes
import marshal
import os
import sys
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

from reviewbot.domain.sandboxing import Completed, Job
from reviewbot.errors import SandboxError
from reviewbot.sandbox import cgroups, places, scratch, seccomp
from reviewbot.sandbox.bubblewrap import shares
from reviewbot.sandbox.start import Channels, Shape
from reviewbot.sandbox.supervise import Writable, execute

NEWEST = 99
_TRUNCATION, _SCOPES = 3, 6  # the interfaces that first govern these
_CREATE_RULESET = 444
_LAUNCHER = str(Path(__file__).with_name("launcher.py"))
_DEVICES_READ = ("/dev/random", "/dev/urandom")
_DEVICES_WRITE = ("/dev/full", "/dev/null", "/dev/zero")
_SHARED_MEMORY = "/dev/shm"  # noqa: S108 - a mount of the sandbox's own
_NICE = 10


def interface() -> int:
    """Ask the kernel for its Landlock interface; 0 where there is none."""
    libc = ctypes.CDLL(None, use_errno=True)
    return max(0, int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1)))


def launch(channels: Channels, spec: dict[str, object]) -> tuple[str, ...]:
    """Give the command that runs the launcher with an order."""
    order = channels.sealed(marshal.dumps({**spec, "parent": os.getpid()}))
    numbers = (str(order), str(channels.status), str(channels.go))
    return (sys.executable, "-I", "-S", "-E", _LAUNCHER, *numbers)


def order(job: Job, folder: str) -> dict[str, object]:
    """Give what every use of the launcher has in common, for a job whose scratch is `folder`."""
    inside = places.Places(job.tree, folder, job.inputs)
    return {
        "argv": inside.arguments(job.argv),
        "env": inside.environment(job.env),
        "cwd": job.tree,
        "files": 2 * scratch.FILES,
        "interface": 0,
        "filter": b"",
        "mounts": (),
        "read": (),
        "write": (),
        "nice": 0,
    }


class _Landlock(ABC):
    """What the two rungs share. `newest` caps the interface that is used (for trying an older one)."""

    name: str

    def __init__(self, newest: int = NEWEST) -> None:
        self.interface = min(newest, interface())

    def run(self, job: Job) -> Completed:
        """Run the job to its end. Raises `SandboxError` if the kernel refuses a step."""
        places.check(job)
        if not self.interface:
            raise SandboxError("the kernel has no Landlock, or it is switched off")
        with tempfile.TemporaryDirectory(prefix="reviewbot-", ignore_cleanup_errors=True) as folder:
            return self._run_in(job, str(Path(folder).resolve()))

    @abstractmethod
    def _run_in(self, job: Job, folder: str) -> Completed:
        """Run the job with `folder` for what it may write."""

    def _rules(self, job: Job, *writable: str) -> dict[str, object]:
        read = (*places.system_paths(), *job.readable, *job.inputs.values(), job.tree, *_DEVICES_READ)
        return {
            "interface": self.interface,
            "read": tuple(path for path in read if Path(path).exists()),
            "write": (*_DEVICES_WRITE, *writable),
        }


class LandlockNamespaces(_Landlock):
    """Runs jobs under Landlock in namespaces of their own."""

    name = "landlock-netns"

    def _run_in(self, job: Job, folder: str) -> Completed:
        size, shared = shares(job.limits.scratch)
        mounts = ((folder, size), (_SHARED_MEMORY, shared))

        def build(channels: Channels) -> tuple[str, ...]:
            spec = {**order(job, folder), **self._rules(job, folder, _SHARED_MEMORY)}
            return launch(channels, {**spec, "mounts": mounts, "filter": seccomp.build()})

        return execute(job, build, Shape(init=True), Writable(mounts=(folder, _SHARED_MEMORY)))


class LandlockSeccomp(_Landlock):
    """Runs jobs under Landlock and the system-call filter, with no namespace."""

    name = "landlock-seccomp"

    def _run_in(self, job: Job, folder: str) -> Completed:
        filter_ = seccomp.build(
            shared=True,
            signals=self.interface < _SCOPES,
            truncation=self.interface < _TRUNCATION,
        )

        def build(channels: Channels) -> tuple[str, ...]:
            spec = {**order(job, folder), **self._rules(job, folder), "filter": filter_}
            return launch(channels, {**spec, "nice": unbounded_nice()})

        return execute(job, build, Shape(init=False), Writable(folder=folder))


def unbounded_nice() -> int:
    """Step back behind the supervisor where no kernel limit stops root from forking."""
    counted = any(controller.name == "pids" for controller in cgroups.available())
    return 0 if counted or os.getuid() else _NICE
