"""The fake Azure DevOps Server itself: what it keeps, what it refuses, what it takes in silence and notes."""

import base64
import ssl

import httpx
import pytest
from fakes import azure_git
from fakes.azure import CONTRIBUTE, READ, FakeAzure
from fakes.azure_state import Mark
from fakes.repo import split
from fakes.server import Fault
from fakes.specs import ABSENT
from hypothesis import given
from hypothesis import strategies as st

RIGHTS = {READ, CONTRIBUTE}
CLIENT = {
    "trust_env": False,
    "verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
}  # it loads nothing: that is slow
EVERY = ("5.0", "6.0", "7.0", "7.1")


class Server:
    """A fake with a pull request of two iterations' worth of files, and a client of it."""

    def __init__(self, repo, **more):
        self.repo = repo
        self.fake = FakeAzure(repo.path, **more)
        self.bot = self.fake.add_user("bot", is_bot=True)
        self.token = self.fake.add_token(self.bot, RIGHTS)
        self.writer = self.fake.add_user("writer")
        self.number = self.fake.open_pull_request("feature", "main", self.writer)
        self.client = httpx.Client(auth=("", self.token), **CLIENT)

    def ask(self, method, path, *, version="5.0", **more):
        url = f"{self.fake.api}/Pay/_apis/git/repositories/ledger{path}"
        more["params"] = {**({"api-version": version} if version else {}), **more.pop("params", {})}
        return self.client.request(method, url, **more)

    def pull(self, method, path="", **more):
        return self.ask(method, f"/pullRequests/{self.number}{path}", **more)

    def changes(self, iteration=1, **params):
        return self.pull("GET", f"/iterations/{iteration}/changes", params=params).json()["changeEntries"]

    def ids(self):
        return {
            each["item"].get("path") or each["originalPath"]: each["changeTrackingId"]
            for each in self.changes()
        }

    def post(self, **more):
        return self.pull("POST", "/threads", json=thread(tracking=self.ids(), **more))

    def push(self, files):
        self.repo.commit("feature", files)
        return self.fake.push(self.number)

    def seen(self):
        return self.fake.threads(self.number)[-1]

    def close(self):
        self.client.close()
        self.fake.close()


def thread(path="/app/main.py", span=((5, 1), (5, 7)), *, tracking=None, side="right", body="look"):
    """The body of a new thread; `tracking` is an id, or the ids of all paths."""
    context = {"filePath": path}
    for end, place in zip(("Start", "End"), span or (), strict=False):
        context[f"{side}File{end}"] = {"line": place[0], "offset": place[1]}
    sent = {
        "comments": [{"parentCommentId": 0, "content": body, "commentType": "text"}],
        "status": "active",
        "threadContext": context,
    }
    number = tracking.get(path) if isinstance(tracking, dict) else tracking
    if number is not None:
        both = {"firstComparingIteration": 1, "secondComparingIteration": 1}
        sent["pullRequestThreadContext"] = {"changeTrackingId": number, "iterationContext": both}
    return sent


@pytest.fixture
def servers(forge_repo):
    """Make servers that are closed afterwards."""
    made = []

    def make(**more):
        made.append(Server(forge_repo, **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def server(servers):
    return servers()


# -- where a thread lands --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "side", "span", "text"),
    [
        ("/app/main.py", "right", ((5, 1), (5, 7)), b"LINE 5"),
        ("/app/main.py", "right", ((29, 1), (30, 8)), b"added a\nadded b"),
        ("/app/main.py", "right", ((20, 1), (20, 8)), b"line 22"),  # far from any hunk, in a changed file
        (
            "/app/main.py",
            "left",
            ((10, 1), (11, 8)),
            b"line 10\nline 11",
        ),  # the target's own work does not count
        ("/app/new_name.py", "right", ((10, 1), (10, 11)), b"CHANGED 10"),
        ("/app/new_name.py", "left", ((10, 1), (10, 8)), b"kept 10"),
        ("/app/gone.py", "left", ((1, 1), (1, 7)), b"gone 1"),
        ("/win/crlf.txt", "right", ((6, 1), (6, 7)), b"LINE 6"),
        ("/text/no_end.txt", "right", ((3, 1), (3, 15)), b"three and more"),
        ("/text/\u00fcml\u00e4ut.txt", "right", ((2, 6), (2, 8)), "\U0001f600".encode()),  # two code units
    ],
)
def test_a_thread_lands_on_its_characters(server, path, side, span, text):
    """The span is read on its side, with offsets from 1 in UTF-16 and an exclusive end."""
    assert server.post(path=path, side=side, span=span).status_code == 200
    seen = server.seen()
    assert (seen["path"], seen["side"]) == (path[1:], {"right": "new", "left": "old"}[side])
    assert (seen["first"], seen["last"], seen["text_under_anchor"]) == (
        span[0][0],
        span[1][0],
        text,
    )
    assert (seen["authors"], seen["orphaned"], server.fake.violations) == ([server.bot], False, [])


def test_a_thread_can_stand_on_a_whole_file_or_on_none(server):
    """Without a span it is the file's, without a context the request's."""
    assert server.post(span=None).status_code == 200
    assert (server.seen()["path"], server.seen()["first"]) == ("app/main.py", None)
    assert (
        server.pull("POST", "/threads", json={"comments": [{"content": "all"}]}).json()["threadContext"]
        is None
    )
    assert (server.seen()["path"], server.fake.violations) == (None, [])


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"path": "app/main.py", "tracking": 1}, "does not start with /"),
        ({"path": "/same.txt", "tracking": 1}, "not among the changes"),
        ({"path": "/app/old_name.py", "tracking": 1}, "not among the changes"),
        ({"tracking": 99}, "changeTrackingId 99"),
        ({"tracking": None}, "must be given together"),
        ({"tracking": True}, "must be given together"),
    ],
)
def test_an_anchor_that_is_none_is_taken_and_orphaned(server, change, word):
    """The server answers 200 and shows the thread on no file."""
    assert server.pull("POST", "/threads", json=thread(**change)).status_code == 200
    assert (server.seen()["orphaned"], server.seen()["path"]) == (True, None)
    (violation,) = server.fake.violations
    assert word in violation


