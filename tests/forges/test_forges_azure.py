"""The Azure DevOps adapter against a fake server of each release, through the real SDK."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace

import pytest
from fakes.azure import CONTRIBUTE, READ, FakeAzure
from fakes.repo import width
from fakes.server import Fault, Reply
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.domain.anchor import Anchor, Line, Side
from reviewbot.domain.forge import Forge, Post, Refused, Status, StatusState, SuggestionStyle, ThreadState
from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.errors import ForgeError, UncertainWriteError, UsageError
from reviewbot.forges import azure_changes, azure_pull
from reviewbot.forges.azure import connect
from reviewbot.forges.azure_changes import Changed
from reviewbot.forges.base import Access

RELEASES = ["5.0", "6.0", "7.0", "7.1"]
NETWORK = NetworkPolicy(connect_s=5, idle_s=1)


class Twisted(FakeAzure):
    """A server whose answers a test can change: `twists` has a function for each kind of answer."""

    def __init__(self, *arguments, **named):
        self.twists = {}
        super().__init__(*arguments, **named)

    def _told(self, kind, answer, entry):
        found = answer(entry)
        return self.twists[kind](found) if kind in self.twists else found

    def get_pull(self, entry):
        return self._told("pull", super().get_pull, entry)

    def list_iterations(self, entry):
        return self._told("iterations", super().list_iterations, entry)

    def list_threads(self, entry):
        return self._told("threads", super().list_threads, entry)

    def post_thread(self, entry):
        return self._told("made", super().post_thread, entry)

    def list_changes(self, entry):
        return self._told("changes", super().list_changes, entry)

    def list_statuses(self, entry):
        return self._told("statuses", super().list_statuses, entry)

    def connection_data(self, entry):
        return self._told("me", super().connection_data, entry)

    def list_locations(self, entry):
        return self._told("routes", super().list_locations, entry)


def each_with(**parts):
    """A twist that changes fields of every item of a list."""
    return lambda found: [{**item, **parts} for item in found]


class Stage:
    """A fake, a pull request on it, and how to connect."""

    def __init__(self, fake, *, kind="pat", rights=frozenset({READ, CONTRIBUTE})):
        self.fake = fake
        self.repo = fake.repo
        self.human = fake.add_user("Ada")
        self.bot = fake.add_user("builder", is_bot=True)
        self.token = fake.add_token(self.bot, set(rights), kind=kind)
        self.kind = kind
        self.number = fake.open_pull_request("feature", "main", self.human)
        self.slept = []

    def access(self, token=None):
        return Access(token or self.token, "REVIEWBOT_FORGE_TOKEN", self.kind, NETWORK)

    def ref(self, **parts):
        repository = f"{self.fake.project}/{self.fake.name}"
        return replace(PullRef(ForgeKind.AZURE, self.fake.api, repository, self.number), **parts)

    def connect(self, *, token=None, suggestions=None, **parts):
        return connect(
            self.ref(**parts),
            self.access(token),
            status_name="review",
            suggestions=suggestions,
            sleep=self.slept.append,
        )

    def anchor(self, path, side, first, last=None):
        """An anchor on whole lines; `path` is the new one, or the old one of a deleted file."""
        iteration = self.fake.pulls[self.number].iterations[-1]
        file = self.repo.change(iteration.common, iteration.source, path)
        old_path = file.old_path if file else path
        commit, name = (iteration.source, path) if side is Side.NEW else (iteration.common, old_path)
        lines = self.repo.lines(commit, name)
        ends = [
            Line(None, number, number, number) if side is Side.NEW else Line(number, None, number, number)
            for number in (first, last or first)
        ]
        return Anchor(path, old_path, side, *ends, width(lines[(last or first) - 1]))

    def threads(self):
        return self.fake.threads(self.number)


@pytest.fixture
def stage(forge_repo):
    """A 2022 server with /tfs in its address and a blank in the project's name."""
    with FakeAzure(forge_repo.path, project="Pay Roll", prefix="/tfs") as fake:
        yield Stage(fake)
        assert fake.violations == []


@pytest.fixture
def twisted(forge_repo):
    """A server whose answers the test changes."""
    with Twisted(forge_repo.path) as fake:
        yield Stage(fake)


@pytest.fixture(params=RELEASES)
def each_release(forge_repo, request):
    """One server of each release."""
    with FakeAzure(forge_repo.path, version=request.param) as fake:
        yield Stage(fake)
        assert fake.violations == []


def test_it_is_a_forge(stage):
    """All verbs of the protocol are there."""
    forge: Forge = stage.connect()
    assert {name for name in vars(Forge) if not name.startswith("_")} <= set(dir(forge))


# -- the pull request ------------------------------------------------------------------------------


