"""The class of a file: by name, and by content only where the name says nothing."""

import pytest
from change_workshop import by_path

from reviewbot.change.caps import Caps
from reviewbot.change.classes import class_of, is_binary, kind_of, means_the_same
from reviewbot.change.compare import check_complete, compare
from reviewbot.change.diff import RawEntry
from reviewbot.change.trees import differences
from reviewbot.domain.change import FileClass, FileVersion, Status
from reviewbot.errors import UsageError

CODE, TEXT, BINARY, METADATA = FileClass.CODE, FileClass.TEXT, FileClass.BINARY, FileClass.METADATA


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", CODE), ("A.PY", CODE), ("src/x.tsx", CODE), ("Dockerfile", CODE), ("Dockerfile.prod", CODE), ("web.Dockerfile", CODE),
        ("x/Containerfile", CODE), ("Makefile", CODE), ("ci/Jenkinsfile", CODE), (".gitlab-ci.yml", CODE), (".github/workflows/x", CODE),
        ("deploy/main.tf", CODE), ("k8s.yaml", CODE), ("run.sh", CODE), ("package.json", CODE), ("data.json", TEXT), ("README", TEXT),
        ("readme.md", TEXT), (".env", TEXT), (".env.production", TEXT), ("id_rsa", TEXT), ("server.key", TEXT), ("x.pem", TEXT),
    ],
)  # fmt: skip
def test_known_names(path, expected):
    """What a name says stands, even if the content looks binary."""
    assert class_of(path, b"\0") is expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"#!/usr/bin/env python\n\0", CODE), (b"words\n", TEXT), (b"", TEXT), (b"a\0b", BINARY), (b"x" * 8000 + b"\0", TEXT), (b"x" * 7999 + b"\0", BINARY)],
)  # fmt: skip
def test_unknown_names(content, expected):
    """A script's first line makes code; a NUL in the first 8000 bytes makes a binary, as for git."""
    assert class_of("thing", content) is expected
    assert class_of("image.xyz", content) is expected


def test_what_git_takes_for_binary(bare):
    """The border of the NUL is where git's own is."""
    contents = {f"{at}.bin": b"x" * at + b"\0" for at in (0, 7998, 7999, 8000, 8001)}
    bare.compare({}, contents)
    rows = bare.git("diff-tree", "--numstat", "main", "feature").decode().split("\n")[:-1]

    assert {row.split("\t")[2]: row.startswith("-") for row in rows} == {
        name: is_binary(content) for name, content in contents.items()
    }


@pytest.mark.parametrize(
    ("old", "new", "same"),
    [
        ("a.py", "b.py", True), ("a.txt", "a.py", False), ("x.yml", ".github/workflows/x.yml", False), ("a.png", "b.png", True),
        ("a.png", "a.xyz", False), ("Dockerfile.bak", "Dockerfile", False), ("old/Dockerfile", "Dockerfile", True),
        ("thing", "other", True), ("a.py", "a.pyi", False), ("a.sh", ".husky/a.sh", False),
    ],
)  # fmt: skip
def test_renames_that_change_the_meaning(old, new, same):
    """A new ending, or a place where things run, makes another file of the same bytes."""
    assert means_the_same(old, new) is same


def test_tables_do_not_contradict_themselves():
    """The words of names that mean the same are equal, whatever their case."""
    assert kind_of("x/GNUmakefile") == kind_of("gnumakefile")
    assert kind_of("nothing-known") is None


def test_binaries_have_no_lines(bare):
    """An image is listed without lines; a huge unknown file is judged by its beginning."""
    change = by_path(
        bare.compare(
            {"a.png": b"\x89PNG\0a"},
            {"a.png": b"\x89PNG\0b", "big": b"\0" * 33_000_000, "script": b"#!/bin/sh\nrm\n"},
        )
    )

    assert {path: (file.file_class, file.added_count) for path, file in change.items()} == {
        "a.png": (BINARY, 0), "big": (BINARY, 0), "script": (CODE, 2),
    }  # fmt: skip


def test_huge_files_have_no_lines_and_cannot_be_read(bare):
    """A file too large to compare keeps its class, is noted, and reading it fails: nobody can call it done."""
    change = bare.compare(
        {"shrunk.py": b"x" * 33_000_000}, {"grown.js": b"y" * 33_000_000, "shrunk.py": b"small\n"}
    )
    files = by_path(change)

    assert (files["grown.js"].file_class, files["grown.js"].hunks) == (CODE, ())
    assert list(files["shrunk.py"].added_lines()) == [(1, b"small")]
    assert change.notes == (
        "grown.js: too large to compare (33.0 MB)",
        "shrunk.py: too large to compare (33.0 MB)",
    )


def test_too_much_to_compare(bare):
    """Beyond the caps there is a sentence; equal trees are no change."""
    base = bare.commit("main", {"a.py": b"a\n"})
    head = bare.commit("feature", {"a.py": b"b\n" * 100, "b.py": b"b\n"}, parents=[base])
    with bare.open() as repository:
        trees = repository.tree_of(base), repository.tree_of(head)
        assert compare(repository, trees[0], trees[0]).files == ()
        assert len(compare(repository, *trees, Caps(files=2)).files) == 2
        with pytest.raises(UsageError, match="more than 1 files"):
            compare(repository, *trees, Caps(files=1))
        with pytest.raises(UsageError, match="hold more than 0 MB"):
            compare(repository, *trees, Caps(patch_bytes=100))


def test_a_path_that_git_leaves_out_is_an_error(bare):
    """The list of changed files is held against our own walk: what is not listed would be green unread."""
    base = bare.commit("main", {"a.py": b"a\n", "b.py": b"b\n"})
    head = bare.commit("feature", {"a.py": b"x\n"}, parents=[base])
    with bare.open() as repository:
        walked = differences(repository.objects, repository.tree_of(base), repository.tree_of(head), Caps())
        listed = [
            RawEntry(
                Status.MODIFIED,
                FileVersion("a.py", "100644", walked[0].old.oid),
                FileVersion("a.py", "100644", walked[0].new.oid),
            ),
            RawEntry(Status.DELETED, FileVersion("b.py", "100644", walked[1].old.oid), None),
        ]
    check_complete(listed, walked)
    for missing in range(2):
        with pytest.raises(UsageError, match="git does not list"):
            check_complete(listed[:missing] + listed[missing + 1 :], walked)
