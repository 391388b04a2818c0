"""What holds of any file around a finding: it stays byte for byte, and the mended code does what the old one did."""

import ast
import sqlite3
from types import SimpleNamespace

import libcst as cst
from hypothesis import given, settings
from hypothesis import strategies as st
from python_mending import marked, mended

from reviewbot.patches.fixing import Mended
from reviewbot.patches.python.module import code
from reviewbot.patches.python.texts import read
from reviewbot.patches.python.wording import worded

FEW = settings(max_examples=20, deadline=None)
AROUND = st.lists(
    st.sampled_from(
        [
            "x = 1  # why", "y = {\n    'a': 1,   # odd   spaces\n    'b':2,\n}", "# a comment", "def inner(a, *, b=2):\n    return lambda c: (a, b, c)",
            "class Inner:\n    z: int = 3\n\n    def method(self):\n        return f'{self.z!r:>4}'", "'''text\n  of several lines'''", "try:\n    pass\nfinally:\n    pass",
            "é = '\\u00e9 ä'", "if x := 3: pass", "",
        ]
    ),
    max_size=4,
)  # fmt: skip
INDENT = st.sampled_from(["    ", "  ", "\t"])
CONDITIONS = st.lists(
    st.tuples(st.sampled_from(["name", "note"]), st.sampled_from(["= '{}'", "LIKE '%{}'", "<> '{}'", "= 'x'", "IN ('a', '{}')"])),
    min_size=1,
    max_size=3,
)  # fmt: skip
STYLES = ("plus", "f", "percent", "format", "lines", "above")
VALUES = ("Ann", "a%b", "", "x' OR '1'='1", "O'Neil", '"', "\\", "?", "%s", ":a", "é")


def statement(conditions, style: str) -> str:
    """Write the expression of a statement with `value` put into the holes."""
    text = "SELECT rowid FROM users WHERE " + " AND ".join(f"{column} {how}" for column, how in conditions)
    holes = text.count("{}")
    tuples = "(" + "value, " * holes + ")"
    match style:
        case "f" | "above":
            return 'f"' + text.replace("{}", "{value}") + '"'
        case "percent":
            return '"' + text.replace("%", "%%").replace("{}", "%s") + f'" % {tuples}'
        case "format":
            return f'"{text}".format({tuples[1:-1]})'
    join = '"\n        + value\n        + "' if style == "lines" else '" + value + "'
    return '"' + text.replace("{}", join) + '"'


def indented(lines: list[str], indent: str) -> str:
    return "".join(f"{indent}{one}\n" if one else "\n" for text in lines for one in text.split("\n"))


@FEW
@given(st.tuples(AROUND, AROUND, AROUND), CONDITIONS, st.sampled_from(STYLES), INDENT)
def test_a_statement_is_mended_in_any_surroundings(around, conditions, style, indent):
    """Only the statement's own lines change, and the rows are those that a careful program would get."""
    head, before, behind = around
    expression = statement(conditions, style)
    if "value" not in expression:
        return
    own = [f"statement = {expression}", "return cur.execute(statement).fetchall()"]
    if style != "above":
        own = [f"return cur.execute({expression}).fetchall()"]
    above = (
        "import sqlite3\n"
        + "".join(f"{one}\n" for one in head)
        + "\n\ndef run(cur, value):\n"
        + indented(before, indent)
    )
    below = indented(behind, indent) + "\n\nlast = 1\n"
    middle = "".join(f"{indent}{line}\n" for line in own)
    line = above.count("\n") + len(own)
    text = above + middle + below
    answer = type(marked("sql-parameters", "\n>"))("sql-parameters", text, line).mended()
    assert isinstance(answer, Mended), (answer, text)
    assert answer.text.startswith(above)
    assert answer.text.endswith(below)
    ast.parse(answer.text)
    assert ", )" not in answer.text[len(above) : -len(below)]
    found: dict = {}
    exec(
        compile(
            "def run(cur, value):\n" + indented(own_lines(answer.text, above, below, indent), "    "),
            "x",
            "exec",
        ),
        found,
    )
    check_rows(found["run"], conditions)