@pytest.mark.parametrize(
    "compared",
    [
        {"firstComparingIteration": 1},
        {"firstComparingIteration": 1, "secondComparingIteration": 2},
        {"firstComparingIteration": 0, "secondComparingIteration": 1},
    ],
)
def test_iterations_must_be_there(server, compared):
    """Half a context, or an iteration that does not exist, loses the file."""
    sent = thread(tracking=server.ids())
    sent["pullRequestThreadContext"]["iterationContext"] = compared
    assert server.pull("POST", "/threads", json=sent).status_code == 200
    assert server.seen()["orphaned"]
    assert len(server.fake.violations) == 1


def test_the_tracking_id_decides_on_the_file(server):
    """With the id of another file the thread is shown there."""
    ids = server.ids()
    assert server.pull("POST", "/threads", json=thread(tracking=ids["/win/crlf.txt"])).status_code == 200
    assert (server.seen()["path"], server.seen()["text_under_anchor"]) == ("win/crlf.txt", b"line 5")
    assert "wrong file" in server.fake.violations[0]
    assert sorted(ids.values()) == list(range(1, len(ids) + 1))
    assert [ids[each["item"].get("path") or each["originalPath"]] for each in server.changes()] != sorted(
        ids.values()
    )


@pytest.mark.parametrize(
    ("path", "side", "span"),
    [
        ("/app/main.py", "right", ((41, 1), (41, 2))),
        ("/app/main.py", "right", ((0, 1), (1, 2))),
        ("/app/main.py", "right", ((5, 0), (5, 7))),
        ("/app/main.py", "right", ((5, 1), (5, 8))),
        ("/win/crlf.txt", "right", ((6, 1), (6, 8))),  # the \r is not part of the line
        ("/app/main.py", "right", ((6, 1), (5, 7))),
        ("/app/main.py", "right", ((5, 1),)),
        ("/app/new.py", "left", ((1, 1), (1, 6))),
        ("/app/gone.py", "right", ((1, 1), (1, 7))),
        ("/text/\u00fcml\u00e4ut.txt", "right", ((2, 1), (2, 11))),
    ],
)
def test_a_span_beside_the_file_is_taken_and_noted(server, path, side, span):
    """The server does not look; a test must."""
    assert server.post(path=path, side=side, span=span).status_code == 200
    (violation,) = server.fake.violations
    assert "misplaced" in violation
    assert server.seen()["text_under_anchor"] is None


def test_both_sides_at_once_are_noted(server):
    """A thread has one side."""
    sent = thread(tracking=server.ids())
    sent["threadContext"]["leftFileStart"] = {"line": 1, "offset": 1}
    assert server.pull("POST", "/threads", json=sent).status_code == 200
    assert "both sides" in server.fake.violations[0]


def test_lines_are_those_of_the_iterations_that_are_compared(server):
    """Equal numbers mean the common commit on the left; else the left is the earlier iteration."""
    server.push({"app/main.py": b"only line\n"})
    sent = thread(tracking=server.ids(), side="left", span=((5, 1), (5, 7)))
    sent["pullRequestThreadContext"]["iterationContext"]["secondComparingIteration"] = 2
    assert server.pull("POST", "/threads", json=sent).status_code == 200
    assert (server.seen()["text_under_anchor"], server.seen()["iteration"]) == (b"LINE 5", 2)
    sent["pullRequestThreadContext"]["iterationContext"]["firstComparingIteration"] = 2
    server.pull("POST", "/threads", json=sent)
    assert server.seen()["text_under_anchor"] == b"line 5"
    assert server.fake.violations == []


# -- what is said ----------------------------------------------------------------------------------


def test_enums_are_numbers_or_names(server):
    """The official example sends numbers; answers are names."""
    sent = {"comments": [{"content": "x", "commentType": 1}], "status": 2}
    made = server.pull("POST", "/threads", json=sent).json()
    assert (made["status"], made["comments"][0]["commentType"], server.fake.violations) == (
        "fixed",
        "text",
        [],
    )
    refused = server.pull("PATCH", f"/threads/{made['id']}", json={"status": "resolved"})
    assert (refused.status_code, refused.json()["typeKey"]) == (400, "ArgumentException")


