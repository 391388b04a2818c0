"""Edits as a unified diff: git itself says whether it applies, and gives exactly the bytes that were meant."""

import os
import random
import subprocess

import pytest

from reviewbot.domain.edits import MARK, applied, lines_of
from reviewbot.domain.patch import Edit
from reviewbot.domain.paths import to_bytes
from reviewbot.domain.short import short_names
from reviewbot.domain.unified import pieces, unified

OID = "0" * 40
NAMES = [
    "src/a.py",
    "my file.py",
    "grüß/日本.py",
    'q"u\\o.py',
    "tab\there.py",
    "\udce9.py",
    " lead",
    "-dash",
    "a\nb",
]
LINES = ["", "x", "\tindented", "grüß", "漢字 \U0001f600", "--- a", "+++ b", "@@ -1 +1 @@", "\\ No newline at end of file", "diff --git a b"]  # fmt: skip


@pytest.fixture(scope="module")
def repo(tmp_path_factory):
    place = tmp_path_factory.mktemp("applied")
    subprocess.run(["git", "init", "-q", place], check=True)
    return place


def git_applies(repo, files, diff):
    """Lay the files down, let git apply the diff, give what lies there then."""
    places = {name: repo / os.fsdecode(to_bytes(name)) for name in files}
    for name, content in files.items():
        places[name].parent.mkdir(exist_ok=True)
        places[name].write_bytes(content)
    done = subprocess.run(["git", "apply", "-"], cwd=repo, input=diff, capture_output=True, check=False)
    assert done.returncode == 0, (done.stderr, diff)
    return {name: place.read_bytes() if place.exists() else None for name, place in places.items()}


def edit(first, last, *lines):
    return Edit("a", OID, first, last, lines)


CASES = {
    "a line": (b"a\nb\nc\n", [edit(2, 2, "x")]),
    "CRLF": (b"a\r\nb\r\nc\r\n", [edit(2, 2, "x", "y")]),
    "tabs": (b"if a:\n\tb\n", [edit(2, 2, "\tc", "\td")]),
    "byte order mark": (MARK + b"a\nb\n", [edit(1, 1, "x")]),
    "above a byte order mark": (MARK + b"a\nb\n", [edit(1, 0, "x")]),
    "nothing but a byte order mark stays": (MARK + b"a\n", [edit(1, 1)]),
    "not ASCII": ("ä\nb\n漢\n".encode(), [edit(2, 2, "ß")]),
    "not UTF-8": (b"\xe9\nb\n", [edit(2, 2, "x")]),
    "no final newline": (b"a\nb", [edit(1, 1, "x")]),
    "last line without end": (b"a\nb", [edit(2, 2, "x")]),
    "after a last line without end": (b"a\nb", [edit(3, 2, "x")]),
    "away with a last line without end": (b"a\nb", [edit(2, 2)]),
    "at the top": (b"a\nb\n", [edit(1, 0, "x", "y")]),
    "at the end": (b"a\nb\n", [edit(3, 2, "x")]),
    "taken out": (b"a\nb\nc\n", [edit(2, 2)]),
    "all taken out": (b"a\nb\n", [edit(1, 2)]),
    "into an empty file": (b"", [edit(1, 0, "x")]),
    "several": (b"".join(b"%d\n" % n for n in range(40)), [edit(1, 0, "x"), edit(9, 9, "y"), edit(38, 40)]),
    "several that touch": (b"a\nb\nc\nd\n", [edit(2, 2, "x"), edit(3, 3, "y", "z"), edit(5, 4, "end")]),
    "in any order": (b"a\nb\nc\nd\n", [edit(4, 4, "z"), edit(1, 1, "x")]),
    "form feeds and separators": ("a\x0c\nb\u2028c\nd\x85\n".encode(), [edit(3, 3, "x")]),
}


@pytest.mark.parametrize("name", CASES)
def test_git_applies_it(repo, name):
    """Each kind of file and edit gives the very bytes that the edits give."""
    before, edits = CASES[name]
    diff = unified("src/a.py", before, edits)
    assert git_applies(repo, {"src/a.py": before}, diff) == {"src/a.py": applied(before, edits)}


