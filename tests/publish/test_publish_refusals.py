"""What the summary's marker keeps of refusals."""

from hypothesis import given
from hypothesis import strategies as st

from reviewbot.publish import refusals

prints = st.text("0123456789abcdef", min_size=16, max_size=16)


@given(st.dictionaries(prints, st.text(max_size=120) | st.sampled_from(["no such line", "too old", ""])))
def test_what_is_kept_is_read_again(refused):
    """And keeps itself, so that the next run says the same."""
    kept = refusals.kept(refused)
    assert set(kept) == set(refused)
    assert refusals.read(refusals.written(kept)) == kept
    assert refusals.kept(kept) == kept


def test_reasons_are_few_and_short():
    """A forge that answers each comment in other words does not fill the summary."""
    refused = {f"{number:016x}": f"reason {number} " + "x" * 500 for number in range(3_000)}
    kept = refusals.kept(refused)
    assert len(kept) == 1_000
    assert len(set(kept.values())) == 8
    assert len(refusals.written(kept)) < 20_000


def test_none_is_nothing():
    """An empty value of the marker."""
    assert refusals.written({}) == ""
    assert refusals.read("") == {}
