"""GitLab's adapter against answers that are late, odd, endless or hostile: an error, never a wrong belief."""

import json
import re
from contextlib import contextmanager

import pytest
from fakes.listener import Listener
from fakes.wire import SIGN_IN, Reply
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.domain.anchor import Anchor, Line, Side
from reviewbot.domain.forge import Comment, Post, Refused, Status, StatusState, Thread, ThreadState
from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.pull import ForgeKind, PullRef, PullRequest
from reviewbot.errors import ForgeError, UncertainWriteError, UsageError
from reviewbot.forges import gitlab
from reviewbot.forges.base import Access

TOKEN = "glpat-0123456789abcdef"
SHAS = {"base_sha": "b" * 40, "start_sha": "c" * 40, "head_sha": "a" * 40}
MERGE = {"iid": 7, "state": "opened", "target_branch": "main", "sha": "a" * 40, "diff_refs": SHAS}
USER = {"id": 9, "username": "reviewbot"}
LINE = Line(old=None, new=3, old_at=2, new_at=3)
POST = Post("k", Anchor("a.py", "a.py", Side.NEW, LINE, LINE, 4), "text")
PLACE = {
    **SHAS,
    "position_type": "text",
    "old_path": "a.py",
    "new_path": "a.py",
    "old_line": None,
    "new_line": 3,
}
HERE = re.escape("/api/v4/projects/42")


def note(number, *, author=9, body="text", system=False, **more):
    return {"id": number, "author": {"id": author}, "body": body, "system": system, **more}


class Scripted:
    """A GitLab that says what it is told: per method and path a reply, or a list of replies to give in turn."""

    def __init__(self):
        self.told = {
            "GET /user": Reply(200, USER),
            "GET /merge_requests/7": Reply(200, MERGE),
            "GET /merge_requests/7/draft_notes": Reply(200, []),
            "POST /merge_requests/7/draft_notes": Reply(201, {"id": 5, "author_id": 9, "position": PLACE}),
            "POST /merge_requests/7/draft_notes/bulk_publish": Reply(204),
            "GET /merge_requests/7/discussions": Reply(200, []),
        }
        self.log = []
        self.waits = []
        self.listener = Listener(self.serve, tls=False)

    def serve(self, entry):
        self.log.append(entry)
        name = f"{entry.method} {re.sub(f'^({HERE}|/api/v4)', '', entry.path)}"
        reply = self.told[name]
        if callable(reply):
            reply = reply(entry)
        if isinstance(reply, list):
            reply = reply.pop(0) if len(reply) > 1 else reply[0]
        return reply, None

    def asked(self, pattern):
        return [entry for entry in self.log if re.search(pattern, f"{entry.method} {entry.path}")]

    def connect(self, *, kind="private", **more):
        access = Access(TOKEN, "REVIEWBOT_FORGE_TOKEN", kind, NetworkPolicy(connect_s=2, idle_s=2))
        ref = PullRef(ForgeKind.GITLAB, f"{self.listener.url}/api/v4", "42", 7)
        return gitlab.connect(ref, access, status_name="reviewbot", sleep=self.waits.append, **more)


@contextmanager
def scripted(told=None, **more):
    server = Scripted()
    server.told |= told or {}
    server.listener.start()
    forge = server.connect(**more)
    try:
        yield server, forge
    finally:
        forge.close()
        server.listener.close()


PULL = PullRequest(
    PullRef(ForgeKind.GITLAB, "http://127.0.0.1/api/v4", "42", 7), "a" * 40, "main", "b" * 40, "c" * 40, True
)
THREAD = Thread("d1", (Comment("1", "9", "text"),), "a.py", ThreadState.OPEN, None)
GENERAL = Thread("d2", (Comment("2", "9", "text"),), None, ThreadState.OPEN, None)

ANY = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)


