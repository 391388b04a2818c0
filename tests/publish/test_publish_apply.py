"""The publishing loop against a forge in memory: once, whatever is lost or killed."""

import copy
from dataclasses import replace
from functools import cache
from itertools import count

import pytest
from memory_forge import Killed, killed, uncertain
from publishing_cases import (
    HEAD,
    KEYS,
    MODEL,
    NEXT,
    OPEN,
    RESOLVED,
    THIRD,
    Acts,
    forge,
    listed,
    only,
    ours,
    remark,
    run,
    summary_of,
    text_of,
    threads,
    wanted,
)

from reviewbot.domain.forge import StatusState
from reviewbot.domain.wanted import Suggestion, Unreviewed
from reviewbot.errors import ForgeError, UncertainWriteError
from reviewbot.publish.bodies import TWIN_SUMMARY

HUMAN = "900"
QUIET = ["pull_request", "conversation", "status", "pull_request"]


def again(made, said, **others):
    """Run once more and give the calls of that run."""
    made.calls.clear()
    run(made, said, **others)
    return made.calls


def test_first_run_posts_all_in_one_call_each():
    """Comments, then the status, then the summary, and a last look at the head."""
    made = forge()
    done = run(made, wanted(remark("x"), remark("y"), listed(remark("z"))))
    assert made.calls == [
        "pull_request",
        "conversation",
        "post",
        "set_status",
        "post_general",
        "pull_request",
    ]
    assert (done.created, done.superseded_by, len(threads(made))) == (2, None, 2)
    assert done.status == made.statuses[HEAD]
    assert done.status.state is StatusState.FAILURE


def test_second_run_reads_only():
    """Nothing is written where everything is as wanted."""
    made = forge()
    said = wanted(remark("x"), remark("y", by=MODEL), listed(remark("z")))
    run(made, said)
    assert again(made, said) == QUIET


def test_a_status_that_somebody_changed_is_set_anew():
    """It is read where nothing else has to be written."""
    made = forge()
    said = wanted(remark("x"))
    run(made, said)
    made.statuses[HEAD] = replace(made.statuses[HEAD], state=StatusState.SUCCESS)
    assert again(made, said) == [*QUIET[:3], "set_status", "pull_request"]
    assert made.statuses[HEAD].state is StatusState.FAILURE


def test_a_review_without_findings_says_so():
    """Summary and status stand without a single comment."""
    made = forge()
    run(made, wanted())
    assert made.written() == ["set_status", "post_general"]
    assert made.statuses[HEAD].state is StatusState.SUCCESS


def test_a_finding_that_is_gone_is_resolved_with_a_reply():
    """The reason first, in words and for the next run."""
    made = forge()
    run(made, wanted(remark("x")))
    made.head = NEXT
    assert again(made, wanted(head=NEXT))[2:5] == ["reply", "resolve", "set_status"]
    assert only(made).state is RESOLVED
    assert text_of(only(made))[1] == f"No longer found at `{NEXT[:7]}`."
    assert "1 finding fixed" in summary_of(made)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (wanted(head=NEXT, paths=()), f"Its file is not part of the change any more at `{NEXT[:7]}`."),
        (
            wanted(head=NEXT, settled=((remark("x").fingerprint, "it is waived by @root"),)),
            f"Settled at `{NEXT[:7]}`: it is waived by `@root`.",
        ),
    ],
)
def test_other_reasons_are_said_in_words(said, words):
    """Those of the review are made inert."""
    made = forge()
    run(made, wanted(remark("x")))
    made.head = NEXT
    run(made, said)
    assert text_of(only(made))[1] == words


def test_a_models_finding_whose_lines_are_gone_says_so():
    """The quotes of such threads are asked for, and no others."""
    made, asked = forge(), []
    given = remark("x", by=MODEL)
    run(made, wanted(given, remark("y")))
    made.head = NEXT

    def derive(pull, quotes):
        asked.append((pull.head, quotes))
        return wanted(remark("y"), head=NEXT)

    run(made, derive)
    assert asked == [(NEXT, ((given.quote, 1),))]
    assert text_of(threads(made)[0])[1] == f"The quoted lines are no longer there at `{NEXT[:7]}`."


