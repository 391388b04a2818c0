"""The review on a terminal."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_reviews import ALL, PATCH, SQL, USERS, clean, full, hostile, incomplete, oid, proof, read
from report_strategies import reviews, texts

from reviewbot.domain.finding import Judged, Outcome, Span
from reviewbot.domain.patch import Edit, State
from reviewbot.domain.policy import ModelPolicy
from reviewbot.domain.visible import is_visible
from reviewbot.report import html, markdown, terminal
from reviewbot.report.widths import cut, width, wrapped

ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("colour", [False, True], ids=["plain", "colour"])
def test_terminal_is_as_before(name, colour, golden):
    """What the terminal shows of each review is its golden file."""
    suffix = "ansi" if colour else "txt"
    golden(f"report/{name}.{suffix}", terminal.render(ALL[name](), colour=colour, width=100, read=read))


@pytest.mark.parametrize("name", ALL)
def test_colour_adds_nothing_but_colour(name):
    """Without the colour codes the coloured page is the plain page."""
    coloured = terminal.render(ALL[name](), colour=True, width=100, read=read)
    assert ANSI.search(coloured)
    assert ANSI.sub("", coloured) == terminal.render(ALL[name](), colour=False, width=100, read=read)


@settings(max_examples=40, deadline=None)
@given(reviews(), st.integers(1, 300))
def test_any_review_is_plain_and_fits(review, columns):
    """Whatever text stands in a review, no control character is printed and no line is too wide."""
    text = terminal.render(review, colour=False, width=columns, read=read)
    limit = max(terminal.NARROWEST, min(columns, terminal.WIDEST))
    for line in text.split("\n"):
        assert all(is_visible(char) for char in line)
        assert width(line) <= limit, line


@settings(max_examples=40, deadline=None)
@given(reviews(), st.booleans())
def test_no_line_is_a_command_to_a_pipeline_runner(review, colour):
    """No line of the page is one that a pipeline's runner would obey."""
    for line in ANSI.sub("", terminal.render(review, colour=colour, width=80, read=read)).split("\n"):
        assert not re.match(r"\s*::", line)
        assert not re.search(r"##(vso)?\[", line, re.IGNORECASE)


@pytest.mark.parametrize("word", ["##vso[task.complete]", "##[group]x", "##VSO[x]", "::error::x"])
def test_runner_command_in_a_title_is_broken(word):
    """A title that is a runner's command is printed with the command broken."""
    review = replace(
        full(),
        findings=(Judged(replace(SQL, title=f"{'long ' * 20}{word}", explanation=word), Outcome.INLINE),),
    )
    text = terminal.render(review, colour=True, width=80, read=read)
    assert word not in text or word.startswith("::")
    assert not re.search(r"(?m)^(?:\s|\x1b\[[0-9;]*m)*::", text)


def test_header_says_what_is_reviewed():
    """The first line names files, added lines and range."""
    first = terminal.render(full(), colour=False, width=100, read=read).split("\n")[0]
    assert re.fullmatch(
        r"reviewing 3 files, 24 added lines, main\.\.\.feature/login \([0-9a-f]{7}\.\.[0-9a-f]{7}\)", first
    )


def test_rule_is_at_the_right_edge():
    """The rule id ends at the page's last column where it fits."""
    lines = terminal.render(full(), colour=False, width=100, read=read).split("\n")
    (line,) = [line for line in lines if "SQL is built" in line]
    assert line.startswith("  13  error  SQL is built from request data")
    assert line.endswith("python-sql-built-from-input")
    assert width(line) == 100


def test_reason_stands_before_the_models_words():
    """The catalogue's reason comes first, the model's prose after it and labelled."""
    text = " ".join(terminal.render(full(), colour=False, width=100, read=read).split())
    assert text.index("so the sender decides what the database runs.") < text.index(
        "project opens cursors. (model)"
    )
    assert "Only the model says so; its quote and evidence were checked." in text


def test_without_a_model_it_says_so():
    """No model configured is said in so many words, with the variable that sets one."""
    assert "model     none configured: scanners and rules only (set REVIEWBOT_MODEL_URL)" in terminal.render(
        clean(), colour=False, width=100
    )


