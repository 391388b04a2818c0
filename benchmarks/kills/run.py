"""Exactly once: kill the publisher at every request, run it again, and compare with an undisturbed run.

    python benchmarks/kills/run.py [--kills 250] [--seed kills] [--forge gitlab]

A run dies by SIGKILL at each of its requests, before the forge has done anything and after it has done its
work; then what completes it dies too, at a request drawn at random, until there are as many kills as asked
for. Besides, the answer to each request is lost in six ways after its effect and in six before, and that
very run has to come to its end. Every time threads, replies, states, summary, statuses and unpublished
drafts must be those of an undisturbed run, and one more run must write nothing.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "forges"))

from kill_histories import HISTORIES, LOST, Trial
from publishing_child import Child
from publishing_scene import KINDS


def kills(trials, child, least, rng):
    """Kill at every boundary once, then twice in a row at random ones; give how many runs died."""
    done = 0
    for trial in trials:
        for blow in trial.boundaries():
            done += trial.killed(child, blow)
    while done < least:
        trial = rng.choice(trials)
        done += trial.killed(child, rng.choice(trial.boundaries()), rng.choice(trial.boundaries()))
    return done


def losses(trials):
    """Lose the answer to every write, in every way; give how many were lost after the effect, and before."""
    after = before = 0
    for trial in trials:
        for at in trial.writes:
            for kind in LOST:
                trial.robbed(at, kind)
                trial.robbed(at, kind, after_effect=False)
                after, before = after + 1, before + 1
    return after, before


def measure(kind, folder, child, asked):
    """One forge; gives a row of the table."""
    started = time.perf_counter()
    trials = [Trial(kind, history, folder) for history in HISTORIES]
    requests = "+".join(str(trial.count) for trial in trials)
    died = kills(trials, child, asked.kills, random.Random(f"{asked.seed} {kind}"))
    after, before = losses(trials)
    seconds = time.perf_counter() - started
    return f"| {kind} | {requests} | {died} | {after} | {before} | 0 | {seconds:.0f} s |"


def main():
    """Measure each forge and print the table; a difference raises AssertionError."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=250, help="kills per forge, at least (250)")
    parser.add_argument("--seed", default="kills")
    parser.add_argument("--forge", choices=KINDS, action="append", help="this one only")
    asked = parser.parse_args()
    print(
        "| forge | requests of the runs | killed | answers lost after the effect | before it | differences | took |"
    )
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="kills-") as folder, Child() as child:
        for kind in asked.forge or KINDS:
            print(measure(kind, Path(folder), child, asked), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