def own_lines(text: str, above: str, below: str, indent: str) -> list[str]:
    return [line.removeprefix(indent) for line in text[len(above) : -len(below)].split("\n")]


def check_rows(run, conditions) -> None:
    """Compare with a statement that was written with parameters by hand."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE TABLE users (name TEXT, note TEXT)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", [(a, b) for a in VALUES for b in VALUES])
        for value in VALUES:
            parts, given_values = [], []
            for column, how in conditions:
                content = {"LIKE '%{}'": f"%{value}"}.get(how, value)
                parts.append(f"{column} " + how.replace("'{}'", "?").replace("'%{}'", "?"))
                given_values += [content] * ("{}" in how)
            careful = "SELECT rowid FROM users WHERE " + " AND ".join(parts)
            assert run(connection.cursor(), value) == connection.execute(careful, given_values).fetchall()
    finally:
        connection.close()


LITERALS = st.text("ab '\"{}%\n\\é", max_size=5)
NAMES = st.sampled_from(["a", "b.c", "d['e']", "f(1)", "(g + '1')"])


@st.composite
def texts(draw) -> str:
    """Write an expression that builds a text in one of the ways."""
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["plain", "f", "name", "implicit"]))
        literal = draw(LITERALS)
        if kind == "plain":
            pieces.append(repr(literal))
        elif kind == "f":
            name = draw(st.sampled_from(["a", "b.c"]))
            pieces.append("f" + repr(literal.replace("{", "{{").replace("}", "}}") + "{" + name + "}"))
        elif kind == "implicit":
            pieces.append(f"{literal!r} {draw(LITERALS)!r}")
        else:
            pieces.append(draw(NAMES))
    return draw(st.sampled_from([" + ", "\n + "])).join(pieces)


@FEW
@given(texts())
def test_a_text_that_is_taken_apart_and_put_together_is_the_same(written):
    """Whatever is not replaced means what it meant."""
    node = cst.parse_expression(f"({written})")
    text = read(node)
    if text is None:
        return
    again = worded(text, text.units)
    if again is not None:
        assert value_of(code(again)) == value_of(written)


def value_of(written: str) -> str:
    names = {"a": "A", "b": SimpleNamespace(c="{C}"), "d": {"e": "'E"}, "f": str, "g": "G"}
    exec(compile(f"found = ({written})", "text", "exec"), names)
    return names["found"]


@FEW
@given(
    AROUND,
    AROUND,
    INDENT,
    st.sampled_from(
        ["", "# top\n", '"""Doc."""\n', "import flask\n", "from __future__ import annotations\n"]
    ),
)
def test_an_import_is_all_that_changes_elsewhere(before, behind, indent, top):
    """Taking the added lines away gives the file back."""
    text = top + "\n\ndef run(value):\n" + indented(before, indent)
    text += f"{indent}return eval(value)\n" + indented(behind, indent)
    line = text.split("\n").index(f"{indent}return eval(value)") + 1
    answer = type(marked("sql-parameters", "\n>"))("literal-eval", text, line).mended()
    assert isinstance(answer, Mended)
    lines = [one for one in answer.text.split("\n") if one not in {"import ast", ""}]
    assert lines == [
        one.replace("eval(value)", "ast.literal_eval(value)") if "eval(" in one else one
        for one in text.split("\n")
        if one
    ]


def test_line_ends_of_a_text_in_the_code_stay():
    """A long string with every kind of line in it is not touched."""
    text = "import sqlite3\n\nTEXT = '''\n\n\ta \\\n  b\n'''\n\n\ndef run(cur, name):\n>   cur.execute('SELECT 1 FROM t WHERE a = \"' + name + '\"')\n"
    assert "TEXT = '''\n\n\ta \\\n  b\n'''\n" in mended("sql-parameters", text)