def test_configured_model_that_gave_nothing_is_not_called_unconfigured():
    """A configured model without a review is named as such."""
    review = replace(
        clean(), policy=replace(clean().policy, model=ModelPolicy(url="https://llm.corp.example", name="m"))
    )
    assert "model     m gave no review" in terminal.render(review, colour=False, width=100, read=read)


def test_with_a_model_the_coverage_line_names_it():
    """Who scanned and which model read how many files is in the coverage line."""
    text = terminal.render(full(), colour=False, width=120, read=read)
    assert (
        "coverage  3 of 3 files scanned (semgrep, bandit, secrets) · 1 excluded or with nothing to scan"
        in text
    )
    assert "2 of 2 files read by qwen3-coder-next" in text


def test_result_line():
    """The last line gives the counts, the exit code and what it cost."""
    last = terminal.render(full(), colour=False, width=100, read=read).rstrip("\n").split("\n")[-1]
    assert last.startswith("result    3 errors, 1 warning, 1 note · exit 10 ")
    assert last.endswith("2.9 s, 21,044 tokens (16,200 cached)")
    assert "result    no findings · exit 0" in terminal.render(clean(), colour=False, width=100, read=read)
    assert "result    incomplete · 1 error · exit 3" in terminal.render(
        incomplete(), colour=False, width=100, read=read
    )


def test_files_that_were_not_read_are_listed_with_the_reason():
    """Each gap has its file, reviewer, reason and lines; an optional reviewer's failure is a note."""
    text = terminal.render(incomplete(), colour=False, width=100, read=read)
    assert "not reviewed: 2 files\n  data/big.min.js\n      semgrep: over the size limit (3.1 MB)\n" in text
    assert "      model: over the token budget (lines 10-14, 17)\n" in text
    assert "not read by bandit, which is not required: it cannot parse line 3" in text


def test_declared_job_container_is_said():
    """Where the job itself is the sandbox, the page says so; a rung of ours is no news."""
    assert "declared as the sandbox by the operator" in terminal.render(
        incomplete(), colour=False, width=100, read=read
    )
    assert "sandbox" not in terminal.render(full(), colour=False, width=100, read=read)


def test_all_findings_are_shown():
    """A long list is shown whole, and a long quote is cut by the line and by the number of lines."""
    quote = "\n".join(f"{'x' * 300} {n}" for n in range(40))
    many = tuple(
        Judged(replace(SQL, span=Span("src/a.py", n, n + 39), quote=quote), Outcome.INLINE)
        for n in range(1, 201)
    )
    text = terminal.render(replace(full(), findings=many), colour=False, width=100, read=read)
    assert text.count("python-sql-built-from-input") == 200
    assert text.count("… 28 more lines") == 200


@settings(max_examples=150, deadline=None)
@given(texts, st.integers(2, 60))
def test_wrapping_keeps_every_word_and_the_width(text, columns):
    """Wrapped text has every character, and no line is wider than it may be, wide characters included."""
    lines = wrapped(text, columns)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line) <= columns for line in lines)
    assert width(cut(text, columns)) <= columns


def test_wide_characters_count_twice():
    """Chinese characters take two columns, combining marks none."""
    assert width("漢字") == 4
    assert width("e\u0301") == 1
    assert cut("漢字漢字", 5) == "漢字…"


def shown(review, columns=100, read=read):
    return terminal.render(review, colour=False, width=columns, read=read)


def test_patch_stands_under_its_finding():
    """What applies it, what was proven, its care, and the lines that go and come; hunks are told apart."""
    name = SQL.fingerprint[:6]
    proven = "proven: applies · parses · finding gone · no new findings · 14 tests pass"
    assert f"      fix: reviewbot fix {name}  ({proven})\n" in shown(full(), 120)
    assert f"      fix: reviewbot fix {name}\n           {proven}\n" in shown(full(), 100)
    text = shown(full())
    assert "           Look before applying. Passes the values as parameters of the statement.\n" in text
    assert (
        '      -  cur.execute("SELECT * FROM users WHERE name = \'" + name + "\'")\n      +  cur.execute('
        in text
    )
    assert "By the model. Look before applying. Waits ten" in text
    assert "           needs: tenacity among the dependencies\n" in text
    assert "      line 2\n      +  import tenacity\n      line 4\n      -  requests.get(URL)\n" in text
    assert "2 of 5 findings have a proven patch" in text


