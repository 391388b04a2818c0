"""Waiver files: what is read of them, what counts on which day, and what a reader is told of the rest."""

from dataclasses import fields, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.policy import PublicKey, WaiverPolicy
from reviewbot.domain.quotes import digests_in, whole_digest
from reviewbot.domain.waiver import State, Target, Waiver, Waivers, covering, same_person, standing
from reviewbot.errors import PolicyError, UsageError
from reviewbot.policy import ed25519, waiver_edit, waivers

TODAY = date(2026, 11, 21)
TERMS = WaiverPolicy(approvers=("alice", "carol"), max_days=90)
QUOTE = whole_digest(["hashlib.md5(x)"])
ENTRY = {
    "rule": "python-weak-hash", "path": "src/etag.py", "quote": QUOTE, "reason": "ETag only", "requested_by": "bob",
    "approved_by": "alice", "until": "2027-01-31", "ticket": "SEC-1182",
}  # fmt: skip


def text(*entries) -> bytes:
    """A waiver file of these entries."""
    return b"version: 1\nwaivers:\n" + "".join(waiver_edit.entry_text(entry) for entry in entries).encode()


def read(raw, terms=TERMS):
    return waivers.parsed("w.yml", raw, terms)


def one(terms=TERMS, **changes) -> Waiver:
    entry = {key: value for key, value in (ENTRY | changes).items() if value is not None}
    (found,) = read(text(entry), terms)
    return found


