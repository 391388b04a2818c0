"""What becomes of a thread when its finding is waived, and when the waiver ends."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from oracles import assert_harmless
from publish_remarks import MARKER, WANTED, hostile
from publishing_cases import (
    HEAD,
    MODEL,
    NEXT,
    OPEN,
    RESOLVED,
    THIRD,
    forge,
    only,
    remark,
    run,
    text_of,
    wanted,
)

from reviewbot.domain.finding import Severity
from reviewbot.domain.wanted import WaivedFinding
from reviewbot.publish.inert import posted
from reviewbot.publish.summary import Published, summary

WAIVED = WaivedFinding(
    "0" * 16, "python-weak-hash", Severity.WARNING, "MD5 or SHA-1 is used", "src/etag.py", 5, "2027-01-31", "bob", "alice",
    "SEC-1182", "ETag only",
)  # fmt: skip


def waived(given_, *, head=NEXT, until="2027-01-31"):
    """A review of a later head in which this finding is waived."""
    one = replace(WAIVED, fingerprint=given_.fingerprint, until=until)
    return wanted(
        head=head, read=(), settled=((one.fingerprint, f"it is waived until {until}"),), waived=(one,),
        present=(given_.quote,),
    )  # fmt: skip


@pytest.mark.parametrize("by", [("semgrep",), MODEL])
def test_a_waived_finding_is_settled_and_comes_back_when_the_waiver_ends(by):
    """Of a scanner or of the model alone: resolved with the last day, opened again once the review shows it again."""
    given_ = remark("x", by=by)
    made = forge(HEAD)
    run(made, wanted(given_))
    made.head = NEXT
    run(made, waived(given_))
    assert only(made).state is RESOLVED
    assert text_of(only(made))[-1] == f"Settled at `{NEXT[:7]}`: it is waived until `2027-01-31`."
    before = len(only(made).comments)
    run(made, waived(given_))
    assert len(only(made).comments) == before
    made.head = THIRD
    run(made, wanted(given_, head=THIRD))
    assert only(made).state is OPEN


def test_a_waiver_is_no_fix():
    """The summary counts what was fixed, not what was excused."""
    given_ = remark("x")
    made = forge(HEAD)
    run(made, wanted(given_))
    made.head = NEXT
    assert run(made, waived(given_)).fixed == 0


def test_the_models_thread_stays_open_where_another_finding_is_waived():
    """A waiver settles its own finding only."""
    given_ = remark("x", by=MODEL)
    made = forge(HEAD)
    run(made, wanted(given_))
    made.head = NEXT
    other = waived(remark("y"))
    run(made, replace(other, present=(given_.quote,)))
    assert only(made).state is OPEN


def said(wanted_, limit=65_536):
    return summary(wanted_, Published(), links=None, limit=limit)


def test_the_summary_lists_what_is_waived(golden):
    """Title, place, rule, and who answers for it until when."""
    text = said(replace(WANTED, waived=(WAIVED, replace(WAIVED, line=9))))
    golden("publish/summary-waived.md", posted(text, MARKER) + "\n")
    assert "Waived" not in said(WANTED)
    assert "**Waived: 1 finding.** It does not count." in said(replace(WANTED, waived=(WAIVED,)))


def test_many_waived_findings_are_cut_and_counted():
    """They do not push out what counts."""
    text = said(replace(WANTED, waived=(WAIVED,) * 500), limit=8_000)
    assert len(text) <= 8_000
    assert "more" in text
    assert "SQL is built from request data" in text


@settings(max_examples=40, deadline=None)
@given(hostile)
def test_no_word_of_a_waiver_can_act(word):
    """A waiver file is text of the repository like any other."""
    one = replace(
        WAIVED,
        rule=word,
        title=word,
        path=word,
        requested_by=word,
        approved_by=word,
        ticket=word,
        reason=word,
    )
    assert_harmless(posted(said(replace(WANTED, waived=(one,))), MARKER), MARKER)
