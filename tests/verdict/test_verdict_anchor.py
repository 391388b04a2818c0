"""Quotes against the lines that were shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verdict_cases import SHOWN_TEXTS, shown

from reviewbot.domain.claim import ShownLine
from reviewbot.verdict.anchor import Shown

SHOWN = Shown.of(shown())


def lines(*texts, path="a", first=1, hunk=0, added=True):
    return tuple(ShownLine(path, first + n, text, added, hunk) for n, text in enumerate(texts))


def test_quote_on_its_line():
    """A quote that equals the claimed line is anchored there."""
    assert SHOWN.anchor("src/a.py", 5, "    value = eval(name)").line == 5


@pytest.mark.parametrize(
    "quote", ["value = eval(name)", "\tvalue = eval(name)  \n", "value = eval(name)<U+000D>"]
)
def test_space_at_the_ends_may_differ(quote):
    """White space at the ends of a quote, a shown CR among it, does not count."""
    assert SHOWN.anchor("src/a.py", 6, quote).line == 6


def test_carriage_return_of_the_file_may_be_left_out():
    """A CRLF line is found by a quote without its CR."""
    crlf = Shown.of(lines("x = 1<U+000D>"))
    assert crlf.anchor("a", 1, "x = 1").line == 1


def test_space_inside_may_not_differ():
    """A quote with other white space inside is not the line."""
    assert SHOWN.anchor("src/a.py", 5, "value  =  eval(name)").line is None


def test_reanchored_to_the_nearest():
    """A quote that stands elsewhere in the same hunk moves to the nearest place."""
    assert SHOWN.anchor("src/a.py", 9, "value = eval(name)").line == 6
    assert SHOWN.anchor("src/a.py", 3, "value = eval(name)").line == 5


def test_reanchoring_prefers_added_lines():
    """An added line goes before a nearer context line."""
    mixed = Shown.of((*lines("x", "a", "b", added=False), *lines("c", "d", "x", first=4)))
    assert mixed.anchor("a", 2, "x").line == 6


def test_reanchoring_ties_go_up():
    """Of two places equally near, the upper one is taken."""
    assert Shown.of(lines("x", "y", "x")).anchor("a", 2, "x").line == 1


def test_not_in_another_hunk():
    """A quote that stands only in another hunk is not found."""
    two = Shown.of((*lines("x"), *lines("y", first=9, hunk=1)))
    anchor = two.anchor("a", 1, "y")
    assert (anchor.line, anchor.why) == (None, "the quote does not stand in the hunk that was shown")


def test_line_that_was_not_shown():
    """A claim about a line outside all shown hunks is refused, whatever it quotes."""
    assert "was not shown" in SHOWN.anchor("src/a.py", 11, "value = eval(name)").why
    assert SHOWN.anchor("src/b.py", 5, "value = eval(name)").line is None


@pytest.mark.parametrize("quote", ["", "  \n", "\t"])
def test_empty_quote_is_no_evidence(quote):
    """Nothing quoted proves nothing, even on a blank line."""
    assert SHOWN.anchor("src/a.py", 2, quote).why == "it quotes nothing"


def test_several_lines_are_no_quote():
    """A claim is about one line."""
    assert "several lines" in SHOWN.anchor("src/a.py", 5, "value = eval(name)\n    value = eval(name)").why


@pytest.mark.parametrize(
    "quote",
    [
        "+    value = eval(name)",
        "6 | value = eval(name)",
        "6: +value = eval(name)",
        " 6\tvalue = eval(name)",
        "     6 +|    value = eval(name)",
        "6  |    value = eval(name)",
        "+|    value = eval(name)",
    ],
)
def test_copied_mark_or_number_is_taken_off(quote):
    """A plus or a line number that came along with the line does not spoil the quote."""
    assert SHOWN.anchor("src/a.py", 6, quote).line == 6


def test_mark_that_is_content_stays():
    """A line that begins with a minus by itself is found as it is."""
    assert SHOWN.anchor("src/a.py", 5, "- not a mark").line == 7


def test_mark_is_taken_off_once():
    """Two marks are not one."""
    assert SHOWN.anchor("src/a.py", 5, "++value = eval(name)").line is None


def test_ambiguous_mark_is_refused():
    """Where taking off less or more gives two different lines, none is chosen."""
    two = Shown.of(lines("+x", "x", "y"))
    assert two.anchor("a", 3, "7 +x").line is None
    assert two.anchor("a", 3, "7 x").line == 2
    assert two.anchor("a", 3, "7 +y").line == 3


def test_minus_counts_on_the_claimed_line_only():
    """A removed line may stand elsewhere in the hunk: a minus does not travel."""
    assert SHOWN.anchor("src/a.py", 6, "-    value = eval(name)").line == 6
    assert SHOWN.anchor("src/a.py", 8, "-    value = eval(name)").line is None


def test_second_view_counts_too():
    """A line that was shown twice, once without its comment, may be quoted either way."""
    both = Shown.of((*lines("x = 1  # safe"), *lines("x = 1", hunk=1)))
    assert both.anchor("a", 1, "x = 1").line == 1
    assert both.anchor("a", 1, "x = 1  # safe").line == 1


@pytest.mark.parametrize("name", ["b\nad\u200b.py", '"b\\nad\\342\\200\\213.py"', "b<U+000A>ad<U+200B>.py"])
def test_path_may_be_written_as_shown(name):
    """A path with hidden characters is known by itself, quoted, and with code points."""
    assert Shown.of(lines("x", path="b\nad\u200b.py")).paths[name] == "b\nad\u200b.py"


def test_real_name_goes_before_a_shown_one():
    """A file cannot take the claims of another by being named like its quoted form."""
    names = Shown.of((*lines("x", path="a\tb"), *lines("y", path='"a\\tb"', hunk=1))).paths
    assert names['"a\\tb"'] == '"a\\tb"'
    assert names["a\tb"] == "a\tb"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("xyz+-1 "), st.booleans()), min_size=1, max_size=12),
    st.integers(1, 12),
    st.sampled_from(["x", "y", "z", "+x", "-x", "1 x", "+", "1"]),
)
def test_anchor_is_the_nearest_place(texts, line, quote):
    """Whenever an anchor is found, it is what a plain search of the hunk finds."""
    hunk = tuple(ShownLine("a", n, text, added, 0) for n, (text, added) in enumerate(texts, 1))
    found = Shown.of(hunk).anchor("a", line, quote).line
    same = [one for one in hunk if one.text.strip() == quote]
    if line > len(hunk):
        assert found is None
    elif same:
        here = [one for one in same if one.line == line]
        best = min(here or same, key=lambda one: (not one.added, abs(one.line - line), one.line))
        assert found == best.line
    elif found is not None:
        assert quote.endswith(hunk[found - 1].text.strip())


def test_masked_line_is_quoted_by_its_placeholder():
    """A secret is quoted as it was shown."""
    assert SHOWN.anchor("src/a.py", 8, SHOWN_TEXTS[7]).line == 8