def why(waiver, terms=TERMS, today=TODAY):
    found = standing(waiver, terms, today)
    return found.state, found.why


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Private keys of both approvers, and the terms that know the public ones and ask for signatures."""
    folder, private, public = tmp_path_factory.mktemp("keys"), {}, []
    for name in TERMS.approvers:
        pem, half = ed25519.generated(None)
        ed25519.write_private(folder / f"{name}.pem", pem)
        private[name] = ed25519.private_key(folder / f"{name}.pem", None)
        public.append(PublicKey(name, half))
    return private, replace(TERMS, signed=True, keys=tuple(public))


# reading


def test_an_entry_arrives_whole():
    """Every field, and where it stands."""
    assert one() == Waiver(
        Target("", "python-weak-hash", "src/etag.py", QUOTE), "ETag only", "bob", "alice", date(2027, 1, 31),
        "SEC-1182", "w.yml", 3,
    )  # fmt: skip


def test_a_fingerprint_alone_names_a_finding():
    """In quotes: it may be all digits."""
    found = one(rule=None, path=None, quote=None, fingerprint="0123456789012345")
    assert found.target == Target("0123456789012345", "", "", "")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rule": None}, "waivers[0]: names no finding: rule missing"),
        ({"rule": None, "quote": None}, "waivers[0]: names no finding: rule and quote missing"),
        ({"fingerprint": "0" * 16}, "waivers[0].rule: a fingerprint says it all"),
        ({"fingerprint": "xyz"}, "wants a finding's fingerprint"),
        ({"quote": "sha256:12"}, "wants sha256: and 64 digits"),
        ({"path": "/etc/x"}, "wants the file's path from the top"),
        ({"path": "a/../b"}, "wants the file's path from the top"),
        ({"rule": "a b"}, "wants the id of a rule"),
        ({"reason": None}, "waivers[0].reason: missing"),
        ({"requested_by": None}, "waivers[0].requested_by: missing"),
        ({"until": None}, "waivers[0].until: missing"),
        ({"ticket": None}, "waivers[0].ticket: missing"),
        ({"until": "2027-02-30"}, "there is no such day"),
        ({"until": "soon"}, "wants a date"),
        ({"requested_by": "al\u200bice"}, "a character that nobody can see"),
        ({"signature": "AAAA"}, "wants a signature"),
        ({"aproved_by": "alice"}, "waivers[0].aproved_by: unknown key (did you mean approved_by?)"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(changes, said):
    """File, line, key and sentence."""
    with pytest.raises(PolicyError, match=r"^w\.yml:\d+: ") as caught:
        one(**changes)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "raw",
    [b"", b"waivers: []\n", b"version: 2\nwaivers: []\n", b"version: 1\n", b"version: 1\nwaivers: {}\n", b"\xff",
     b"version: 1\nwaivers: []\nmore: 1\n", b"version: 1\nwaivers: [" + b"[" * 50, b"a: &a 1\nb: *a\n"],
)  # fmt: skip
def test_a_repositorys_file_that_does_not_load_has_no_effect_and_is_named(raw):
    """Nothing of it counts, and no review ends because of it: the file could not be mended otherwise."""
    with pytest.raises(PolicyError):
        read(raw)
    found = waivers.of_repository("w.yml", raw, TERMS)
    assert found.entries == ()
    (said,) = found.broken
    assert said.startswith("no waiver of w.yml has effect, because it does not load: w.yml:")


@settings(max_examples=120, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)), st.integers(0, 400))
def test_any_bytes_are_waivers_or_a_sentence(noise, at):
    """Noise, alone or inside a good file, gives entries or one note, never anything else."""
    whole = text(ENTRY, ENTRY)
    for raw in (noise, whole[:at] + noise + whole[at:]):
        found = waivers.of_repository("w.yml", raw, TERMS)
        assert bool(found.broken) is not bool(found.entries) or found == Waivers()
        assert all(entry.target.fingerprint or entry.target.quote for entry in found.entries)


def test_no_file_is_no_waiver():
    """Nothing to say about it."""
    assert waivers.of_repository("w.yml", None, TERMS) == Waivers()


# what counts


def test_a_good_waiver_counts_through_its_last_day():
    """And not on the day after."""
    assert why(one())[0] is State.IN_FORCE
    assert why(one(), today=date(2027, 1, 31))[0] is State.IN_FORCE
    state, said = why(one(), today=date(2027, 2, 1))
    assert (state, said[:23]) == (State.EXPIRED, "it ended on 2027-01-31;")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"approved_by": None}, "nobody has approved it yet"),
        ({"approved_by": "bob"}, "bob both asked for it and approved it"),
        ({"approved_by": "dave"}, "dave is not on the operator's list"),
        ({"approved_by": "Alice"}, "Alice is not on the operator's list"),
        ({"requested_by": "alice"}, "alice both asked"),
        ({"requested_by": "Alice@corp.example"}, "alice both asked"),
        ({"until": "2027-02-20"}, "more than the 90 days that are allowed; write 2027-02-19 or earlier"),
    ],
)
def test_what_keeps_a_waiver_from_counting(changes, said):
    """Each guard alone, with the mend."""
    assert why(one())[0] is State.IN_FORCE
    state, sentence = why(one(**changes))
    assert state is State.REFUSED
    assert said in sentence


def test_without_approvers_nobody_can_waive():
    """The default policy names none."""
    assert "names no approvers" in why(one(), WaiverPolicy())[1]


@pytest.mark.parametrize(
    ("one_", "other", "same"),
    [
        ("alice", "alice", True), ("alice", " ALICE ", True), ("alice", "alice@x.example", True), ("a@x", "a@y", False),
        ("alice", "alicia", False), ("\uff45ve", "eve", True), ("al@x", "AL@X", True),
    ],
)  # fmt: skip
def test_who_is_the_same_person(one_, other, same):
    """Alike but for case and form; or a name, and its own address."""
    assert same_person(one_, other) is same
    assert same_person(other, one_) is same


def test_which_waiver_covers():
    """A fingerprint that one; rule, path and lines all three. An empty target nothing."""
    found = Target("a" * 16, "r", "p", "sha256:x")
    base = one()
    for target, covers in (
        (Target("a" * 16, "", "", ""), True), (Target("b" * 16, "", "", ""), False), (Target("", "r", "p", "sha256:x"), True),
        (Target("", "r", "p", "sha256:y"), False), (Target("", "r", "q", "sha256:x"), False),
        (Target("", "s", "p", "sha256:x"), False), (Target("", "", "", ""), False),
    ):  # fmt: skip
        assert (covering([replace(base, target=target)], found) is not None) is covers


# signatures


def signed(keys_, name="alice", **changes):
    private, terms = keys_
    waiver = one(approved_by=name, **changes)
    return one(
        terms, approved_by=name, signature=ed25519.signature(private[name], waiver.text), **changes
    ), terms


def test_a_signed_waiver_counts_and_says_by_whom(keys):
    """The approver's own key, by its name in the policy."""
    waiver, terms = signed(keys)
    assert waiver.signed_by == "alice"
    assert why(waiver, terms)[0] is State.IN_FORCE


