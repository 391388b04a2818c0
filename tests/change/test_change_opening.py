"""Finding and reading a repository, wherever one starts."""

import os
import threading
from dataclasses import replace

import pytest
from change_workshop import CLEAN, Workshop, folder, git

from reviewbot.change.diff import fields
from reviewbot.change.git import GitRepository, name_of
from reviewbot.domain.ports import Occurrence, Repository
from reviewbot.errors import UsageError


def test_outside_a_repository(tmp_path):
    """A folder without a repository, and no folder at all, are told apart."""
    with pytest.raises(UsageError, match="is not in a git repository") as raised:
        GitRepository.open(tmp_path, environ=CLEAN)
    assert "--repo" in raised.value.hint
    with pytest.raises(UsageError, match="is not a folder"):
        GitRepository.open(tmp_path / "nothing", environ=CLEAN)


def test_it_is_a_repository_of_the_domain(checked_out):
    """It can stand wherever the domain asks for a repository."""
    with checked_out.open() as repository:
        port: Repository = repository
        assert port.name == "repo"


def test_from_a_subfolder(checked_out):
    """Started deep inside, it is the whole repository that is read."""
    inside = folder(checked_out.path / "a/b")
    with checked_out.open(inside) as repository:
        assert repository.git_dir == checked_out.path / ".git"
        assert repository.work_tree == checked_out.path
        assert sorted(repository.paths("feature")) == ["app.py", "readme.md"]
    assert [file.path for file in checked_out.collect(inside, worktree=True).files] == ["app.py"]


def test_in_a_linked_worktree(checked_out, tmp_path):
    """A worktree has its own HEAD, index and git directory, and shares the objects."""
    checked_out.git("worktree", "add", "-q", "--detach", str(tmp_path / "linked"), "main")
    (tmp_path / "linked/app.py").write_text("import os\nlinked\n")
    with checked_out.open(tmp_path / "linked") as repository:
        assert repository.git_dir == checked_out.path / ".git/worktrees/linked"
    change = checked_out.collect(tmp_path / "linked", worktree=True, base="main")

    assert [list(file.added_lines()) for file in change.files] == [[(2, b"linked")]]


def test_in_a_submodules_checkout(checked_out, tmp_path):
    """Inside a submodule it is the submodule that is reviewed."""
    inner = Workshop(tmp_path / "inner")
    base = inner.commit("main", {"x.py": b"x\n"})
    checked_out.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "sub")
    sub = checked_out.path / "sub"
    (sub / "x.py").write_text("y\n")
    with checked_out.open(sub) as repository:
        assert repository.work_tree == sub
        assert list(repository.paths(base)) == ["x.py"]
    assert [file.path for file in checked_out.collect(sub, worktree=True).files] == ["x.py"]


def test_a_bare_repository_inside_a_work_tree_is_refused(checked_out):
    """A change that carries a folder shaped like a repository does not become the reviewed one."""
    Workshop(folder(checked_out.path / "vendor") / "trap", bare=True)

    with pytest.raises(UsageError, match="bare repository inside the work tree"):
        checked_out.open(checked_out.path / "vendor/trap")


def test_in_the_git_folder_itself(checked_out):
    """Started inside `.git` there is a repository, but no work tree."""
    with checked_out.open(checked_out.path / ".git") as repository:
        assert repository.work_tree is None
        assert repository.read_path("main", "readme.md") == b"hello\n"


def test_paths_that_would_part_a_list(tmp_path):
    """Colons, quotes and newlines in the repository's own path do not break the quarantine."""
    workshop = Workshop(folder(tmp_path / 'a:b "c" \\d') / "repo")
    base = workshop.commit("main", {"a": b"a\n"})
    workshop.commit("feature", {"a": b"b\n"}, parents=[base])

    assert workshop.collect(base="main", head="feature").files[0].added_count == 1
    newline = Workshop(folder(tmp_path / "new\nline") / "repo")
    with pytest.raises(UsageError, match="newline"):
        newline.open()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to somebody else")
