"""The plan: what becomes of each remark and each thread, from values alone."""

from dataclasses import replace

import pytest
from memory_forge import REF
from publishing_cases import (
    HEAD,
    KEYS,
    MODEL,
    NEXT,
    OPEN,
    REFUSED,
    RESOLVED,
    THIRD,
    forge,
    listed,
    only,
    ours,
    remark,
    run,
    threads,
    wanted,
)

from reviewbot.domain.finding import Severity
from reviewbot.publish.marker import Keys, Kind, body_digest, sign
from reviewbot.publish.plan import plan
from reviewbot.publish.steps import Gone

HUMAN = "900"


def planned(made, said, *, accounts=(), refused=None):
    return plan(said, ours(made, accounts), refused or {})


def posted(*remarks, head=HEAD, **others):
    """A forge on which these findings have been published."""
    made = forge(head, **others)
    run(made, wanted(*remarks, head=head))
    return made


def gone(made, *, head=NEXT, **others):
    """Publish a later head without the findings."""
    made.head = head
    run(made, wanted(head=head, **others))


def steps(made_plan):
    """The plan as the names of what is not empty."""
    names = ("create", "update", "resolve", "reopen", "keep", "dismissed", "listed")
    return {name: len(getattr(made_plan, name)) for name in names if getattr(made_plan, name)}


# remarks


def test_a_remark_without_thread_is_created():
    """With an anchor, and not said yet."""
    assert steps(planned(forge(), wanted(remark("x")))) == {"create": 1}


@pytest.mark.parametrize(
    "given", [listed(remark("x")), replace(remark("x"), why="over the budget"), listed(remark("x"), "")]
)
def test_what_can_only_be_listed_is_not_created(given):
    """No anchor, or a reason to list it."""
    (step,) = planned(forge(), wanted(given)).listed
    assert (step.why, step.refused) == (given.why, False)


def test_what_the_forge_refused_on_this_head_is_listed_with_its_reason():
    """It is not asked again."""
    given = remark("x")
    (step,) = planned(forge(), wanted(given), refused={given.fingerprint: "no such line"}).listed
    assert (step.why, step.refused) == ("no such line", True)


def test_a_remark_that_is_said_is_kept_on_later_heads():
    """A push elsewhere changes nothing, nor do lines that have moved."""
    made = posted(remark("x"))
    assert steps(planned(made, wanted(remark("x", line=9), head=NEXT))) == {"keep": 1}


def test_the_models_prose_is_no_reason_to_update():
    """It words the same thing differently each time."""
    made = posted(remark("x", explanation="Once."))
    assert steps(planned(made, wanted(remark("x", explanation="Twice.")))) == {"keep": 1}


@pytest.mark.parametrize(
    "others",
    [{"severity": Severity.NOTE}, {"by": ("semgrep", "bandit")}, {"title": "New"}, {"quote": "0" * 16}],
)
def test_words_that_differ_are_updated(others):
    """Severity, sources, title, and the quote that a later run looks for."""
    made = posted(remark("x"))
    assert steps(planned(made, wanted(replace(remark("x"), **others)))) == {"update": 1}


def test_an_edited_body_is_put_right():
    """Somebody with the right to edit our words changed them above a marker that is whole."""
    made = posted(remark("x"))
    thread = only(made)
    made.edited(thread, thread.comments[0].body.replace("It breaks", "It is fine"))
    (step,) = planned(made, wanted(remark("x"))).update
    assert step.why == "somebody edited it"


def test_what_another_account_of_ours_wrote_is_not_edited():
    """Forges let nobody edit another account's comment: it stays, and is said once all the same."""
    made = posted(remark("x"))
    made.me, made.ours = "8", ("7",)
    changed = replace(remark("x"), title="New")
    own_plan = planned(made, wanted(changed), accounts=("7",))
    assert steps(own_plan) == {"keep": 1}
    assert "another account" in own_plan.keep[0].why


