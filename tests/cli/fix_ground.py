"""A repository with flaws, and a review of it as another run would have left it."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from reviewbot.change.disk import blob_id
from reviewbot.domain.patch import Step
from reviewbot.domain.paths import quoted, to_bytes

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "REVIEWBOT_"))} | {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""What the processes that tests start see of the environment."""

USERS = b"""import os


def find(db, name):
    return db.execute("SELECT * FROM users WHERE name = '%s'" % name)


def token(bits):
    return str(random.getrandbits(bits))


def load(text):
    return yaml.load(text)
"""
SQL, TOKEN, YAML = "3f9a0c4155aa66bb", "81b2d3e400112233", "9ab31e7f44556677"


def git(place, *arguments, feed=b"", environ=None):
    done = subprocess.run(
        ["git", *arguments],
        cwd=place,
        input=feed,
        check=True,
        capture_output=True,
        env=CLEAN | (environ or {}),
    )
    return done.stdout


def repository(place, files, *settings, form="sha1"):
    """Make a repository with these files committed."""
    place.mkdir(parents=True, exist_ok=True)
    git(place, "init", "--quiet", "--initial-branch", "main", f"--object-format={form}")
    with (place / ".git" / "config").open("a") as file:
        for setting in ("user.email=bob@corp.example", "user.name=Bob", *settings):
            section, _, rest = setting.partition(".")
            file.write(f"[{section}]\n\t{rest}\n")
    for path, content in files.items():
        write(place, path, content)
    commit(place)
    return place


def write(place, path, content):
    file = Path(os.fsdecode(os.fsencode(place) + b"/" + to_bytes(path)))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def commit(place):
    git(place, "add", "--all")
    git(place, "commit", "--quiet", "--allow-empty", "--message", "x")


def edit(path, blob, first, last, *lines, exact=True, form="sha1"):
    """An edit of a blob as a review tells it."""
    oid = blob if isinstance(blob, str) else blob_id(blob, form)
    return {
        "path": quoted(path),
        "oid": oid,
        "first": first,
        "last": last,
        "lines": list(lines),
        "exact": exact,
    }


def patch(finding, *edits, safe=True, origin="rule", needs=(), failed=None, tests=None):
    """A patch whose proof holds, or, with `failed`, one that should not be there."""
    steps = [
        {"step": str(step), "state": "passed", "said": ""} for step in Step if step is not Step.TESTS_PASS
    ]
    steps.append({"step": "tests_pass", "state": "not_run" if tests is None else "passed", "said": ""})
    for step in steps:
        if step["step"] == failed:
            step.update(state="failed", said="it does not")
    return {
        "id": f"p-{finding}", "finding": finding, "origin": origin, "safe": safe, "sentence": f"What {finding[:4]} does.",
        "needs": list(needs), "edits": list(edits), "proof": {"steps": steps, "tests": tests},
    }  # fmt: skip


def finding(fingerprint, path, line, rule="python-flaw", title="Something is wrong"):
    """A finding as a review tells it."""
    return {
        "fingerprint": fingerprint, "rule": rule, "catalogued": True, "sources": ["semgrep"], "severity": "error",
        "confidence": "high", "cwe": [89], "title": title, "reason": "It is.",
        "span": {"path": quoted(path), "side": "new", "first": line, "last": line}, "commit": None, "quote": "x",
        "explanation": "", "evidence": [], "outcome": "inline", "why": "", "waiver": None, "patch": None,
    }  # fmt: skip


@dataclass
class Reviewed:
    """A review.json in the making."""

    findings: list = field(default_factory=list)
    patches: list = field(default_factory=list)
    unproven: list = field(default_factory=list)

    def offer(self, fingerprint, path, line, *edits, rule="python-flaw", title="Something is wrong", **words):
        """Add a finding with its patch."""
        self.findings.append(finding(fingerprint, path, line, rule, title))
        if edits:
            self.patches.append(patch(fingerprint, *edits, **words))
        return self

    def left_in(self, folder):
        """Write it, and give the file."""
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / "review.json"
        file.write_text(json.dumps(self.document()), "utf-8")
        return file

    def of_run(self, place, run="01RUN"):
        """Leave it where a local run leaves its review."""
        return self.left_in(place / ".git" / "reviewbot" / "runs" / run)

    def document(self):
        oid = "0" * 40
        return {
            "schema": "reviewbot/review/1", "reviewbot": "0.1.0",
            "change": {
                "repository": "r", "pull_request": None, "title": "main...topic", "base": oid, "merge_base": oid,
                "head": oid, "base_tree": oid, "head_tree": oid, "files": [],
            },
            "policy": {"digest": "d", "sources": [], "packs": []}, "sandbox": "none", "tools": [],
            "verdict": {"complete": True, "at_threshold": 0, "exit_code": 0}, "coverage": [],
            "findings": self.findings, "patches": self.patches, "unproven": self.unproven, "tests": None, "excerpts": [],
            "model": None, "outcomes": {}, "notes": [],
            "this_run": {"run": "01RUN", "day": "2026-11-21", "seconds": 1.0, "tests_seconds": None, "model": None},
        }  # fmt: skip


def three_flaws(path="src/users.py", content=USERS):
    """A review with three patches for one file, one of which wants a look and two of which import the same."""
    return (
        Reviewed()
        .offer(
            SQL, path, 5,
            edit(path, content, 5, 5, '    return db.execute("SELECT * FROM users WHERE name = %s", (name,))'),
            rule="python-sql-built-from-input", title="SQL is built from request data", safe=False, tests=14,
        )
        .offer(
            TOKEN, path, 9,
            edit(path, content, 2, 1, "import secrets"), edit(path, content, 9, 9, "    return secrets.token_hex(bits // 8)"),
            rule="python-insecure-random", title="Random numbers anybody can guess",
        )
        .offer(
            YAML, path, 13, edit(path, content, 13, 13, "    return yaml.safe_load(text)"),
            rule="python-yaml-load", title="yaml.load runs what the text names", origin="model", needs=("ruamel.yaml",),
        )
    )  # fmt: skip