@pytest.mark.parametrize("name", NAMES)
def test_git_finds_the_file(repo, name):
    """Whatever a file is called, the diff is for it and no other."""
    diff = unified(name, b"a\nb\n", [edit(2, 2, "x")])
    assert git_applies(repo, {name: b"a\nb\n"}, diff) == {name: b"a\nx\n"}


def _drawn(rng):
    end = rng.choice(["\n", "\r\n"])
    lines = [rng.choice(LINES) for _ in range(rng.randint(0, 14))]
    text = end.join(lines) + (end if rng.random() < 0.6 else "")
    count = len(lines_of(text.encode()))
    edits, at = [], 1
    while at <= count + 1 and len(edits) < 3:
        first = rng.randint(at, count + 1)
        last = rng.randint(first - 1, min(count, first + 2))
        new = [rng.choice(LINES) for _ in range(rng.randint(0 if last >= first else 1, 3))]
        edits.append(edit(first, last, *new))
        at = last + 2
    return (MARK if rng.random() < 0.2 else b"") + text.encode(), edits


def test_git_applies_any(repo):
    """Random files and edits, many in one diff of many files."""
    rng = random.Random("edits")
    drawn = {f"f{n}": _drawn(rng) for n in range(400)}
    changed = {name: one for name, one in drawn.items() if applied(*one) != one[0]}
    diff = b"".join(unified(name, *one) for name, one in changed.items())
    found = git_applies(repo, {name: before for name, (before, _) in changed.items()}, diff)
    assert found == {name: applied(*one) for name, one in changed.items()}
    assert len(changed) > 300
    assert all(unified(name, *one) == b"" for name, one in drawn.items() if name not in changed)


def test_git_knows_the_blobs(repo):
    """The ids in the diff are git's own, of both hashes, so that a three-way merge finds what it is of."""
    said = unified("a", b"a\n", [edit(1, 1, "b")]).split(b"\n")[1].decode()
    ids = [
        subprocess.run(
            ["git", "hash-object", "--stdin"], input=content, cwd=repo, capture_output=True, check=True
        )
        .stdout.decode()
        .strip()
        for content in (b"a\n", b"b\n")
    ]
    assert said == f"index {ids[0]}..{ids[1]}"
    longer = unified("a", b"a\n", [Edit("a", "0" * 64, 1, 1, ("b",))]).split(b"\n")[1]
    assert len(longer) == len("index ..") + 2 * 64


def test_hunks_are_as_wide_as_asked_for():
    """Lines around, and two hunks where more than both their contexts lies between."""
    before = b"".join(b"%d\n" % n for n in range(1, 21))
    edits = [edit(5, 5, "x"), edit(12, 12, "y")]
    assert [one.head for one in pieces(before, edits)] == ["@@ -2,14 +2,14 @@"]
    assert [one.head for one in pieces(before, edits, 2)] == ["@@ -3,5 +3,5 @@", "@@ -10,5 +10,5 @@"]
    assert [one.head for one in pieces(before, edits, 0)] == ["@@ -5,1 +5,1 @@", "@@ -12,1 +12,1 @@"]
    assert [one.head for one in pieces(before, [edit(3, 2, "x")], 0)] == ["@@ -2,0 +3,1 @@"]


@pytest.mark.parametrize("edits", [[edit(1, 2), edit(2, 3)], [edit(9, 9)], [edit(1, 1, "a\nb")]])
def test_what_cannot_be_applied_is_no_diff(edits):
    """Overlapping edits, lines that are not there, and a line that is two."""
    with pytest.raises(ValueError, match="line"):
        unified("a", b"a\nb\nc\n", edits)


def test_short_names_tell_all_apart():
    """Six digits, and more only where two begin alike."""
    names = short_names(["3f9a0c11aa", "3f9a0c12bb", "00000000aa", "3f9a0c11aa"])
    assert names == {"3f9a0c11aa": "3f9a0c11", "3f9a0c12bb": "3f9a0c12", "00000000aa": "000000"}
    assert short_names([]) == {}
