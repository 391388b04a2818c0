"""What holds of every fix, on any file: the rest of the file stays, and the grammar understands as much as before."""

import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trees_examples import lines_of, mended, structural_rules

from reviewbot.domain.structural import STRUCTURAL
from reviewbot.patches.fixing import Asked, Mended, Unmended
from reviewbot.patches.trees.grammars import SCRIPTS, ending, parser_for
from reviewbot.patches.trees.shell_quotes import Place, place_of
from reviewbot.patches.trees.source import Rewritten, broken, edited, fix

RULES = structural_rules()
SCRIPT_RULES = [rule for rule, of in RULES.items() if of["path"].endswith(".js")]
LINE_RULES = [rule for rule in RULES if rule not in SCRIPT_RULES]
FIXES = sorted(name for name, one in STRUCTURAL.items() if one.module.startswith(("trees.", "secret_store")))

AROUND = st.lists(
    st.sampled_from(
        ["", "// a comment", "const one = 1;", "let zwei = 'ä';", "function three() { return 3 }", "\tfour()", "if (five) { six(); }"]
    ),
    max_size=4,
)  # fmt: skip
COMMENTS = st.lists(st.sampled_from(["", "# a comment", "# ärger: {", "#"]), max_size=4)
FRAGMENTS = st.sampled_from(
    ["`", "${", "}", "{", "(", ")", "'", '"', "\n", "  ", " + ", ";", ",", "=>", "=", ": ", "- ", "# ", "\\", "é", "<b>", "/", "*/", "/*",
     "exec(", "query(", "SELECT 1 FROM t WHERE a = ", "req.query.a", "res.redirect(", "innerHTML", "el.", "path.join(", "fs.readFile(",
     "require('crypto')", "const x = ", "import a from 'b'", "rejectUnauthorized: false", "jwt.sign(a, 'bcdef')", "Math.random()",
     "run: ", "run: |\n", "steps:\n", "env:\n", "with:\n", "uses: actions/checkout@v5", "${{ github.head_ref }}", "add: [ALL]",
     "- ALL\n", "CMD a", "USER root", "RUN sudo x", "curl -k x", 'resource "aws_ebs_volume" "a" {\n', "script: $(Build.SourceBranch)"]
)  # fmt: skip


def errors(path, text):
    """Count what the grammar of a file cannot make sense of."""
    return broken(parser_for(ending(path)).parse(text.encode()).root_node)


@settings(max_examples=100, deadline=None)
@given(rule=st.sampled_from(SCRIPT_RULES), above=AROUND, below=AROUND, typed=st.booleans())
def test_the_lines_around_a_mended_script_stay_byte_for_byte(rule, above, below, typed):
    """Only the finding's lines change, and lines are put in; the grammar finds no new fault."""
    of = RULES[rule]
    path = "code.ts" if typed else of["path"]
    text = "\n".join([*above, of["bad"].rstrip("\n"), *below]) + "\n"
    first, last = lines_of(rule)

    after = mended(of["fix"], path, text, first + len(above), last + len(above), rule=rule)

    if after is not None:
        new, old = after.split("\n"), text.split("\n")
        assert new[len(new) - len(below) - 1 :] == old[len(old) - len(below) - 1 :]
        kept = iter(new)
        assert all(line in kept for line in above)
        assert errors(path, after) <= errors(path, text)
        assert after != text


@settings(max_examples=100, deadline=None)
@given(rule=st.sampled_from(LINE_RULES), above=COMMENTS, below=COMMENTS)
def test_the_lines_around_mended_settings_stay_byte_for_byte(rule, above, below):
    """Comments above and below are where they were; the example is mended all the same."""
    of = RULES[rule]
    text = "\n".join([*above, of["bad"].rstrip("\n"), *below]) + "\n"
    first, last = lines_of(rule)

    after = mended(of["fix"], of["path"], text, first + len(above), last + len(above), rule=rule)

    assert after is not None
    new, old = after.split("\n"), text.split("\n")
    assert new[len(new) - len(below) - 1 :] == old[len(old) - len(below) - 1 :]
    assert new[: len(above)] == above


@settings(max_examples=200, deadline=None)
@given(
    name=st.sampled_from(FIXES),
    rule=st.sampled_from(sorted(RULES)),
    path=st.sampled_from(
        ["a.js", "a.tsx", "a.ts", "a.yml", "Dockerfile", "a.tf", "a.sh", "A.java", "a.go", "a.rb"]
    ),
    text=st.lists(FRAGMENTS, max_size=30).map("".join),
    lines=st.tuples(st.integers(1, 4), st.integers(0, 3)),
)
def test_no_text_breaks_a_fix_or_is_broken_by_one(name, rule, path, text, lines):
    """Whatever a file says: a fix ends, and leaves no more behind that its grammar cannot read."""
    after = mended(name, path, text, lines[0], sum(lines), rule=rule)

    if after is not None and ending(path) in SCRIPTS:
        assert errors(path, after) <= errors(path, text)


def test_edits_that_overlap_are_refused():
    """Two edits of the same bytes make no text."""
    assert edited(b"abcd", [(0, 2, "x"), (1, 3, "y")]) is None
    assert edited(b"abcd", [(2, 3, "y"), (0, 1, "x")]) == b"xbyd"


def test_a_fix_that_would_break_the_file_is_refused():
    """What the grammar cannot read afterwards is no remedy, even if the fix thinks so."""
    asked = Asked("a.js", "f(1);\n", "a-rule", 1, 1)

    assert fix(lambda _: Rewritten([(1, 2, "((")]))(asked) == Unmended("the mended file would not parse")
    assert fix(lambda _: Rewritten([(2, 3, "2")]))(asked) == Mended("f(2);\n")
    assert isinstance(fix(lambda _: Rewritten([]))(asked), Unmended)


WORDS = st.lists(
    st.sampled_from(["a", "HOLE", "'b HOLE'", '"c HOLE d"', "'HOLE'", '"HOLE"', "e/HOLE", "\\'HOLE", "'it'\\''s'", '"x \\" HOLE"', "'#'HOLE"]),
    min_size=1, max_size=5,
)  # fmt: skip


@pytest.mark.skipif(shutil.which("bash") is None, reason="asks a real bash")
@settings(max_examples=60, deadline=None)
@given(words=WORDS)
def test_a_variable_says_to_bash_what_the_text_said(words):
    """With a harmless value, the mended script gives its programs the very same arguments."""
    script = "printf '<%s>' " + " ".join(words)
    if "HOLE" not in script:
        return
    text = f"steps:\n  - run: |\n      {script.replace('HOLE', '${{ github.head_ref }}')}\n"

    after = mended("script-value-in-variable", "a.yml", text, 3)

    assert after is not None
    run = after.split("run: |\n")[1].strip()
    assert said(run, HEAD_REF="value") == said(script.replace("HOLE", "value"))


def said(script, **environment):
    """Give what bash writes for a script."""
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, check=True)
    return done.stdout


@pytest.mark.parametrize(
    ("before", "place"),
    [
        ("echo ", Place.BARE),
        ("echo '", Place.SINGLE),
        ('echo "a', Place.DOUBLE),
        ("# it's\necho ", Place.BARE),
        ('echo "$(', None),
        ("cat <<EOF\n", None),
        ("echo `", None),
        ("a \\' ", Place.BARE),
        ("${{ x == 'y }} ", Place.BARE),
    ],
)
def test_how_a_place_is_quoted(before, place):
    """Quotation marks are counted; what takes more than counting has no answer."""
    assert place_of(before) is place
