"""The tree that tests run on: whatever a hostile tree of git names, nothing is written outside of it."""

import io
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.errors import UsageError
from reviewbot.suite import launcher, tree

FILE, EXECUTABLE, LINK, SUBMODULE = "100644", "100755", "120000", "160000"


def laid_out(folder, *files):
    """Pack files and unpack them below a folder; give the tree and what was said."""
    root, archive = Path(folder) / "tree", Path(folder) / "archive"
    with archive.open("wb") as opened:
        packed = tree.pack(files, opened)
    launcher.unpack(str(archive), str(root))
    archive.unlink()
    return root, packed


def test_files_stand_under_their_own_names(tmp_path):
    """With their bytes and whether they can be run, in folders, and nothing else."""
    root, laid = laid_out(
        tmp_path, ("a/b.py", FILE, b"\xef\xbb\xbfx\r\n"), ("run", EXECUTABLE, b"#!"), (".gitignore", FILE, b"*"), ("caf\udce9", FILE, b"")
    )  # fmt: skip

    assert (root / "a/b.py").read_bytes() == b"\xef\xbb\xbfx\r\n"
    assert (root / "caf\udce9").exists()
    assert {path.name for path in root.iterdir()} == {".gitignore", "a", "caf\udce9", "run"}
    assert [bool((root / name).stat().st_mode & 0o100) for name in ("run", "a/b.py")] == [True, False]
    assert (laid.entries, laid.bytes, laid.notes) == (5, 9, ())


def test_somebody_else_can_read_what_is_unpacked(tmp_path):
    """Whatever the mask says."""
    before = os.umask(0o077)
    try:
        root, _ = laid_out(tmp_path, ("a/run", EXECUTABLE, b""), ("b", FILE, b""))
    finally:
        os.umask(before)

    assert [oct((root / name).stat().st_mode & 0o777) for name in (".", "a", "a/run", "b")] == [
        "0o755", "0o755", "0o755", "0o644",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["../out", "a/../../out", "/etc/x", "a//b", "a/./b", ".", "..", "", "a/", ".git/config", "a/.GIT/hooks/x", "a\0b",
     "x" * 256, "y/" * 1600 + "y"],
)  # fmt: skip
def test_a_name_that_could_lead_elsewhere_is_left_out(tmp_path, path):
    """It is counted and said, and the rest is there."""
    root, laid = laid_out(tmp_path, (path, FILE, b"x"), ("a.py", FILE, b""))

    assert laid.notes == ("1 file whose name could lead elsewhere was not there for the tests",)
    assert [*root.rglob("*")] == [root / "a.py"]
    assert [*tmp_path.iterdir()] == [root]


def test_no_link_is_made(tmp_path):
    """Links and submodules are left out, so nothing can be written through one."""
    root, laid = laid_out(
        tmp_path, ("l", LINK, b"/etc"), ("l/passwd", FILE, b"x"), ("k", LINK, b".."), ("m", SUBMODULE, b"")
    )

    assert laid.notes == (
        "2 symbolic links of the repository were not there for the tests",
        "1 submodule of the repository was not there for the tests",
    )
    assert not [path for path in root.rglob("*") if path.is_symlink()]
    assert (root / "l/passwd").read_bytes() == b"x"


def test_one_place_named_twice_is_written_once(tmp_path):
    """A tree that git would not make: as a file and a folder, or the same file again."""
    root, laid = laid_out(
        tmp_path, ("a", FILE, b"first"), ("a", FILE, b"second"), ("a/b", FILE, b"x"), ("c/d", FILE, b""), ("c", FILE, b"x")
    )  # fmt: skip

    assert (root / "a").read_bytes() == b"first"
    assert laid.left_out["name"] == 3


def test_a_repository_that_is_too_large_is_refused(tmp_path):
    """By the number of its files or by their bytes."""
    with pytest.raises(UsageError, match="too large"):
        laid_out(tmp_path, ("a", FILE, Huge()))
    files = [(f"{number}", FILE, b"") for number in range(5)]
    assert tree.pack(files, io.BytesIO(), most=5).entries == 5
    with pytest.raises(UsageError, match="too large"):
        tree.pack(files, io.BytesIO(), most=4)


class Huge(bytes):
    """Content that says it is longer than may be."""

    def __len__(self):
        return tree.MOST_BYTES + 1


def test_an_archive_that_is_cut_off_is_no_tree(tmp_path):
    """Nothing is made up for what is missing."""
    packed = io.BytesIO()
    tree.pack([("a", FILE, b"x" * 100)], packed)
    (tmp_path / "archive").write_bytes(packed.getvalue()[:-1])
    with pytest.raises(OSError, match="cut off"):
        launcher.unpack(str(tmp_path / "archive"), str(tmp_path / "tree"))


def test_only_we_can_look_where_the_sandbox_is_ours(tmp_path):
    """Modes are kept back by a mask."""
    with (tmp_path / "archive").open("wb") as opened:
        tree.pack([("a/run", EXECUTABLE, b""), ("b", FILE, b"")], opened)
    launcher.unpack(str(tmp_path / "archive"), str(tmp_path / "tree"), 0o700)
    found = [tmp_path / "tree", *(tmp_path / "tree").rglob("*")]
    assert {oct(path.stat().st_mode & 0o777) for path in found if path.is_dir()} == {"0o700"}
    assert {path.name: oct(path.stat().st_mode & 0o777) for path in found if path.is_file()} == {
        "run": "0o700", "b": "0o600",
    }  # fmt: skip


PARTS = st.sampled_from(["a", "b", "..", ".", "", ".git", ".Git", "~", "-x", "\0", "c\n", "\udcff", "é", "/"])
PATHS = st.lists(PARTS, min_size=1, max_size=4).map("/".join)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(PATHS, st.sampled_from([FILE, EXECUTABLE, LINK, SUBMODULE]), st.binary(max_size=3)),
        max_size=8,
    )
)
def test_nothing_is_ever_written_outside(files):
    """For any names in any order: what is below the tree is ordinary, and beside it there is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        root, laid = laid_out(folder, *files)
        found = [*root.rglob("*")]
        assert [*Path(folder).iterdir()] == [root]
        assert all(path.is_dir() or path.is_file() for path in found)
        assert not [path for path in found if path.is_symlink() or path.name.lower() == ".git"]
        assert laid.entries == len(found)
        assert sum(path.is_file() for path in found) + sum(laid.left_out.values()) == len(files)
