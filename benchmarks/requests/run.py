"""How many requests publishing makes on each forge, by method, against its budget.

    python benchmarks/requests/run.py

The fakes count. Prints a table; exits 1 if a budget is not kept, a second run writes, or a run sleeps.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "forges"))

from publishing_scene import KINDS
from request_counts import AGAIN, counts, limit


def main():
    """Count for each forge and print the rows."""
    print("| forge | run | requests | at most | by method | writes | slept |\n|---|---|---|---|---|---|---|")
    held = True
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="requests-") as folder:
            found = counts(kind, Path(folder))
        for case, run in found.items():
            most = limit(kind, case)
            held &= run.total <= most and not run.slept and not (case == AGAIN and run.writes)
            methods = ", ".join(f"{name} {count}" for name, count in sorted(run.methods.items()))
            print(
                f"| {kind} | {case} | {run.total} | {most} | {methods} | {run.writes} | {len(run.slept)} times |"
            )
    return 0 if held else 1


if __name__ == "__main__":
    raise SystemExit(main())