def test_a_finding_that_comes_back_is_opened_and_told_so():
    """Opened first: see what a kill between the two leaves."""
    made = forge()
    for head, found in ((HEAD, (remark("x"),)), (NEXT, ()), (THIRD, (remark("x"),))):
        made.head = head
        calls = again(made, wanted(*found, head=head))
    assert calls[2:4] == ["reopen", "reply"]
    assert only(made).state is OPEN
    assert text_of(only(made))[2] == f"Found again at `{THIRD[:7]}`."


def test_twins_are_told_apart():
    """The later one says where to look."""
    made = forge()
    run(made, wanted(remark("x")))
    made.say(made.me, only(made).comments[0].body, "src/a.py")
    run(made, wanted(remark("x")))
    first, second = threads(made)
    assert (first.state, second.state) == (OPEN, RESOLVED)
    assert text_of(second)[1] == "Said already in another thread."
    assert again(made, wanted(remark("x"))) == QUIET


def test_a_body_that_somebody_edited_is_put_right():
    """And reads as it did."""
    made = forge()
    run(made, wanted(remark("x")))
    before = only(made).comments[0].body
    made.edited(only(made), before.replace("It breaks", "All is well"))
    assert again(made, wanted(remark("x")))[2] == "edit"
    assert only(made).comments[0].body == before


def test_line_ends_that_the_forge_changes_are_no_edit():
    """Some give back CRLF."""
    made = forge()
    run(made, wanted(remark("x")))
    for thread in made.threads:
        made.edited(thread, thread.comments[0].body.replace("\n", "\r\n") + "\r\n")
    assert again(made, wanted(remark("x"))) == QUIET


def test_an_update_on_a_later_head_offers_nothing_to_click():
    """The thread stays on its first lines: a click would replace those."""
    made = forge()
    run(made, wanted(remark("x")))
    assert "```suggestion" in only(made).comments[0].body
    offered = Suggestion(("x",), ("best",), appliable=True, proof="applies")
    made.head = NEXT
    said = wanted(remark("x", suggestion=offered), head=NEXT)
    run(made, said)
    assert "```suggestion" not in only(made).comments[0].body
    assert "+best" in only(made).comments[0].body
    assert again(made, said) == QUIET


def test_no_body_is_over_the_limit_with_its_marker():
    """Many sources make a long marker, and a long marker leaves less room for words."""
    by = tuple(f"scanner{number:057}" for number in range(90))
    made = forge()
    made.capabilities = replace(made.capabilities, body_limit=9_000)
    run(made, wanted(remark("x", by=by, reason="word " * 2_000, explanation="word " * 4_000)))
    sizes = [len(comment.body) for thread in made.threads for comment in thread.comments]
    assert max(sizes) <= 9_000
    assert max(sizes) > 6_000


def test_refusals_leave_the_summary_under_the_limit():
    """Two hundred of them, in the marker as well."""
    made = forge(refuse=lambda path: f"no line in {path}")
    made.capabilities = replace(made.capabilities, body_limit=20_000)
    said = wanted(*(remark(f"finding {number}", f"src/{number % 9}.py") for number in range(200)))
    run(made, said)
    assert len(summary_of(made)) <= 20_000
    assert again(made, said) == QUIET


# the summary


def test_an_edited_summary_is_put_right():
    """Nobody else speaks in our name."""
    made = forge()
    run(made, wanted(remark("x")))
    before = summary_of(made)
    made.edited(made.threads[-1], before.replace("1 error", "no findings"))
    assert again(made, wanted(remark("x")))[2:4] == ["set_status", "edit"]
    assert summary_of(made) == before


