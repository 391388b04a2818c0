"""The fake of GitHub against plain HTTP, against PyGithub, and against the official descriptions."""

import json
import re
import ssl
from contextlib import ExitStack, suppress
from functools import cache

import github
import httpx
import pytest
from fakes.github import FakeGitHub
from fakes.github_anchor import WrongAnchorError
from fakes.github_markdown import applied, effects, suggestions
from fakes.repo import split
from fakes.server import Fault
from fakes.specs import ABSENT, Specs
from github import Auth, Github

PERMISSIONS = {"pull_requests:write", "issues:write", "contents:read", "statuses:write", "checks:write"}
LINE_REFUSED = (
    "Pull request review thread line must be part of the diff and "
    "Pull request review thread diff hunk can't be blank"
)


UNUSED = ssl.create_default_context()  # no address here is https; a context for each client would take long


class Scene:
    """A fake with one pull request of ada's, and clients for a token each."""

    def __init__(self, repo, **more):
        self.repo = repo
        self.fake = FakeGitHub(repo.path, **more)
        self.ada = self.fake.add_user("ada")
        self.bob = self.fake.add_user("bob", access="read")
        self.bot = self.fake.add_user("review", is_bot=True)
        self.number = self.fake.open_pull_request("feature", "main", self.ada)
        self.token = self.fake.add_token(self.bot, PERMISSIONS)
        self.head = repo.resolve("feature")
        self.sdks = []
        self.client = cache(self._client)

    def _client(self, token=None):
        made = httpx.Client(
            base_url=f"{self.fake.url}/api/v3/repos/pay/ledger/",
            headers={"Authorization": f"Bearer {token or self.token}"},
            trust_env=False,
            verify=UNUSED,
        )
        self.sdks.append(made)
        return made

    def graphql(self, query, token=None, **variables):
        answer = self.client(token).post(
            f"{self.fake.url}/api/graphql", json={"query": query, "variables": variables}
        )
        assert answer.status_code == 200
        return answer.json()

    def github(self, token=None):
        made = Github(
            auth=Auth.Token(token or self.token),
            base_url=f"{self.fake.url}/api/v3",
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self.sdks.append(made)
        return made

    def comment(self, **more):
        return {"path": "app/main.py", "body": "a word", "line": 5, "side": "RIGHT", **more}

    def review(self, *comments, token=None, **more):
        body = {"commit_id": self.head, "event": "COMMENT", "body": "All.", "comments": comments, **more}
        return self.client(token).post(f"pulls/{self.number}/reviews", json=body)

    def close(self):
        for client in self.sdks:
            client.close()
        self.fake.close()


@pytest.fixture
def stage(forge_repo):
    """Makes scenes, and closes them."""
    with ExitStack() as made:

        def make(**more):
            scene = Scene(forge_repo, **more)
            made.callback(scene.close)
            return scene

        yield make


@pytest.fixture
def scene(stage):
    return stage()


@pytest.fixture
def calm(scene):
    """A scene whose test may send nothing that the server would not know."""
    yield scene
    assert scene.fake.violations == []


# -- reading -------------------------------------------------------------------------------------


def test_pull_request_names_head_and_recorded_base(calm):
    """The head is the branch's tip, base.sha the target's as recorded, and the trial merge is neither."""
    pull = calm.client().get(f"pulls/{calm.number}").json()

    assert pull["head"]["sha"] == calm.head
    assert pull["base"]["sha"] == calm.repo.resolve("main")
    assert pull["base"]["sha"] != calm.repo.merge_base("main", "feature")
    parents = calm.repo.git("rev-parse", f"{pull['merge_commit_sha']}^1", f"{pull['merge_commit_sha']}^2")
    assert parents.decode().split() == [pull["base"]["sha"], calm.head]
    assert pull["url"].startswith(f"{calm.fake.url}/api/v3/")


def test_a_deleted_fork_leaves_no_head_repository(calm):
    """head.repo is null once the fork is gone."""
    number = calm.fake.open_pull_request("feature", "main", calm.bob, fork="bob/ledger")
    client = calm.client()

    assert client.get(f"pulls/{number}").json()["head"]["repo"]["full_name"] == "bob/ledger"
    assert [one["number"] for one in client.get("pulls?head=bob:feature").json()] == [number]
    assert [one["number"] for one in client.get("pulls?head=pay:feature").json()] == [calm.number]
    calm.fake.delete_fork(number)
    assert client.get(f"pulls/{number}").json()["head"]["repo"] is None


def test_files_carry_patches_as_git_prints_them(calm):
    """Patches start at the first @@ and have no line break at their end; binary files have none."""
    files = {one["filename"]: one for one in calm.client().get(f"pulls/{calm.number}/files").json()}

    assert files["app/main.py"]["patch"].startswith("@@ -2,13 +2,11 @@")
    assert files["app/main.py"]["patch"].endswith(" line 33")
    assert files["app/new_name.py"]["previous_filename"] == "app/old_name.py"
    assert files["app/gone.py"]["status"] == "removed"
    assert "patch" not in files["bin/data.bin"]
    assert files["text/no_end.txt"]["patch"].endswith("\n\\ No newline at end of file")


def test_lists_come_in_pages(calm):
    """Link leads from page to page; more than a hundred a page are not given."""
    for number in range(105):
        calm.fake.say(calm.ada, calm.number, f"word {number}")
    client = calm.client()
    address, seen = f"issues/{calm.number}/comments?per_page=500", []
    while address:
        answer = client.get(address)
        seen.append([one["body"] for one in answer.json()])
        address = answer.links.get("next", {}).get("url")

    assert [len(page) for page in seen] == [100, 5]
    assert [body for page in seen for body in page] == [f"word {number}" for number in range(105)]
    assert len(client.get(f"issues/{calm.number}/comments").json()) == 30


def test_a_list_of_files_ends_somewhere(calm):
    """The server lists 3000 files at most; patches over a size are left out."""
    calm.fake.file_limit, calm.fake.patch_limit = 4, 60
    files = calm.client().get(f"pulls/{calm.number}/files").json()

    assert [one["filename"] for one in files] == [
        "app/gone.py",
        "app/main.py",
        "app/new.py",
        "app/new_name.py",
    ]
    assert ["patch" in one for one in files] == [True, False, True, False]


def test_one_repository_is_there(calm):
    """Every other name is not found, through REST and through GraphQL; the case of names does not matter."""
    other = f"{calm.fake.url}/api/v3/repos/pay/wages"

    assert calm.client().get(other).status_code == 404
    assert calm.client().get(f"{calm.fake.url}/api/v3/repos/PAY/Ledger").status_code == 200
    refused = calm.graphql('{ repository(owner: "pay", name: "wages") { id } }')
    assert refused["data"] == {"repository": None}
    assert refused["errors"][0]["type"] == "NOT_FOUND"
    assert calm.client().get("pulls/99").status_code == 404


def test_a_private_repository_hides_from_those_who_may_not_see_it(calm, stage):
    """For an outsider, and for a scope that does not reach it, it is not there; a public one is."""
    query = '{ repository(owner: "pay", name: "ledger") { name } }'
    outsider = calm.fake.add_token(calm.fake.add_user("eve", access="none"), {"repo"})
    for token in (
        outsider,
        calm.fake.add_token(calm.ada, {"repo:status"}),
        calm.fake.add_token(calm.bot, set()),
    ):
        assert calm.graphql(query, token)["errors"][0]["type"] == "NOT_FOUND"
    public = stage(private=False)
    eve = public.fake.add_token(public.fake.add_user("eve", access="read"), {"public_repo"})

    assert public.graphql(query, eve)["data"]["repository"] == {"name": "ledger"}
    assert public.review(public.comment(), token=eve).status_code == 200


# -- anchors -------------------------------------------------------------------------------------

GOOD = [
    ({"line": 2}, "new", 2, b"line 2\n"),  # the first line of context
    ({"line": 5}, "new", 5, b"LINE 5\n"),
    ({"line": 5, "side": "LEFT"}, "old", 5, b"line 5\n"),
    ({"line": 10, "side": "LEFT"}, "old", 10, b"line 10\n"),
    ({"line": 12}, "new", 12, b"line 14\n"),
    ({"line": 14, "side": "LEFT"}, "old", 14, b"line 14\n"),
    ({"line": 29, "start_line": 26}, "new", 29, b"line 28\nline 29\nline 30\nadded a\n"),
    ({"line": 5, "start_line": 5, "start_side": "LEFT"}, "new", 5, b"LINE 5\n"),
    ({"path": "app/new_name.py", "line": 10}, "new", 10, b"CHANGED 10\n"),
    ({"path": "app/new_name.py", "line": 10, "side": "LEFT"}, "old", 10, b"kept 10\n"),
    ({"path": "app/gone.py", "line": 3, "side": "LEFT"}, "old", 3, b"gone 3\n"),
    ({"path": "text/no_end.txt", "line": 3}, "new", 3, b"three and more"),
    ({"path": "text/\u00fcml\u00e4ut.txt", "line": 2}, "new", 2, "zw\u00e4i \U0001f600 !\n".encode()),
]


def test_anchors_of_the_diff_are_taken(calm):
    """Added, unchanged and removed lines of a hunk, on the side that has them."""
    for anchor, side, last, text in GOOD:
        answer = calm.review(calm.comment(**anchor))

        assert answer.status_code == 200, (anchor, answer.text)
        thread = calm.fake.threads(calm.number)[-1]
        assert (thread["side"], thread["last"], thread["text_under_anchor"]) == (side, last, text), anchor
        assert thread["authors"] == ["review"]


BAD = [
    ({"line": 1}, ("line", "hunk")),  # four lines above the change
    ({"line": 16}, ("line", "hunk")),
    ({"line": 40, "side": "LEFT"}, ("line", "hunk")),
    ({"line": 29, "side": "LEFT", "path": "app/new.py"}, ("line", "hunk")),
    ({"line": None}, ("line", "hunk")),
    ({"path": "same.txt", "line": 1}, ("path", "hunk")),
    ({"path": "app/old_name.py", "line": 10}, ("path", "hunk")),
    ({"path": "bin/data.bin", "line": 1}, ("line", "hunk")),
    ({"path": "app/gone.py", "line": 3}, ("line", "hunk")),
    ({"line": 29, "start_line": 5}, ("start hunk",)),
    ({"line": 29, "start_line": 1}, ("start hunk",)),
    ({"line": 1, "start_line": 2}, ("line", "start hunk", "hunk")),
    ({"line": 5, "start_line": 5}, ("start order",)),
    ({"line": 5, "start_line": 6}, ("start order",)),
    ({"line": 5, "side": "LEFT", "start_line": 5, "start_side": "RIGHT"}, ("start order",)),
]
SENTENCES = {
    ("line", "hunk"): LINE_REFUSED,
    ("path", "hunk"): (
        "Pull request review thread path is invalid and Pull request review thread diff hunk can't be blank"
    ),
    ("start hunk",): "Pull request review thread start line must be part of the same hunk as the line.",
    ("start order",): "Pull request review thread start line must precede the end line.",
    ("line", "start hunk", "hunk"): (
        "Pull request review thread line must be part of the diff, "
        "Pull request review thread start line must be part of the same hunk as the line., and "
        "Pull request review thread diff hunk can't be blank"
    ),
}


def test_anchors_outside_of_the_diff_are_refused(calm):
    """In the server's own words: one string for a review, objects for a single comment."""
    client = calm.client()
    for anchor, faults in BAD:
        given = {name: value for name, value in calm.comment(**anchor).items() if value is not None}

        refused = calm.review(given)
        single = client.post(f"pulls/{calm.number}/comments", json={**given, "commit_id": calm.head})

        assert refused.status_code == single.status_code == 422, anchor
        assert refused.json()["message"] == "Unprocessable Entity"
        assert refused.json()["errors"] == [SENTENCES[faults]], anchor
        assert single.json()["message"] == "Validation Failed"
        assert {one["resource"] for one in single.json()["errors"]} == {"PullRequestReviewComment"}
    assert calm.fake.threads(calm.number) == []


def test_newer_servers_say_it_shorter(stage):
    """The wording of 2026's servers can be had too."""
    scene = stage(wording="resolved")

    line, path = scene.review(scene.comment(line=1)), scene.review(scene.comment(path="same.txt"))

    assert line.json()["errors"] == ["Line could not be resolved"]
    assert path.json()["errors"] == ["Path could not be resolved"]


def displayed(patch):
    """The lines of a patch's text as (side, number), read without the fake's own parser."""
    found, old, new = set(), 0, 0
    for line in patch.split("\n"):
        header = re.match(r"@@ -(\d+)(?:,\d+)? \+(\d+)", line)
        if header:
            old, new = int(header[1]), int(header[2])
        elif line[:1] in ("+", " "):
            found |= {("RIGHT", new)} | ({("LEFT", old)} if line[0] == " " else set())
            old, new = old + (line[0] == " "), new + 1
        elif line[:1] == "-":
            found.add(("LEFT", old))
            old += 1
    return found


def test_exactly_the_displayed_lines_take_comments(calm):
    """For every file, side and number: taken if and only if the patch shows it."""
    pull = calm.fake.pulls[calm.number]
    for file in calm.client().get(f"pulls/{calm.number}/files").json():
        taken = set()
        for side in ("LEFT", "RIGHT"):
            for number in range(50):
                with suppress(WrongAnchorError):
                    given = {"path": file["filename"], "side": side, "line": number}
                    calm.fake.anchors.spot(pull, pull.head, given)
                    taken.add((side, number))
        assert taken == displayed(file.get("patch", "")), file["filename"]


def test_a_commit_of_another_branch_is_refused(calm):
    """commit_id must belong to the pull request; the trial merge and the target's tip do not."""
    trial = calm.client().get(f"pulls/{calm.number}").json()["merge_commit_sha"]
    for sha in (calm.repo.resolve("main"), calm.repo.merge_base("main", "feature"), trial, "0" * 40):
        refused = calm.review(calm.comment(), commit_id=sha)
        single = calm.client().post(f"pulls/{calm.number}/comments", json=calm.comment(commit_id=sha))

        assert refused.json()["errors"] == ["The commitOID is not part of the pull request"]
        assert single.json()["errors"][0]["field"] == "pull_request_review_thread.end_commit_oid"
    assert calm.review(calm.comment(), commit_id=calm.repo.resolve("feature~1")).status_code == 200


def test_sides_have_two_names(calm):
    """A third one is refused, though the description of reviews calls it any text."""
    for name in ("side", "start_side"):
        given = calm.comment(**{"start_line": 4, name: "MIDDLE"})
        refused = calm.review(given)
        single = calm.client().post(f"pulls/{calm.number}/comments", json={**given, "commit_id": calm.head})

        assert refused.json()["errors"][0].endswith(f'0.{name} (Expected "MIDDLE" to be one of: LEFT, RIGHT)')
        assert single.status_code == 422
    calm.fake.violations.clear()  # the description of single comments knows better


def test_positions_of_the_old_kind_are_understood(calm):
    """The line below the first @@ is 1, and later @@ lines count."""
    given = {"path": "app/main.py", "body": "a word", "position": 5}

    assert calm.review(given).status_code == 200
    assert calm.fake.threads(calm.number)[0]["text_under_anchor"] == b"LINE 5\n"
    assert calm.review({**given, "position": 99}).status_code == 422


# -- reviews -------------------------------------------------------------------------------------


def test_one_bad_comment_fails_the_whole_review(calm):
    """Nothing of a refused review is stored, not even the review."""
    answer = calm.review(calm.comment(), calm.comment(line=1), calm.comment(line=6))

    assert answer.status_code == 422
    assert answer.json()["errors"] == [LINE_REFUSED]
    assert calm.fake.threads(calm.number) == []
    assert calm.fake.reviews == {}
    assert calm.fake.effects == []


def test_a_comment_review_needs_a_body(calm):
    """COMMENT and REQUEST_CHANGES need one; a pending review does not."""
    assert calm.review(calm.comment(), body="").status_code == 422
    assert calm.review(calm.comment(), body=" ", event="REQUEST_CHANGES").status_code == 422
    assert calm.fake.threads(calm.number) == []


def test_a_pending_review_blocks_every_other(calm):
    """One pending review an account, seen by nobody else; it can be deleted, a submitted one cannot."""
    client = calm.client()
    made = client.post(f"pulls/{calm.number}/reviews", json={"comments": [calm.comment()]}).json()
    assert made["state"] == "PENDING"

    assert calm.review(calm.comment()).json()["errors"] == [
        "User can only have one pending review per pull request"
    ]
    single = client.post(f"pulls/{calm.number}/comments", json=calm.comment(commit_id=calm.head))
    assert single.json()["errors"][0]["field"] == "user_id"
    other = calm.client(calm.fake.add_token(calm.ada, {"repo"}))
    assert other.get(f"pulls/{calm.number}/reviews").json() == []
    assert client.get(f"pulls/{calm.number}/comments").json() == []
    assert calm.fake.threads(calm.number) == []

    assert client.delete(f"pulls/{calm.number}/reviews/{made['id']}").status_code == 200
    done = calm.review(calm.comment())
    assert done.status_code == 200
    assert client.delete(f"pulls/{calm.number}/reviews/{done.json()['id']}").status_code == 422


def test_a_pending_review_can_be_submitted(calm):
    """Its comments are seen once it is."""
    client = calm.client()
    made = client.post(f"pulls/{calm.number}/reviews", json={"comments": [calm.comment()]}).json()

    done = client.post(
        f"pulls/{calm.number}/reviews/{made['id']}/events", json={"event": "COMMENT", "body": "Done."}
    )

    assert done.json()["state"] == "COMMENTED"
    assert calm.fake.threads(calm.number)[0]["bodies"] == ["a word"]


def test_nobody_approves_their_own_pull_request(calm):
    """Neither approving nor requesting changes; commenting is fine."""
    mine = calm.fake.add_token(calm.ada, {"repo"})

    assert calm.review(token=mine, event="APPROVE").status_code == 422
    assert calm.review(token=mine, event="REQUEST_CHANGES").status_code == 422
    assert calm.review(token=mine).status_code == 200
    assert calm.review(event="APPROVE").json()["state"] == "APPROVED"


def test_bodies_have_a_limit(calm):
    """65536 characters fit, one more does not, in three places."""
    client, most = calm.client(), "\u00e4" * 65_536
    words = "Body is too long (maximum is 65536 characters)"

    assert client.post(f"issues/{calm.number}/comments", json={"body": most}).status_code == 201
    remark = client.post(f"issues/{calm.number}/comments", json={"body": most + "x"})
    assert (remark.status_code, remark.json()["errors"][0]["message"]) == (422, words)
    assert calm.review(calm.comment(body=most + "x")).json()["errors"] == [words]
    assert calm.review(body=most + "x").json()["errors"] == [words]
    single = client.post(
        f"pulls/{calm.number}/comments", json=calm.comment(commit_id=calm.head, body=most + "x")
    )
    assert single.json()["errors"][0]["message"] == words
    assert calm.review(calm.comment(body=most)).status_code == 200


def test_comments_are_edited_answered_and_deleted(calm):
    """Replies go to a thread's first comment; a thread goes with its last comment."""
    calm.review(calm.comment())
    client = calm.client()
    (first,) = client.get(f"pulls/{calm.number}/comments").json()
    reply = client.post(
        f"pulls/{calm.number}/comments/{first['id']}/replies", json={"body": "and more"}
    ).json()

    assert reply["in_reply_to_id"] == first["id"]
    assert client.patch(f"pulls/comments/{first['id']}", json={"body": "better"}).json()["body"] == "better"
    again = client.post(f"pulls/{calm.number}/comments/{reply['id']}/replies", json={"body": "no"})
    assert again.status_code == 404
    assert calm.fake.threads(calm.number)[0]["bodies"] == ["better", "and more"]
    for number in (first["id"], reply["id"]):
        assert client.delete(f"pulls/comments/{number}").status_code == 204
    assert calm.fake.threads(calm.number) == []


def test_an_app_leaves_other_peoples_comments_alone(calm):
    """An App edits and deletes its own comments only; whoever may write to the repository edits any."""
    calm.fake.say(calm.bob, calm.number, "mine")
    theirs = calm.fake.threads(calm.number)[0]["comments"][0]

    assert calm.client().patch(f"issues/comments/{theirs}", json={"body": "x"}).status_code == 403
    assert calm.client().delete(f"issues/comments/{theirs}").status_code == 403
    writer = calm.client(calm.fake.add_token(calm.ada, {"repo"}))
    assert writer.patch(f"issues/comments/{theirs}", json={"body": "x"}).status_code == 200
    calm.fake.say(calm.bob, calm.number, "look", ("app/main.py", "new", 5, 5))
    (inline,) = calm.client().get(f"pulls/{calm.number}/comments").json()
    assert calm.client().patch(f"pulls/comments/{inline['id']}", json={"body": "x"}).status_code == 403
    assert calm.client().delete(f"pulls/comments/{inline['id']}").status_code == 403
    edit = (
        "mutation($id: ID!) { updatePullRequestReviewComment(input: {pullRequestReviewCommentId: $id,"
        ' body: "x"}) { clientMutationId } }'
    )
    assert calm.graphql(edit, id=inline["node_id"])["errors"][0]["type"] == "FORBIDDEN"
    assert calm.fake.threads(calm.number)[1]["bodies"] == ["look"]


# -- tokens --------------------------------------------------------------------------------------


def test_tokens_say_no_in_their_own_words(calm):
    """401 for a token that is none, 404 for what it may not see, 403 for what an App may not do."""
    fake, address = calm.fake, f"pulls/{calm.number}"
    reader = fake.add_token(calm.bot, {"pull_requests:read"})
    fine = fake.add_token(calm.ada, {"pull_requests:read"})
    outsider = fake.add_token(fake.add_user("eve", access="none"), {"repo"})

    assert calm.client("ghs_wrong").get(address).json()["message"] == "Bad credentials"
    assert calm.client("ghs_wrong").get(address).status_code == 401
    assert calm.client(outsider).get(address).status_code == 404
    assert calm.client(fake.add_token(calm.ada, {"repo:status"})).get(address).status_code == 404
    assert calm.client(fake.add_token(calm.ada, {"public_repo"})).get(address).status_code == 404
    assert calm.client(reader).get(address).status_code == 200
    for token, words in ((reader, "integration"), (fine, "personal access token")):
        refused = calm.client(token).post(f"issues/{calm.number}/comments", json={"body": "x"})
        assert refused.status_code == 403
        assert refused.json()["message"] == f"Resource not accessible by {words}"
        assert calm.review(calm.comment(), token=token).status_code == 403


def test_an_installation_has_no_account(calm):
    """GET /user is for people."""
    answer = calm.client().get(f"{calm.fake.url}/api/v3/user")

    assert (answer.status_code, answer.json()["message"]) == (403, "Resource not accessible by integration")
    mine = calm.client(calm.fake.add_token(calm.ada, {"repo"})).get(f"{calm.fake.url}/api/v3/user")
    assert (mine.json()["login"], mine.json()["id"]) == ("ada", calm.ada)


def test_check_runs_are_for_apps(calm):
    """A person's token is refused; an App creates, completes and reads."""
    given = {"name": "review", "head_sha": calm.head}
    person = calm.fake.add_token(calm.ada, {"repo"})

    assert calm.client(person).post("check-runs", json=given).status_code == 403
    made = calm.client().post("check-runs", json=given)
    assert made.status_code == 201
    done = calm.client().patch(f"check-runs/{made.json()['id']}", json={"conclusion": "failure"})
    assert done.json()["status"] == "completed"
    many = {"title": "t", "summary": "s", "annotations": [{}] * 51}
    assert calm.client().post("check-runs", json={**given, "output": many}).status_code == 422
    calm.fake.violations.clear()  # the official description knows what an annotation must have
    listed = calm.client().get(f"commits/{calm.head}/check-runs").json()
    assert [one["conclusion"] for one in listed["check_runs"]] == ["failure"]


# -- statuses ------------------------------------------------------------------------------------


def test_the_newest_status_of_a_context_counts(calm):
    """All are listed newest first; together they fail if one does."""
    client = calm.client()
    for state, context in (("pending", "review"), ("success", "ci"), ("failure", "review")):
        made = client.post(f"statuses/{calm.head}", json={"state": state, "context": context})
        assert made.status_code == 201

    listed = client.get(f"commits/{calm.head}/statuses").json()
    assert [one["state"] for one in listed] == ["failure", "success", "pending"]
    combined = client.get(f"commits/{calm.head}/status").json()
    assert (combined["state"], combined["total_count"]) == ("failure", 2)
    assert {one["context"]: one["state"] for one in calm.fake.statuses(calm.head)} == {
        "review": "failure",
        "ci": "success",
    }


def test_a_status_has_limits(calm):
    """140 characters of description, four states, and a commit that exists."""
    client = calm.client()

    assert (
        client.post(f"statuses/{calm.head}", json={"state": "success", "description": "x" * 140}).status_code
        == 201
    )
    long = client.post(f"statuses/{calm.head}", json={"state": "success", "description": "x" * 141})
    assert long.status_code == 422
    assert long.json()["errors"][0]["message"] == "description is too long (maximum is 140 characters)"
    assert client.post(f"statuses/{'0' * 40}", json={"state": "success"}).status_code == 422
    assert client.post(f"statuses/{calm.head}", json={"state": "succeeded"}).status_code == 422
    calm.fake.violations.clear()  # the official description knows the four states too
    calm.fake.commit_statuses *= 1000
    assert client.post(f"statuses/{calm.head}", json={"state": "success"}).status_code == 422
    assert client.post(f"statuses/{calm.head}", json={"state": "success", "context": "c"}).status_code == 201
    reader = calm.fake.add_token(calm.bot, PERMISSIONS - {"statuses:write"})
    assert calm.client(reader).post(f"statuses/{calm.head}", json={"state": "success"}).status_code == 403


# -- GraphQL -------------------------------------------------------------------------------------

THREADS = """
query Threads($owner: String!, $name: String!, $number: Int!, $after: String) {
  viewer { login databaseId }
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      state headRefOid baseRefOid baseRefName isCrossRepository
      reviewThreads(first: 2, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes {
          id isResolved isOutdated path line startLine originalLine diffSide subjectType
          resolvedBy { login databaseId }
          comments(first: 100) {
            pageInfo { hasNextPage }
            nodes { id databaseId body createdAt author { ...Who } }
          }
        }
      }
      comments(first: 100) { pageInfo { hasNextPage } nodes { databaseId body author { ...Who } } }
    }
    object(oid: "%s") { ... on Commit { status { context(name: "review") { state description creator { login } } } } }
  }
}
fragment Who on Actor { __typename login ... on User { databaseId } ... on Bot { databaseId } }
"""


def test_one_query_reads_everything(calm):
    """Viewer, pull request, threads in pages, conversation and status at once; it counts as no write."""
    calm.review(calm.comment(), calm.comment(line=6, body="b"), calm.comment(line=7, start_line=5, body="c"))
    calm.fake.say(calm.ada, calm.number, "hello")
    calm.client().post(f"statuses/{calm.head}", json={"state": "failure", "context": "review"})
    before = len(calm.fake.writes())
    given = {"owner": "pay", "name": "ledger", "number": calm.number}

    first = calm.graphql(THREADS % calm.head, **given)["data"]
    pull = first["repository"]["pullRequest"]
    second = calm.graphql(THREADS % calm.head, **given, after=pull["reviewThreads"]["pageInfo"]["endCursor"])[
        "data"
    ]["repository"]["pullRequest"]["reviewThreads"]

    assert first["viewer"] == {"login": "review[bot]", "databaseId": calm.bot}
    assert (pull["state"], pull["headRefOid"]) == ("OPEN", calm.head)
    assert pull["reviewThreads"]["pageInfo"]["hasNextPage"]
    assert not second["pageInfo"]["hasNextPage"]
    (last,) = second["nodes"]
    assert (last["startLine"], last["line"], last["diffSide"]) == (5, 7, "RIGHT")
    assert last["comments"]["nodes"][0]["author"] == {
        "__typename": "Bot",
        "login": "review",
        "databaseId": calm.bot,
    }
    assert pull["comments"]["nodes"][0]["author"]["__typename"] == "User"
    assert first["repository"]["object"]["status"]["context"]["state"] == "FAILURE"
    assert len(calm.fake.writes()) == before


RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved resolvedBy { login } } } }"
REOPEN = "mutation($id: ID!) { unresolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"


