"""Families of weaknesses."""

from reviewbot.domain.cwe import FAMILIES, families, family


def test_members_share_a_family():
    """Numbers that stand for the same mistake are one family."""
    assert family(89) == family(943)
    assert families((89, 78)) == {"query", "command"}


def test_no_number_is_in_two_families():
    """A number names one family, or merging would depend on order."""
    numbers = [number for members in FAMILIES.values() for number in members]
    assert len(numbers) == len(set(numbers))
    assert all(len(members) > 1 and list(members) == sorted(members) for members in FAMILIES.values())


def test_others_stand_alone():
    """A number that is not listed is a family of its own."""
    assert family(20) == "cwe-20"
    assert family(20) != family(601)
    assert families(()) == frozenset()
