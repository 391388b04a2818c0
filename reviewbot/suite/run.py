"""Running the repository's own tests, in the sandbox and on a tree of ours. However that ends, it ends in words.

The command is the target branch's and its program the operator's; what they run is the change's. So nothing of
ours is in reach: the tree is written afresh, the environment is a constant, there is no network, and time,
memory, processes and output are bounded. A rung that only declares that something contains it will not do.
"""

import contextlib
import os
import shutil
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from reviewbot.domain.sandboxing import Completed, Ended, Job, JobLimits, Sandbox
from reviewbot.domain.suite import SuitePolicy, SuiteRun
from reviewbot.errors import ReviewbotError
from reviewbot.suite import launcher, output
from reviewbot.suite.tree import File, Packed, pack

OUTPUT_BYTES = 4_000_000
"""What a run may print, per stream."""

_SCRATCH, _BLOCK = 512_000_000, 4096
_ARCHIVE = "files"
_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_ENVIRONMENT = {
    "CI": "1",
    "NO_COLOR": "1",
    "TERM": "dumb",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",  # the same run twice prints the same
    "PYTEST_ADDOPTS": "-rfEp",  # name what passed, too; the command's own `-r` outranks it
}
_DECLARED = "job"
_NOT_CONTAINED = "the tests were not run: the sandbox is only declared, and they could reach reviewbot itself"
_IN_PLACE = "the tests could not write beside their sources: the repository is too large for that"


class Program(Protocol):
    """Where a program is: the front of its argv, the host paths that it needs, or why it is `missing`."""

    @property
    def command(self) -> tuple[str, ...]:
        """Words that start it; empty if it is not there."""

    @property
    def readable(self) -> tuple[str, ...]:
        """Host paths that it must be able to read."""

    @property
    def missing(self) -> str:
        """Why it is not there, as a sentence."""


@dataclass(frozen=True, slots=True)
class Room:
    """What a run may take: `memory` in bytes for all of it, and how much of a repository is copied for it.

    A sandbox lets a job have 10,000 files; what the tests write themselves needs some of that.
    """

    memory: int = 4_000_000_000
    entries: int = 8_000
    bytes: int = 1_000_000_000

    def takes(self, packed: Packed) -> bool:
        """Say whether the repository is unpacked in the sandbox, where the tests may write beside it."""
        return packed.entries <= self.entries and packed.bytes <= self.bytes


def run(
    files: Iterable[File],
    policy: SuitePolicy,
    sandbox: Sandbox,
    find: Callable[[str], Program],
    room: Room = Room(),
) -> SuiteRun:
    """Run the tests on these files. Whatever goes wrong is said in the result, and nothing is raised for it."""
    if not policy.runs:
        return _broken("the policy does not let the tests run")
    if sandbox.name.partition(" ")[0] == _DECLARED:
        return _broken(_NOT_CONTAINED)
    program = find(policy.command[0])
    if not program.command:
        return _broken(program.missing or f"{policy.command[0]} was not found")
    try:
        with _folder() as top:
            packed = _laid_out(files, top, room)
            job = _job(top, policy, program, packed, room)
            return _told(sandbox.run(job), job, packed)
    except ReviewbotError as error:
        return _broken(error.sentence)
    except OSError as error:
        return _broken(f"the files could not be laid out in {tempfile.gettempdir()}: {error.strerror}")


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    """Give a new folder, and take it away with all that is in it."""
    top = Path(tempfile.mkdtemp(prefix="reviewbot-suite-"))
    try:
        top.chmod(0o755 & _mask())
        yield top
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _mask() -> int:
    """Let the sandbox's user read: a rung started by root runs as another user, all others as this one."""
    return 0o777 if os.geteuid() == 0 else 0o700


def _laid_out(files: Iterable[File], top: Path, room: Room) -> Packed:
    """Pack the files; where they are too many for the sandbox's own space, unpack them here."""
    archive, tree = top / _ARCHIVE, top / output.ROOT
    with archive.open("xb") as opened:
        packed = pack(files, opened)
    archive.chmod(0o644 & _mask())
    if room.takes(packed):
        tree.mkdir()
        tree.chmod(0o755 & _mask())
    else:
        launcher.unpack(str(archive), str(tree), _mask())
    return packed