def test_a_second_summary_says_that_it_is_none():
    """Left by a run that was thought lost."""
    made = forge()
    run(made, wanted(remark("x")))
    made.say(made.me, summary_of(made))
    run(made, wanted(remark("x")))
    first, second = [own.thread for own in ours(made).summaries]
    assert "1 error" in first.comments[0].body
    assert second.comments[0].body.startswith(TWIN_SUMMARY)
    assert again(made, wanted(remark("x"))) == QUIET


def test_a_summary_of_an_earlier_account_is_left_alone():
    """It cannot be edited, so there is a new one."""
    made = forge()
    run(made, wanted(remark("x")))
    made.me, made.ours = "8", ("7",)
    assert again(made, wanted(remark("x")), accounts=("7",))[2:4] == ["set_status", "post_general"]
    assert again(made, wanted(remark("x")), accounts=("7",)) == QUIET
    assert made.violations == []


def test_dismissals_are_counted_in_the_summary():
    """And in the outcome."""
    made = forge()
    run(made, wanted(remark("x")))
    made.turned(HUMAN, only(made), RESOLVED)
    done = run(made, wanted(remark("x")))
    assert done.dismissed == 1
    assert "1 dismissed by a reviewer" in summary_of(made)
    assert made.statuses[HEAD].state is StatusState.FAILURE


# what the forge refuses


def test_refused_comments_stand_in_the_summary_and_are_not_asked_again_on_this_head():
    """With the forge's reason, in the next run too."""
    made = forge(refuse=lambda path: "line_code can't be blank" if path == "bad.py" else "")
    said = wanted(remark("x"), remark("y", "bad.py"), remark("z", "bad.py"))
    done = run(made, said)
    assert (done.created, done.refused) == (1, 2)
    assert summary_of(made).count("refused by the forge: `line_code` can't be blank") == 2
    assert again(made, said) == QUIET
    assert run(made, said).refused == 2
    made.head = NEXT
    assert "post" in again(made, replace(said, head=NEXT))


def test_a_comment_that_could_act_is_listed_and_the_others_are_posted():
    """As a mistake in a template of ours would make one: the last look refuses it, the rest is published."""
    bad = remark("y", cwe=("1` <img src=x> `",))
    made, words = forge(), []
    said = wanted(remark("x"), bad)
    done = run(made, said, progress=words.append)
    assert (done.created, done.refused) == (1, 1)
    assert "could not be made harmless" in summary_of(made)
    assert any("stands in the summary" in told for told in words)
    assert again(made, said) == QUIET


def test_an_update_that_could_act_leaves_the_comment_as_it_is():
    """The old words were harmless."""
    made = forge()
    run(made, wanted(remark("x")))
    before = only(made).comments[0].body
    run(made, wanted(remark("x", cwe=("1` <img src=x> `",))))
    assert only(made).comments[0].body == before


@pytest.mark.parametrize("verb", ["post", "edit", "reply", "resolve", "reopen"])
def test_a_step_that_the_forge_refuses_keeps_the_status_true(verb):
    """The error comes at the end: a token with too few rights leaves no green status behind."""
    made, said = history()

    def hook(number, name, phase):
        if name == verb and phase == "before" and made.head == THIRD:
            raise ForgeError(f"the forge refused to {verb}: HTTP 403")

    made.hook = hook
    with pytest.raises(ForgeError, match=f"refused to {verb}"):
        run(made, said)
    assert made.statuses[THIRD].state is StatusState.FAILURE


@pytest.mark.parametrize("verb", ["set_status", "post_general"])
def test_a_status_or_summary_that_the_forge_refuses_is_an_error(verb):
    """There is nothing behind it to be done."""

    def hook(number, name, phase):
        if name == verb and phase == "before":
            raise ForgeError(f"the forge refused to {verb}: HTTP 403")

    with pytest.raises(ForgeError, match=verb):
        run(forge(hook=hook), wanted())


# heads that move