def test_the_head_is_the_iterations_and_not_the_trial_merge(each_release):
    """Head and diff base are the newest iteration's, on every release."""
    pull = each_release.connect().pull_request()
    repo = each_release.repo
    assert pull.head == repo.resolve("feature")
    assert pull.diff_base == repo.merge_base("main", "feature") != repo.resolve("main")
    assert (pull.revision, pull.target_branch, pull.is_open) == ("1", "main", True)


def test_a_push_is_a_new_iteration(stage):
    """Reading anew sees the new head and revision."""
    forge = stage.connect()
    first = forge.pull_request()
    pushed = stage.repo.commit("feature", {"a.txt": b"a\n"}, parents=(first.head,))
    stage.fake.push(stage.number)
    assert (forge.pull_request().head, forge.pull_request().revision) == (pushed, "2")


def test_a_merge_that_lags_does_not_hide_a_push(stage):
    """The trial merge is of an older iteration: the newest iteration counts, without waiting."""
    stage.fake.merge_lags = True
    pushed = stage.repo.commit("feature", {"a.txt": b"a\n"}, parents=(stage.repo.resolve("feature"),))
    stage.fake.push(stage.number)
    assert stage.connect().pull_request().head == pushed
    assert stage.slept == []


def late(times):
    """A twist that leaves the newest iteration out for some requests."""
    left = iter(range(times))
    return lambda found: found if next(left, None) is None else found[:-1]


@pytest.mark.parametrize(("times", "pushes"), [(1, 0), (3, 0), (1, 1)])
def test_an_iteration_that_lags_is_waited_for(twisted, times, pushes):
    """The pull request knows a head that no iteration has: both are read again."""
    for number in range(pushes):
        files = {f"{number}.txt": b"a\n"}
        twisted.repo.commit("feature", files, parents=(twisted.repo.resolve("feature"),))
        twisted.fake.push(twisted.number)
    twisted.fake.twists["iterations"] = late(times)
    assert twisted.connect().pull_request().revision == str(1 + pushes)
    assert twisted.slept == list(azure_pull.WAITS_S[:times])


def test_an_iteration_that_never_comes_is_an_error(twisted):
    """After the last wait the sentence says what is missing."""
    twisted.fake.twists["iterations"] = late(99)
    with pytest.raises(ForgeError, match="has not yet recorded the newest push of azure:Pay/ledger!41"):
        twisted.connect().pull_request()
    assert twisted.slept == list(azure_pull.WAITS_S)


def test_a_request_that_was_never_merged_on_trial_is_taken_as_it_is(twisted):
    """There may be no trial merge at all; without an iteration there is no head."""
    twisted.fake.twists["pull"] = lambda pull: {**pull, "lastMergeSourceCommit": None}
    assert twisted.connect().pull_request().revision == "1"
    twisted.fake.twists["iterations"] = lambda _: []
    with pytest.raises(ForgeError, match="has not yet recorded"):
        twisted.connect().pull_request()


@pytest.mark.parametrize(
    ("kind", "twist", "detail"),
    [
        ("pull", lambda pull: {**pull, "pullRequestId": 40}, "it is another one"),
        ("pull", lambda pull: {**pull, "targetRefName": "main"}, "its target is not a branch"),
        ("iterations", each_with(id=0), "its iteration has no number"),
        ("iterations", each_with(commonRefCommit={"commitId": "0" * 39}), "no common commit"),
        ("iterations", each_with(commonRefCommit=None), "its iteration has no common commit"),
        (
            "iterations",
            each_with(commonRefCommit={"commitId": "--upload-pack=x" + 25 * "0"}),
            "no common commit",
        ),
    ],
)
def test_a_pull_request_that_is_none_is_refused(twisted, kind, twist, detail):
    """Commits, names and numbers go on to git and into paths: they must be what they say."""
    twisted.fake.twists[kind] = twist
    with pytest.raises(ForgeError, match=f"something that is not a pull request .*{detail}"):
        twisted.connect().pull_request()


def test_the_newest_iteration_is_the_one_with_the_highest_number(twisted):
    """Nobody promises an order."""
    pushed = twisted.repo.commit("feature", {"a.txt": b"a\n"}, parents=(twisted.repo.resolve("feature"),))
    twisted.fake.push(twisted.number)
    twisted.fake.twists["iterations"] = lambda found: found[::-1]
    assert twisted.connect().pull_request().head == pushed


def test_a_finished_one_is_not_open_and_not_waited_for(twisted):
    """After completion nothing is recorded any more."""
    twisted.fake.finish(twisted.number, "abandoned")
    twisted.fake.twists["pull"] = lambda pull: {**pull, "lastMergeSourceCommit": {"commitId": "0" * 40}}
    assert not twisted.connect().pull_request().is_open
    assert twisted.slept == []


# -- the conversation ------------------------------------------------------------------------------


