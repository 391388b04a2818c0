"""Files of every kind are mended to the byte, and what the last line says brings back the very bytes."""

import os
import shlex
import subprocess

import pytest
from fix_ground import CLEAN, Reviewed, edit, git, repository, write

LF = b"import os\n\n\ndef f(a):\n    return a\n"
FIXED = b"import os\nimport hmac\n\n\ndef f(a):\n    return hmac.new(a)\n"
CRLF, CRLF_FIXED = LF.replace(b"\n", b"\r\n"), FIXED.replace(b"\n", b"\r\n")
BOM = b"\xef\xbb\xbf"
PLAIN = "f.py"

CASES = {
    "plain": (PLAIN, LF, FIXED),
    "crlf": (PLAIN, CRLF, CRLF_FIXED),
    "byte order mark": (PLAIN, BOM + LF, BOM + FIXED),
    "byte order mark and crlf": (PLAIN, BOM + CRLF, BOM + CRLF_FIXED),
    "no end": (PLAIN, LF.removesuffix(b"\n"), FIXED.removesuffix(b"\n")),
    "crlf and no end": (PLAIN, CRLF.removesuffix(b"\r\n"), CRLF_FIXED.removesuffix(b"\r\n")),
    "mixed": (PLAIN, LF.replace(b"a):\n", b"a):\r\n"), FIXED.replace(b"a):\n", b"a):\r\n")),
    "text that is not ascii": (PLAIN, LF + "# Größe ☃ 漢字\n".encode(), FIXED + "# Größe ☃ 漢字\n".encode()),
    "bytes that are no text": (PLAIN, LF + b"# caf\xe9\n", FIXED + b"# caf\xe9\n"),
    "blanks at the end": (PLAIN, LF + b"x = 1   \n\t\n", FIXED + b"x = 1   \n\t\n"),
    "a name that is not ascii": ("größe/漢字.py", LF, FIXED),
    "a name with blanks": ("my files/a b.py", LF, FIXED),
    "a name with quotes": ('a"b\\c\td.py', LF, FIXED),
    "a name of no encoding": ("caf\udce9.py", LF, FIXED),
    "a name like a flag": ("-R.py", LF, FIXED),
}
SETTINGS = {
    "": (),
    "autocrlf": ("core.autocrlf=true",),
    "strict autocrlf": ("core.autocrlf=true", "core.safecrlf=true"),
    "input": ("core.autocrlf=input",),
    "fixing blanks": ("apply.whitespace=fix", "apply.ignoreWhitespace=change"),
    "refusing blanks": ("apply.whitespace=error",),
}