@pytest.mark.parametrize(
    "sent",
    [
        {"comments": [{"content": "x", "comment_type": "text"}]},
        {"comments": [{"content": "x"}], "thread_context": None},
        {"comments": [{"content": "x"}], "threadContext": {"filePath": "/app/main.py", "line": 3}},
    ],
)
def test_unknown_keys_are_passed_over_and_noted(server, sent):
    """Json.NET reads what it knows."""
    server.fake.specs = None
    assert server.pull("POST", "/threads", json=sent).status_code == 200
    assert any("unknown body key" in each for each in server.fake.violations)


def test_what_is_taken_is_held_against_the_description(server):
    """Where the official one is at hand; it knows types that the fake's own rules do not ask for."""
    if server.fake.specs is None:
        pytest.skip(ABSENT)
    sent = {"comments": [{"content": "x", "id": None}], "properties": "text", "threadContext": None}
    server.pull("POST", "/threads", json=sent)
    (violation,) = server.fake.violations
    assert "not as described: properties" in violation
    server.fake.specs = None
    server.pull("POST", "/threads", json=sent)
    assert len(server.fake.violations) == 1


def test_a_comment_has_a_longest_text(server):
    """150000 UTF-16 code units, and the exact sentence."""
    assert server.post(body="\u00e9" * 150_000).status_code == 200
    refused = server.post(body="\U0001f600" * 75_000 + "x")
    assert refused.status_code == 400
    assert refused.json()["message"] == (
        "A discussion comment cannot be longer than 150000 characters.\r\nParameter name: comment.Content"
    )
    assert refused.json().keys() == {
        "$id",
        "innerException",
        "message",
        "typeName",
        "typeKey",
        "errorCode",
        "eventId",
    }


@pytest.mark.parametrize(
    "sent",
    [
        {"comments": []},
        {"comments": [{"content": " "}]},
        [],
        {"comments": [{"content": "x", "parentCommentId": 7}]},
    ],
)
def test_a_thread_needs_a_comment_with_a_text(server, sent):
    """Nothing is made of less."""
    assert server.pull("POST", "/threads", json=sent).status_code == 400
    assert server.fake.threads(server.number) == []


def test_a_body_must_be_json(server):
    """A form is not."""
    assert server.pull("POST", "/threads", data={"content": "x"}).status_code == 415


def test_the_list_has_everything(server):
    """System threads, deleted ones, and no pages."""
    server.fake.vote(server.writer, server.number, -5)
    said = [server.fake.say(server.writer, server.number, f"word {number}") for number in range(250)]
    server.fake.erase((said[0], 1))
    listed = server.pull("GET", "/threads").json()
    assert listed["count"] == len(listed["value"]) == 251
    vote, deleted, *_ = listed["value"]
    assert (vote["comments"][0]["commentType"], "status" in vote) == ("system", False)
    assert (deleted["isDeleted"], deleted["comments"][0]["isDeleted"]) == (True, True)
    assert "content" not in deleted["comments"][0]
    assert len(server.fake.threads(server.number)) == 249


def test_a_conversation_goes_on(server):
    """Reply, edit, like, delete, and every state there and back."""
    made = server.post().json()["id"]
    place = f"/threads/{made}/comments"
    reply = server.pull(
        "POST", place, json={"content": "more", "parentCommentId": 1, "commentType": "text"}
    ).json()
    assert (reply["id"], reply["parentCommentId"]) == (2, 1)
    assert server.pull("PATCH", f"{place}/2", json={"content": "less"}).json()["content"] == "less"
    server.fake.like(server.writer, (made, 2))
    assert server.pull("GET", f"{place}/2").json()["usersLiked"][0]["id"] == server.writer
    assert server.seen()["bodies"] == ["look", "less"]
    assert server.pull("DELETE", f"{place}/2").status_code == 200
    assert server.pull("PATCH", f"{place}/2", json={"content": "again"}).status_code == 404
    assert server.pull("GET", place).json()["value"][1]["isDeleted"] is True
    for state in ("active", "fixed", "wontFix", "closed", "byDesign", "pending"):
        assert server.pull("PATCH", f"/threads/{made}", json={"status": state}).json()["status"] == state
        assert server.pull("GET", f"/threads/{made}").json()["status"] == server.seen()["state"] == state
    assert server.fake.violations == []


def test_only_its_author_changes_a_comment(server):
    """Whatever the rights: 403, and the text stays."""
    theirs = server.fake.say(server.writer, server.number, "mine")
    for method, more in (("PATCH", {"json": {"content": "yours"}}), ("DELETE", {})):
        assert server.pull(method, f"/threads/{theirs}/comments/1", **more).status_code == 403
    assert server.seen()["bodies"] == ["mine"]


def test_a_thread_is_not_moved(server):
    """A patch sets the status; whatever else it says is noted."""
    made = server.post().json()["id"]
    server.pull("PATCH", f"/threads/{made}", json={"status": "fixed", "threadContext": None})
    assert "threadContext cannot be changed" in server.fake.violations[0]


