"""Placement on real commits: does every comment stand on the lines it quotes, and does a click give the patch.

    python benchmarks/placement/run.py FOLDER... [--commits N] [--variants N] [--seed TEXT] [--forge NAME]

Each FOLDER is a git repository or holds some. Per forge N commits (500) are drawn at random, the same number
from each repository; each becomes a pull request against that forge's fake, over its socket. On top come
variants of drawn commits, for what is rare. Prints a table and every fault; exits 1 if there is one.
"""

import argparse
import itertools
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))


from placement.corpus import Request, Unfit, borrow, drawn, repositories, request, title
from placement.judge import Tally
from placement.servers import KINDS
from placement.trial import Trial
from placement.variants import ALTERED, variant

FAULTS = ("refused", "listed though shown", "misplaced", "lost", "wrong")


def main() -> int:
    """Measure one forge after the other; the exit code says whether all was right."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--commits", type=int, default=500, metavar="N", help="real commits per forge (500)")
    parser.add_argument("--variants", type=int, default=30, metavar="N", help="variants of each kind (30)")
    parser.add_argument("--seed", default="placement")
    parser.add_argument("--forge", choices=KINDS, action="append", help="this one only")
    asked = parser.parse_args()
    sources = repositories(asked.folders)
    if not sources:
        parser.error("no repository there")
    faults = 0
    for kind in asked.forge or KINDS:
        started = time.perf_counter()
        tally = measure(kind, sources, asked)
        show(kind, tally, time.perf_counter() - started)
        faults += sum(tally.counts[fault] for fault in FAULTS)
    return 1 if faults else 0


def measure(kind: str, sources: list[Path], asked: argparse.Namespace) -> Tally:
    """One forge over all repositories."""
    tally = Tally()
    for place, source in enumerate(sources):
        share = [
            total // len(sources) + (place < total % len(sources))
            for total in (asked.commits, asked.variants)
        ]
        with tempfile.TemporaryDirectory(prefix="placement-") as folder:
            repo = borrow(source, Path(folder) / "borrowed.git")
            trial = Trial(kind, repo, tally)
            try:
                for made in requests(repo, source, share, f"{asked.seed} {kind}", tally):
                    trial.run(made, asked.seed)
            finally:
                trial.close()
        print(
            f"  {kind} {title(source)}: {tally.counts['remarks']:,} remarks so far",
            file=sys.stderr,
            flush=True,
        )
    return tally


def requests(repo, source: Path, share: list[int], seed: str, tally: Tally) -> Iterator[Request]:
    """So many real commits, and then so many variants of each kind."""
    pairs = drawn(source, seed)
    real = fitting((partial(request, repo, title(source), *pair) for pair in pairs), tally)
    taken: list[Request] = []
    for made in itertools.islice(real, share[0]):
        taken.append(made)
        yield made
    for kind in ALTERED:
        altered = [partial(variant, repo, made, kind) for made in taken]
        yield from itertools.islice(fitting(altered, tally), share[1])


def fitting(attempts: Iterable[Callable[[], Request]], tally: Tally) -> Iterator[Request]:
    """Those that can be requests; the others are counted with the reason."""
    for attempt in attempts:
        try:
            yield attempt()
        except Unfit as why:
            tally.counts[f"passed over: {why}"] += 1


def show(kind: str, tally: Tally, seconds: float) -> None:
    """Print the row of a forge, what is in it, and every fault."""
    counts = tally.counts
    columns = (
        "commits", "variants", "files", "remarks", "inline", "listed", "refused", "listed though shown", "misplaced", "lost", "patches", "exact",
        "wrong", "as diff",
    )  # fmt: skip
    if kind == KINDS[0] or not sys.stdout.isatty():
        print("| forge | " + " | ".join(columns) + " | seconds |")
        print("|" + "---|" * (len(columns) + 2))
    row = " | ".join(f"{counts[column]:,}" for column in columns)
    print(f"| {kind} | {row} | {seconds:.0f} |")
    for name in sorted(set(counts) - set(columns)):
        print(f"    {name}: {counts[name]:,}")
    for fault in tally.faults[:60]:
        print(f"  ! {fault}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
