"""What runs a job's scripts here: a folder, a shell, exactly the variables that CI would give, and a record.

The image is a folder with a program `reviewbot`, which writes down what it was called with and which variables
it had, and starts the real one with the operator's policy, as if that lay in the image.
"""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass

IMAGE_PATH = "/opt/reviewbot/bin:/opt/reviewbot/scanners/bin:/usr/bin:/bin"
_PROGRAM = """#!/bin/sh
here={trace}/$$
cat /proc/$$/environ >"$here.environ"
printf '%s\\0' "$@" >"$here.arguments"
exec env REVIEWBOT_POLICY={policy} {scanners} {python} -m reviewbot "$@"
"""


@dataclass(frozen=True)
class Call:
    """One start of the program."""

    arguments: list[str]
    environ: dict[str, str]


@dataclass(frozen=True)
class Ran:
    """A job that ran: its exit code, its log, and each start of the program in it."""

    name: str
    code: int
    log: str
    environ: dict[str, str]
    calls: list[Call]


class Image:
    """The image: one program on the path, and the operator's policy."""

    def __init__(self, place, policy):
        self.bin, self.trace = place / "bin", place / "trace"
        self.bin.mkdir(parents=True)
        self.trace.mkdir()
        (place / "policy.yml").write_text(policy)
        given = os.environ.get("REVIEWBOT_SCANNERS")
        program = _PROGRAM.format(
            trace=shlex.quote(str(self.trace)), policy=shlex.quote(str(place / "policy.yml")),
            scanners=f"REVIEWBOT_SCANNERS={shlex.quote(given)}" if given else "", python=shlex.quote(sys.executable),
        )  # fmt: skip
        (self.bin / "reviewbot").write_text(program)
        (self.bin / "reviewbot").chmod(0o755)

    @property
    def path(self):
        return f"{self.bin}:{os.environ['PATH']}"

    def run(self, name, script, environ, folder, shell=("sh", "-e")):
        """Run a script as the runner would; `environ` is all that it has."""
        before = set(self.trace.iterdir())
        file = folder / ".script"
        file.write_text(script)
        done = subprocess.run(
            [*shell, str(file)], cwd=folder, env=environ, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        file.unlink()
        new = sorted(set(self.trace.iterdir()) - before, key=lambda path: path.stat().st_mtime_ns)
        calls = [self._call(path) for path in new if path.suffix == ".environ"]
        return Ran(name, done.returncode, done.stdout + done.stderr, dict(environ), calls)

    @staticmethod
    def _call(path):
        pairs = path.read_bytes().decode().split("\0")[:-1]
        arguments = path.with_suffix(".arguments").read_bytes().decode().split("\0")[:-1]
        return Call(arguments, dict(pair.split("=", 1) for pair in pairs))


def copied(source, target):
    """Put a file or folder where an artifact goes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy2(source, target)


def policy(scene, **forge):
    """Write the operator's policy for a scene: its forge, its repository, and a gate."""
    given = {"url": scene.api, "repositories": f"[{scene.repository}]", **forge}
    lines = "".join(f"  {key}: {value}\n" for key, value in given.items())
    return (
        f"version: 1\nforge:\n{lines}gate: {{fail_on: warning}}\nscanners: {{bandit: {{}}, secrets: {{}}}}\n"
    )
