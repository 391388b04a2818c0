"""The index and the work tree as changes, without filters and without touching them."""

import os

import pytest
from change_workshop import CLEAN, Workshop, by_path, folder

from reviewbot.change.caps import Caps
from reviewbot.change.disk import Disk
from reviewbot.change.git import GitRepository
from reviewbot.change.index import parse_index
from reviewbot.change.select import Selection, collect
from reviewbot.change.worktree import snapshot, uncommitted
from reviewbot.domain.change import FileClass, Status
from reviewbot.domain.policy import Limits
from reviewbot.errors import UsageError


def added(change, path):
    return [text for _, text in by_path(change)[path].added_lines()]


def test_worktree_is_the_whole_pull_request(checked_out):
    """Committed, staged, edited, deleted and untracked work against the merge base, in one change."""
    checked_out.git("mv", "readme.md", "manual.md")
    (checked_out.path / "app.py").write_text("import os\nos.abort()\nedited = 1\n")
    (checked_out.path / "pkg").mkdir()
    (checked_out.path / "pkg/new.py").write_text("new = 1\n")
    (checked_out.path / ".gitignore").write_text("*.log\n")
    (checked_out.path / "x.log").write_text("noise\n")
    change = checked_out.collect(worktree=True)

    assert {path: file.status for path, file in by_path(change).items()} == {
        ".gitignore": Status.ADDED,
        "app.py": Status.MODIFIED,
        "manual.md": Status.RENAMED,
        "pkg/new.py": Status.ADDED,
    }
    assert added(change, "app.py") == [b"os.abort()", b"edited = 1"]
    assert (change.head, change.title) == (None, "main...feature (work tree)")
    assert change.range_name.endswith("..uncommitted")


def test_worktree_contents_can_be_read(checked_out):
    """What is not committed is read by its id like everything else, as long as the repository is open."""
    (checked_out.path / "app.py").write_text("edited\n")
    with checked_out.open() as repository:
        change = collect(repository, Selection(worktree=True), target_branch=None, limits=Limits())
        assert repository.read(by_path(change)["app.py"].new.oid) == b"edited\n"
        assert repository.read_path(change.head_tree, "app.py") == b"edited\n"
        quarantine = repository.quarantine
    assert not quarantine.exists()
    assert b"missing" in checked_out.git(
        "cat-file", "--batch-check", feed=by_path(change)["app.py"].new.oid.encode() + b"\n"
    )


def test_staged_is_the_index_against_head(checked_out):
    """What is staged counts, what lies in the work tree beside it does not."""
    (checked_out.path / "app.py").write_text("staged\n")
    checked_out.git("add", "app.py")
    (checked_out.path / "app.py").write_text("not staged\n")
    (checked_out.path / "new.py").write_text("x\n")
    (checked_out.path / "announced.py").write_text("x\n")
    checked_out.git("add", "--intent-to-add", "announced.py")
    change = checked_out.collect(staged=True)

    assert [file.path for file in change.files] == ["app.py"]
    assert added(change, "app.py") == [b"staged"]
    assert (change.head, change.title, change.history) == (None, "feature (staged)", ())
    assert change.base == checked_out.git("rev-parse", "main").decode().strip()
    assert change.merge_base == checked_out.git("rev-parse", "HEAD").decode().strip()


def test_announced_files_are_in_the_work_tree(checked_out):
    """After `git add -N` a file, even an empty one, is part of the work tree."""
    for name in ("announced.py", "empty.py"):
        (checked_out.path / name).write_text("x = 1\n" if name == "announced.py" else "")
        checked_out.git("add", "--intent-to-add", name)
    change = checked_out.collect(worktree=True)

    assert added(change, "announced.py") == [b"x = 1"]
    assert by_path(change)["empty.py"].status is Status.ADDED


def test_nothing_staged(checked_out):
    """An index equal to HEAD is a change without files."""
    assert checked_out.collect(staged=True).files == ()


