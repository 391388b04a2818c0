"""Persons who run jobs, and what they run: real processes, real limits, no stand-ins."""

import json
import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

import sandbox_runner

import reviewbot
from reviewbot.sandbox import places

HERE = Path(__file__).parent
PACKAGE = Path(reviewbot.__file__).parent
SMALL = {
    "wall_s": 6.0,
    "cpu_s": 5,
    "memory": 96_000_000,
    "processes": 24,
    "open_files": 64,
    "scratch": 8 << 20,
    "output": 1 << 20,
}
SYSTEM_PYTHON = "/usr/bin/python3"
RUNGS = ["bubblewrap", "landlock-netns", "landlock-seccomp", "job"]
CONTAINING = ["bubblewrap", "landlock-netns", "landlock-seccomp", "landlock-seccomp-2"]
KINDS = ["me", "nobody"]
ALL_KINDS = [*KINDS, "root without control groups"]


@dataclass
class Outcome:
    """What came back from a job, and whether any process of it is left."""

    ended: str
    exit_code: int
    stdout: str
    stderr: str
    outputs: dict
    seconds: float
    left: list

    @property
    def said(self):
        return json.loads(self.stdout)


class Person:
    """Somebody who runs jobs: this process, or another user's."""

    def __init__(self, place, python, command=None):
        self.place = place
        self.python = python
        self.command = command

    def order(self, order):
        """Run an order of `sandbox_runner`; give its answer."""
        if self.command is None:
            return sandbox_runner.run(order)
        done = subprocess.run(
            [*self.command, self.python, "-B", str(self.place / "sandbox_runner.py")],
            input=json.dumps(order).encode(),
            capture_output=True,
            env={"PYTHONPATH": str(self.place), "PATH": os.environ["PATH"], "HOST_CANARY": "secret"},
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    def run(self, rung, argv, **order):
        """Run a job; look afterwards for processes that carry its marker."""
        marker = secrets.token_hex(12)
        order["env"] = {**order.get("env", {}), "MARKER": marker}
        order["limits"] = {**SMALL, **order.get("limits", {})}
        order.setdefault("tree", str(self.place / "tree"))
        answer = self.order({"rung": rung, "argv": list(argv), **order})
        assert "error" not in answer, answer["error"]
        return Outcome(**answer, left=processes_with(marker))

    def attack(self, rung, *words, **order):
        """Run `sandbox_attack.py` as the tool."""
        order.setdefault("readable", [] if self.python == SYSTEM_PYTHON else places.interpreter_paths())
        order["inputs"] = {**order.get("inputs", {}), "attack": str(self.place / "sandbox_attack.py")}
        return self.run(rung, [self.python, "-I", "-S", "{in}/attack", *map(str, words)], **order)


def processes_with(marker):
    """Give the processes whose environment holds a marker. It is asked once, at once."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if marker.encode() in (folder / "environ").read_bytes():
                    found.append(folder.name)
            except OSError:
                continue
    return found
