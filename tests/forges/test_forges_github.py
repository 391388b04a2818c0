"""The GitHub adapter against the fake server: what is asked, what is posted, and what happens when it is refused."""

import json
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from fakes.github import FakeGitHub
from fakes.wire import Fault, Reply
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.domain.anchor import Anchor, Line, Side
from reviewbot.domain.forge import Post, Status, StatusState, SuggestionStyle, ThreadState
from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.errors import ForgeError, UncertainWriteError, UsageError
from reviewbot.forges import github_patches
from reviewbot.forges.base import Access
from reviewbot.forges.github import connect
from reviewbot.forges.github_query import page, replies

APP = {"pull_requests:write", "statuses:write", "contents:write", "checks:write", "metadata:read"}
MARKED = "text\n\n<!-- reviewbot/1 finding fp=1 -->"
ONE_DRAFT = "User can only have one pending review per pull request"
GRAPHQL = ("POST", "/api/graphql")
PULL = "/api/v3/repos/pay/ledger/pulls/1"


class Server:
    """A fake with one pull request, an account for reviewbot and a person."""

    def __init__(self, repo, *, rights=frozenset(APP), kind="installation", text=None):
        self.repo = repo
        self.fake = FakeGitHub(repo.path)
        self.is_app = kind == "installation"
        self.bot = self.fake.add_user("ci-review", is_bot=self.is_app)
        more = {"text": text} if text else {}
        self.token = self.fake.add_token(self.bot, set(rights), kind=kind, **more)
        self.writer = self.fake.add_user("writer")
        self.number = self.fake.open_pull_request("feature", "main", self.writer)
        self.forges = []

    def forge(self, **more):
        ref = PullRef(ForgeKind.GITHUB, f"{self.fake.url}/api/v3", "pay/ledger", self.number)
        network = NetworkPolicy(connect_s=5, idle_s=more.pop("idle_s", 5))
        access = Access(more.pop("token", self.token), "REVIEWBOT_FORGE_TOKEN", "bearer", network)
        made = connect(ref, access, status_name="reviewbot", **more)
        self.forges.append(made)
        return made

    def close(self):
        for forge in self.forges:
            forge.close()
        self.fake.close()

    def sent(self, method, path):
        return [entry for entry in self.fake.log if (entry.method, entry.path) == (method, path)]

    def reviews(self):
        return self.sent("POST", f"{PULL}/reviews")


@pytest.fixture
def serve(forge_repo):
    made = []

    def serve(**more):
        made.append(Server(forge_repo, **more))
        return made[-1]

    yield serve
    for server in made:
        server.close()


@pytest.fixture
def server(serve):
    made = serve()
    yield made
    assert made.fake.violations == []


def anchor(path, side, first, last=None, *, old_path=None):
    """Lines of one side; the other side's numbers do not matter to GitHub."""

    def line(number):
        old, new = (number, None) if side is Side.OLD else (None, number)
        return Line(old, new, number, number)

    return Anchor(path, old_path or path, side, line(first), line(last or first), 7)


def post(key="a", path="app/main.py", side=Side.NEW, *, first=5, last=None, body=None):
    return Post(
        key, anchor(path, side, first, last), body or f"remark {key}\n\n<!-- reviewbot/1 finding fp={key} -->"
    )


def inlines(server):
    return [thread for thread in server.fake.threads(server.number) if thread["path"] is not None]


# -- reading -----------------------------------------------------------------------------------------


def test_a_first_run_is_five_requests(server):
    forge = server.forge()
    pull = forge.pull_request()
    assert forge.conversation(pull).threads == ()
    assert forge.status(pull) is None
    assert forge.post(pull, [post("a"), post("b", first=30, last=31)]) == ()
    forge.post_general(pull, f"summary {MARKED}")
    forge.set_status(pull, Status(StatusState.FAILURE, "1 error"))
    assert forge.pull_request() == pull
    assert server.fake.requests() == [
        GRAPHQL,
        ("POST", f"{PULL}/reviews"),
        ("POST", "/api/v3/repos/pay/ledger/issues/1/comments"),
        ("POST", f"/api/v3/repos/pay/ledger/statuses/{pull.head}"),
        GRAPHQL,
    ]


