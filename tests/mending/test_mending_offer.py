"""Naming one of the patches of a review."""

import pytest
from mending_cases import edit, offer

from reviewbot.errors import UsageError
from reviewbot.mending.offer import chosen

ONE, OTHER, THIRD = (offer(name, edit(3, 3, "x")) for name in ("3f9a0c4155", "3f9a77b2aa", "81b2d3e400"))
ALL = (ONE, OTHER, THIRD)


def refused(*ids, unproven=None):
    with pytest.raises(UsageError) as caught:
        chosen(ALL, ids, unproven)
    return str(caught.value)


def test_without_a_name_all():
    """In their own order."""
    assert chosen(ALL, ()) == ALL


@pytest.mark.parametrize("name", ["81b2", "81B2", "81b2d3e400000000", "P81b2d3e4", "p81b2"])
def test_by_the_beginning_of_the_fingerprint_or_of_the_patchs_id(name):
    """Four characters will do."""
    assert chosen(ALL, (name,)) == (THIRD,)


def test_several_names_in_file_order_and_once():
    """However they are given."""
    assert chosen(ALL, ("81b2", "3f9a0", "3f9a0c")) == (ONE, THIRD)


def test_one_that_names_several():
    """All of them are listed."""
    said = refused("3f9a")
    assert "3f9a names several fixes" in said
    assert "3f9a0c41  a.py:3  a-rule\n  3f9a77b2  a.py:3  a-rule" in said


def test_one_that_names_none():
    """What is near is listed, and only that; without anything near the list begins."""
    assert (
        refused("3f9a0d")
        == "no fix of the review is named 3f9a0d\n  3f9a0c41  a.py:3  a-rule\n  3f9a77b2  a.py:3  a-rule"
    )
    assert refused("zzzzzz").count("a-rule") == 3


def test_a_long_list_is_cut():
    """A review may have hundreds."""
    many = tuple(offer(f"{number:04}aaaa", edit(3, 3, "x")) for number in range(9))
    with pytest.raises(UsageError) as caught:
        chosen(many, ("zzzz",))
    assert str(caught.value).count("a-rule") == 5
    assert "see them all with --list" in str(caught.value)


def test_too_short_a_name():
    """Three characters name too many things."""
    assert "give 4 characters or more" in refused("3f9")


def test_a_finding_without_a_patch():
    """It is known, and has none."""
    assert (
        refused("dddd", unproven={"dddd0000": "b.py:4 other-rule: \x1b[2J"})
        == "there is no proven fix for dddd: b.py:4 other-rule: <U+001B>[2J"
    )


def test_a_name_that_is_an_attack():
    """It is shown, not obeyed."""
    assert "\x1b" not in refused("\x1b]0;hello" * 100)


def test_a_review_without_patches():
    """Naming one of none is a mistake too."""
    with pytest.raises(UsageError) as caught:
        chosen((), ("abcd",))
    assert str(caught.value) == "no fix of the review is named abcd\n  the review has none"
