"""Edits of whole lines: what goes in comes out, byte for byte, whatever the file's line ends, mark and last line are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.domain.edits import MARK, applied, difference, lines_of, without_end
from reviewbot.domain.patch import Edit

# Few different lines, so that texts share some; a carriage return only where it is part of an end.
LINE = st.sampled_from(["", "a", "b", "  c", "\t", "é", "d\x0ce", "\u2028"]) | st.text(
    st.characters(exclude_characters="\n\r\ufeff", codec="utf-8"), max_size=3
)
LINES = st.lists(LINE, max_size=12)


def edit(first, last, *lines):
    return Edit("a", "0" * 40, first, last, lines)


def whole(lines, end, mark=b"", *, ended=True):
    body = end.join(line.encode() for line in lines) + (end if ended and lines else b"")
    return mark + body


@given(LINES, LINES, st.sampled_from([b"\n", b"\r\n"]), st.sampled_from([b"", MARK]))
def test_the_difference_of_two_texts_turns_one_into_the_other(before, after, end, mark):
    """With either line end, with and without a byte order mark, from and to an empty file."""
    edits = [edit(*one[:2], *one[2]) for one in difference(before, after)]

    result = applied(whole(before, end, mark), edits)

    # What was empty has no line end to go by.
    assert result == whole(after, end if before else b"\n", mark)


@given(
    LINES.filter(lambda lines: lines and lines[-1]),
    LINES.filter(lambda lines: lines and lines[-1]),
    st.sampled_from([b"\n", b"\r\n"]),
)
def test_a_file_without_a_final_newline_stays_one(before, after, end):
    """Also where its last line is replaced, taken out, or followed by others."""
    edits = [edit(*one[:2], *one[2]) for one in difference(before, after)]
    # The only line of a file without any line end tells nothing about ends.
    known = end if len(before) > 1 else b"\n"

    assert applied(whole(before, end, ended=False), edits) == whole(after, known, ended=False)


@given(LINES)
def test_lines_and_ends_are_taken_apart_and_put_together(lines):
    """No byte is lost."""
    content = whole(lines, b"\r\n")

    assert b"".join(lines_of(content)) == content
    assert [without_end(line).decode() for line in lines_of(content)] == lines


@pytest.mark.parametrize(
    ("content", "edits", "result"),
    [
        pytest.param(b"", [edit(1, 0, "a")], b"a\n", id="into an empty file"),
        pytest.param(MARK, [edit(1, 0, "a")], MARK + b"a\n", id="into a file of a mark alone"),
        pytest.param(
            MARK + b"a\n", [edit(1, 1, "b")], MARK + b"b\n", id="the mark is no part of the first line"
        ),
        pytest.param(
            MARK + b"a\n", [edit(1, 0, "b")], MARK + b"b\na\n", id="an insertion stands behind the mark"
        ),
        pytest.param(b"a\nb", [edit(2, 2)], b"a", id="the last line is taken out, and the end with it"),
        pytest.param(b"a\r\nb", [edit(3, 2, "c")], b"a\r\nb\r\nc", id="a line behind one without an end"),
        pytest.param(
            b"a\r\nb\nc\n", [edit(1, 1, "x"), edit(2, 2, "y")], b"x\r\ny\nc\n", id="each end as it was there"
        ),
        pytest.param(b"a\nb\n", [edit(2, 2, "y"), edit(2, 1, "x")], b"a\nx\ny\n", id="in any order"),
        pytest.param(b"\xff\n", [edit(1, 1, "\udcff")], b"\xff\n", id="bytes that are no text"),
    ],
)
def test_where_new_lines_go(content, edits, result):
    """The corners of a file."""
    assert applied(content, edits) == result


@pytest.mark.parametrize(
    "edits",
    [
        [edit(1, 3)],
        [edit(4, 3)],
        [edit(1, 2), edit(2, 2)],
        [edit(2, 1, "x"), edit(1, 2)],
        [edit(1, 1, "\ud800")],
    ],
    ids=[
        "beyond the end",
        "an insertion beyond the end",
        "overlapping",
        "inside of another",
        "half a character",
    ],
)
def test_what_cannot_be_applied_is_refused(edits):
    """A guess would be another patch than the one that was shown."""
    with pytest.raises(ValueError):
        applied(b"a\nb\n", edits)


def test_a_small_difference_of_large_texts_is_small_and_quickly_found():
    """Ten thousand lines with three edits far from each other, half of the lines equal."""
    before = [f"line {number}" if number % 2 else "" for number in range(10_000)]
    after = ["import os", *before[:5_000], "changed", *before[5_001:], "end"]
    begun = time.perf_counter()

    found = difference(before, after)

    assert found == ((1, 0, ("import os",)), (5_001, 5_001, ("changed",)), (10_001, 10_000, ("end",)))
    assert time.perf_counter() - begun < 2


def test_large_texts_without_a_line_of_their_own_are_one_edit():
    """Comparing each line with each would take minutes."""
    before, after = ["x", "y"] * 20_000, ["y", "x"] * 20_000
    begun = time.perf_counter()

    found = difference(before, after)

    assert applied(
        "\n".join([*before, ""]).encode(), [edit(*one[:2], *one[2]) for one in found]
    ).decode() == "\n".join([*after, ""])
    assert time.perf_counter() - begun < 2
