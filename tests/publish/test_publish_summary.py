"""The summary of a pull request and the status line."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import assert_harmless
from publish_remarks import (
    KEY,
    MARKER,
    PIECES,
    REMARK,
    TESTS,
    TIMEOUT,
    WANTED,
    hostile,
    lines,
    paths,
    remarks,
    tests,
)  # fmt: skip

from reviewbot.domain.anchor import Place, Side
from reviewbot.domain.finding import Severity
from reviewbot.domain.forge import StatusState
from reviewbot.domain.wanted import Gap, Unreviewed, Wanted
from reviewbot.publish.inert import posted
from reviewbot.publish.status import status_line
from reviewbot.publish.summary import MOST, Published, summary, unreviewed

LINKS = "https://wiki.corp.example/rules/"
LIMIT = 65_536
NOTHING = Published()
SHOWN = Published(
    dismissed=(TIMEOUT.fingerprint,),
    fixed=2,
    refused=((REMARK.fingerprint, "the line is not part of the diff"),),
)
CLEAN = replace(
    WANTED, remarks=(), gaps=(), complete=True, at_threshold=0, exit_code=0, counts=(), about=(), notes=()
)


def said(wanted=WANTED, shown=NOTHING, *, links=None, limit=LIMIT):
    return summary(wanted, shown, links=links, limit=limit)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("summary", said()),
        ("summary-later", said(shown=replace(SHOWN, superseded_by="abc1234" + "0" * 33), links=LINKS)),
        ("summary-clean", said(CLEAN)),
        ("summary-tests", said(replace(CLEAN, tests=TESTS))),
        (
            "unreviewed",
            unreviewed(Unreviewed("9ab31e7" + "0" * 33, "the model server did not answer: HTTP 503")),
        ),
    ],
)
def test_summary_is_as_before(name, text, golden):
    """Each summary is its golden file."""
    golden(f"publish/{name}.md", posted(text, MARKER) + "\n")


@st.composite
def wanteds(draw):
    gaps = st.builds(Gap, paths, st.lists(st.tuples(hostile, hostile), max_size=3).map(tuple))
    rows = st.tuples(hostile, st.lists(hostile, max_size=3).map(tuple))
    return Wanted(
        head=draw(hostile),
        merge_base=draw(hostile),
        files=draw(st.integers(0, 10_000)),
        remarks=tuple(draw(st.lists(remarks(anchored=False), max_size=4))),
        settled=(),
        read_by=(),
        renamed=(),
        present=(),
        gaps=tuple(draw(st.lists(gaps, max_size=3))),
        complete=draw(st.booleans()),
        at_threshold=draw(st.integers(0, 3)),
        exit_code=draw(st.sampled_from([0, 3, 10])),
        counts=tuple(draw(st.lists(hostile, max_size=3))),
        about=tuple(draw(st.lists(rows, max_size=3))),
        notes=tuple(draw(st.lists(hostile, max_size=3))),
        tests=draw(st.none() | tests),
        failing_tests=draw(st.integers(0, 2)),
        untested=draw(st.just("") | hostile),
    )


@settings(max_examples=40, deadline=None)
@given(wanteds(), hostile, st.data(), st.sampled_from([None, LINKS]))
def test_no_word_of_a_summary_can_act(wanted, why, data, links):
    """Whatever stands in a review, and whatever the forge says to it, the summary can do nothing."""
    some = st.lists(st.sampled_from(wanted.remarks), max_size=3) if wanted.remarks else st.just([])
    shown = Published(
        dismissed=tuple(one.fingerprint for one in data.draw(some)),
        fixed=1,
        refused=tuple((one.fingerprint, why) for one in data.draw(some)),
        superseded_by=data.draw(st.none() | hostile),
    )
    text = said(wanted, shown, links=links)
    assert_harmless(posted(text, MARKER), MARKER, links)
    assert text == said(wanted, shown, links=links)
    assert_harmless(posted(unreviewed(Unreviewed(why, why)), MARKER), MARKER)


@pytest.mark.parametrize("piece", PIECES)
def test_no_piece_adds_a_column(piece):
    """Each hostile piece in each cell leaves the table its four columns."""
    row = replace(
        KEY,
        title=piece,
        rule=piece,
        why=piece,
        place=Place("a" + piece.replace("\ud800", ""), Side.NEW, 1, 1),
    )
    text = said(replace(CLEAN, remarks=(row,)))
    (found,) = [line for line in text.split("\n") if line.startswith("| error |")]
    assert found.count("|") == 5
    assert_harmless(posted(text, MARKER), MARKER)


def cells(text):
    return [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in text.split("\n") if line.startswith("| ")
    ][1:]


def test_table_says_where_each_remark_stands():
    """In order of severity: inline, or the reason why it is listed; what is listed only names its rule."""
    rows = cells(said(links=LINKS))
    assert [row[0] for row in rows] == ["error", "error", "warning"]
    assert [row[3] for row in rows] == ["listed: outside of the diff", "inline", "inline"]
    assert rows[0][1] == f"Private key in the repository · [`secret-private-key`]({LINKS}secret-private-key)"
    assert rows[1][1:3] == ["SQL is built from request data", "`src/users.py:33`"]
    rows = cells(said(shown=SHOWN))
    assert [row[3] for row in rows][1:] == [
        "refused by the forge: the line is not part of the diff",
        "dismissed by a reviewer",
    ]
    assert "`python-sql-built-from-input`" in rows[1][1]


def test_old_side_and_history_are_said():
    """A removed line is of the old file; what only an earlier commit holds names the commit."""
    old = replace(KEY, place=Place("a.py", Side.OLD, 3, 3))
    past = replace(KEY, commit="c0ffee0" * 5 + "c0ffe")
    rows = cells(said(replace(CLEAN, remarks=(old, past, replace(KEY, why="")))))
    assert rows[0][2] == "`a.py:3` (old)"
    assert rows[1][3] == "in commit `c0ffee0c0ffe` only"
    assert rows[2][3] == "listed"


def test_dismissed_still_counts_and_that_is_said():
    """A reviewer's dismissal is counted and explained; without one nothing is said of it."""
    text = said(shown=SHOWN)
    assert "2 findings fixed so far · 3 in the base already · 1 waived · 1 dismissed by a reviewer" in text
    assert "still counts until a waiver" in text
    assert "dismiss" not in said()


