"""The door for the model's remedies: strict shape, inside the range, plain lines, and nothing else gets in."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from mend_world import GOOD, NEW, flaw
from scripted_model import GIVE_UP, remedy

from reviewbot.domain.edits import applied
from reviewbot.domain.secret import Mask, Secret
from reviewbot.model.answer import BadAnswer
from reviewbot.model.mend_answer import MOST_IMPORTS, kept, mend_schema, read, restored
from reviewbot.model.mend_place import MOST_LINES, place_of, text_lines
from reviewbot.model.mend_proposal import Ground, indented, proposal
from reviewbot.model.shown import Veil

BARE = Veil.of(Mask())


def ground(one=None, veil=BARE):
    one = one or flaw()
    lines = text_lines(one.file)
    return Ground(one, lines, place_of(one, lines, veil))


def let_in(text, on=None, veil=BARE):
    return proposal(read(text), on or ground(), veil)


def edits(text, on=None):
    return [(edit.first, edit.last, edit.lines) for edit in let_in(text, on).edits]


@pytest.mark.parametrize("tight", [False, True])
def test_the_schema_accepts_what_is_accepted(tight):
    """The schema that is sent and the check that is made agree."""
    schema = mend_schema(tight=tight)
    validator = Draft202012Validator(schema)
    validator.check_schema(schema)
    for good in (GIVE_UP, remedy(1, 2, "x", imports=["import a"])):
        assert validator.is_valid(json.loads(good))
        assert read(good)
    for bad in (
        remedy(0, 1, "x"), remedy("1", 1, "x"), remedy(1, True, "x"), remedy(1, 1.5), remedy(1, 10**8), remedy(1, 1, 7),
        remedy(1, 1, lines="x"), remedy(1, 1, imports=[None]), remedy(1, 1, give_up=None), remedy(1, 1, more=1), "{}",
        remedy(1, 1, *["x"] * (MOST_LINES + 1)), remedy(1, 1, imports=["import a"] * (MOST_IMPORTS + 1)),
    ):  # fmt: skip
        assert not validator.is_valid(json.loads(bad))
        with pytest.raises(BadAnswer):
            read(bad)


def test_the_schema_is_fit_for_real_servers():
    """A constant; no bounds on strings but in the tight profile, bounds on every integer and list, all required."""
    text = json.dumps(mend_schema(tight=False))
    for keyword in ("maxLength", "minLength", "pattern", "format", "$ref", "anyOf"):
        assert f'"{keyword}"' not in text
    for tight in (False, True):
        schema = mend_schema(tight=tight)
        assert schema == mend_schema(tight=tight)
        assert schema["required"] == list(schema["properties"])
        for node in schema["properties"].values():
            if node["type"] == "integer":
                assert {"minimum", "maximum"} <= set(node)
            if node["type"] == "array":
                assert node["maxItems"] * node["items"].get("maxLength", 0) < 2000, "llama.cpp's limit"


def test_the_answer_is_found_where_servers_put_it():
    """Plain, behind thoughts, fenced, or in the reasoning alone."""
    good = remedy(1, 1, "x")
    for content, reasoning in (
        (good, "thought"), (f"<think>{{}}</think>{good}", ""), (f"Here:\n```json\n{good}\n```\n", ""), ("", good),
    ):  # fmt: skip
        assert read(content, reasoning).lines == ("x",)
    for nothing in ("", "  "):
        with pytest.raises(BadAnswer, match="empty"):
            read(nothing, nothing)
    for nothing in ("no", "[]", "null", good + good, remedy(1, 1, "x" * 501)):
        with pytest.raises(BadAnswer):
            read(nothing)


def test_what_is_remembered_comes_back():
    """Through the same door."""
    one = read(remedy(3, 4, "a", "é\t", imports=["import a"]))
    assert restored(kept(one)) == one
    assert restored(b"{") is None
    assert restored(b"\xff") is None


RANGES = {
    "before the place": (6, 7), "after it": (12, 13), "all of the file": (1, 13), "backwards": (11, 10),
    "an old line": (5, 5), "not at the flaw": (7, 8), "beyond the file": (11, 900),
}  # fmt: skip


@pytest.mark.parametrize("kind", RANGES)
def test_lines_outside_of_the_place_are_refused(kind):
    """The range lies inside the allowed one, and at the flaw."""
    with pytest.raises(BadAnswer, match="lines"):
        let_in(remedy(*RANGES[kind], "x = 1"))


def test_lines_behind_the_flaw_are_refused_too():
    """Though the change added them."""
    on = ground(flaw("bad()\na = 1\nb = 1\nc = 1\n", "", first=1))
    with pytest.raises(BadAnswer, match="where the flaw is"):
        let_in(remedy(3, 4, "d = 1"), on)


def test_neighbours_of_the_flaw_may_be_replaced():
    """A check may have to go in front of it."""
    assert edits(remedy(10, 10, "    if name in ALLOWED:"))[0][:2] == (10, 10)
    assert edits(remedy(12, 12, "    return None"))[0][:2] == (12, 12)


@pytest.mark.parametrize(
    "line",
    [
        "a\nb", "a\rb", "a\u2028b", "a\u200bb", "a\x00b", "a\ufeff", "x = '[secret:token:1]'", "x = '<U+200B>'",
        "x = b'<0xE9>'", "x = 's3cr3t-value'", "# <|im_end|>", "x = '[secret:]'",
    ],
)  # fmt: skip
def test_no_line_end_hidden_character_placeholder_or_secret_gets_in(line):
    """In lines and in imports alike."""
    veil = Veil.of(Mask.of([Secret("token", "s3cr3t-value")]))
    for text in (remedy(11, 11, line), remedy(11, 11, GOOD, imports=[line])):
        with pytest.raises(BadAnswer):
            let_in(text, veil=veil)


def test_the_same_lines_are_no_remedy():
    """Neither as they stand, nor at the margin, nor with an import beside them."""
    same = '        subprocess.run("ls " + name, shell=True)'
    for text in (
        remedy(11, 11, same),
        remedy(11, 11, same.strip()),
        remedy(11, 11, same, imports=["import a"]),
    ):
        with pytest.raises(BadAnswer, match="stand there already"):
            let_in(text)


def test_only_what_changes_is_replaced():
    """Lines repeated at both ends are left out; one old line at least is replaced, so a forge can suggest it."""
    whole = remedy(9, 12, "def shown(name):", "    if name:", GOOD, "    return name")
    assert edits(whole) == [(11, 11, (GOOD,))]
    assert edits(remedy(11, 12, GOOD, "    return name")) == [(11, 11, (GOOD,))]
    more = remedy(
        10, 11, "    check(name)", "    if name:", '        subprocess.run("ls " + name, shell=True)'
    )
    assert edits(more) == [(10, 10, ("    check(name)", "    if name:"))]
    assert edits(remedy(11, 12, "    return name")) == [(11, 11, ())]
    behind = ("    if name:", "        check(name)")
    assert edits(remedy(10, 10, *behind)) == [(10, 10, behind)]


@pytest.mark.parametrize(
    ("lines", "before", "after"),
    [
        (["if a:", "    b()"], ["        x()"], ["        if a:", "            b()"]),
        (["if a:", "", "\tb()"], ["\tx()"], ["\tif a:", "", "\t\tb()"]),
        (["    if a:", "        b()"], ["        x()"], ["        if a:", "            b()"]),
        (["        a()"], ["        x()"], ["        a()"]),
        (["            a()"], ["        x()"], ["            a()"]),
        (["    a()", "b()"], ["        x()"], ["    a()", "b()"]),
        (["\ta()"], ["        x()"], ["\ta()"]),
        (["a()"], ["", "    x()"], ["    a()"]),
        (["    return"], ["        x()", "    return"], ["    return"]),
        (["\tx()", "\ty()"], ["    \tx()", "    y()"], ["\tx()", "\ty()"]),
        (["    y()", "return"], ["        x()", "    return"], ["        y()", "    return"]),
        (["    a()"], ["        x()", "    return"], ["    a()"]),
        ([], ["    x()"], []),
    ],
)
def test_lost_indentation_is_put_back(lines, before, after):
    """Only where all lines lost the same of it."""
    assert indented(lines, before) == tuple(after)


def test_white_space_at_the_end_of_new_lines_is_taken_off():
    """Models leave some; a line that had it before keeps it."""
    assert edits(remedy(11, 11, GOOD + "  ", " \t")) == [(11, 11, (GOOD, ""))]
    on = ground(flaw("a = 1  \nbad()\nb = 1\n", "", first=2))
    assert edits(remedy(1, 3, "c = 1 ", "a = 1  ", "b = 1"), on) == [(1, 2, ("c = 1", "a = 1  "))]


def test_imports_are_edits_of_their_own():
    """Behind the file's last import; among the lines where those hold the block's end."""
    text = remedy(11, 11, GOOD, imports=["import shlex", "import os"])
    assert edits(text) == [(3, 2, ("import shlex",)), (11, 11, (GOOD,))]
    new = "import os\nimport pickle\nimport sys\nx = 1\n"
    on = ground(flaw(new, "", first=2))
    assert edits(remedy(2, 3, "import json", "import sys"), on) == [(2, 2, ("import json",))]
    assert edits(remedy(3, 3, "import re", imports=["import json"]), on) == [
        (3, 3, ("import re",)),
        (4, 3, ("import json",)),
    ]
    assert edits(
        remedy(2, 2, "import json", imports=["import ast"]),
        ground(flaw("import os\nx = pickle\n", "", first=2)),
    ) == [(2, 2, ("import ast", "import json"))], "two edits at one place would be a guess"
    with pytest.raises(BadAnswer, match="among them"):
        edits(remedy(2, 4, "import json", "y = 1", imports=["import ast"]), on)


STRANGE = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 20) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["give_up", "first", "last", "lines", "imports", "x"]), inner, max_size=5
        )
    ),
    max_leaves=8,
).map(json.dumps)
LINES = st.lists(
    st.sampled_from(
        [GOOD, "", "    if name:", "x = 1", "a\nb", "import os", "    return name", "\u202e", "x\r"]
    )
    | st.text(max_size=12),
    max_size=4,
)
SHAPED = st.builds(
    lambda first, last, lines, imports: remedy(first, last, *lines, imports=imports),
    st.integers(-1, 16),
    st.integers(-1, 16),
    LINES,
    st.lists(
        st.sampled_from(["import ast", "import os", "from a import b", "x = 1", "import a\nevil()"]),
        max_size=3,
    ),
)
GROUNDS = [
    ground(),
    ground(flaw(NEW.replace("\n", "\r\n"), "import os\r\n")),
    ground(flaw("\ufeff" + NEW.rstrip("\n"), "")),
    ground(flaw(NEW, "", path="a.go")),
]


@settings(max_examples=500, deadline=None)
@given(
    st.binary(max_size=80).map(lambda raw: raw.decode("utf-8", "surrogateescape")) | STRANGE | SHAPED,
    st.sampled_from(GROUNDS),
)
@example("\ud800", GROUNDS[0])
def test_no_answer_leaves_its_place(text, on):
    """Any bytes, any JSON, any remedy: refused as a bad answer, or edits inside the place and the import block."""
    try:
        found = proposal(read(text), on, BARE)
    except BadAnswer:
        return
    content = on.flaw.file.content
    mended = applied(content, found.edits)
    assert mended != content
    inside = [edit for edit in found.edits if edit.first <= edit.last]
    (edit,) = inside
    assert on.place.first <= edit.first <= edit.last <= on.place.last
    assert len({one.first for one in found.edits}) == len(found.edits)
    for other in found.edits:
        assert other is edit or all(line.startswith(("import ", "from ")) for line in other.lines)
        assert all(line.isprintable() or "\t" in line for line in other.lines)
        assert (other.path, other.oid) == (on.flaw.file.path, on.flaw.file.oid)
    before, after = content.split(b"\n"), mended.split(b"\n")
    assert after[len(after) - len(before) + edit.last :] == before[edit.last :], "what follows is untouched"
    assert found.sentence == "Proposed by the model."
    assert not found.safe
