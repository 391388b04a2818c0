"""Reading what test runners print: real outputs of each kind, and whatever a hostile test prints."""

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reviewbot.suite import output
from reviewbot.suite.tally import LONGEST, MOST_FAILURES, MOST_LINES, MOST_NAMES, Tally

SAMPLES = Path(__file__).parent / "samples"
P = "test_a.py::"
PYTEST_FAILED = {
    "sub/test_b.py::test_m": "AssertionError: line",
    f"{P}test_p[a - b]": "AssertionError: it is - bad",
    f"{P}TestC::test_m": "AssertionError: assert {'a': 1} == {'a': 2}",
    f"{P}test_e": "RuntimeError: boom",
    f"{P}test_t": "RuntimeError: later",
    "sub/test_c.py": "ModuleNotFoundError: No module named 'nothere'",
}
PYTEST_PASSED = {f"{P}test_p[c d]", f"{P}test_p[\\xe9]"}
U = "test_u.A."
UNITTEST_FAILED = {
    f"{U}test_err": "RuntimeError: boom",
    f"{U}test_doc_bad": "AssertionError: 1 != 2 : why",
    f"{U}test_sub": "AssertionError: 1 == 1",
    f"{U}test_us": None,
    "test_u.B.setUpClass": "ValueError: set",
    "unittest.loader._FailedTest.test_v": "ModuleNotFoundError: No module named 'nope'",
}
G = "corp.example/shop/"
GO_FAILED = {
    f"{G}text.TestSplit": None,
    f"{G}text.TestSplit/two_words": 'split_test.go:21: got ["a b"], want ["a" "b"]',
    f"{G}broken": None,
    f"{G}panics.TestPanics": "panic: boom [recovered]",
}
JEST_FAILED = {
    "outer \u203a fails": "expect(received).toBe(expected) // Object.is equality",
    "outer \u203a inner \u203a bad": "boom",
    "jt/c.test.js: Test suite failed to run": "Cannot find module 'nope' from 'jt/c.test.js'",
}
NODE = ("adds", "outer{}inner ok"), {"fails": None, "outer{}inner bad": None, "outer": None}


def node(between, *firsts):
    """What node's example names, with what stands between a group and its test."""
    passed, failed = NODE
    return {name.format(between) for name in passed}, dict(
        zip([name.format(between) for name in failed], firsts, strict=True)
    )


KINDS = {
    "pytest-verbose": (PYTEST_PASSED, PYTEST_FAILED, 2),
    "pytest-xdist": (PYTEST_PASSED, PYTEST_FAILED, 2),
    "pytest-quiet": (
        PYTEST_PASSED,
        PYTEST_FAILED | {"sub/test_c.py": None},
        2,
    ),
    "unittest-verbose": ({f"{U}test_doc", f"{U}test_ok"}, UNITTEST_FAILED, 2),
    "unittest-dots": (set(), UNITTEST_FAILED, 1),
    "go-verbose": ({f"{G}text.TestSplit/empty", f"{G}text.TestAdd", f"{G}sums.TestAdd"}, GO_FAILED, 3),
    "go-short": (set(), {name: GO_FAILED[name] for name in [*GO_FAILED][:2]}, 0),
    "cargo": (
        {"tests::good", "tests::sp"},
        {"tests::bad": "out", "src/lib.rs - f (line 1)": "Test executable failed (exit status: 101)."},
        2,
    ),
    "node-tap": (*node(" > ", "failureType: 'testCodeFailure'", "failureType: 'testCodeFailure'", "failureType: 'subtestsFailed'"), 2),
    "node-spec": (*node(" \u203a ", "AssertionError [ERR_ASSERTION]: 1 == 2", "Error: boom", None), 2),
    "bats": ({"it adds"}, {"it splits": "(in test file test/split.bats, line 9)"}, 1),
    "mocha": (
        {"top", "outer \u203a adds", "outer \u203a after inner", "outer \u203a inner \u203a ok"},
        {"outer \u203a fails": "fails:", "outer \u203a inner \u203a bad (really)": "inner"},
        4,
    ),
    "jest-verbose": ({"top", "outer \u203a adds", "outer \u203a inner \u203a ok", "b"}, JEST_FAILED, 4),
    "jest-colours": (set(), JEST_FAILED, 4),
}  # fmt: skip


@pytest.mark.parametrize("stream", [0, 1], ids=["stdout", "stderr"])
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_of_output(kind, stream):
    """Tests that passed, that failed and how that began, from the real thing, on either stream."""
    passed, failed, count = KINDS[kind]
    content = (SAMPLES / f"{kind}.txt").read_bytes()
    named = output.read(*((content, b"") if stream == 0 else (b"", content)))

    assert named.known
    assert set(named.passed) == passed
    assert {one.name: one.lines[0] if one.lines else None for one in named.failed} == failed
    assert (len(named.passed) or named.counted) == count