def test_where_signatures_are_asked_for_an_unsigned_waiver_does_not_count(keys):
    """Otherwise it does."""
    assert "it is not signed" in why(one(keys[1]), keys[1])[1]
    assert why(one(keys[1]), replace(keys[1], signed=False))[0] is State.IN_FORCE


def test_another_approvers_signature_does_not_count(keys):
    """Carol's key does not speak for Alice, though both may approve."""
    private, terms = keys
    text_ = one().text
    waiver = one(terms, signature=ed25519.signature(private["carol"], text_))
    for asked in (terms, replace(terms, signed=False), replace(terms, keys=())):
        assert "its signature is not by a key of alice's" in why(waiver, asked)[1]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rule", "python-other"), ("path", "src/b.py"), ("quote", whole_digest(["x"])), ("reason", "Other"),
        ("requested_by", "dave"), ("until", "2027-02-01"), ("ticket", "SEC-1"), ("approved_by", "carol"),
    ],
)  # fmt: skip
def test_a_signature_covers_every_field(keys, field, value):
    """Whatever is altered behind the approver's back makes it void."""
    good, terms = signed(keys)
    altered = one(terms, **{"signature": good.signature, field: value})
    assert why(altered, terms)[0] is State.REFUSED
    assert "signature" in why(altered, terms)[1]


def test_no_field_is_forgotten_in_what_is_signed():
    """A new field of a waiver has to be put into its text, or named here."""
    assert {field.name for field in fields(Waiver)} - {"source", "line", "signature", "signed_by"} == {
        "target", "reason", "requested_by", "approved_by", "until", "ticket",
    }  # fmt: skip
    assert one().text == (
        b'reviewbot-waiver/1\n["","python-weak-hash","src/etag.py","%s","ETag only","bob","alice","2027-01-31","SEC-1182"]\n'
        % QUOTE.encode()
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(max_size=8), min_size=9, max_size=9),
    st.lists(st.text(max_size=8), min_size=9, max_size=9),
)
def test_two_entries_never_have_one_text(first, second):
    """No value can reach over into the next field."""

    def made(words):
        days = TODAY + timedelta(days=len(words[7]))
        return Waiver(Target(*words[:4]), *words[4:7], days, words[8], "w", 1)

    one_, other = made(first), made(second)
    assert (one_.text == other.text) is (replace(one_, line=2) == replace(other, line=2))


# what a reader is told


def test_every_waiver_without_effect_is_named_with_its_place():
    """File, line, what it is for, and the mend; those that count are not."""
    found = Waivers(
        read(text(ENTRY, ENTRY | {"approved_by": "bob"}, ENTRY | {"until": "2026-11-20"})), ("broken",)
    )
    broken, refused, expired = waivers.notes(found, TERMS, TODAY)
    assert broken == "broken"
    assert refused.startswith(
        "w.yml:11: the waiver of python-weak-hash in src/etag.py has no effect: bob both asked"
    )
    assert expired.startswith("w.yml:19: ")
    assert "it ended on 2026-11-20" in expired


def test_notes_are_bounded():
    """A reader is not buried, and told where the rest is."""
    found = Waivers(read(text(*[ENTRY | {"approved_by": "bob"}] * 30)))
    said = waivers.notes(found, TERMS, TODAY)
    assert len(said) == 11
    assert said[-1] == "and 20 more waivers have no effect: reviewbot waivers list"


def test_without_approvers_one_note_says_it_all():
    """On a laptop without the operator's policy."""
    (said,) = waivers.notes(Waivers(read(text(ENTRY, ENTRY))), WaiverPolicy(), TODAY)
    assert said.startswith("2 waivers have no effect: the operator's policy names no approvers")


