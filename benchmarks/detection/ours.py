"""Our side: the product itself reviews a change that adds all files of a set to an empty repository. No model."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from detection.findings import Finding
from detection.tools import Answer, ToolError

RULES = Path(__file__).parents[2] / "rules"
_ACCEPTED = {0, 3, 10}  # clean, incomplete, findings
_GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "bench",
    "GIT_AUTHOR_EMAIL": "bench@example.org",
    "GIT_COMMITTER_NAME": "bench",
    "GIT_COMMITTER_EMAIL": "bench@example.org",
    "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
    "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
}


def pack_folders(rules: Path = RULES) -> list[Path]:
    """Every pack in a folder of packs."""
    return sorted(path.parent for path in rules.glob("*/pack.yml"))


def review(tree: Path, packs: Sequence[Path], files: Sequence[str] = ()) -> Answer:
    """Let the product review the files of a tree (all of them, if none is named). Raises `ToolError`."""
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        top = Path(folder)
        _commit(tree, files, top / "repo")
        (top / "policy.yml").write_text(_policy(packs))
        command = [
            str(Path(sys.executable).parent / "reviewbot"), "run", "--no-model", "--quiet",
            f"--repo={top / 'repo'}", "--base=base", "--head=head", f"--policy={top / 'policy.yml'}",
            f"--output=json={top / 'review.json'}",
        ]  # fmt: skip
        environ = {name: text for name, text in os.environ.items() if not name.startswith("REVIEWBOT_")}
        kept = {name: text for name, text in os.environ.items() if name == "REVIEWBOT_SCANNERS"}
        done = subprocess.run(command, check=False, capture_output=True, env=environ | kept | _GIT)
        if done.returncode not in _ACCEPTED or not (top / "review.json").is_file():
            raise ToolError(f"reviewbot: {done.returncode}: {done.stderr.decode(errors='replace')[-3000:]}")
        return read(json.loads((top / "review.json").read_bytes()))


def read(told: Mapping[str, Any]) -> Answer:
    """Every finding of a review, whatever became of it, and what was not read."""
    found = (
        Finding(
            one["span"]["path"],
            one["span"]["first"],
            one["span"]["last"],
            one["rule"],
            tuple(one["cwe"]),
            one["severity"],
            one["catalogued"],
        )
        for one in told["findings"]
    )
    unread = (
        f"{reader}: {file['path']}: {word['failed']}"
        for file in told["coverage"]
        for reader, word in file["by"].items()
        if isinstance(word, dict) and "failed" in word
    )
    return Answer(tuple(sorted(found)), tuple(unread))


def _commit(tree: Path, files: Sequence[str], repo: Path) -> None:
    """Make the repository: an empty commit on `base`, the files on `head`."""

    def git(*argv: str, told: bytes = b"") -> None:
        command = ["git", f"--git-dir={repo / '.git'}", f"--work-tree={tree}", *argv]
        subprocess.run(command, check=True, input=told, capture_output=True, env=os.environ | _GIT)

    subprocess.run(
        ["git", "init", "--quiet", "--initial-branch=base", str(repo)], check=True, env=os.environ | _GIT
    )
    git("commit", "--quiet", "--allow-empty", "--message=nothing")
    git("checkout", "--quiet", "-b", "head")
    if files:
        git("add", "--force", "--pathspec-from-file=-", "--pathspec-file-nul", told="\0".join(files).encode())
    else:
        git("add", "--force", "--all", "--", str(tree))
    git("commit", "--quiet", "--message=everything")


def _policy(packs: Sequence[Path]) -> str:
    elsewhere = sorted({str(pack.resolve().parent) for pack in packs if pack.resolve().parent != RULES})
    document = {
        "version": 1,
        "packs": {"required": sorted({pack.name for pack in packs}), "folders": elsewhere},
        "gate": {"fail_on": "never", "confidence": "low", "incomplete": "report"},
        "limits": {
            "minutes": 600,
            "scanner_seconds": 30000,
            "inline_comments": 1000,
            "file_bytes": 100_000_000,
        },
    }
    return json.dumps(document)
