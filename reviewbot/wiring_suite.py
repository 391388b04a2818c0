"""Running the repository's own tests with what a run has opened anyway."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path

from reviewbot.change.git import GitRepository
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Cache, Progress
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.domain.suite import FailedTest, SuiteRun
from reviewbot.suite import program
from reviewbot.suite import run as suite

_KEPT = "suite/1"
"""Raise it when what is remembered of a run of the tests changes."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Runs the tests of the change's head. A run that passes is remembered by tree, files and command.

    Tests may end otherwise the next time; what was proven once stays proven for the same bytes, so that a second
    review of a change says the same. What failing tests print is not kept: it may hold a secret.
    """

    repository: GitRepository
    tree: str
    policy: Policy
    sandbox: Sandbox
    cache: Cache
    search: str
    progress: Progress

    def __call__(self, instead: Mapping[str, bytes]) -> SuiteRun:
        """Run them with these contents in place of the head's; see `domain.mending.RunSuite`."""
        key = self._key(instead)
        kept = _restored(self.cache.get(key))
        if kept is not None:
            return kept
        self.progress("running the repository's tests")
        ran = suite.run(self._files(instead), self.policy.suite, self.sandbox, self._program, room=self._room)
        if ran.green:
            self.cache.put(key, json.dumps(astuple(ran)).encode())
        return ran

    def _files(self, instead: Mapping[str, bytes]) -> Iterator[tuple[str, str, bytes]]:
        for version in self.repository.versions(self.tree):
            content = instead.get(version.path) if version.is_regular else b""
            yield (
                version.path,
                version.mode,
                self.repository.read(version.oid) if content is None else content,
            )

    @property
    def _room(self) -> suite.Room:
        return suite.Room(memory=int(self.policy.limits.memory_bytes))

    def _program(self, name: str) -> program.Found:
        return program.find(name, self.search, Path.home())

    def _key(self, instead: Mapping[str, bytes]) -> str:
        files = [(path, hashlib.sha256(content).hexdigest()) for path, content in sorted(instead.items())]
        asked = (
            _KEPT,
            self.tree,
            files,
            astuple(self.policy.suite),
            self.sandbox.name,
            self._program(self.policy.suite.command[0]).command,
        )
        return "suite-" + hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def _restored(raw: bytes | None) -> SuiteRun | None:
    """Read what was remembered; anything unexpected is a miss."""
    if raw is None:
        return None
    try:
        exit_code, seconds, passed, failed, named, broken, counted, notes = json.loads(raw)
        tests = tuple(FailedTest(name, tuple(lines)) for name, lines in failed)
        return SuiteRun(exit_code, seconds, tuple(passed), tests, named, broken, counted, tuple(notes))
    except (ValueError, TypeError, RecursionError):
        return None
