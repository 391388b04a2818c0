"""Remarks as a review would make them, and remarks whose every word was written by somebody hostile."""

from dataclasses import replace

from hypothesis import strategies as st

from reviewbot.domain.anchor import Anchor, Line, Place, Side
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.forge import Capabilities, SuggestionStyle
from reviewbot.domain.paths import from_bytes
from reviewbot.domain.wanted import Failing, Gap, Piece, Remark, Suggestion, Tests, Wanted

MARKER = "<!-- reviewbot/1 finding fp=3f9a0c k=1a2b3c4d mac=00 -->"
CAPS = {
    SuggestionStyle.LINES: Capabilities(SuggestionStyle.LINES, 3, 65_536, 140, 50),
    SuggestionStyle.OFFSETS: Capabilities(SuggestionStyle.OFFSETS, 3, 1_000_000, 255, 1),
    SuggestionStyle.RANGE: Capabilities(SuggestionStyle.RANGE, None, 150_000, 200, 1),
    SuggestionStyle.DIFF: Capabilities(SuggestionStyle.DIFF, None, 150_000, 200, 1),
}


def lines(first, last, path="src/users.py", side=Side.NEW):
    """An anchor on added lines (new side) or removed ones (old side)."""
    if side is Side.NEW:
        ends = (Line(None, first, 9, first), Line(None, last, 9, last))
    else:
        ends = (Line(first, None, first, 9), Line(last, None, last, 9))
    return Anchor(path, path, side, *ends, 40)


PATCH = Suggestion(
    before=('    cur.execute("SELECT * FROM users WHERE name = \'" + name + "\'")',),
    lines=('    cur.execute("SELECT * FROM users WHERE name = %s", (name,))',),
    appliable=True,
    proof="applies · parses · finding gone · no new findings · 14 tests pass",
    name="3f9a0c",
)
WIDE = Suggestion(
    before=(),
    lines=(),
    appliable=False,
    proof="applies · parses · finding gone · no new findings",
    pieces=(
        Piece(3, (), ("import tenacity",)),
        Piece(80, ("requests.get(URL)",), ("again = tenacity.retry(requests.get)", "again(URL, timeout=10)")),
    ),
    name="5f0000",
    safe=False,
    by_model=True,
    needs=("tenacity",),
)

REMARK = Remark(
    fingerprint="3f9a0c0000000001",
    moved="3f9a0c0000000002",
    rule="python-sql-built-from-input",
    catalogued=True,
    by=("semgrep", "model"),
    severity=Severity.ERROR,
    confidence=Confidence.HIGH,
    cwe=(89,),
    place=Place("src/users.py", Side.NEW, 33, 33),
    anchor=lines(33, 33),
    why="",
    quote="0" * 16,
    quote_lines=1,
    title="SQL is built from request data",
    reason="Text that came from a request becomes part of the statement, so the sender decides what the database runs.",
    explanation="`name` comes from the query string (line 31). `find_user` in `src/db.py` shows how this project passes parameters.",
    commit=None,
    suggestion=PATCH,
)

KEY = replace(
    REMARK,
    fingerprint="4f00000000000001",
    rule="secret-private-key",
    by=("secrets",),
    cwe=(798,),
    place=Place("deploy/key.pem", Side.NEW, 1, 28),
    anchor=None,
    why="outside of the diff",
    title="Private key in the repository",
    reason="Whoever can read the repository has the key.",
    explanation="",
    suggestion=None,
)

TIMEOUT = replace(
    REMARK,
    fingerprint="5f00000000000001",
    rule="python-request-without-timeout",
    by=("model",),
    severity=Severity.WARNING,
    cwe=(),
    place=Place("src/sync.py", Side.NEW, 80, 92),
    anchor=lines(80, 84, "src/sync.py"),
    title="Timeout missing on an outgoing request",
    reason="The caller waits as long as the other side likes.",
    explanation="A worker waits here for ever.",
    suggestion=None,
)

TESTS = Tests(
    passed=14,
    failed_count=2,
    failed=(
        Failing(
            "tests/test_sync.py::test_waits",
            ("    def test_waits():", ">       assert wait() == 3", "E       AssertionError"),
        ),
        Failing("tests/test_sync.py::test_again", ()),
    ),
    exit_code=1,
    broken="",
    gate=False,
)

WANTED = Wanted(
    head="9ab31e7" + "0" * 33,
    merge_base="4f1d2c0" + "0" * 33,
    files=14,
    remarks=(KEY, TIMEOUT, REMARK),
    settled=(),
    read_by=(),
    renamed=(),
    present=(),
    gaps=(Gap("data/big.min.js", (("semgrep", "over the size limit (3.1 MB)"),)),),
    complete=False,
    at_threshold=2,
    exit_code=3,
    counts=("3 in the base already", "1 waived"),
    about=(("packs", ("house 1.2.0 sha256:0011", "security 0.9")), ("reviewbot", ("0.1.0",))),
    notes=("uncommitted work is left out",),
)