def test_a_listed_remark_keeps_its_thread():
    """The budget of a later run takes no thread away."""
    made = posted(remark("x"))
    assert steps(planned(made, wanted(listed(remark("x"))))) == {"keep": 1}


def test_two_remarks_of_one_fingerprint_make_one_thread():
    """The next run would take the second for a twin."""
    assert steps(planned(forge(), wanted(remark("x"), remark("x", line=8)))) == {"create": 1}


# threads without a remark: scanners


def test_a_scanners_finding_that_is_gone_is_resolved():
    """Every scanner that said it has read the file again."""
    made = posted(remark("x", by=("semgrep", "bandit", "model")))
    (step,) = planned(made, wanted(head=NEXT, read=("semgrep", "bandit"))).resolve
    assert (step.code, step.said) == (Gone.FIXED, False)
    assert NEXT[:7] in step.why


@pytest.mark.parametrize("read", [(), ("model",), ("bandit", "model"), ("semgrep", "model")])
def test_a_scanner_that_did_not_read_the_file_resolves_nothing(read):
    """One of two is not enough, and the model never is."""
    made = posted(remark("x", by=("bandit", "semgrep")))
    own_plan = planned(made, wanted(head=NEXT, read=read))
    assert steps(own_plan) == {"keep": 1}
    assert "has not read the file" in own_plan.keep[0].why


def test_a_scanner_that_read_another_file_resolves_nothing():
    """The rule holds file by file, in a review that is not whole too."""
    made = posted(remark("x"), remark("x", "src/b.py"))
    said = wanted(head=NEXT, complete=False, read_by=(("src/a.py", ("semgrep",)), ("src/b.py", ())))
    own_plan = planned(made, said)
    assert steps(own_plan) == {"resolve": 1, "keep": 1}
    assert own_plan.resolve[0].own.thread.path == "src/a.py"


def test_a_file_that_left_the_change_resolves_its_findings():
    """Nothing of it is in the change any more."""
    made = posted(remark("x"))
    (step,) = planned(made, wanted(head=NEXT, paths=("src/other.py",))).resolve
    assert step.code is Gone.LEFT


def test_a_renamed_file_has_not_left_the_change():
    """It is looked for under its new name, whatever name the forge still shows."""
    made = posted(remark("x"))
    renamed = {"renamed": (("src/a.py", "src/z.py"),), "paths": ("src/z.py",), "head": NEXT}
    assert steps(planned(made, wanted(**renamed, read=()))) == {"keep": 1}
    assert planned(made, wanted(**renamed)).resolve[0].code is Gone.FIXED


def test_a_settled_finding_is_resolved_with_its_reason():
    """The review says what became of it, whoever has read the file."""
    given = remark("x")
    made = posted(given)
    settled = ((given.fingerprint, "it is waived"),)
    (step,) = planned(made, wanted(head=NEXT, read=(), settled=settled)).resolve
    assert (step.code, step.why) == (Gone.SETTLED, "it is waived")


# threads without a remark: the model


def test_the_models_silence_resolves_nothing():
    """The quoted lines are still there."""
    given = remark("x", by=MODEL)
    made = posted(given)
    own_plan = planned(made, wanted(head=NEXT, present=(given.quote,)))
    assert steps(own_plan) == {"keep": 1}


@pytest.mark.parametrize("settled", ["it is part of another finding now", "it is below the confidence"])
def test_what_a_review_says_of_a_models_finding_resolves_nothing(settled):
    """The author of a change has a say in what the model says."""
    given = remark("x", by=MODEL)
    made = posted(given)
    said = wanted(head=NEXT, present=(given.quote,), settled=((given.fingerprint, settled),))
    assert steps(planned(made, said)) == {"keep": 1}


def test_a_models_finding_is_resolved_when_its_lines_are_gone():
    """Wherever they stood, in a review that is not whole too."""
    made = posted(remark("x", by=MODEL))
    (step,) = planned(made, wanted(head=NEXT, read=(), complete=False, present=("f" * 16,))).resolve
    assert step.code is Gone.CHANGED


