"""Fixtures: the scanners of this machine, a real sandbox, a change in the making."""

import os
from pathlib import Path

import pytest
from scanning import CountedSandbox, World

from reviewbot.scanners.base import ScannerPaths
from reviewbot.scanners.locate import locate


@pytest.fixture(scope="session")
def tools() -> ScannerPaths:
    found = locate(os.environ)
    if not (found.semgrep.command and found.bandit.command):
        pytest.fail(f"{found.semgrep.missing} {found.bandit.missing}")
    return found


@pytest.fixture
def sandbox() -> CountedSandbox:
    return CountedSandbox()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def script(tmp_path):
    """Make a tool out of a few lines of shell, in a folder of its own."""

    def make(name: str, body: str) -> Path:
        folder = tmp_path / "tool" / "bin"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / name
        file.write_text("#!/bin/sh\n" + body)
        file.chmod(0o755)
        return file

    return make
