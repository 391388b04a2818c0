"""A sandbox whose every job is announced in the record first."""

import hashlib
import threading
from collections.abc import Callable

from reviewbot.domain.ports import Record
from reviewbot.domain.sandboxing import Completed, Job, Sandbox


class RecordedSandbox:
    """Passes jobs on to the sandbox that `choose` gives, and writes down what was run and how it ended.

    `choose` is called once, before the first job: a run that needs no job needs no sandbox.
    """

    def __init__(self, choose: Callable[[], Sandbox], record: Record) -> None:
        self._choose = choose
        self._sandbox: Sandbox | None = None
        self._record = record
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The rung in use; choosing it if that was not done yet."""
        return self._chosen().name

    def run(self, job: Job) -> Completed:
        """Announce the job, run it, write down how it ended. Raises what the rung raises."""
        sandbox = self._chosen()
        words = "\0".join(job.argv).encode("utf-8", "surrogateescape")
        detail = {
            "tool": job.argv[0].rsplit("/", 1)[-1],
            "argv": hashlib.sha256(words).hexdigest(),
            "rung": sandbox.name,
        }
        number = self._record.intent("sandbox.run", detail)
        completed = sandbox.run(job)
        ended = {
            "ended": str(completed.ended),
            "exit_code": completed.exit_code,
            "seconds": round(completed.seconds, 3),
        }
        self._record.outcome(number, ended)
        return completed

    def _chosen(self) -> Sandbox:
        with self._lock:
            if self._sandbox is None:
                self._sandbox = self._choose()
            return self._sandbox