def test_what_still_stands_is_listed(each_release):
    """System threads and deleted comments are left out; paths have no slash; authors are ids."""
    fake, forge = each_release.fake, each_release.connect()
    human, number = each_release.human, each_release.number
    general = fake.say(human, number, "general")
    inline = fake.say(human, number, "inline", ("app/main.py", "new", 5, 5))
    gone = fake.say(human, number, "gone")
    fake.erase((gone, 1))
    fake.erase(fake.reply(human, inline, "a slip"))
    fake.reply(each_release.bot, inline, "answer")
    fake.vote(human, number, 10)
    found = forge.conversation(forge.pull_request())
    assert found.me == each_release.bot
    assert [(each.id, each.path) for each in found.threads] == [
        (str(general), None),
        (str(inline), "app/main.py"),
    ]
    assert [(each.author, each.body) for each in found.threads[1].comments] == [
        (human, "inline"),
        (each_release.bot, "answer"),
    ]


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("unknown", ThreadState.OPEN),
        ("active", ThreadState.OPEN),
        ("pending", ThreadState.OPEN),
        ("fixed", ThreadState.RESOLVED),
        ("closed", ThreadState.RESOLVED),
        ("wontFix", ThreadState.REFUSED),
        ("byDesign", ThreadState.REFUSED),
    ],
)
def test_what_became_of_a_thread(stage, status, state):
    """Each status of the server has its meaning; who set it is not said."""
    thread = stage.fake.say(stage.human, stage.number, "hm")
    stage.fake.resolve(stage.human, thread, status)
    forge = stage.connect()
    found = forge.conversation(forge.pull_request()).threads[0]
    assert (found.state, found.resolver) == (state, None)


def test_answers_are_utf_8(twisted):
    """Whether they say so or not."""
    twisted.fake.say(twisted.human, twisted.number, "grün 😀")
    twisted.fake.twists["threads"] = lambda found: Reply(
        200, json.dumps({"value": found}, ensure_ascii=False).encode()
    )
    forge = twisted.connect()
    assert forge.conversation(forge.pull_request()).threads[0].comments[0].body == "grün 😀"


def test_half_characters_are_replaced(twisted):
    """What cannot be written anywhere does not get in."""
    thread = twisted.fake.say(twisted.human, twisted.number, "x")
    twisted.fake.edit((thread, 1), "a \ud83d b")
    forge = twisted.connect()
    assert forge.conversation(forge.pull_request()).threads[0].comments[0].body == "a ? b"


@pytest.mark.parametrize(
    ("parts", "states"),
    [({"isDeleted": True}, []), ({"status": None}, [ThreadState.OPEN]), ({"status": []}, [ThreadState.OPEN])],
)
def test_a_thread_that_is_said_to_be_deleted_is_not_there(twisted, parts, states):
    """Whatever its comments say; one without a status is open."""
    twisted.fake.say(twisted.human, twisted.number, "x")
    twisted.fake.twists["threads"] = each_with(**parts)
    forge = twisted.connect()
    assert [each.state for each in forge.conversation(forge.pull_request()).threads] == states


@pytest.mark.parametrize(
    ("kind", "twist", "sentence"),
    [
        ("threads", each_with(id=None), "a list of threads .a thread lacks its id"),
        ("threads", each_with(comments=[{"content": "x", "id": 1}]), "a comment lacks its id or its author"),
        ("threads", each_with(comments=[{"author": {"id": ""}, "id": 1}]), "lacks its id or its author"),
        ("threads", each_with(comments=[{"author": {"id": "x"}}]), "a comment lacks its id or its author"),
        ("threads", each_with(comments=[None]), "something that is not a list of threads"),
        ("me", lambda _: {"authenticatedUser": {"id": ""}}, "it names no user"),
        ("me", lambda _: {}, "it names no user"),
    ],
)
def test_nobodys_comments_are_an_error(twisted, kind, twist, sentence):
    """Whose a thread is decides what may be done with it."""
    twisted.fake.say(twisted.human, twisted.number, "x")
    twisted.fake.twists[kind] = twist
    forge = twisted.connect()
    with pytest.raises(ForgeError, match=sentence):
        forge.conversation(forge.pull_request())


# -- posting ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "side", "lines", "under"),
    [
        ("app/main.py", Side.NEW, (5, 5), "LINE 5"),
        ("app/main.py", Side.NEW, (29, 30), "added a\nadded b"),
        ("app/main.py", Side.NEW, (38, 38), "line 38"),
        ("app/main.py", Side.OLD, (10, 11), "line 10\nline 11"),
        ("app/gone.py", Side.OLD, (1, 5), "gone 1\ngone 2\ngone 3\ngone 4\ngone 5"),
        ("app/new.py", Side.NEW, (1, 3), "first\nsecond\nthird"),
        ("app/new_name.py", Side.NEW, (10, 10), "CHANGED 10"),
        ("app/new_name.py", Side.OLD, (10, 10), "kept 10"),
        ("win/crlf.txt", Side.NEW, (5, 6), "line 5\r\nLINE 6"),
        ("text/no_end.txt", Side.NEW, (2, 3), "TWO\nthree and more"),
        ("text/ümläut.txt", Side.NEW, (2, 2), "zwäi 😀 !"),
    ],
)
def test_a_thread_spans_exactly_its_lines(stage, path, side, lines, under):
    """On both sides, in every kind of file, from the first character to behind the last."""
    forge = stage.connect()
    pull = forge.pull_request()
    assert forge.post(pull, [Post("k", stage.anchor(path, side, *lines), "**x**")]) == ()
    (thread,) = stage.threads()
    assert thread["text_under_anchor"].decode() == under
    assert (thread["path"], thread["side"], thread["state"]) == (path, side, "active")
    assert (thread["bodies"], thread["authors"], thread["iteration"]) == (["**x**"], [stage.bot], 1)