def test_only_the_quotes_of_the_model_are_asked_for():
    """Those of scanners are not needed."""
    given = remark("x", by=MODEL)
    made = posted(given, remark("y"))
    assert ours(made).quotes == {(given.quote, 1)}


# resolved threads


@pytest.mark.parametrize("names_resolver", [True, False])
def test_a_finding_that_comes_back_is_opened_again(names_resolver):
    """We resolved it, so we open it."""
    made = posted(remark("x"), names_resolver=names_resolver)
    gone(made)
    assert only(made).state is RESOLVED
    assert steps(planned(made, wanted(remark("x"), head=THIRD))) == {"reopen": 1}


def test_a_finding_that_comes_back_changed_is_opened_and_updated():
    """Both at once."""
    made = posted(remark("x"))
    gone(made)
    changed = replace(remark("x"), title="New")
    assert steps(planned(made, wanted(changed, head=THIRD))) == {"reopen": 1, "update": 1}


@pytest.mark.parametrize("names_resolver", [True, False])
@pytest.mark.parametrize("state", [RESOLVED, REFUSED])
def test_what_a_person_closed_stays_closed(names_resolver, state):
    """Nothing is posted, and it is counted."""
    made = posted(remark("x"), names_resolver=names_resolver)
    made.turned(HUMAN, only(made), state)
    for said in (wanted(remark("x")), wanted(replace(remark("x"), title="New"), head=NEXT)):
        assert steps(planned(made, said)) == {"dismissed": 1}


@pytest.mark.parametrize("names_resolver", [True, False])
def test_what_a_person_closed_after_we_opened_it_again_stays_closed(names_resolver):
    """The newest reply of ours says that it is back, so its end was not our doing."""
    made = posted(remark("x"), names_resolver=names_resolver)
    gone(made)
    made.head = THIRD
    run(made, wanted(remark("x"), head=THIRD))
    made.turned(HUMAN, only(made), RESOLVED)
    assert steps(planned(made, wanted(remark("x"), head=THIRD))) == {"dismissed": 1}


def test_what_a_person_resolved_once_more_stays_closed():
    """We had resolved it, they opened and resolved it: the forge names them."""
    made = posted(remark("x"))
    gone(made)
    made.turned(HUMAN, only(made), RESOLVED)
    assert steps(planned(made, wanted(remark("x"), head=THIRD))) == {"dismissed": 1}


def test_wont_fix_is_a_persons_word_whatever_we_said_before():
    """We set no such state."""
    made = posted(remark("x"), names_resolver=False)
    gone(made)
    made.turned(HUMAN, only(made), REFUSED)
    assert steps(planned(made, wanted(remark("x"), head=THIRD))) == {"dismissed": 1}


@pytest.mark.parametrize("state", [RESOLVED, REFUSED])
def test_a_closed_thread_whose_finding_is_gone_stays_as_it_is(state):
    """There is nothing to add."""
    made = posted(remark("x"))
    made.turned(HUMAN, only(made), state)
    own_plan = planned(made, wanted(head=NEXT))
    assert (steps(own_plan), own_plan.fixed) == ({"keep": 1}, 0)


def test_what_a_person_opened_again_stays_open_on_later_heads():
    """We said that it is gone, they see it otherwise."""
    made = posted(remark("x"))
    gone(made)
    made.turned(HUMAN, only(made), OPEN)
    own_plan = planned(made, wanted(head=THIRD))
    assert steps(own_plan) == {"keep": 1}
    assert "a person" in own_plan.keep[0].why


def test_what_a_person_opened_again_and_is_back_is_told_so():
    """Or their next word on it would be taken for ours."""
    made = posted(remark("x"))
    gone(made)
    made.turned(HUMAN, only(made), OPEN)
    assert steps(planned(made, wanted(remark("x"), head=THIRD))) == {"reopen": 1}


