"""Reading tools' JSON."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.scanners import strict_json
from reviewbot.scanners.strict_json import UnreadableError


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"3",
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1} trailing',
        b'{"a": "raw \n newline"}',
        b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b"{" * 100,
        b'{"a": "' + b"x" * 2000,
    ],
)
def test_doubtful_json_is_refused(raw):
    """Duplicates, constants that JSON has not, depth bombs and everything that is no object."""
    with pytest.raises(UnreadableError):
        strict_json.parse(raw)


def test_size_is_capped():
    """More bytes than agreed are refused before they are parsed."""
    with pytest.raises(UnreadableError, match="29 bytes long, more than 10"):
        strict_json.parse(b'{"a": "xxxxxxxxxxxxxxxxxxxx"}', largest=10)


def test_undecodable_bytes_survive():
    """A tool copies bytes of the file into its answer: that does not make it unreadable."""
    assert strict_json.parse(b'{"a": "\xff"}') == {"a": "\udcff"}


def test_brackets_in_strings_are_no_depth():
    """Only real nesting counts, whatever strings hold."""
    text = {"a": "[" * 500 + '\\"' + "{" * 500, "b\\": 1}

    assert strict_json.parse(json.dumps(text).encode()) == text


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.text(),
        st.recursive(st.integers(-(10**17), 10**17) | st.text() | st.booleans(), st.lists),
        max_size=4,
    )
)
def test_whatever_json_writes_is_read_back(value):
    """Reading undoes writing."""
    assert strict_json.parse(json.dumps(value).encode()) == value


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes_read_or_are_refused(raw):
    """Nothing but `UnreadableError` comes out."""
    with contextlib.suppress(UnreadableError):
        strict_json.parse(raw)


def test_fields_have_their_type():
    """A boolean is no number, a missing member no value, a list of objects holds objects."""
    record = {"n": True, "l": [1], "s": ["a", 2]}

    for read in (
        lambda: strict_json.get(record, "n", int),
        lambda: strict_json.get(record, "absent", str),
        lambda: strict_json.objects(record, "l"),
        lambda: strict_json.strings(record, "s"),
    ):
        with pytest.raises(UnreadableError):
            read()
