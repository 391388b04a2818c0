"""The proof of a patch: each step refuses what only it can see, and what holds may be shown."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from proving_scene import Case, Scanners, bench, finding, workroom

from reviewbot.domain.mending import Rescanned
from reviewbot.domain.patch import Origin, State, Step
from reviewbot.domain.suite import FailedTest, SuiteRun
from reviewbot.patches.prove import prove
from reviewbot.patches.steps import asking
from reviewbot.patches.steps.placing import beside
from reviewbot.patches.steps.subject import opened
from reviewbot.patches.workroom import Workroom

TEXT = '''"""Users."""

import os
import sqlite3


def found(cur, name):
    cur.execute("SELECT * FROM users WHERE name = '" + name + "'")
    return cur.fetchone()


def home():
    return os.environ["HOME"]
'''
CASE = Case(TEXT, 8, 8)
GOOD = '    cur.execute("SELECT * FROM users WHERE name = %s", (name,))'
MENDED = CASE.proposed((8, 8, [GOOD]))
GREEN = SuiteRun(0, 1.0, ("test_a", "test_b"), (), True)


class Memory(dict):
    """Remembers what the worker answered, so that a question is asked once."""

    def put(self, key, value):
        self[key] = value


ROOM = Memory()


def room():
    return Workroom(workroom().sandbox, cache=ROOM)


@pytest.fixture(scope="module", autouse=True)
def _asked_at_once():
    """Ask the worker about all of them in one job; each test takes the answer from there."""
    prove([MENDED, *HOSTILE.values()], bench(workroom=room()), asking.STEPS)


def edited(line, **more):
    return CASE.proposed((8, 8, [line]), **more)


def content(pair):
    subject = opened(*pair)
    assert not isinstance(subject, str)
    return subject.patched


def long_winded():
    pieces = ['        ""' for _ in range(70)]
    return CASE.proposed(
        (8, 8, ["    cur.execute(", *pieces, '        "SELECT * FROM users WHERE name = %s", (name,))'])
    )


STILL = edited('    cur.execute("SELECT * FROM users WHERE name = :name", (name,))')
OTHER = edited('    cur.execute("SELECT * FROM users WHERE name = ?", (name,))')
BREAKS = edited('    cur.execute("SELECT * FROM users WHERE name = ?", [name])')
ANOTHER_BLOB = (MENDED[0], replace(MENDED[1], edits=(replace(MENDED[1].edits[0], oid="0" * 40),)))
HOSTILE = {
    Step.APPLIES: ANOTHER_BLOB,
    Step.IN_PLACE: Case(TEXT, 8, 8, added=(12, 13)).proposed((8, 8, [GOOD])),
    Step.BOUNDED: long_winded(),
    Step.PLAIN_TEXT: CASE.proposed(
        (8, 8, ['    запрос = "SELECT * FROM users WHERE name = %s"', "    cur.execute(запрос, (name,))"])
    ),
    Step.FORMAT_KEPT: edited(GOOD + "  "),
    Step.PARSES: edited(GOOD[:-1]),
    Step.KNOWN_IMPORTS: CASE.proposed(
        (4, 4, ["import sqlite3", "import sqlsafe"]),
        (8, 8, ['    cur.execute("SELECT * FROM users WHERE name = " + sqlsafe.literal(name))']),
        origin=Origin.RULE,
    ),
    Step.NOTHING_FORBIDDEN: edited(GOOD + "  # nosec"),
    Step.WORK_KEPT: edited("    pass"),
    Step.FINDING_GONE: STILL,
    Step.NOTHING_NEW: OTHER,
    Step.TESTS_PASS: BREAKS,
}


def scanners():
    path, flaw = CASE.path, finding(CASE.path, 8, 8)
    return Scanners(
        {
            content(STILL): Rescanned((flaw,), (flaw,)),
            content(OTHER): Rescanned((flaw,), (finding(path, 8, 8, rule="another-rule"),)),
        }
    )


def run_suite(instead):
    broken = content(BREAKS) in instead.values()
    return SuiteRun(1, 1.0, ("test_a",), (FailedTest("test_b"),), True) if broken else GREEN


def full(**more):
    return bench(scanners(), workroom=room(), run_suite=run_suite, suite_before=GREEN, **more)


class TestEveryStep:
    """For each step there is a patch that it alone refuses: without it, the patch would be posted."""

    @pytest.mark.parametrize("step", Step)
    def test_removing_any_single_proof_step_lets_a_hostile_patch_through(self, step):
        """With all steps the patch fails at exactly this one; with all others it fails at none."""
        (patch,) = prove([HOSTILE[step]], full())
        assert patch.proof.failure is not None
        assert patch.proof.failure.step is step
        assert not patch.proof.holds

        (without,) = prove([HOSTILE[step]], full(), [one for one in Step if one is not step])
        assert without.proof.failure is None
        assert all(one.state is State.PASSED for one in without.proof.steps if one.step is not step)

    def test_a_good_patch_holds(self):
        """Every step passes, and the tests are counted."""
        (patch,) = prove([MENDED], full())

        assert patch.proof.holds
        assert {one.state for one in patch.proof.steps} == {State.PASSED}
        assert patch.proof.sentence == "applies · parses · finding gone · no new findings · 2 tests pass"

    def test_a_proof_with_a_step_left_out_never_holds(self):
        """Leaving one out is for looking at it, not for posting."""
        for step in Step:
            (patch,) = prove([MENDED], bench(workroom=room()), [one for one in Step if one is not step])
            assert patch.proof.holds is (step is Step.TESTS_PASS)


class TestTheWholeProof:
    """Order, batches, and what is said."""

    def test_patches_come_back_in_order_with_a_word_on_every_step(self):
        """What comes after a failed step is not run."""
        asked = [HOSTILE[Step.BOUNDED], MENDED, HOSTILE[Step.WORK_KEPT]]

        patches = prove(asked, bench(workroom=room()))

        assert [patch.edits for patch in patches] == [proposal.edits for _, proposal in asked]
        for patch in patches:
            states = [one.state for one in patch.proof.steps]
            assert [one.step for one in patch.proof.steps] == list(Step)
            if State.FAILED in states:
                at = states.index(State.FAILED)
                assert set(states[:at]) <= {State.PASSED}
                assert set(states[at + 1 :]) <= {State.NOT_RUN}

    def test_scanners_look_once_at_all_that_is_left(self):
        """What failed before costs no scan."""
        looking = scanners()

        prove([HOSTILE[Step.PARSES], MENDED, STILL], bench(looking, workroom=room()))

        assert looking.asked == [[content(MENDED), content(STILL)]]

    def test_nothing_is_asked_of_anybody_where_nothing_is_left(self):
        """No scanner starts for patches that were refused."""
        looking = scanners()

        prove([HOSTILE[Step.BOUNDED]], bench(looking, workroom=room()))
        prove([], bench(looking, workroom=room()))

        assert looking.asked == []

    def test_ids_follow_from_the_finding_and_the_edits(self):
        """The same patch has the same id in every run."""
        first, again, other = prove([MENDED, MENDED, OTHER], bench(workroom=room()))

        assert first.id == again.id != other.id
        assert first.id.startswith("p-")
        assert len(first.id) == 14

    def test_no_word_of_the_patch_is_in_what_is_said(self):
        """A hostile name would be read by people."""
        word = "zz_planted"
        lines = [
            f"    {word}(name)",
            f"    exec({word})",
            f"    import {word}",
            f"    {word} =",
            f"    {word} = '\u202e'",
        ]

        patches = prove([edited(line) for line in lines], bench(workroom=room()))

        said = [one.said for patch in patches for one in patch.proof.steps]
        assert all(patch.proof.failure and patch.proof.failure.said for patch in patches)
        assert not any(word in one for one in said)

    def test_a_worker_that_breaks_proves_nothing(self):
        """The step that it was asked for first fails."""

        class Broken:
            name = "broken"

            def run(self, _job):
                raise AssertionError

        class Dead(Workroom):
            def answers(self, tasks):
                return [{"broken": "the parser broke"} for _ in tasks]

        (patch,) = prove([MENDED], bench(workroom=Dead(Broken())))

        assert patch.proof.failure is not None
        assert patch.proof.failure.step is Step.PARSES

    @pytest.mark.parametrize(
        "answer", [{}, {"parses": ""}, dict.fromkeys(Step, 3), dict.fromkeys(Step, "") | {"imports": "x"},
                   dict.fromkeys(Step, "") | {"imports": [3]}, dict.fromkeys(Step, "") | {"imports": ["y"]},
                   dict.fromkeys(Step, "") | {"imports": [], "work_kept": "<script>"}],
    )  # fmt: skip
    def test_a_worker_may_only_choose_among_our_sentences(self, answer):
        """What it says in its own words fails the patch and is not repeated."""

        class Liar(Workroom):
            def answers(self, tasks):
                return [{str(key): value for key, value in answer.items()} for _ in tasks]

        (patch,) = prove([MENDED], bench(workroom=Liar(workroom().sandbox)))

        assert patch.proof.failure is not None
        assert "<script>" not in patch.proof.failure.said


class TestTests:
    """The repository's own tests, with the patch in place."""

    def outcome(self, before, after):
        (patch,) = prove([MENDED], bench(workroom=room(), run_suite=lambda _: after, suite_before=before))
        return patch.proof

    def test_are_not_run_where_they_tell_nothing(self):
        """A run of the head that broke, or without names and red, or without a test that passed."""
        for before in (
            None,
            SuiteRun(0, 1.0, broken="time is up"),
            SuiteRun(1, 1.0),
            SuiteRun(1, 1.0, (), (FailedTest("test_a"),), True),
        ):
            proof = self.outcome(before, GREEN)
            assert proof.holds
            assert proof.tests is None
            assert proof.steps[-1].state is State.NOT_RUN

    def test_may_fail_where_they_failed_before(self):
        """A patch answers for what passed."""
        red = SuiteRun(1, 1.0, ("test_a",), (FailedTest("test_b"),), True)

        proof = self.outcome(red, red)

        assert proof.holds
        assert proof.tests == 1

    def test_that_vanish_fail_the_patch(self):
        """Passing none of them is not passing them."""
        assert not self.outcome(GREEN, replace(GREEN, passed=("test_a", "test_c"))).holds
        assert not self.outcome(GREEN, replace(GREEN, passed=(), named=False)).holds
        assert not self.outcome(GREEN, replace(GREEN, broken="time is up")).holds

    def test_without_names_count_by_how_they_end(self):
        """Then nothing is counted."""
        plain = SuiteRun(0, 1.0)

        assert self.outcome(plain, plain).tests is None
        assert self.outcome(plain, plain).holds
        assert not self.outcome(plain, SuiteRun(1, 1.0)).holds

    def test_get_the_patched_file_and_nothing_else(self):
        """The head itself is left alone."""
        given_files = []

        def run(instead):
            given_files.append(dict(instead))
            return GREEN

        prove([MENDED], bench(workroom=room(), run_suite=run, suite_before=GREEN))

        assert given_files == [{CASE.path: content(MENDED)}]