def test_a_repository_of_another_user(checked_out, tmp_path):
    """It is refused with the command that allows it, and read once the user has said so."""
    for place in (checked_out.path, checked_out.path / ".git"):
        os.chown(place, 65534, 65534)
    home = folder(tmp_path / "home")
    environ = {**CLEAN, "HOME": str(home)}

    with pytest.raises(UsageError, match="belongs to another user") as raised:
        GitRepository.open(checked_out.path, environ=environ)
    assert raised.value.hint.endswith(f"git config --global --add safe.directory {checked_out.path}")

    (home / ".gitconfig").write_text(
        f"[safe]\n\tdirectory = {checked_out.path}\n[core]\n\tfsmonitor = /nonexistent\n"
    )
    with GitRepository.open(checked_out.path, environ=environ) as repository:
        assert repository.read_path("main", "readme.md") == b"hello\n"
    (home / ".gitconfig").unlink()
    (folder(home / ".config/git") / "config").write_text("[safe]\n\tdirectory = *\n")
    with GitRepository.open(checked_out.path, environ=environ) as repository:
        assert repository.read_path("main", "readme.md") == b"hello\n"
    with pytest.raises(UsageError, match="belongs to another user"):
        GitRepository.open(checked_out.path, environ={"PATH": CLEAN["PATH"]})


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://user:secret@git.example.org/group/sub/project.git", "sub/project"),
        ("git@git.example.org:group/project.git", "group/project"),
        ("ssh://git@git.example.org:2222/group/project/", "group/project"),
        ("https://dev.azure.com/org/team/_git/service", "team/service"),
        ("https://git.example.org/project.git?token=secret#x", "project"),
        ("/srv/git/project.git", "git/project"),
        ("../project", "../project"),
        ("https://secret@git.example.org", None),
        ("https://git.example.org/a/b\x1b[31m", None),
        ("", None),
    ],
)
def test_names_of_remotes(url, name):
    """The last two parts of the path; never a user, a password or a query."""
    assert name_of(url) == name


def test_the_name_is_the_remotes(checked_out):
    """The remote's address names the repository, and otherwise its folder."""
    checked_out.git("config", "remote.origin.url", "https://u:p@git.example.org/pay/ledger.git")
    with checked_out.open() as repository:
        assert repository.name == "pay/ledger"


def test_reading_is_bounded_before_it_begins(bare):
    """A blob over the limit is refused by its size alone."""
    bare.commit("main", {"big": b"x" * 1000})
    with bare.open() as repository:
        oid = bare.git("rev-parse", "main:big").decode().strip()
        assert repository.read(oid, most=1000) == b"x" * 1000
        with pytest.raises(UsageError, match="over the size limit"):
            repository.read(oid, most=999)
        assert repository.read(oid) == b"x" * 1000


def test_reading_what_is_no_blob(bare):
    """Missing objects, trees, odd names: each is an error of its own, and reading goes on after it."""
    commit = bare.commit("main", {"a": b"a\n", "d/b": b"b\n"})
    with bare.open() as repository:
        with pytest.raises(UsageError, match="is a commit, not a blob"):
            repository.read(commit)
        with pytest.raises(UsageError, match="not in this repository"):
            repository.read("0" * 40)
        with pytest.raises(UsageError, match="control character"):
            repository.read("a\nb")
        with pytest.raises(UsageError, match="not in this repository"):
            repository.tree_of("nothing")
        with pytest.raises(UsageError, match="not in this repository"):
            repository.objects.sizes(["0" * 40])
        assert repository.read_path("main", "a") == b"a\n"
        assert [repository.read_path("main", path) for path in ("d", "d/b", "d/c", "a/b", "", "/a", "d/")] == [
            None, b"b\n", None, None, None, None, None,
        ]  # fmt: skip


def test_reading_goes_on_after_git_died(bare):
    """If git is killed under us the read fails with a sentence, and the next one works."""
    bare.commit("main", {"a": b"a\n"})
    oid = bare.git("rev-parse", "main:a").decode().strip()
    with bare.open() as repository:
        assert repository.read(oid) == b"a\n"
        for process in list(repository.objects._talks.values()):
            process.kill()
            process.wait()
        with pytest.raises(UsageError, match="git stopped"):
            repository.read(oid)
        assert repository.read(oid) == b"a\n"


