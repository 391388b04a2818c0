"""Measuring whole processes: CPU and peak memory from the operating system's own accounting."""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """One finished process tree. Seconds; peak resident memory in bytes (the largest single process)."""

    wall: float
    cpu: float
    peak: int
    code: int


def run(argv, *, cwd=None, env=None):
    """Run a command to its end, its output thrown away, and give what it cost."""
    started = time.perf_counter()
    process = subprocess.Popen(argv, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - started
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024, process.returncode)


def tree_peak(argv, *, every=0.05):
    """Run a command and give wall seconds, exit code and the peak resident memory of its whole process tree, sampled.

    Processes inside a sandbox are killed with their first one, so no accounting of the system covers them.
    Shared pages count once for each process: the figure errs on the high side.
    """
    started = time.perf_counter()
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, _tree(process.pid))))
        time.sleep(every)
    return time.perf_counter() - started, process.returncode, peak


def _tree(top):
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = [top]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _resident(pid):
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0


def paired(first, second, *, rounds=9):
    """Run two commands in turn, A B A B, after one warm-up of each."""
    run(first), run(second)
    pairs = [(run(first), run(second)) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def median(costs, field):
    """The median of one figure."""
    return statistics.median(getattr(cost, field) for cost in costs)


PYTHON = sys.executable