def test_resolving_needs_write_access(calm):
    """pull_requests:write alone is not enough for an App; the author, and whoever may write, resolves."""
    thread = calm.fake.say(calm.ada, calm.number, "look", ("app/main.py", "new", 5, 5))
    writer = calm.fake.add_token(calm.bot, {"pull_requests:write", "contents:write"})
    reader = calm.fake.add_token(calm.bob, {"repo"})

    refused = calm.graphql(RESOLVE, id=thread)
    assert refused["data"] == {"resolveReviewThread": None}
    assert refused["errors"][0]["type"] == "FORBIDDEN"
    assert refused["errors"][0]["message"] == "Resource not accessible by integration"
    assert refused["errors"][0]["path"] == ["resolveReviewThread"]
    assert calm.graphql(RESOLVE, reader, id=thread)["errors"][0]["type"] == "FORBIDDEN"
    assert calm.fake.threads(calm.number)[0]["state"] == "open"

    done = calm.graphql(RESOLVE, writer, id=thread)["data"]["resolveReviewThread"]["thread"]
    assert done == {"isResolved": True, "resolvedBy": {"login": "review[bot]"}}
    assert calm.graphql(REOPEN, calm.fake.add_token(calm.ada, {"repo"}), id=thread)["data"]
    assert calm.fake.threads(calm.number)[0]["state"] == "open"
    missing = calm.graphql(RESOLVE, writer, id="PRRT_nothing")
    assert missing["errors"][0]["type"] == "NOT_FOUND"


