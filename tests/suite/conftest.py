"""Running the tests of a small repository for real, in the sandbox that this machine has."""

import os
import sys
from pathlib import Path

import pytest

from reviewbot.domain.policy import SandboxPolicy
from reviewbot.domain.suite import SuitePolicy
from reviewbot.sandbox import ladder
from reviewbot.suite import program
from reviewbot.suite.run import Room, run

BIN = os.fspath(Path(sys.executable).parent)
UNITTEST = ("python3", "-m", "unittest", "-v")


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory):
    """The first rung that works here."""
    return ladder.choose(SandboxPolicy(), cache_dir=tmp_path_factory.mktemp("rung"))


@pytest.fixture
def found():
    """Looks programs up beside the Python that runs these tests, which has pytest."""
    return lambda name: program.find(name, BIN, Path.home())


@pytest.fixture
def tested(sandbox, found):
    """Run tests: `tested({"test_a.py": "…"})`, by default with unittest."""

    def run_tests(files, command=UNITTEST, rung=None, **limits):
        room = limits.pop("room", Room(memory=500_000_000))
        policy = SuitePolicy(**{"allow": True, "command": tuple(command), "timeout_s": 30.0} | limits)
        listed = [
            (path, "100644", content.encode() if isinstance(content, str) else content)
            for path, content in files.items()
        ]
        return run(listed, policy, rung or sandbox, found, room)

    return run_tests
