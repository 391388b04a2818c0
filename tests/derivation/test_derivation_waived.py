"""What a review calls waived is confirmed by the waivers that the publisher's process reads itself."""

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from derivation_change import FLAWS, unpatched

from reviewbot import pipeline, wiring
from reviewbot.change.select import Selection
from reviewbot.derivation.derive import derive
from reviewbot.domain.finding import Outcome
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.policy import WaiverPolicy
from reviewbot.domain.quotes import whole_digest
from reviewbot.domain.waiver import Target, Waiver, Waivers
from reviewbot.errors import UsageError
from reviewbot.policy.config import Overrides
from reviewbot.publish.document import read

SHELL = "python-shell-with-variable"
TERMS = WaiverPolicy(approvers=("alice",))
LINES = FLAWS.split("\n")


def of_shell(document):
    return next(f for f in document["findings"] if f["rule"] == SHELL and f["outcome"] == "inline")


def waiver(until, **target):
    named = {"fingerprint": "", "rule": "", "path": "", "quote": ""} | target
    return Waiver(
        Target(**named), "harmless", "bob", "alice", until, "SEC-1", ".reviewbot/waivers.yml at 012", 3
    )


def of_lines(until, line=8, path="app/flaws.py"):
    return waiver(until, rule=SHELL, path=path, quote=whole_digest([LINES[line - 1]]))


@pytest.fixture
def day(ground):
    """The day that the publisher lives in."""
    return ground.today


@pytest.fixture
def scene(reviewed, ground):
    """Give a review in which the shell finding is waived, and ground with these waivers."""

    def made(*found, terms=TERMS, said=None, day=None, today=None, **changes):
        document = unpatched(reviewed.document)
        finding = of_shell(document)
        one = said or found[0]
        finding |= {
            "outcome": "waived", "why": one.words,
            "waiver": {
                "reason": one.reason, "requested_by": one.requested_by, "approved_by": one.approved_by,
                "until": one.until.isoformat(), "ticket": one.ticket, "signed_by": one.signed_by or None,
                "file": one.source, "line": one.line,
            },
        } | changes  # fmt: skip
        document["outcomes"]["inline"] -= 1
        document["outcomes"]["waived"] += 1
        if day is not None:
            document["this_run"]["day"] = day.isoformat()
        here = replace(
            ground,
            waivers=Waivers(found),
            policy=replace(ground.policy, waivers=terms),
            today=today or ground.today,
        )
        return document, here

    return made


def derived(document, ground):
    # The waivers' terms are part of the policy whose digest the review names.
    ground = replace(ground, policy=replace(ground.policy, digest=document["policy"]["digest"]))
    return derive(read(json.dumps(document).encode()), ground)


def test_a_waived_finding_is_confirmed_and_listed(scene, day):
    """It is no remark, its thread is settled with its last day, and who answers for it is told."""
    until = day + timedelta(days=30)
    document, ground = scene(of_lines(until))
    wanted = derived(document, ground)
    finding = of_waived(document)
    assert finding["fingerprint"] not in {remark.fingerprint for remark in wanted.remarks}
    assert (finding["fingerprint"], f"it is waived until {until}") in wanted.settled
    (one,) = wanted.waived
    assert (one.path, one.line, one.until, one.approved_by, one.requested_by, one.ticket, one.reason) == (
        "app/flaws.py", 8, until.isoformat(), "alice", "bob", "SEC-1", "harmless",
    )  # fmt: skip
    assert "1 waived" in wanted.counts


def of_waived(document):
    return next(f for f in document["findings"] if f["outcome"] == "waived")


def test_a_waiver_by_fingerprint_is_confirmed(scene, reviewed, day):
    """The fingerprint is the finding's own."""
    name = of_shell(reviewed.document)["fingerprint"]
    assert derived(*scene(waiver(day, fingerprint=name))).waived


@pytest.mark.parametrize(
    "case", ["none", "other lines", "other path", "other print", "ended", "refused", "not signed"]
)
def test_what_no_waiver_in_force_covers_is_refused(scene, day, case):
    """A review cannot waive: the publisher's own waivers decide."""
    said = of_lines(day)
    ended = day - timedelta(days=2)
    found, terms, told = {
        "none": ((), TERMS, said),
        "other lines": ((of_lines(day, line=7),), TERMS, said),
        "other path": ((of_lines(day, path="app/a.py"),), TERMS, said),
        "other print": ((waiver(day, fingerprint="0" * 16),), TERMS, said),
        "ended": ((of_lines(ended),), TERMS, of_lines(ended)),
        "refused": ((said,), WaiverPolicy(approvers=("carol",)), said),
        "not signed": ((said,), replace(TERMS, signed=True), said),
    }[case]
    with pytest.raises(UsageError, match="no waiver in force covers"):
        derived(*scene(*found, terms=terms, said=told))