def test_a_deleted_file_is_known_by_either_of_its_names(stage):
    """Some servers put the path of what is deleted into item, some only into originalPath."""
    stage.fake.deleted_path = True
    forge = stage.connect()
    forge.post(forge.pull_request(), [Post("k", stage.anchor("app/gone.py", Side.OLD, 2), "x")])
    assert stage.threads()[0]["text_under_anchor"] == b"gone 2"


def test_later_iterations_are_compared_with_the_common_commit(stage):
    """After a push a thread can stand on what an earlier one changed."""
    head = stage.repo.resolve("feature")
    stage.repo.commit("feature", {"app/other.py": b"x\n"}, parents=(head,))
    stage.fake.push(stage.number)
    forge = stage.connect()
    forge.post(forge.pull_request(), [Post("k", stage.anchor("app/main.py", Side.NEW, 5), "x")])
    assert (stage.threads()[0]["text_under_anchor"], stage.threads()[0]["iteration"]) == (b"LINE 5", 2)


def test_a_suggestion_replaces_its_lines(stage):
    """The button replaces what the thread spans, so the span must be right."""
    forge = stage.connect()
    body = "try\n\n```suggestion\nadded 1\nadded 2\n```\n"
    forge.post(forge.pull_request(), [Post("k", stage.anchor("app/main.py", Side.NEW, 29, 30), body)])
    new = stage.fake.apply_suggestion(stage.number, stage.threads()[0]["id"])
    old = stage.repo.blob(stage.repo.resolve("feature"), "app/main.py")
    assert new == old.replace(b"added a\nadded b\n", b"added 1\nadded 2\n")


def test_a_file_that_is_not_listed_gets_no_thread(stage):
    """The server would take it and show it nowhere; the others are posted."""
    forge = stage.connect()
    pull = forge.pull_request()
    lost = stage.anchor("same.txt", Side.NEW, 1)
    added = replace(stage.anchor("app/new.py", Side.NEW, 1), side=Side.OLD, first=Line(1, None, 1, 1))
    good = stage.anchor("app/main.py", Side.NEW, 5)
    refused = forge.post(pull, [Post("a", lost, "x"), Post("b", added, "x"), Post("c", good, "x")])
    assert refused == tuple(
        Refused(key, "the forge lists no such change in iteration 1") for key in ("a", "b")
    )
    assert [each["path"] for each in stage.threads()] == ["app/main.py"]


def test_a_comment_that_is_too_long_does_not_stop_the_others(stage):
    """What the server refuses for its content is given back with the server's words."""
    forge = stage.connect()
    anchor = stage.anchor("app/main.py", Side.NEW, 5)
    fits = "\U0001f600" * forge.capabilities.body_limit  # two UTF-16 units each
    long, right = Post("long", anchor, "x" * 150_001), Post("right", anchor, fits)
    (refused,) = forge.post(forge.pull_request(), [long, right])
    assert refused.key == "long"
    words = "A discussion comment cannot be longer than 150000 characters. Parameter name: comment.Content"
    assert refused.why == f"the forge refused it: {words}"
    assert len(stage.threads()) == 1


def test_the_summary_does_not_hold_up_a_merge(stage):
    """Its thread is closed from the start and stands on no file."""
    forge = stage.connect()
    pull = forge.pull_request()
    forge.post_general(pull, "summary")
    assert [(each["state"], each["path"], each["bodies"]) for each in stage.threads()] == [
        ("closed", None, ["summary"])
    ]


def test_our_threads_are_changed_in_place(each_release):
    """Edit, reply, resolve and reopen, each with one request."""
    forge = each_release.connect()
    pull = forge.pull_request()
    forge.post(pull, [Post("k", each_release.anchor("app/main.py", Side.NEW, 5), "one")])
    (thread,) = forge.conversation(pull).threads
    before = len(each_release.fake.log)
    forge.edit(pull, thread, thread.comments[0], "two")
    forge.reply(pull, thread, "three")
    forge.resolve(pull, thread)
    assert [(each["state"], each["bodies"]) for each in each_release.threads()] == [
        ("fixed", ["two", "three"])
    ]
    assert each_release.fake.pulls[each_release.number].threads[0].comments[1].parent == 1
    forge.reopen(pull, thread)
    assert each_release.threads()[0]["state"] == "active"
    assert len(each_release.fake.log) == before + 4


