"""The fresh tree that tools look at."""

import os
import resource
import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scanning import source

from reviewbot.domain import paths
from reviewbot.errors import ScannerError
from reviewbot.scanners import tree


def test_files_stand_under_their_own_paths():
    """An ordinary file keeps its path and content, empty folders and strangers are not there."""
    with tree.planted([source("src/a b/é.py", b"x\r\n"), source("b.py", b"")]) as planted:
        assert planted.places == {"src/a b/é.py": "src/a b/é.py", "b.py": "b.py"}
        assert (planted.root / "src/a b/é.py").read_bytes() == b"x\r\n"
        assert sorted(each.name for each in planted.root.iterdir()) == ["b.py", "src"]
        top = planted.root.parent
    assert not top.exists()


@pytest.mark.parametrize(
    "path",
    [
        ".semgrepignore", "a/.semgrepignore", ".SEMGREPIGNORE", ".semgrep/settings.yml", ".semgrep.yml", ".bandit",
        "sub/.bandit", "pyproject.toml", "setup.cfg", "tox.ini", ".gitignore", ".gitattributes", ".git/config",
        ".gitleaksignore", ".gitleaks.toml", ".trivyignore", ".checkov.yml", ".checkov.yaml", ".eslintignore",
        ".eslintrc.js", "ruff.toml", ".ruff.toml", ".bandit/x.py", "bandit.yaml", ".dockerignore", ".tfsec.yml",
    ],
)  # fmt: skip
def test_settings_of_tools_go_by_neutral_names(path):
    """A tool's ignore file or settings stand where no tool looks for them, with what they hold."""
    with tree.planted([source("a.py", b""), source(path, b"*.py\n")]) as planted:
        place = planted.places[path]
        assert place.startswith("_rb/0001")
        assert (planted.root / place).read_bytes() == b"*.py\n"
        assert planted.found()[place] == path
        assert not tree.is_config(place.removeprefix("_rb/"))


@pytest.mark.parametrize(
    "path",
    [
        "-rf.py", "a/-x.py", "@a.py", "a\nb.py", "../a.py", "a/../b.py", "/etc/a.py", "./a.py", "a//b.py",
        "\udcff.py", "a\u202eb.py", "[id].py", "a*.py", "%2e.py", "file:a.py", "x" * 250 + ".py", "d/" * 600 + "a.py",
        "_rb/0001.py", "a\\b.py", "a /b.py",
    ],
)  # fmt: skip
def test_hostile_names_go_by_neutral_ones(path):
    """A name that could be misread, or not written, is replaced, and its extension kept."""
    with tree.planted([source(path, b"1"), source("_rb/0000.py", b"2")]) as planted:
        assert planted.places[path] == "_rb/0000.py"
        assert (planted.root / "_rb/0000.py").read_bytes() == b"1"
        assert (planted.root / planted.places["_rb/0000.py"]).read_bytes() == b"2"


def test_names_keep_their_meaning():
    """What a name says about a language survives: an extension, a Dockerfile, a plain whole name."""
    places = tree.placed([source("-/Dockerfile", b""), source("-/Makefile", b""), source("-/a.TF", b"")])

    assert list(places.values()) == ["_rb/0000.dockerfile", "_rb/0001/Makefile", "_rb/0002.tf"]


def test_names_that_collide_stand_apart():
    """Upper and lower case of one name, and a file where another needs a folder, both get in."""
    names = ["a.py", "A.py", "d", "d/x.py", "e/f/x.py", "E/F"]

    with tree.planted([source(name, name.encode()) for name in names]) as planted:
        assert planted.places["a.py"] == "a.py"
        assert planted.places["A.py"] == "_rb/0001.py"
        for name in names:
            assert (planted.root / planted.places[name]).read_bytes() == name.encode()


def test_a_link_becomes_a_file():
    """What the change calls a symbolic link is written as the text it is."""
    with tree.planted([source("b.py", b"/etc/passwd", mode="120000")]) as planted:
        assert not (planted.root / "b.py").is_symlink()
        assert (planted.root / "b.py").read_bytes() == b"/etc/passwd"


def test_byte_order_mark_is_left_out():
    """semgrep would read it as part of the first word."""
    with tree.planted([source("b.py", b"\xef\xbb\xbfeval(x)\n")]) as planted:
        assert (planted.root / "b.py").read_bytes() == b"eval(x)\n"


def test_only_the_sandbox_can_look():
    """The folder is closed to other users, unless we are root and the sandbox's user is another."""
    closed, secret = (0o755, 0o644) if os.geteuid() == 0 else (0o700, 0o600)
    with tree.planted([source("a/b.py", b"")]) as planted:
        for folder in (planted.root.parent, planted.root, planted.root / "a", planted.inputs):
            assert stat.S_IMODE(folder.stat().st_mode) == closed
        assert stat.S_IMODE((planted.root / "a/b.py").stat().st_mode) == secret


def test_no_room_is_said(monkeypatch, tmp_path):
    """A tree that cannot be written is an error with a way out, and leaves nothing behind."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, before[1]))
    try:
        with pytest.raises(ScannerError, match="could not be laid out") as caught, tree.planted([_LARGE]):
            pytest.fail("the tree is not there")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert "TMPDIR" in caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_no_temporary_folder_is_said(monkeypatch, tmp_path):
    """A TMPDIR that is not there is the same error."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))

    with pytest.raises(ScannerError, match="could not be laid out"), tree.planted([_LARGE]):
        pytest.fail("the tree is not there")


_LARGE = source("a.py", b"x" * 100)
_NAMES = st.text(st.sampled_from("aA./-_\n*%\udc80 é"), min_size=1, max_size=8)


@settings(max_examples=80, deadline=None)
@given(st.lists(_NAMES, unique=True, max_size=8))
def test_any_names_get_in_and_are_mapped_back(names):
    """Whatever the names: each content stands at its place below the root, and nowhere else."""
    sources = [source(name, paths.to_bytes(name)) for name in names]

    with tree.planted(sources) as planted:
        root = planted.root.resolve()
        files = [each for each in root.rglob("*") if each.is_file()]
        assert len(files) == len(names) == len(planted.found())
        for one in sources:
            place = planted.root / planted.places[one.path]
            assert place.read_bytes() == one.content
            assert place.resolve().is_relative_to(root)