WRONG = [
    ("{ viewer { loginn } }", "Field 'loginn' doesn't exist on type 'User'"),
    (
        '{ repository(owner: "pay", name: "ledger") { pullRequest(number: 1) { author { databaseId } } } }',
        "Field 'databaseId' doesn't exist on type 'Actor'",
    ),
    ("{ viewer }", "Field must have selections (field 'viewer' returns User but has no selections"),
    ('{ repository(owner: "pay") { name } }', "Field 'repository' is missing required arguments: name"),
    ("{ viewer { ... on Repository { name } } }", "Fragment on Repository can't be spread inside User"),
    ("query($x: Int) { viewer { login } }", "Variable $x is declared by anonymous query but not used"),
    ("{ node(id: $x) { id } }", "Variable $x is used by anonymous query but not declared"),
    (
        "query($x: String!) { node(id: $x) { id } }",
        "Type mismatch on variable $x and argument id (String! / ID!)",
    ),
    ("{ viewer { login ", "Parse error on"),
    (
        'mutation { addPullRequestReviewThread(input: {body: "x", side: "RIGHT"}) { thread { id } } }',
        "Argument 'side' on InputObject 'AddPullRequestReviewThreadInput' has an invalid value (\"RIGHT\")",
    ),
    (
        'mutation { resolveReviewThread(input: {threadID: "x"}) { thread { id } } }',
        "InputObject 'ResolveReviewThreadInput' doesn't accept argument 'threadID'",
    ),
]