# -- the status ------------------------------------------------------------------------------------


def test_a_status_is_set_on_the_iteration_and_read_again(each_release):
    """Also where statuses are a preview still."""
    forge = each_release.connect()
    pull = forge.pull_request()
    assert forge.status(pull) is None
    words = {"success": "succeeded", "failure": "failed", "incomplete": "error"}
    for state in StatusState:
        forge.set_status(pull, Status(state, f"it is {state}"))
        assert forge.status(pull) == Status(state, f"it is {state}")
        (seen,) = each_release.fake.statuses(pull.head)
        assert (seen["state"], seen["genre"], seen["name"]) == (words[state], "reviewbot", "review")
        assert seen["iteration"] == 1


def test_anothers_status_of_our_name_is_not_ours(stage):
    """What somebody else says under our name last is what a policy sees: so ours has to be set anew."""
    forge = stage.connect()
    pull = forge.pull_request()
    forge.set_status(pull, Status(StatusState.FAILURE, "red"))
    theirs = stage.connect(token=stage.fake.add_token(stage.human, {READ, CONTRIBUTE}))
    theirs.set_status(pull, Status(StatusState.SUCCESS, "green"))
    assert forge.status(pull) is None


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        ({"description": None}, Status(StatusState.SUCCESS, "")),
        ({"context": None}, None),
        ({"context": {"name": "review"}}, None),
        ({"context": {"name": "other", "genre": "reviewbot"}}, None),
        ({"state": "pending"}, None),
        ({"state": []}, None),
        ({"createdBy": None}, None),
    ],
)
def test_what_we_did_not_say_is_no_status_of_ours(twisted, parts, found):
    """Other genres, names and states are somebody else's."""
    forge = twisted.connect()
    pull = forge.pull_request()
    forge.set_status(pull, Status(StatusState.SUCCESS, "fine"))
    twisted.fake.twists["statuses"] = each_with(**parts)
    assert forge.status(pull) == found


def test_a_status_of_the_last_iteration_is_left_behind(stage):
    """After a push there is none."""
    forge = stage.connect()
    forge.set_status(forge.pull_request(), Status(StatusState.SUCCESS, "fine"))
    stage.repo.commit("feature", {"a.txt": b"a\n"}, parents=(stage.repo.resolve("feature"),))
    stage.fake.push(stage.number)
    assert forge.status(forge.pull_request()) is None


# -- capabilities, requests, versions ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "suggestions", "style"),
    [
        ("6.0", None, SuggestionStyle.DIFF),
        ("7.0", None, SuggestionStyle.RANGE),
        ("7.1", None, SuggestionStyle.RANGE),
        ("6.0", True, SuggestionStyle.RANGE),
        ("7.1", False, SuggestionStyle.DIFF),
    ],
)
def test_the_button_is_a_setting_or_the_releases(forge_repo, version, suggestions, style):
    """The setting wins; without one the server's version decides."""
    with FakeAzure(forge_repo.path, version=version) as fake:
        forge = Stage(fake).connect(suggestions=suggestions)
        assert forge.capabilities.suggestion is style
        assert forge.capabilities.context is None
        assert len(fake.log) == (0 if suggestions is not None else 1)


def test_a_first_run_costs_ten_and_a_request_for_each_comment(stage):
    """Routes and account are asked for once, the changes before the first comment."""
    forge = stage.connect()
    assert forge.capabilities.batch == 1
    pull = forge.pull_request()
    forge.conversation(pull)
    forge.post(pull, [Post(str(n), stage.anchor("app/main.py", Side.NEW, n), "x") for n in range(1, 21)])
    forge.post_general(pull, "summary")
    forge.set_status(pull, Status(StatusState.SUCCESS, "fine"))
    forge.pull_request()
    assert len(stage.fake.log) == 10 + 20
    assert len(stage.fake.writes()) == 22


def test_a_second_run_only_reads(stage):
    """Eight requests, none of them a write."""
    forge = stage.connect()
    pull = forge.pull_request()
    assert forge.capabilities.batch == 1
    forge.conversation(pull)
    forge.status(pull)
    forge.pull_request()
    assert (len(stage.fake.log), stage.fake.writes()) == (8, [])


def test_every_request_asks_for_the_lowest_version(each_release):
    """5.0 on every release, as a preview where it was one."""
    forge = each_release.connect()
    pull = forge.pull_request()
    forge.conversation(pull)
    forge.post_general(pull, "x")
    accepts = {entry.headers["accept"] for entry in each_release.fake.log}
    assert accepts == {
        "application/json",
        *(f"application/json;api-version=5.0{end}" for end in ("", "-preview")),
    }
    assert {entry.headers["x-tfs-fedauthredirect"] for entry in each_release.fake.log} == {"Suppress"}