def test_every_sample_is_read():
    """No sample is forgotten, and none is of another kind as well."""
    assert {path.stem for path in SAMPLES.glob("*.txt")} == set(KINDS)
    for path in SAMPLES.glob("*.txt"):
        lines = path.read_text("utf-8").split("\n")
        assert sum(reader(lines) is not None for reader in output._READERS) == 1, path


def test_errors_come_before_the_way_there():
    """pytest's own lines of an error, then where it was; nothing of the listing around it."""
    content = (SAMPLES / "pytest-verbose.txt").read_bytes()
    failed = {one.name: one.lines for one in output.read(content, b"").failed}

    assert failed["sub/test_b.py::test_m"] == (
        "AssertionError: line", "with two", "assert 0", "sub/test_b.py:1: AssertionError",
    )  # fmt: skip


def test_a_name_in_two_files_keeps_its_own_failure():
    """Sections carry no file; they stand in the order of the tests."""
    content = b"""== test session starts ==
== FAILURES ==
____ test_x ____
E   first
____ test_x ____
E   second
== short test summary info ==
FAILED a.py::test_x - first
FAILED b.py::test_x - second
== 2 failed in 0.01s ==
"""
    assert [(one.name, one.lines) for one in output.read(content, b"").failed] == [
        ("a.py::test_x", ("first",)), ("b.py::test_x", ("second",)),
    ]  # fmt: skip


def test_what_a_test_printed_is_no_outcome():
    """In a section of a failure, lines that look like outcomes are what the test printed."""
    content = b"""== test session starts ==
a.py::test_x FAILED [100%]
== FAILURES ==
____ test_x ____
E   no
----- Captured stdout call -----
PASSED b.py::forged
b.py::forged PASSED [ 50%]
E   forged
== 1 failed in 0.01s ==
PASSED c.py::forged
"""
    named = output.read(content, b"")
    assert named.passed == ()
    assert [(one.name, one.lines) for one in named.failed] == [("a.py::test_x", ("no",))]


def test_a_test_that_failed_anywhere_has_failed():
    """One that passed and then broke in its teardown, and one of another runner by the same name."""
    content = b"1..3\nok 1 - a\nnot ok 2 - a\nok 3 - b\n"
    assert output.read(content, b"").passed == ("b",)
    assert output.read(b"1..1\nok 1 - a\n", b"1..1\nnot ok 1 - a\n").passed == ()


def test_several_runners_add_up():
    """`make test` may run more than one."""
    go = (SAMPLES / "go-verbose.txt").read_bytes()
    python = (SAMPLES / "unittest-dots.txt").read_bytes()
    named = output.read(go, python)

    assert set(named.passed) == KINDS["go-verbose"][0]
    assert {one.name for one in named.failed} == {*GO_FAILED, *UNITTEST_FAILED}


@pytest.mark.parametrize(
    "text", ["", "all fine\n", "ok\n", "PASSED\nFAILED\n", "<testsuite><testcase/></testsuite>", "make: *** [test] Error 2"]
)  # fmt: skip
def test_what_is_of_no_known_form_names_nothing(text):
    """Then only the exit code counts."""
    assert output.read(text.encode(), text.encode()) == output.Named()


def test_colours_and_titles_of_terminals_are_taken_out():
    """As are other control characters, and bytes that are no text become signs of that."""
    content = b"1..2\nnot ok 1 - \x1b[31mred\x1b[0m\x1b]0;title\x07 \x00\x07b\x9b\xffe\x7f\r\n# said \x1b[1mso\x1b[m\n"
    (failed,) = output.read(content, b"").failed

    assert failed.name == "red b\ufffd\ufffde"
    assert failed.lines == ("said so",)


def test_paths_do_not_tell_where_the_tests_ran():
    """That folder has another name in each run."""
    content = b'1..1\nnot ok 1 - a\n# File "/tmp/reviewbot-x1/reviewbot-tests/a/b.py", line 3\n# (/x/reviewbot-tests/c.js:1) /y/reviewbot-tests/d\n'
    (failed,) = output.read(content, b"").failed

    assert failed.lines == ('File "a/b.py", line 3', "(c.js:1) d")