def test_documents_that_do_not_fit_the_schema(scene):
    """HTTP 200, errors and no data at all; and a test would notice."""
    for query, words in WRONG:
        answer = scene.graphql(query)

        assert "data" not in answer
        assert any(one["message"].startswith(words) for one in answer["errors"]), answer
    assert len(scene.fake.violations) == len(WRONG)


def test_connections_have_bounds(calm):
    """A page size must be given and is at most 100; a query may not ask for half a million nodes."""
    inner = '{ repository(owner: "pay", name: "ledger") { pullRequest(number: 1) { reviewThreads%s { nodes { id } } } } }'

    assert calm.graphql(inner % "")["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    assert calm.graphql(inner % "(first: 101)")["errors"][0]["type"] == "EXCESSIVE_PAGINATION"
    assert calm.graphql(inner % '(first: 1, after: "x")')["errors"][0]["type"] == "INVALID_CURSOR_ARGUMENTS"
    calm.review(calm.comment(), calm.comment(line=6), calm.comment(line=7))
    nodes = "{ nodes { line } pageInfo { hasPreviousPage hasNextPage } }"
    last = calm.graphql(inner.replace("{ nodes { id } }", nodes) % "(last: 1)")["data"]["repository"][
        "pullRequest"
    ]
    assert last["reviewThreads"] == {
        "nodes": [{"line": 7}],
        "pageInfo": {"hasPreviousPage": True, "hasNextPage": False},
    }


def test_a_query_may_not_ask_for_too_much(scene):
    """Half a million possible nodes at most, counted before anything is run."""
    deep = (
        '{ repository(owner: "pay", name: "ledger") { pullRequest(number: 1) { reviews(first: 100) { nodes {'
        " comments(first: 100) { nodes { pullRequest { reviewThreads(first: 100) { nodes { id } } } } } } } } } }"
    )

    assert scene.graphql(deep)["errors"] == [
        {
            "type": "MAX_NODE_LIMIT_EXCEEDED",
            "message": "This query requests up to 1,010,100 possible nodes which exceeds the maximum limit of 500,000.",
        }
    ]


def test_aliases_directives_and_merged_selections(calm):
    """The same field twice under two names, fields left out on request, selections put together."""
    query = """query Q($yes: Boolean!, $no: Boolean = false) {
      one: viewer { login ... @include(if: $no) { id } }
      two: viewer { login @skip(if: $yes) databaseId }
      viewer { login } viewer { databaseId __typename }
    }"""

    assert calm.graphql(query, yes=True) == {
        "data": {
            "one": {"login": "review[bot]"},
            "two": {"databaseId": calm.bot},
            "viewer": {"login": "review[bot]", "databaseId": calm.bot, "__typename": "User"},
        }
    }


def test_variables_must_fit(calm):
    """A value of another type, or none where one is needed: errors and no data."""
    query = "query($id: ID!) { node(id: $id) { id } }"

    for given in ({}, {"id": None}, {"id": ["x"]}):
        assert calm.graphql(query, **given)["errors"][0]["message"] == (
            "Variable $id of type ID! was provided invalid value"
        )
        calm.fake.violations.clear()


def test_missing_rights_show_in_graphql_too(calm):
    """A pull request, a status and a write that a token may not have: FORBIDDEN, and null in its place."""
    blind = calm.fake.add_token(calm.bot, {"contents:read"})
    query = '{ repository(owner: "pay", name: "ledger") { pullRequest(number: 1) { id } } }'
    status = '{ repository(owner: "pay", name: "ledger") { object(oid: "%s") { ... on Commit { status { id } } } } }'

    assert calm.graphql(query, blind)["data"] == {"repository": {"pullRequest": None}}
    assert calm.graphql(query, blind)["errors"][0]["type"] == "FORBIDDEN"
    assert calm.graphql(status % calm.head, blind)["errors"][0]["path"] == ["repository", "object", "status"]
    reader = calm.fake.add_token(calm.bot, {"pull_requests:read"})
    pull = calm.graphql(query)["data"]["repository"]["pullRequest"]["id"]
    add = 'mutation($id: ID!) { addComment(input: {subjectId: $id, body: "x"}) { subject { id } } }'
    assert calm.graphql(add, reader, id=pull)["errors"][0]["type"] == "FORBIDDEN"
    assert calm.fake.threads(calm.number) == []


def test_pending_threads_are_their_authors_alone(calm):
    """Through GraphQL the author sees the thread of a pending review, in that state; nobody else does."""
    calm.client().post(f"pulls/{calm.number}/reviews", json={"comments": [calm.comment()]})
    query = (
        '{ repository(owner: "pay", name: "ledger") { pullRequest(number: 1) { reviewThreads(first: 9) { nodes'
        " { id comments(first: 1) { nodes { state } } } } } } }"
    )

    (mine,) = calm.graphql(query)["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"]
    theirs = calm.graphql(query, calm.fake.add_token(calm.ada, {"repo"}))

    assert mine["comments"]["nodes"] == [{"state": "PENDING"}]
    assert theirs["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"] == []
    hidden = calm.graphql(RESOLVE, calm.fake.add_token(calm.ada, {"repo"}), id=mine["id"])
    assert hidden["errors"][0]["type"] == "NOT_FOUND"


def test_deleted_accounts_and_nameless_bots(calm):
    """A ghost's author is null; some server may not say which App resolved a thread."""
    thread = calm.fake.say(calm.bob, calm.number, "look", ("app/main.py", "new", 5, 5))
    calm.fake.remove_user(calm.bob)
    calm.fake.resolve(calm.bot, thread)
    query = (
        "query($id: ID!) { node(id: $id) { ... on PullRequestReviewThread { isResolved resolvedBy { login }"
        " comments(first: 1) { nodes { author { login } } } } } }"
    )

    found = calm.graphql(query, id=thread)["data"]["node"]
    assert found["comments"]["nodes"] == [{"author": None}]
    assert found["resolvedBy"] == {"login": "review[bot]"}
    calm.fake.nameless_bots = True
    assert calm.graphql(query, id=thread)["data"]["node"]["resolvedBy"] is None
    assert calm.client().get(f"pulls/{calm.number}/comments").json()[0]["user"]["login"] == "ghost"


def test_a_thread_outside_of_the_diff_vanishes_in_silence(scene):
    """addPullRequestReviewThread answers without an error and stores nothing."""
    add = """mutation($input: AddPullRequestReviewThreadInput!) {
      addPullRequestReviewThread(input: $input) { thread { id path } } }"""
    pull = scene.client().get(f"pulls/{scene.number}").json()["node_id"]
    given = {"pullRequestId": pull, "path": "app/main.py", "body": "x", "line": 1}

    lost = scene.graphql(add, input=given)
    kept = scene.graphql(add, input={**given, "line": 5})

    assert lost == {"data": {"addPullRequestReviewThread": {"thread": None}}}
    assert scene.fake.violations == ["a thread outside of the diff was dropped in silence: app/main.py:1"]
    assert kept["data"]["addPullRequestReviewThread"]["thread"]["path"] == "app/main.py"
    assert [one.state for one in scene.fake.reviews.values()] == ["PENDING"]


def test_graphql_edits_and_adds_comments(calm):
    """addComment and updatePullRequestReviewComment; what belongs to others is forbidden."""
    calm.review(calm.comment())
    pull = calm.client().get(f"pulls/{calm.number}").json()["node_id"]
    (said,) = calm.client().get(f"pulls/{calm.number}/comments").json()

    added = calm.graphql(
        "mutation($id: ID!, $body: String!) { addComment(input: {subjectId: $id, body: $body})"
        " { commentEdge { node { body } } } }",
        id=pull,
        body="general",
    )
    edited = calm.graphql(
        "mutation($id: ID!) { updatePullRequestReviewComment(input: {pullRequestReviewCommentId: $id,"
        ' body: "new"}) { pullRequestReviewComment { body } } }',
        id=said["node_id"],
    )

    assert added["data"]["addComment"]["commentEdge"]["node"] == {"body": "general"}
    assert edited["data"]["updatePullRequestReviewComment"]["pullRequestReviewComment"] == {"body": "new"}
    assert [one["bodies"] for one in calm.fake.threads(calm.number)] == [["new"], ["general"]]
    assert len(calm.fake.writes()) == 3


# -- pushes --------------------------------------------------------------------------------------


def test_threads_follow_their_lines_through_a_push(calm):
    """A line moved by work above it keeps its thread; one that changed or left the diff is outdated."""
    calm.review(calm.comment(line=5), calm.comment(line=29, start_line=28, body="b"))
    lines = split(calm.repo.blob("feature", "app/main.py"))
    changed = (b"new top\n", *lines[:4], b"again 5\n", *lines[5:])
    calm.repo.commit("feature", {"app/main.py": b"".join(changed)})
    calm.fake.push(calm.number)

    first, second = calm.client().get(f"pulls/{calm.number}/comments").json()
    assert (first["line"], first["position"], first["original_line"]) == (None, None, 5)
    assert (second["start_line"], second["line"], second["original_line"]) == (29, 30, 29)
    assert [one["outdated"] for one in calm.fake.threads(calm.number)] == [True, False]


def test_a_thread_whose_line_left_the_diff_is_outdated(calm):
    """Its line is as it was, but no hunk shows it any more; one on a renamed file is outdated as well."""
    calm.review(
        calm.comment(line=2), calm.comment(line=29, body="b"), calm.comment(path="app/new.py", line=2)
    )
    back = calm.repo.blob("feature", "app/main.py").replace(b"LINE 5\n", b"line 5\n")
    new = calm.repo.blob("feature", "app/new.py")
    calm.repo.commit("feature", {"app/main.py": back, "app/new.py": None, "app/newer.py": new})
    calm.fake.push(calm.number)

    assert [one["outdated"] for one in calm.fake.threads(calm.number)] == [True, False, True]


def test_removed_lines_keep_their_threads_until_the_base_moves(calm):
    """A thread on the old side stays while the line is still removed; after retargeting it is not."""
    calm.review(calm.comment(line=10, side="LEFT"))
    calm.repo.commit("feature", {"app/new.py": b"other\n"})
    calm.fake.push(calm.number)
    assert not calm.fake.threads(calm.number)[0]["outdated"]

    calm.repo.set_branch("release", calm.repo.resolve("feature~1"))
    calm.fake.retarget(calm.number, "release")
    assert calm.fake.threads(calm.number)[0]["outdated"]
    pull = calm.client().get(f"pulls/{calm.number}").json()
    assert (pull["base"]["ref"], pull["base"]["sha"]) == ("release", calm.repo.resolve("release"))


def test_commits_pushed_away_are_no_longer_taken(calm):
    """After a forced push the old head does not belong to the pull request."""
    calm.fake.move_head_at("POST .*/reviews", calm.repo.resolve("feature~1"))

    answer = calm.review(calm.comment())

    assert answer.json()["errors"] == ["The commitOID is not part of the pull request"]


# -- effects and suggestions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("hello @ada", [("mention", "@ada")]),
        ("hello &#64;ada and \\@bob", [("mention", "@ada"), ("mention", "@bob")]),
        ("`@ada` and\n```\n@bob #1\n```\n<!-- @eve fixes #2 -->", []),
        ("mail a@b.example", []),
        ("@<!-- -->ada", []),
        ("fixes #1", [("closing", "fixes #1"), ("reference", "#1")]),
        ("see pay/ledger#12 and GH-3", [("reference", "pay/ledger#12"), ("reference", "GH-3")]),
        ("![x](https://evil.example/p.png)", [("image", "https://evil.example/p.png")]),
        ("<img src='https://evil.example/p.png'>", [("image", "https://evil.example/p.png")]),
        (
            "https://forge.example/pay/ledger/pull/4",
            [("reference", "https://forge.example/pay/ledger/pull/4")],
        ),
        ("at abcdef1 here", [("commit", "abcdef1")]),
        ("text\n/approve\n", [("slash", "/approve")]),
        ("the path /src/a.py", []),
    ],
)
def test_effects_of_a_body(body, found):
    """What is outside of code and comments works, however it was written."""
    assert effects(body, lambda text: text == "abcdef1") == found


