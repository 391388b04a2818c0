"""Several patches go into one file together, or the later one stays out."""

import pytest
from mending_cases import CONTENT, OID, edit, offer, plan, taking

from reviewbot.domain.patch import Proof, State, Step, StepResult
from reviewbot.mending.plan import Lying


def overlaps(other):
    return f"it overlaps with {other}; when that is applied, `reviewbot fix --worktree` offers it anew"


def test_line_numbers_are_those_of_the_review():
    """What one patch puts in does not move the lines of the next."""
    new, refused = taking(
        offer("aaaa0000", edit(2, 1, "import re"), edit(3, 3, "1", "1.5")), offer("bbbb0000", edit(5, 5))
    )
    assert refused == {}
    assert new == b"import os\nimport re\n\n1\n1.5\ntwo\nfour\n"


def test_the_same_import_once():
    """Two patches that need the same import bring it once."""
    one, other = (
        offer("aaaa0000", edit(2, 1, "import re"), edit(3, 3, "1")),
        offer("bbbb0000", edit(2, 1, "import re"), edit(5, 5, "3")),
    )
    assert taking(one, other) == (b"import os\nimport re\n\n1\ntwo\n3\nfour\n", {})


def test_different_imports_at_the_same_place():
    """Both go in; of one that brings several, only those that are not there."""
    one, other = (
        offer("aaaa0000", edit(2, 1, "import re")),
        offer("bbbb0000", edit(2, 1, "import re", "from a.b import c")),
    )
    third = offer("cccc0000", edit(2, 1, "import re", "from a.b import c"))
    assert taking(one, other, third) == (
        b"import os\nimport re\nfrom a.b import c\n\none\ntwo\nthree\nfour\n",
        {},
    )


@pytest.mark.parametrize(
    "line", ["import x from 'y'", "const x = require('y')", "use std::fs;", '#include "x.h"', '\t"crypto/rand"', 'r "crypto/rand"']
)  # fmt: skip
def test_imports_of_other_languages(line):
    """They are told by how they look."""
    assert taking(offer("aaaa0000", edit(2, 1, "import re")), offer("bbbb0000", edit(2, 1, line)))[1] == {}


@pytest.mark.parametrize("line", ["check(x)", "x = 'import os'", "importlib.reload(os)", "return 'x'"])
def test_other_insertions_at_the_same_place_exclude_each_other(line):
    """Their order would mean something, and nobody has proven either."""
    one, other = offer("aaaa0000", edit(3, 2, "import re")), offer("bbbb0000", edit(3, 2, line))
    assert taking(one, other)[1] == {"bbbb0000": overlaps("aaaa0000")}


def test_the_same_edit_once():
    """Two findings of one line may have one remedy."""
    one, other = offer("aaaa0000", edit(3, 3, "1")), offer("bbbb0000", edit(3, 3, "1"), edit(5, 5, "3"))
    assert taking(one, other) == (b"import os\n\n1\ntwo\n3\nfour\n", {})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((3, 4), (4, 5)),
        ((3, 5), (4, 4)),
        ((4, 4), (3, 5)),
        ((3, 4), (4, 3)),
        ((4, 3), (3, 4)),
        ((3, 3), (3, 3)),
    ],
)
def test_the_later_of_two_that_want_the_same_lines_stays_out(one, other):
    """As a whole: its other edits do not go in either."""
    first = offer("aaaa0000", edit(*one, "x"))
    second = offer("bbbb0000", edit(*other, "y"), edit(6, 6, "4"))
    new, refused = taking(first, second)
    assert refused == {"bbbb0000": overlaps("aaaa0000")}
    assert b"four" in new


@pytest.mark.parametrize(
    ("one", "other"), [((3, 3), (4, 4)), ((3, 3), (4, 3)), ((3, 3), (3, 2)), ((4, 3), (4, 4))]
)
def test_neighbours_do_not_overlap(one, other):
    """Before and after is not on."""
    assert taking(offer("aaaa0000", edit(*one, "x")), offer("bbbb0000", edit(*other, "y")))[1] == {}