def test_a_reason_that_is_given_already_is_not_given_again():
    """A run that was killed between the reply and the resolution goes on there."""
    made = posted(remark("x"))
    gone(made)
    made.turned(HUMAN, only(made), OPEN)
    (step,) = planned(made, wanted(head=NEXT)).resolve
    assert step.said


def test_fixed_counts_are_the_same_in_the_next_run():
    """Resolved now and resolved before, by a fix alone."""
    given = remark("w")
    made = posted(remark("x"), remark("y", by=MODEL), given)
    said = wanted(head=NEXT, settled=((given.fingerprint, "it is waived"),))
    assert planned(made, said).fixed == 2
    made.head = NEXT
    run(made, said)
    assert planned(made, said).fixed == 2
    assert planned(made, wanted(remark("x"), head=THIRD)).fixed == 1


# renamed files


def renamed_to(path, *, known=True, **others):
    renames = (("src/a.py", path),) if known else ()
    return wanted(remark("x", path, **others), head=NEXT, paths=(), renamed=renames)


@pytest.mark.parametrize("known", [True, False])
def test_a_finding_of_a_renamed_file_keeps_its_thread(known):
    """By the change's own renames, or because a file that is new in the change has left it."""
    made = posted(remark("x"))
    own_plan = planned(made, renamed_to("src/z.py", known=known))
    assert steps(own_plan) == {"update": 1}
    assert own_plan.update[0].why == "its file was renamed"
    made.head = NEXT
    run(made, renamed_to("src/z.py", known=known))
    assert steps(planned(made, renamed_to("src/z.py", known=known))) == {"keep": 1}


def test_a_file_that_gets_its_old_name_back_keeps_its_threads():
    """The forge still shows the first name all the time."""
    made = posted(remark("x"))
    made.head = NEXT
    run(made, renamed_to("src/z.py", known=False))
    assert steps(planned(made, wanted(remark("x"), head=THIRD))) == {"update": 1}


def test_a_dismissal_moves_with_its_file():
    """It is the same finding."""
    made = posted(remark("x"))
    made.turned(HUMAN, only(made), RESOLVED)
    assert steps(planned(made, renamed_to("src/z.py"))) == {"dismissed": 1}


def test_a_dismissal_does_not_cover_equal_lines_in_a_file_beside():
    """The first file is still in the change: what stands in another is another finding."""
    made = posted(remark("x"))
    made.turned(HUMAN, only(made), RESOLVED)
    own_plan = planned(made, wanted(remark("x", "src/b.py"), head=NEXT))
    assert steps(own_plan) == {"create": 1, "keep": 1}


def test_a_thread_is_given_to_one_remark_only():
    """One finding of a file that left, two of them in new files: the second gets its own."""
    made = posted(remark("x"))
    said = wanted(remark("x", "src/y.py"), remark("x", "src/z.py"), head=NEXT, paths=())
    assert steps(planned(made, said)) == {"create": 1, "update": 1}


def test_a_rename_that_the_change_shows_goes_before_a_guess():
    """Two files with the same lines: each thread follows its own."""
    made = posted(remark("x"), remark("x", "src/b.py"))
    said = wanted(
        remark("x", "src/y.py"), remark("x", "src/z.py"),
        head=NEXT, paths=(), renamed=(("src/b.py", "src/y.py"),),
    )  # fmt: skip
    followed = {step.own.thread.path: step.remark.place.path for step in planned(made, said).update}
    assert followed == {"src/b.py": "src/y.py", "src/a.py": "src/z.py"}


# twins


def twice(state=OPEN):
    """A finding that stands twice; the second thread was made later."""
    made = posted(remark("x"))
    first = only(made)
    second = made.say(made.me, first.comments[0].body, first.path)
    made.turned(HUMAN, first, state)
    return made, first, second


