"""Persons who run jobs, as fixtures."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pytest
from sandbox_world import ALL_KINDS, HERE, KINDS, PACKAGE, SYSTEM_PYTHON, Person


@pytest.fixture(scope="session")
def place():
    """A folder that everybody can read, with the package, the attacks, a tree and a canary."""
    folder = Path(tempfile.mkdtemp(prefix="reviewbot-tests-"))
    folder.chmod(0o755)
    shutil.copytree(PACKAGE, folder / "reviewbot", ignore=shutil.ignore_patterns("__pycache__", "_shipped"))
    for name in ("sandbox_attack.py", "sandbox_runner.py"):
        shutil.copy(HERE / name, folder / name)
    (folder / "tree").mkdir()
    (folder / "tree" / "canary-in-tree").write_text("canary")
    (folder / "canary").write_text("secret")
    for each in (folder, *folder.rglob("*")):
        each.chmod(0o755 if each.is_dir() else 0o644)
    yield folder
    shutil.rmtree(folder)


def find(kind, place):
    """Give the person of a kind; skip where this user cannot play it."""
    if kind == "me":
        return Person(place, str(Path(sys.executable).resolve()))
    if os.getuid():
        pytest.skip("only root can run as somebody else: 'me' is the ordinary user here")
    if kind == "nobody":
        return Person(place, SYSTEM_PYTHON, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
    hide = 'mount -t tmpfs none /sys/fs/cgroup && exec "$@"'
    return Person(place, SYSTEM_PYTHON, ["unshare", "--mount", "sh", "-c", hide, "sh"])


@pytest.fixture(params=KINDS)
def person(request, place):
    """Both this user (root, on most machines that build) and an ordinary one."""
    return find(request.param, place)


@pytest.fixture(params=ALL_KINDS)
def anybody(request, place):
    """As `person`, and root where no control group can be made."""
    return find(request.param, place)


@pytest.fixture
def somebody(place):
    """Gives the person of a kind, for tests that do not ask everything of everybody."""
    return lambda kind: find(kind, place)


@pytest.fixture
def me(place):
    """This process itself."""
    return find("me", place)


@pytest.fixture
def clock():
    """Gives the seconds since the test began."""
    begun = time.monotonic()
    return lambda: time.monotonic() - begun