def test_what_a_change_brings_is_named():
    """Added or altered entries, whoever approved them; not those that stay or leave, nor what the tip has already."""
    other = ENTRY | {"path": "src/b.py", "approved_by": None}
    other = {key: value for key, value in other.items() if value}
    (said,) = waivers.changed(text(ENTRY), text(ENTRY | {"until": "2027-02-01"}, other), (), TERMS)
    assert said == (
        "the change adds or changes 2 waivers: they take effect after merge: "
        "python-weak-hash in src/etag.py, approved by alice, until 2027-02-01; "
        "python-weak-hash in src/b.py, approved by nobody yet, until 2027-01-31"
    )
    assert waivers.changed(text(ENTRY, other), text(ENTRY), (), TERMS) == ()
    assert waivers.changed(text(ENTRY), None, (), TERMS) == ()
    assert waivers.changed(None, text(ENTRY), read(text(ENTRY)), TERMS) == ()
    (said,) = waivers.changed(b"broken", text(ENTRY), (), TERMS)
    assert "1 waiver: it takes effect" in said
    (said,) = waivers.changed(text(ENTRY), b"broken", (), TERMS)
    assert said.startswith("after a merge no waiver would have effect")


# the operator's own file


def test_the_operators_file_is_read_and_must_be_right(tmp_path):
    """A mistake in it is one in the policy; that an entry has ended is none."""
    path = tmp_path / "w.yml"
    terms = replace(TERMS, file=str(path))
    with pytest.raises(PolicyError, match="cannot be read: no such file"):
        waivers.of_operator(terms, TODAY)
    path.write_bytes(text(ENTRY, ENTRY | {"until": "2026-01-01"}))
    assert len(waivers.of_operator(terms, TODAY)) == 2
    for bad in ({"approved_by": "bob"}, {"approved_by": "dave"}, {"until": "2028-01-01"}, {"quote": "x"}):
        path.write_bytes(text(ENTRY, ENTRY | bad))
        with pytest.raises(PolicyError, match=rf"{path}:1\d: "):
            waivers.of_operator(terms, TODAY)
    assert waivers.of_operator(TERMS, TODAY) == ()


def test_the_terms_are_the_operators(settle):
    """Every key arrives, and a repository can set none of them."""
    key = ed25519.generated(None)[1]
    section = (
        f"waivers: {{approvers: [alice], max_days: 30, signed: true, keys: [{{name: alice, key: {key}}}], "
        "file: /etc/reviewbot/waivers.yml}\n"
    )
    assert settle("version: 1\n" + section).waivers == WaiverPolicy(
        ("alice",), 30, True, (PublicKey("alice", key),), "/etc/reviewbot/waivers.yml"
    )
    with pytest.raises(PolicyError, match="only the operator's policy may set this"):
        settle("version: 1\n", repository="version: 1\n" + section)


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("approvers: [alice], keys: [{name: alcie, key: %s}]", 'no approver is called "alcie" (did you mean alice?)'),
        ("approvers: [alice], signed: true", "no approver has a key"),
        ("approvers: [alice, bob], keys: [{name: alice, key: %s}, {name: bob, key: %s}]", "it is alice's key already"),
        ("approvers: [alice], file: waivers.yml", "written from /"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_meant_are_refused(settle, section, said):
    """With line and key."""
    key = ed25519.generated(None)[1]
    with pytest.raises(PolicyError, match=r"operator\.yml:2: waivers\.") as caught:
        settle(f"version: 1\nwaivers: {{{section.replace('%s', key)}}}\n")
    assert said in str(caught.value)


# writing


LAYOUTS = [
    b"version: 1\nwaivers:\n  - rule: a\n    reason: x  # why\n",
    b"# ours\nversion: 1\n\nwaivers:\n- reason: >\n    folded\n    text\n  until: 2027-01-01\n  # the end\n",
    b"version: 1\r\nwaivers:\r\n   -   rule: a\r\n       reason: x",
    b"version: 1\nwaivers: []  # none yet\n",
    b"version: 1\nwaivers:\n  - {rule: a, path: b}\n",
]


@pytest.mark.parametrize("before", LAYOUTS)
def test_what_is_there_stays_when_a_waiver_is_added(before):
    """Byte for byte, whatever the layout; the new one reads as it was meant."""
    after = waiver_edit.added("w.yml", before, ENTRY)
    kept = before.replace(b" []", b"")
    assert after.startswith(kept)
    from reviewbot.policy.yaml_source import load  # noqa: PLC0415 (this test alone needs it)

    assert load("w", after).data["waivers"][-1] == ENTRY
    assert (b"\r\n" in after) is (b"\r\n" in before)
    assert after.count(b"\n") - after.count(b"\r\n") in {0, after.count(b"\n")}


def test_a_new_file_is_made():
    """With its version."""
    assert read(waiver_edit.added("w.yml", None, ENTRY)) == (one(),)


@pytest.mark.parametrize(
    "before",
    [b"version: 1\nwaivers:\n  - rule: a\nmore: 1\n", b"version: 1\nwaivers: [{rule: a}]\n", b"version: 1\n"],
)
def test_a_file_that_cannot_be_added_to_is_left_alone(before):
    """The entry is given to be put there by hand."""
    with pytest.raises(UsageError, match="by hand:\n  - rule: python-weak-hash"):
        waiver_edit.added("w.yml", before, ENTRY)


words = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\x85"),
    min_size=1,
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(words, min_size=1, max_size=3), words)
def test_any_words_are_written_so_that_they_are_read_again(before, after):
    """Values that look like numbers, dates, lists, comments or YAML's own marks come back as they went in."""
    entry = {"reason": after, "ticket": "SEC-1"}
    made = waiver_edit.added("w.yml", None, {"reason": before[0], "until": "2027-01-31"})
    for word in before[1:]:
        made = waiver_edit.added("w.yml", made, {"reason": word})
    more = waiver_edit.added("w.yml", made, entry)
    assert more.startswith(made)
    from reviewbot.policy.yaml_source import load  # noqa: PLC0415 (this test alone needs it)

    assert load("w", more).data["waivers"][-1] == entry