def test_posted_effects_are_recorded(calm):
    """Those of comments, of reviews and of edits, not what people say."""
    calm.fake.say(calm.ada, calm.number, "@bob")
    calm.review(calm.comment(body="@ada"), body="see #1")
    calm.client().post(f"issues/{calm.number}/comments", json={"body": f"since {calm.head[:8]}"})

    assert calm.fake.effects == [("reference", "#1"), ("mention", "@ada"), ("commit", calm.head[:8])]


def test_suggestions_are_found_in_fences_of_any_length():
    """Backticks inside of a longer fence belong to the suggestion."""
    body = (
        "a\n````suggestion\nx = ```1```\n```\n````\n> ```suggestion\n> <b>&amp;\n> ```\n\n```python\nno\n```"
    )

    assert suggestions(body) == ["x = ```1```\n```\n", "<b>&amp;\n"]
    assert suggestions("```suggestion\n```") == [""]


@pytest.mark.parametrize(
    ("file", "first", "last", "text", "after"),
    [
        (b"a\nb\nc\n", 2, 2, "B\n", b"a\nB\nc\n"),
        (b"a\nb\nc\n", 1, 2, "x\ny\nz\n", b"x\ny\nz\nc\n"),
        (b"a\nb\nc\n", 2, 2, "", b"a\nc\n"),
        (b"a\nb\nc\n", 2, 2, "\n", b"a\n\nc\n"),
        (b"a\r\nb\r\n", 2, 2, "B\n", b"a\r\nB\r\n"),
        (b"a\r\nb\r\n", 1, 2, "A\nB\n", b"A\nB\r\n"),
        (b"a\nb", 2, 2, "B\n", b"a\nB"),
    ],
)
def test_applying_replaces_whole_lines(file, first, last, text, after):
    """The last line's end stays as it was."""
    assert b"".join(applied(split(file), first, last, text)) == after


