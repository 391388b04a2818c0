"""Running a tool in the sandbox and saying plainly how it failed, and the room it may take."""

import os
from pathlib import Path

from reviewbot.domain.sandboxing import Completed, Ended, Job, JobLimits, Sandbox
from reviewbot.errors import ScannerError

_ARGUMENT_BYTES = 100_000
"""Targets of one command line; Linux takes 2 MB of arguments and environment, some containers less."""

_HOW = {
    Ended.TIMEOUT: "did not finish within {wall:g} seconds",
    Ended.MEMORY: "used more than {memory} MB of memory",
    Ended.PROCESSES: "started more than {processes} processes",
    Ended.OUTPUT: "printed more than {output} MB",
}
_MENDS = {
    Ended.TIMEOUT: "raise limits.scanner_seconds in the policy, or review less at once",
    Ended.MEMORY: "raise limits.memory_bytes in the policy, or review less at once",
}


class ExhaustedError(ScannerError):
    """A tool ran into a limit: trying again in another way would only do it once more."""


class TimedOutError(ExhaustedError):
    """The limit was the time, so even trying again with less would cost as long."""


def run(tool: str, job: Job, sandbox: Sandbox, accepted: frozenset[int]) -> Completed:
    """Run the job; raise `ScannerError` unless it ended by itself with an accepted exit code.

    What the tool printed is not quoted: it may repeat what stands in the change.
    """
    completed = sandbox.run(job)
    if completed.ended in _HOW:
        limits = job.limits
        how = _HOW[completed.ended].format(
            wall=limits.wall_s,
            memory=limits.memory // 1_000_000,
            processes=limits.processes,
            output=limits.output // 1_000_000,
        )
        kind = TimedOutError if completed.ended is Ended.TIMEOUT else ExhaustedError
        raise kind(f"{tool} {how}", hint=_MENDS.get(completed.ended, ""))
    if completed.ended is Ended.SIGNALLED or completed.exit_code < 0:
        raise ScannerError(f"{tool} was ended by signal {abs(completed.exit_code)}")
    if completed.exit_code not in accepted:
        raise ScannerError(f"{tool} failed with exit code {completed.exit_code}")
    return completed


def limits_for(seconds: float, memory: int) -> JobLimits:
    """Give the policy's limits to one job; the processor time allows for several cores."""
    return JobLimits(wall_s=seconds, cpu_s=max(1, round(seconds * 4)), memory=memory)


def chunks(targets: list[str]) -> list[list[str]]:
    """Part targets into command lines of bearable length, in order."""
    parted: list[list[str]] = []
    room = 0
    for target in targets:
        size = len(os.fsencode(target)) + 1
        if not parted or size > room:
            parted.append([])
            room = _ARGUMENT_BYTES
        parted[-1].append(target)
        room -= size
    return parted


def free_cores() -> int:
    """Count the cores that are free now: those we may use, less what else is running, at least one.

    More threads than free cores make semgrep slower, not faster (measured).
    """
    cores = min(len(os.sched_getaffinity(0)), _quota())
    try:
        running = int(Path("/proc/loadavg").read_text("ascii").split()[3].partition("/")[0]) - 1
    except (OSError, ValueError, IndexError):
        running = 0
    return max(1, cores - max(0, running))


def _quota() -> int:
    """Give the whole cores that the control group allows; many if it does not say."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text("ascii").split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return 1024
