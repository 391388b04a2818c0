"""Markers: ours are known again, nobody else's are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory_forge import REF
from publishing_cases import KEYS

from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.errors import UsageError
from reviewbot.publish import inert
from reviewbot.publish.marker import FIELDS, Keys, Kind, body_digest, fitting, read, sign, without

GONE = {"fp": "3f9a", "at": "a" * 40, "why": "fixed"}
values = st.text("0123456789abcdefghijklmnopqrstuvwxyz_.,:", max_size=20)


def line(keys=KEYS, ref=REF):
    return sign(Kind.GONE, GONE, keys, ref)


@given(kind=st.sampled_from(Kind), data=st.data(), text=st.text(max_size=30))
def test_what_is_signed_is_read_again(kind, data, text):
    """Any values of the alphabet come back, under any text."""
    fields = {name: data.draw(values) for name in FIELDS[kind]}
    made = sign(kind, fields, KEYS, REF)
    found = read(f"{text}\n\n{made}", KEYS, REF)
    if "<!-- reviewbot/" not in text:
        assert found is not None
        assert found.kind is kind
        assert {name: found[name] for name in fields} == fields


@pytest.mark.parametrize("end", ["", "\n", "\r\n", " \t\r\n\r\n"])
def test_white_space_after_it_is_allowed(end):
    """Forges change line ends and trailing space."""
    assert read(f"Text.\r\n\r\n{line()}{end}", KEYS, REF)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Text.",
        "Text. {line}",
        " {line}",
        "> {line}",
        "{line}\n\nSomebody's words.",
        "{line}\n\n{line}",
        "<!-- reviewbot/2 other -->\n\n{line}",
        "`{line}`",
    ],
)
def test_it_counts_only_as_the_last_line_and_the_only_one(body):
    """A comment that quotes ours, or has words behind the marker, is not ours."""
    assert read(body.format(line=line()), KEYS, REF) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("fp=3f9a", "fp=3f9b"),
        ("why=fixed", "why=left"),
        ("fp=3f9a at=" + "a" * 40, "at=" + "a" * 40 + " fp=3f9a"),
        (" why=fixed", ""),
        (" why=fixed", " why=fixed why=fixed"),
        (" gone ", " back "),
        (" gone ", " nothing "),
        ("reviewbot/1", "reviewbot/2"),
        (" k=", "  k="),
    ],
)
def test_a_marker_that_was_edited_is_none(old, new):
    """Every field, their order, the kind and the version are signed."""
    assert old in line()
    assert read(line().replace(old, new), KEYS, REF) is None


@given(at=st.integers(0, 200), character=st.sampled_from("0f1a z"))
def test_no_single_character_can_be_changed(at, character):
    """Change one anywhere: it is not ours any more."""
    made = line()
    at %= len(made)
    edited = made[:at] + character + made[at + 1 :]
    assert (read(edited, KEYS, REF) is not None) == (edited.strip() == made)


@pytest.mark.parametrize(
    "ref",
    [
        PullRef(ForgeKind.GITLAB, REF.api, "pay/ledger", 13),
        PullRef(ForgeKind.GITLAB, REF.api, "pay/other", 12),
        PullRef(ForgeKind.GITHUB, REF.api, "pay/ledger", 12),
    ],
)
def test_a_marker_of_another_pull_request_is_none(ref):
    """It was signed for one pull request of one repository."""
    assert read(line(), KEYS, ref) is None


def test_keys_can_be_changed():
    """The first signs, each verifies, and a key that was taken away does not."""
    new, old = "n" * 32, "o" * 32
    by_old = line(Keys.parse(old, "V"))
    assert read(by_old, Keys.parse(f"{new},{old}", "V"), REF)
    assert line(Keys.parse(f"{new},{old}", "V")) == line(Keys.parse(new, "V"))
    assert read(by_old, Keys.parse(new, "V"), REF) is None


@pytest.mark.parametrize("value", [None, "", "  ", ",", " , "])
def test_no_key_is_an_error_that_says_how_to_make_one(value):
    """It names the variable and the command."""
    with pytest.raises(UsageError) as caught:
        Keys.parse(value, "OUR_KEYS")
    assert "OUR_KEYS" in str(caught.value)
    assert "openssl rand -hex 32" in str(caught.value)


@pytest.mark.parametrize("value", ["x" * 31, "y" * 32 + ",short", "y" * 32 + ","])
def test_a_short_key_is_an_error_that_does_not_show_it(value):
    """31 characters are too few, and so is a key that a comma promises."""
    with pytest.raises(UsageError) as caught:
        Keys.parse(value, "OUR_KEYS")
    assert "OUR_KEYS" in str(caught.value)
    assert "openssl rand -hex 32" in str(caught.value)
    assert "xxx" not in str(caught.value)
    assert "yyy" not in str(caught.value)


def test_keys_do_not_show_themselves():
    """Neither a repr nor a marker holds a key."""
    keys = Keys.parse("z" * 32, "V")
    assert "zzz" not in repr(keys)
    assert "zzz" not in line(keys)


def test_spaces_and_line_ends_around_keys_are_no_part_of_them():
    """Variables often end with a line end."""
    assert Keys.parse(f" {'a' * 32} ,\n{'b' * 32}\n", "V") == Keys.parse(f"{'a' * 32},{'b' * 32}", "V")


@pytest.mark.parametrize("value", ["-->", "A", "a b", "a=b", "a\n", "ä"])
def test_a_value_outside_of_the_alphabet_is_refused(value):
    """What could end the comment or the field is never written."""
    with pytest.raises(ValueError, match="marker"):
        sign(Kind.GONE, {**GONE, "why": value}, KEYS, REF)


@pytest.mark.parametrize("fields", [{}, {"fp": "1", "at": "2"}, {**GONE, "more": "1"}])
def test_the_fields_of_a_kind_are_all_given(fields):
    """A field too few or too many is a mistake of ours."""
    with pytest.raises(ValueError, match="fields"):
        sign(Kind.GONE, fields, KEYS, REF)


@given(st.text(max_size=80))
def test_any_name_fits_after_fitting(name):
    """Names of scanners and fingerprints can be anything; a list of them is still taken apart right."""
    fitted = fitting(name)
    made = sign(Kind.GONE, {**GONE, "why": f"{fitted},{fitted}"}, KEYS, REF)
    found = read(made, KEYS, REF)
    assert found is not None
    assert found["why"].split(",") == [fitted, fitted]


def test_plain_words_stay_and_others_differ():
    """`semgrep` is legible in a marker; what is not plain is told apart all the same."""
    assert fitting("semgrep") == "semgrep"
    odd = ["", "A", "a", "my-tool", "my_tool", "my.tool", "a,b", fitting("my-tool"), "x" * 65]
    assert len({fitting(name) for name in odd}) == len(odd)


def test_body_digest_sees_edits_and_not_line_ends():
    """Forges may change line ends and trailing spaces."""
    text = "**Title**\n\nWords.\n```\n  code\n```"
    assert body_digest(text) == body_digest(text.replace("\n", "\r\n") + "\r\n")
    assert body_digest(text) == body_digest(text.replace("Words.", "Words.  "))
    assert body_digest(text) != body_digest(text.replace("  code", "code"))
    assert body_digest(text) != body_digest(text + "\nMore.")


@given(st.lists(st.sampled_from(["Words.", "", "  ", "more\r"]), min_size=1, max_size=5).map("\n".join))
def test_the_door_and_the_marker_agree_on_the_body(text):
    """What is posted has the digest of what was to be posted."""
    posted = inert.posted(text.replace("\r", ""), line())
    assert body_digest(without(posted)) == body_digest(text.replace("\r", ""))
    assert read(posted, KEYS, REF)
