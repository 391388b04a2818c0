"""The first rung: bubblewrap, with our own system-call filter, which bwrap does not add.

Inside, `/src` is the tree, `/in/NAME` an input, `/tmp` scratch; nothing else of the host but the
system paths and what the job names. Source: bwrap(1), and `bubblewrap.c` for the order of steps.
"""

import shutil
from pathlib import Path

from reviewbot.domain.sandboxing import Completed, Job
from reviewbot.errors import SandboxError
from reviewbot.sandbox import places, seccomp
from reviewbot.sandbox.start import Channels, Shape
from reviewbot.sandbox.supervise import Writable, execute

_MARKER = "/.ready"
_SHARED_MEMORY = 16_000_000
_SHAPE = Shape(init=True, marker=_MARKER, shell_codes=True)


def shares(scratch: int) -> tuple[int, int]:
    """Split the bytes of all writable space into scratch and `/dev/shm`, which locks need."""
    shared = min(_SHARED_MEMORY, scratch // 8)
    return scratch - shared, shared


class Bubblewrap:
    """Runs jobs under `bwrap`. `program` is its path, found in PATH if not given."""

    name = "bubblewrap"

    def __init__(self, program: str | None = None) -> None:
        self.program = program or shutil.which("bwrap") or ""

    def run(self, job: Job) -> Completed:
        """Run the job to its end. Raises `SandboxError` if bwrap is missing or breaks."""
        places.check(job)
        if not self.program:
            raise SandboxError("bwrap is not in PATH")

        def build(channels: Channels) -> tuple[str, ...]:
            return (self.program, *arguments(job, channels))

        return execute(job, build, _SHAPE, Writable(mounts=("/tmp", "/dev/shm")))  # noqa: S108 - inside


def arguments(job: Job, channels: Channels) -> tuple[str, ...]:
    """Give bwrap's arguments for a job."""
    inside = places.Places("/src", "/tmp", {name: f"/in/{name}" for name in job.inputs})  # noqa: S108 - inside
    scratch, shared = shares(job.limits.scratch)
    filter_ = channels.sealed(seccomp.build())
    environment = inside.environment(job.env).items()
    return (
        *("--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
        *("--hostname", "sandbox", "--clearenv"),
        *("--size", str(scratch), "--tmpfs", "/tmp"),  # noqa: S108 - the path inside the sandbox
        *_system(),
        *("--dev", "/dev", "--size", str(shared), "--tmpfs", "/dev/shm", "--remount-ro", "/dev"),  # noqa: S108 - as above
        *("--proc", "/proc"),
        *(word for path in job.readable for word in ("--ro-bind", path, path)),
        *("--ro-bind", job.tree, "/src", "--dir", "/in"),
        *(word for name, path in job.inputs.items() for word in ("--ro-bind", path, f"/in/{name}")),
        *("--dir", _MARKER, "--remount-ro", "/", "--chdir", "/src"),
        *(word for name, value in environment for word in ("--setenv", name, value)),
        *("--seccomp", str(filter_)),
        *("--json-status-fd", str(channels.status), "--block-fd", str(channels.go)),
        "--",
        *inside.arguments(job.argv),
    )


def _system() -> list[str]:
    words: list[str] = []
    for path in places.system_paths():
        if Path(path).is_symlink():
            words += ["--symlink", str(Path(path).readlink()), path]
        else:
            words += ["--ro-bind", path, path]
    return words
