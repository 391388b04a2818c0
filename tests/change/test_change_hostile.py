"""Repositories that were made to harm whoever reads them. Every trap writes a PWN file when it springs."""

import hashlib
import os
import time

import pytest
from change_workshop import by_path, folder

from reviewbot.change.git import GitRepository
from reviewbot.change.select import Selection, collect, policy_source
from reviewbot.domain.change import FileClass, Status
from reviewbot.domain.policy import Limits
from reviewbot.errors import UsageError

# name: (configuration, attributes of the work tree, a plain git command that springs the trap)
TRAPS = {
    "fsmonitor": ({"core.fsmonitor": "{pwn}"}, "", ("status",)),
    "external diff": ({"diff.external": "{pwn}"}, "", ("diff", "main", "feature")),
    "diff driver": ({"diff.evil.command": "{pwn}"}, "* diff=evil", ("diff", "main", "feature")),
    "textconv": ({"diff.evil.textconv": "{pwn}"}, "* diff=evil", ("diff", "main", "feature")),
    "textconv in grep": ({"diff.evil.textconv": "{pwn}"}, "* diff=evil", ("grep", "--textconv", "os", "main")),
    "clean filter": ({"filter.evil.clean": "{pwn}"}, "* filter=evil", ("add", "-A")),
    "smudge filter": ({"filter.evil.smudge": "{pwn}"}, "* filter=evil", ("checkout", "-f", "main", "--", ".")),
    "filter process": ({"filter.evil.process": "{pwn}"}, "* filter=evil", ("add", "-A")),
    "signature check": ({"log.showSignature": "true", "gpg.program": "{pwn}"}, "", ("log", "signed")),
    "ssh command": ({"core.sshCommand": "{pwn}", "remote.origin.url": "ssh://host.example/x"}, "", ("fetch",)),
    "ext transport": ({"protocol.ext.allow": "always", "remote.origin.url": "ext::{pwn}"}, "", ("fetch",)),
    "credential helper": (
        {"credential.helper": "!{pwn}", "remote.origin.url": "https://127.0.0.1:1/x"}, "", ("credential", "fill"),
    ),
    "alias": ({"alias.x": "!{pwn}"}, "", ("x",)),
    "editor": ({"core.editor": "{pwn}"}, "", ("commit", "--allow-empty")),
    "included": ({"include.path": "evil.config"}, "", ("status",)),
}  # fmt: skip
HOOKS = ("post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman")


def look_at_everything(path):
    """Use every entry point of the room on a repository."""
    for selection in (
        Selection(),
        Selection(base="main", head="feature"),
        Selection(staged=True),
        Selection(worktree=True),
    ):
        with GitRepository.open(path) as repository:
            change = collect(repository, selection, target_branch=None, limits=Limits())
            policy_source(repository, selection, "main")
            for file in change.files:
                if file.new is not None and file.new.is_regular:
                    repository.read(file.new.oid)
            repository.read_path(change.merge_base, "app.py")
            list(repository.paths(change.merge_base))
            repository.grep(change.merge_base, ("os", "import"), 10)


@pytest.fixture
def pwn(tmp_path):
    """A program that leaves a trace, and the trace."""
    program, trace = tmp_path / "pwn.sh", tmp_path / "PWN"
    program.write_text(f"#!/bin/sh\necho sprung >> {trace}\nexit 1\n")
    program.chmod(0o755)
    return program, trace


def racy(path):
    """Make every file look as if it changed in the moment in which git wrote the index."""
    for file in path.rglob("*"):
        if ".git" not in file.parts and file.is_file():
            file.write_bytes(file.read_bytes())


