"""Files are read and replaced inside the work tree only, and each is whole at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from reviewbot.errors import UsageError
from reviewbot.mending.undo import Undo
from reviewbot.mending.worktree import WorkTree


@pytest.fixture
def top(tmp_path):
    """A work tree with a file in a folder, and something beside it that must not be touched."""
    top = tmp_path / "top"
    (top / "src").mkdir(parents=True)
    (top / "src" / "a.py").write_bytes(b"old\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.py").write_bytes(b"old\n")
    return top


def replaced(top, path="src/a.py", old=b"old\n", new=b"new\n"):
    with WorkTree(top) as tree:
        tree.replace(path, old, new)


def why(top, path):
    """Why neither reading nor replacing does anything."""
    said = set()
    with WorkTree(top) as tree:
        for act in (tree.read, lambda path: tree.replace(path, b"old\n", b"new\n")):
            with pytest.raises(UsageError) as caught:
                act(path)
            said.add(caught.value.sentence)
    assert (top.parent / "outside" / "a.py").read_bytes() == b"old\n"
    [one] = said
    return one


def test_a_file_is_replaced_and_keeps_its_mode(top):
    """Nothing else is left in the folder."""
    file = top / "src" / "a.py"
    file.chmod(0o754)
    replaced(top)
    assert file.read_bytes() == b"new\n"
    assert file.stat().st_mode & 0o7777 == 0o754
    assert [entry.name for entry in (top / "src").iterdir()] == ["a.py"]


def test_a_file_that_changed_meanwhile_is_left(top):
    """An editor was quicker."""
    (top / "src" / "a.py").write_bytes(b"mine\n")
    with pytest.raises(UsageError, match="changed just now"):
        replaced(top)
    assert (top / "src" / "a.py").read_bytes() == b"mine\n"
    assert [entry.name for entry in (top / "src").iterdir()] == ["a.py"]


def test_no_link_is_followed(top):
    """Neither as the file nor as a folder on the way, inside the work tree or out of it."""
    (top / "link.py").symlink_to("../outside/a.py")
    (top / "inner.py").symlink_to("src/a.py")
    (top / "folder").symlink_to("../outside")
    for path in ("link.py", "inner.py", "folder/a.py"):
        assert why(top, path) == "is a link or lies behind one"


def test_a_link_to_the_same_bytes_is_not_replaced_by_a_file(top):
    """The rename would be harmless outside and still not what was asked for."""
    (top / "link.py").symlink_to("../outside/a.py")
    why(top, "link.py")
    assert (top / "link.py").is_symlink()


def test_no_device_or_pipe_is_opened(top):
    """A pipe without a writer would wait for ever."""
    os.mkfifo(top / "pipe")
    assert why(top, "pipe") == "is no regular file"
    assert why(top, "src") == "is no regular file"


@pytest.mark.parametrize(
    "path", ["../outside/a.py", "src/../../outside/a.py", ".git/config", "/etc/passwd", "src//a.py"]
)
def test_no_path_leads_out(top, path):
    """It is refused before anything is opened."""
    assert why(top, path) == "is no file of this repository"


@pytest.mark.parametrize("as_file", [True, False])
def test_another_repository_inside_is_not_this_one(top, as_file):
    """A submodule, or a clone that somebody keeps there."""
    (top / "lib" / "deep").mkdir(parents=True)
    (top / "lib" / "deep" / "a.py").write_bytes(b"old\n")
    if as_file:
        (top / "lib" / ".git").write_text("gitdir: elsewhere\n")
    else:
        (top / "lib" / ".git").mkdir()
    assert why(top, "lib/deep/a.py") == "lies in another repository"


def test_what_is_not_there(top):
    """A deleted file, a folder that is none."""
    assert why(top, "src/gone.py") == "is not there"
    assert why(top, "src/a.py/b.py") == "is a link or lies behind one"


def test_a_file_that_is_too_large(top):
    """No patch was proven for it."""
    with (top / "src" / "a.py").open("wb") as file:
        file.truncate(32_000_001)
    assert why(top, "src/a.py") == "is too large to be mended"


def test_a_name_that_is_no_text(top):
    """Bytes are bytes."""
    name = os.fsencode(top) + b"/caf\xe9.py"
    with open(name, "wb") as file:  # noqa: PTH123 (a path of bytes)
        file.write(b"old\n")
    replaced(top, "caf\udce9.py")
    with open(name, "rb") as file:  # noqa: PTH123 (as above)
        assert file.read() == b"new\n"


def test_killed_half_way_the_file_is_whole(top):
    """Old or new, whenever the blow falls."""
    file = top / "src" / "a.py"
    old, new = b"o" * 3_000_000, b"n" * 2_000_000
    code = (
        "import sys; from pathlib import Path; from reviewbot.mending.worktree import WorkTree\n"
        "old, new = b'o' * 3_000_000, b'n' * 2_000_000\n"
        "with WorkTree(Path(sys.argv[1])) as tree:\n"
        "    print(flush=True)\n"
        "    while True:\n"
        "        tree.replace('src/a.py', old, new); tree.replace('src/a.py', new, old)\n"
    )
    for delay in random.Random(5).sample(range(1, 60), 4):
        file.write_bytes(old)
        with subprocess.Popen([sys.executable, "-c", code, str(top)], stdout=subprocess.PIPE) as process:
            process.stdout.readline()
            time.sleep(delay / 1000)
            process.send_signal(signal.SIGKILL)
        assert file.read_bytes() in {old, new}


NOW = datetime(2026, 11, 21, 18, 0, 0, tzinfo=UTC)


def test_the_way_back_is_a_file_of_its_own(tmp_path):
    """Named by the time, for its owner only, never over another."""
    folder = tmp_path / "reviewbot" / "fixes"
    kept = [Undo(folder, NOW, content) for content in (b"1", b"2")]
    assert [one.path.name for one in kept] == ["2026-11-21T18-00-00Z.patch", "2026-11-21T18-00-00Z-2.patch"]
    assert [one.path.read_bytes() for one in kept] == [b"1", b"2"]
    assert {entry.stat().st_mode & 0o777 for entry in (folder, folder.parent)} == {0o700}
    assert kept[0].path.stat().st_mode & 0o777 == 0o600


def test_the_way_back_holds_what_was_done(tmp_path):
    """No more; and nothing at all where nothing was."""
    undo = Undo(tmp_path / "fixes", NOW, b"all")
    undo.narrow(b"some")
    assert undo.path.read_bytes() == b"some"
    undo.narrow(b"")
    assert list((tmp_path / "fixes").iterdir()) == []