@pytest.mark.parametrize(
    ("versions", "sentence"),
    [
        ({"maxVersion": "4.1", "releasedVersion": "4.1"}, "speaks version 4.1 of its interface at most"),
        ({"id": "00000000-0000-0000-0000-000000000000"}, "does not offer what reviewbot needs of it"),
        ({"maxVersion": None}, "something that is not a list of routes"),
        ({"minVersion": "x"}, "something that is not a pull request"),
        ({"releasedVersion": "x"}, "something that is not a list of routes"),
        ({"routeTemplate": "https://evil.example/{project}"}, "a route is no path"),
        ({"routeTemplate": "{project.__class__}"}, "a route is no path"),
        ({"area": "../.."}, "a route is no path"),
    ],
)
def test_a_server_that_cannot_be_spoken_to_says_why(twisted, versions, sentence):
    """Too old, not a collection, or nonsense."""
    twisted.fake.twists["routes"] = each_with(**versions)
    with pytest.raises(ForgeError, match=sentence):
        twisted.connect().pull_request()
    assert {method for method, _ in twisted.fake.requests()} == {"OPTIONS"}


def test_a_server_that_dropped_the_lowest_version_gets_its_own_lowest(twisted):
    """A release to come may take 6.0 and later alone."""
    twisted.fake.twists["routes"] = each_with(minVersion="6.0")
    twisted.connect().pull_request()
    assert twisted.fake.log[-1].headers["accept"] == "application/json;api-version=6.0"


def test_routes_are_not_remembered_from_one_connection_to_the_next(twisted):
    """A server that was upgraded is seen as it is."""
    assert twisted.connect().capabilities.suggestion is SuggestionStyle.RANGE
    twisted.fake.twists["routes"] = each_with(maxVersion="6.0", releasedVersion="6.0")
    assert twisted.connect().capabilities.suggestion is SuggestionStyle.DIFF


@pytest.mark.parametrize("home", ["/proc/no/such/place", ""])
def test_the_sdk_leaves_no_traces(tmp_path, home):
    """It is imported where no home can be written to, makes no folder, and leaves the environment alone."""
    code = "import os; b = dict(os.environ); import reviewbot.forges.azure; assert os.environ == b"
    environment = {"HOME": home, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    command = [sys.executable, "-W", "error", "-c", code]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (0, "", [])


# -- refusals and faults ---------------------------------------------------------------------------


def test_a_personal_token_is_a_password_and_a_jobs_token_a_bearer(forge_repo):
    """Each is shown as its kind wants it."""
    for kind, scheme in (("pat", "Basic "), ("bearer", "Bearer ")):
        with FakeAzure(forge_repo.path) as fake:
            Stage(fake, kind=kind).connect().pull_request()
            assert fake.log[-1].headers["authorization"].startswith(scheme)
            assert {entry.headers["user-agent"] for entry in fake.log} == {"reviewbot"}


def test_a_token_of_another_forge_is_refused_before_anything_is_sent(stage):
    """A job token is GitLab's."""
    with pytest.raises(UsageError, match="no token of kind job"):
        connect(stage.ref(), replace(stage.access(), kind="job"), status_name="review")


def test_a_collection_may_have_a_blank_in_its_name(forge_repo):
    """Agents give its address without %20."""
    with FakeAzure(forge_repo.path, collection="Core Systems", prefix="/tfs") as fake:
        forge = Stage(fake).connect(api=f"{fake.url}/tfs/Core Systems")
        assert forge.conversation(forge.pull_request()).threads == ()


def test_an_address_with_a_brace_is_refused(stage):
    """The SDK would take it for a field to fill."""
    with pytest.raises(UsageError, match="has a brace"):
        stage.connect(api=stage.fake.api + "/{project}")


@pytest.mark.parametrize("repository", ["ledger", "Pay/", "/ledger", "Pay/a/b", "../ledger", "Pay/.."])
def test_a_repository_is_a_project_and_a_name(stage, repository):
    """Anything else could name another path of the server."""
    with pytest.raises(UsageError, match="not a project and a repository"):
        stage.connect(repository=repository)


def test_a_missing_right_is_named(forge_repo):
    """403: the sentence, the server's words with the identity, the permission and the page."""
    with FakeAzure(forge_repo.path) as fake:
        stage = Stage(fake, rights={READ})
        forge = stage.connect()
        pull = forge.pull_request()
        anchor = stage.anchor("app/main.py", Side.NEW, 5)
        for write, doing in (
            (lambda: forge.post(pull, [Post("k", anchor, "x")]), "create a thread"),
            (lambda: forge.post_general(pull, "x"), "create a comment"),
            (lambda: forge.set_status(pull, Status(StatusState.SUCCESS, "x")), "set the status"),
        ):
            with pytest.raises(
                ForgeError, match=f"refused to {doing}: HTTP 403: TF401027: You need"
            ) as caught:
                write()
            said = str(caught.value)
            assert f"identity 'Build\\{stage.bot}'" in said
            assert "token   REVIEWBOT_FORGE_TOKEN" in said
            assert 'needs   permission "Contribute to pull requests"' in said
            assert "where   Project settings > Repositories > ledger > Security, in project Pay" in said
            assert not isinstance(caught.value, UncertainWriteError)
            assert stage.token not in said


@pytest.mark.parametrize(
    ("kind", "where"), [("pat", "User settings > Personal access tokens"), ("bearer", "SYSTEM_ACCESSTOKEN: ")]
)
def test_an_unknown_token_says_where_it_comes_from(forge_repo, kind, where):
    """401, with the page or the line of the pipeline."""
    with FakeAzure(forge_repo.path) as fake:
        forge = Stage(fake, kind=kind).connect(token="expired")
        with pytest.raises(ForgeError, match="refused to show the pull request: HTTP 401") as caught:
            forge.pull_request()
        assert where in caught.value.hint


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"number": 99}, "TF401180"),
        ({"repository": "Pay Roll/other"}, "TF401019"),
        ({"repository": "Other/ledger"}, "TF200016"),
    ],
)
def test_what_does_not_exist_is_named(stage, parts, words):
    """404 with the server's own words."""
    with pytest.raises(ForgeError, match=f"refused to show the pull request: HTTP 404: {words}"):
        stage.connect(**parts).pull_request()