def test_people_act_beside_the_client(server):
    """Verbs of tests, and what they leave."""
    fake = server.fake
    mine = fake.say(server.writer, server.number, "here", ("app/gone.py", "old", 1, 2))
    assert fake.reply(server.bot, mine, "yes") == (mine, 2)
    fake.edit((mine, 2), "no")
    fake.refuse(mine)
    seen = server.seen()
    assert (seen["state"], seen["text_under_anchor"], seen["bodies"]) == (
        "wontFix",
        b"gone 1\ngone 2",
        ["here", "no"],
    )
    fake.reopen(server.writer, mine)
    assert server.seen()["state"] == "active"
    fake.resolve(server.writer, mine)
    told = server.pull("GET", f"/threads/{mine}").json()
    assert (told["status"], told["threadContext"]["leftFileEnd"]) == ("fixed", {"line": 2, "offset": 7})
    assert told["pullRequestThreadContext"]["changeTrackingId"] == server.ids()["/app/gone.py"]


# -- statuses --------------------------------------------------------------------------------------


def test_a_later_status_replaces_an_earlier_one(server):
    """Same genre and name: both are listed, the newer one counts."""
    context = {"genre": "reviewbot", "name": "review"}
    for state in ("failed", "succeeded"):
        made = server.pull(
            "POST",
            "/iterations/1/statuses",
            version="7.0",
            json={"state": state, "description": "2 errors", "context": context},
        )
        assert (made.status_code, made.json()["iterationId"]) == (200, 1)
    listed = server.pull("GET", "/statuses", version="7.0").json()["value"]
    assert [each["state"] for each in listed] == ["failed", "succeeded"]
    (counts,) = server.fake.statuses(server.repo.resolve("feature"))
    assert (counts["state"], counts["author"], counts["iteration"]) == ("succeeded", server.bot, 1)
    assert server.push({"app/new.py": b"other\n"}) == 2
    assert server.fake.statuses(server.repo.resolve("feature")) == []
    assert server.pull("GET", "/iterations/2/statuses", version="7.0").json()["value"] == []
    assert server.fake.violations == []


def test_a_status_must_have_a_name_and_should_have_an_iteration(server):
    """Nameless is refused; one on the whole request is noted, as it outlives pushes."""
    nameless = {"state": "failed", "context": {"genre": "x"}}
    assert server.pull("POST", "/statuses", version="7.0", json=nameless).status_code == 400
    named = {"state": 2, "context": {"name": "x"}}
    assert (
        server.pull("POST", "/statuses", version="7.0", json={**named, "iterationId": 9}).status_code == 400
    )
    assert (
        server.pull("POST", "/statuses", version="7.0", json={**named, "iterationId": 1}).json()["state"]
        == "succeeded"
    )
    assert server.fake.violations == []
    server.pull("POST", "/statuses", version="7.0", json=named)
    assert "outlive a push" in server.fake.violations[0]


# -- pull requests and iterations ------------------------------------------------------------------


def test_the_merge_commit_is_not_the_head(server):
    """`lastMergeSourceCommit` is; the trial merge sees the target as it is now."""
    told = server.pull("GET").json()
    head = server.repo.resolve("feature")
    assert (told["lastMergeSourceCommit"]["commitId"], told["mergeStatus"]) == (head, "succeeded")
    merge = told["lastMergeCommit"]["commitId"]
    assert merge == server.repo.resolve(f"refs/pull/{server.number}/merge") != head
    assert server.repo.blob(merge, "app/main.py").startswith(b"foreign\nline 1\n")
    assert (told["supportsIterations"], told["status"], "forkSource" in told) == (True, "active", False)
    moved = server.repo.commit("main", {"app/main.py": b"all new\n"})
    told = server.pull("GET").json()
    assert told["lastMergeTargetCommit"]["commitId"] == moved
    assert (told["mergeStatus"], "lastMergeCommit" in told) == ("conflicts", False)
    assert server.repo.resolve(f"refs/pull/{server.number}/merge") is None
    (iteration,) = server.pull("GET", "/iterations").json()["value"]
    assert iteration["commonRefCommit"]["commitId"] == server.repo.merge_base(moved, head)
    assert iteration["targetRefCommit"]["commitId"] != moved


def test_a_pull_request_is_found_with_and_without_its_repository(server):
    """By names in any case, by ids, and by the number alone; another's number is not."""
    repository = server.pull("GET").json()["repository"]
    api, parts = server.fake.api, {"api-version": "5.0"}
    ids = f"{repository['project']['id']}/_apis/git/repositories/{repository['id']}"
    for path in (
        f"PAY/_apis/GIT/repositories/Ledger/pullrequests/{server.number}",
        f"{ids}/pullRequests/{server.number}",
        f"_apis/git/repositories/{repository['id']}/pullRequests/{server.number}",
        f"_apis/git/pullRequests/{server.number}",
        f"Pay/_apis/git/pullrequests/{server.number}",
    ):
        assert server.client.get(f"{api}/{path}", params=parts).json()["pullRequestId"] == server.number
    for path in (
        f"_apis/git/repositories/ledger/pullRequests/{server.number}",  # a name needs its project
        f"Pay/_apis/git/repositories/other/pullRequests/{server.number}",
        f"Other/_apis/git/repositories/ledger/pullRequests/{server.number}",
        "Pay/_apis/git/repositories/ledger/pullRequests/999",
    ):
        assert server.client.get(f"{api}/{path}", params=parts).status_code == 404
    assert server.client.get(f"{server.fake.url}/Elsewhere/_apis/connectionData").status_code == 404
    assert server.fake.violations == []


