"""File versions of earlier commits of the range."""

import pytest

from reviewbot.change.caps import Caps
from reviewbot.change.history import collect_history, parse_history
from reviewbot.errors import UsageError

KEY = b"key = 'AKIA'\n"


def versions(change):
    return [(blob.commit, blob.path) for blob in change.history]


def test_a_key_that_came_and_went(bare):
    """A file added by one commit and removed by the next is in the history; the head's own files are not."""
    base = bare.commit("main", {"a.py": b"a\n"})
    leak = bare.commit("feature", {"a.py": b"a\n", "key.py": KEY}, parents=[base])
    bare.commit("feature", {"a.py": b"b\n"}, parents=[leak])
    change = bare.collect(base="main", head="feature")

    assert versions(change) == [(leak, "key.py")]
    with bare.open() as repository:
        assert repository.read(change.history[0].oid) == KEY


def test_versions_that_base_or_head_show_are_left_out(bare):
    """An edit that was taken back brings nothing, nor does what the head still holds elsewhere."""
    base = bare.commit("main", {"a.py": b"a\n", "old.py": b"old\n" * 9})
    one = bare.commit("feature", {"a.py": b"x\n", "old.py": b"old\n" * 9}, parents=[base])
    two = bare.commit("feature", {"a.py": b"a\n", "moved.py": b"old\n" * 9}, parents=[one])
    bare.commit(
        "feature", {"a.py": b"a\n", "moved.py": b"old\n" * 8 + b"new\n", "b.py": b"b\n"}, parents=[two]
    )
    change = bare.collect(base="main", head="feature")

    assert versions(change) == [(one, "a.py")]


def test_each_content_once_with_its_newest_commit(bare):
    """The same key in two files and two commits is read once."""
    base = bare.commit("main", {"a.py": b"a\n"})
    one = bare.commit("feature", {"a.py": b"a\n", "k1.py": KEY}, parents=[base])
    two = bare.commit("feature", {"a.py": b"a\n", "k2.py": KEY}, parents=[one])
    bare.commit("feature", {"a.py": b"b\n"}, parents=[two])

    assert versions(bare.collect(base="main", head="feature")) == [(two, "k2.py")]


def test_merges_bring_only_what_no_parent_has(bare):
    """What two merges of main bring is main's, old versions too; what a merge commit itself adds is the branch's."""
    base = bare.commit("main", {"a.py": b"a\n"})
    side = bare.commit("feature", {"a.py": b"a\n", "f.py": b"f\n"}, parents=[base])
    main = bare.commit("main", {"a.py": b"a\n", "m.py": b"first\n"}, parents=[base])
    merge = bare.commit("feature", {"a.py": KEY, "f.py": b"f\n", "m.py": b"first\n"}, parents=[side, main])
    main = bare.commit("main", {"a.py": b"a\n", "m.py": b"second\n"}, parents=[main])
    again = bare.commit("feature", {"a.py": KEY, "f.py": b"f\n", "m.py": b"second\n"}, parents=[merge, main])
    bare.commit("feature", {"a.py": b"clean\n", "f.py": b"f\n", "m.py": b"second\n"}, parents=[again])

    assert versions(bare.collect(base="main", head="feature")) == [(merge, "a.py")]


def test_links_and_submodules_are_no_files(bare):
    """Only regular files are listed."""
    base = bare.commit("main", {"a.py": b"a\n"})
    one = bare.commit(
        "feature", {"a.py": b"a\n", "l": ("120000", b"/etc"), "s": ("160000", "1" * 40)}, parents=[base]
    )
    bare.commit("feature", {"a.py": b"b\n"}, parents=[one])

    assert bare.collect(base="main", head="feature").history == ()


def test_odd_names_in_the_history(bare):
    """Names with newlines and foreign bytes are kept."""
    base = bare.commit("main", {"a.py": b"a\n"})
    one = bare.commit("feature", {"a.py": b"a\n", b":100644\n\xff.py": KEY}, parents=[base])
    bare.commit("feature", {"a.py": b"b\n"}, parents=[one])

    assert versions(bare.collect(base="main", head="feature")) == [(one, ":100644\n\udcff.py")]


def test_a_first_commit_has_a_history_too(bare):
    """Against the empty tree, every version that is gone from the head is listed."""
    one = bare.commit("main", {"key.py": KEY})
    bare.commit("main", {"a.py": b"a\n"}, parents=[one])
    change = bare.collect(base="4b825dc642cb6eb9a060e54bf8d69288fbee4904", head="main")

    assert versions(change) == [(one, "key.py")]


@pytest.mark.parametrize(
    ("caps", "words"), [(Caps(commits=2), "commits were read"), (Caps(versions=2), "file versions were read")]
)
def test_beyond_the_caps_a_sentence_says_so(bare, caps, words):
    """What was not read is said in a note that begins with `history:`."""
    base = last = bare.commit("main", {"a.py": b"a\n"})
    for number in range(4):
        last = bare.commit("feature", {"a.py": b"%d\n" % number}, parents=[last])
    with bare.open() as repository:
        assert collect_history(repository, base, last, ()).notes == ()
        found = collect_history(repository, base, last, (), caps)

    assert len(found.blobs) == 2
    assert len(found.notes) == 1
    assert found.notes[0].startswith("history: ")
    assert words in found.notes[0]


@pytest.mark.parametrize(
    "fields",
    [[b":100644 100644 x"], [b"a" * 40, b":100644"], [b":000000 100644 0 1 A", b"a.py"], [b"a" * 40, b":000000 100644 0 1 A"]],
)  # fmt: skip
def test_what_does_not_fit_is_refused(fields):
    """A list that is cut off or garbled is an error."""
    with pytest.raises(UsageError, match="could not be read"):
        list(parse_history(iter(fields)))
