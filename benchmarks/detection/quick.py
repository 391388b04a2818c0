"""What the rules of some packs find in a neutral set, in seconds; needs nothing of the product.

    python benchmarks/detection/quick.py owasp --set PATH --packs rules/python-security rules/crypto-approved
    python benchmarks/detection/quick.py securityeval --set PATH --packs rules/* [--only RULE...] [--files]
    python benchmarks/detection/quick.py owasp ... --show pathtraver        # what is missed, what is wrong, which rule

PATH is the set as a folder or a git directory. `--work FOLDER` keeps the neutral copy for the next time. Reads
`detect.semgrep` (with `shared:`) and `detect.bandit`; other detectors are left out. `--tool bandit` scores bandit alone.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from detection import packs, score, tables, tools
from detection.sets import OWASP, READERS, Prepared, prepared


def main() -> int:
    """Scan, count and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", choices=READERS)
    parser.add_argument("--set", type=Path, required=True, dest="place", metavar="PATH")
    parser.add_argument("--packs", nargs="+", type=Path, default=[], metavar="FOLDER")
    parser.add_argument("--only", nargs="+", default=[], metavar="RULE", help="these rules alone")
    parser.add_argument("--category", nargs="+", default=[], help="scan the files of these alone")
    parser.add_argument("--show", action="append", default=[], metavar="CATEGORY", help="or `all`")
    parser.add_argument("--files", action="store_true", help="name every file with what fired, right or not")
    parser.add_argument("--work", type=Path, metavar="FOLDER", help="keep the neutral copy here")
    parser.add_argument("--as-it-is", action="store_true", help="the set with all its names and comments")
    parser.add_argument("--tool", choices=("packs", "bandit"), default="packs")
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        work = asked.work or Path(folder)
        chosen = prepared(asked.name, asked.place, work, neutral=not asked.as_it_is)
        if asked.category:
            cases = tuple(case for case in chosen.cases if case.category in asked.category)
            chosen = replace(chosen, cases=cases)
        started = time.perf_counter()
        answer = _scan(asked, chosen)
        _report(asked, chosen, answer)
        print(
            f"\n{len(answer.findings):,} findings in {time.perf_counter() - started:.1f} s; copy: {chosen.tree}"
        )
    return 1 if any("Rule parse error" in complaint for complaint in answer.complaints) else 0


def _scan(asked: argparse.Namespace, chosen: Prepared) -> tools.Answer:
    if asked.tool == "bandit":
        return tools.bandit(chosen.tree, chosen.files)
    rules, broken = packs.read_packs([folder for folder in asked.packs if folder.is_dir()], asked.only)
    answer = packs.scan(rules, chosen.tree, chosen.files, jobs=asked.jobs)
    return tools.Answer(answer.findings, (*broken, *answer.complaints))


def _report(asked: argparse.Namespace, chosen: Prepared, answer: tools.Answer) -> None:
    judged = score.scored(chosen.cases, answer.findings)
    counts = score.categories(judged)
    if asked.name == OWASP:
        print("\n".join(tables.per_category(counts)))
    else:
        print("\n".join(tables.recall_by_category(judged)))
        print(f"family recall {score.pooled(counts).tpr:.3f}", end=", ")
        print(f"any finding {score.any_recall(chosen.cases, answer.findings):.3f}")
    for complaint in answer.complaints[:40]:
        print(f"! {complaint}")
    shown = [one for one in judged if {"all", one.case.category} & set(asked.show)]
    print("\n".join(tables.mistakes(shown, answer.findings)))
    if asked.files:
        print("\n".join(tables.files(chosen.cases, answer.findings)))


if __name__ == "__main__":
    sys.exit(main())