PIECES = [
    *(
        "/approve",
        "/merge",
        "/close\r",
        "\r/label ~x",
        "/quick",
        "> /close",
        ">>>",
        "//",
        "/*",
        "/",
        "\\",
        "\\`",
    ),
    *(
        "@root",
        "@dependabot merge",
        "bors r+",
        "fixes #1",
        "Closes !2",
        "closes GH-12",
        "SEC-1182",
        "deadbeef",
    ),
    *(
        "![x](https://evil.example/?d=1)",
        "[x](javascript:1)",
        "[x][y]",
        "\n[y]: https://evil.example\n",
        "data:,x",
    ),
    *(
        "<img src=https://evil.example>",
        "<script>",
        "</sub>",
        "<sub>",
        "<details>",
        "</details>",
        "<br>",
        "&lt;",
    ),
    *(
        "<!-- reviewbot/1 finding fp=00 k=00000000 mac=00 -->",
        "<!--",
        "-->",
        "<!-->",
        "<!-- REVIEWBOT",
        "]]>",
        "<?",
    ),
    *(
        "`",
        "``",
        "```",
        "````",
        "~~~",
        "\n```\n",
        "\n```suggestion\n",
        "\n````\n",
        "\n~~~\n",
        "```suggestion:-0+0",
    ),
    *(
        "\u202e",
        "\u200b",
        "\ufeff",
        "\x00",
        "\x1b[0m",
        "\u2028",
        "\udc80",
        "\ud800",
        "\r",
        "\r\n",
        "\n",
        "\t",
        "  ",
    ),
    *(
        "::warning::x",
        "##vso[task.complete]",
        "##[group]",
        "##",
        "[",
        "vso[",
        "#",
        "!",
        "|",
        "*",
        "_",
        "**",
        "$",
        "%",
    ),
    *(
        "1.",
        "1)",
        "- ",
        "+ ",
        "    ",
        "---",
        "===",
        "# x",
        "a",
        "word",
        "漢字",
        "e\u0301",
        "x@y.z",
        "www.evil.example",
    ),
    *(
        "https://evil.example",
        ":smile:",
        "{+x+}",
        "$`x`$",
        "[[_TOC_]]",
        "{{7*7}}",
        "AB#12",
        "~label",
        "&1",
        "%1",
    ),
]
hostile = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=10).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=10).map(" ".join),
    st.text(max_size=30),
)
code_lines = st.lists(st.one_of(hostile, st.sampled_from(PIECES)), max_size=5).map(tuple)


def _is_path(text):
    return bool(text) and not any("\ud800" <= char < "\udc80" or "\udcff" < char <= "\udfff" for char in text)


# Git's paths are bytes: no lone surrogate but those that carry a byte.
paths = st.one_of(
    hostile.filter(bool).map(lambda text: text.replace("\ud800", "")).filter(_is_path),
    st.binary(min_size=1, max_size=12).map(from_bytes),
)


pieces = st.builds(Piece, st.integers(1, 99), code_lines, code_lines)


def suggestions(before):
    """One place or several, with hostile words all around."""
    about = {
        "name": hostile, "safe": st.booleans(), "by_model": st.booleans(), "needs": st.lists(hostile, max_size=2).map(tuple),
    }  # fmt: skip
    one = st.builds(Suggestion, st.just(before), code_lines, st.booleans(), hostile, **about)
    several = st.lists(pieces, max_size=3).map(tuple)
    return one | st.builds(Suggestion, st.just(()), st.just(()), st.just(False), hostile, several, **about)


tests = st.builds(
    Tests,
    st.none() | st.integers(0, 3),
    st.integers(0, 5),
    st.lists(st.builds(Failing, hostile, st.lists(hostile, max_size=3).map(tuple)), max_size=3).map(tuple),
    st.integers(-1, 2),
    st.just("") | hostile,
    st.booleans(),
)


@st.composite
def remarks(draw, *, anchored=True):
    before = draw(code_lines.filter(bool))
    first = draw(st.integers(1, 50))
    path = draw(paths)
    side = draw(st.sampled_from(Side))
    stands = lines(first, first + draw(st.sampled_from([len(before) - 1, 0, 120])), path, side)
    return Remark(
        fingerprint=draw(st.text("0123456789abcdef", min_size=16, max_size=16)),
        moved="0" * 16,
        rule=draw(hostile.filter(bool)),
        catalogued=draw(st.booleans()),
        by=draw(st.one_of(st.just(("model",)), st.tuples(hostile.filter(bool), st.just("model")))),
        severity=draw(st.sampled_from(Severity)),
        confidence=draw(st.sampled_from(Confidence)),
        cwe=draw(st.sampled_from([(), (89,), (22, 1004)])),
        place=Place(path, side, first, first + draw(st.integers(0, 9))),
        anchor=stands if anchored or draw(st.booleans()) else None,
        why=draw(hostile),
        quote="0" * 16,
        quote_lines=1,
        title=draw(hostile),
        reason=draw(hostile),
        explanation=draw(hostile),
        commit=draw(st.none() | st.just("c0ffee0" * 5 + "c0ffe")),
        suggestion=draw(st.none() | suggestions(before)),
    )