def variants(value):
    """Each way to replace one part of a JSON value, however deep, by something else."""
    yield None
    yield "text"
    yield 7
    yield []
    yield {}
    if isinstance(value, dict):
        for key, inner in value.items():
            yield {other: each for other, each in value.items() if other != key}
            for changed in variants(inner):
                yield {**value, key: changed}
    if isinstance(value, list):
        for index, inner in enumerate(value):
            for changed in variants(inner):
                yield [*value[:index], changed, *value[index + 1 :]]


# -- the merge request -----------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [None, {**SHAS, "start_sha": None}, {**SHAS, "base_sha": None}])
def test_a_diff_that_is_not_there_yet_is_waited_for(missing):
    late = Reply(200, {**MERGE, "diff_refs": missing})
    with scripted({"GET /merge_requests/7": [late, late, Reply(200, MERGE)]}) as (server, forge):
        assert forge.pull_request().head == "a" * 40
        assert server.waits == [0.2, 0.5]


def test_a_diff_that_never_comes_is_an_error():
    late = Reply(200, {**MERGE, "diff_refs": None})
    with scripted({"GET /merge_requests/7": late}) as (server, forge):
        with pytest.raises(ForgeError, match="still preparing"):
            forge.pull_request()
        assert len(server.log) == 5


def test_a_diff_behind_the_branch_is_waited_for_and_then_taken_as_it_is():
    behind = Reply(200, {**MERGE, "sha": "f" * 40})
    with scripted({"GET /merge_requests/7": [behind, Reply(200, MERGE)]}) as (server, forge):
        forge.pull_request()
        assert len(server.log) == 2
    with scripted({"GET /merge_requests/7": behind}) as (server, forge):
        assert forge.pull_request().head == "a" * 40
        assert len(server.log) == 5


@pytest.mark.parametrize("state", ["merged", "closed", "locked"])
def test_what_is_not_open_says_so_at_once(state):
    closed = {**MERGE, "state": state, "sha": "f" * 40}
    with scripted({"GET /merge_requests/7": Reply(200, closed)}) as (server, forge):
        assert not forge.pull_request().is_open
        assert server.waits == []


def test_any_odd_merge_request_is_an_error():
    with scripted() as (server, forge):
        for odd in variants(MERGE):
            server.told["GET /merge_requests/7"] = Reply(200, odd)
            try:
                pull = forge.pull_request()
            except ForgeError:
                continue
            assert (pull.target_branch, pull.is_open) in {("main", True), ("main", False), ("text", True)}


# -- lists -----------------------------------------------------------------------------------------


def full(entry):
    page = int(entry.query["page"])
    return [{"id": f"d{page}-{index}", "notes": [note(page * 1000 + index)]} for index in range(100)]


@pytest.mark.parametrize("header", [True, False])
def test_all_pages_are_read_with_and_without_the_header(header):
    def pages(entry):
        page = int(entry.query["page"])
        headers = {"X-Next-Page": "" if page == 3 else str(page + 1)} if header else {}
        return Reply(200, full(entry) if page < 3 else full(entry)[:7], headers)

    with scripted({"GET /merge_requests/7/discussions": pages}) as (server, forge):
        assert len(forge.conversation(PULL).threads) == 207
        assert [entry.query["page"] for entry in server.asked("discussions")] == ["1", "2", "3"]


def test_the_header_counts_more_than_the_length_of_a_page():
    def pages(entry):
        page = int(entry.query["page"])
        return Reply(200, full(entry)[:50], {"X-Next-Page": "2" if page == 1 else ""})

    with scripted({"GET /merge_requests/7/discussions": pages}) as (_, forge):
        assert len(forge.conversation(PULL).threads) == 100


@pytest.mark.parametrize("path", ["/merge_requests/7", "/merge_requests/7/discussions", "/user"])
def test_nothing_at_all_is_no_answer_to_a_question(path):
    with scripted({f"GET {path}": Reply(204)}) as (_, forge), pytest.raises(ForgeError, match="is not a"):
        forge.conversation(forge.pull_request())