def test_the_button_replaces_the_lines_of_the_thread(calm):
    """start_line to line of the new side; nothing else, and not if nothing changes."""
    body = "```suggestion\nONE\n```"
    calm.review(
        calm.comment(line=29, start_line=28, body=body),
        calm.comment(line=10, side="LEFT", body=body),
        calm.comment(line=5, body="```suggestion\nLINE 5\n```"),
        calm.comment(path="win/crlf.txt", line=6, body=body),
    )
    wide, left, same, windows = (one["id"] for one in calm.fake.threads(calm.number))
    before = calm.repo.blob("feature", "app/main.py")

    after = calm.fake.apply_suggestion(calm.number, wide)
    assert after == before.replace(b"line 30\nadded a\n", b"ONE\n")
    assert b"\r\nONE\r\n" in calm.fake.apply_suggestion(calm.number, windows)
    for thread, words in ((left, "deleted lines"), (same, "changes nothing")):
        with pytest.raises(AssertionError, match=words):
            calm.fake.apply_suggestion(calm.number, thread)
    calm.fake.close_pull_request(calm.number)
    with pytest.raises(AssertionError, match="closed"):
        calm.fake.apply_suggestion(calm.number, wide)


# -- faults, strictness --------------------------------------------------------------------------


def test_writes_can_be_limited(calm):
    """A secondary limit refuses writes and lets queries through; nothing is stored."""
    calm.fake.limit_writes(after=1, status=403, retry_after=7)

    assert calm.review(calm.comment()).status_code == 200
    refused = calm.review(calm.comment())
    assert (refused.status_code, refused.headers["Retry-After"]) == (403, "7")
    assert "secondary rate limit" in refused.json()["message"]
    assert calm.graphql("{ viewer { login } }")["data"]
    assert len(calm.fake.threads(calm.number)) == 1
    assert calm.review(calm.comment()).status_code == 200


