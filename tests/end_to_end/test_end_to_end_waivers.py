"""Waivers, from the file to the exit code: only the target branch's tip and the operator can waive."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot import wiring
from reviewbot.change.git import GitRepository
from reviewbot.domain.policy import Policy, WaiverPolicy
from reviewbot.domain.quotes import whole_digest
from reviewbot.domain.waiver import FILE
from reviewbot.errors import UsageError
from reviewbot.policy.waiver_edit import entry_text

# Put together here, so that no file of ours holds what looks like a token.
TOKEN = "glpat" + "-" + "Zx7Tq2" + "Lw9Rk4Vb8" + "Nc3Yd"
LINE = f'TOKEN = "{TOKEN}"'
RULE = "secret-forge-or-registry-token"
POLICY = """\
version: 1
packs: {required: [secrets, review-controls]}
scanners: {secrets: {}}
waivers: {approvers: [alice]}
"""
TODAY = datetime.now(UTC).date()


def waivers(*, until=5, **changes):
    """A waiver file for the flaw, good unless changed."""
    entry = {
        "rule": RULE, "path": "app.py", "quote": whole_digest([LINE]), "reason": "harmless", "requested_by": "bob",
        "approved_by": "alice", "until": str(TODAY + timedelta(days=until)), "ticket": "SEC-1",
    } | changes  # fmt: skip
    return "version: 1\nwaivers:\n" + entry_text(entry)


@pytest.fixture
def scene(repo, run, tmp_path):
    """Put waiver files at the base, the head and the tip of the target branch, and review."""
    policy = tmp_path / "policy.yml"
    policy.write_text(POLICY)

    def ran(*, base=None, head=None, tip=None, more=""):
        policy.write_text(POLICY.replace("waivers: {", "waivers: {" + more))
        repo.git("checkout", "--quiet", "main")
        _put(repo, base, "base")
        repo.git("checkout", "--quiet", "-B", "topic")
        repo.put("app.py", LINE + "\n")
        _put(repo, head, "head")
        repo.git("checkout", "--quiet", "main")
        _put(repo, tip, "tip")
        repo.git("checkout", "--quiet", "topic")
        return run("--base", "main", "--policy", policy, "--no-model")

    return ran


def _put(repo, text, message):
    path = repo.path / FILE
    if text is not None:
        repo.put(FILE, text)
    elif path.is_file():
        path.unlink()
    repo.commit(message)


def flaw(done):
    """The outcome and the waiver of the flaw."""
    (found,) = [f for f in done.review["findings"] if f["rule"] == RULE]
    return found["outcome"], found["waiver"]


def test_a_waiver_at_the_tip_counts(scene):
    """The flaw is shown as waived, told who answers for it, and does not fail the run."""
    done = scene(tip=waivers())
    outcome, waiver = flaw(done)
    assert (done.code, outcome, waiver["approved_by"], waiver["ticket"]) == (0, "waived", "alice", "SEC-1")
    assert waiver["file"].startswith(f"{FILE} at ")
    assert "waived: 1 finding" in done.out
    # The digest is of the line itself; whatever is printed of it is masked.
    assert TOKEN not in done.out + done.err + json.dumps(done.review)


def test_a_waiver_of_the_operator_counts(scene, tmp_path):
    """It has a file of its own."""
    (tmp_path / "own.yml").write_text(waivers())
    done = scene(more=f"file: {tmp_path}/own.yml, ")
    assert (done.code, flaw(done)[0]) == (0, "waived")
    assert flaw(done)[1]["file"] == f"{tmp_path}/own.yml"


def test_a_mistake_in_the_operators_file_ends_the_run(scene, tmp_path):
    """With the place."""
    (tmp_path / "own.yml").write_text(waivers(requested_by="alice"))
    done = scene(more=f"file: {tmp_path}/own.yml, ")
    assert done.code == 2
    assert f"{tmp_path}/own.yml:3: alice both asked for it and approved it" in done.err


def test_a_waiver_of_the_change_itself_has_no_effect_and_is_shown(scene):
    """Neither added nor where the base had it and the target branch has it no more."""
    done = scene(head=waivers())
    assert (done.code, flaw(done)[0]) == (10, "inline")
    (note,) = done.review["notes"]
    assert note.startswith("the change adds or changes 1 waiver: it takes effect after merge: " + RULE)
    assert ("change-to-review-policy", FILE, 1) in done.rules


def test_an_old_branch_does_not_revive_a_waiver_that_was_taken_back(scene):
    """The tip of the target branch decides, not where the change began."""
    done = scene(base=waivers(), head=waivers(), tip=None)
    assert (done.code, flaw(done)[0]) == (10, "inline")


def test_what_does_not_count_is_named_and_the_flaw_counts(scene):
    """Each with its line, and what mends it."""
    bad = (
        {"until": -2}, {"requested_by": "alice"}, {"approved_by": "mallory"},
        {"until": 99},
    )  # fmt: skip
    first, *more = [waivers(**changes) for changes in bad]
    done = scene(tip=first + "".join(entry.removeprefix("version: 1\nwaivers:\n") for entry in more))
    assert (done.code, flaw(done)[0]) == (10, "inline")
    said = (
        "alice both asked for it and approved it",
        "mallory is not on the",
        "more than the 90 days",
        "it ended on",
    )
    for note, words, line in zip(done.review["notes"], said, (11, 19, 27, 3), strict=True):
        assert words in note
        assert note.startswith(f"{FILE} at ")
        assert f":{line}: the waiver of {RULE} in app.py has no effect" in note


def test_a_file_that_does_not_load_ends_no_review(scene):
    """Or the change that mends it could not pass."""
    done = scene(tip="version: 1\nwaivers: [nonsense\n")
    assert (done.code, flaw(done)[0]) == (10, "inline")
    (note,) = done.review["notes"]
    assert note.startswith(f"no waiver of {FILE} at ")


class Unreadable:
    """A repository whose waiver file is more than anybody reads."""

    def read_path(self, *_):
        raise UsageError("it is too large to be read")


def test_a_file_that_cannot_be_read_ends_no_review_either():
    """It has no effect, and the note says why."""
    found = wiring.read_waivers(Unreadable(), Policy(), "0" * 40, TODAY)
    assert (found.entries, found.broken) == (
        (),
        (f"no waiver of {FILE} has effect: it is too large to be read",),
    )


PIECES = st.sampled_from(
    [waivers(), "version: 1\n", "waivers:\n", "  - fingerprint: '0123456789abcdef'\n", "\x00", "x"]
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(PIECES, max_size=4).map("".join),
    st.sampled_from([FILE, ".reviewbot/waivers.yaml", "waivers.yml"]),
)
def test_no_file_of_the_head_waives_anything(repo, text, path):
    """Whatever stands in the change, the waivers that are read are those of the tip."""
    repo.git("checkout", "--quiet", "--force", "main")
    _put(repo, waivers(reason="at the tip"), "tip")
    repo.git("checkout", "--quiet", "-B", "topic")
    repo.put(path, text)
    repo.commit("head")
    policy = Policy(waivers=WaiverPolicy(approvers=("alice",)))
    with GitRepository.open(Path(repo.path)) as opened:
        tip = repo.git("rev-parse", "main")
        found = wiring.read_waivers(opened, policy, tip, TODAY)
        assert [waiver.reason for waiver in found.entries] == ["at the tip"]
        assert found.broken == ()
        assert wiring.read_waivers(opened, policy, None, TODAY).entries == ()