def test_a_full_last_page_is_the_last():
    with scripted(
        {"GET /merge_requests/7/discussions": lambda entry: Reply(200, full(entry), {"X-Next-Page": ""})}
    ) as (
        server,
        forge,
    ):
        assert len(forge.conversation(PULL).threads) == 100
        assert len(server.asked("discussions")) == 1


def test_more_comments_than_gitlab_allows_are_an_error():
    with scripted({"GET /merge_requests/7/discussions": lambda entry: Reply(200, full(entry))}) as (
        server,
        forge,
    ):
        with pytest.raises(ForgeError, match="more than 5000 comments"):
            forge.conversation(PULL)
        assert len(server.asked("discussions")) == 51


def test_a_list_without_end_is_an_error():
    def silent(entry):
        return Reply(200, [{"id": entry.query["page"], "notes": []}] * 100)

    with scripted({"GET /merge_requests/7/discussions": silent}) as (server, forge):
        with pytest.raises(ForgeError, match="does not end"):
            forge.conversation(PULL)
        assert len(server.asked("discussions")) == 200


@pytest.mark.parametrize("count", [99, 100, 101])
def test_a_list_that_has_no_pages_is_read_once(count):
    drafts = [{"id": number, "author_id": 9} for number in range(count)]
    told = {"GET /merge_requests/7/draft_notes": Reply(200, drafts)}
    told |= {f"DELETE /merge_requests/7/draft_notes/{number}": Reply(204) for number in range(count)}
    with scripted(told) as (server, forge):
        forge.post(PULL, [POST])
        assert len(server.asked("DELETE")) == count


DISCUSSIONS = [
    {
        "id": "d1",
        "individual_note": False,
        "notes": [
            note(
                1,
                resolvable=True,
                resolved=True,
                resolved_by={"id": 3},
                position={"new_path": "a", "old_path": "b"},
            ),
            note(2),
        ],
    }
]


def test_any_odd_list_of_threads_is_an_error_or_without_the_oddity():
    with scripted() as (server, forge):
        for odd in variants(DISCUSSIONS):
            server.told["GET /merge_requests/7/discussions"] = Reply(200, odd)
            try:
                found = forge.conversation(PULL)
            except ForgeError:
                continue
            for thread in found.threads:
                assert isinstance(thread.id, str)
                assert all(comment.author in {"9", "7"} for comment in thread.comments)
                assert thread.path in {"a", "b", "text", None}


@pytest.fixture(scope="module")
def shared():
    with scripted() as both:
        yield both


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ANY)
def test_anything_at_all_instead_of_a_list(shared, value):
    server, forge = shared
    server.told["GET /merge_requests/7/discussions"] = Reply(200, value)
    try:
        assert forge.conversation(PULL).threads == ()
    except ForgeError:
        assert value != []


def test_a_user_without_a_number_is_an_error():
    with (
        scripted({"GET /user": Reply(200, {"username": "reviewbot"})}) as (_, forge),
        pytest.raises(ForgeError),
    ):
        forge.conversation(PULL)


def test_who_we_are_is_asked_once():
    with scripted() as (server, forge):
        forge.conversation(PULL)
        forge.conversation(PULL)
        forge.post(PULL, [POST])
        assert len(server.asked("/user")) == 1


# -- inline comments -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [None, {}, {**PLACE, "new_line": 4}, {**PLACE, "new_line": None}, {**PLACE, "new_path": "b"}, [], "text"],
)
def test_a_comment_that_lost_its_place_is_not_published(answer):
    told = {
        "POST /merge_requests/7/draft_notes": Reply(201, {"id": 5, "position": answer}),
        "DELETE /merge_requests/7/draft_notes/5": Reply(204),
    }
    with scripted(told) as (server, forge):
        assert forge.post(PULL, [POST]) == (Refused("k", "GitLab took the comment without its place"),)
        assert len(server.asked("DELETE")) == 1
        assert server.asked("bulk_publish") == []


