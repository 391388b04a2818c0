"""The two readers of git's output, without git: what they take and what they refuse."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.change.diff import fields, parse_patch, parse_raw
from reviewbot.domain.change import Hunk, Status
from reviewbot.errors import UsageError

HEAD = b"diff --git a/0 b/0\nindex 1..2 100644\n--- a/0\n+++ b/0\n"


def patch(text):
    return list(parse_patch(io.BytesIO(text).readline))


def test_changes_within_one_hunk_are_parted():
    """Unchanged lines part what git prints as one hunk, and numbers go on counting."""
    text = HEAD + b"@@ -2,5 +2,5 @@ def f():\n a\n-b\n+B\n c\n+d\n e\n-f\n"

    assert patch(text) == [
        (0, (Hunk(3, 3, (b"b",), (b"B",)), Hunk(4, 5, (), (b"d",)), Hunk(6, 6, (b"f",), ()))),
    ]


def test_counts_decide_what_is_content():
    """Lines that look like headers are content as long as the counts say so."""
    text = (
        HEAD
        + b"@@ -1,3 +0,0 @@\n--- a/x\n-+++ b/x\n-diff --git a/7 b/7\n"
        + HEAD.replace(b"0", b"1")
        + b"@@ -0,0 +1 @@\n+@@ -1 +1 @@\n"
    )

    assert patch(text) == [
        (0, (Hunk(1, 0, (b"-- a/x", b"+++ b/x", b"diff --git a/7 b/7"), ()),)),
        (1, (Hunk(0, 1, (), (b"@@ -1 +1 @@",)),)),
    ]


def test_missing_newlines_are_no_content():
    """The marker for a missing newline is dropped on either side; a line of that text is kept."""
    marker = b"\\ No newline at end of file\n"
    text = HEAD + b"@@ -1 +1,2 @@\n-a\n" + marker + b"+" + marker + b"+b\n" + marker

    assert patch(text) == [(0, (Hunk(1, 1, (b"a",), (marker[:-1], b"b")),))]


def test_files_without_lines():
    """A new empty file has no hunk."""
    assert patch(b"diff --git a/3 b/3\nnew file mode 100644\nindex 0..e\n") == [(3, ())]


@pytest.mark.parametrize(
    "text",
    [
        b"garbage\n",
        b"diff --git a/1 b/2\n",
        b"diff --git a/x b/x\n",
        HEAD + b"garbage\n",
        HEAD + b"@@ -1 +1 @@\n-a\n",
        HEAD + b"@@ -1 +1 @@\n-a\n+b",
        HEAD + b"@@ -1 +1 @@\n-a\n+b\n+c\n",
        HEAD + b"@@ -1 +1 @@\n+a\n-b\n",
        HEAD + b"@@ -1 +1 @@\n-a\n-b\n",
        HEAD + b"@@ -1,2 +1 @@\n-a\nb\n",
        HEAD + b"@@ -1 +0,0 @@\n a\n",
        HEAD + b"@@ -1 +1 @@@\n-a\n+b\n",
        b"diff --git a/1 b/1\nrename from x\n",
        b"diff --git a/1 b/1\nBinary files a/1 and b/1 differ\n",
    ],
)
def test_a_patch_is_understood_wholly_or_not_at_all(text):
    """Too few lines, too many, wrong signs, unknown headers: each is an error."""
    with pytest.raises(UsageError, match="patch could not be read"):
        patch(text)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 60))
def test_no_bytes_crash_the_reader(noise, keep):
    """Whatever comes, it is read or refused with a sentence."""
    for text in (noise, HEAD[:keep] + noise, HEAD + b"@@ -1,2 +1,2 @@\n" + noise):
        try:
            patch(text)
        except UsageError:
            continue


def test_raw_entries():
    """Modes, ids and both names of a rename are taken; missing sides are None."""
    ids = b"1" * 40, b"2" * 40
    listed = list(
        parse_raw(
            iter(
                [
                    b":100644 100755 %b %b R086" % ids, b"old\n", b"-new", b":000000 100644 %b %b A" % ids, b"x",
                    b":120000 000000 %b %b D" % ids, b"y",
                ]
            )
        )
    )  # fmt: skip

    assert [(entry.status, entry.old and entry.old.path, entry.new and entry.new.path) for entry in listed] == [
        (Status.RENAMED, "old\n", "-new"), (Status.ADDED, None, "x"), (Status.DELETED, "y", None),
    ]  # fmt: skip
    assert (listed[0].old.mode, listed[0].new.mode, listed[0].new.oid) == ("100644", "100755", "2" * 40)


@pytest.mark.parametrize(
    "listed",
    [
        [b""],
        [b":100644 100644 1 2 M"],
        [b":100644 100644 " + b"1" * 40 + b" " + b"2" * 40 + b" X", b"a"],
        [b":100644 100644 " + b"1" * 40 + b" " + b"2" * 40 + b" M"],
    ],
)
def test_raw_entries_that_do_not_fit(listed):
    """Unknown letters, short ids and missing names are errors."""
    with pytest.raises(UsageError, match="list of changed files"):
        list(parse_raw(iter(listed)))


def test_fields_end_at_nul():
    """A field longer than the buffer stays whole; one without its NUL is an error."""
    long = b"x" * 100_000

    assert list(fields(io.BytesIO(long + b"\0y\0"))) == [long, b"y"]
    with pytest.raises(UsageError):
        list(fields(io.BytesIO(b"x\0y")))
