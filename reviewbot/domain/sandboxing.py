"""What runs in a sandbox, as values. The rungs are in `reviewbot.sandbox`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


@dataclass(frozen=True, slots=True)
class JobLimits:
    """Bounds of one sandboxed job. They hold for the whole process tree, except where said.

    `wall_s` and `cpu_s` are seconds (`cpu_s` per process), `memory` bytes of the tree,
    `scratch` bytes of all writable space together, `output` bytes of stdout and stderr each.
    """

    wall_s: float = 300.0
    cpu_s: int = 600
    memory: int = 4_000_000_000
    processes: int = 256
    open_files: int = 1024
    scratch: int = 512_000_000
    output: int = 64_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """One tool run. Inside, `/src` is the tree (read-only) and the working directory.

    `readable` are host paths that the tool needs (interpreter, its packages), read-only at
    their own place. `inputs` maps a name under `/in` to a host file or folder, read-only.
    HOME and TMPDIR are a writable scratch folder, emptied afterwards. `env` is the whole
    environment beside those and a constant PATH. `outputs` are files, relative to the scratch
    folder (`$HOME`), whose content comes back; a missing one is absent from the result.
    """

    argv: tuple[str, ...]
    tree: str
    readable: tuple[str, ...] = ()
    inputs: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    outputs: tuple[str, ...] = ()
    limits: JobLimits = field(default_factory=JobLimits)


class Ended(StrEnum):
    """How a job ended."""

    EXITED = "exited"
    SIGNALLED = "signalled"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    PROCESSES = "processes"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class Completed:
    """What came back. `exit_code` is negative for a signal, as in `subprocess`."""

    ended: Ended
    exit_code: int
    stdout: bytes
    stderr: bytes
    outputs: Mapping[str, bytes]
    seconds: float


class Sandbox(Protocol):
    """Runs one job, contained: no network, nothing writable but scratch, bounded."""

    @property
    def name(self) -> str:
        """The rung's name, as the review records it."""

    def run(self, job: Job) -> Completed:
        """Run the job to its end. Raises `SandboxError` if the sandbox itself breaks."""