@pytest.mark.parametrize("name", TRAPS)
def test_configuration_of_the_repository_starts_nothing(checked_out, pwn, name):
    """Nothing that `.git/config` and attributes name is run, though plain git runs it."""
    program, trace = pwn
    settings, attributes, springs = TRAPS[name]
    checked_out.git("update-ref", "refs/remotes/origin/main", "main")
    if name == "signature check":
        signed = checked_out.git("cat-file", "commit", "HEAD").replace(
            b"\n\n", b"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\n", 1
        )
        oid = checked_out.git("hash-object", "-t", "commit", "-w", "--stdin", feed=signed).decode().strip()
        checked_out.git("update-ref", "refs/heads/signed", oid)
        checked_out.git("update-ref", "refs/heads/feature", oid)
    (checked_out.path / "new.py").write_text("x = 1\n")
    (checked_out.path / ".git/evil.config").write_text(f"[core]\n\tfsmonitor = {program}\n")
    for key, value in settings.items():
        checked_out.git("config", key, value.format(pwn=program))
    (checked_out.path / ".git/info/attributes").write_text(attributes)
    racy(checked_out.path)
    checked_out.git(*springs, feed=b"protocol=https\nhost=127.0.0.1\n\n", check=False)
    assert trace.exists(), "the trap is dead: this test would prove nothing"
    trace.unlink()
    racy(checked_out.path)

    look_at_everything(checked_out.path)

    assert not trace.exists()


def test_hooks_are_not_run(checked_out, pwn):
    """Hooks in the repository, and in a folder that its configuration names, stay silent."""
    program, trace = pwn
    elsewhere = folder(checked_out.path / "hooks")
    for place in (checked_out.path / ".git/hooks", elsewhere):
        for hook in HOOKS:
            (folder(place) / hook).write_text(program.read_text())
            (place / hook).chmod(0o755)
    checked_out.git("config", "core.hooksPath", str(elsewhere))
    checked_out.git("update-index", "--refresh", "--force-write-index", check=False)
    assert trace.exists(), "the trap is dead: this test would prove nothing"
    trace.unlink()

    look_at_everything(checked_out.path)

    assert not trace.exists()


def test_missing_objects_are_not_fetched(checked_out, pwn):
    """In a partial clone a missing blob is an error with a mend; no transport is started for it."""
    program, trace = pwn
    oid = checked_out.git("rev-parse", "main:readme.md").decode().strip()
    checked_out.git("repack", "-a", "-d", "-q")
    for pack in (checked_out.path / ".git/objects/pack").glob("*"):
        pack.chmod(0o644)
        pack.rename(checked_out.path / pack.name)
    pack = next(checked_out.path.glob("*.pack"))
    checked_out.git("unpack-objects", "-q", feed=pack.read_bytes())
    (checked_out.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1", "extensions.partialClone": "origin", "remote.origin.promisor": "true",
        "remote.origin.url": str(checked_out.path.parent / "elsewhere"), "remote.origin.uploadpack": str(program),
        "protocol.allow": "always", "protocol.file.allow": "always",
    }.items():  # fmt: skip
        checked_out.git("config", key, value)
    checked_out.git("cat-file", "blob", oid, check=False)
    assert trace.exists(), "the trap is dead: this test would prove nothing"
    trace.unlink()

    with (
        checked_out.open() as repository,
        pytest.raises(UsageError, match="not in this repository") as raised,
    ):
        repository.read(oid)

    assert "git fetch" in raised.value.hint
    assert not trace.exists()


def test_no_transport_is_open(checked_out, pwn):
    """Even a command that wants to talk to a remote cannot: no protocol is allowed, whatever the repository says."""
    program, trace = pwn
    for key, value in {
        "remote.origin.url": str(checked_out.path), "remote.origin.uploadpack": str(program),
        "protocol.allow": "always", "protocol.file.allow": "always",
    }.items():  # fmt: skip
        checked_out.git("config", key, value)
    checked_out.git("ls-remote", "origin", check=False)
    assert trace.exists(), "the trap is dead: this test would prove nothing"
    trace.unlink()

    with checked_out.open() as repository, pytest.raises(UsageError, match="not allowed"):
        repository.git.run("ls-remote", "origin")

    assert not trace.exists()