def test_a_second_run_with_nothing_new_is_two_reads(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    forge.post_general(pull, MARKED)
    forge.set_status(pull, Status(StatusState.SUCCESS, "fine"))
    del server.fake.log[:]
    again = server.forge()
    pull = again.pull_request()
    found = again.conversation(pull)
    assert [thread.path for thread in found.threads] == ["app/main.py", None]
    assert {comment.author for thread in found.threads for comment in thread.comments} == {found.me}
    assert again.status(pull) == Status(StatusState.SUCCESS, "fine")
    assert again.pull_request() == pull
    assert server.fake.requests() == [GRAPHQL, GRAPHQL]
    assert server.fake.writes() == []


def test_a_pull_request_is_described_by_its_newest_commit_and_no_trial_merge(server):
    pull = server.forge().pull_request()
    assert pull.head == server.repo.resolve("feature")
    assert (pull.target_branch, pull.diff_base, pull.revision, pull.is_open) == ("main", None, "", True)


def test_a_pull_request_is_read_anew_each_time(server):
    forge = server.forge()
    first = forge.pull_request()
    server.repo.commit("feature", {"app/main.py": b"other\n"}, message="more")
    server.fake.push(server.number)
    assert forge.pull_request().head == server.repo.resolve("feature") != first.head


def test_after_a_write_everything_is_read_anew(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post_general(pull, MARKED)
    forge.set_status(pull, Status(StatusState.SUCCESS, "fine"))
    assert len(forge.conversation(pull).threads) == 1
    assert forge.status(pull) == Status(StatusState.SUCCESS, "fine")


def test_a_conversation_is_used_once(server):
    forge = server.forge()
    pull = forge.pull_request()
    assert forge.conversation(pull).threads == ()
    server.fake.say(server.writer, server.number, "hello")
    assert len(forge.conversation(pull).threads) == 1


def test_people_are_told_by_their_ids(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    server.fake.say(server.writer, server.number, "hello")
    found = forge.conversation(pull)
    assert found.me == str(server.bot)
    assert [thread.comments[0].author for thread in found.threads] == [str(server.bot), str(server.writer)]


def test_a_deleted_account_is_nobody(server):
    gone = server.fake.add_user("gone")
    server.fake.say(gone, server.number, "bye")
    del server.fake.users[gone]
    forge = server.forge()
    assert [thread.comments[0].author for thread in forge.conversation(forge.pull_request()).threads] == [""]


def test_resolved_threads_say_who_did_it(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    server.fake.resolve(server.writer, inlines(server)[0]["id"])
    (thread,) = forge.conversation(pull).threads
    assert (thread.state, thread.resolver) == (ThreadState.RESOLVED, str(server.writer))


def test_a_resolver_may_stay_unnamed(server):
    server.fake.nameless_bots = True
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    forge.resolve(pull, forge.conversation(pull).threads[0])
    (thread,) = forge.conversation(pull).threads
    assert (thread.state, thread.resolver) == (ThreadState.RESOLVED, None)


def test_a_closed_pull_request_is_not_open(server):
    server.fake.close_pull_request(server.number, merged=True)
    assert not server.forge().pull_request().is_open


def test_lists_without_an_end_are_given_up(server):
    forge = server.forge()
    pull = forge.pull_request()
    data = answer()
    endless = data["repository"]["pullRequest"]["comments"]
    cursors = iter(range(1000))

    def dispatch(entry):
        if entry.method == "GET":
            return Reply(200, [{"filename": "a.py"}] * 100)
        if entry.path.endswith("/reviews"):
            return Reply(422, {"message": "no"})
        endless["pageInfo"] = {"hasNextPage": True, "endCursor": str(next(cursors))}
        return Reply(200, {"data": data})

    server.fake._dispatch = dispatch
    del server.fake.log[:]
    with pytest.raises(ForgeError, match="more than 10000 threads or comments"):
        server.forge().conversation(pull)
    with pytest.raises(ForgeError, match="more than 10000 items"):
        forge.post(replace(pull, head="a" * 40), [post()])
    assert len(server.fake.log) == 100 + 1 + 1 + 100


def test_every_page_is_read(server):
    anchored = ("app/main.py", "new", 5, 5)
    threads = [server.fake.say(server.writer, 1, f"thread {number}", anchored) for number in range(101)]
    for number in range(305):
        server.fake.say(server.writer, 1, f"general {number}")
    for number in range(110):
        server.fake.reply(server.writer, threads[0], f"reply {number}")
    forge = server.forge()
    found = forge.conversation(forge.pull_request())
    bodies = [[comment.body for comment in thread.comments] for thread in found.threads]
    assert bodies[0] == ["thread 0", *(f"reply {number}" for number in range(110))]
    assert bodies[1:101] == [[f"thread {number}"] for number in range(1, 101)]
    assert bodies[101:] == [[f"general {number}"] for number in range(305)]
    assert len(server.fake.log) == 4 + 1


def test_an_unsubmitted_comment_of_our_own_does_not_stand(server):
    draft(server, [MARKED])
    forge = server.forge()
    assert forge.conversation(forge.pull_request()).threads == ()


def test_capabilities_are_those_of_github(server):
    can = server.forge().capabilities
    assert (can.suggestion, can.context, can.body_limit, can.status_limit) == (
        SuggestionStyle.LINES,
        3,
        65536,
        140,
    )


# -- inline comments ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "side", "first", "last", "under"),
    [
        ("app/main.py", Side.NEW, 5, 5, b"LINE 5\n"),
        ("app/main.py", Side.NEW, 4, 6, b"line 4\nLINE 5\nline 6\n"),
        ("app/main.py", Side.OLD, 10, 11, b"line 10\nline 11\n"),
        ("app/main.py", Side.OLD, 5, 5, b"line 5\n"),
        ("app/new_name.py", Side.NEW, 10, 10, b"CHANGED 10\n"),
        ("app/gone.py", Side.OLD, 2, 4, b"gone 2\ngone 3\ngone 4\n"),
        ("app/new.py", Side.NEW, 1, 3, b"first\nsecond\nthird\n"),
        ("win/crlf.txt", Side.NEW, 6, 6, b"LINE 6\r\n"),
        ("text/no_end.txt", Side.NEW, 3, 3, b"three and more"),
        ("text/\u00fcml\u00e4ut.txt", Side.NEW, 2, 2, "zw\u00e4i \U0001f600 !\n".encode()),
    ],
)
def test_a_comment_stands_on_the_lines_that_are_meant(server, *, path, side, first, last, under):
    forge = server.forge()
    assert forge.post(forge.pull_request(), [post("a", path, side, first=first, last=last)]) == ()
    (thread,) = inlines(server)
    assert (thread["path"], thread["text_under_anchor"]) == (path, under)


def test_one_review_that_only_comments_carries_all(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post(str(number)) for number in range(3)])
    (entry,) = server.reviews()
    assert entry.body["event"] == "COMMENT"
    assert entry.body["commit_id"] == pull.head
    assert entry.body["body"] == (
        f"reviewbot: 3 remarks on `{pull.head[:7]}`; the summary is in one comment of its own."
    )
    assert server.fake.effects == []
    assert entry.body["comments"][0] == {
        "path": "app/main.py",
        "body": post("0").body,
        "line": 5,
        "side": "RIGHT",
    }


def test_nothing_to_post_is_no_request(server):
    forge = server.forge()
    pull = forge.pull_request()
    assert forge.post(pull, []) == ()
    assert len(server.fake.log) == 1


def test_very_many_comments_are_several_reviews(server):
    forge = server.forge()
    pull = forge.pull_request()
    assert forge.post(pull, [post(str(number)) for number in range(160)]) == ()
    assert [len(entry.body["comments"]) for entry in server.reviews()] == [150, 10]


@pytest.mark.parametrize("wording", ["thread", "resolved"])
def test_one_bad_anchor_among_forty_costs_only_itself(server, wording):
    server.fake.wording = wording
    forge = server.forge()
    pull = forge.pull_request()
    posts = [post(str(number)) for number in range(39)]
    posts.insert(17, post("bad", first=20))
    start = time.monotonic()
    assert [refused.key for refused in forge.post(pull, posts)] == ["bad"]
    assert time.monotonic() - start < 2
    assert len(server.reviews()) == 2
    assert len(inlines(server)) == 39


def test_an_anchor_must_stand_in_one_hunk(server):
    forge = server.forge()
    (refused,) = forge.post(forge.pull_request(), [post("a", first=4, last=29), post("b")])
    assert (refused.key, refused.why) == ("a", "the forge's diff does not show these lines")
    assert len(inlines(server)) == 1


def test_a_file_that_is_not_in_the_diff_is_refused(server):
    forge = server.forge()
    assert [
        refused.key for refused in forge.post(forge.pull_request(), [post("a", "same.txt", first=1)])
    ] == ["a"]
    assert len(server.reviews()) == 1


def test_what_the_patches_do_not_tell_is_found_by_halving(server):
    forge = server.forge()
    pull = forge.pull_request()
    posts = [post(str(number)) for number in range(30)]
    for place, key in ((3, "long"), (20, "longer")):
        posts[place] = replace(posts[place], key=key, body="x" * 65_537)
    found = forge.post(pull, posts)
    assert [refused.key for refused in found] == ["long", "longer"]
    assert "65536" in found[0].why
    assert len(inlines(server)) == 28
    assert len(server.reviews()) <= 20


def test_a_bad_anchor_in_a_file_without_a_patch_is_found_by_halving(server):
    server.fake.patch_limit = 10
    forge = server.forge()
    posts = [post(str(number)) for number in range(8)]
    posts[5] = post("bad", first=20)
    assert [refused.key for refused in forge.post(forge.pull_request(), posts)] == ["bad"]
    assert len(inlines(server)) == 7


def test_a_single_comment_that_is_refused_is_not_sent_twice(server):
    forge = server.forge()
    assert [refused.key for refused in forge.post(forge.pull_request(), [post("a", body="x" * 70_000)])] == [
        "a"
    ]
    assert len(server.reviews()) == 1


def test_halving_ends(server):
    forge = server.forge()
    posts = [post(str(number), body=" ") for number in range(64)]
    refused = forge.post(forge.pull_request(), posts)
    assert sorted(each.key for each in refused) == sorted(each.key for each in posts)
    assert len(server.reviews()) == 40


def test_a_head_that_was_pushed_away_refuses_all_at_once(server):
    forge = server.forge()
    pull = forge.pull_request()
    main = server.repo.resolve("main")
    server.repo.commit("feature", {"app/main.py": b"all\nnew\n"}, parents=(main,), message="forced")
    server.fake.push(server.number)
    refused = forge.post(pull, [post("a"), post("b")])
    assert [(each.key, each.why) for each in refused] == [
        ("a", "the pull request has moved on to another head"),
        ("b", "the pull request has moved on to another head"),
    ]
    assert len(server.reviews()) == 1


def test_an_anchor_without_a_number_on_its_side_is_a_bug(server):
    wrong = replace(anchor("app/main.py", Side.OLD, 5), side=Side.NEW)
    with pytest.raises(ValueError, match="without a line"):
        github_patches.lines(wrong)


# -- an unsubmitted review in the way ----------------------------------------------------------------


def draft(server, bodies, said=""):
    """Leave a review of our account unsubmitted."""
    pull = server.fake.pulls[server.number]
    review = server.fake.add_review(server.bot, pull, pull.head, said, "PENDING")
    given = {"path": "app/main.py", "side": "RIGHT", "line": 5}
    for body in bodies:
        spot = server.fake.anchors.spot(pull, pull.head, given)
        server.fake.add_comment(server.bot, pull, body, spot=spot, review=review)
    return review


@pytest.mark.parametrize(("bodies", "said"), [([], ""), ([MARKED, MARKED], "reviewbot: 2 remarks on `1`")])
def test_our_own_stale_draft_is_thrown_away(server, bodies, said):
    forge = server.forge()
    pull = forge.pull_request()
    draft(server, bodies, said)
    assert forge.post(pull, [post()]) == ()
    assert [thread["bodies"] for thread in inlines(server)] == [[post().body]]
    assert len(server.reviews()) == 2


@pytest.mark.parametrize(("bodies", "said"), [([MARKED, "I was not done"], ""), ([], "I was not done")])
def test_a_draft_that_a_person_writes_is_left_alone(server, bodies, said):
    forge = server.forge()
    pull = forge.pull_request()
    review = draft(server, bodies, said)
    with pytest.raises(ForgeError, match="unsubmitted review of its own"):
        forge.post(pull, [post()])
    assert review.id in server.fake.reviews
    assert all(method != "DELETE" for method, _ in server.fake.requests())


def test_a_draft_of_somebody_else_is_not_touched(server):
    forge = server.forge()
    pull = forge.pull_request()
    theirs = {"id": 5, "user": {"id": server.writer}, "state": "PENDING", "body": ""}
    real = server.fake._dispatch

    def dispatch(entry):
        if entry.path.endswith("/reviews"):
            return Reply(200, [theirs]) if entry.method == "GET" else Reply(422, {"errors": [ONE_DRAFT]})
        return real(entry)

    server.fake._dispatch = dispatch
    with pytest.raises(ForgeError, match="does not list that one"):
        forge.post(pull, [post()])


def test_a_draft_that_cannot_be_removed_is_said_once(server):
    forge = server.forge()
    pull = forge.pull_request()
    draft(server, [])
    real = server.fake._dispatch

    def dispatch(entry):
        refuse = (entry.method, entry.path) == ("POST", f"{PULL}/reviews")
        return Reply(422, {"errors": [ONE_DRAFT]}) if refuse else real(entry)

    server.fake._dispatch = dispatch
    with pytest.raises(ForgeError, match="refused the comments: User can only"):
        forge.post(pull, [post()])
    assert len(server.reviews()) == 2


def test_a_draft_does_not_stop_an_answer(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    (thread,) = forge.conversation(pull).threads
    draft(server, [])
    forge.reply(pull, thread, "answer")
    assert inlines(server)[0]["bodies"][1] == "answer"


# -- the other verbs ---------------------------------------------------------------------------------


def test_comments_of_both_kinds_are_edited(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    forge.post_general(pull, "old summary")
    for thread in forge.conversation(pull).threads:
        forge.edit(pull, thread, thread.comments[0], "new text")
    assert [thread["bodies"] for thread in server.fake.threads(server.number)] == [["new text"], ["new text"]]


def test_an_answer_stands_in_its_thread(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    server.fake.reply(server.writer, inlines(server)[0]["id"], "why?")
    (thread,) = forge.conversation(pull).threads
    forge.reply(pull, thread, "because")
    assert inlines(server)[0]["bodies"][1:] == ["why?", "because"]


def test_an_answer_to_the_whole_follows_it(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post_general(pull, "summary")
    (thread,) = forge.conversation(pull).threads
    forge.reply(pull, thread, "more")
    assert [each["bodies"] for each in server.fake.threads(server.number)] == [["summary"], ["more"]]


def test_threads_are_resolved_and_opened_again(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    (thread,) = forge.conversation(pull).threads
    forge.resolve(pull, thread)
    assert inlines(server)[0]["state"] == "resolved"
    forge.reopen(pull, thread)
    assert inlines(server)[0]["state"] == "open"


def test_a_thread_that_stays_open_was_not_resolved(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    (thread,) = forge.conversation(pull).threads
    data = {"resolveReviewThread": {"thread": {"id": thread.id, "isResolved": False}}}
    answering(server, 200, {"data": data})
    with pytest.raises(ForgeError, match="did not resolve a thread"):
        forge.resolve(pull, thread)


def test_what_stands_on_no_file_cannot_be_resolved(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post_general(pull, "summary")
    (thread,) = forge.conversation(pull).threads
    with pytest.raises(ForgeError, match="no file"):
        forge.resolve(pull, thread)


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("state", StatusState)
def test_a_status_comes_back_as_it_was_set(server, state, check):
    forge = server.forge(status_as="check" if check else "status")
    pull = forge.pull_request()
    assert forge.status(pull) is None
    forge.set_status(pull, Status(state, "3 errors"))
    assert forge.status(pull) == Status(state, "3 errors")


def test_a_long_description_is_cut(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.set_status(pull, Status(StatusState.SUCCESS, "x" * 200))
    assert forge.status(pull) == Status(StatusState.SUCCESS, "x" * 139 + "…")


def test_a_status_that_somebody_else_set_under_our_name_is_not_ours(server):
    other = server.fake.add_user("other-bot", is_bot=True)
    theirs = server.forge(token=server.fake.add_token(other, APP, kind="installation"))
    theirs.set_status(theirs.pull_request(), Status(StatusState.SUCCESS, "fine"))
    forge = server.forge()
    assert forge.status(forge.pull_request()) is None


def test_a_status_of_another_head_is_none(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.set_status(pull, Status(StatusState.SUCCESS, "fine"))
    server.repo.commit("feature", {"app/main.py": b"other\n"}, message="more")
    server.fake.push(server.number)
    newest = forge.pull_request()
    assert forge.status(newest) is None
    forge.set_status(newest, Status(StatusState.FAILURE, "1 error"))
    assert forge.status(pull) is None


# -- what goes wrong ---------------------------------------------------------------------------------


def answering(server, status, body, headers=None):
    """From now on everything is answered like this."""
    server.fake._dispatch = lambda _: Reply(status, body, headers or {})


VERBS = {
    "post": lambda forge, pull: forge.post(pull, [post()]),
    "post_general": lambda forge, pull: forge.post_general(pull, "text"),
    "set_status": lambda forge, pull: forge.set_status(pull, Status(StatusState.SUCCESS, "fine")),
}


@pytest.mark.parametrize(
    ("verb", "fault"),
    [
        ("post", {"kind": "502"}),
        ("post", {"kind": "500", "after_effect": True}),
        ("post", {"kind": "reset", "after_effect": True}),
        ("post", {"kind": "truncated", "after_effect": True}),
        ("post", {"kind": "html"}),
        ("post", {"kind": "timeout", "after_effect": True, "hold": 2.0}),
        ("post_general", {"kind": "502", "after_effect": True}),
        ("set_status", {"kind": "reset"}),
    ],
)
def test_a_write_without_an_answer_is_uncertain_and_not_repeated(server, verb, fault):
    forge = server.forge(idle_s=0.5)
    pull = forge.pull_request()
    server.fake.faults.append(Fault("POST", "/api/v3/", **fault))
    with pytest.raises(UncertainWriteError):
        VERBS[verb](forge, pull)
    assert len(server.fake.writes()) == 1


def test_after_an_uncertain_write_a_listing_shows_what_became_of_it(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.conversation(pull)
    server.fake.faults.append(Fault("POST", "/reviews", "502", after_effect=True))
    with pytest.raises(UncertainWriteError):
        forge.post(pull, [post()])
    assert len(forge.conversation(pull).threads) == 1


def test_reviews_get_smaller_when_the_server_breaks_down_over_them(server):
    forge = server.forge()
    pull = forge.pull_request()
    posts = [post(str(number)) for number in range(100)]
    server.fake.faults.append(Fault("POST", "/reviews", "502"))
    with pytest.raises(UncertainWriteError):
        forge.post(pull, posts)
    assert forge.post(pull, posts) == ()
    assert [len(entry.body["comments"]) for entry in server.reviews()] == [100, 75, 25]


@pytest.mark.parametrize("kind", ["502", "reset", "truncated"])
def test_the_question_is_asked_again_although_it_is_a_post(server, kind):
    server.fake.faults.append(Fault("POST", "/api/graphql", kind))
    assert server.forge().pull_request().is_open
    assert server.fake.requests() == [GRAPHQL, GRAPHQL]


def test_a_resolution_is_a_write_and_not_repeated(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    (thread,) = forge.conversation(pull).threads
    server.fake.faults.append(Fault("POST", "/api/graphql", "502", after_effect=True))
    before = len(server.fake.log)
    with pytest.raises(UncertainWriteError):
        forge.resolve(pull, thread)
    assert len(server.fake.log) == before + 1


def test_a_token_that_is_not_known_is_named_and_not_shown(server):
    with pytest.raises(ForgeError) as caught:
        server.forge(token="ghs_unknown").pull_request()
    text = str(caught.value)
    assert "refused to read the pull request: HTTP 401" in text
    assert "token   REVIEWBOT_FORGE_TOKEN" in text
    assert "ghs_unknown" not in text


@pytest.mark.parametrize(
    ("verb", "right"),
    [
        ("post", "pull-requests: write"),
        ("post_general", "pull-requests: write"),
        ("set_status", "statuses: write"),
    ],
)
def test_a_missing_right_is_named(serve, verb, right):
    server = serve(
        rights={"pull_requests:read", "statuses:read", "metadata:read", "contents:read"}, text="ghs_few"
    )
    forge = server.forge()
    pull = forge.pull_request()
    with pytest.raises(ForgeError) as caught:
        VERBS[verb](forge, pull)
    assert not isinstance(caught.value, UncertainWriteError)
    assert "HTTP 403: Resource not accessible by integration (it accepts " in str(caught.value)
    assert f"needs   permission {right}" in str(caught.value)
    assert "where   permissions: of the job in the workflow file" in str(caught.value)


def test_resolving_names_the_right_that_nobody_expects(serve):
    server = serve(rights=APP - {"contents:write"})
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    (thread,) = forge.conversation(pull).threads
    with pytest.raises(ForgeError, match="contents: write") as caught:
        forge.resolve(pull, thread)
    assert not isinstance(caught.value, UncertainWriteError)


def test_a_repository_that_the_token_may_not_see_is_not_found(serve):
    server = serve(kind="classic", rights={"repo"})
    server.fake.access_of.clear()
    with pytest.raises(ForgeError, match="an account that may see the repository"):
        server.forge().pull_request()


def test_a_check_run_needs_an_app(serve):
    server = serve(kind="classic", rights={"repo"}, text="ghp_classic")
    server.fake.access_of[server.bot] = "write"
    forge = server.forge(status_as="check")
    with pytest.raises(ForgeError, match="checks: write, of a GitHub App"):
        forge.set_status(forge.pull_request(), Status(StatusState.SUCCESS, "fine"))


@pytest.mark.parametrize(
    ("status", "message", "headers", "when"),
    [
        (
            403,
            "Enough for now",
            {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1795269600"},
            "after 2026-11-21 14:00:00 UTC",
        ),
        (
            403,
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
            {},
            "in a few minutes",
        ),
        (422, "was submitted too quickly", {}, "in a few minutes"),
    ],
)
def test_a_limit_is_told_and_not_waited_for(server, status, message, headers, when):
    forge = server.forge()
    pull = forge.pull_request()

    answering(server, status, {"message": message}, headers)
    start = time.monotonic()
    with pytest.raises(ForgeError, match="takes no more requests for now") as caught:
        forge.post(pull, [post("a"), post("b")])
    assert not isinstance(caught.value, UncertainWriteError)
    assert when in str(caught.value)
    assert time.monotonic() - start < 1
    assert len(server.fake.writes()) == 1


def test_a_second_limit_is_neither_waited_for_nor_uncertain(server):
    forge = server.forge()
    pull = forge.pull_request()
    server.fake.limit_writes(retry_after=30)
    with pytest.raises(ForgeError, match="too many requests") as caught:
        forge.post(pull, [post()])
    assert not isinstance(caught.value, UncertainWriteError)
    assert len(server.fake.writes()) == 1


@pytest.mark.parametrize(
    ("errors", "data", "write", "kind", "said"),
    [
        (
            [{"type": "NOT_FOUND", "message": "gone"}],
            {"repository": None},
            False,
            ForgeError,
            "HTTP 404: gone",
        ),
        (
            [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}],
            None,
            False,
            ForgeError,
            "no more requests",
        ),
        (
            [{"message": "Field 'x' doesn't exist"}],
            None,
            False,
            ForgeError,
            "did not answer a query: Field 'x'",
        ),
        (
            [{"message": "Something went wrong"}],
            {"resolveReviewThread": None},
            True,
            UncertainWriteError,
            "may have done it",
        ),
        ([{"message": "Field 'x' doesn't exist"}], None, True, ForgeError, "did not answer"),
        (["odd"], {"resolveReviewThread": None}, True, UncertainWriteError, "may have done it"),
    ],
)
def test_errors_of_graphql_are_read(server, *, errors, data, write, kind, said):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    (thread,) = forge.conversation(pull).threads

    answering(server, 200, {"errors": errors} if data is None else {"errors": errors, "data": data})
    with pytest.raises(ForgeError) as caught:
        forge.resolve(pull, thread) if write else forge.pull_request()
    assert isinstance(caught.value, UncertainWriteError) is (kind is UncertainWriteError)
    assert said in str(caught.value)


@pytest.mark.parametrize("body", [[], {}, {"state": "PENDING"}, {"state": 5}, {"state": None}])
def test_an_answer_that_is_no_published_review_leaves_it_uncertain(server, body):
    forge = server.forge()
    pull = forge.pull_request()

    answering(server, 200, body)
    with pytest.raises(UncertainWriteError, match="something that is not"):
        forge.post(pull, [post()])


@pytest.mark.parametrize("body", [{"check_suite": None, "url": 5, "creator": 7}, {}])
@pytest.mark.parametrize("verb", ["post_general", "set_status", "check"])
def test_odd_fields_of_an_answer_that_nobody_reads_do_no_harm(server, verb, body):
    forge = server.forge(status_as="check" if verb == "check" else "status")
    pull = forge.pull_request()

    answering(server, 201, body)
    VERBS.get(verb, VERBS["set_status"])(forge, pull)


@pytest.mark.parametrize(
    "repository", ["ledger", "pay/ledger/more", "../x", "pay/..", "pay/led ger", "", "pay/a?b"]
)
def test_a_repository_must_be_named_in_full(repository):
    ref = PullRef(ForgeKind.GITHUB, "https://github.bank.example/api/v3", repository, 1)
    with pytest.raises(UsageError, match="owner/name"):
        connect(ref, Access("t", "TOKEN", "bearer"), status_name="reviewbot")


def test_pull_requests_count_from_one():
    with pytest.raises(UsageError, match="count from 1"):
        connect(replace(REF, number=0), Access("t", "TOKEN", "bearer"), status_name="reviewbot")


def test_a_status_is_one_of_two_things():
    ref = PullRef(ForgeKind.GITHUB, "https://github.bank.example/api/v3", "pay/ledger", 1)
    with pytest.raises(UsageError, match="status or check"):
        connect(ref, Access("t", "TOKEN", "bearer"), status_name="reviewbot", status_as="both")


def test_the_token_stands_in_no_address_and_no_description(server):
    forge = server.forge()
    pull = forge.pull_request()
    forge.post(pull, [post()])
    assert all(server.token not in entry.raw_path + json.dumps(entry.body) for entry in server.fake.log)
    assert server.token not in repr(forge) + repr(vars(forge))


# -- parsing -----------------------------------------------------------------------------------------


def answer(head="a" * 40):
    who = {"__typename": "Bot", "databaseId": 7}
    info = {"hasNextPage": False, "endCursor": None}
    said = {"fullDatabaseId": "12", "body": "text", "author": who, "state": "SUBMITTED"}
    thread = {
        "id": "PRRT_1",
        "path": "a.py",
        "isResolved": True,
        "resolvedBy": {"databaseId": 8},
        "comments": {"pageInfo": info, "nodes": [said]},
    }
    context = {"state": "SUCCESS", "description": "fine", "creator": who}
    found = {
        "headRefOid": head,
        "baseRefName": "main",
        "state": "OPEN",
        "reviewThreads": {"pageInfo": info, "nodes": [thread]},
        "comments": {"pageInfo": info, "nodes": [said]},
        "commits": {"nodes": [{"commit": {"oid": head, "status": {"context": context}}}]},
    }
    return {"viewer": {"login": "bot", "databaseId": 7}, "repository": {"pullRequest": found}}


REF = PullRef(ForgeKind.GITHUB, "https://github.bank.example/api/v3", "pay/ledger", 1)


def paths(value, at=()):
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield from paths(inner, (*at, name))


def test_an_answer_is_read():
    found = page(answer(), REF)
    assert (found.viewer.id, found.viewer.login) == ("7", "bot")
    assert found.status == Status(StatusState.SUCCESS, "fine")
    assert found.threads[0].whole(()).comments[0].id == "12"


@pytest.mark.parametrize("odd", [None, 5, "x", [], [None], {}, True], ids=repr)
def test_an_odd_answer_is_an_error_or_no_account(odd):
    for where in (at for at in paths(answer()) if at):
        data = answer()
        inner = data
        for name in where[:-1]:
            inner = inner[name]
        inner[where[-1]] = odd
        with suppress(ForgeError):
            found = page(data, REF)
            assert found.viewer.id.isdigit(), where
            assert all(isinstance(said.body, str) and said.id.isdigit() for said in found.general), where


def test_an_answer_about_replies_that_is_none_is_an_error():
    with pytest.raises(ForgeError):
        replies({"node": None})


def test_a_page_that_goes_on_must_say_where():
    data = answer()
    data["repository"]["pullRequest"]["comments"]["pageInfo"] = {"hasNextPage": True, "endCursor": None}
    with pytest.raises(ForgeError, match="does not say where"):
        page(data, REF)


def test_a_status_of_another_commit_than_the_head_does_not_count():
    data = answer()
    data["repository"]["pullRequest"]["commits"]["nodes"][0]["commit"]["oid"] = "b" * 40
    assert page(data, REF).status is None


def test_a_head_must_be_a_commit():
    with pytest.raises(ForgeError, match="no commit's id"):
        page(answer(head="../" + "a" * 37), REF)


def test_only_users_and_bots_have_an_id():
    data = answer()
    data["repository"]["pullRequest"]["comments"]["nodes"][0]["author"] = {"__typename": "Mannequin"}
    assert page(data, REF).general[0].author == ""


# -- patches -----------------------------------------------------------------------------------------


def test_the_patches_tell_exactly_the_lines_that_the_diff_shows(forge_repo):
    base = forge_repo.merge_base(forge_repo.resolve("main"), forge_repo.resolve("feature"))
    for file in forge_repo.diff(base, forge_repo.resolve("feature")):
        if not file.hunks:
            continue
        found = {file.new_path: github_patches.hunks(file.patch.decode())}
        for number in range(1, 45):
            for side, mine in ((Side.OLD, lambda line: line.old), (Side.NEW, lambda line: line.new)):
                shown = any(mine(line) == number for line in file.lines)
                assert github_patches.shows(found, anchor(file.new_path, side, number)) is shown


@settings(max_examples=60)
@given(
    st.lists(st.tuples(*[st.integers(0, 50)] * 4), max_size=4), st.lists(st.sampled_from("+- "), max_size=5)
)
def test_only_headers_count_in_a_patch(numbers, content):
    patch = ""
    for old, old_count, new, new_count in numbers:
        patch += f"@@ -{old},{old_count} +{new},{new_count} @@ def f():\n"
        patch += "".join(f"{kind}@@ -1,9 +1,9 @@ not a header\r\n" for kind in content)
    found = github_patches.hunks(patch)
    assert [(hunk.old.start, len(hunk.old), hunk.new.start, len(hunk.new)) for hunk in found] == numbers


def test_a_file_without_a_patch_may_be_tried():
    found = github_patches.patches(
        [{"filename": "big.py"}, {"filename": "a.py", "patch": "@@ -1 +1 @@\n-a\n+b"}]
    )
    assert github_patches.shows(found, anchor("big.py", Side.NEW, 900))
    assert github_patches.shows(found, anchor("a.py", Side.NEW, 1))
    assert not github_patches.shows(found, anchor("a.py", Side.NEW, 2))