def test_a_fault_after_the_effect_has_the_effect(calm):
    """A 502 may hide a review that was stored."""
    calm.fake.faults.append(Fault("POST", "/reviews$", "502", after_effect=True))

    assert calm.review(calm.comment()).status_code == 502
    assert len(calm.fake.threads(calm.number)) == 1


UNKNOWN = [
    ("POST", "pulls/1/reviews", {"event": "COMMENT", "body": "x", "bodyy": "x"}),
    ("POST", "pulls/1/reviews", {"comments": [{"path": "app/main.py"}]}),
    ("POST", "pulls/1/reviews", {"comments": [{"path": "a", "body": "x", "subject_type": "file"}]}),
    ("POST", "pulls/1/reviews", {"comments": [{"path": "a", "body": "x", "line": "5"}]}),
    ("POST", "pulls/1/reviews", {"comments": [{"path": "a", "body": "x", "start_line": None}]}),
    ("POST", "issues/1/comments", {}),
    ("POST", "issues/1/comments", {"body": 5}),
    ("POST", "issues/1/comments", "a text"),
    ("GET", "pulls/1?everything=1", None),
    ("GET", "nothing/here", None),
]


@pytest.mark.parametrize("description", ["github-ghes-3.17.json", "not-there.json"])
def test_what_the_server_does_not_know_is_noticed(stage, description):
    """Unknown paths and names, wrong types, missing names: refused, and a violation, with a description or not."""
    scene = stage(description=description)
    client = scene.client()
    for method, address, body in UNKNOWN:
        scene.fake.violations.clear()

        answer = client.request(method, address, json=body)

        assert answer.status_code in (400, 404, 422), address
        assert scene.fake.violations, address


