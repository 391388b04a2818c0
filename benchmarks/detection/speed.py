"""What a pack costs: all its semgrep rules on ten files, by turns with a hundred plain ones, same front end."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from detection import packs, tools

FILES = (
    "bisect.py", "colorsys.py", "fnmatch.py", "getpass.py", "linecache.py", "netrc.py", "sched.py", "shelve.py", "stringprep.py",
    "textwrap.py",
)  # fmt: skip
MOST_RATIO = 2.5
ROUNDS = 9


@dataclass(frozen=True)
class Speed:
    """Medians in seconds, and the median ratio of the pairs."""

    rules: int
    pack: float
    plain: float
    ratio: float


def measure(folder: Path, tree: Path, files: Sequence[str], rounds: int = ROUNDS) -> Speed:
    """Time one pack against a hundred plain rules."""
    # These need the product, which nothing else in this process does.
    from security_rules import security_rules  # noqa: PLC0415

    from reviewbot.domain.rule import SemgrepDetector  # noqa: PLC0415

    rules, broken = packs.read_packs([folder])
    if broken:
        raise tools.ToolError("\n".join(broken))
    own = [packs.body(rule) for rule in rules if rule.semgrep is not None]
    plain = [
        dict(rule.detector.body)
        | {"id": rule.id, "message": "-", "severity": "WARNING", "languages": list(rule.languages)}
        for rule in security_rules(100)
        if isinstance(rule.detector, SemgrepDetector)
    ]
    taken = [(_time(own, tree, files), _time(plain, tree, files)) for _ in range(rounds + 1)]
    pairs = taken[1:]
    return Speed(
        len(own),
        statistics.median(pack for pack, _ in pairs),
        statistics.median(other for _, other in pairs),
        statistics.median(pack / other for pack, other in pairs),
    )


def library(into: Path) -> list[str]:
    """Copy ten files of the standard library."""
    folder = Path(os.__file__).parent
    names = [name for name in FILES if (folder / name).is_file()]
    into.mkdir(parents=True, exist_ok=True)
    for name in names:
        (into / name).write_bytes((folder / name).read_bytes())
    return names


def _time(rules: Sequence[dict[str, Any]], tree: Path, files: Sequence[str]) -> float:
    started = time.perf_counter()
    tools.semgrep(rules, tree, files, jobs=1)
    return time.perf_counter() - started


def costs(folder: Path, tree: Path, files: Sequence[str]) -> list[tuple[float, str]]:
    """Seconds of CPU that each rule of a pack takes alone, beyond one that asks for nothing; the dearest first."""
    rules, _ = packs.read_packs([folder])
    bodies = [packs.body(rule) for rule in rules if rule.semgrep is not None]
    nothing = {"id": "-", "message": "-", "severity": "INFO", "languages": ["python"], "pattern": "nothing_of_it()"}  # fmt: skip
    floor = min(_cpu([nothing], tree, files) for _ in range(3))
    return sorted(((_cpu([one], tree, files) - floor, one["id"]) for one in bodies), reverse=True)


def _cpu(rules: Sequence[dict[str, Any]], tree: Path, files: Sequence[str]) -> float:
    before = os.times()
    tools.semgrep(rules, tree, files, jobs=1)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> int:
    """Name the dearest rules of a pack: `python benchmarks/detection/speed.py rules/python-security`."""
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        files = library(Path(folder))
        for seconds, rule in costs(Path(sys.argv[1]), Path(folder), files)[:15]:
            print(f"{seconds:6.3f} s  {rule}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
