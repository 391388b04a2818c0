"""Choosing the range: defaults, names, and the sentences for what cannot be compared."""

import pytest
from change_workshop import Workshop, by_path, git

from reviewbot.change.select import Selection, policy_source
from reviewbot.domain.change import FileClass, Status
from reviewbot.errors import UsageError

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


def forked(workshop):
    """Main moves on after feature has left it."""
    fork = workshop.commit("main", {"a.py": b"one\n", "b.py": b"b\n"}, message="fork")
    tip = workshop.commit(
        "main", {"a.py": b"one\nmain\n", "b.py": b"b\n"}, parents=[fork], message="main goes on"
    )
    head = workshop.commit("feature", {"a.py": b"one\n", "b.py": b"b\nfeature\n"}, parents=[fork])
    workshop.git("checkout", "-q", "feature")
    return fork, tip, head


def source(workshop, target_branch=None, **selection):
    with workshop.open() as repository:
        return policy_source(repository, Selection(**selection), target_branch)


def test_default_is_merge_base_to_head(workshop):
    """What main got since is not part of the change; the policy is read at main's tip."""
    fork, tip, head = forked(workshop)
    change = workshop.collect()

    assert (change.base, change.merge_base, change.head) == (tip, fork, head)
    assert [file.path for file in change.files] == ["b.py"]
    assert change.title == "main...feature"
    assert change.range_name == f"{fork[:7]}..{head[:7]}"
    assert change.notes == ()
    assert source(workshop) == tip


def test_remote_head_outranks_local_branches(workshop):
    """`origin/HEAD` is the target branch, however old the local main is."""
    fork, tip, _ = forked(workshop)
    workshop.git("update-ref", "refs/remotes/origin/trunk", tip)
    workshop.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk")
    workshop.git("update-ref", "refs/heads/main", fork)

    assert workshop.collect().title == "trunk...feature"
    assert source(workshop) == tip


def test_remote_main_is_the_next_guess(workshop):
    """Fresh clones of pipelines have no `origin/HEAD`, but `origin/main`."""
    fork, tip, _ = forked(workshop)
    workshop.git("update-ref", "refs/remotes/origin/main", tip)
    workshop.git("update-ref", "refs/heads/main", fork)

    assert source(workshop) == tip


def test_named_target_means_the_remotes_branch(workshop):
    """A target branch that was named is the remote's, not the stale local one."""
    fork, tip, _ = forked(workshop)
    workshop.git("update-ref", "refs/remotes/origin/release", tip)
    workshop.git("update-ref", "refs/heads/release", fork)

    assert source(workshop, "release") == tip
    assert source(workshop, "origin/release") == tip
    assert workshop.collect(target_branch="release").base == tip


def test_a_tag_cannot_stand_for_a_branch(workshop):
    """A tag called main does not decide where the policy is read."""
    _, tip, head = forked(workshop)
    workshop.git("tag", "main", head)

    assert source(workshop, "main") == tip
    assert workshop.collect(base="main", head="feature").base == tip


def test_base_names_the_target_unless_the_target_is_given(workshop):
    """`--base` is where the policy is read, but a target branch by policy or pipeline outranks it."""
    fork, tip, _ = forked(workshop)

    assert source(workshop, base="main~1") == fork
    assert source(workshop, "main", base="main~1") == tip
    assert workshop.collect(base="main~1", target_branch="main").merge_base == fork


def test_a_full_id_is_shown_short(workshop):
    """The title names a commit as people do, also where a script gave its whole id."""
    fork, _, head = forked(workshop)

    assert workshop.collect(base=fork, head="feature").title == f"{fork[:7]}...feature"
    assert workshop.collect(base=fork, head=head).title == f"{fork[:7]}...{head[:7]}"


def test_no_target_branch(workshop):
    """A repository with one branch is told how to name another."""
    workshop.commit("main", {"a": b"a\n"})

    assert source(workshop) is None
    with pytest.raises(UsageError, match="no target branch") as raised:
        workshop.collect()
    assert "--base" in raised.value.hint


def test_no_target_branch_in_a_clone(workshop):
    """With a remote, a local main is no target: the hint says how to learn the remote's."""
    forked(workshop)
    workshop.git("remote", "add", "origin", "https://git.example.org/a/b.git")

    with pytest.raises(UsageError) as raised:
        workshop.collect()
    assert "git remote set-head origin --auto" in raised.value.hint


