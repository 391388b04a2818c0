"""Patches of rules over a corpus of flawed files, as Markdown.

    python benchmarks/patches/run.py --owasp PATH --securityeval PATH --python PATH [--work FOLDER]

A PATH of a set is a folder or a git directory. `--python` is an interpreter with flask, pyyaml, requests, defusedxml, pyjwt
and jinja2, in which the cases run. Exits 1 if a posted patch fails the independent check. Needs Python 3.12 or newer.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from patches import behaviour
from patches.corpus import laid_out
from patches.recheck import edited
from patches.review import reviewed
from reviewbot.domain.policy import Policy
from reviewbot.policy import packs
from reviewbot.scanners import locate
from reviewbot.scanners.semgrep_rules import configuration
from reviewbot.shipped import folder


def main() -> int:
    """Measure."""
    asked = _arguments()
    public = {name: place for name in ("owasp", "securityeval") if (place := getattr(asked, name))}
    with tempfile.TemporaryDirectory(prefix="patches-") as temporary:
        work = asked.work or Path(temporary)
        tree = work / "tree"
        sets = laid_out(tree, public)
        review, seconds = reviewed(tree, work)
        print("\n".join(_rates(review, sets)))
        print(f"\nReviewing and proving took {seconds:.0f} s.\n")
        code = _recheck(work)
        print("\n".join(_behaviours(review, tree, asked.python)))
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--owasp", type=Path)
    parser.add_argument("--securityeval", type=Path)
    parser.add_argument("--python", required=True)
    parser.add_argument("--work", type=Path)
    return parser.parse_args()


def _rates(review: Mapping[str, Any], sets: Mapping[str, list[str]]) -> Iterator[str]:
    """For findings whose rule has a fix: how many got a proven patch."""
    findings = {one["fingerprint"]: one for one in review["findings"]}
    proven = Counter(_set(findings[one["finding"]]) for one in review["patches"] if one["origin"] == "rule")
    refused = [one for one in review["unproven"] if one["origin"] == "rule"]
    without = Counter(_set(findings[one["finding"]]) for one in refused)
    yield "| set | files | flawed files with a rule that has a fix | findings of such rules | proven patch | share |"
    yield "|---|---|---|---|---|---|"
    touched = {one["finding"] for one in (*review["patches"], *refused)}
    for name, paths in sets.items():
        flawed = {findings[one]["span"]["path"] for one in touched if _set(findings[one]) == name}
        yield _row(name, len(paths), len(flawed), proven[name], without[name])
    flawed = {findings[one]["span"]["path"] for one in touched}
    yield _row("all", sum(map(len, sets.values())), len(flawed), proven.total(), without.total())
    yield ""
    reasons = Counter((one["rule"], one["step"] or "", one["why"]) for one in refused)
    yield "Without a patch:"
    yield from (f"- {count} x {rule}: {step} {why}" for (rule, step, why), count in reasons.most_common(40))


def _row(name: str, files: int, flawed: int, proven: int, without: int) -> str:
    share = f"{proven / (proven + without):.1%}" if proven + without else "none"
    return f"| {name} | {files} | {flawed} | {proven + without} | {proven} | {share} |"


def _set(finding: Mapping[str, Any]) -> str:
    return str(finding["span"]["path"]).partition("/")[0]


def _recheck(work: Path) -> int:
    rules = work / "rules.json"
    rules.write_bytes(_plain_rules())
    paths = locate.locate({})
    command = [
        sys.executable, str(Path(__file__).with_name("recheck.py")), str(work / "review.json"), f"--repo={work / 'repo'}",
        f"--rules={rules}", f"--semgrep={paths.semgrep.command[-1]}", f"--bandit={paths.bandit.command[-1]}",
    ]  # fmt: skip
    sys.stdout.flush()
    return subprocess.run(command, check=False).returncode


def _plain_rules() -> bytes:
    """Write the packs' semgrep rules as semgrep takes them, under their own names and for their own paths."""
    rules = packs.load_rules(Policy(), shipped=folder("rules"), today=datetime.now(UTC).date()).semgrep
    document = json.loads(configuration(rules))
    for number, body in enumerate(document["rules"]):
        body["id"] = rules[number].id
        body.pop("fix", None)
        if rules[number].applies_to:
            body["paths"] = {"include": list(rules[number].applies_to)}
    return json.dumps(document).encode()


def _behaviours(review: Mapping[str, Any], tree: Path, python: str) -> Iterator[str]:
    findings = {one["fingerprint"]: one for one in review["findings"]}
    edits: dict[str, list[dict[str, Any]]] = {}
    for patch in review["patches"]:
        path = findings[patch["finding"]]["span"]["path"]
        if path.startswith("cases/"):
            edits.setdefault(path, []).extend(
                edit for edit in patch["edits"] if edit not in edits.get(path, [])
            )
    names = sorted(path.name for path in (behaviour.HERE / "cases").iterdir())
    found = []
    for name in names:
        path = f"cases/{name}/flawed.py"
        patched = edited((tree / path).read_bytes(), edits[path]).decode() if path in edits else None
        found.append(behaviour.tried(name, patched, python))
    good = sum(one.good for one in found)
    yield f"\nBehaviour: {len(found)} programs, {sum(one.patched for one in found)} patched; of those "
    yield f"{good} work as before and stand the attack that succeeded before."
    yield from (f"- {one}" for one in found if not one.good)


if __name__ == "__main__":
    sys.exit(main())