def test_a_head_that_was_not_reviewed_gets_nothing():
    """Not one comment about another commit."""
    made = forge(NEXT)
    done = run(made, wanted(remark("x")), reviewed_head=HEAD)
    assert (made.calls, done.superseded_by, done.status) == (["pull_request"], NEXT, None)


def test_what_was_derived_from_another_head_is_not_posted():
    """Where the caller did not say what was reviewed, the derivation does."""
    made = forge(NEXT)
    assert run(made, wanted(remark("x"))).superseded_by == NEXT
    assert made.written() == []


def test_a_closed_pull_request_gets_nothing():
    """Merged or closed."""
    made = forge(is_open=False)
    done = run(made, wanted(remark("x")), reviewed_head=HEAD)
    assert (made.calls, done.superseded_by) == (["pull_request"], HEAD)
    assert "closed" in done.why


@pytest.mark.parametrize("call", range(6))
def test_a_head_that_moves_meanwhile_is_said_in_the_summary(call):
    """At whatever moment; the status stays on the commit that was reviewed."""
    made = forge()

    def hook(number, verb, phase):
        if number == call and phase == ("before" if number == 5 else "after"):
            made.head = NEXT

    made.hook = hook
    done = run(made, wanted(remark("x")), reviewed_head=HEAD)
    assert done.superseded_by == NEXT
    assert list(made.statuses) == [HEAD]
    assert f"moved on to `{NEXT[:7]}`" in summary_of(made)
    made.hook = None
    run(made, wanted(remark("x"), head=NEXT))
    assert "moved on" not in summary_of(made)
    assert len(threads(made)) == 1


def test_a_lost_answer_while_saying_so_is_looked_up():
    """The last edit is one like all others."""
    made = forge()
    hook = uncertain(3, "after")

    def both(number, verb, phase):
        if verb == "post_general" and phase == "after":
            made.head = NEXT
        hook(number, verb, phase)

    made.hook = both
    assert run(made, wanted(remark("x"))).superseded_by == NEXT
    assert "moved on" in summary_of(made)


# no review


def test_without_a_review_only_summary_and_status_are_written():
    """No thread is touched, whatever it says."""
    made = forge()
    run(made, wanted(remark("x"), remark("y")))
    made.edited(threads(made)[0], "**Other** words\n\n" + threads(made)[0].comments[0].body.split("\n")[-1])
    made.head = NEXT
    before = copy.deepcopy(threads(made))
    said = Unreviewed(NEXT, "the review is not one of this change")
    done = run(made, said)
    assert made.written()[-2:] == ["set_status", "edit"]
    assert threads(made) == before
    assert done.status.state is StatusState.INCOMPLETE
    assert made.statuses[NEXT].state is StatusState.INCOMPLETE
    assert "not reviewed" in summary_of(made)
    assert again(made, said) == QUIET
    run(made, wanted(remark("x"), head=NEXT))
    assert "1 error" in summary_of(made)


# dry run, outcome, record


def test_a_dry_run_writes_nothing_and_says_all():
    """Every finding and thread, the status and the summary, with what would be done and why."""
    made, said = history()
    before = copy.deepcopy(made.threads)
    made.calls.clear()
    done = run(made, said, dry_run=True)
    assert made.calls == ["pull_request", "conversation"]
    assert made.threads == before
    acts = [row.act for row in done.rows]
    assert {"create", "update", "resolve", "reopen", "keep", "dismissed", "listed"} <= set(acts)
    assert acts[-2:] == ["status", "summary"]
    assert all(row.why for row in done.rows)


def test_the_outcome_of_a_run_is_what_its_dry_run_says():
    """The same rows, the same counts."""
    made, said = history()
    dry = run(copy.deepcopy(made), said, dry_run=True)
    real = run(made, said)
    assert real.rows == dry.rows
    assert (real.updated, real.resolved, real.reopened, real.fixed) == (
        dry.updated, dry.resolved, dry.reopened, dry.fixed,
    )  # fmt: skip