@pytest.mark.parametrize("answer", [[], "text", None, {"position": None}, {"id": "5", "position": {}}])
def test_an_odd_answer_to_a_draft_leaves_it_uncertain(answer):
    told = {"POST /merge_requests/7/draft_notes": Reply(201, answer)}
    with scripted(told) as (server, forge):
        with pytest.raises(UncertainWriteError):
            forge.post(PULL, [POST])
        assert server.asked("bulk_publish") == []


def test_a_comment_on_a_line_that_gitlab_has_not_is_not_published():
    told = {
        "POST /merge_requests/7/draft_notes": Reply(201, {"id": 5, "position": PLACE, "line_code": None}),
        "DELETE /merge_requests/7/draft_notes/5": Reply(204),
    }
    with scripted(told) as (server, forge):
        assert forge.post(PULL, [POST]) == (Refused("k", "GitLab does not find these lines in its diff"),)
        assert len(server.asked("DELETE")) == 1
        assert server.asked("bulk_publish") == []


def test_a_range_that_is_refused_becomes_its_last_line():
    def draft(entry):
        if "line_range" in entry.body["position"]:
            return Reply(400, {"error": "position[line_range] is invalid"})
        return Reply(201, {"id": 5, "position": {**entry.body["position"], "old_line": None}})

    last = Line(None, 4, 2, 4)
    post = Post("k", Anchor("a.py", "a.py", Side.NEW, LINE, last, 4), "text")
    with scripted({"POST /merge_requests/7/draft_notes": draft}) as (server, forge):
        assert forge.post(PULL, [post]) == ()
        first, second = (entry.body["position"] for entry in server.asked("POST .*draft_notes$"))
        assert first["line_range"]["start"]["line_code"].endswith("_2_3")
        assert (second["new_line"], "line_range" in second) == (4, False)
        assert len(server.asked("bulk_publish")) == 1


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            {"message": '400 Bad request - Note {:line_code=>["must be a valid line code"]}'},
            "does not find these lines",
        ),
        ({"message": {"note": ["is too long (maximum is 1000000 characters)"]}}, "longer than GitLab takes"),
        ({"error": "something else"}, "did not take"),
        ([], "did not take"),
    ],
)
def test_a_refused_comment_comes_back_with_the_reason_in_our_words(said, why):
    with scripted({"POST /merge_requests/7/draft_notes": Reply(400, said)}) as (server, forge):
        (refused,) = forge.post(PULL, [POST])
        assert refused.key == "k"
        assert why in refused.why
        assert len(server.asked("POST")) == 1


def test_too_many_comments_stop_the_posting():
    said = {"message": '400 Bad request - Note {:base=>["Maximum number of comments exceeded"]}'}
    with scripted({"POST /merge_requests/7/draft_notes": Reply(400, said)}) as (server, forge):
        with pytest.raises(ForgeError, match="Maximum number"):
            forge.post(PULL, [POST, POST])
        assert len(server.asked("POST")) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 413])
def test_a_right_that_is_missing_stops_the_posting(status):
    with scripted({"POST /merge_requests/7/draft_notes": Reply(status, {"message": "no"})}) as (
        server,
        forge,
    ):
        with pytest.raises(ForgeError, match=f"refused to draft an inline comment: HTTP {status}"):
            forge.post(PULL, [POST, POST])
        assert len(server.asked("POST")) == 1


def test_a_file_whose_name_is_no_text_is_refused_unsent():
    post = Post("k", Anchor("a\udcff", "a\udcff", Side.NEW, LINE, LINE, 4), "text")
    with scripted() as (server, forge):
        (refused,) = forge.post(PULL, [post])
        assert "not UTF-8" in refused.why
        assert server.asked("POST") == []


