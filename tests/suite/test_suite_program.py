"""Finding the program of the tests: on the operator's PATH alone, and with no more to read than it needs."""

import os
import sys
from pathlib import Path

import pytest

from reviewbot.suite.program import find

NOWHERE = Path("/nonexistent/home")


def make(path, text="#!/bin/sh\n"):
    """Write a program."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def searched(*folders):
    """A search path."""
    return os.pathsep.join(str(folder) for folder in folders)


def test_a_program_brings_its_installation(tmp_path):
    """What stands in a `bin` brings the prefix around it."""
    tool = make(tmp_path / "opt/tool/bin/run-tests")
    found = find("run-tests", searched(tmp_path / "none", tool.parent), NOWHERE)

    assert found.command == (str(tool),)
    assert set(found.readable) == {str(tool.parent), str(tool.parent.parent)}
    assert found.missing == ""


def test_a_link_brings_where_it_leads(tmp_path):
    """As node's own programs do."""
    real = make(tmp_path / "lib/npm/bin/cli.js", "#!/usr/bin/env node\n")
    link = tmp_path / "usr/bin/npm"
    link.parent.mkdir(parents=True)
    link.symlink_to(real)
    found = find("npm", searched(link.parent), NOWHERE)

    assert found.command == (str(link),)
    assert {str(link.parent), str(real.parent), str(real.parent.parent)} <= set(found.readable)


def test_a_python_brings_its_environment():
    """And a script of Python's is run by the interpreter that it names, with all that this one needs."""
    bin_ = Path(sys.executable).parent
    python, pytest_ = (find(name, searched(bin_), NOWHERE) for name in ("python3", "pytest"))

    assert python.command == (str(bin_ / "python3"),)
    assert {str(bin_.parent), str(Path(sys.executable).resolve().parent.parent)} <= set(python.readable)
    assert pytest_.command[-1] == str(bin_ / "pytest")
    assert Path(pytest_.command[0]).samefile(sys.executable)
    assert str(bin_.parent) in pytest_.readable


@pytest.mark.parametrize("name", ["nope", "./run-tests", "bin/run-tests", "/bin/sh", ""])
def test_what_is_not_a_name_on_the_path_is_not_found(tmp_path, name):
    """A path is never looked at, whoever wrote it."""
    make(tmp_path / "run-tests")
    found = find(name, searched(tmp_path), NOWHERE)

    assert (found.command, found.readable) == ((), ())
    assert "was not found on PATH" in found.missing


@pytest.mark.parametrize("entry", ["", ".", "tools"])
def test_the_working_directory_is_not_searched(tmp_path, entry):
    """It may be the repository; an empty or relative entry would lead there."""
    make(tmp_path / "tools/run-tests")
    make(tmp_path / "run-tests")
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        assert find("run-tests", entry, NOWHERE).command == ()
    finally:
        os.chdir(before)


def test_shims_are_passed_over(tmp_path):
    """They ask a shell which version is meant, with files that the sandbox does not have."""
    make(tmp_path / "pyenv/shims/python3")
    real = make(tmp_path / "usr/bin/python3")

    assert find("python3", searched(tmp_path / "pyenv/shims", real.parent), NOWHERE).command == (str(real),)


@pytest.mark.parametrize("place", ["bin", ".local/bin", ".cargo/bin"])
def test_a_home_is_never_readable(tmp_path, place):
    """Nor what lies right below one: that is where people keep keys."""
    home = tmp_path / "home/alice"
    tool = make(home / place / "run-tests")
    found = find("run-tests", searched(tool.parent), home)

    assert found.readable == (str(tool.parent),)


def test_a_program_right_in_a_home_brings_only_itself(tmp_path):
    """Not all that lies beside it."""
    tool = make(tmp_path / "alice/run-tests")

    assert find("run-tests", searched(tool.parent), tool.parent).readable == (str(tool),)


def test_a_version_below_a_home_brings_its_own_prefix(tmp_path):
    """`~/.nvm/versions/node/v20` holds nothing but node."""
    home = tmp_path / "alice"
    tool = make(home / ".nvm/versions/node/v20/bin/node")

    assert str(home / ".nvm/versions/node/v20") in find("node", searched(tool.parent), home).readable
