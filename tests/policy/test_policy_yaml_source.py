"""The capped YAML reader."""

import textwrap

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.errors import PolicyError
from reviewbot.policy.scalars import resolved
from reviewbot.policy.yaml_source import MAX_BYTES, MAX_DEPTH, MAX_VALUES, load, shown_key


def refused(text: str | bytes) -> str:
    """Read what must be refused; give the sentence."""
    with pytest.raises(PolicyError) as caught:
        load("p.yml", text.encode() if isinstance(text, str) else text)
    return str(caught.value)


def test_plain_data_and_the_line_of_every_key():
    """A file becomes dicts, tuples and scalars, and each key and item knows its line."""
    source = load("p.yml", b"a: 1\nb:\n  c: [x, {d: true}]\n  e: |\n    text\nf: -1.5\ng:\n")

    assert source.data == {"a": 1, "b": {"c": ("x", {"d": True}), "e": "text\n"}, "f": -1.5, "g": None}
    assert source.line(("b", "c", 1, "d")) == 3
    assert source.line(("b", "e")) == 4
    assert source.line(("b", "c", 7)) == 3
    assert source.line(("unheard", "of")) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: 1\nb: &x 2", "p.yml:2: b: `&x`: anchors and aliases are not read; write the value out"),
        ("a: *x", "p.yml:1: a: `*x`: anchors and aliases are not read; write the value out"),
        ("a: [&x {b: 1}]", "p.yml:1: a[0]: `&x`: anchors and aliases are not read; write the value out"),
        ("a: !!str 1", "p.yml:1: a: the tag tag:yaml.org,2002:str is not read; take it out"),
        ("a: !!python/object/apply:os.system [id]", "p.yml:1: a: the tag tag:yaml.org,2002:python/object/apply:os.system is not read; take it out"),
        ("a: 1\na: 2", "p.yml:2: a: written twice, first on line 1"),
        ("b: {c: 1,\n c: 2}", "p.yml:2: b.c: written twice, first on line 1"),
        ("a: 1\n---\nb: 2", "p.yml:2: a second document begins here; keep one document per file"),
        ("%YAML 1.1\n---\na: 1", "p.yml:1: `%` directives are not read; take them out"),
        ("%TAG ! tag:x,1:\n---\na: 1", "p.yml:1: `%` directives are not read; take them out"),
        ("1: x", 'p.yml:1: the key "1" is not text; put it in quotes'),
        ("a:\n  null: x", 'p.yml:2: a: the key "null" is not text; put it in quotes'),
        ("on: x", 'p.yml:1: as a key, "on" without quotes is a word to some YAML readers and true or false to others; write true or false, or put it in quotes'),
        ("? [a]\n: b", "p.yml:1: a key must be text, not a list or a mapping"),
        ("<<: {a: 1}", 'p.yml:1: as a key, "<<" is not a plain number and YAML readers disagree on it; write digits, or put it in quotes if it is text'),
        ("title: no", 'p.yml:1: title: "no" without quotes is a word to some YAML readers and true or false to others; write true or false, or put it in quotes'),
        ("a: 010", 'p.yml:1: a: "010" is not a plain number and YAML readers disagree on it; write digits, or put it in quotes if it is text'),
        ("a: .nan", 'p.yml:1: a: ".nan" is not a plain number and YAML readers disagree on it; write digits, or put it in quotes if it is text'),
        ("a: 1234567890123456789", 'p.yml:1: a: the number "1234567890123456789" is too long; put it in quotes if it is text'),
        ("a: 1.5e999", 'p.yml:1: a: the number "1.5e999" is too large'),
        ('a: "x\\0y"', "p.yml:1: a: the character U+0000 is not allowed here; take it out"),
        ("a: [1,", "p.yml:1: not valid YAML: while parsing a flow node did not find expected node content"),
        ("- a", "p.yml:1: the file holds no `key: value` lines at its top level"),
        ("just text", "p.yml:1: the file holds no `key: value` lines at its top level"),
        ("", "p.yml:1: the file holds no `key: value` lines at its top level"),
        ("# only a comment\n", "p.yml:1: the file holds no `key: value` lines at its top level"),
        ("a: 1\n# hidden\u2028b: 2", "p.yml:2: the character U+2028 is not allowed here; take it out"),
        ("a: 1 # x\rb: 2", "p.yml:1: the character U+000D is not allowed here; take it out"),
        ("a: \x85", "p.yml:1: the character U+0085 is not allowed here; take it out"),
        ("a: \x1b[0m", "p.yml:1: the character U+001B is not allowed here; take it out"),
    ],
)  # fmt: skip
def test_refusals_name_file_line_and_key(text, sentence):
    """What two readers could read differently, or what can explode, is refused with its place."""
    assert refused(text) == sentence