def test_a_client_must_name_itself(calm):
    """Requests without a User-Agent are turned away."""
    client = calm.client()
    client.headers["User-Agent"] = ""

    assert client.get(f"pulls/{calm.number}").status_code == 403


# -- PyGithub as an independent client -----------------------------------------------------------


def test_pygithub_reviews_in_one_request(calm):
    """create_review with a range; the SDK reads back what it wrote."""
    repo = calm.github().get_repo("pay/ledger")
    pull = repo.get_pull(calm.number)
    comments = [
        {"path": "app/main.py", "body": "one", "line": 5, "side": "RIGHT"},
        {
            "path": "app/main.py",
            "body": "two",
            "start_line": 26,
            "start_side": "RIGHT",
            "line": 29,
            "side": "RIGHT",
        },
    ]
    before = len(calm.fake.writes())

    review = pull.create_review(repo.get_commit(calm.head), "Summary.", "COMMENT", comments)

    assert review.state == "COMMENTED"
    assert len(calm.fake.writes()) == before + 1
    assert [(one.start_line, one.line) for one in pull.get_review_comments()] == [(None, 5), (26, 29)]
    assert next(iter(pull.get_files())).filename == "app/gone.py"


def test_pygithub_is_refused_as_a_whole(calm):
    """A wrong line among right ones: a 422 with the string, and nothing stored."""
    repo = calm.github().get_repo("pay/ledger")
    comments = [{"path": "app/main.py", "body": "x", "line": line, "side": "RIGHT"} for line in (5, 1)]

    with pytest.raises(github.GithubException) as refused:
        repo.get_pull(calm.number).create_review(repo.get_commit(calm.head), "S", "COMMENT", comments)

    assert refused.value.status == 422
    assert refused.value.data["errors"] == [LINE_REFUSED]
    assert calm.fake.threads(calm.number) == []


def test_pygithub_resolves_through_graphql(calm):
    """graphql_query and graphql_named_mutation reach /api/graphql."""
    requester = calm.github(calm.fake.add_token(calm.ada, {"repo"})).requester
    thread = calm.fake.say(calm.ada, calm.number, "look", ("app/main.py", "new", 5, 5))

    _, found = requester.graphql_named_mutation(
        "resolveReviewThread", {"threadId": thread}, "thread { isResolved resolvedBy { login } }"
    )
    _, node = requester.graphql_node(thread, "isResolved", "PullRequestReviewThread")

    assert found["thread"] == {"isResolved": True, "resolvedBy": {"login": "ada"}}
    assert node["data"]["node"]["isResolved"]


def test_pygithub_sets_and_reads_statuses(calm):
    """create_status, get_statuses, get_combined_status; comments of the conversation too."""
    repo = calm.github().get_repo("pay/ledger")
    commit = repo.get_commit(calm.head)
    commit.create_status("failure", description="2 errors", context="reviewbot")
    remark = repo.get_pull(calm.number).create_issue_comment("Summary")
    remark.edit("Summary, again")

    assert [(one.state, one.context) for one in commit.get_statuses()] == [("failure", "reviewbot")]
    assert commit.get_combined_status().state == "failure"
    assert [one.body for one in repo.get_pull(calm.number).get_issue_comments()] == ["Summary, again"]


# -- the official descriptions of the answers ----------------------------------------------------


@pytest.mark.parametrize("name", ["github-ghes-3.17.json", "github-ghes-3.19.json"])
def test_answers_conform_to_the_official_descriptions(calm, name):
    """Everything that is answered, and everything that was sent, fits GHES's own description."""
    specs = Specs.load(name, base="/api/v3")
    if specs is None:
        pytest.skip(ABSENT)
    client, number = calm.client(calm.fake.add_token(calm.ada, {"repo"})), calm.number
    calm.review(calm.comment(), calm.comment(line=29, start_line=28))
    (said, _) = client.get(f"pulls/{number}/comments").json()
    client.post(f"pulls/{number}/comments/{said['id']}/replies", json={"body": "yes"})
    client.post(f"pulls/{number}/comments", json=calm.comment(commit_id=calm.head))
    client.get(f"pulls/comments/{said['id']}")
    remark = client.post(f"issues/{number}/comments", json={"body": "x"}).json()
    client.patch(f"issues/comments/{remark['id']}", json={"body": "y"})
    client.post(f"statuses/{calm.head}", json={"state": "success", "context": "c", "description": "d"})
    client.get(f"{calm.fake.url}/api/v3/user")
    run = calm.client().post("check-runs", json={"name": "r", "head_sha": calm.head}).json()
    made = client.post(f"pulls/{number}/reviews", json={"comments": [calm.comment()]}).json()
    review = f"pulls/{number}/reviews/{made['id']}"
    client.put(review, json={"body": "z"})
    addresses = [
        *(
            calm.fake.shapes.repo_api,
            "pulls",
            f"pulls/{number}",
            f"pulls/{number}/files",
            f"pulls/{number}/commits",
        ),
        *(f"pulls/{number}/reviews", review, f"{review}/comments", f"issues/{number}/comments"),
        *(f"commits/{calm.head}", f"commits/{calm.head}/status", f"commits/{calm.head}/statuses"),
        *("compare/main...feature", f"check-runs/{run['id']}", f"check-runs/{run['id']}/annotations"),
    ]
    for address in addresses:
        assert client.get(address).status_code == 200, address
    client.delete(review)

    wrong = [
        f"{entry.method} {entry.path} {entry.status}: {found}"
        for entry in calm.fake.log
        if entry.path.startswith("/api/v3")
        for found in (
            specs.reply(entry.method, entry.path, entry.status, json.loads(json.dumps(entry.answer)))
            + specs.request(entry.method, entry.raw_path, entry.query, entry.body)
        )
    ]
    assert wrong == []


def test_the_environment_of_a_workflow(calm, tmp_path):
    """GITHUB_SHA is the trial merge; the event names the head."""
    told = calm.fake.environment(calm.number, tmp_path)
    event = json.loads((tmp_path / "event.json").read_text("utf-8"))

    assert told["GITHUB_SHA"] == event["pull_request"]["merge_commit_sha"] != calm.head
    assert event["pull_request"]["head"]["sha"] == calm.head
    assert calm.repo.resolve(f"refs/pull/{calm.number}/head") == calm.head