LINES = [*TEXT.split("\n"), GOOD, "import os, re", "from evil import x", "  ", "\tpass", "é = 1", "x" * 300, "a\nb", "\0", "\ud800", "\r",
         "    return True", "import hmac", "# -*- coding: rot13 -*-", '"""', "if x:", "    cur.execute(name)"]  # fmt: skip
EDITS = st.lists(
    st.tuples(
        st.integers(1, 16),
        st.integers(0, 3),
        st.lists(st.sampled_from(LINES) | st.text(max_size=5), max_size=3),
    ),
    max_size=4,
)
CONTENTS = st.sampled_from(
    [
        TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.rstrip().encode(),
    ]
) | st.binary(max_size=60)
PATHS = st.sampled_from(
    [
        "a.py",
        "a.js",
        "a.go",
        "a.yml",
        "Dockerfile",
        "package.json",
        "a",
        "a.rb",
        "b\udcff.py",
        "a.json",
        "a.sh",
    ]
)


@st.composite
def attempts(draw):
    """A file, which of its lines are the change's, and edits that make sense or none."""
    case = Case(draw(CONTENTS), 8, 8, draw(PATHS), tuple(sorted(draw(st.sets(st.integers(1, 14))))))
    lines = case.content.count(b"\n")
    added = tuple(line for line in case.added if line <= lines)
    origin = draw(st.sampled_from(Origin))
    return replace(case, added=added).proposed(
        *((first, first - 1 + count, new) for first, count, new in draw(EDITS)), origin=origin
    )


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(attempts(), min_size=20, max_size=40))
def test_no_patch_breaks_the_proof_and_none_is_accepted_outside_of_hunks_and_imports(asked):
    """Whatever bytes a file has and whatever edits somebody proposes."""
    for (flaw, proposal), patch in zip(asked, prove(asked, bench()), strict=True):
        if not patch.proof.holds:
            continue
        subject = opened(flaw, proposal)
        assert not isinstance(subject, str)
        for number in beside(subject):
            assert all("import" in line or not line.strip() for line in subject.places[number].edit.lines)