def test_master_is_a_main_branch_too(workshop):
    """Where the work is done on main, a local master is the target."""
    base = workshop.commit("master", {"a": b"a\n"})
    workshop.commit("main", {"a": b"b\n"}, parents=[base])

    assert workshop.collect().title == "master...main"


def test_unborn_branch(workshop):
    """Without a commit there is nothing to review."""
    with pytest.raises(UsageError, match="no commit yet on branch main"):
        workshop.collect(base="main")


def test_detached_head(workshop):
    """A detached HEAD is named by its commit."""
    _, _, head = forked(workshop)
    workshop.git("checkout", "-q", "--detach", head)

    assert workshop.collect().title == f"main...{head[:7]}"


def test_unknown_name_suggests_near_ones(workshop):
    """A mistyped branch gets the nearest names."""
    forked(workshop)

    with pytest.raises(UsageError, match="no commit featrue") as raised:
        workshop.collect(base="main", head="featrue")
    assert raised.value.hint == "did you mean feature?"
    with pytest.raises(UsageError) as raised:
        workshop.collect(base="qqqqqqqq")
    assert "git branch -a" in raised.value.hint


@pytest.mark.parametrize("name", ["--output=x", "-x", "", "a\nb", "a\x00b"])
def test_names_that_are_options_are_refused(workshop, name):
    """A name that git could take for an option never reaches it."""
    forked(workshop)

    with pytest.raises(UsageError, match="cannot be the name"):
        workshop.collect(base="main", head=name)
    with pytest.raises(UsageError, match="cannot be the name"):
        workshop.collect(target_branch=name)
    assert not (workshop.path / "x").exists()


def test_no_common_history(workshop):
    """Branches without a common commit cannot be compared."""
    workshop.commit("main", {"a": b"a\n"})
    workshop.commit("other", {"a": b"b\n"})

    with pytest.raises(UsageError, match="no commit in common"):
        workshop.collect(base="main", head="other")


def test_shallow_clone_says_how_to_deepen(workshop, tmp_path):
    """Where the merge base was cut off, each platform's setting is named."""
    forked(workshop)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", "--depth=1", "--no-single-branch", f"file://{workshop.path}", str(clone))

    with pytest.raises(UsageError, match="no commit in common") as raised:
        workshop.collect(clone, base="origin/main", head="origin/feature")
    for words in ("git fetch --unshallow", "--deepen", "GIT_DEPTH: 0", "fetch-depth: 0", "fetchDepth: 0"):
        assert words in raised.value.hint
    with pytest.raises(UsageError) as raised:
        workshop.collect(clone, base="origin/main~1", head="HEAD")
    assert "--unshallow" in raised.value.hint


def test_first_commit_against_the_empty_tree(workshop):
    """A root commit can be reviewed whole; its base is the empty tree."""
    head = workshop.commit("main", {"a.py": b"one\n", "empty": b""})
    change = workshop.collect(base=EMPTY_TREE)

    assert [(file.path, file.status, file.added_count) for file in change.files] == [
        ("a.py", Status.ADDED, 1),
        ("empty", Status.ADDED, 0),
    ]
    assert (change.merge_base, change.head, change.base) == (EMPTY_TREE, head, EMPTY_TREE)


def test_merge_commit_as_head(workshop):
    """After main was merged in, only what the branch itself brings is left."""
    _, tip, head = forked(workshop)
    merge = workshop.commit(
        "feature", {"a.py": b"one\nmain\n", "b.py": b"b\nfeature\n"}, parents=[head, tip], message="merge"
    )
    workshop.git("reset", "-q", "--hard", merge)
    change = workshop.collect()

    assert change.merge_base == tip
    assert [file.path for file in change.files] == ["b.py"]


def test_nothing_changed(workshop):
    """A branch without a commit of its own is a change without files."""
    fork, _, _ = forked(workshop)
    workshop.git("checkout", "-q", "-b", "fresh", fork)

    assert workshop.collect().files == ()


def test_uncommitted_work_is_mentioned(checked_out):
    """Left out and said so: staged, edited, deleted and new files, each path once; ignored ones not."""
    assert checked_out.collect().notes == ()
    (checked_out.path / "new.py").write_text("x\n")
    assert checked_out.collect().notes == ("1 uncommitted file is not part of this review; add --worktree",)
    (checked_out.path / ".gitignore").write_text("*.log\n")
    (checked_out.path / "x.log").write_text("x\n")
    (checked_out.path / "app.py").write_text("edited\n")
    checked_out.git("add", "app.py")
    (checked_out.path / "app.py").write_text("edited again\n")
    (checked_out.path / "readme.md").unlink()
    assert checked_out.collect().notes == ("4 uncommitted files are not part of this review; add --worktree",)
    assert checked_out.collect(base="main", head="feature").notes == ()


