"""`make bench`: run every benchmark that needs nothing from outside and print the table."""

import importlib
import os
import platform
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

BENCHMARKS = ("startup", "ours", "sast_speed", "whole_large_change")


def machine():
    """Name the machine a reader can compare with."""
    model = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().split("\n")
            if "model name" in line
        ),
        "",
    )
    return f"{os.cpu_count()} cores ({model}), {platform.system()} {platform.release()}, Python {platform.python_version()}"


def main(names):
    """Run the named benchmarks, or all, and say which limits held."""
    print(f"{time.strftime('%Y-%m-%d')}, {machine()}\n")
    print("| measured | figure | limit | held |\n|---|---|---|---|")
    held = True
    for name in names or BENCHMARKS:
        for what, figure, limit, good in importlib.import_module(name).main():
            held &= good
            print(f"| {what} | {figure} | {limit} | {'yes' if good else 'NO'} |", flush=True)
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