def test_reading_from_many_threads(bare):
    """Parallel readers get their own answers."""
    bare.commit("main", {f"f{number}": b"%d\n" % number * 500 for number in range(8)})
    wrong = []
    with bare.open() as repository:

        def read(number):
            answers = {repository.read_path("main", f"f{number}") for _ in range(30)}
            wrong.extend(answers - {b"%d\n" % number * 500})

        threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_grep_finds_whole_words(bare):
    """Words are literal and whole; path order; the limit holds; odd words find nothing."""
    bare.commit(
        "main",
        {"b.py": b"run(1)\nrunner()\n", "a.py": b"x\n  run = 2\n", "c.py": b"a.b\naxb\n", "bin": b"run \0\n", "l": ("120000", b"run"), "long.js": b"run " + b"x" * 3000, "-e": b"--flag run\n"},
    )  # fmt: skip
    with bare.open() as repository:
        assert repository.grep("main", ("run",), 10) == (
            Occurrence("-e", 1, "--flag run"),
            Occurrence("a.py", 2, "  run = 2"),
            Occurrence("b.py", 1, "run(1)"),
        )
        assert repository.grep("main", ("run",), 1) == (Occurrence("-e", 1, "--flag run"),)
        assert repository.grep("main", ("a.b",), 10) == (Occurrence("c.py", 1, "a.b"),)
        assert repository.grep("main", ("--flag", "axb"), 10) == (
            Occurrence("-e", 1, "--flag run"),
            Occurrence("c.py", 2, "axb"),
        )
        for words in ((), ("",), ("a\nb",), ("nowhere",)):
            assert repository.grep("main", words, 10) == ()
        assert repository.grep("main", ("run",), 0) == ()


def test_nothing_hides_from_grep(bare):
    """Neither a NUL in a file nor attributes that call it binary keep its lines from being found."""
    bare.commit("main", {"a.py": b"\0\nword\n", "b.py": b"word\n", ".gitattributes": b"*.py -diff\n"})
    (bare.path / "info").mkdir(exist_ok=True)
    (bare.path / "info/attributes").write_text("*.py binary\n")
    with bare.open() as repository:
        assert repository.grep("main", ("word",), 10) == (
            Occurrence("a.py", 2, "word"),
            Occurrence("b.py", 1, "word"),
        )


def test_grep_in_odd_paths(bare):
    """A path with a newline is not taken for another file."""
    bare.commit("main", {b"x\ny.py": b"word\n", b"\xffz.py": b"word\n"})
    with bare.open() as repository:
        assert repository.grep("main", ("word",), 10) == (Occurrence("\udcffz.py", 1, "word"),)


def test_git_that_takes_too_long(bare, tmp_path):
    """A command over its time is stopped and says how to go on, whether it is silent or talks for ever."""
    silent, talker = tmp_path / "silent", tmp_path / "talker"
    silent.write_text("#!/bin/sh\nexec sleep 60\n")
    talker.write_text("#!/bin/sh\nprintf 'cut off'\nexec sleep 60\n")
    with bare.open() as repository:
        for program in (silent, talker):
            program.chmod(0o755)
            slow = replace(repository.git, program=str(program), seconds=0.3)
            with pytest.raises(UsageError, match="git ls-tree was stopped after") as raised:
                slow.run("ls-tree")
            assert "--base" in raised.value.hint
            with pytest.raises(UsageError, match="stopped after"), slow.stream("ls-tree") as output:
                list(fields(output))


def test_git_that_refuses(bare):
    """Git's own reason is passed on, in one line, for commands that are read whole and in pieces."""
    with bare.open() as repository:
        with pytest.raises(UsageError, match="git rev-list failed: bad revision"):
            repository.git.run("rev-list", "nothing", "--")
        with (
            pytest.raises(UsageError, match="git ls-tree failed"),
            repository.git.stream("ls-tree", "nothing") as output,
        ):
            output.read()


def test_leaving_a_stream_early_is_no_error(bare):
    """Who has seen enough stops; git is ended."""
    bare.commit("main", {f"a-rather-long-name-of-a-file-{number}": b"x\n" for number in range(5000)})
    with bare.open() as repository:
        with repository.git.stream("ls-tree", "-r", "main") as output:
            first = output.readline()
        assert first.startswith(b"100644")
        with pytest.raises(KeyError), repository.git.stream("ls-tree", "-r", "main"):
            raise KeyError


def test_git_works_without_a_home(tmp_path):
    """Nothing outside the repository is needed."""
    workshop = Workshop(tmp_path / "repo")
    workshop.commit("main", {"a": b"a\n"})
    git(tmp_path, "--version")

    with GitRepository.open(workshop.path, environ={"PATH": CLEAN["PATH"]}) as repository:
        assert list(repository.paths("main")) == ["a"]
