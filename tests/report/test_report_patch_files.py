"""Proven patches as files: git applies them, and no secret is in any."""

import subprocess
from dataclasses import replace

import pytest
from report_reviews import BLOBS, KEY, PATCH, TOKEN, USERS, WIDE_PATCH, full, hostile, oid, proof, read

from reviewbot.domain.edits import applied
from reviewbot.domain.patch import Edit, State
from reviewbot.domain.secret import Mask, Secret
from reviewbot.report.patch_files import patch_files

SQL = PATCH.finding[:6] + "-python-sql-built-from-input.patch"


def test_a_file_for_each_patch(tmp_path):
    """Each is named by finding and rule, says what it is, and git makes of it what was proven."""
    files = patch_files(full(), read)
    assert list(files) == [SQL, WIDE_PATCH.finding[:6] + "-timeout-missing.patch"]
    for patch, (name, content) in zip((PATCH, WIDE_PATCH), files.items(), strict=True):
        place = tmp_path / patch.edits[0].path
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(read(patch.edits[0].oid))
        (tmp_path / name).write_bytes(content)
        subprocess.run(["git", "apply", "--verbose", name], cwd=tmp_path, check=True, capture_output=True)
        assert place.read_bytes() == applied(read(patch.edits[0].oid), patch.edits)


def test_the_head_says_what_it_is():
    """Title, place, sentence, whose it is, what was proven, what it needs; each line behind a sign."""
    _, wide = patch_files(full(), read).values()
    assert wide.decode().partition("\n\n")[0].split("\n") == [
        "# Timeout missing on an outgoing request, src/sync.py:4",
        "# Waits ten seconds at most, and `tries` again.",
        "# by the model, proven; look before applying",
        "# proven: applies · parses · finding gone · no new findings",
        "# needs: tenacity among the dependencies",
    ]


@pytest.mark.parametrize(
    "edit",
    [
        Edit("src/users.py", oid(USERS), 6, 6, ("TOKEN = secret()",)),  # takes it out
        Edit("src/users.py", oid(USERS), 8, 8, ("",)),  # stands beside it
        Edit("src/users.py", oid(USERS), 13, 13, (f"    x = '{TOKEN}'",)),  # puts it in again
        Edit(f"src/{TOKEN}.py", oid(USERS), 13, 13, ("x",)),  # is named so
    ],
)
def test_no_secret_in_a_file(edit):
    """Where a line that goes, stays around or comes holds a secret, there is no file."""
    assert patch_files(replace(full(), patches=(replace(PATCH, edits=(edit,)),)), read) == {}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("first", [4, 6, 8])
def test_no_piece_of_a_secret_in_a_file(end, first):
    """A key over several lines is known by its pieces too, whatever the file's line ends are."""
    text = end.join(["a", "b", "c", "d", *KEY.split("\n"), "e", "f", "g", ""])
    BLOBS[oid(text)] = text.encode()
    patch = replace(PATCH, edits=(Edit("src/users.py", oid(text), first, first, ("x",)),))
    assert patch_files(replace(full(), patches=(patch,)), read) == {}


def test_no_short_piece_of_a_secret_in_a_file_with_crlf():
    """A secret whose lines are too short to tell is known as a whole, though CRLF parts them."""
    text = "a\r\nab12\r\ncd34\r\nb\r\n"
    BLOBS[oid(text)] = text.encode()
    patch = replace(PATCH, edits=(Edit("src/users.py", oid(text), 1, 1, ("x",)),))
    review = replace(full(), patches=(patch,))
    assert len(patch_files(review, read)) == 1
    assert patch_files(replace(review, mask=Mask.of([Secret("key", "ab12\ncd34")])), read) == {}


def test_what_cannot_be_a_file_is_none():
    """A blob that nobody can read, edits that are not for it, and a proof that does not hold."""
    gone = replace(PATCH, edits=(replace(PATCH.edits[0], oid="f" * 40),))
    outside = replace(PATCH, edits=(replace(PATCH.edits[0], first=900, last=900),))
    failed = replace(PATCH, proof=proof(nothing_new=State.FAILED))
    assert patch_files(replace(full(), patches=(gone, outside, failed)), read) == {}
    for one in (gone, outside, failed):
        assert patch_files(replace(full(), patches=(one,)), read) == {}


def test_names_are_for_every_file_system():
    """A rule of any name gives a plain file name, of bounded length."""
    review = hostile()
    judged = review.findings[0]
    long = replace(judged.finding, rule="tool/../" + "x" * 400 + "\n:*?")
    patch = replace(PATCH, finding=long.fingerprint)
    review = replace(full(), findings=(replace(judged, finding=long),), patches=(patch,))
    (name,) = patch_files(review, read)
    assert name.startswith(f"{long.fingerprint[:6]}-tool-..-xxx")
    assert name.isascii()
    assert "/" not in name
    assert len(name) < 130
