"""What proving one patch costs, against scanning the file that it is for.

    python benchmarks/patches/speed.py [--rounds 7]

The file has 300 lines. Scanning: all scanners and rules, nothing remembered. Proving: all steps of the proof of the rule's own fix,
with the head's results remembered as they are in a review, the patched file's not. Each round does both, one after the other.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from reviewbot import wiring_rules
from reviewbot.domain.mending import Flaw, HeadFile, Refused
from reviewbot.patches import propose, prove
from reviewbot.patches.workroom import Workroom
from reviewbot.policy import config, packs
from reviewbot.scanners.bench import Bench
from reviewbot.scanners.rescan import rescan
from reviewbot.scanners.run import scan_change
from reviewbot.shipped import folder
from reviewbot.store.cache import NoCache, opened
from reviewbot.workbench.imagined import imagine

_LINES = 300
_TOP = '''"""People of a city, from a database."""

import sqlite3

from flask import Flask, jsonify, request

app = Flask(__name__)


@app.get("/people")
def people():
    name = request.args.get("name", "")
    cursor = sqlite3.connect("people.sqlite").cursor()
    cursor.execute("SELECT name, city FROM people WHERE name = '" + name + "'")
    return jsonify(cursor.fetchall())
'''
_MORE = '''

def total_{0}(orders):
    """Add up what the orders cost."""
    total = 0
    for order in orders:
        if order.paid:
            total += order.price * order.count
    return total
'''


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    policy = wiring_rules.settings(
        {}, installed=Path("/nonexistent"), given=None, overrides=config.Overrides()
    )
    rules = packs.load_rules(policy, shipped=folder("rules"), today=datetime.now(UTC).date())
    content = _content()
    made = imagine({"shop/people.py": content})
    ratios, scans, proofs = [], [], []
    with wiring_rules.opened(policy, rules, os.environ) as tools:
        for _ in range(rounds):
            with (
                tempfile.TemporaryDirectory(prefix="speed-") as work,
                opened(Path(work) / "cache.sqlite") as cache,
            ):
                bench = Bench(made.read, rules, policy, tools.scanners, tools.sandbox, cache, _quiet)

                def scan(cache: NoCache = cache) -> object:
                    return scan_change(
                        made.change, made.read, rules=rules, policy=policy, scanners=tools.scanners,
                        sandbox=tools.sandbox, cache=cache, progress=_quiet,
                    )  # fmt: skip

                seconds, report = _timed(scan)
                finding = next(one for one in report.new if one.rule == "python-sql-built-from-input")
                flaw = Flaw(finding, rules.find(finding.rule), HeadFile(made.change.files[0], content))
                workroom = Workroom(tools.sandbox)
                (proposal,) = propose.from_rules([flaw], rules.approved, workroom)
                if isinstance(proposal, Refused):
                    sys.exit(f"speed: {proposal.why}")
                proof = prove.Bench(
                    workroom,
                    lambda asked, bench=bench: rescan(asked, bench),
                    lambda _path, _module: False,
                    rules.approved,
                )
                spent, patches = _timed(
                    lambda flaw=flaw, one=proposal, proof=proof: prove.prove([(flaw, one)], proof)
                )
                if not patches[0].proof.holds:
                    sys.exit(f"speed: {patches[0].proof.failure}")
            scans.append(seconds)
            proofs.append(spent)
            ratios.append(spent / seconds)
    print(f"{_LINES} lines, {rounds} rounds: scanning {median(scans):.2f} s, proving {median(proofs):.2f} s,")
    print(f"ratio {median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")
    return 0


def _content() -> bytes:
    text, number = _TOP, 0
    while text.count("\n") < _LINES:
        text += _MORE.format(number)
        number += 1
    return text.encode()


def _timed(act: Callable[[], object]) -> tuple[float, object]:
    started = time.perf_counter()
    result = act()
    return time.perf_counter() - started, result


def _quiet(_said: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
