"""Giving tasks to the worker in the sandbox. What it answers was made from hostile text, and is read as such."""

import hashlib
import json
import sys
import sysconfig
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reviewbot import __version__
from reviewbot.domain import strict_json
from reviewbot.domain.ports import Cache
from reviewbot.domain.sandboxing import Ended, Job, JobLimits, Sandbox
from reviewbot.patches import worker

Task = Mapping[str, Any]
Answer = Mapping[str, Any]

_PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
_LIMITS = JobLimits(wall_s=120.0, cpu_s=120, memory=1_500_000_000, processes=16, scratch=1_000_000)
_DEEPEST_ANSWER = 12
WORK = "1"
"""Raise it when a fix or a check changes: what was remembered is then asked again."""
_BROKEN: Answer = {"broken": "the parser broke"}
_MOST_DEATHS = 4
"""Tasks that may take a worker down before the rest is not tried any more: each can cost the whole time limit."""
_MOST_AT_ONCE = 16_000_000  # bytes of tasks for one worker


@dataclass(frozen=True, slots=True)
class Workroom:
    """Where structural fixes and checks of syntax are done. `limits` hold for one batch of tasks.

    What was answered once is remembered in `cache`, by program and task.
    """

    sandbox: Sandbox
    limits: JobLimits = _LIMITS
    cache: Cache | None = None

    def answers(self, tasks: Sequence[Task]) -> list[Answer]:
        """Answer each task, in order. One that takes the worker down is `{"broken": …}`, alone.

        Raises `SandboxError` if the sandbox itself breaks.
        """
        if self.cache is None:
            return self._asked(tasks)
        keys = [_key(task) for task in tasks]
        known = [self._remembered(key) for key in keys]
        fresh = iter(self._asked([task for task, answer in zip(tasks, known, strict=True) if answer is None]))
        answers = []
        for key, answer in zip(keys, known, strict=True):
            given = next(fresh) if answer is None else answer
            if answer is None and "broken" not in given:
                self.cache.put(key, json.dumps(given).encode())
            answers.append(given)
        return answers

    def _remembered(self, key: str) -> Answer | None:
        assert self.cache is not None
        kept = self.cache.get(key)
        answer = None if kept is None else _answer(kept, self.limits.output)
        return None if answer == _BROKEN else answer

    def _asked(self, tasks: Sequence[Task]) -> list[Answer]:
        lines = [json.dumps(task).encode() + b"\n" for task in tasks]
        found: list[Answer] = []
        deaths = 0
        while len(found) < len(lines) and deaths < _MOST_DEATHS:
            batch = _batch(lines[len(found) :])
            answers, whole = self._run(batch)
            found += answers
            if not whole:
                # The worker answers in order: whoever comes next has taken it down.
                deaths += 1
                found.append(_BROKEN)
        return found + [_BROKEN] * (len(lines) - len(found))

    def _run(self, batch: Sequence[bytes]) -> tuple[list[Answer], bool]:
        """Start a worker for some tasks; give its answers, and whether it came to the end of them."""
        with tempfile.TemporaryDirectory(prefix="reviewbot-patches-") as empty:
            done = self.sandbox.run(_job(batch, empty, self.limits))
        lines = done.stdout.split(b"\n")[:-1]
        if len(lines) == len(batch) and done.ended is Ended.EXITED and done.exit_code == 0:
            return [_answer(line, self.limits.output) for line in lines], True
        # One that says more than it was asked is not believed at all; of one that died, the last task is to blame.
        known = lines[: len(batch) - 1] if len(lines) <= len(batch) else []
        return [_answer(line, self.limits.output) for line in known], False


def _batch(lines: Sequence[bytes]) -> Sequence[bytes]:
    """Choose how many tasks one worker gets, at least one."""
    size = 0
    for number, line in enumerate(lines):
        size += len(line)
        if number and size > _MOST_AT_ONCE:
            return lines[:number]
    return lines


def _key(task: Task) -> str:
    asked = json.dumps([WORK, __version__, sys.version, task], sort_keys=True)
    return "patch-task-" + hashlib.sha256(asked.encode()).hexdigest()


def _job(batch: Sequence[bytes], tree: str, limits: JobLimits) -> Job:
    interpreter = Path(sys.executable).resolve()
    paths = sysconfig.get_paths()
    libraries = sorted({paths["purelib"], paths["platlib"]})
    readable = {str(interpreter), paths["stdlib"], paths["platstdlib"], str(_PACKAGE_FOLDER), *libraries}
    library = sysconfig.get_config_var("LIBDIR")
    if library and sysconfig.get_config_var("Py_ENABLE_SHARED"):
        readable.add(str(library))
    program = str(Path(worker.__file__).resolve())
    argv = (str(interpreter), "-I", "-S", "-B", program, str(_PACKAGE_FOLDER), *libraries)
    return Job(argv, tree, readable=tuple(sorted(readable)), stdin=b"".join(batch), limits=limits)


def _answer(line: bytes, limit: int) -> Answer:
    try:
        value = strict_json.loads(line, limit=limit, depth=_DEEPEST_ANSWER)
    except strict_json.BadJson:
        return _BROKEN
    return value if isinstance(value, dict) else _BROKEN