def test_unsettled_merge(checked_out):
    """The index of an unsettled merge is refused with a sentence; the work tree is read as it lies there."""
    checked_out.git("checkout", "-q", "main")
    (checked_out.path / "app.py").write_text("other\n")
    checked_out.git("commit", "-q", "-a", "-m", "other")
    checked_out.git("checkout", "-q", "feature")
    checked_out.git("merge", "-q", "main", check=False)

    with pytest.raises(UsageError, match=r"app\.py is not merged yet"):
        checked_out.collect(staged=True)
    assert b"<<<<<<< HEAD" in added(checked_out.collect(worktree=True), "app.py")


def test_a_change_of_the_same_size_in_the_same_moment_is_seen(checked_out):
    """A file rewritten right after git wrote the index, with equal size, counts as changed ("racy git")."""
    before = (checked_out.path / "app.py").stat()
    (checked_out.path / "app.py").write_text("import os\nos.abork()\n")
    os.utime(checked_out.path / "app.py", ns=(before.st_atime_ns, before.st_mtime_ns))

    assert added(checked_out.collect(worktree=True), "app.py") == [b"os.abork()"]


def test_untouched_files_are_not_read(checked_out):
    """A file that looks as git last saw it is taken from the index: reviewing a large tree stays cheap."""
    for name in ("app.py", "readme.md"):
        os.utime(checked_out.path / name, (1_000_000_000, 1_000_000_000))
    checked_out.git("update-index", "--refresh", "--force-write-index")
    (checked_out.path / "readme.md").chmod(0)
    if os.geteuid() == 0:
        size = (checked_out.path / "readme.md").stat().st_size
        (checked_out.path / "readme.md").chmod(0o644)
        (checked_out.path / "readme.md").write_bytes(b"#" * size)
        os.utime(checked_out.path / "readme.md", (1_000_000_000, 1_000_000_000))

    assert [file.path for file in checked_out.collect(worktree=True).files] == ["app.py"]


def test_modes(checked_out):
    """The executable bit counts, unless the repository says that the file system has none."""
    (checked_out.path / "app.py").chmod(0o755)
    (checked_out.path / "readme.md").chmod(0o755)
    files = by_path(checked_out.collect(worktree=True))
    assert (files["readme.md"].new.mode, files["readme.md"].file_class) == ("100755", FileClass.METADATA)
    checked_out.git("config", "core.fileMode", "false")
    assert list(by_path(checked_out.collect(worktree=True))) == ["app.py"]
    assert checked_out.collect().notes == ()


def test_line_ends_on_disk(checked_out):
    """CRLF alone is no change; an edited file with CRLF is read as it lies there, and a note says so."""
    (checked_out.path / "readme.md").write_bytes(b"hello\r\n")
    assert checked_out.collect().notes == ()
    (checked_out.path / "app.py").write_bytes(b"import os\r\nos.kill()\r\n")
    change = checked_out.collect(worktree=True)

    assert list(by_path(change)) == ["app.py"]
    assert added(change, "app.py") == [b"import os\r", b"os.kill()\r"]
    assert change.notes[0].startswith("1 file of the work tree has CRLF line ends")
    (checked_out.path / "readme.md").write_bytes(b"hello\r\nyou\r\n")
    assert checked_out.collect(worktree=True).notes[0].startswith("2 files of the work tree have CRLF")


def test_files_that_git_leaves_alone(checked_out):
    """A sparse checkout's missing files are not deleted files."""
    checked_out.git("update-index", "--skip-worktree", "readme.md")
    (checked_out.path / "readme.md").unlink()

    assert [file.path for file in checked_out.collect(worktree=True).files] == ["app.py"]


def test_repositories_inside_are_not_opened(checked_out, tmp_path):
    """An untracked repository in the work tree and a submodule's checkout are left alone."""
    inner = Workshop(checked_out.path / "inner")
    inner.commit("main", {"x.py": b"x\n"})
    inner.git("checkout", "-q", "-f", "main")

    assert [file.path for file in checked_out.collect(worktree=True).files] == ["app.py"]
    assert checked_out.collect().notes == ()