def test_drafts_of_others_are_left_alone():
    drafts = [{"id": 1, "author_id": 8}, {"id": 2, "author_id": 9}]
    told = {
        "GET /merge_requests/7/draft_notes": Reply(200, drafts),
        "DELETE /merge_requests/7/draft_notes/2": Reply(404, {"message": "404 Not found"}),
    }
    with scripted(told) as (server, forge):
        assert forge.post(PULL, [POST]) == ()
        assert len(server.asked("DELETE")) == 1


def test_nothing_to_post_asks_nothing():
    with scripted() as (server, forge):
        assert forge.post(PULL, []) == ()
        assert server.log == []


def test_without_the_commits_of_the_diff_no_comment_is_placed():
    bare = PullRequest(PULL.ref, PULL.head, "main", None, "", is_open=True)
    with scripted() as (server, forge):
        with pytest.raises(ForgeError, match="which commits"):
            forge.post(bare, [POST])
        assert server.asked("POST") == []


# -- threads ---------------------------------------------------------------------------------------


def test_a_thread_that_stays_open_is_not_resolved():
    told = {
        "PUT /merge_requests/7/discussions/d1": Reply(200, {"id": "d1", "notes": [note(1, resolved=False)]})
    }
    with scripted(told) as (_, forge), pytest.raises(ForgeError, match="did not resolve"):
        forge.resolve(PULL, THREAD)


@pytest.mark.parametrize("answer", [{"id": "d1", "notes": 3}, {"id": "d1"}, [], {"id": "d1", "notes": [{}]}])
def test_an_odd_answer_to_a_resolution_leaves_it_uncertain(answer):
    told = {"PUT /merge_requests/7/discussions/d1": Reply(200, answer)}
    with scripted(told) as (_, forge), pytest.raises(UncertainWriteError):
        forge.resolve(PULL, THREAD)


def test_a_general_comment_cannot_be_resolved():
    with scripted() as (server, forge):
        for verb in (forge.resolve, forge.reopen):
            with pytest.raises(ForgeError, match="stands on no file"):
                verb(PULL, GENERAL)
        assert server.log == []


@pytest.mark.parametrize("answer", [[], {}, {"id": "x"}])
def test_an_odd_answer_to_a_comment_leaves_it_uncertain(answer):
    told = {
        "POST /merge_requests/7/notes": Reply(201, answer),
        "POST /merge_requests/7/discussions/d1/notes": Reply(201, answer),
        "PUT /merge_requests/7/discussions/d1/notes/1": Reply(200, answer),
    }
    with scripted(told) as (_, forge):
        for write in (
            lambda: forge.post_general(PULL, "text"),
            lambda: forge.reply(PULL, THREAD, "text"),
            lambda: forge.edit(PULL, THREAD, THREAD.comments[0], "text"),
        ):
            with pytest.raises(UncertainWriteError):
                write()


def test_an_id_of_a_thread_cannot_lead_elsewhere():
    thread = Thread("../../../43", THREAD.comments, "a.py", ThreadState.OPEN, None)
    seen = []

    class Told(dict):
        def __missing__(self, name):
            seen.append(name)
            return Reply(404, {"message": "404 Not found"})

    with scripted() as (server, forge):
        server.told = Told()
        with pytest.raises(ForgeError):
            forge.resolve(PULL, thread)
        assert [entry.raw_path for entry in server.log] == [
            "/api/v4/projects/42/merge_requests/7/discussions/..%2F..%2F..%2F43"
        ]


# -- the status ------------------------------------------------------------------------------------

STATUSES = f"GET /repository/commits/{'a' * 40}/statuses"
SET = f"POST /statuses/{'a' * 40}"
FAILED = Status(StatusState.FAILURE, "2 errors")


def status(number=1, state="failed", said="2 errors", author=9, name="reviewbot"):
    return {"id": number, "status": state, "description": said, "name": name, "author": {"id": author}}