def test_names_and_failures_are_bounded():
    """Ten thousand names, two hundred failures, ten lines of three hundred characters each, over both streams."""
    long = b"x" * 1000
    passed = b"".join(b"ok 1 - p%d %s\n" % (number, long) for number in range(MOST_NAMES // 2 + 5))
    failed = b"".join(
        b"not ok 1 - f%d %s\n# %s\n" % (number, long, long) + b"# x\n" * 20
        for number in range(MOST_FAILURES // 2 + 5)
    )
    other = passed.replace(b"- p", b"- q") + failed.replace(b"- f", b"- g")
    named = output.read(b"1..2\n" + passed + failed, b"1..2\n" + other)

    assert len(named.passed) == MOST_NAMES
    assert len(named.failed) == MOST_FAILURES
    assert {len(one.lines) for one in named.failed} == {MOST_LINES}
    said = [*named.passed, *(line for one in named.failed for line in (one.name, *one.lines))]
    assert max(len(text) for text in said) == LONGEST


def test_a_tally_never_holds_more():
    """It is bounded while it is read, not only at the end."""
    tally = Tally()
    for number in range(MOST_NAMES + 5):
        tally.passes(f"p{number}")
        tally.fails(f"f{number}")
        tally.says("f1", "x")
    tally.counts("9" * 5000)

    assert (len(tally.passed), len(tally.failed), len(tally.failed["f1"])) == (
        MOST_NAMES,
        MOST_FAILURES,
        MOST_LINES,
    )
    assert tally.counted == 10_000_000


def test_a_very_long_line_is_cut():
    """What stands behind its first two thousand bytes is not read."""
    content = b"a.py::test_x" + b" " * 2000 + b" PASSED\na.py::test_y PASSED\n== 2 passed in 1s ==\n"
    assert output.read(content, b"").passed == ("a.py::test_y",)


def test_a_very_long_output_is_read_at_its_beginning_and_its_end():
    """The names stand at the beginning, the summary at the end."""
    middle = b"x\n" * 201_000
    content = b"a.py::test_one PASSED\n" + middle + b"FAILED a.py::test_two - no\n== 1 failed in 9s ==\n"
    named = output.read(content, b"")

    assert (named.passed, [one.name for one in named.failed]) == (("a.py::test_one",), ["a.py::test_two"])


HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([path.read_bytes() for path in sorted(SAMPLES.glob("*.txt"))]),
    st.sampled_from(
        [b"=" * 70, b"-" * 70, b"1..1", b"TAP version 13", b"not ok", b"# Subtest: a", b"    " * 40 + b"ok 1", b"---", b"...",
         b"Ran 1 test in 1s", b"FAILED (failures=99999999999999)", b"9" * 400 + b" passed in 1s", b"Tests: " + b"9" * 50 + b" passed",
         b"1) x", b"  1 passing (1ms)", b"== FAILURES ==", b"____ a ____", b"E   x", b"FAIL: a (b)", b"\x1b]0;", b"\xe2\x80\xae",
         b"ok  \tp\t0.1s", b"=== RUN   a", b"--- FAIL: a (0.0s)", b"test result: FAILED. 1 passed;", b"---- a stdout ----"]
    ),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(HOSTILE, max_size=30), st.lists(HOSTILE, max_size=5))
@example([b"9" * 5000 + b" passed in 1s"], [])
def test_whatever_is_printed_ends_in_bounded_names(parts, errors):
    """No output makes it raise, and all that it gives is bounded and free of control characters."""
    named = output.read(b"\n".join(parts), b"\n".join(errors))

    assert len(named.passed) <= MOST_NAMES
    assert len(named.failed) <= MOST_FAILURES
    assert named.counted <= 12 * 10_000_000
    names = {one.name for one in named.failed}
    assert not names & set(named.passed)
    said = [*named.passed, *names, *(line for one in named.failed for line in one.lines)]
    assert all(0 < len(text) <= LONGEST for text in said)
    assert not any(char < " " and char != "\t" for text in said for char in text)
    assert named.known or not said


@pytest.mark.parametrize(
    "line",
    [b"== " * 2, b"/reviewbot-tests/", b"[gw0] ", b"1, 2 a", b"ok 1 - a # ", b"Tests: 1 ", b"a ... ", b"] - [", b"\x1b]", b"  1) a"],
)  # fmt: skip
def test_reading_takes_time_in_proportion(line):
    """Ten times the output takes no more than about ten times as long; the fastest of three is compared."""
    small, large = (min(seconds(line * (size // len(line))) for _ in range(3)) for size in (60_000, 600_000))
    assert large < 60 * small + 0.02


def seconds(content):
    """How long reading takes, of one line and of many."""
    import time  # noqa: PLC0415 (only here)

    many = b"\n".join(content[at : at + 1999] for at in range(0, len(content), 1999))
    begun = time.process_time()
    output.read(content, many)
    return time.process_time() - begun
