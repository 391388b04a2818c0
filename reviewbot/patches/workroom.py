"""Giving tasks to the worker in the sandbox. What it answers was made from hostile text, and is read as such."""

import json
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewbot.domain import strict_json
from reviewbot.domain.sandboxing import Completed, Ended, Job, JobLimits, Sandbox
from reviewbot.patches import worker

Task = Mapping[str, Any]
Answer = Mapping[str, Any]

_PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
_LIMITS = JobLimits(wall_s=120.0, cpu_s=120, memory=1_500_000_000, processes=16, scratch=1_000_000)
_DEEPEST_ANSWER = 12
_BROKEN: Answer = {"broken": "the parser broke"}


@dataclass(frozen=True, slots=True)
class Workroom:
    """Where structural fixes and checks of syntax are done. `limits` hold for one batch of tasks."""

    sandbox: Sandbox
    limits: JobLimits = _LIMITS

    def answers(self, tasks: Sequence[Task]) -> list[Answer]:
        """Answer each task, in order. One that takes the worker down is `{"broken": …}`, alone.

        Raises `SandboxError` if the sandbox itself breaks.
        """
        if not tasks:
            return []
        with tempfile.TemporaryDirectory(prefix="reviewbot-patches-") as empty:
            done = self.sandbox.run(_job(tasks, empty, self.limits))
        found = _read(done, len(tasks), self.limits.output)
        if found is not None:
            return found
        if len(tasks) == 1:
            return [_BROKEN]
        middle = len(tasks) // 2
        return self.answers(tasks[:middle]) + self.answers(tasks[middle:])


def _job(tasks: Sequence[Task], tree: str, limits: JobLimits) -> Job:
    interpreter = Path(sys.executable).resolve()
    paths = sysconfig.get_paths()
    libraries = sorted({paths["purelib"], paths["platlib"]})
    readable = {str(interpreter), paths["stdlib"], paths["platstdlib"], str(_PACKAGE_FOLDER), *libraries}
    library = sysconfig.get_config_var("LIBDIR")
    if library and sysconfig.get_config_var("Py_ENABLE_SHARED"):
        readable.add(str(library))
    program = str(Path(worker.__file__).resolve())
    argv = (str(interpreter), "-I", "-S", "-B", program, str(_PACKAGE_FOLDER), *libraries)
    stdin = b"".join(json.dumps(task).encode() + b"\n" for task in tasks)
    return Job(argv, tree, readable=tuple(sorted(readable)), stdin=stdin, limits=limits)


def _read(done: Completed, count: int, limit: int) -> list[Answer] | None:
    """Take the answers apart; None unless they are exactly as many as there were tasks."""
    lines = done.stdout.split(b"\n")
    if done.ended is not Ended.EXITED or done.exit_code != 0 or lines.pop() != b"" or len(lines) != count:
        return None
    return [_answer(line, limit) for line in lines]


def _answer(line: bytes, limit: int) -> Answer:
    try:
        value = strict_json.loads(line, limit=limit, depth=_DEEPEST_ANSWER)
    except strict_json.BadJson:
        return _BROKEN
    return value if isinstance(value, dict) else _BROKEN