def test_incomplete_is_said_first():
    """What was not reviewed is named, and the verdict line begins with it; gaps or not."""
    assert said().startswith("**reviewbot: incomplete, 2 errors, 1 warning** in 14 files, `4f1d2c0..9ab31e7`")
    assert "**Not reviewed: 1 file.** The status stays red until it is reviewed" in said()
    assert "- `data/big.min.js`, not read by semgrep: over the size limit" in said()
    assert "**The review is incomplete.**" in said(replace(WANTED, gaps=()))
    assert "ncomplete" not in said(CLEAN)
    assert said(CLEAN) == "**reviewbot: no findings** in 14 files, `4f1d2c0..9ab31e7`"


def many(count, **changes):
    return [
        replace(REMARK, fingerprint=f"{at:016x}", title=f"{'long ' * 30}{at}", **changes)
        for at in range(count)
    ]


@pytest.mark.parametrize("limit", [4_096, LIMIT, 150_000, 1_000_000])
def test_summary_is_never_over_the_limit(limit):
    """Ten thousand of everything fit, with our marker, into what the forge takes."""
    wanted = replace(
        WANTED,
        remarks=tuple(many(3_000)),
        gaps=tuple(Gap(f"{'a/' * 200}{at}", (("semgrep", "x " * 900),)) for at in range(3_000)),
        counts=("x " * 900,) * 300,
        notes=("@x " * 900,) * 300,
        about=(("@x " * 300, ("@y " * 300,) * 10),) * 300,
    )
    body = posted(said(wanted, limit=limit), MARKER)
    assert len(body) <= min(limit, MOST + len(MARKER) + 2)
    assert body.startswith("**reviewbot: incomplete, 3,000 errors** in 14 files")
    assert_harmless(body, MARKER)


def test_scanners_outlast_the_model_in_a_long_table():
    """Ten thousand remarks of the model push out no remark of a scanner, and what is left out is counted."""
    noise = many(10_000, by=("model",), explanation="x")
    scanned = [replace(one, severity=Severity.NOTE) for one in many(100, by=("semgrep",), rule="scanned")]
    scanned = [
        replace(one, title=f"scanned {at}", fingerprint=f"f{at:015x}") for at, one in enumerate(scanned)
    ]
    text = said(replace(CLEAN, remarks=tuple(noise + scanned)))
    assert len([row for row in cells(text) if row[1].startswith("scanned")]) == 100
    shown = [row[0] for row in cells(text)]
    assert shown == sorted(shown)  # error, note
    assert (
        f"… and {10_100 - len(shown):,} more: {10_100 - len(shown):,} errors; they stand in the review."
        in text
    )


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({}, StatusState.INCOMPLETE, "incomplete: 1 file not reviewed; 2 errors, 1 warning"),
        (
            {"gaps": (), "exit_code": 0},
            StatusState.INCOMPLETE,
            "incomplete: not all was reviewed; 2 errors, 1 warning",
        ),
        ({"complete": True, "exit_code": 10}, StatusState.FAILURE, "2 errors, 1 warning: 2 at the threshold"),
        (
            {"complete": True, "exit_code": 0, "at_threshold": 0},
            StatusState.SUCCESS,
            "2 errors, 1 warning in 14 files, none at the threshold",
        ),
        ({"complete": True, "exit_code": 0, "remarks": ()}, StatusState.SUCCESS, "no findings in 14 files"),
        (
            {"complete": True, "exit_code": 5, "at_threshold": 0, "remarks": ()},
            StatusState.INCOMPLETE,
            "the review did not end well; no findings",
        ),
    ],
)
def test_status_is_success_only_for_a_whole_clean_review(changes, state, words):
    """Success needs a complete review and exit code 0; each state has its words."""
    status = status_line(replace(WANTED, **changes), 140)
    assert (status.state, status.description) == (state, words)