def _broken(why: str) -> SuiteRun:
    return SuiteRun(exit_code=-1, seconds=0.0, broken=why)


def _job(top: Path, policy: SuitePolicy, program: Program, packed: Packed, room: Room) -> Job:
    small = room.takes(packed)
    place = ("{in}/archive", f"{{scratch}}/{output.ROOT}") if small else ("-", "{src}")
    script = str(Path(launcher.__file__).resolve())
    # Behind the lone `--` no placeholder is filled: these words are the target branch's.
    words = ("--", str(len(program.command)), *program.command, *policy.command)
    folders = (str(Path(word).parent) for word in program.command if word.startswith("/"))
    taken = packed.bytes + packed.entries * _BLOCK if small else 0
    return Job(
        argv=(*_interpreter(), "-I", "-S", "-B", "{in}/launcher", *place, *words),
        tree=str(top / output.ROOT),
        readable=tuple(dict.fromkeys((*_interpreter_paths(), *program.readable))),
        inputs={"launcher": script} | ({"archive": str(top / _ARCHIVE)} if small else {}),
        env=_ENVIRONMENT | {"PATH": ":".join(dict.fromkeys((*folders, *_PATH.split(":"))))},
        limits=JobLimits(
            wall_s=policy.timeout_s,
            cpu_s=max(1, round(policy.timeout_s * 4)),
            memory=room.memory,
            scratch=_SCRATCH + taken,
            output=OUTPUT_BYTES,
        ),
    )


def _interpreter() -> tuple[str, ...]:
    """Name our Python as `python3`, by which an image of the operator's has one too."""
    real = Path(sys.executable).resolve()
    named = real.with_name("python3")
    return (str(named if named.exists() else real),)


def _interpreter_paths() -> tuple[str, ...]:
    """Name what our Python needs to start, beside what every rung shows."""
    paths = sysconfig.get_paths()
    found = {*_interpreter(), str(Path(sys.executable).resolve()), paths["stdlib"], paths["platstdlib"]}
    library, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("LDLIBRARY")
    if library and name and (Path(library) / name).exists():
        found.update(str(each) for each in Path(library).glob("libpython3*.so*"))
    return tuple(sorted(found))


def _told(done: Completed, job: Job, packed: Packed) -> SuiteRun:
    named = output.read(done.stdout, done.stderr)
    notes = packed.notes if "archive" in job.inputs else (*packed.notes, _IN_PLACE)
    result = SuiteRun(
        done.exit_code, done.seconds, named.passed, named.failed,
        named=named.known, counted=named.counted, notes=notes,
    )  # fmt: skip
    result = replace(result, broken=_why(done, job))
    return replace(result, notes=(*notes, *_unexplained(result, done)))


def _unexplained(result: SuiteRun, done: Completed) -> tuple[str, ...]:
    """Repeat the last words of a run that failed where no failing test tells why."""
    said = output.last_words(done.stdout, done.stderr)
    if result.green or not said or (result.failed and not result.broken):
        return ()
    return (
        f"{result.broken or f'the tests ended with exit code {result.exit_code}'}; last they printed: {said}",
    )


def _why(done: Completed, job: Job) -> str:
    """Say why a run is not whole; "" if it is."""
    limits, full = job.limits, max(len(done.stdout), len(done.stderr)) >= job.limits.output
    words = {
        Ended.TIMEOUT: f"the tests did not finish within {limits.wall_s:g} seconds",
        Ended.MEMORY: f"the tests used more than {limits.memory // 1_000_000:,} MB of memory",
        Ended.PROCESSES: f"the tests started more than {limits.processes:,} processes",
        Ended.OUTPUT: (
            f"the tests printed more than {limits.output // 1_000_000:,} MB"
            if full
            else f"the tests wrote more than {limits.scratch // 1_000_000:,} MB or 10,000 files"
        ),
        Ended.SIGNALLED: f"the tests were ended by signal {abs(done.exit_code)}",
    }
    if done.ended in words:
        return words[done.ended]
    return {
        launcher.NOT_UNPACKED: "the files of the repository could not be unpacked in the sandbox",
        launcher.NOT_FOUND: "the program of the tests does not start in the sandbox",
    }.get(done.exit_code, "")
