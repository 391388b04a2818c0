"""The folder of the fakes on the path, and one small repository with every kind of change in it."""

import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import pytest
from fakes.repo import Repo


def numbered(first, last, *, end="\n", word="line"):
    """Lines `line 1` to `line N`."""
    return "".join(f"{word} {number}{end}" for number in range(first, last + 1)).encode()


BASE = {
    "app/main.py": numbered(1, 40),
    "app/old_name.py": numbered(1, 20, word="kept"),
    "app/gone.py": numbered(1, 5, word="gone"),
    "win/crlf.txt": numbered(1, 12, end="\r\n"),
    "text/no_end.txt": b"one\ntwo\nthree",
    "text/\u00fcml\u00e4ut.txt": "gr\u00fc\u00df dich\nzwei\ndrei\n".encode(),
    "bin/data.bin": b"\0\1\2",
    "same.txt": b"nobody touches this\n",
}
FEATURE = {
    # 5 changed, 10-11 removed, two added after 30: three hunks, the running offset goes 0, -2, 0
    "app/main.py": numbered(1, 4)
    + b"LINE 5\n"
    + numbered(6, 9)
    + numbered(12, 30)
    + b"added a\nadded b\n"
    + numbered(31, 40),
    "app/old_name.py": None,
    "app/new_name.py": numbered(1, 9, word="kept") + b"CHANGED 10\n" + numbered(11, 20, word="kept"),
    "app/gone.py": None,
    "app/new.py": b"first\nsecond\nthird\n",
    "win/crlf.txt": numbered(1, 5, end="\r\n") + b"LINE 6\r\n" + numbered(7, 12, end="\r\n"),
    "text/no_end.txt": b"one\nTWO\nthree and more",
    "text/\u00fcml\u00e4ut.txt": "gr\u00fc\u00df dich\nzw\u00e4i \U0001f600 !\ndrei\n".encode(),
    "bin/data.bin": b"\0\1\2\3",
}


@pytest.fixture(scope="session")
def forge_repo_once(tmp_path_factory):
    """The repository that each test gets a copy of."""
    repo = Repo.create(tmp_path_factory.mktemp("forge") / "forge.git")
    base = repo.commit("main", BASE, message="base")
    repo.commit("feature", {"app/main.py": FEATURE["app/main.py"]}, parents=(base,), message="first half")
    repo.commit("feature", FEATURE, message="second half")
    repo.commit("main", {"app/main.py": b"foreign\n" + BASE["app/main.py"]}, message="foreign work")
    repo.git("repack", "-adq")
    repo.git("pack-refs", "--all")
    return repo.path


@pytest.fixture
def forge_repo(forge_repo_once, tmp_path):
    """A bare repository: `main`, and `feature` two commits after it; `main` then moved on by one commit."""
    return Repo(shutil.copytree(forge_repo_once, tmp_path / "forge.git"))