@pytest.mark.parametrize("wanted", StatusState)
def test_a_status_is_read_as_it_was_set(wanted):
    kept = []

    def keep(entry):
        kept.append({**status(), "status": entry.body["state"], "description": entry.body["description"]})
        return Reply(201, kept[-1])

    with scripted({SET: keep, STATUSES: lambda _: Reply(200, kept)}) as (_, forge):
        assert forge.status(PULL) is None
        forge.set_status(PULL, Status(wanted, "12 files"))
        assert forge.status(PULL) == Status(wanted, "12 files")
        assert kept[0]["status"] == ("success" if wanted is StatusState.SUCCESS else "failed")


def test_a_long_status_is_cut_to_what_gitlab_takes():
    with scripted({SET: Reply(201, status())}) as (server, forge):
        forge.set_status(PULL, Status(StatusState.INCOMPLETE, "a" * 999))
        assert len(server.asked("POST")[0].body["description"]) == 255
        forge.set_status(PULL, Status(StatusState.INCOMPLETE, "a" * forge.capabilities.status_limit))
        assert server.asked("POST")[1].body["description"] == server.asked("POST")[0].body["description"]


@pytest.mark.parametrize(
    "listed",
    [
        [],
        [status(author=8)],
        [status(name="other")],
        [status(state="running")],
        [{**status(), "author": None}],
        [status(1, "success"), status(3, "canceled"), status(2)],
    ],
)
def test_what_is_no_status_of_ours_is_none(listed):
    with scripted({STATUSES: Reply(200, listed)}) as (_, forge):
        assert forge.status(PULL) is None


def test_the_newest_status_counts():
    with scripted({STATUSES: Reply(200, [status(2), status(9, "success", "fine"), status(3)])}) as (_, forge):
        assert forge.status(PULL) == Status(StatusState.SUCCESS, "fine")


def test_the_status_goes_into_the_pipeline_that_was_given():
    with scripted({SET: Reply(201, status())}, pipeline_id=77) as (server, forge):
        forge.set_status(PULL, FAILED)
        assert [entry.body["pipeline_id"] for entry in server.asked("POST")] == [77]


def test_a_pipeline_of_another_commit_is_left_out():
    told = {SET: [Reply(404, {"message": "404 Pipeline Not Found"}), Reply(201, status())]}
    with scripted(told, pipeline_id=77) as (server, forge):
        forge.set_status(PULL, FAILED)
        assert ["pipeline_id" in entry.body for entry in server.asked("POST")] == [True, False]


def test_without_a_pipeline_not_found_is_not_found():
    with scripted({SET: Reply(404, {"message": "404 Project Not Found"})}) as (server, forge):
        with pytest.raises(ForgeError, match="refused to set the status: HTTP 404"):
            forge.set_status(PULL, FAILED)
        assert len(server.asked("POST")) == 1


STUCK = Reply(400, {"message": "Cannot transition status via :drop from :failed"})


@pytest.mark.parametrize(
    ("answer", "listed", "fine"),
    [
        (STUCK, [status(said="3 errors")], True),
        (STUCK, [status(state="success")], False),
        (STUCK, [], False),
        (Reply(400, {"message": "something else"}), [status()], False),
        (Reply(403, {"message": "Cannot transition status"}), [status()], False),
    ],
)
def test_a_status_that_gitlab_has_already_is_read_back(answer, listed, fine):
    with scripted({SET: answer, STATUSES: Reply(200, listed)}) as (_, forge):
        if fine:
            forge.set_status(PULL, FAILED)
        else:
            with pytest.raises(ForgeError, match="refused to set the status"):
                forge.set_status(PULL, FAILED)


# -- refusals --------------------------------------------------------------------------------------


def test_a_missing_right_is_told_in_four_lines():
    said = Reply(403, {"error": "insufficient_scope", "error_description": "more", "scope": "api"})
    with (
        scripted({"GET /merge_requests/7/discussions": said}) as (_, forge),
        pytest.raises(ForgeError) as error,
    ):
        forge.conversation(PULL)
    assert str(error.value) == (
        "the forge refused to list the threads: HTTP 403: insufficient_scope\n"
        "  token   REVIEWBOT_FORGE_TOKEN\n"
        "  needs   role Developer, scope api\n"
        "  where   Settings > Access tokens of 42"
    )