def test_patch_that_is_safe_says_so():
    """Safe is a word of its own."""
    assert "           Safe. Passes the values" in shown(
        replace(full(), patches=(replace(PATCH, safe=True),))
    )


def test_no_patch_without_a_proof():
    """A patch whose proof does not hold is nowhere, nor is one of a finding that the head has no more."""
    assert "fix:" not in shown(replace(full(), patches=(replace(PATCH, proof=proof(parses=State.FAILED)),)))
    gone = tuple(replace(one, finding=replace(one.finding, commit="c" * 40)) for one in full().findings)
    assert "fix:" not in shown(replace(full(), findings=gone))


def test_patch_without_its_blob_shows_what_it_puts_in():
    """Where the file cannot be read, the new lines are there all the same."""
    text = shown(full(), read=None)
    assert '      +  cur.execute("SELECT * FROM users WHERE name = ?", (name,))' in text
    assert "      -  " not in text
    gone = replace(PATCH, edits=(replace(PATCH.edits[0], lines=()),))
    assert "(lines are taken out)" in shown(replace(full(), patches=(gone,)), read=None)


def test_patch_beside_a_secret_says_that_it_is_no_file():
    """Its lines are masked, and why no file is written is said."""
    near = replace(PATCH, edits=(Edit("src/users.py", oid(USERS), 8, 8, ("",)),))
    assert "      not written as a file: it would hold a secret\n" in shown(replace(full(), patches=(near,)))


def test_failing_tests_stand_apart():
    """Names and first lines, what they do to the result, and a word of it at the end."""
    text = shown(full())
    assert "2 tests of the repository fail; they do not count against the result\n" in text
    assert "  tests/test_sync.py::test_waits\n      |      def test_waits():\n" in text
    assert "E       AssertionError: [secret:gitlab-token:1]" in text
    assert "tests     2 failed · 14 passed · they do not count against the result\n" in text
    gated = replace(full(), policy=replace(full().policy, suite=replace(full().policy.suite, gate=True)))
    assert "they make the result red" in shown(gated)
    passed = replace(full(), suite=replace(full().suite, exit_code=0, failed=()))
    assert "tests     14 passed\n" in shown(passed)
    alone = replace(passed, suite=replace(passed.suite, passed=(), counted=0))
    assert "tests     passed, by the exit code alone: the output counts no test\n" in shown(alone)
    assert "tests     could not be run: the sandbox ended it after five minutes" in shown(incomplete())
    assert "tests " not in shown(clean())
    silent = replace(
        clean(), verdict=replace(clean().verdict, complete=False, untested="the tests were not run")
    )
    assert "tests     were not run; the result stays red" in shown(silent)


def test_many_failing_tests_and_long_patches_are_bounded():
    """As many as anybody reads, and how many more there are: in every form for people."""
    failed = tuple(replace(full().suite.failed[0], name=f"test_{n}", lines=("x",) * 40) for n in range(60))
    review = replace(full(), suite=replace(full().suite, failed=failed))
    assert "  test_49\n" in shown(review)
    assert "  … and 10 more\n" in shown(review)
    assert shown(review).count("      |  x\n") == 50 * 12
    assert "\n\nand 10 more\n" in markdown.render(review, read)
    assert '<p class="aside">and 10 more</p>' in html.render(review, read)
    long = replace(PATCH, edits=(replace(PATCH.edits[0], lines=tuple(f"line{n}" for n in range(60))),))
    assert "… 37 more lines\n" in shown(replace(full(), patches=(long,)))


def test_hostile_quote_keeps_its_gutter():
    """Every line of hostile code stands behind the gutter."""
    text = terminal.render(hostile(), colour=False, width=100, read=read)
    assert "      |  /close\n      |  ::set-output" in text