def test_every_write_is_on_record_before_it_is_done():
    """Its intent first, then how it ended."""
    made, said = history()
    record, done_at = Acts(), []
    made.calls.clear()
    made.hook = lambda _, verb, phase: done_at.append((len(record.events), verb, phase))
    run(made, said, record=record)
    intents = [act for kind, act, _ in record.events if kind == "intent"]
    assert intents == [f"forge.{verb}" for verb in made.written()]
    assert [detail["ended"] for kind, _, detail in record.events if kind == "outcome"] == ["done"] * len(
        intents
    )
    at = [events for events, verb, phase in done_at if phase == "before" and f"forge.{verb}" in intents]
    assert at == list(range(1, 2 * len(intents), 2))
    assert all(detail["head"] == THIRD for kind, _, detail in record.events if kind == "intent")


def test_a_record_says_what_was_lost_and_what_was_refused():
    """`unknown` is not `refused`."""
    record = Acts()
    run(forge(hook=uncertain(0, "after")), wanted(remark("x")), record=record)
    assert record.events[1][2]["ended"] == "unknown"

    def hook(number, verb, phase):
        if verb == "set_status":
            raise ForgeError("no")

    record = Acts()
    with pytest.raises(ForgeError):
        run(forge(hook=hook), wanted(), record=record)
    assert record.events[-1][2] == {"ended": "refused", "why": "no"}


def test_progress_is_told():
    """What is posted, and that an answer was lost."""
    words = []
    run(forge(hook=uncertain(0, "after")), wanted(remark("x")), progress=words.append)
    assert any("1 comment" in said for said in words)
    assert any("looking again" in said for said in words)


# once, whatever happens


def history():
    """A pull request with a past, at a head that asks for every kind of step, and what is wanted of it."""
    made, said = _history()
    return copy.deepcopy(made), said


@cache
def _history():
    made = forge(refuse=lambda path: "no such line" if path == "bad.py" else "")
    past = {
        "goes": remark("goes"),
        "back": remark("back"),
        "model": remark("model", by=MODEL),
        "moves": remark("moves", "src/old.py"),
        "dismissed": remark("dismissed"),
        "edited": remark("edited"),
        "stays": remark("stays"),
    }
    run(made, wanted(*past.values()))
    by_text = {own.marker["fp"]: own.thread.id for own in ours(made).findings}
    find = {
        name: next(t for t in made.threads if t.id == by_text[given.fingerprint])
        for name, given in past.items()
    }
    made.head = NEXT
    run(made, wanted(*(given for name, given in past.items() if name != "back"), head=NEXT))
    made.turned(HUMAN, find["dismissed"], RESOLVED)
    made.edited(find["edited"], find["edited"].comments[0].body.replace("It breaks", "All is well"))
    made.say(made.me, find["stays"].comments[0].body, "src/a.py")
    made.say(made.me, summary_of(made))
    made.say(HUMAN, find["stays"].comments[0].body, "src/a.py")
    made.answer(HUMAN, find["goes"], "Is it?")
    made.head = THIRD
    said = wanted(
        past["back"], past["dismissed"], past["edited"], past["stays"],
        remark("moves", "src/new.py"), remark("new"), remark("other"), remark("refused", "bad.py"),
        listed(remark("listed")),
        head=THIRD, renamed=(("src/old.py", "src/new.py"),),
    )  # fmt: skip
    return made, said


@cache
def undisturbed():
    made, said = history()
    made.calls.clear()
    run(made, said)
    return made


def test_the_history_asks_for_every_kind_of_step():
    """Or the next tests would prove less than they say."""
    verbs = {"post", "edit", "reply", "resolve", "reopen", "set_status"}
    made = undisturbed()
    assert verbs <= set(made.written())
    assert made.violations == []


