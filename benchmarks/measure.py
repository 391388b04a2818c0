"""Measuring whole processes: CPU and peak memory from the operating system's own accounting."""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass


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


def paired(first, second, *, rounds=9):
    """Run two commands in turn, A B A B, after one warm-up of each."""
    run(first), run(second)
    pairs = [(run(first), run(second)) for _ in range(rounds)]
    return [a for a, _ in pairs], [b for _, b in pairs]


def median(costs, field):
    """The median of one figure."""
    return statistics.median(getattr(cost, field) for cost in costs)


PYTHON = sys.executable