@given(st.booleans(), st.integers(0, 20), st.integers(0, 3), st.integers(5, 140))
def test_status_is_never_green_by_mistake(complete, exit_code, at_threshold, limit):
    """Over all inputs: success if and only if complete and exit code 0; the words fit."""
    wanted = replace(WANTED, complete=complete, exit_code=exit_code, at_threshold=at_threshold)
    status = status_line(wanted, limit)
    assert (status.state is StatusState.SUCCESS) == (complete and exit_code == 0)
    assert len(status.description) <= limit


def test_tests_stand_apart_from_findings():
    """How they ended, whether they count, names, and what was printed in a fence with line numbers."""
    text = said(replace(CLEAN, tests=TESTS))
    assert "**Tests: 2 failed, 14 passed.** They do not count against the result." in text
    assert "- `tests/test_sync.py::test_waits`\n- `tests/test_sync.py::test_again`" in text
    assert "```\n1 |     def test_waits():\n2 | >       assert wait() == 3\n" in text
    assert "They make the result red." in said(replace(CLEAN, tests=replace(TESTS, gate=True)))
    green = replace(TESTS, failed_count=0, failed=(), exit_code=0)
    assert "Tests: 14 passed." in said(replace(CLEAN, tests=green))
    assert "Tests: passed, by the exit code alone." in said(replace(CLEAN, tests=replace(green, passed=None)))
    nameless = replace(TESTS, failed_count=0, failed=(), exit_code=7, passed=None)
    assert "**Tests: failed with exit code 7.**" in said(replace(CLEAN, tests=nameless))
    broken = replace(TESTS, broken="the sandbox ended them after `300` s")
    assert "Tests could not be run: the sandbox ended them after `300` s" in said(
        replace(CLEAN, tests=broken)
    )
    assert "Tests" not in said(CLEAN)


def test_tests_that_count_are_in_the_first_line():
    """A result that is red for its tests says so, in the summary and in the status."""
    red = replace(CLEAN, tests=replace(TESTS, gate=True), failing_tests=2, exit_code=10)
    assert said(red).startswith("**reviewbot: 2 failing tests** in 14 files")
    assert status_line(red, 140).state is StatusState.FAILURE
    assert status_line(red, 140).description == "2 failing tests"
    both = replace(red, remarks=(REMARK,), at_threshold=1)
    assert status_line(both, 140).description == "1 error, 2 failing tests: 1 at the threshold"
    untold = replace(CLEAN, complete=False, exit_code=3, untested="the tests were not run")
    assert "**The review is incomplete.** Tests: the tests were not run. The status stays red." in said(
        untold
    )
    assert status_line(untold, 140).description == "incomplete: tests without a result; no findings"


def test_ten_thousand_failing_tests_leave_room_for_the_findings():
    """As many as fit a part of the summary, and how many more there are."""
    many_ = replace(TESTS, failed_count=10_000, failed=TESTS.failed[:1] * 100)
    text = said(replace(WANTED, tests=many_), limit=10_000)
    assert len(text) < 10_000
    assert "SQL is built" in text
    assert re.search(r"- and 9,9\d\d more", text)


def test_no_review_is_no_success():
    """Where there is no review, the summary says why, and the status is red."""
    nothing = Unreviewed("9ab31e7" + "0" * 33, "the document was altered")
    assert status_line(nothing, 140).state is StatusState.INCOMPLETE
    assert "the document was altered" in unreviewed(nothing)
    assert "stays red" in unreviewed(nothing)


def test_remark_on_an_old_side_line_is_inline():
    """A comment on a removed line is inline like any other."""
    place, stands = Place("a.py", Side.OLD, 3, 3), lines(3, 3, "a.py", Side.OLD)
    assert (
        cells(said(replace(CLEAN, remarks=(replace(REMARK, place=place, anchor=stands),))))[0][3] == "inline"
    )