def test_pushes_make_iterations(servers):
    """Forward, forced and to another target, each with a thread of the server's own."""
    server = servers()
    head = server.repo.resolve("feature")
    assert server.fake.push(server.number) == 1
    assert server.push({"app/more.py": b"x\n"}) == 2
    server.repo.set_branch("feature", head)
    assert server.fake.push(server.number) == 3
    server.repo.set_branch("release", server.repo.merge_base("main", head))
    assert server.fake.retarget(server.number, "release") == 4
    told = server.pull("GET", "/iterations").json()["value"]
    assert [each["reason"] for each in told] == ["create", "push", "forcePush", "retarget"]
    assert told[2]["sourceRefCommit"]["commitId"] == head
    assert server.pull("GET", "/iterations/4").json()["id"] == 4
    assert server.pull("GET", "/iterations/5").status_code == 404
    assert len(server.fake.threads(server.number, system=True)) == 3
    assert server.fake.threads(server.number) == []


def test_the_trial_merge_can_lag(server):
    """The request then still names the earlier head, while its iterations know better."""
    head = server.repo.resolve("feature")
    server.fake.merge_lags = True
    server.push({"app/more.py": b"x\n"})
    told = server.pull("GET").json()
    assert (told["lastMergeSourceCommit"]["commitId"], told["mergeStatus"]) == (head, "queued")
    server.fake.catch_up(server.number)
    assert server.pull("GET").json()["lastMergeSourceCommit"]["commitId"] == server.repo.resolve("feature")


def test_forks_drafts_and_ends_are_told(servers):
    """What a run may have to know."""
    server = servers()
    number = server.fake.open_pull_request("feature", "main", server.writer, fork=True, draft=True)
    server.fake.finish(number, "abandoned")
    told = server.ask("GET", f"/pullRequests/{number}").json()
    assert (told["isDraft"], told["status"]) == (True, "abandoned")
    assert told["forkSource"]["repository"]["name"] == "fork"


def test_a_head_can_move_at_a_request(server):
    """The branch and the iteration, just before the request that was named."""
    moved = server.repo.commit("other", {"app/more.py": b"x\n"}, parents=(server.repo.resolve("feature"),))
    server.fake.move_head_at("GET .*/threads", moved)
    assert len(server.pull("GET", "/iterations").json()["value"]) == 1
    server.pull("GET", "/threads")
    assert server.pull("GET", "/iterations").json()["value"][1]["sourceRefCommit"]["commitId"] == moved


# -- changes ---------------------------------------------------------------------------------------


def test_changes_say_what_happened_to_files(server):
    """Items are objects; what is deleted has its path elsewhere, unless the test wants it there too."""
    by_id = {each["changeTrackingId"]: each for each in server.changes()}
    ids = server.ids()
    kinds = {path: by_id[number]["changeType"] for path, number in ids.items()}
    assert kinds["/app/new.py"] == "add"
    assert kinds["/app/main.py"] == "edit"
    assert kinds["/app/new_name.py"] == "edit, rename"
    assert kinds["/app/gone.py"] == "delete"
    gone, moved = by_id[ids["/app/gone.py"]], by_id[ids["/app/new_name.py"]]
    assert (gone["item"].keys(), gone["originalPath"]) == (
        {"gitObjectType", "originalObjectId"},
        "/app/gone.py",
    )
    assert moved["item"].keys() == {"gitObjectType", "objectId", "originalObjectId", "path"}
    assert (moved["item"]["path"], moved["originalPath"]) == ("/app/new_name.py", "/app/old_name.py")
    assert "/same.txt" not in ids
    server.fake.deleted_path = True
    assert "/app/gone.py" in [each["item"]["path"] for each in server.changes()]


def test_a_tracking_id_follows_its_file(server):
    """Through pushes and renames; a new file gets a new one."""
    before = server.ids()
    server.push({"app/new.py": None, "app/newer.py": b"first\nsecond\nthird\n", "app/zero.py": b"else\n"})
    entries = {each["item"].get("path"): each for each in server.changes(2, **{"$compareTo": 1})}
    assert entries.keys() == {"/app/newer.py", "/app/zero.py"}
    assert entries["/app/newer.py"]["changeType"] == "rename"
    assert entries["/app/newer.py"]["changeTrackingId"] == before["/app/new.py"]
    assert entries["/app/zero.py"]["changeTrackingId"] not in before.values()
    assert server.pull("GET", "/iterations/2/changes", params={"$compareTo": "3"}).status_code == 400


@pytest.mark.parametrize("version", ["5.0", "7.0"])
def test_changes_come_in_pages(servers, version):
    """`nextSkip` and `nextTop` lead on; at the end they are 0, or missing on older servers."""
    server = servers(version=version)
    server.push({f"many/{number:03}.txt": b"x\n" for number in range(120)})
    first = server.pull("GET", "/iterations/2/changes").json()
    assert (len(first["changeEntries"]), first["nextSkip"], first["nextTop"]) == (100, 100, 100)
    more = server.pull("GET", "/iterations/2/changes", params={"$skip": 100, "$top": 100}).json()
    assert len(more["changeEntries"]) == 28
    assert {key: more[key] for key in more if key.startswith("next")} == (
        {} if version == "5.0" else {"nextSkip": 0, "nextTop": 0}
    )
    assert server.fake.violations == []