def test_wishes_that_exclude_each_other():
    """Contradicting flags are refused before anything is read."""
    for wishes in (
        {"staged": True, "worktree": True}, {"staged": True, "head": "x"}, {"worktree": True, "head": "x"},
        {"staged": True, "base": "x"},
    ):  # fmt: skip
        with pytest.raises(UsageError):
            Selection(**wishes)


def test_statuses_and_modes(workshop):
    """Rename, copy, deletion, mode change, type change and submodule come out as what they are."""
    text = b"".join(b"line %d\n" % number for number in range(20))
    change = workshop.compare(
        {"a.py": text, "gone.py": b"x\n", "run.sh": b"#!/bin/sh\n", "kind.py": b"kind\n", "edited.py": text + b"e\n", "to-link.py": b"y\n", "notes.txt": b"old notes\n" * 5},
        {
            "b.py": text.replace(b"line 3", b"line three"), "run.sh": ("100755", b"#!/bin/sh\n"),
            "kind.py": ("160000", "3" * 40), "edited.py": text + b"f\n", "copy.py": text + b"e\n",
            "to-link.py": ("120000", b"y\n"), "notes.py": b"old notes\n" * 5,
        },
    )  # fmt: skip
    found = {
        path: (file.status, file.file_class, file.removed_count, file.added_count)
        for path, file in by_path(change).items()
    }

    assert found == {
        "b.py": (Status.RENAMED, FileClass.CODE, 1, 1),
        "copy.py": (Status.COPIED, FileClass.METADATA, 0, 0),
        "edited.py": (Status.MODIFIED, FileClass.CODE, 1, 1),
        "gone.py": (Status.DELETED, FileClass.CODE, 1, 0),
        "kind.py": (Status.RETYPED, FileClass.METADATA, 1, 0),
        "notes.py": (Status.RENAMED, FileClass.CODE, 0, 0),
        "run.sh": (Status.MODIFIED, FileClass.METADATA, 0, 0),
        "to-link.py": (Status.RETYPED, FileClass.METADATA, 1, 1),
    }


def test_a_link_that_becomes_a_file_is_new_throughout(workshop):
    """The text of the link is no line of the file, though it is the same bytes."""
    change = workshop.compare({"a.py": ("120000", b"import os")}, {"a.py": b"import os"})

    assert list(change.files[0].added_lines()) == [(1, b"import os")]
    assert change.files[0].file_class is FileClass.CODE


def test_a_submodule_that_becomes_a_file_is_new_throughout(workshop):
    """The file's lines all count as added, none as removed."""
    change = workshop.compare({"a.py": ("160000", "4" * 40)}, {"a.py": b"import os\n"})

    assert list(change.files[0].added_lines()) == [(1, b"import os")]


def test_a_file_that_becomes_a_folder(workshop):
    """Both the file that went and the files that came are listed."""
    change = workshop.compare(
        {"a": b"old text\n", "b/c": b"b\n"}, {"a/x": b"quite another\n", "b": b"now a file\n"}
    )

    assert [(file.path, file.status) for file in change.files] == [
        ("a", Status.DELETED), ("a/x", Status.ADDED), ("b", Status.ADDED), ("b/c", Status.DELETED),
    ]  # fmt: skip


def test_no_newline_at_the_end(workshop):
    """A last line that only gains its newline is a changed line."""
    (file,) = workshop.compare({"a": b"x\ny"}, {"a": b"x\ny\n"}).files

    assert (file.hunks[0].removed, file.hunks[0].added) == ((b"y",), (b"y",))


def test_sha256_repositories(tmp_path):
    """The newer object format works, index and work tree included."""
    workshop = Workshop(tmp_path / "repo", object_format="sha256")
    base = workshop.commit("main", {"a.py": b"a\n"})
    workshop.commit("feature", {"a.py": b"b\n"}, parents=[base])
    workshop.git("checkout", "-q", "feature")
    (workshop.path / "a.py").write_bytes(b"c\n")

    assert list(workshop.collect().files[0].added_lines()) == [(1, b"b")]
    assert list(workshop.collect(worktree=True).files[0].added_lines()) == [(1, b"c")]


def test_same_input_same_answer(workshop):
    """Two collections of one change are equal."""
    forked(workshop)

    assert workshop.collect() == workshop.collect()