APPROVED = [
    b"version: 1\nwaivers:\n  - rule: a\n    requested_by: bob\n    # soon\n    until: x  # u\n",
    b"version: 1\nwaivers:\n  - requested_by: bob\n    reason: >\n      a: b\n      c\n",
    b"version: 1\r\nwaivers:\r\n- reason: x\r\n  requested_by: bob",
    b"version: 1\nwaivers:\n  - reason: x\n    requested_by:\n      bob\n    until: y\nmore: z\n",
    b"version: 1\nwaivers:\n  - requested_by: bob\n    approved_by: carol  # was\n    signature: old\n",
]


@pytest.mark.parametrize("before", APPROVED)
def test_an_approval_changes_its_own_lines_only(before):
    """Each other line stays byte for byte, in its order."""
    from reviewbot.policy.yaml_source import load  # noqa: PLC0415 (this test alone needs it)

    after = waiver_edit.changed("w.yml", before, 0, {"approved_by": "alice", "signature": "c2lnbmVk"})
    entry = load("w", after).data["waivers"][0]
    assert (entry["approved_by"], entry["signature"]) == ("alice", "c2lnbmVk")
    ours = (b"approved_by:", b"signature:")
    rest = [line for line in after.split(b"\n") if not line.strip().startswith(ours)]
    assert [line.rstrip(b"\r") for line in rest] == [
        line.rstrip(b"\r") for line in before.split(b"\n") if not line.strip().startswith(ours)
    ]
    assert b"# was" in after or b"# was" not in before


def test_an_entry_in_one_line_is_not_rewritten():
    """It would have to be written anew."""
    with pytest.raises(UsageError, match="by hand"):
        waiver_edit.changed(
            "w.yml", b"version: 1\nwaivers:\n  - {requested_by: bob}\n", 0, {"approved_by": "alice"}
        )


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=6), min_size=1, max_size=6), st.integers(1, 4))
def test_stretches_of_lines_have_the_digests_of_waivers(lines, most):
    """What looks for unused waivers digests as what makes them."""
    wanted = {
        whole_digest(lines[at : at + size])
        for at in range(len(lines))
        for size in range(1, most + 1)
        if at + size <= len(lines)
    }
    assert set(digests_in(lines, most)) == wanted