def test_a_file_that_became_a_link_is_one_change(server):
    """Git tells it as two."""
    server.push({"same.txt": ("120000", b"app/main.py")})
    (entry,) = [each for each in server.changes(2) if each["item"].get("path") == "/same.txt"]
    assert entry["changeType"] == "edit"


def test_items_give_files(server):
    """At a commit, as JSON or as bytes."""
    head = server.repo.resolve("feature")
    where = {
        "path": "/app/new.py",
        "versionDescriptor.version": head,
        "versionDescriptor.versionType": "commit",
    }
    told = server.ask("GET", "/items", params={**where, "includeContent": "true"}).json()
    assert (told["content"], told["commitId"]) == ("first\nsecond\nthird\n", head)
    raw = server.ask("GET", "/items", params=where, headers={"Accept": "application/octet-stream"})
    assert raw.content == b"first\nsecond\nthird\n"
    assert server.ask("GET", "/items", params={**where, "path": "/none"}).status_code == 404
    assert server.ask("GET", "").json()["name"] == "ledger"


# -- suggestions -----------------------------------------------------------------------------------


def suggested(text, fence="```"):
    return f"Better:\n{fence}suggestion\n{text}\n{fence}\n"


@pytest.mark.parametrize(
    ("span", "text", "result"),
    [
        (((2, 1), (2, 7)), "SECOND", b"first\nSECOND\nthird\n"),
        (((2, 1), (3, 6)), "a\nb\nc", b"first\na\nb\nc\n"),
        (((2, 1), (2, 1)), "SECOND", b"first\nSECONDsecond\nthird\n"),  # zero width inserts
        (((2, 1), (2, 4)), "SECOND", b"first\nSECONDond\nthird\n"),  # the old line's tail stays
        (((2, 1), (3, 1)), "SECOND", b"first\nSECONDthird\n"),
        (((2, 1), (2, 7)), "", b"first\n\nthird\n"),  # an empty one leaves the line's end
    ],
)
def test_a_suggestion_replaces_exactly_its_span(server, span, text, result):
    """Whatever that breaks."""
    made = server.post(path="/app/new.py", span=span, body=suggested(text)).json()["id"]
    assert server.fake.apply_suggestion(server.number, made) == result
    assert server.fake.violations == []


def test_offsets_of_a_suggestion_are_utf_16(server):
    """A character outside the first plane counts two."""
    body = suggested(":-)")
    made = server.post(path="/text/\u00fcml\u00e4ut.txt", span=((2, 6), (2, 8)), body=body).json()["id"]
    new = server.fake.apply_suggestion(server.number, made)
    assert new == "gr\u00fc\u00df dich\nzw\u00e4i :-) !\ndrei\n".encode()


class OneFile:
    """Stands where a repository does, with one file in it."""

    def __init__(self, data):
        self.data = data

    def lines(self, _commit, _path):
        return split(self.data)


@given(
    lines=st.lists(st.text(st.sampled_from("ab \t\u00e9\U0001f600"), max_size=6), min_size=1, max_size=5),
    end=st.sampled_from(["\n", "\r\n"]),
    new=st.text(st.sampled_from("xy\n\U0001f601"), max_size=6),
    where=st.data(),
)
def test_a_span_cuts_a_file_in_three(lines, end, new, where):
    """What is replaced is what was under the anchor, and the rest stays byte for byte."""
    text = end.join(lines) + end
    numbers = st.integers(1, len(lines))
    spots = sorted(
        (
            line,
            1
            + len(lines[line - 1][: where.draw(st.integers(0, len(lines[line - 1])))].encode("utf-16-le"))
            // 2,
        )
        for line in (where.draw(numbers), where.draw(numbers))
    )
    mark = Mark("new", "", "f", "f", *spots)
    repo = OneFile(text.encode())
    assert azure_git.misplaced(repo, mark) is None
    units, starts = text.encode("utf-16-le"), [0]
    for line in lines:
        starts.append(starts[-1] + len((line + end).encode("utf-16-le")))
    first, last = (starts[line - 1] + 2 * (offset - 1) for line, offset in spots)
    assert azure_git.under(repo, mark).decode() == units[first:last].decode("utf-16-le")
    expected = units[:first] + new.encode("utf-16-le") + units[last:]
    assert azure_git.applied(repo, mark, new).decode() == expected.decode("utf-16-le")


def test_fences_inside_of_fences_are_text(server):
    """A longer fence keeps a shorter one; a suggestion inside of another block is none."""
    made = server.post(
        path="/app/new.py", span=((1, 1), (1, 6)), body=suggested("```\nx\n```", "````")
    ).json()["id"]
    assert server.fake.apply_suggestion(server.number, made).startswith(b"```\nx\n```\nsecond\n")
    shown = server.post(path="/app/new.py", body=f"````text\n{suggested('no')}````\n").json()["id"]
    with pytest.raises(ValueError, match="no suggestion"):
        server.fake.apply_suggestion(server.number, shown)