def test_only_the_bytes_that_were_reviewed():
    """A patch for another blob stays out."""
    why = taking(offer("aaaa0000", edit(3, 3, "x", oid="2" * 40)))[1]["aaaa0000"]
    assert why == "a.py is not as it was reviewed; review it as it is with `reviewbot fix --worktree`"


def test_all_files_of_a_patch_or_none():
    """One file that cannot be used keeps the patch out of the other too."""
    both = offer("aaaa0000", edit(3, 3, "x"), edit(1, 1, "x", path="b.py"))
    assert plan(b="is not there").obstacle(both) == "b.py is not there"
    assert plan().obstacle(both) == "b.py was not looked at"
    assert plan(b=Lying(b"b\n", frozenset({OID}))).obstacle(both) == ""


def test_edits_outside_of_the_file():
    """Whatever the review says of the blob."""
    assert taking(offer("aaaa0000", edit(7, 7, "x")))[1] == {"aaaa0000": "its edits do not fit the file"}


def test_edits_of_one_patch_that_overlap():
    """That is no patch."""
    assert (
        taking(offer("aaaa0000", edit(3, 4, "x"), edit(4, 5, "y")))[1]["aaaa0000"]
        == "its edits do not fit the file"
    )


def test_a_patch_that_changes_nothing_writes_nothing():
    """A file that would be the same is not touched."""
    assert plan().taking(offer("aaaa0000", edit(3, 3, "one"))).rewritten == ()


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.TESTS_PASS])
def test_only_what_is_proven(step):
    """A review from elsewhere may hold anything."""
    proof = Proof.of(StepResult(one, State.NOT_RUN if one is step else State.PASSED) for one in Step)
    assert taking(offer("aaaa0000", edit(3, 3, "x"), proof=proof))[1] == {
        "aaaa0000": "the review does not say that it is proven"
    }


def test_a_masked_text_is_not_written():
    """A placeholder for a secret is not what was proven."""
    assert "only masked" in taking(offer("aaaa0000", edit(3, 3, "x"), masked=True))[1]["aaaa0000"]


@pytest.mark.parametrize(
    "line", ["a\u200bb", "a\u202eb", "a\rb", "a\nb", "\ufeffa", "a\x1b[2Jb", "a\u00a0b", "caf\udce9"]
)
def test_nothing_hidden_is_written(line):
    """Exact or not: what a person could not see in the diff is not applied."""
    assert "hidden character" in taking(offer("aaaa0000", edit(3, 3, line)))[1]["aaaa0000"]


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/", "a\0b", ".git/config", "a/.GIT/hooks/x", ".git./x", "GIT~1/x",
     ".git::$INDEX_ALLOCATION/x", ".g\u200cit/x"],
)  # fmt: skip
def test_no_path_out_of_the_repository_or_into_gits_own(path):
    """Neither by name nor by what a file system takes for that name."""
    why = plan().obstacle(offer("aaaa0000", edit(1, 1, "x", path=path)))
    assert "is no path of this repository" in why or "is git's own" in why


def test_git_files_that_are_the_users():
    """A name that only begins so is a file like others."""
    made = plan()
    for path in (".gitignore", "a/.gitattributes", "x.git"):
        assert made.obstacle(offer("aaaa0000", edit(1, 1, "x", path=path))) == f"{path} was not looked at"


def test_what_no_commit_holds():
    """It is said for each file of the patch."""
    made = plan(
        uncommitted="has uncommitted changes",
        b=Lying(b"", frozenset(), "is not committed"),
        c=Lying(b"", frozenset()),
    )
    one = offer("aaaa0000", edit(3, 3, "x"), edit(1, 1, "x", path="b.py"), edit(1, 1, "x", path="c.py"))
    assert made.uncommitted(one) == "a.py has uncommitted changes, b.py is not committed"


def test_the_content_stays_where_nothing_is_taken():
    """No offers, no change."""
    assert taking() == (CONTENT, {})