def test_a_bare_repository_has_no_work_tree(bare):
    """--staged and --worktree in a bare repository are told what to do instead."""
    base = bare.commit("main", {"a": b"a\n"})
    bare.commit("feature", {"a": b"b\n"}, parents=[base])
    bare.git("symbolic-ref", "HEAD", "refs/heads/feature")

    for selection in ({"staged": True}, {"worktree": True}):
        with pytest.raises(UsageError, match="bare repository"):
            bare.collect(**selection)
    assert bare.collect().title == "main...feature"


def test_worktree_against_the_empty_tree(checked_out):
    """Everything in the work tree, against nothing."""
    (checked_out.path / "app.py").write_text("only\n")
    change = checked_out.collect(base="4b825dc642cb6eb9a060e54bf8d69288fbee4904", worktree=True)

    assert [file.path for file in change.files] == ["app.py", "readme.md"]
    assert added(change, "app.py") == [b"only"]


def test_large_files_are_hashed_in_pieces(checked_out, tmp_path):
    """A file over 32 MB gets git's id without being held in memory, and is listed without lines."""
    (checked_out.path / "large.py").write_bytes(bytes(33_000_000))
    change = checked_out.collect(worktree=True)
    large = by_path(change)["large.py"]

    assert large.new.oid == checked_out.git("hash-object", "large.py").decode().strip()
    assert (large.hunks, large.file_class) == ((), FileClass.CODE)
    assert change.notes == ("large.py: too large to compare (33.0 MB)",)


def test_files_that_cannot_be_read_are_named(tmp_path):
    """A file that vanishes, or is swapped for a pipe, between look and read is an error, not an empty file."""
    (tmp_path / "a").write_text("a\n")
    disk = Disk(tmp_path, "sha1")
    seen = disk.look("a")
    (tmp_path / "a").unlink()
    with pytest.raises(UsageError, match="a cannot be read: No such file"):
        disk.absorb("a", seen.mode, None)
    os.mkfifo(tmp_path / "a")
    with pytest.raises(UsageError, match="a changed while it was read"):
        disk.absorb("a", seen.mode, None)
    disk.close()


def test_a_file_that_grows_while_it_is_read(tmp_path):
    """A large file whose size does not fit what was read is an error: its id would be wrong."""
    disk = Disk(tmp_path, "sha1")

    with pytest.raises(UsageError, match="changed while it was read"):
        disk._of_large(iter([b"too short"]), 40_000_000, None)
    disk.close()


def test_a_tracked_file_that_became_a_pipe_is_gone(checked_out):
    """What is no file and no link is not opened: for git, too, the file is deleted."""
    (checked_out.path / "readme.md").unlink()
    os.mkfifo(checked_out.path / "readme.md")

    assert by_path(checked_out.collect(worktree=True))["readme.md"].status is Status.DELETED


def test_a_flood_of_untracked_files_is_refused(checked_out):
    """Beyond the cap a sentence says what to do, before anything is read."""
    for number in range(4):
        (checked_out.path / f"build{number}").write_text("x\n")
    with checked_out.open() as repository, pytest.raises(UsageError, match="more than 3 untracked files"):
        snapshot(repository, Caps(files=3))


def test_the_users_own_ignore_lists_hold(checked_out, tmp_path):
    """Files that the user ignores everywhere are neither counted nor reviewed, wherever the list lies."""
    (checked_out.path / "editor.swp").write_text("x\n")
    home = folder(tmp_path / "home")
    lists = folder(home / ".config/git") / "ignore"
    lists.write_text("*.swp\n")

    def uncommitted_files():
        with GitRepository.open(checked_out.path, environ={**CLEAN, "HOME": str(home)}) as repository:
            return uncommitted(repository)

    assert uncommitted_files() == 0
    lists.rename(home / "mine")
    assert uncommitted_files() == 1
    (home / ".gitconfig").write_text("[core]\n\texcludesFile = ~/mine\n")
    assert uncommitted_files() == 0
    checked_out.git("config", "core.excludesFile", "/dev/null")
    assert uncommitted_files() == 1


def test_an_index_that_does_not_fit_is_refused():
    """What `git ls-files` prints is understood wholly or not at all."""
    with pytest.raises(UsageError, match="index could not be read"):
        list(parse_index(b"100644 nonsense"))