def test_there_is_no_button_for_everything(servers):
    """Not on old servers, not on the left, not on a lost thread or a whole file."""
    server = servers()
    left = server.post(side="left", body=suggested("x")).json()["id"]
    lost = server.pull("POST", "/threads", json=thread("app/new.py", body=suggested("x"))).json()["id"]
    whole = server.post(span=None, body=suggested("x")).json()["id"]
    for number, why in ((left, "left file"), (lost, "no lines"), (whole, "no lines"), (7, "no lines")):
        with pytest.raises(ValueError, match=why):
            server.fake.apply_suggestion(server.number, number)
    old = servers(version="6.0")
    with pytest.raises(ValueError, match="no such button"):
        old.fake.apply_suggestion(old.number, old.post(body=suggested("x")).json()["id"])


def test_a_suggestion_in_a_reply_is_applied_until_the_file_changes(server):
    """A later push that leaves the file alone does not matter."""
    made = server.post(path="/app/new.py", span=((1, 1), (1, 6))).json()["id"]
    reply = server.fake.reply(server.writer, made, suggested("FIRST"))
    server.push({"app/other.py": b"x\n"})
    assert server.fake.apply_suggestion(server.number, reply) == b"FIRST\nsecond\nthird\n"
    server.push({"app/new.py": b"zero\nfirst\nsecond\nthird\n"})
    with pytest.raises(ValueError, match="changed since"):
        server.fake.apply_suggestion(server.number, reply)


# -- versions --------------------------------------------------------------------------------------

RANGE = "VssVersionOutOfRangeException"
PREVIEW = "VssInvalidPreviewVersionException"


@pytest.mark.parametrize(
    ("server_version", "path", "asked", "key"),
    [
        ("5.0", "/threads", "5.0", None),
        ("5.0", "/threads", "5.1-preview.1", None),
        ("5.0", "/threads", "5.1", PREVIEW),
        ("5.0", "/threads", "6.0", RANGE),
        ("5.0", "/statuses", "5.0", PREVIEW),
        ("5.0", "/statuses", "5.0-preview.1", None),
        ("6.0", "/statuses", "6.0", PREVIEW),
        ("6.0", "/threads", "7.0", RANGE),
        ("7.0", "/threads", "5.0", None),
        ("7.0", "/statuses", "7.0", None),
        ("7.0", "/statuses", "5.0-preview.1", "VssVersionNotSupportedException"),
        ("7.0", "/threads", "7.1", RANGE),
        ("7.1", "/threads", "7.1", None),
        ("7.1", "/threads", "7.2-preview.1", RANGE),
        ("7.1", "/threads", "newest", "VssInvalidApiResourceVersionException"),
        ("7.1", "/threads", None, None),
    ],
)
def test_versions_are_negotiated(servers, server_version, path, asked, key):
    """In the query or in the Accept header."""
    server = servers(version=server_version)
    answers = [server.pull("GET", path, version=asked)]
    if asked:
        accept = {"Accept": f"application/json;api-version={asked}"}
        answers.append(server.pull("GET", path, version=None, headers=accept))
    for answer in answers:
        assert answer.status_code == (400 if key else 200)
        assert answer.json().get("typeKey") == key
    if key == RANGE:
        number, highest = asked.partition("-")[0], server.fake.server.highest
        assert answers[0].json()["message"] == (
            f"The requested REST API version of {number} is out of range for this server. "
            f"The latest REST API version this server supports is {highest}."
        )


def test_a_write_needs_a_version(server):
    """Reading does not."""
    refused = server.pull("POST", "/threads", version=None, json={"comments": [{"content": "x"}]})
    assert (refused.status_code, refused.json()["typeKey"]) == (400, "VssVersionNotSpecifiedException")
    assert server.fake.threads(server.number) == []


# -- who asks --------------------------------------------------------------------------------------


def test_who_am_i(server):
    """Connection data is a preview on every server, and tells the token's account."""
    address = f"{server.fake.api}/_apis/connectionData"
    told = server.client.get(address, params={"api-version": "5.0-preview"}).json()
    assert told["authenticatedUser"]["id"] == server.bot
    refused = server.client.get(address, params={"api-version": "7.0"})
    assert refused.json()["typeKey"] == PREVIEW
    assert server.client.get(address).status_code == 200
    assert server.fake.violations == []


@pytest.mark.parametrize("version", EVERY)
def test_locations_are_listed(servers, version):
    """As the SDK reads them, below a virtual folder and in lower case."""
    server = servers(version=version, prefix="/tfs")
    listed = server.client.options(f"{server.fake.url}/tfs/defaultcollection/_apis").json()
    by_name = {each["resourceName"]: each for each in listed["value"]}
    assert by_name["pullRequestThreads"]["releasedVersion"] == version
    assert by_name["pullRequestStatuses"]["releasedVersion"] == (version if version >= "7" else "0.0")
    assert len({each["id"] for each in listed["value"]}) == listed["count"]
    areas = server.client.get(
        f"{server.fake.api}/_apis/ResourceAreas", params={"api-version": "5.0-preview.1"}
    )
    assert areas.json() == {"count": 0, "value": []}