@pytest.fixture
def call(tmp_path, monkeypatch, reviewbot):
    """Mend a file with `reviewbot fix`, in a process that sees none of the caller's settings."""
    for name in [name for name in os.environ if name.startswith(("REVIEWBOT_", "GIT_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)

    def called(place, review, *flags):
        file = review.left_in(tmp_path / "review")
        code, out, err = reviewbot("fix", "--repo", str(place), "--yes", "--review", str(file), *flags)
        assert (code, err) == (0, ""), err
        return out

    return called


def review_of(path, oid, tabs=False):
    indent = "\t" if tabs else "    "
    edits = edit(path, oid, 2, 1, "import hmac"), edit(path, oid, 5, 5, f"{indent}return hmac.new(a)")
    return Reviewed().offer("aaaa000000000000", path, 5, *edits)


def undo(place, out, cwd=None):
    command = out.rstrip("\n").split("\n")[-1].removeprefix("undo: ")
    subprocess.run(shlex.split(command), cwd=cwd or place.parent, check=True, env=CLEAN, capture_output=True)


@pytest.mark.parametrize(
    ("name", "settings"),
    [*((name, "") for name in CASES), ("blanks at the end", "fixing blanks"), ("mixed", "fixing blanks")],
)
def test_there_and_back(tmp_path, call, name, settings):
    """The file is what the patch says to the byte, then what it was."""
    path, content, fixed = CASES[name]
    place = repository(tmp_path / "repo", {path: content}, *SETTINGS[settings])
    file = write(place, path, content)
    oid = git(place, "ls-files", "--stage").split()[1].decode()
    out = call(place, review_of(path, oid))
    assert file.read_bytes() == fixed
    undo(place, out)
    assert file.read_bytes() == content
    assert git(place, "status", "--porcelain") == b""


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        *((name, "autocrlf") for name in ("plain", "crlf", "crlf and no end", "byte order mark and crlf")),
        ("plain", "strict autocrlf"),
        ("crlf", "strict autocrlf"),
        ("crlf", "input"),
        ("crlf", "refusing blanks"),
    ],
)
def test_where_git_turns_line_ends(tmp_path, call, name, settings):
    """What is stored has LF, what lies on the disk CRLF: the file keeps its own ends."""
    path, content, fixed = CASES[name]
    place = repository(tmp_path / "repo", {path: content}, *SETTINGS[settings][:1])
    for setting in SETTINGS[settings][1:]:
        git(place, "config", *setting.split("=", 1))
    oid = git(place, "ls-files", "--stage").split()[1].decode()
    out = call(place, review_of(path, oid))
    assert (place / path).read_bytes() == fixed
    undo(place, out)
    assert (place / path).read_bytes() == content
    assert git(place, "status", "--porcelain") == b""


@pytest.mark.parametrize(
    "attributes", [b"* text eol=crlf\n", b"* text=auto\n", b"* -text\n", b"*.py text eol=lf\n"]
)
def test_where_attributes_turn_line_ends(tmp_path, call, attributes):
    """The same by .gitattributes, after a checkout as git does it."""
    place = repository(tmp_path / "repo", {".gitattributes": attributes, PLAIN: LF})
    (place / PLAIN).unlink()
    git(place, "checkout", "--", PLAIN)
    content = (place / PLAIN).read_bytes()
    out = call(place, review_of(PLAIN, LF))
    assert (place / PLAIN).read_bytes() == (CRLF_FIXED if b"\r" in content else FIXED)
    undo(place, out)
    assert (place / PLAIN).read_bytes() == content


def test_tabs_stay_tabs(tmp_path, call):
    """A makefile would not survive anything else."""
    content = LF.replace(b"    ", b"\t")
    place = repository(tmp_path / "repo", {PLAIN: content})
    out = call(place, review_of(PLAIN, content, tabs=True))
    assert (place / PLAIN).read_bytes() == FIXED.replace(b"    ", b"\t")
    undo(place, out)
    assert (place / PLAIN).read_bytes() == content


def test_a_repository_with_long_ids(tmp_path, call):
    """Blobs are named by SHA-256 there."""
    place = repository(tmp_path / "repo", {PLAIN: LF}, form="sha256")
    oid = git(place, "rev-parse", f"HEAD:{PLAIN}").decode().strip()
    out = call(place, review_of(PLAIN, oid))
    assert (place / PLAIN).read_bytes() == FIXED
    undo(place, out)
    assert git(place, "status", "--porcelain") == b""


def test_several_files_are_taken_back_together(tmp_path, call):
    """One command for all; what was changed since in other places of the files stays."""
    far = LF + b"\n" * 20 + b"# end\n"
    place = repository(tmp_path / "repo", {"a.py": far, "b.py": LF})
    review = Reviewed()
    for number, (path, content) in enumerate({"a.py": far, "b.py": LF}.items(), 1):
        review.offer(f"{number}" * 16, path, 5, edit(path, content, 5, 5, "    return hmac.new(a)"))
    out = call(place, review)
    write(place, "a.py", (place / "a.py").read_bytes() + b"# mine\n")
    undo(place, out)
    assert (place / "a.py").read_bytes() == far + b"# mine\n"
    assert (place / "b.py").read_bytes() == LF


def test_the_last_line_works_where_the_user_stands(tmp_path, monkeypatch, reviewbot, call):
    """In a folder of the work tree git would leave out what lies beside it, so the command names the top."""
    place = repository(tmp_path / "my repo", {PLAIN: LF, "sub/x": b"x"})
    file = review_of(PLAIN, LF).left_in(tmp_path / "review")
    for folder, named in ((place, False), (place / "sub", True)):
        monkeypatch.chdir(folder)
        _, out, _ = reviewbot("fix", "--yes", "--review", str(file))
        assert (" -C " in out) is named
        undo(place, out, cwd=folder)
        assert (place / PLAIN).read_bytes() == LF


def test_a_linked_work_tree_keeps_its_own_way_back(tmp_path, call):
    """Its git directory is not under its top."""
    main = repository(tmp_path / "repo", {PLAIN: LF})
    git(main, "worktree", "add", "--quiet", "--detach", "../linked")
    place = tmp_path / "linked"
    out = call(place, review_of(PLAIN, LF))
    assert (place / PLAIN).read_bytes() == FIXED
    assert (main / PLAIN).read_bytes() == LF
    undo(place, out)
    assert (place / PLAIN).read_bytes() == LF


def test_a_file_that_ends_up_empty(tmp_path, call):
    """Taking out every line leaves a file, not a hole."""
    place = repository(tmp_path / "repo", {"key.pem": b"secret\n"})
    review = Reviewed().offer("aaaa000000000000", "key.pem", 1, edit("key.pem", b"secret\n", 1, 1))
    out = call(place, review)
    assert (place / "key.pem").read_bytes() == b""
    undo(place, out)
    assert (place / "key.pem").read_bytes() == b"secret\n"


def test_two_in_the_same_second(tmp_path, call):
    """Each has a way back of its own, readable by nobody else."""
    place = repository(tmp_path / "repo", {PLAIN: LF})
    first = call(place, review_of(PLAIN, LF))
    second = call(place, review_of(PLAIN, FIXED), "--allow-dirty")
    kept = list((place / ".git" / "reviewbot" / "fixes").iterdir())
    assert len(kept) == 2
    assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}
    undo(place, second)
    assert (place / PLAIN).read_bytes() == FIXED
    undo(place, first)
    assert (place / PLAIN).read_bytes() == LF