@pytest.mark.parametrize("raw", [b"\xff\xfea\x00", b"a: \xed\xa0\x80", b"a: caf\xe9", b"\n\n\x80"])
def test_not_utf8(raw):
    """Bytes that are no UTF-8 (surrogates included) are refused with their line."""
    assert refused(raw) == f"p.yml:{raw.count(bytes([10])) + 1}: not UTF-8 text; save the file as UTF-8"


def test_windows_line_ends_and_byte_order_mark_are_harmless():
    """A file from another editor reads the same."""
    assert load("p.yml", b"\xef\xbb\xbfa: 1\r\nb: 2\r\n").data == {"a": 1, "b": 2}


def test_size_is_capped():
    """A file over the limit is not even decoded."""
    assert refused(b"a" * (MAX_BYTES + 1)) == "p.yml: 1,000,001 bytes are over the limit of 1,000,000"


@pytest.mark.parametrize("bomb", ["a: " + "[" * 500_000, "a: " + "{b: " * 200_000, "- " * 400_000])
def test_depth_is_capped_before_anything_recurses(bomb):
    """Nesting that overflows a recursive reader is refused at once."""
    assert refused(bomb).endswith(f"nested deeper than {MAX_DEPTH} levels")


def test_number_of_values_is_capped():
    """A flat list of very many values is refused."""
    assert refused("a: [" + "1," * MAX_VALUES + "]").endswith("over 50,000 values in one file")


def test_alias_bomb_is_refused_at_its_first_anchor():
    """The nine-level bomb never expands."""
    rungs = "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
    )
    assert refused("a: &a [x]\n" + rungs).startswith("p.yml:1: a: `&a`")


def test_a_long_odd_number_takes_no_long_time():
    """A megabyte of digits and underscores is text in linear time."""
    text = "1" + "_" * 900_000 + "x"
    assert load("p.yml", f"a: {text}".encode()).data["a"] == text


@pytest.mark.parametrize(
    "word", ["yes", "No", "ON", "off", "0x1F", "0o7", "1_000", "12:30", ".5", "5.", "1e3", "+1", ".inf", "="]
)
def test_doubtful_words_are_refused_plain_and_text_in_quotes(word):
    """What YAML 1.1 and 1.2 read differently must be quoted."""
    with pytest.raises(ValueError, match="quotes"):
        resolved(word)
    assert load("p.yml", f"a: '{word}'".encode()).data == {"a": word}


@pytest.mark.parametrize(
    "text", ["2027-01-31", "1.3.0", "y", "n", "Norway", "10.0.0.1", "::1", "a_1", "-", "yes!"]
)
def test_plain_text_stays_text(text):
    """Dates and versions are text here, whatever YAML 1.1 makes of them."""
    assert resolved(text) == text


def test_keys_show_without_hidden_characters():
    """A key with invisible characters shows them as code points."""
    assert shown_key(("a\u202eb", 0, "c")) == "a<U+202E>b[0].c"


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(alphabet="ab:-[]{}&*!|>'\"#%?,\n 01.\t\\xu", max_size=60).map(str.encode),
    )
)
def test_any_bytes_give_data_or_a_policy_error(raw):
    """Nothing but `PolicyError` comes out, whatever goes in."""
    sentence = "p.yml: fine"
    try:
        source = load("p.yml", raw)
    except PolicyError as error:
        sentence = str(error)
    else:
        assert isinstance(source.data, dict)

    assert sentence.startswith("p.yml:")


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(
    st.text(alphabet="abc", min_size=1, max_size=3),
    st.recursive(
        st.one_of(st.booleans(), st.none(), st.integers(-10**9, 10**9), st.text(alphabet="ab \n'\"#:é", max_size=8)),
        lambda part: st.one_of(st.lists(part, max_size=3), st.dictionaries(st.text(alphabet="xyz", min_size=1, max_size=3), part, max_size=3)),
        max_leaves=8,
    ), min_size=1, max_size=4,
))  # fmt: skip
def test_what_a_writer_writes_is_read_back(data):
    """Ordinary YAML reads as every YAML reader reads it."""
    text = yaml.safe_dump(data, allow_unicode=True)
    if "&" in text:
        return

    assert with_lists(load("p.yml", text.encode()).data) == data


def with_lists(value):
    """Turn tuples into lists, as the writer had them."""
    if isinstance(value, dict):
        return {key: with_lists(part) for key, part in value.items()}
    return [with_lists(part) for part in value] if isinstance(value, tuple) else value


def test_both_parsers_agree(monkeypatch):
    """Without the C parser the same file reads the same, and the same faults are refused."""
    text = textwrap.dedent("""
        a: {b: [1, two, 'three']}
        c: >
          folded
          text
    """).encode()
    fast = load("p.yml", text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    slow = load("p.yml", text)

    assert (slow.data, slow.places) == (fast.data, fast.places)
    assert refused('a: "\\ud800"') == "p.yml:1: a: the character U+D800 is not allowed here; take it out"
    assert refused('a: "\\U00110000"') == "p.yml:1: not valid YAML: it holds a character that does not exist"
    assert refused("a: " + "[" * 20_000).endswith("nested deeper than 32 levels")
