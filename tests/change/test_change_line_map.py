"""The line map of domain.change against an independent model: difflib's matching blocks."""

import difflib

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.change import FileClass, FileDiff, FileVersion, Hunk, Status

LINES = st.lists(st.sampled_from([b"a", b"b", b"c", b"d"]), max_size=12)


def diff_of(old, new):
    """Make a FileDiff from difflib's opcodes, and the true map of unchanged lines."""
    hunks, line_map = [], {}
    for tag, old_first, old_end, new_first, new_end in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            line_map.update({new_first + at + 1: old_first + at + 1 for at in range(old_end - old_first)})
            continue
        removed, added = tuple(old[old_first:old_end]), tuple(new[new_first:new_end])
        hunks.append(
            Hunk(
                old_first + 1 if removed else old_first,
                new_first + 1 if added else new_first,
                removed,
                added,
            )
        )
    version = FileVersion("a", "100644", "0" * 40)
    return FileDiff(Status.MODIFIED, version, version, tuple(hunks), FileClass.TEXT), line_map


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_old_line_is_the_line_that_stayed(old, new):
    """Every new line maps to the old line it was, and an added one to none."""
    diff, line_map = diff_of(old, new)

    assert {number: diff.old_line(number) for number in range(1, len(new) + 1)} == {
        number: line_map.get(number) for number in range(1, len(new) + 1)
    }


@settings(max_examples=300, deadline=None)
@given(LINES, LINES, st.integers(1, 14), st.integers(0, 5))
def test_touches_means_an_added_line_lies_inside(old, new, first, more):
    """A range touches the change if one of its lines was added; a removed line touches nothing."""
    diff, line_map = diff_of(old, new)
    added = {number for number in range(1, len(new) + 1) if number not in line_map}

    assert diff.touches(first, first + more) == bool(added & set(range(first, first + more + 1)))


@settings(max_examples=100, deadline=None)
@given(LINES, LINES)
def test_added_lines_are_the_new_sides(old, new):
    """Number and text of each added line agree with the new file."""
    diff, _ = diff_of(old, new)

    assert all(new[number - 1] == text for number, text in diff.added_lines())
