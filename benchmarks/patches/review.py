"""The product reviews a change that adds all files of the corpus to an empty repository. No model."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from detection.ours import _GIT, _commit

_ACCEPTED = {0, 3, 10}
_POLICY = {
    "version": 1,
    "gate": {"fail_on": "never", "confidence": "low", "incomplete": "report"},
    "limits": {"minutes": 600, "scanner_seconds": 30000, "inline_comments": 1000, "file_bytes": 100_000_000},
    "patches": {"most": 1000},
}


def reviewed(tree: Path, work: Path) -> tuple[dict[str, Any], float]:
    """Review the files of a tree; give the review and the seconds it took."""
    _commit(tree, (), work / "repo")
    (work / "policy.yml").write_text(json.dumps(_POLICY))
    command = [
        str(Path(sys.executable).parent / "reviewbot"), "run", "--no-model", "--quiet", f"--repo={work / 'repo'}",
        "--base=base", "--head=head", f"--policy={work / 'policy.yml'}", f"--output=json={work / 'review.json'}",
    ]  # fmt: skip
    environ = {name: text for name, text in os.environ.items() if not name.startswith("REVIEWBOT_")}
    kept = {name: text for name, text in os.environ.items() if name == "REVIEWBOT_SCANNERS"}
    done = subprocess.run(command, check=False, capture_output=True, env=environ | kept | _GIT)
    if done.returncode not in _ACCEPTED or not (work / "review.json").is_file():
        sys.exit(f"patches: reviewbot: {done.returncode}: {done.stderr.decode(errors='replace')[-3000:]}")
    review = json.loads((work / "review.json").read_bytes())
    return review, review["this_run"]["seconds"]