@pytest.mark.parametrize(
    "variables",
    [
        {"GIT_DIR": "/nonexistent"},
        {"GIT_EXTERNAL_DIFF": "{pwn}"},
        {"GIT_INDEX_FILE": "/nonexistent"},
        {"GIT_OBJECT_DIRECTORY": "/nonexistent"},
        {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor", "GIT_CONFIG_VALUE_0": "{pwn}"},
        {"GIT_CONFIG_PARAMETERS": "'core.fsmonitor'='{pwn}'"},
        {"GIT_EXEC_PATH": "/nonexistent"},
        {"GIT_WORK_TREE": "/"},
        {"GIT_ALTERNATE_OBJECT_DIRECTORIES": "/nonexistent"},
        {"GIT_TRACE": "{trace}"},
        {"GIT_NAMESPACE": "x"},
        {"GIT_CEILING_DIRECTORIES": "/"},
    ],
    ids=lambda variables: next(iter(variables)),
)
def test_inherited_variables_have_no_effect(checked_out, pwn, variables, monkeypatch):
    """What the caller's environment says to git does not reach it."""
    program, trace = pwn
    expected = checked_out.collect()
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(pwn=program, trace=trace))

    with GitRepository.open(checked_out.path) as repository:
        change = collect(repository, Selection(), target_branch=None, limits=Limits())

    assert change == expected
    assert not trace.exists()


def test_git_is_not_taken_from_a_relative_folder(checked_out, pwn, monkeypatch):
    """A `git` that lies in the repository is not run because PATH holds a dot."""
    program, trace = pwn
    (checked_out.path / "git").write_text(program.read_text())
    (checked_out.path / "git").chmod(0o755)
    monkeypatch.chdir(checked_out.path)
    monkeypatch.setenv("PATH", "." + os.pathsep + os.environ["PATH"])

    look_at_everything(checked_out.path)

    assert not trace.exists()


def test_without_git_there_is_a_sentence(checked_out):
    """A machine without git is told what to install."""
    with pytest.raises(UsageError, match="git is not installed"):
        GitRepository.open(checked_out.path, environ={"PATH": "/nonexistent"})


def test_tree_bomb_ends_in_a_sentence(bare):
    """A tree of 10^10 paths is refused in seconds."""
    oid = bare.git("hash-object", "-w", "--stdin", feed=b"x\n").decode().strip()
    kind, mode = "blob", "100644"
    for _ in range(10):
        entries = "".join(f"{mode} {kind} {oid}\tf{number}\n" for number in range(10))
        oid = bare.git("mktree", feed=entries.encode()).decode().strip()
        kind, mode = "tree", "040000"
    base = bare.commit("main", {"a": b"a\n"})
    bomb = bare.git("commit-tree", oid, "-p", base, "-m", "bomb").decode().strip()
    bare.git("update-ref", "refs/heads/bomb", bomb)
    started = time.process_time()

    with pytest.raises(UsageError, match="too large: more than 50,000 files"):
        bare.collect(base="main", head="bomb")

    assert time.process_time() - started < 5


def test_folders_without_files_are_counted_too(bare):
    """A bomb whose folders hold no file at all ends as well."""
    oid = bare.git("mktree", feed=b"").decode().strip()
    for _ in range(9):
        entries = "".join(f"040000 tree {oid}\tf{number}\n" for number in range(10))
        oid = bare.git("mktree", feed=entries.encode()).decode().strip()
    base = bare.commit("main", {"a": b"a\n"})
    bomb = bare.git("commit-tree", oid, "-p", base, "-m", "bomb").decode().strip()
    bare.git("update-ref", "refs/heads/bomb", bomb)
    started = time.process_time()

    with pytest.raises(UsageError, match="too large"):
        bare.collect(base="main", head="bomb")

    assert time.process_time() - started < 5


@pytest.mark.parametrize("name", [b".git", b".GIT", b"..", b".", b"a/b", b""])
def test_malformed_trees_are_refused(bare, name):
    """Names that git's fsck refuses never become paths that somebody writes to."""
    blob = bare.git("hash-object", "-w", "--stdin", feed=b"x\n").decode().strip()
    raw = b"100644 " + name + b"\0" + bytes.fromhex(blob)
    tree = bare.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", feed=raw).decode().strip()
    base = bare.commit("main", {"a": b"a\n"})
    evil = bare.git("commit-tree", tree, "-p", base, "-m", "evil").decode().strip()
    bare.git("update-ref", "refs/heads/evil", evil)

    with pytest.raises(UsageError, match="malformed"):
        bare.collect(base="main", head="evil")


