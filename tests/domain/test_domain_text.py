"""Paths, visible text, masks and fingerprints: what is promised for every input."""

import sys
import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.finding import Confidence, Finding, Severity, Span
from reviewbot.domain.fingerprint import LENGTH, fingerprint, normalised, with_fingerprints
from reviewbot.domain.paths import from_bytes, is_plain, quoted, to_bytes, unquoted
from reviewbot.domain.secret import Mask, Secret
from reviewbot.domain.visible import is_visible, visible, visible_block

DEFAULT_IGNORABLE = [
    *(0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFEFF, 0xFFA0),
    *range(0x180B, 0x1810),
    *range(0x200B, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
]


class TestVisible:
    """Nothing hidden is shown raw."""

    def test_every_code_point(self):
        """Of all code points each is printable or shown by its number."""
        # Planes 4 to 13 hold nothing yet; of them and of the private planes the first block stands for all.
        planes = [*range(0, 0x40000, 0x1000), *range(0x40000, sys.maxunicode, 0x10000)]
        for start in planes:
            for char in set(visible("".join(map(chr, range(start, start + 0x1000))))):
                assert char in {" ", "\t"} or unicodedata.category(char)[0] in "LMNPS"

    def test_hidden_ones_are_named(self):
        """A character that is not shown has its number in its place, in ASCII."""
        for point in [*range(0x20), 0x7F, *range(0x80, 0xA1), *DEFAULT_IGNORABLE, *range(0xD800, 0xDC80)]:
            assert visible(chr(point)) in {f"<U+{point:04X}>", "\t"}

    def test_default_ignorables_are_hidden(self):
        """What Unicode says may be left out when showing is never shown raw."""
        assert [hex(point) for point in DEFAULT_IGNORABLE if is_visible(chr(point))] == []

    def test_ordinary_text_stays(self):
        """Letters of any script, marks, tabs and symbols are not touched."""
        text = "\tnaïve — 数値 العربية e\u0301 €"
        assert visible(text) == text

    def test_bytes_that_are_no_text(self):
        """A byte that did not decode is shown as one."""
        assert visible(b"caf\xe9".decode("utf-8", "surrogateescape")) == "caf<0xE9>"
        assert visible("a\ud800\u202e\x00") == "a<U+D800><U+202E><U+0000>"

    @settings(deadline=None)
    @given(st.text())
    def test_idempotent_and_linewise(self, text):
        """Showing twice changes nothing, and a block is its lines."""
        assert visible(visible(text)) == visible(text)
        assert visible_block(text) == "\n".join(map(visible, text.split("\n")))


class TestPaths:
    """Any bytes survive, and nothing hidden is shown."""

    @settings(deadline=None)
    @given(st.binary())
    def test_bytes_survive(self, raw):
        """Decoding and encoding gives the same bytes."""
        assert to_bytes(from_bytes(raw)) == raw

    @settings(max_examples=200, deadline=None)
    @given(st.one_of(st.binary(), st.text().map(lambda text: text.encode("utf-8", "ignore"))))
    def test_quoting_round_trip(self, raw):
        """A shown path is visible, on one line, and can be read back."""
        path = from_bytes(raw)
        shown = quoted(path)
        assert all(is_visible(char) for char in shown)
        assert "\n" not in shown
        assert "\t" not in shown
        assert unquoted(shown) == path

    @settings(deadline=None)
    @given(st.binary(), st.binary())
    def test_two_paths_never_look_the_same(self, one, other):
        """Different paths are shown differently."""
        assert (one == other) == (quoted(from_bytes(one)) == quoted(from_bytes(other)))

    @pytest.mark.parametrize(
        ("path", "shown"),
        [
            ("src/a b.py", "src/a b.py"),
            ("a\nb", '"a\\nb"'),
            ('a"b', '"a\\"b"'),
            ("caf\udce9", '"caf\\351"'),
            ("café", "café"),
            ("a\u3164b", '"a\\343\\205\\244b"'),
            ("a\u00a0b", '"a\\302\\240b"'),
            ("-rf", "-rf"),
        ],
    )
    def test_cases(self, path, shown):
        """Plain paths stand as they are, others as git quotes them."""
        assert quoted(path) == shown
        assert is_plain(path) == (path == shown)

    @pytest.mark.parametrize("broken", ['"\\9"', '"\\12"', '"\\"', '"\\x41"'])
    def test_broken_quoting(self, broken):
        """A quoting that git would not write is an error."""
        with pytest.raises(ValueError, match="not a quoted path"):
            unquoted(broken)


VALUES = st.text("abcd", min_size=1, max_size=8)


def hidden(names, text):
    """Reference: leftmost, then longest."""
    at, out = 0, ""
    while at < len(text):
        found = max((value for value in names if text.startswith(value, at)), key=len, default="")
        out += names.get(found, text[at])
        at += len(found) or 1
    return out


class TestMask:
    """No secret leaves, and the same one has the same name."""

    @settings(max_examples=100, deadline=None)
    @given(st.lists(VALUES, max_size=6), st.text("abcd", max_size=60), st.booleans())
    def test_hides_all(self, values, text, many):
        """However many secrets there are, all are hidden, the longest at each place."""
        others = [f"other-{n}" for n in range(60 if many else 0)]
        mask = Mask.of(Secret("key", value) for value in [*values, *others])
        names = dict(mask.placeholders)
        assert mask.hide(text) == hidden(names, text)
        assert set(names) == {value for value in [*values, *others] if len(value) >= 4}
        assert not any(value in mask.hide(text) for value in values if len(value) >= 4)

    @settings(deadline=None)
    @given(
        st.lists(st.tuples(VALUES, st.sampled_from(["a", "b"])), max_size=6),
        st.randoms(use_true_random=False),
    )
    def test_order_does_not_matter(self, pairs, random):
        """The same secrets give the same placeholders, in whatever order and number they were found."""
        secrets = [Secret(kind, value) for value, kind in pairs]
        shuffled = [*secrets, *secrets]
        random.shuffle(shuffled)
        assert Mask.of(shuffled) == Mask.of(secrets)

    def test_placeholders_are_one_to_one(self):
        """A placeholder stands for one secret, so that a quote maps back."""
        mask = Mask.of(Secret("key", f"value{n}") for n in range(100))
        assert len({name for _, name in mask.placeholders}) == 100
        names = dict(mask.placeholders)
        assert mask.hide("x value7 value77.") == f"x {names['value7']} {names['value77']}."

    def test_short_values_and_no_secrets(self):
        """Ordinary text is not garbled."""
        assert Mask.of([Secret("key", "abc")]).hide("abc") == "abc"
        assert Mask().hide("abc") == Mask.of([]).hide("abc") == "abc"

    def test_values_are_no_patterns(self):
        """Characters of a secret mean themselves."""
        assert Mask.of([Secret("key", "a.*b")]).hide("axxb a.*b") == "axxb [secret:key:1]"

    def test_thousands_of_secrets(self):
        """A change full of keys does not stop the run."""
        values = [f"AKIA{n:016X}" for n in range(5_000)]
        mask = Mask.of(Secret("aws", value) for value in values)
        text = "\n".join(f"key = {value} and some more text" for value in values) * 4
        before = time.process_time()
        assert "AKIA" not in mask.hide(text)
        assert time.process_time() - before < 5


def finding(line, quote="eval(x)", rule="r", path="a.py", commit=None):
    return Finding(
        rule,
        ("semgrep",),
        Severity.ERROR,
        Confidence.HIGH,
        (),
        Span(path, line, line),
        "t",
        "w",
        quote,
        commit=commit,
    )


class TestFingerprint:
    """The same for the same remark, wherever it moves."""

    @settings(deadline=None)
    @given(st.text(), st.text(), st.text(), st.integers(0, 9))
    def test_of_chosen_fields(self, rule, path, text, occurrence):
        """White space does not count; every field does."""
        rule, path, text = (part.encode("utf-8", "ignore").decode() for part in (rule, path, text))
        one = fingerprint(rule, path, text, occurrence)
        assert len(one) == LENGTH
        assert one == fingerprint(rule, path, f"  {text}\n", occurrence)
        assert one != fingerprint(rule, path, text, occurrence + 1)
        assert one != fingerprint(rule, path + "x", text, occurrence)
        assert one != fingerprint(rule, path, text + " x", occurrence)

    def test_fields_do_not_run_together(self):
        """Moving a character from one field to the next is another finding."""
        assert fingerprint("ab", "c", "d", 0) != fingerprint("a", "bc", "d", 0)

    def test_undecodable_path(self):
        """A path or text of any bytes has a fingerprint."""
        assert fingerprint("r", "caf\udce9", "\udcff", 0)

    def test_normalised(self):
        """Runs of white space are one space."""
        assert normalised("\ta  b\r\n") == "a b"

    @settings(deadline=None)
    @given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from(["eval(x)", "eval( y )"])), unique=True))
    def test_two_equal_lines_stay_two(self, places):
        """Equal lines of a file have fingerprints of their own, whatever the order."""
        named = with_fingerprints(finding(*place) for place in places)
        assert len({one.fingerprint for one in named}) == len(places)
        assert with_fingerprints(reversed(named)) == named
        assert [one.span for one in named] == sorted(one.span for one in named)

    def test_moving_keeps_them(self):
        """Lines pushed down keep their fingerprints."""
        before = with_fingerprints([finding(3), finding(9), finding(5, "other")])
        after = with_fingerprints([finding(13), finding(19), finding(15, "  other ")])
        assert [one.fingerprint for one in before] == [one.fingerprint for one in after]

    def test_rename_keeps_them(self):
        """Under the new name the old finding is the same."""
        (old,) = with_fingerprints([finding(3, path="old.py")], moved={"old.py": "new.py"})
        (new,) = with_fingerprints([finding(8, path="new.py")])
        assert old.fingerprint == new.fingerprint

    def test_history_does_not_count_along(self):
        """What an earlier commit held does not shift the numbers of the head."""
        (head,) = with_fingerprints([finding(9)])
        named = with_fingerprints([finding(3, commit="f" * 40), finding(9)])
        assert named[1].fingerprint == head.fingerprint