@pytest.mark.parametrize("status", [203, 302])
def test_a_sign_in_page_is_not_an_answer(stage, status):
    """A page or a redirect instead of data is an error, not an empty list."""
    stage.fake.faults.append(Fault("GET", "threads$", "html", times=9, status=status))
    forge = stage.connect()
    with pytest.raises(ForgeError, match=r"a web page|redirected"):
        forge.conversation(forge.pull_request())


FAULTS = ["500", "502", "timeout", "truncated", "html", "reset"]


@pytest.mark.parametrize("kind", FAULTS)
@pytest.mark.parametrize("after", [False, True])
def test_a_write_without_an_answer_is_uncertain_and_not_repeated(stage, kind, after):
    """One request, and an error that says that it may have happened."""
    forge = stage.connect()
    pull = forge.pull_request()
    stage.fake.faults.append(Fault("POST", "threads$", kind, after_effect=after, hold=2))
    with pytest.raises(UncertainWriteError):
        forge.post(pull, [Post("k", stage.anchor("app/main.py", Side.NEW, 5), "x")])
    assert len(stage.fake.writes()) == 1
    assert len(stage.threads()) == int(after)


@pytest.mark.parametrize("kind", ["500", "truncated", "reset"])
def test_a_read_is_repeated(stage, kind):
    """What fails twice and then works is no error."""
    stage.fake.faults.append(Fault("GET", "iterations$", kind, times=2))
    assert stage.connect().pull_request().revision == "1"
    assert len(stage.slept) == 2


@pytest.mark.parametrize("answer", [{}, {"id": "x"}])
def test_an_odd_answer_to_a_write_is_uncertain(twisted, answer):
    """It was done, but nobody can say what."""
    twisted.fake.twists["made"] = lambda _: answer
    forge = twisted.connect()
    with pytest.raises(UncertainWriteError, match="something that is not"):
        forge.post_general(forge.pull_request(), "x")


# -- strangers' JSON -------------------------------------------------------------------------------


def spoiling(place, odd):
    """A twist that puts something else in one place of an answer."""

    def twist(found):
        body = {"count": len(found), "value": found} if isinstance(found, list) else deepcopy(found)
        places = list(_places(body))
        holder, key = places[place % len(places)]
        if holder is None:
            return Reply(200, odd)
        holder[key] = odd
        return Reply(200, body)

    return twist


