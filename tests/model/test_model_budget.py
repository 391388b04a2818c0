"""What is asked first, in what pieces; and the second view without comments."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.model.budget import (
    Chunk,
    affordable,
    by_risk,
    halves,
    likely_tokens,
    pack,
    section_tokens,
    tokens,
)
from reviewbot.model.hunks import Line, Section
from reviewbot.model.uncommented import without_comments


def section(first, count, *, mark="+", text="x = 1"):
    """Lines that all look alike."""
    return Section(tuple(Line(mark, first + n, text) for n in range(count)), first)


SECTIONS = st.lists(
    st.builds(
        lambda lines, first: Section(
            tuple(
                Line(mark, None if mark == "-" else first + n, "y" * width)
                for n, (mark, width) in enumerate(lines)
            ),
            first,
        ),
        st.lists(st.tuples(st.sampled_from("+- "), st.integers(0, 300)), min_size=1, max_size=30),
        st.integers(1, 10_000),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(SECTIONS, st.integers(20, 400))
def test_packing_loses_no_changed_line(sections, limit):
    """Every changed line is in exactly one chunk, in order; a chunk over the limit is a single line."""
    chunks = list(pack(sections, limit))

    packed = [line for chunk in chunks for part in chunk for line in part.lines if line.changed]
    assert packed == [line for part in sections for line in part.lines if line.changed]
    for chunk in chunks:
        size = sum(map(section_tokens, chunk))
        assert size <= limit or (len(chunk) == 1 and len(chunk[0].lines) == 1)


@settings(max_examples=100, deadline=None)
@given(SECTIONS.filter(bool))
def test_halving_loses_no_changed_line_and_ends(sections):
    """Splitting again and again ends at pieces that cannot be split, with every changed line kept."""
    todo, done = [Chunk("p", "p", tuple(sections), 0)], []
    steps = 0
    while todo:
        steps += 1
        assert steps < 1000
        chunk = todo.pop()
        parts = halves(chunk)
        todo += reversed(parts)
        if not parts:
            done.append(chunk)
    kept = [line for chunk in done for part in chunk.sections for line in part.lines if line.changed]
    assert kept == [line for part in sections for line in part.lines if line.changed]


def test_the_order_is_by_risk_and_settled_by_the_change():
    """Scanner hits first, then what looks sensitive, then what is new, then the path."""
    hit = Chunk("z.py", "z.py", (section(1, 1),), 1)
    sensitive = Chunk("y.py", "y.py", (section(1, 1, text="subprocess.run(password)"),), 0)
    long = Chunk("x.py", "x.py", (section(1, 50),), 0)
    short_a, short_b = Chunk("a.py", "a.py", (section(1, 1),), 0), Chunk("b.py", "b.py", (section(1, 1),), 0)
    wanted = [hit, sensitive, long, short_a, short_b]
    assert by_risk(reversed(wanted)) == wanted == by_risk(wanted)


def test_the_budget_is_a_bound():
    """What fits is asked; one that does not fit keeps no smaller one out."""
    exact = [50, 60, 40, 5]
    assert affordable([(1, lambda cost=cost: cost) for cost in exact], 100) == [True, False, True, True]
    assert affordable([(60, lambda: 60), (50, lambda: 1 // 0)], 100) == [True, False]


def test_dense_text_counts_more():
    """Base64 and hex have more tokens a byte than code."""
    assert tokens("a" * 3000) > 1.9 * tokens("abc def " * 375)
    assert tokens("字" * 100) >= 100
    assert likely_tokens("word " * 1000) < tokens("word " * 1000)
    assert likely_tokens(" " * 10_000) < 10


@pytest.mark.parametrize(
    ("path", "text", "bare"),
    [
        ("a.py", 'x = \'# no\' # yes\n# all\ny = """# doc\n"""  # z', 'x = \'# no\'\n\ny = """# doc\n"""'),
        ("a.py", "x = 'it\\'s # in' #out", "x = 'it\\'s # in'"),
        ("a.js", "f('//x'); // y\n/* a\nb */ g()\n`${1} // in`;//out", "f('//x');\n\n g()\n`${1} // in`;"),
        ("a.go", "a // b\r\nc", "a\nc"),
        ("a.sql", "select '--x' -- c\n/* y */ from t", "select '--x'\n from t"),
        ("a.html", "<a><!-- x\ny --></a>", "<a>\n</a>"),
        ("a.sh", 'echo "$#" $# # c', 'echo "$#" $#'),
        ("Dockerfile", "RUN x # y", "RUN x"),
        ("a.c", "/* open\nnever closed", "\n"),
        ("a.py", "'open # string\nx # y", "'open # string\nx"),
    ],
)
def test_comments_are_taken_out_line_for_line(path, text, bare):
    """Strings keep what looks like a comment; line numbers stay."""
    assert without_comments(path, text) == bare


def test_an_unknown_language_has_no_second_view():
    """Rather none than a wrong one."""
    assert without_comments("a.unknown", "# x") is None
    assert without_comments("LICENSE", "# x") is None


@settings(max_examples=200, deadline=None)
@given(
    st.text("ab#/*-'\"`\\\n <!>", max_size=80),
    st.sampled_from(["a.py", "a.js", "a.sql", "a.html", "a.php", "a.lua"]),
)
def test_taking_comments_out_keeps_the_lines(text, path):
    """Whatever the text, the lines are as many, and each is a part of what it was."""
    bare = without_comments(path, text)
    assert bare is not None
    assert bare.count("\n") == text.count("\n")


@pytest.mark.parametrize("piece", ["/*", '"', "'", "#", "//", "`", "\\", "<!--", "--[["])
def test_taking_comments_out_is_fast(piece):
    """Twice the text takes about twice the time, whatever it is made of."""

    def seconds(count):
        started = time.perf_counter()
        for path in ("a.py", "a.js", "a.html", "a.lua"):
            without_comments(path, piece * count)
        return time.perf_counter() - started

    seconds(1000)
    assert seconds(100_000) < 2.0
