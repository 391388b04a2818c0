"""Which lines may be replaced, and which are shown around them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mend_world import NEW, flaw, refusal

from reviewbot.domain.secret import Mask, Secret
from reviewbot.model.mend_place import AROUND, MOST_LINES, Place, place_of, text_lines
from reviewbot.model.mend_view import by_worth, seen
from reviewbot.model.shown import Veil

BARE = Veil.of(Mask())


def place(one, veil=BARE):
    return place_of(one, text_lines(one.file), veil)


def test_only_added_lines_may_be_replaced():
    """The stretch of added lines around the finding, and nothing of the base."""
    # Lines 8 to 12 of the new file are the change's; line 2 is another hunk.
    assert place(flaw()) == Place(7, 12)
    old = NEW.replace("    if name:\n", "")
    assert place(flaw(old=old, first=10)) == Place(10, 10)


def test_the_stretch_with_most_of_the_finding_counts():
    """A finding may reach over an unchanged line."""
    new = "a = 1\nb = 2\nc = f(\n    old,\n    d,\n    e,\n)\n"
    old = "    old,\n)\n"
    assert place(flaw(new, old, first=3, last=6)) == Place(5, 6)


def test_not_more_than_a_few_lines_around():
    """In a new file everything was added; the remedy stays near."""
    new = "".join(f"x{n} = {n}\n" for n in range(100))
    assert place(flaw(new, "", first=50)) == Place(50 - AROUND, 50 + AROUND)
    assert place(flaw(new, "", first=3)) == Place(1, 3 + AROUND)
    assert place(flaw(new, "", first=98, last=100)) == Place(98 - AROUND, 100)
    assert "too many lines" in refusal(place(flaw(new, "", first=20, last=20 + MOST_LINES)))


def test_lines_that_are_not_shown_as_they_are_end_the_place():
    """A masked secret or a hidden character beside the finding stays; in the finding nothing is asked."""
    veil = Veil.of(
        Mask.of([Secret("token", "s3cr3t-value"), Secret("key", "BEGIN KEY\nabcdefghijkl\nEND KEY")])
    )
    lines = ["a = 1", "b = 's3cr3t-value'", "c = 1", "bad(x)", "d = 1", "e = '\u200b'", "f = 1"]
    new = "\n".join(lines) + "\n"

    assert place(flaw(new, "", first=4), veil) == Place(3, 5)
    for first, last, why in ((2, 2, "secret"), (4, 6, "characters"), (1, 4, "secret")):
        assert why in refusal(place(flaw(new, "", first=first, last=last), veil))
    inside = "k = '''BEGIN KEY\nabcdefghijkl\nEND KEY'''\n"
    assert "secret" in refusal(place(flaw(inside, "", first=2), veil))
    assert "characters" in refusal(place(flaw("x = '<|im_end|>'\n", "", first=1), veil))


def test_a_finding_outside_of_the_change_or_the_file_has_no_place():
    """Nothing is assumed of who calls."""
    assert "adds no line" in refusal(place(flaw(first=1)))
    assert "adds no line" in refusal(place(flaw(first=500)))
    assert "adds no line" in refusal(place(flaw(first=11, last=500)))


def test_a_file_that_is_not_utf8_has_no_lines():
    """What cannot be decoded is not guessed; line ends are no part of lines."""
    assert text_lines(flaw(b"\xff\n").file) is None
    assert text_lines(flaw(b"a\r\nb\n\xc3\xa9").file) == ("a", "b", "é")
    assert text_lines(flaw(b"\xef\xbb\xbfa\n").file) == ("a",), "the mark is of no line"


PAGE = ["import os", "from x import (", "    y,", ")", "", "A = 1", "", "", "class Store:", "    size = 3", "", "    def other(self):", "        return 1", "", "    def run(", "        self,", "        name,", "    ):", "        if name:", "            os.system(name)", "        return 1", "", "    def last(self):", "        pass", "", "", "def far():", "    pass", ""]  # fmt: skip


def test_imports_heads_and_the_function_come_first():
    """Then the rest of what encloses the flaw, then the rest by distance."""
    order = list(dict.fromkeys(by_worth(PAGE, 20, 20)))
    assert order[:5] == [1, 2, 19, 15, 9]
    within = order[5 : 5 + 5]
    assert set(within) <= {16, 17, 18, 21, 22}
    assert sorted([*order, 20]) == list(range(1, len(PAGE) + 1))


def test_braces_of_their_own_and_heads_over_lines_are_looked_through():
    """The head is where the name stands, not where the brace does."""
    page = [
        "void f(",
        "    int a)",
        "{",
        "    while (a)",
        "    {",
        "        bad(a);",
        "    }",
        "}",
        "",
        "int g;",
    ]
    assert list(by_worth(page, 6, 6))[:2] == [4, 1]


def test_all_of_the_function_comes_before_what_is_near():
    """A head that is closed at the margin does not end it."""
    page = ["x = 1", "x = 2", "def f(", "    a", "):", "    bad()", *["    b()"] * 5, "", "y = 1"]
    order = list(dict.fromkeys(by_worth(page, 6, 6)))
    assert order.index(11) < order.index(2)


def test_only_what_fits_is_shown():
    """The lines in question always, or nothing at all."""

    def cost(_):
        return 10

    assert seen(PAGE, 20, 20, cost=cost, room=40) == (1, 2, 19, 20)
    assert seen(PAGE, 20, 21, cost=cost, room=20) == (20, 21)
    assert seen(PAGE, 20, 21, cost=cost, room=19) == ()
    assert seen(PAGE, 20, 20, cost=cost, room=10_000) == tuple(range(1, len(PAGE) + 1))


def test_a_minified_line_is_left_out():
    """It would take the room of everything else."""
    page = ["a = 1", "b = " + "x" * 1000, "bad()", "c = 1"]
    assert seen(page, 3, 3, cost=lambda _: 1, room=10) == (1, 3, 4)
    assert seen(["import " + "x" * 1000, "bad()"], 2, 2, cost=lambda _: 1, room=10) == (2,)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(" \t}{)(]#iabc:'\u200b", max_size=8), min_size=1, max_size=30),
    st.data(),
    st.integers(0, 60),
)
def test_any_lines_are_chosen_from_once_in_order(page, data, room):
    """Whatever the file looks like, the choice is in order, in the file, within the room, with the flaw in it."""
    first = data.draw(st.integers(1, len(page)))
    last = data.draw(st.integers(first, len(page)))
    chosen = seen(page, first, last, cost=lambda _: 2, room=room)

    assert list(chosen) == sorted(set(chosen))
    assert all(1 <= number <= len(page) for number in chosen)
    assert 2 * len(chosen) <= room
    assert bool(chosen) is (2 * (last - first + 1) <= room)
    assert not chosen or set(range(first, last + 1)) <= set(chosen)


@pytest.mark.parametrize("depth", [400])
def test_deep_nesting_takes_no_time(depth):
    """Steps of indentation are looked through once, as far as there is room."""
    page = [" " * n + "if x:" for n in range(depth)] + [" " * depth + "bad()"] + ["x = 1"] * 5_000
    assert len(page) - 5_000 in seen(page, depth + 1, depth + 1, cost=lambda _: 1, room=3_000)