@pytest.mark.parametrize(
    "header", [None, "Bearer {pat}", "Basic {wrong}", "Bearer wrong", "Basic ?", "Digest {right}"]
)
def test_no_good_token_is_401(server, header):
    """With a page that is no JSON, and the schemes there are. A PAT does not go as Bearer."""
    wrong = base64.b64encode(b":wrong").decode()
    right = base64.b64encode(f":{server.token}".encode()).decode()
    headers = {"Authorization": header.format(pat=server.token, wrong=wrong, right=right)} if header else {}
    for path in ("_apis/connectionData", f"_apis/git/pullRequests/{server.number}"):
        answer = httpx.get(f"{server.fake.api}/{path}", headers=headers, **CLIENT)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "text/html; charset=utf-8")
        assert "Basic" in answer.headers["www-authenticate"]


def test_a_job_token_goes_as_bearer_and_as_basic(server):
    """`System.AccessToken` both ways, with any name."""
    token = server.fake.add_token(server.bot, RIGHTS, kind="bearer")
    basic = base64.b64encode(f"anyone:{token}".encode()).decode()
    for header in (f"Bearer {token}", f"Basic {basic}"):
        address = f"{server.fake.api}/_apis/connectionData"
        answer = httpx.get(address, headers={"Authorization": header}, **CLIENT)
        assert answer.json()["authenticatedUser"]["id"] == server.bot
    assert server.fake.log[-1].token == token


@pytest.mark.parametrize("status", [203, 302])
def test_a_sign_in_page_comes_unless_it_is_suppressed(server, status):
    """HTML where data should be."""
    server.fake.sign_in = status
    address = f"{server.fake.api}/_apis/connectionData"
    answer = httpx.get(address, **CLIENT)
    assert (answer.status_code, "Sign In" in answer.text, "location" in answer.headers) == (
        status,
        True,
        status == 302,
    )
    answer = httpx.get(address, headers={"X-TFS-FedAuthRedirect": "Suppress"}, **CLIENT)
    assert answer.status_code == 401


def test_rights_are_asked_for(server):
    """Reading alone writes nothing; the sentence is exact. Without reading there is no repository."""
    reader = server.fake.add_token(server.bot, {READ})
    server.client.auth = ("", reader)
    mine = server.fake.say(server.bot, server.number, "x")
    for method, path, sent in (
        ("POST", "/threads", {"comments": [{"content": "x"}]}),
        ("POST", f"/threads/{mine}/comments", {"content": "x"}),
        ("PATCH", f"/threads/{mine}/comments/1", {"content": "y"}),
        ("PATCH", f"/threads/{mine}", {"status": "fixed"}),
        ("POST", "/iterations/1/statuses", {"state": "failed", "context": {"name": "x"}}),
    ):
        answer = server.pull(method, path, version="7.0", json=sent)
        assert (answer.status_code, answer.json()["typeKey"]) == (403, "GitNeedsPermissionException")
        assert answer.json()["message"] == (
            "TF401027: You need the Git 'PullRequestContribute' permission to perform this action. "
            f"Details: identity 'Build\\{server.bot}', scope 'repository'."
        )
    assert server.pull("GET", "/threads").status_code == 200
    server.client.auth = ("", server.fake.add_token(server.bot, set()))
    assert server.pull("GET", "/threads").json()["typeKey"] == "GitRepositoryNotFoundException"
    (seen,) = server.fake.threads(server.number)
    assert (seen["bodies"], seen["state"]) == (["x"], "active")


def test_votes_and_changes_of_the_request_are_no_paths(server):
    """What a reviewer's tool must not do is a violation."""
    assert server.pull("PUT", f"/reviewers/{server.bot}", json={"vote": 10}).status_code == 404
    assert server.pull("PATCH", json={"status": "completed"}).status_code == 404
    assert len(server.fake.violations) == 2


def test_unknown_queries_are_noted(server):
    """The server passes over them."""
    assert server.pull("GET", "/threads", params={"top": "5"}).status_code == 200
    assert server.fake.violations == [f"unknown query key: top in GET {server.fake.log[-1].path}"]


def test_a_fault_after_the_effect_leaves_the_thread(server):
    """The write happened, and the client cannot know."""
    server.fake.faults.append(Fault("POST", "/threads$", "500", after_effect=True))
    assert server.pull("POST", "/threads", json={"comments": [{"content": "x"}]}).status_code == 500
    assert server.seen()["bodies"] == ["x"]
    assert server.fake.writes() == [
        ("POST", f"/DefaultCollection/Pay/_apis/git/repositories/ledger/pullRequests/{server.number}/threads")
    ]


def test_a_pipeline_is_told_where_it_runs(servers):
    """The variables, with blanks in names as they are."""
    server = servers(collection="My Coll", prefix="/tfs")
    told = server.fake.environment(server.number)
    assert told["SYSTEM_COLLECTIONURI"] == f"{server.fake.url}/tfs/My Coll/"
    assert server.fake.api.endswith("/tfs/My%20Coll")
    assert server.pull("GET").json()["pullRequestId"] == int(told["SYSTEM_PULLREQUEST_PULLREQUESTID"])
    assert told["SYSTEM_PULLREQUEST_SOURCECOMMITID"] == server.repo.resolve("feature")
    assert told["BUILD_SOURCEVERSION"] == server.repo.resolve(told["BUILD_SOURCEBRANCH"])
    assert told["BUILD_SOURCEVERSION"] != told["SYSTEM_PULLREQUEST_SOURCECOMMITID"]
