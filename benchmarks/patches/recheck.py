"""The independent look at posted patches: git, the parsers and the plain scanners, and nothing of the product.

    python benchmarks/patches/recheck.py REVIEW.json --repo GITDIR --rules SEMGREP.json --semgrep PATH --bandit PATH

Every patch is put in by itself, by `git apply` where it is a file without secrets and line by line else. Then: does Python
compile what is Python? Does semgrep, with the rules as it takes them and its default front end, or bandit find the finding
no more, and nothing that was not there before? Prints one line for each patch that fails, and the counts. Exits 1 if one failed.
"""

import argparse
import ast
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

Found = dict[str, Counter[str]]
"""Per place, how often each rule is found."""


def main() -> int:
    """Check every patch of a review."""
    asked = _arguments()
    review = json.loads(asked.review.read_bytes())
    findings = {one["fingerprint"]: one for one in review["findings"]}
    with tempfile.TemporaryDirectory(prefix="recheck-") as folder:
        top = Path(folder)
        failed: dict[str, str] = {}
        for number, patch in enumerate(review["patches"]):
            why = _laid_out(patch, number, top, asked.repo)
            if why:
                failed[patch["id"]] = why
        found = _scanned(top, asked)
        for number, patch in enumerate(review["patches"]):
            why = _compared(patch, number, findings[patch["finding"]], found)
            if why:
                failed.setdefault(patch["id"], why)
    for patch in review["patches"]:
        if patch["id"] in failed:
            one = findings[patch["finding"]]
            print(
                f"{patch['id']} {one['rule']} {one['span']['path']}:{one['span']['first']}: {failed[patch['id']]}"
            )
    print(f"{len(review['patches'])} patches, {len(failed)} failed")
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("review", type=Path)
    parser.add_argument("--repo", type=Path, required=True)
    parser.add_argument("--rules", type=Path, required=True)
    parser.add_argument("--semgrep", required=True)
    parser.add_argument("--bandit", required=True)
    return parser.parse_args()


def _laid_out(patch: dict[str, Any], number: int, top: Path, repo: Path) -> str:
    """Write the file before and after; say what is wrong with the patch, if something is."""
    paths = {edit["path"] for edit in patch["edits"]}
    if len(paths) != 1:
        return "it edits several files"
    path = paths.pop()
    before = _git(repo, "cat-file", "blob", patch["edits"][0]["oid"])
    here = _git(repo, "rev-parse", f"head:{path}").decode().strip()
    if any(edit["oid"] != here or not edit["exact"] for edit in patch["edits"]):
        return "it is for another blob"
    after = edited(before, patch["edits"])
    for side, content in (("before", before), ("after", after)):
        place = top / side / str(number) / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return _applied_by_git(before, after, path) or (_compiled(after) if path.endswith(".py") else "")


def edited(before: bytes, edits: list[dict[str, Any]]) -> bytes:
    """Put edits in, from the last to the first."""
    lines = before.split(b"\n")
    crlf = b"\r\n" in before
    for edit in sorted(edits, key=lambda one: (-one["first"], -one["last"])):
        new = [line.encode() + (b"\r" if crlf else b"") for line in edit["lines"]]
        lines[edit["first"] - 1 : edit["last"]] = new
    return b"\n".join(lines)


def _applied_by_git(before: bytes, after: bytes, path: str) -> str:
    """Make a diff of the two by git, and let git put it in."""
    with tempfile.TemporaryDirectory(prefix="recheck-") as folder:
        top = Path(folder)
        for side, content in (("a", before), ("b", after)):
            place = top / side / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        diff = subprocess.run(
            ["git", "diff", "--no-index", "--binary", "--", f"a/{path}", f"b/{path}"],
            cwd=top, check=False, capture_output=True,
        ).stdout  # fmt: skip
        (top / "patch").write_bytes(diff)
        done = subprocess.run(
            ["git", "apply", "-p2", "--directory=a", "patch"], cwd=top, check=False, capture_output=True
        )
        if done.returncode or (top / "a" / path).read_bytes() != after:
            return "git does not apply it"
    return ""


def _compiled(after: bytes) -> str:
    try:
        ast.parse(after)
    except (SyntaxError, ValueError) as error:
        return f"it does not parse: {type(error).__name__}"
    return ""


def _scanned(top: Path, asked: argparse.Namespace) -> Found:
    found: Found = {}
    semgrep = subprocess.run(
        [asked.semgrep, "scan", f"--config={asked.rules}", "--json", "--quiet", "--metrics=off", "--disable-version-check",
         "--disable-nosem", "--max-target-bytes=0", "--timeout=60", "--no-git-ignore", "--x-ignore-semgrepignore-files", "."],
        cwd=top, check=False, capture_output=True,
    )  # fmt: skip
    answer = json.loads(semgrep.stdout)
    for error in answer["errors"]:
        if error.get("level") == "error":
            print(f"semgrep: {error.get('type')}: {error.get('path', '')}", file=sys.stderr)
    for one in answer["results"]:
        found.setdefault(one["path"].removeprefix("./"), Counter())[one["check_id"].rpartition(".")[2]] += 1
    bandit = subprocess.run(
        [asked.bandit, "--recursive", "--format=json", "--quiet", "--ignore-nosec", "--exclude=//nothing//", "."],
        cwd=top, check=False, capture_output=True,
    )  # fmt: skip
    for one in json.loads(bandit.stdout)["results"]:
        found.setdefault(one["filename"].removeprefix("./"), Counter())[one["test_id"]] += 1
    return found


def _compared(patch: dict[str, Any], number: int, finding: dict[str, Any], found: Found) -> str:
    path = patch["edits"][0]["path"]
    before = found.get(f"before/{number}/{path}", Counter())
    after = found.get(f"after/{number}/{path}", Counter())
    # bandit's informative tests, which no rule of ours takes over, speak of imports (B4xx) and of every subprocess (B603, B607).
    more = [rule for rule in after - before if not rule.startswith("B4") and rule not in {"B603", "B607"}]
    if more:
        return f"new: {', '.join(sorted(more))}"
    own = finding["rule"]
    if own in before and after[own] >= before[own]:
        return "the finding is still there"
    if "bandit" in finding["sources"] and not any(rule.startswith("B") for rule in before - after):
        return "bandit still finds what it found"
    return ""


def _git(repo: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(repo), *arguments], check=True, capture_output=True).stdout


if __name__ == "__main__":
    sys.exit(main())