@pytest.mark.parametrize("backwards", [False, True])
def test_of_twins_the_oldest_stays(backwards):
    """In whatever order the forge lists them: their numbers tell."""
    made, first, second = twice()
    if backwards:
        made.threads.reverse()
    own_plan = planned(made, wanted(remark("x")))
    assert steps(own_plan) == {"keep": 1, "resolve": 1}
    assert own_plan.keep[0].own.thread.id == first.id
    assert (own_plan.resolve[0].own.thread.id, own_plan.resolve[0].code) == (second.id, Gone.TWIN)


def test_twins_of_a_finding_that_is_gone_count_once():
    """And those of a scanner that did not run do not stand open both."""
    made, *_ = twice()
    assert planned(made, wanted(head=NEXT)).fixed == 1
    assert steps(planned(made, wanted(head=NEXT, read=()))) == {"keep": 1, "resolve": 1}


def test_a_dismissed_finding_has_no_open_twin():
    """A person's word on the first is enough."""
    made, *_ = twice(RESOLVED)
    assert steps(planned(made, wanted(remark("x")))) == {"dismissed": 1, "resolve": 1}


def test_a_twin_is_opened_when_the_first_was_deleted():
    """Somebody took the thread away that we kept."""
    made, first, _ = twice()
    run(made, wanted(remark("x")))
    made.threads.remove(first)
    assert steps(planned(made, wanted(remark("x")))) == {"reopen": 1}


# ownership


def test_forged_threads_are_neither_trusted_nor_touched():
    """The same body by another account, an edited marker, another pull request's, another key's, another bot's."""
    given = remark("x")
    made = posted(given)
    thread = only(made)
    body = thread.comments[0].body
    made.threads.clear()
    made.say(HUMAN, body, "src/a.py")
    made.say(made.me, body.replace("n=1", "n=2"), "src/a.py")
    other = replace(REF, number=13)
    fields = dict.fromkeys(("fp", "mv", "p", "by", "q", "n", "w", "b", "head"), "1")
    for keys, ref in ((KEYS, other), (Keys.parse("o" * 32, "V"), REF)):
        made.say(made.me, "Text.\n\n" + sign(Kind.FINDING, fields, keys, ref), "src/a.py")
    made.say("555", "<!-- other-bot fp=1 -->", "src/a.py")
    made.say(made.me, body, None)
    made.say(made.me, body + "\n\nand more", "src/a.py")
    assert ours(made).findings == ()
    assert ours(made).summaries == ()
    assert steps(planned(made, wanted(given))) == {"create": 1}


def test_a_forged_reply_resolves_and_opens_nothing():
    """Somebody copies our `gone` reply into a thread and resolves it; the forge does not say who did."""
    made = posted(remark("x"), remark("y"), names_resolver=False)
    first, second = threads(made)
    made.head = NEXT
    run(made, wanted(remark("y"), head=NEXT))
    made.answer(HUMAN, second, first.comments[-1].body)
    made.turned(HUMAN, second, RESOLVED)
    assert steps(planned(made, wanted(remark("y"), head=NEXT))) == {"keep": 1, "dismissed": 1}


def test_threads_of_an_earlier_account_are_ours_by_leave():
    """Only where the operator names the account."""
    made = posted(remark("x"))
    made.me = "8"
    assert steps(planned(made, wanted(remark("x")))) == {"create": 1}
    assert steps(planned(made, wanted(remark("x")), accounts=("7",))) == {"keep": 1}


def test_a_summary_on_a_line_is_none():
    """What stands on a file is a finding or nothing of ours."""
    made = posted(remark("x"))
    body = ours(made).summaries[0].first.body
    made.say(made.me, body, "src/a.py")
    assert len(ours(made).summaries) == 1


def test_the_body_digest_is_in_the_marker():
    """So that an edit above the marker is noticed."""
    made = posted(remark("x"))
    (thread,) = ours(made).findings
    assert thread.marker["b"] == body_digest(thread.first.body.rpartition("\n")[0])
    assert not thread.edited
