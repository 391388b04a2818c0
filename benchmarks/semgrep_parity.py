"""Do both front ends of semgrep find the same? On real files, with our rules and a hundred more.

    python benchmarks/semgrep_parity.py PATH...

Takes up to 600 files below each PATH that semgrep has rules for, scans them with `--experimental`
and with the default front end, and compares (rule, path, first line, last line, fix) and each
file's coverage. Exits 1 if they differ.
"""

import argparse
import os
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from security_rules import security_rules

from reviewbot.domain.change import FileClass
from reviewbot.domain.policy import Policy, SandboxPolicy
from reviewbot.domain.rule import RuleSet
from reviewbot.policy.packs import load_rules
from reviewbot.sandbox import ladder
from reviewbot.scanners import jobs
from reviewbot.scanners.base import Executable, Source
from reviewbot.scanners.locate import locate
from reviewbot.scanners.semgrep import SemgrepScanner

RULES = Path(__file__).resolve().parents[1] / "rules"


def sources(folder: Path, scanner: SemgrepScanner, most: int) -> list[Source]:
    """Take files evenly from the sorted list of all that the scanner wants."""
    wanted = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.is_symlink() and file.stat().st_size < 300_000:
            path = str(file.relative_to(folder))
            one = Source(path, "0", "100644", b"", FileClass.CODE)
            if scanner.wants(one):
                wanted.append((file, one))
    step = max(1, len(wanted) // most)
    return [replace(one, content=file.read_bytes()) for file, one in wanted[::step][:most]]


def main() -> int:
    """Compare, print figures, and say whether they agree."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("paths", nargs="+", type=Path)
    arguments.add_argument("--files", type=int, default=600, help="at most so many below each path")
    chosen = arguments.parse_args()
    rules = RuleSet((), (*load_rules(Policy(), shipped=RULES).semgrep, *security_rules(100)))
    tools = locate(os.environ)
    limits = jobs.limits_for(1800.0, 8_000_000_000)
    fast = SemgrepScanner(tools.core, tools.semgrep, rules.semgrep, limits)
    slow = SemgrepScanner(Executable(("/bin/false",), ("/bin",)), tools.semgrep, rules.semgrep, limits)
    with tempfile.TemporaryDirectory() as folder:
        sandbox = ladder.choose(SandboxPolicy(), cache_dir=Path(folder))
    agree = True
    for path in chosen.paths:
        files = sources(path, fast, chosen.files)
        scans, seconds = [], []
        for scanner in (fast, slow):
            started = time.perf_counter()
            scans.append(scanner.scan(files, sandbox))
            seconds.append(time.perf_counter() - started)
        one, other = ({(result, result.fix) for result in scan.results} for scan in scans)
        lines = sum(file.content.count(b"\n") for file in files)
        same = one == other and scans[0].coverage == scans[1].coverage
        agree &= same
        failed = sum(word.state == "failed" for _, word in scans[0].coverage)
        print(
            f"{path.name}: {len(files)} files, {lines} lines, {len(rules.semgrep)} rules: {len(one)} and {len(other)} "
            f"findings of {len({result.tool_rule for result, _ in one})} rules, {failed} files failed, "
            f"{'the same' if same else 'DIFFERENT'}; {scans[0].tool.detail} {seconds[0]:.1f} s, "
            f"{scans[1].tool.detail} {seconds[1]:.1f} s"
        )
        for result, fix in sorted(one ^ other, key=repr)[:20]:
            print(f"  only {'experimental' if (result, fix) in one else 'default'}: {result} {fix}")
        for (name, word), (_, said) in zip(scans[0].coverage, scans[1].coverage, strict=True):
            if word != said:
                print(f"  {name}: experimental {word}, default {said}")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