@pytest.mark.parametrize(
    ("status", "needs"),
    [(401, "a token that this forge knows"), (403, "role Developer"), (404, "role Developer")],
)
def test_refusals_to_read_say_what_is_needed(status, needs):
    with scripted({"GET /merge_requests/7": Reply(status, {"message": "no"})}) as (server, forge):
        with pytest.raises(ForgeError, match=f"HTTP {status}") as error:
            forge.pull_request()
        assert f"needs   {needs}" in str(error.value)
        assert TOKEN not in str(error.value)
        assert len(server.log) == 1


def test_a_job_token_is_told_that_it_cannot():
    said = {"GET /merge_requests/7": Reply(401, {"message": "401 Unauthorized"}), "GET /user": Reply(403, {})}
    with scripted(said, kind="job") as (server, forge):
        with pytest.raises(ForgeError, match="a job token cannot do it"):
            forge.conversation(PULL)
        assert server.log[0].headers["job-token"] == TOKEN


@pytest.mark.parametrize(
    ("kind", "header", "value"),
    [
        ("private", "private-token", TOKEN),
        ("pat", "private-token", TOKEN),
        ("bearer", "authorization", f"Bearer {TOKEN}"),
    ],
)
def test_tokens_are_presented_in_their_way(kind, header, value):
    with scripted(kind=kind) as (server, forge):
        forge.pull_request()
        headers = server.log[0].headers
        assert headers[header] == value
        assert str(headers).count(TOKEN) == 1
        assert headers["user-agent"] == "reviewbot"


def test_a_page_to_sign_in_is_told():
    page = Reply(200, SIGN_IN, {}, "text/html; charset=utf-8")
    with scripted({"GET /merge_requests/7": page}) as (_, forge), pytest.raises(ForgeError, match="sign in"):
        forge.pull_request()


def test_the_sdk_does_not_wait_before_it_repeats_a_write():
    told = {"POST /merge_requests/7/notes": Reply(429, {}, {"Retry-After": "30"})}
    with scripted(told) as (server, forge):
        with pytest.raises(ForgeError, match="too many requests"):
            forge.post_general(PULL, "text")
        assert (len(server.log), server.waits) == (1, [])


@pytest.mark.parametrize(
    "api", ["https://forge.example", "https://forge.example/api/v3", "http://forge.example/api/v4"]
)
def test_addresses_that_are_no_gitlabs_are_refused(api):
    ref = PullRef(ForgeKind.GITLAB, api, "42", 7)
    with pytest.raises(UsageError):
        gitlab.connect(ref, Access(TOKEN, "T", "private"), status_name="x")


def test_a_kind_of_token_that_gitlab_has_not_is_refused():
    ref = PullRef(ForgeKind.GITLAB, "https://forge.example/api/v4", "42", 7)
    with pytest.raises(UsageError, match="kind basic"):
        gitlab.connect(ref, Access(TOKEN, "T", "basic"), status_name="x")


def test_the_path_of_a_project_is_one_part_of_the_address():
    with scripted() as (server, _):
        ref = PullRef(ForgeKind.GITLAB, f"{server.listener.url}/api/v4", "pay/ledger", 7)
        server.told["GET /projects/pay/ledger/merge_requests/7"] = Reply(200, MERGE)
        forge = gitlab.connect(ref, Access(TOKEN, "T", "private"), status_name="x")
        forge.pull_request()
        forge.close()
        assert server.log[0].raw_path == "/api/v4/projects/pay%2Fledger/merge_requests/7"


def test_no_token_is_shown():
    with scripted() as (_, forge):
        assert TOKEN not in repr(forge) + json.dumps(str(vars(forge)))