LAST = len(undisturbed().calls)


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("at", range(LAST))
def test_a_run_that_is_killed_anywhere_is_completed_by_the_next(at, phase):
    """The same in the end as without the kill, and a third run writes nothing."""
    made, said = history()
    made.calls.clear()
    made.hook = killed(at, phase)
    with pytest.raises(Killed):
        run(made, said)
    made.hook = None
    run(made, said)
    assert made.standing() == undisturbed().standing()
    assert again(made, said) == QUIET
    assert made.violations == []


@pytest.mark.parametrize("names_resolver", [True, False])
@pytest.mark.parametrize("phase", ["before", "after"])
def test_runs_that_are_killed_at_one_more_call_each_time_get_there(phase, names_resolver):
    """Killed at every call in turn, each time by a run that goes on where the last one stopped."""
    made, said = history()
    made.names_resolver = names_resolver
    for at in range(LAST):
        made.calls.clear()
        made.hook = killed(at, phase)
        try:
            run(made, said)
        except Killed:
            continue
    made.hook = None
    run(made, said)
    assert made.standing() == undisturbed().standing()


@pytest.mark.parametrize("phase", ["before", "after"])
@pytest.mark.parametrize("at", range(len(undisturbed().written())))
def test_a_write_whose_answer_is_lost_is_looked_up_and_never_repeated_blindly(at, phase):
    """Within the one run, and the same in the end."""
    made, said = history()
    made.calls.clear()
    made.hook = uncertain(at, phase)
    run(made, said)
    made.hook = None
    assert made.standing() == undisturbed().standing()
    assert again(made, said) == QUIET


def test_the_conversation_is_listed_between_a_lost_answer_and_the_next_write():
    """Nothing is written on a guess."""
    made = forge(hook=uncertain(0, "after"))
    run(made, wanted(remark("x")))
    assert made.calls[2:5] == ["post", "conversation", "set_status"]
    made = forge(hook=uncertain(0, "before"))
    run(made, wanted(remark("x")))
    assert made.calls[2:5] == ["post", "conversation", "post"]


def test_answers_that_are_lost_again_and_again_end_in_the_error():
    """After three rounds."""
    rounds = count()

    def hook(number, verb, phase):
        if verb == "post" and phase == "before":
            next(rounds)
            raise UncertainWriteError("the forge did not answer")

    made = forge(hook=hook)
    with pytest.raises(UncertainWriteError):
        run(made, wanted(remark("x")))
    assert next(rounds) == 3
    assert made.calls.count("conversation") == 3
    assert made.statuses == {}


def test_what_is_wanted_is_derived_once():
    """The child process is not started for each look."""
    asked = []

    def derive(pull, quotes):
        asked.append(quotes)
        return wanted(remark("x"))

    run(forge(hook=uncertain(0, "after")), derive)
    assert asked == [()]


def test_a_thread_that_came_meanwhile_is_asked_for_before_it_is_judged():
    """Another run posts a model's finding between our two looks: its lines still stand."""
    made, other = forge(), remark("m", by=MODEL)
    source = forge()
    run(source, wanted(other))
    foreign = only(source).comments[0].body

    def hook(number, verb, phase):
        if verb == "post" and phase == "after":
            made.say(made.me, foreign, "src/a.py")
            made.hook = None
            raise UncertainWriteError("the forge did not answer")

    def derive(pull, quotes):
        present = tuple(digest for digest, _ in quotes)
        return wanted(remark("x"), present=present)

    made.hook = hook
    run(made, derive)
    assert [thread.state for thread in threads(made)] == [OPEN, OPEN]


def test_foreign_comments_are_as_they_were():
    """Of people, other bots and whoever copies ours."""
    made, said = history()
    before = made.foreign()
    run(made, said)
    assert made.foreign() == before
    assert made.violations == []


def test_keys_are_in_nothing_that_is_posted_or_recorded():
    """They are secrets."""
    made, said = history()
    record = Acts()
    done = run(made, said, record=record)
    secret = KEYS.secrets[0].decode()
    assert secret not in repr((made.threads, record.events, done))