def test_a_name_twice_is_refused(bare):
    """Two entries of one name in a tree would let one hide behind the other."""
    blobs = [
        bare.git("hash-object", "-w", "--stdin", feed=text).decode().strip() for text in (b"x\n", b"y\n")
    ]
    raw = b"".join(b"100644 a.py\0" + bytes.fromhex(blob) for blob in blobs)
    tree = bare.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", feed=raw).decode().strip()
    base = bare.commit("main", {"a": b"a\n"})
    evil = bare.git("commit-tree", tree, "-p", base, "-m", "evil").decode().strip()
    bare.git("update-ref", "refs/heads/evil", evil)

    with pytest.raises(UsageError, match="twice"):
        bare.collect(base="main", head="evil")


def test_links_are_text_and_never_followed(workshop):
    """A link's content is where it points, in tree and work tree; what stands behind it is not read."""
    outside = workshop.path.parent / "outside"
    folder(outside).joinpath("secret.py").write_text("password = 'outside'\n")
    base = workshop.commit("main", {"keep.py": b"a = 1\n", "dir/secret.py": b"b = 1\n"})
    workshop.commit(
        "feature",
        {"keep.py": b"a = 1\n", "dir/secret.py": b"b = 1\n", "passwd.py": ("120000", b"/etc/passwd"), "loop": ("120000", b"loop")},
        parents=[base],
    )  # fmt: skip
    workshop.git("checkout", "-q", "feature")
    (workshop.path / "dir/secret.py").unlink()
    (workshop.path / "dir").rmdir()
    (workshop.path / "dir").symlink_to(outside)
    (workshop.path / "shadow.py").symlink_to("/etc/shadow")
    os.mkfifo(workshop.path / "pipe.py")
    committed, uncommitted = by_path(workshop.collect()), by_path(workshop.collect(worktree=True))

    assert committed["passwd.py"].file_class is FileClass.METADATA
    assert [text for _, text in committed["passwd.py"].added_lines()] == [b"/etc/passwd"]
    assert {path: (file.status, file.new and file.new.mode) for path, file in uncommitted.items()} == {
        "dir": (Status.ADDED, "120000"),
        "dir/secret.py": (Status.DELETED, None),
        "loop": (Status.ADDED, "120000"),
        "passwd.py": (Status.ADDED, "120000"),
        "shadow.py": (Status.ADDED, "120000"),
    }
    with workshop.open() as repository:
        assert repository.read_path("feature", "passwd.py") is None
        assert sorted(repository.paths("feature")) == ["dir/secret.py", "keep.py"]


ODD_NAMES = [
    b"new\nline.py", b'quo"te.py', b"back\\slash.py", b"--output=x.py", b"-", b"\x1b[31mred.py", b"b\xffad.py",
    "caf\u00e9.py".encode(), b"tab\t.py", b" leading", b"trailing ", b":(top)x.py", b"*.py", b"CON.py", b"a:b.py", b"$(id).py",
    b"@", b"#x", b"!x", b"~", "\u202eyp.exe".encode(), b"%n%s.py",
]  # fmt: skip


def test_odd_names_survive(workshop):
    """Every name comes back as the bytes it is, with its own content, and no file appears by its order."""
    content = {name: b"line %d\n" % number for number, name in enumerate(ODD_NAMES)}
    change = workshop.compare({}, content)
    found = {file.path.encode("utf-8", "surrogateescape"): list(file.added_lines()) for file in change.files}

    assert found == {name: [(1, text.removesuffix(b"\n"))] for name, text in content.items()}
    with workshop.open() as repository:
        for name, text in content.items():
            assert repository.read_path("feature", name.decode("utf-8", "surrogateescape")) == text
        assert {path.encode("utf-8", "surrogateescape") for path in repository.paths("feature")} == set(
            content
        )
    assert not (workshop.path / "x.py").exists()