def test_a_fingerprint_is_not_lent_to_another_finding(scene, reviewed, day):
    """A waiver for one finding does not cover another that a review gives its fingerprint."""
    other = fingerprint(SHELL, "app/flaws.py", "something else", 0)
    with pytest.raises(UsageError, match="a fingerprint that is not the finding's"):
        derived(*scene(waiver(day, fingerprint=other), fingerprint=other))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("approved_by", "mallory"), ("requested_by", "mallory"), ("reason", "All is well"), ("ticket", "X-1"),
        ("until", "2099-01-01"), ("file", "elsewhere"), ("line", 4), ("signed_by", "alice"),
    ],
)  # fmt: skip
def test_a_waiver_is_told_as_it_stands(scene, day, key, value):
    """What the auditor reads is what is written there."""
    document, ground = scene(of_lines(day))
    of_waived(document)["waiver"][key] = value
    with pytest.raises(UsageError, match="what does not stand in it"):
        derived(document, ground)


@pytest.mark.parametrize("outcome", ["inline", "existing", "waived"])
def test_waiver_and_outcome_come_together(scene, day, outcome):
    """A waiver on what is not waived, or nothing on what is."""
    document, ground = scene(of_lines(day))
    finding = of_waived(document)
    finding["outcome"] = outcome
    if outcome == "waived":
        finding["waiver"] = None
    with pytest.raises(UsageError, match="names a waiver where nothing is waived"):
        derived(document, ground)


def test_the_reviews_own_day_counts_for_a_day(scene, day):
    """A review from before midnight is published after it; one of any other day is judged by today."""
    yesterday, tomorrow = day - timedelta(days=1), day + timedelta(days=1)
    ended = of_lines(yesterday)
    assert derived(*scene(ended, day=yesterday)).waived
    for said in (day, tomorrow, day - timedelta(days=2), date(2020, 1, 1)):
        with pytest.raises(UsageError, match="no waiver in force covers"):
            derived(*scene(ended, day=said))
    assert derived(*scene(of_lines(day), day=date(2020, 1, 1))).waived


def test_the_verdict_leaves_out_what_is_waived(scene, day):
    """It is computed again, and a review that still counted it would be refused."""
    document, ground = scene(of_lines(day))
    assert derived(document, ground).at_threshold == document["verdict"]["at_threshold"]


def test_a_secret_in_a_waiver_is_masked(ground, day):
    """Its words are published, and the waiver file need not be part of the change."""
    token = "ghp_" + "aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xYz"
    one = replace(of_lines(day), reason=f"see {token}")
    assert token not in pipeline.learn_mask(
        ground.change, ground.read, (), pipeline.waived_words(Waivers((one,)))
    ).hide(one.words)


def test_what_the_review_shows_is_what_the_publisher_confirms(reviewed_once, tmp_path):
    """The real review and the real derivation agree, over one operator's file, and disagree once it is gone."""
    today = wiring.Request(tmp_path, Selection(), Overrides(), None).day
    file, policy = tmp_path / "waivers.yml", tmp_path / "policy.yml"
    file.write_text(
        "version: 1\nwaivers:\n  - rule: " + SHELL + "\n    path: app/flaws.py\n    quote: " + whole_digest([LINES[7]])
        + f"\n    reason: harmless\n    requested_by: bob\n    approved_by: alice\n    until: {today}\n    ticket: SEC-1\n"
    )  # fmt: skip
    policy.write_text(
        f"version: 1\nwaivers: {{approvers: [alice], file: {file}}}\nscanners: {{semgrep: {{}}}}\n"
    )
    environ = {"PATH": os.environ["PATH"]} | {
        k: v for k, v in os.environ.items() if k == "REVIEWBOT_SCANNERS"
    }
    asked = wiring.Request(
        Path(), Selection(), Overrides(), policy, snapshot=reviewed_once.snapshot, home=tmp_path
    )
    with wiring.prepared(asked, environ, lambda _: None) as prepared:
        found = pipeline.review(prepared.change, prepared.desk)
    assert [j.waiver.source for j in found.findings if j.outcome is Outcome.WAIVED] == [str(file)]
    from reviewbot.report import json as report_json  # noqa: PLC0415 (this test alone needs it)

    document = json.loads(report_json.render(found))
    again = replace_folder(reviewed_once, tmp_path, document)
    assert [one.reason for one in again.derived(policy=policy).waived] == ["harmless"]
    file.write_text("version: 1\nwaivers: []\n")
    with pytest.raises(UsageError, match="no waiver in force covers"):
        again.derived(policy=policy)


def replace_folder(reviewed, folder, document):
    return replace(reviewed, folder=folder, document=document)