def _places(value, holder=None, key=None):
    yield holder, key
    if isinstance(value, dict):
        for name in value:
            yield from _places(value[name], value, name)
    if isinstance(value, list):
        for at, each in enumerate(value):
            yield from _places(each, value, at)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "x", "\ud800", "5.0", "/", "refs/heads/", "{0}", "{", "0" * 40, "2026-13-41T"]),
    st.builds(list),
    st.builds(dict),
    st.just([[]]),
    st.just([None]),
    st.just({"value": [1]}),
)
ANSWERS = st.sampled_from(["pull", "iterations", "threads", "changes", "statuses", "me", "routes"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=ANSWERS, place=st.integers(0, 10_000), odd=ODD)
def test_no_answer_is_taken_on_trust(twisted, answer, place, odd):
    """Whatever stands anywhere in an answer: it is understood, or it is our own error."""
    fake, pull = twisted.fake, twisted.fake.pulls[twisted.number]
    if not pull.threads:
        fake.reply(
            twisted.human, fake.say(twisted.human, twisted.number, "x", ("app/main.py", "new", 5, 5)), "y"
        )
        _use_everything(twisted)
    del pull.threads[1:]
    fake.twists = {answer: spoiling(place, odd)}
    with suppress(ForgeError):
        _use_everything(twisted)
    fake.twists = {}


def _use_everything(stage):
    forge = stage.connect()
    pull = forge.pull_request()
    assert len(pull.head) == 40
    for thread in forge.conversation(pull).threads:
        "".join(comment.body + comment.author for comment in thread.comments).encode()
        assert int(thread.id) >= 0 or thread.id
    forge.status(pull)
    forge.set_status(pull, Status(StatusState.SUCCESS, "fine"))
    forge.post(pull, [Post("k", stage.anchor("app/main.py", Side.NEW, 5), "x")])
    assert forge.capabilities.batch == 1


# -- the list of changes, in pure functions ---------------------------------------------------------


class Page:
    """What the SDK makes of one page."""

    def __init__(self, names, following, *, start=0):
        self.change_entries = [Entry(at, name) for at, name in enumerate(names, start + 1)]
        self.next_skip = following


class Entry:
    def __init__(self, tracking, name, **item):
        self.change_tracking_id = tracking
        self.additional_properties = {"item": {"path": name, **item}, "changeType": "edit"}


@given(count=st.integers(0, 9), size=st.integers(1, 4))
def test_all_pages_are_read(count, size):
    """However many there are, each file comes once and in order."""
    names = [f"/{number}" for number in range(count)]

    def page(skip):
        return Page(names[skip : skip + size], skip + size if skip + size < count else 0, start=skip)

    assert [each.path for each in azure_changes.read_all(page)] == names


@pytest.mark.parametrize("item", [{"isFolder": True}, {"gitObjectType": "tree"}, {"gitObjectType": "commit"}])
def test_folders_and_submodules_have_no_lines(item):
    """No thread stands on them."""
    page = Page(["/x"], 0)
    page.change_entries.append(Entry(2, "/y", **item))
    assert [each.path for each in azure_changes.read_all(lambda _: page)] == ["/x"]


@pytest.mark.parametrize(
    ("change", "original"),
    [
        ({"changeType": "edit, rename", "originalPath": "/a"}, "/a"),
        ({"changeType": "rename", "sourceServerItem": "/a"}, "/a"),
        ({"changeType": "edit"}, "/x"),
        ({"changeType": "delete, sourceRename", "originalPath": "/x"}, "/x"),
    ],
)
def test_the_old_name_stands_in_one_of_two_fields(change, original):
    """Which one is the server's affair."""
    page = Page(["/x"], 0)
    page.change_entries[0].additional_properties |= change
    assert azure_changes.read_all(lambda _: page)[0].original == original


def test_a_change_without_any_name_is_an_error():
    """Nothing can be tied to it."""
    with pytest.raises(ForgeError, match="a file has no path"):
        azure_changes.read_all(lambda _: Page([None], 0))


def test_a_full_page_that_says_nothing_has_a_following_one():
    """Older servers leave nextSkip out."""
    pages = {0: Page(["/x"] * azure_changes.PAGE, None), azure_changes.PAGE: Page(["/last"], None)}
    assert azure_changes.read_all(pages.__getitem__)[-1].path == "/last"


@pytest.mark.parametrize("following", [1, -1])
def test_pages_that_run_in_a_circle_are_an_error(following):
    """A server may not keep us for ever."""
    with pytest.raises(ForgeError, match="run in a circle"):
        azure_changes.read_all(lambda skip: Page(["/x"], following if skip else 1))


def test_pages_without_end_are_an_error():
    """Nor with ever new pages."""
    with pytest.raises(ForgeError, match="more than 500 pages"):
        azure_changes.read_all(lambda skip: Page(["/x"], skip + 1))


def _anchor(path, old_path, side):
    return Anchor(path, old_path, side, Line(1, 1, 1, 1), Line(1, 1, 1, 1), 1)


RENAMED = Changed(1, "/new", "/old", on_new=True, on_old=True)
GONE = Changed(2, "/old", "/old", on_new=False, on_old=True)
ADDED = Changed(3, "/new", "/new", on_new=True, on_old=False)


@pytest.mark.parametrize(
    ("listed", "anchor", "found"),
    [
        ([GONE, RENAMED], _anchor("new", "old", Side.OLD), RENAMED),
        ([GONE, ADDED], _anchor("new", "old", Side.OLD), GONE),
        ([GONE, ADDED], _anchor("new", "old", Side.NEW), ADDED),
        ([RENAMED], _anchor("old", "old", Side.OLD), RENAMED),
        ([RENAMED], _anchor("old", "old", Side.NEW), None),
        ([GONE], _anchor("old", "old", Side.NEW), None),
        ([ADDED], _anchor("new", "new", Side.OLD), None),
    ],
)
def test_a_rename_that_the_server_sees_otherwise_is_found(listed, anchor, found):
    """As rename or as deletion and addition, on the side where the lines are."""
    assert azure_changes.find(listed, anchor) == found