def test_odd_names_survive_in_the_work_tree(checked_out):
    """Names of untracked files reach the review as they are on disk."""
    names = [name for name in ODD_NAMES if b"/" not in name]
    for name in names:
        (checked_out.path / os.fsdecode(name)).write_bytes(name + b"\n")
    found = {
        file.path.encode("utf-8", "surrogateescape"): file
        for file in checked_out.collect(worktree=True).files
    }

    assert set(names) <= set(found)
    assert all(
        [text for _, text in found[name].added_lines()] == (name + b"\n").split(b"\n")[:-1] for name in names
    )


def test_content_cannot_open_another_file(workshop):
    """A removed `-- a/safe.py` and an added `++ b/evil.py` stay content of their file."""
    change = workshop.compare(
        {"a.sql": b"keep\n-- a/safe.py\nkeep\n"}, {"a.sql": b"keep\n++ b/evil.py\n@@ -1 +1 @@\nkeep\n"}
    )

    (file,) = change.files
    assert file.path == "a.sql"
    assert file.hunks[0].removed == (b"-- a/safe.py",)
    assert file.hunks[0].added == (b"++ b/evil.py", b"@@ -1 +1 @@")


def test_only_newlines_end_lines(workshop):
    """CR, FF, NEL, U+2028 and their like are content and shift no number."""
    odd = "a\rb\fc\x0bd\x1ce\x85f\u2028g\u2029h\n".encode()
    change = workshop.compare({"a.py": b"one\n"}, {"a.py": odd + b"one\nlast"})

    assert list(change.files[0].added_lines()) == [(1, odd[:-1]), (3, b"last")]


@pytest.mark.parametrize("prefix", [b"\0", b"\xff\xfe", b"\xfe\xff\0"])
def test_code_stays_code_whatever_its_bytes(workshop, prefix):
    """A NUL or a byte order mark in front makes no binary of a code file: its reviewers must speak."""
    change = workshop.compare({}, {"app.py": prefix + b"import os\n", "deploy.env": prefix + b"KEY=1\n"})

    assert [(file.file_class, file.added_count) for file in change.files] == [
        (FileClass.CODE, 1),
        (FileClass.TEXT, 1),
    ]


def test_submodules_cannot_hide(workshop):
    """`.gitmodules` that says `ignore = all` does not take a submodule's bump out of the change."""
    modules = b'[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n\tignore = all\n'
    old, new = "1" * 40, "2" * 40
    workshop.git("config", "submodule.lib.ignore", "all")
    workshop.git("config", "diff.ignoreSubmodules", "all")
    base = workshop.commit("main", {".gitmodules": modules, "lib": ("160000", old)})
    workshop.commit("feature", {".gitmodules": modules, "lib": ("160000", new)}, parents=[base])

    (file,) = workshop.collect(base="main", head="feature").files

    assert (file.path, file.file_class, file.hunks) == ("lib", FileClass.METADATA, ())
    assert (file.old.oid, file.new.oid) == (old, new)


def test_nothing_is_written_into_the_repository(checked_out):
    """Reviewing the index and the work tree leaves every byte under the repository as it was."""
    (checked_out.path / "new.py").write_text("x = 1\n")
    (checked_out.path / "app.py").write_text("changed\n")
    checked_out.git("add", "app.py")

    def picture():
        files = sorted(file for file in checked_out.path.rglob("*") if file.is_file())
        return {
            # Git marks an object that it would have written again as fresh, so that no clean-up takes it.
            file: (
                "objects" in file.parts or file.stat().st_mtime_ns,
                hashlib.sha256(file.read_bytes()).hexdigest(),
            )
            for file in files
        }

    before = picture()
    look_at_everything(checked_out.path)

    assert picture() == before


def test_replacements_and_grafts_are_ignored(checked_out):
    """`git replace` and a grafts file cannot put another content or history in the place of the real one."""
    expected = checked_out.collect()
    blob = checked_out.git("rev-parse", "feature:app.py").decode().strip()
    harmless = checked_out.git("hash-object", "-w", "--stdin", feed=b"harmless\n").decode().strip()
    checked_out.git("replace", blob, harmless)
    tip = checked_out.git("rev-parse", "feature").decode().strip()
    (checked_out.path / ".git/info/grafts").write_text(f"{tip}\n")

    assert checked_out.collect() == expected
