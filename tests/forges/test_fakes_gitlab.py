"""The GitLab fake: what it takes, what it refuses and in which words, and what it remembers."""

import ssl

import gitlab
import httpx
import pytest
from fakes import gitlab_markdown, specs
from fakes.gitlab import FakeGitLab
from fakes.repo import line_code
from fakes.server import Fault

NO_LINE = '400 Bad request - Note {:line_code=>["can\'t be blank", "must be a valid line code"]}'

NO_CAS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody, and is made quicker than one that does


class Desk:
    """A fake with a bot's token, one open merge request, and short ways to ask."""

    def __init__(self, repo):
        self.repo = repo
        self.forge = FakeGitLab(repo.path)
        self.bot = self.forge.add_user("reviewbot", is_bot=True)
        self.dev = self.forge.add_user("dora")
        self.number = self.forge.open_pull_request("feature", "main", self.dev)
        self.token = self.forge.add_token(self.bot, {"api"})
        self.client = httpx.Client(base_url=self.forge.api, trust_env=False, timeout=10, verify=NO_CAS)
        self.merge = f"/projects/42/merge_requests/{self.number}"

    def ask(self, method, path, body=None, *, token=None, **more):
        headers = {"PRIVATE-TOKEN": token or self.token} if token != "" else {}
        return self.client.request(method, path, json=body, headers=headers, **more)

    def mr(self, method, path="", body=None, **more):
        return self.ask(method, self.merge + path, body, **more)

    def place(self, path="app/main.py", **changes):
        """The shas of the newest version, both paths, and whatever lines are told."""
        base, start, head = self.forge.pulls[self.number].latest.shas
        out = {"base_sha": base, "start_sha": start, "head_sha": head, "position_type": "text"}
        out |= {"old_path": path, "new_path": path, **changes}
        return {key: value for key, value in out.items() if value is not None}

    def post(self, place, body="a remark"):
        return self.mr("POST", "/discussions", {"body": body, "position": place})

    def draft(self, place=None, note="a remark", **more):
        return self.mr(
            "POST", "/draft_notes", {"note": note, **({"position": place} if place else {}), **more}
        )

    def close(self):
        self.client.close()
        self.forge.close()


@pytest.fixture
def desk(forge_repo):
    made = Desk(forge_repo)
    yield made
    made.close()


# -- who ---------------------------------------------------------------------------------------------


def test_who_one_is(desk):
    """The account of a token, by each of the headers it may be sent with."""
    for headers in ({"PRIVATE-TOKEN": desk.token}, {"Authorization": f"Bearer {desk.token}"}):
        found = desk.client.get("/user", headers=headers)
        assert (found.status_code, found.json()["id"], found.json()["username"]) == (
            200,
            desk.bot,
            "reviewbot",
        )


def test_nobody_is_let_in(desk):
    """No token, a wrong one, a revoked one, one in the wrong header."""
    revoked = desk.forge.add_token(desk.bot, {"api"}, revoked=True)
    oauth = desk.forge.add_token(desk.bot, {"api"}, kind="bearer")
    for token in ("", "nonsense", revoked, oauth):
        found = desk.mr("GET", "", token=token)
        assert (found.status_code, found.json()) == (401, {"message": "401 Unauthorized"})
    assert desk.client.get("/user", headers={"Authorization": f"Bearer {oauth}"}).status_code == 200


def test_scopes_reach_so_far(desk):
    """`read_api` reads; `read_repository` does not even read."""
    reader = desk.forge.add_token(desk.bot, {"read_api"})
    fetcher = desk.forge.add_token(desk.bot, {"read_repository"})
    assert desk.mr("GET", "/discussions", token=reader).status_code == 200
    for method, token in (("POST", reader), ("GET", fetcher)):
        found = desk.mr(method, "/discussions", {"body": "x"} if method == "POST" else None, token=token)
        assert (found.status_code, found.json()["error"]) == (403, "insufficient_scope")
    assert desk.forge.pulls[1].discussions == []


@pytest.mark.parametrize(
    ("role", "reads", "notes", "drafts", "status"),
    [
        ("none", 404, 404, 404, 404),
        ("guest", 403, 404, 403, 403),
        ("reporter", 200, 201, 201, 403),
        ("developer", 200, 201, 201, 201),
    ],
)
def test_roles_reach_so_far(desk, role, reads, notes, drafts, status):  # noqa: PLR0917 (one row of a table)
    """What each role may; who may not see the project is told that there is none."""
    token = desk.forge.add_token(desk.bot, {"api"}, role=role)
    head = desk.forge.pulls[1].latest.head
    assert desk.mr("GET", token=token).status_code == reads
    assert desk.mr("POST", "/notes", {"body": "x"}, token=token).status_code == notes
    assert desk.mr("POST", "/draft_notes", {"note": "x"}, token=token).status_code == drafts
    posted = desk.ask("POST", f"/projects/42/statuses/{head}", {"state": "success"}, token=token)
    assert posted.status_code == status
    if role == "none":
        assert posted.json() == {"message": "404 Project Not Found"}


def test_a_job_token_opens_nothing(desk):
    """Neither in its own header nor in another."""
    token = desk.forge.add_token(desk.bot, {"api"}, kind="job")
    headers = {"JOB-TOKEN": token}
    for method, path, status in (("GET", "", 404), ("GET", "/discussions", 404), ("POST", "/notes", 401)):
        body = {"body": "x"} if method == "POST" else None
        assert (
            desk.client.request(method, desk.merge + path, json=body, headers=headers).status_code == status
        )
    assert desk.client.get("/user", headers=headers).status_code == 401
    assert desk.mr("GET", token=token).status_code == 401


def test_a_token_in_an_address_is_a_violation(desk):
    """It would stand in every log on the way."""
    desk.mr("GET", "", params={"private_token": desk.token})
    assert any("token in the address" in each for each in desk.forge.violations)


def test_what_is_not_there(desk):
    """Projects, merge requests, threads, notes, drafts: each in its own words."""
    assert desk.ask("GET", "/projects/43").json() == {"message": "404 Project Not Found"}
    assert desk.ask("GET", "/projects/42/merge_requests/9").json() == {"message": "404 Not found"}
    assert (
        desk.ask("GET", "/projects/42/merge_requests/9/discussions").json()["message"]
        == "404 MergeRequest Not Found"
    )
    assert desk.mr("GET", "/discussions/abc").json() == {"message": "404 Discussion Not Found"}
    assert desk.mr("PUT", "/notes/5", {"body": "x"}).json() == {"message": "404 Not found"}
    assert desk.mr("DELETE", "/draft_notes/5").status_code == 404


# -- merge requests -----------------------------------------------------------------------------------


def test_a_merge_request_says_what_it_compares(desk):
    """Base is where the branches parted, start the target's tip, head the source's; by path as by number."""
    found = desk.ask("GET", "/projects/pay%2Fledger/merge_requests/1").json()
    main, feature = desk.repo.resolve("main"), desk.repo.resolve("feature")
    base = desk.repo.merge_base(main, feature)
    assert found["diff_refs"] == {"base_sha": base, "start_sha": main, "head_sha": feature}
    assert (found["sha"], found["state"], found["source_branch"], found["target_branch"]) == (
        feature,
        "opened",
        "feature",
        "main",
    )
    assert desk.repo.resolve("refs/merge-requests/1/head") == feature


def test_the_diff_may_not_be_there_at_first(desk):
    """`diff_refs` null and no version, for as many reads as told."""
    number = desk.forge.open_pull_request("feature", "main", desk.dev, unready=1)
    path = f"/projects/42/merge_requests/{number}"
    assert desk.ask("GET", path + "/versions").json() == []
    assert desk.ask("GET", path).json()["diff_refs"] is None
    assert desk.ask("GET", path).json()["diff_refs"] is not None


def test_a_push_may_be_seen_late(desk):
    """`sha` is the new head at once, `diff_refs` a read later."""
    desk.forge.push_lag = 1
    head = desk.repo.commit("feature", {"same.txt": b"pushed\n"})
    desk.forge.push(1)
    late, now = desk.mr("GET").json(), desk.mr("GET").json()
    assert (late["sha"], now["sha"], now["diff_refs"]["head_sha"]) == (head, head, head)
    assert late["diff_refs"]["head_sha"] != head


def test_versions_are_newest_first(desk):
    """A push makes one, a target that moves does not; the old shas stay what they were."""
    before = desk.mr("GET", "/versions").json()
    desk.repo.commit("main", {"same.txt": b"moved on\n"})
    desk.forge.push(1)
    assert desk.mr("GET", "/versions").json() == before
    head = desk.repo.commit("feature", {"same.txt": b"pushed\n"})
    desk.forge.push(1)
    newest, older = desk.mr("GET", "/versions").json()
    assert (newest["head_commit_sha"], newest["start_commit_sha"]) == (head, desk.repo.resolve("main"))
    assert older == before[0]
    assert desk.mr("GET", f"/versions/{newest['id']}").json()["diffs"][0]["new_path"] == "app/gone.py"


def test_diffs_are_paged_and_large_ones_left_out(desk):
    """Two a page, with the files' flags; a collapsed file has no text."""
    first = desk.mr("GET", "/diffs", params={"per_page": 2})
    assert [each["deleted_file"] for each in first.json()] == [True, False]
    assert first.json()[1]["diff"].startswith("@@ -2,13 +2,11 @@")
    desk.repo.commit("feature", {"app/new.py": b"".join(b"line %d\n" % each for each in range(3000))})
    desk.forge.push(1)
    new = next(each for each in desk.mr("GET", "/diffs").json() if each["new_path"] == "app/new.py")
    assert (new["collapsed"], new["diff"], new["new_file"]) == (True, "", True)


# -- positions ----------------------------------------------------------------------------------------

RIGHT = [
    ("an added line", "app/main.py", {"new_line": 5}, b"LINE 5\n"),
    ("a removed line", "app/main.py", {"old_line": 10}, b"line 10\n"),
    ("an unchanged line", "app/main.py", {"old_line": 12, "new_line": 10}, b"line 12\n"),
    ("a new file", "app/new.py", {"new_line": 2}, b"second\n"),
    ("a deleted file", "app/gone.py", {"old_line": 2}, b"gone 2\n"),
    ("a file with CRLF", "win/crlf.txt", {"new_line": 6}, b"LINE 6\r\n"),
    ("the last line without an end", "text/no_end.txt", {"new_line": 3}, b"three and more"),
    (
        "a path of many alphabets",
        "text/\u00fcml\u00e4ut.txt",
        {"new_line": 2},
        "zw\u00e4i \U0001f600 !\n".encode(),
    ),
    ("a renamed file", "app/new_name.py", {"old_path": "app/old_name.py", "new_line": 10}, b"CHANGED 10\n"),
]


@pytest.mark.parametrize(("path", "lines", "text"), [row[1:] for row in RIGHT], ids=[row[0] for row in RIGHT])
def test_a_right_position(desk, path, lines, text):
    """A DiffNote on exactly that line, both as a thread and as a draft."""
    made = desk.post(desk.place(path, **lines))
    assert made.status_code == 201
    note = made.json()["notes"][0]
    assert (note["type"], note["resolvable"], note["resolved"]) == ("DiffNote", True, False)
    drafted = desk.draft(desk.place(path, **lines)).json()
    old, new = drafted["line_code"].split("_")[1:]
    assert drafted["line_code"].startswith(line_code(path, int(old), int(new)))
    assert desk.mr("POST", "/draft_notes/bulk_publish").status_code == 204
    threads = desk.forge.threads(1)
    assert [each["text_under_anchor"] for each in threads] == [text, text]
    assert desk.forge.violations == []


WRONG = [
    ("an added line with an old number", "app/main.py", {"new_line": 5, "old_line": 5}),
    ("an unchanged line by its new number alone", "app/main.py", {"new_line": 10}),
    ("an unchanged line with the wrong offset", "app/main.py", {"old_line": 12, "new_line": 12}),
    ("a new file with an old line", "app/new.py", {"new_line": 1, "old_line": 1}),
    ("a line far from every hunk", "app/main.py", {"old_line": 22, "new_line": 20}),
    ("a line that is not there", "app/main.py", {"new_line": 4000}),
    ("a file that did not change", "same.txt", {"new_line": 1, "old_line": 1}),
    ("a file that is not there", "nowhere.txt", {"new_line": 1}),
    ("a binary file", "bin/data.bin", {"new_line": 1}),
    ("an unknown head", "app/main.py", {"new_line": 5, "head_sha": "1" * 40}),
    ("a head that is a branch", "app/main.py", {"new_line": 5, "head_sha": "feature"}),
]


@pytest.mark.parametrize(("path", "lines"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_position(desk, path, lines):
    """400 with GitLab's words, and nothing is made."""
    made = desk.post(desk.place(path, **lines))
    assert (made.status_code, made.json()) == (400, {"message": NO_LINE})
    assert desk.forge.threads(1) == []


def test_a_position_without_a_line_or_a_path(desk):
    """Incomplete, in the model's words."""
    for place in (desk.place(), desk.place(new_line=5, old_path=None, new_path=None)):
        assert ':position=>["is incomplete"]' in desk.post(place).json()["message"]


def test_a_file_as_a_whole(desk):
    """`position_type` file needs no line."""
    assert desk.post(desk.place(position_type="file")).status_code == 201
    assert desk.forge.threads(1)[0]["last"] is None


def test_newer_gitlabs_unfold(desk):
    """Then an unchanged line far away is found by both its numbers, and only by the right ones."""
    desk.forge.positions.unfold = True
    assert desk.post(desk.place(old_line=22, new_line=20)).status_code == 201
    for wrong in ({"old_line": 22, "new_line": 21}, {"old_line": 400, "new_line": 400}):
        assert desk.post(desk.place(**wrong)).status_code == 400


def test_shas_of_no_version_are_a_violation(desk):
    """The classic mistake: the target's tip as base and start. GitLab takes it, and lines are others."""
    tip = desk.repo.resolve("main")
    place = desk.place(base_sha=tip, start_sha=tip)
    assert desk.post({**place, "old_line": 4, "new_line": 4}).status_code == 400  # the tip has a line more
    assert desk.post({**place, "old_line": 5, "new_line": 4}).status_code == 201
    assert "no version of the merge request" in desk.forge.violations[0]


def test_a_renamed_file_by_one_name_is_a_violation(desk):
    """GitLab then sees a new file: any of its lines looks added."""
    assert desk.post(desk.place("app/new_name.py", new_line=3)).status_code == 201
    assert "under both its names" in desk.forge.violations[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"base_sha": None}, "position[base_sha] is missing"),
        (
            {"base_sha": None, "position_type": None},
            "position[base_sha] is missing, position[position_type] is missing",
        ),
        ({"position_type": "line"}, "position[position_type] does not have a valid value"),
        ({"new_line": "five"}, "position[new_line] is invalid"),
        ({"line_range": [1, 2]}, "position[line_range] is invalid"),
        ({"line_range": {"start": {}}}, "position[line_range] is invalid"),
    ],
)
def test_positions_that_are_no_positions(desk, change, words):
    """Grape's words, before any model is asked."""
    made = desk.post(desk.place(**{"new_line": 5, **change}))
    assert (made.status_code, made.json()) == (400, {"error": words})


def test_unknown_keys_in_a_position(desk):
    """GitLab ignores them; here they are refused and remembered."""
    ends = {"start": {"line_code": "x", "kind": "new"}, "end": {}}
    assert desk.post(desk.place(new_line=5, newLine=5, line_range=ends)).status_code == 400
    assert "position[newLine], position[line_range][start][kind]" in desk.forge.violations[0]


def span(first, last, kinds=("new", "new"), path="app/main.py"):
    codes = [line_code(path, *each) for each in (first, last)]
    ends = [{"line_code": code, "type": kind} for code, kind in zip(codes, kinds, strict=True)]
    return {"start": ends[0], "end": ends[1]}


def test_several_lines(desk):
    """Unchanged, removed and added ones in one range; the position's own line is the last."""
    lines = span((4, 4), (6, 5), kinds=("old", "new"))
    assert desk.post(desk.place(new_line=5, line_range=lines)).status_code == 201
    lines = span((28, 26), (31, 29), kinds=(None, "new"))
    assert desk.post(desk.place(new_line=29, line_range=lines)).status_code == 201
    seen = [(each["first"], each["last"], each["text_under_anchor"]) for each in desk.forge.threads(1)]
    assert seen == [(4, 5, b"line 4\nLINE 5\n"), (26, 29, b"line 28\nline 29\nline 30\nadded a\n")]
    assert desk.forge.violations == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (span((4, 4), (5, 5), kinds=("old", "old")), "own line is not its last"),
        (span((1, 1), (6, 5), kinds=("old", "new")), "code of no line"),
        (span((4, 4), (6, 5), kinds=("new", "new")), "type 'new' for a line ' '"),
        (span((6, 6), (6, 5), kinds=("old", "new")), "start does not stand before end"),
        (span((4, 4), (6, 5), kinds=("old", "new"), path="other"), "code of no line"),
    ],
)
def test_a_wrong_range(desk, lines, words):
    """A violation always, since GitLab would show wrong lines without a word."""
    assert desk.post(desk.place(new_line=5, line_range=lines)).status_code == 400
    assert words in desk.forge.violations[0]


def test_a_form_is_read_as_rack_reads_it(desk):
    """Brackets nest; a position that cannot be nested is dropped without a word."""
    headers = {"PRIVATE-TOKEN": desk.token}
    nested = {f"position[{key}]": str(value) for key, value in desk.place(new_line=5).items()}
    made = desk.client.post(desk.merge + "/discussions", data={"body": "x", **nested}, headers=headers)
    assert made.json()["notes"][0]["type"] == "DiffNote"
    junk = {"body": "x", "position": "[object Object]", "position.new_line": "5"}
    made = desk.client.post(desk.merge + "/discussions", data=junk, headers=headers)
    assert (made.status_code, made.json()["notes"][0]["type"]) == (201, "DiscussionNote")


def test_positions_may_get_lost(desk):
    """The switch for a client's own guard: 201, but no line."""
    desk.forge.drops_positions = True
    note = desk.post(desk.place(new_line=5)).json()["notes"][0]
    assert (note["type"], "position" in note) == ("DiscussionNote", False)
    drafted = desk.draft(desk.place(new_line=5)).json()
    assert (drafted["line_code"], drafted["position"]["new_line"]) == (None, None)


# -- threads ------------------------------------------------------------------------------------------


def test_a_comment_and_a_thread_without_a_line(desk):
    """A note of its own is nothing to resolve; a thread is."""
    alone = desk.mr("POST", "/notes", {"body": "hello"}).json()
    thread = desk.mr("POST", "/discussions", {"body": "hello"}).json()
    assert (alone["type"], alone["resolvable"], "resolved" in alone) == (None, False, False)
    assert (thread["individual_note"], thread["notes"][0]["type"]) == (False, "DiscussionNote")
    listed = desk.mr("GET", "/discussions").json()
    assert [each["individual_note"] for each in listed] == [True, False]
    assert desk.mr("PUT", f"/discussions/{listed[0]['id']}", {"resolved": True}).status_code == 403


def test_pages_of_threads(desk):
    """Twenty unless told, a hundred at most; the headers say where the next is."""
    for number in range(23):
        desk.forge.say(desk.dev, 1, f"remark {number}")
    first = desk.mr("GET", "/discussions")
    second = desk.mr("GET", "/discussions", params={"page": first.headers["x-next-page"]})
    assert (len(first.json()), len(second.json())) == (20, 3)
    assert (second.headers["x-next-page"], second.headers["x-total"]) == ("", "23")
    assert 'rel="next"' in first.headers["link"]
    assert 'rel="next"' not in second.headers["link"]
    assert desk.mr("GET", "/discussions", params={"per_page": 500}).headers["x-per-page"] == "100"
    assert desk.mr("GET", "/discussions", params={"per_page": 0}).json() == {
        "error": "per_page has a value not allowed"
    }


def test_resolving_and_reopening(desk):
    """By whom, and both verbs of GitLab: the thread's and the note's."""
    thread = desk.post(desk.place(new_line=5)).json()
    path, note = f"/discussions/{thread['id']}", thread["notes"][0]["id"]
    assert desk.mr("PUT", path).json() == {"error": "resolved is missing"}
    done = desk.mr("PUT", path, {"resolved": True}).json()["notes"][0]
    assert (done["resolved"], done["resolved_by"]["id"]) == (True, desk.bot)
    opened = desk.mr("PUT", f"{path}/notes/{note}", {"resolved": False}).json()
    assert (opened["resolved"], opened["resolved_by"]) == (False, None)


def test_resolving_wants_a_developer_or_the_author(desk):
    """A reporter may not, unless the merge request is theirs."""
    thread = desk.forge.say(desk.dev, 1, "x", {"path": "app/main.py", "first": 5})
    stranger = desk.forge.add_token(desk.bot, {"api"}, role="reporter")
    author = desk.forge.add_token(desk.dev, {"api"}, role="reporter")
    found = desk.mr("PUT", f"/discussions/{thread}", {"resolved": True}, token=stranger)
    assert (found.status_code, found.json()) == (403, {"message": "403 Forbidden"})
    assert desk.mr("PUT", f"/discussions/{thread}", {"resolved": True}, token=author).status_code == 200


def test_a_reply_is_of_its_threads_kind(desk):
    """In a resolved thread it is born resolved, so that the thread stays so."""
    thread = desk.post(desk.place(new_line=5)).json()["id"]
    reply = desk.mr("POST", f"/discussions/{thread}/notes", {"body": "why?"}).json()
    assert (reply["type"], reply["resolved"], reply["position"]["new_line"]) == ("DiffNote", False, 5)
    desk.forge.resolve(desk.dev, thread)
    reply = desk.mr("POST", f"/discussions/{thread}/notes", {"body": "so"}).json()
    assert (reply["resolved"], reply["resolved_by"]["id"]) == (True, desk.bot)
    assert desk.forge.threads(1)[0]["state"] == "resolved"


def test_a_reply_to_a_comment_makes_it_a_thread(desk):
    """Of a comment that stood alone; a system note takes none."""
    alone = desk.forge.say(desk.dev, 1, "hello")
    assert desk.mr("POST", f"/discussions/{alone}/notes", {"body": "yes?"}).json()["type"] == "DiscussionNote"
    assert desk.mr("GET", f"/discussions/{alone}").json()["individual_note"] is False
    desk.repo.commit("feature", {"same.txt": b"x\n"})
    desk.forge.push(1)
    system = desk.mr("GET", "/discussions").json()[-1]
    found = desk.mr("POST", f"/discussions/{system['id']}/notes", {"body": "x"})
    assert found.json() == {"message": "400 Bad request - Discussion can not be replied to."}


def test_exactly_one_of_body_and_resolved(desk):
    """Both or neither is refused."""
    thread = desk.post(desk.place(new_line=5)).json()
    path = f"/discussions/{thread['id']}/notes/{thread['notes'][0]['id']}"
    assert desk.mr("PUT", path, {"body": "x", "resolved": True}).json() == {
        "error": "body, resolved are mutually exclusive"
    }
    words = "body, resolved are missing, exactly one parameter must be provided"
    assert desk.mr("PUT", path, {}).json() == {"error": words}
    assert desk.mr("PUT", path, {"body": "better"}).json()["body"] == "better"


def test_notes_are_their_authors(desk):
    """A developer changes nobody else's; a maintainer may, and the fake remembers."""
    thread = desk.forge.say(desk.dev, 1, "mine", {"path": "app/main.py", "first": 5})
    note = desk.mr("GET", f"/discussions/{thread}").json()["notes"][0]["id"]
    path = f"/discussions/{thread}/notes/{note}"
    assert desk.mr("PUT", path, {"body": "yours"}).status_code == 403
    assert desk.mr("DELETE", path).status_code == 403
    assert desk.forge.violations == []
    boss = desk.forge.add_token(desk.bot, {"api"}, role="maintainer")
    assert desk.mr("PUT", path, {"body": "yours"}, token=boss).status_code == 200
    assert f"changes note {note} of dora" in desk.forge.violations[0]


def test_deleting_the_only_note_ends_the_thread(desk):
    """204, and it is gone."""
    thread = desk.post(desk.place(new_line=5)).json()
    assert desk.mr("DELETE", f"/notes/{thread['notes'][0]['id']}").status_code == 204
    assert desk.mr("GET", f"/discussions/{thread['id']}").status_code == 404


def test_limits(desk):
    """A body's length, its emptiness, and how many comments there may be."""
    assert desk.mr("POST", "/notes", {"body": "x" * 1_000_000}).status_code == 201
    long = desk.mr("POST", "/notes", {"body": "x" * 1_000_001}).json()["message"]
    assert long == '400 Bad request - Note {:note=>["is too long (maximum is 1000000 characters)"]}'
    assert desk.mr("POST", "/notes", {"body": " "}).json()["message"].endswith('{:note=>["can\'t be blank"]}')
    assert desk.mr("POST", "/notes", {}).json() == {"error": "body is missing"}
    desk.forge.most_notes = 1
    full = desk.mr("POST", "/notes", {"body": "x"}).json()["message"]
    assert full == '400 Bad request - Note {:base=>["Maximum number of comments exceeded"]}'


def test_too_many_notes_in_a_minute(desk):
    """429, with the seconds to wait."""
    desk.forge.note_rate.most = 2
    answers = [desk.mr("POST", "/notes", {"body": "x"}) for _ in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 429]
    assert 1 <= int(answers[2].headers["retry-after"]) <= 60
    assert len(desk.forge.threads(1)) == 2


# -- drafts -------------------------------------------------------------------------------------------


def test_drafts_are_seen_by_their_author_alone(desk):
    """Listed, shown and deleted by nobody else."""
    mine = desk.draft(desk.place(new_line=5)).json()
    other = desk.forge.leave_draft(desk.dev, 1, "dora's")
    assert [each["id"] for each in desk.mr("GET", "/draft_notes").json()] == [mine["id"]]
    assert desk.mr("GET", f"/draft_notes/{other}").status_code == 404
    assert desk.mr("DELETE", f"/draft_notes/{other}").status_code == 404
    assert desk.forge.threads(1) == []
    assert desk.mr("DELETE", f"/draft_notes/{mine['id']}").status_code == 204


def test_publishing_takes_every_own_draft(desk):
    """Leftovers of a run that died too, and nobody else's."""
    desk.forge.leave_draft(desk.bot, 1, "leftover", {"path": "app/main.py", "first": 5})
    desk.forge.leave_draft(desk.dev, 1, "dora's")
    desk.draft(desk.place("app/new.py", new_line=1), "new")
    published = desk.mr("POST", "/draft_notes/bulk_publish")
    assert (published.status_code, published.content) == (204, b"")
    assert [each["bodies"] for each in desk.forge.threads(1)] == [["leftover"], ["new"]]
    assert len(desk.forge.pulls[1].drafts) == 1


def test_a_draft_on_no_line_is_taken_and_lost(desk):
    """201 with no line code; publishing says 204 and there is no comment."""
    made = desk.draft(desk.place(new_line=4000))
    assert (made.status_code, made.json()["line_code"]) == (201, None)
    desk.draft(desk.place(new_line=5), "good")
    assert desk.mr("POST", "/draft_notes/bulk_publish").status_code == 204
    assert [each["bodies"] for each in desk.forge.threads(1)] == [["good"]]
    assert "was lost when it was published" in desk.forge.violations[0]


def test_a_gitlab_that_checks_drafts(desk):
    """400 with the model's errors as JSON, and no draft."""
    desk.forge.checks_drafts = True
    made = desk.draft(desk.place(new_line=4000))
    errors = {"line_code": ["can't be blank", "must be a valid line code"]}
    assert (made.status_code, made.json()) == (400, {"message": errors})
    assert desk.mr("GET", "/draft_notes").json() == []


def test_one_draft_at_a_time(desk):
    """Publishing one leaves the others; changing one without its position takes that away."""
    first = desk.draft(desk.place(new_line=5), "first").json()["id"]
    second = desk.draft(desk.place(new_line=5), "second").json()["id"]
    assert desk.mr("PUT", f"/draft_notes/{first}/publish").status_code == 204
    assert [each["bodies"] for each in desk.forge.threads(1)] == [["first"]]
    assert desk.mr("PUT", f"/draft_notes/{second}", {}).status_code == 400
    assert (
        desk.mr("PUT", f"/draft_notes/{second}", {"note": "changed"}).json()["position"]["new_line"] is None
    )


def test_a_draft_may_answer_and_resolve(desk):
    """Without the flag it opens the thread again."""
    thread = desk.forge.say(desk.dev, 1, "x", {"path": "app/main.py", "first": 5})
    assert desk.draft(None, "done", in_reply_to_discussion_id="nowhere").json()["message"]["base"]
    desk.draft(None, "done", in_reply_to_discussion_id=thread, resolve_discussion=True)
    desk.mr("POST", "/draft_notes/bulk_publish")
    assert (desk.forge.threads(1)[0]["state"], desk.forge.threads(1)[0]["bodies"]) == (
        "resolved",
        ["x", "done"],
    )
    desk.draft(None, "not done", in_reply_to_discussion_id=thread)
    desk.mr("POST", "/draft_notes/bulk_publish")
    assert desk.forge.threads(1)[0]["state"] == "open"


def test_a_draft_may_not_answer_everything(desk):
    """No system note; and only who may resolve a thread may announce it."""
    desk.repo.commit("feature", {"same.txt": b"x\n"})
    desk.forge.push(1)
    system = desk.mr("GET", "/discussions").json()[0]["id"]
    found = desk.draft(None, "x", in_reply_to_discussion_id=system)
    assert found.json() == {"message": {"base": ["Replies to system notes are not allowed"]}}
    words = {"message": {"base": ["User is not allowed to resolve thread"]}}
    assert desk.draft(None, "x", resolve_discussion=True).json() == words
    thread = desk.forge.say(desk.dev, 1, "x", {"path": "app/main.py", "first": 5})
    body = {"note": "x", "in_reply_to_discussion_id": thread, "resolve_discussion": True}
    reporter = desk.forge.add_token(desk.bot, {"api"}, role="reporter")
    assert desk.mr("POST", "/draft_notes", body, token=reporter).json() == words
    assert desk.mr("GET", "/draft_notes").json() == []


def test_publishing_that_fails_after_the_work(desk):
    """500, and the comments stand."""
    desk.draft(desk.place(new_line=5))
    desk.forge.faults.append(Fault("POST", "bulk_publish", "500", after_effect=True))
    assert desk.mr("POST", "/draft_notes/bulk_publish").status_code == 500
    assert len(desk.forge.threads(1)) == 1


# -- pushes -------------------------------------------------------------------------------------------


def test_a_push_is_told_by_a_system_note(desk):
    """It stands among the threads, and nobody may change it."""
    desk.repo.commit("feature", {"same.txt": b"x\n"})
    desk.forge.push(1)
    listed = desk.mr("GET", "/discussions").json()
    note = listed[0]["notes"][0]
    assert (note["system"], note["resolvable"], note["type"]) == (True, False, None)
    assert note["body"].startswith("added 1 commit\n")
    boss = desk.forge.add_token(desk.bot, {"api"}, role="owner")
    assert desk.mr("PUT", f"/notes/{note['id']}", {"body": "x"}, token=boss).status_code == 403
    assert desk.forge.threads(1) == []


def test_comments_move_with_their_lines(desk):
    """Single lines and ranges, to the newest version, on the same text."""
    desk.post(desk.place(new_line=5))
    desk.post(desk.place(new_line=5, line_range=span((4, 4), (6, 5), kinds=("old", "new"))))
    desk.post(desk.place(old_line=10))
    texts = [each["text_under_anchor"] for each in desk.forge.threads(1)]
    desk.repo.commit("feature", {"app/main.py": b"top\n" * 3 + desk.repo.blob("feature", "app/main.py")})
    desk.forge.push(1)
    after = desk.forge.threads(1)
    assert [each["text_under_anchor"] for each in after] == texts
    assert [(each["first"], each["last"]) for each in after] == [(8, 8), (7, 8), (10, 10)]
    head = desk.repo.resolve("feature")
    shas = [each["notes"][0]["position"]["head_sha"] for each in desk.mr("GET", "/discussions").json()[:3]]
    assert shas == [head] * 3


def test_a_comment_on_a_line_that_went(desk):
    """It keeps its old place, and the forge says so inside of the thread."""
    thread = desk.post(desk.place(new_line=5)).json()
    desk.repo.commit(
        "feature", {"app/main.py": desk.repo.blob("feature", "app/main.py").replace(b"LINE 5", b"other")}
    )
    desk.forge.push(1)
    first, remark = desk.mr("GET", f"/discussions/{thread['id']}").json()["notes"]
    assert first["position"] == thread["notes"][0]["position"]
    assert (remark["system"], remark["resolvable"]) == (True, False)
    assert desk.forge.threads(1)[0]["bodies"] == ["a remark"]


def test_a_range_that_lost_its_first_line(desk):
    """It is outdated as a whole."""
    desk.post(desk.place(new_line=5, line_range=span((4, 4), (6, 5), kinds=("old", "new"))))
    before = desk.forge.threads(1)
    desk.repo.commit(
        "feature", {"app/main.py": desk.repo.blob("feature", "app/main.py").replace(b"line 4\n", b"four\n")}
    )
    desk.forge.push(1)
    assert desk.forge.threads(1) == before
    assert desk.mr("GET", "/discussions").json()[0]["notes"][1]["system"]


def test_a_position_on_an_older_version_moves_at_once(desk):
    """The head moved between reading and posting: taken, and shown where the line is now."""
    place = desk.place(new_line=5)
    desk.repo.commit("feature", {"app/main.py": b"top\n" + desk.repo.blob("feature", "app/main.py")})
    desk.forge.push(1)
    note = desk.post(place).json()["notes"][0]
    assert note["position"]["new_line"] == 6
    assert desk.forge.violations == []


def test_the_head_moves_at_a_request(desk):
    """Between two requests of a client, without its doing."""
    other = desk.repo.commit("other", {"same.txt": b"x\n"}, parents=(desk.repo.resolve("feature"),))
    desk.forge.move_head_at(r"POST .*/notes", other)
    before = desk.mr("GET").json()["sha"]
    desk.mr("POST", "/notes", {"body": "x"})
    after = desk.mr("GET").json()
    assert before != other
    assert (after["sha"], after["diff_refs"]["head_sha"]) == (other, other)


def test_another_target(desk):
    """A new version against it, and a system note."""
    desk.repo.set_branch("release", desk.repo.merge_base("main", "feature"))
    desk.forge.retarget(1, "release")
    found = desk.mr("GET").json()
    assert found["target_branch"] == "release"
    assert found["diff_refs"]["start_sha"] == found["diff_refs"]["base_sha"]
    assert len(desk.mr("GET", "/versions").json()) == 2


# -- text ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "/merge",
        "fine\n\n/approve\n",
        "a paragraph\n/close now\nmore",
        "x\n\r/merge",
        "/LABEL ~bug",
        "~~~\n/merge\n~~~",  # the older generation knows no other fence than ```
        "  ```\n/merge\n  ```",
        "<details>\n\n/merge\n\n</details>",  # raw HTML of its own is excluded only without blank lines
        "> quote\n\n/assign me",
    ],
)
def test_commands_are_executed(desk, body):
    """By either generation of GitLab; what is left of the text is kept, and the fake remembers."""
    desk.mr("POST", "/discussions", {"body": body})
    assert desk.forge.pulls[1].executed != []
    assert desk.forge.violations[0].startswith("quick action executed: /")


@pytest.mark.parametrize(
    "body",
    [
        "a /merge in a line",
        " /merge after a space",
        "/etc/passwd is a path",
        "/mergers are no command",
        "```\n/merge\n```",
        "&#47;merge",
        "`x`\n\n- /merge",
        ">>>\n> x\n/merge\n>>>",  # quoted for the one by its signs, for the other by Markdown's
    ],
)
def test_what_is_no_command(desk, body):
    """Text that only looks like one comes back as it was."""
    made = desk.mr("POST", "/notes", {"body": body}).json()
    assert (made["body"], desk.forge.violations) == (body, [])


def test_a_note_of_commands_alone_is_none(desk):
    """202, and no note; in an edited note and in a draft too they are executed."""
    assert desk.mr("POST", "/notes", {"body": "/merge"}).status_code == 202
    assert desk.forge.threads(1) == []
    thread = desk.mr("POST", "/discussions", {"body": "x"}).json()
    desk.mr("PUT", f"/notes/{thread['notes'][0]['id']}", {"body": "x\n/approve"})
    desk.draft(desk.place(new_line=5), "x\n/close")
    assert desk.forge.pulls[1].executed == ["/merge", "/approve"]
    desk.mr("POST", "/draft_notes/bulk_publish")
    assert desk.forge.pulls[1].executed == ["/merge", "/approve", "/close"]


def test_people_may_give_commands(desk):
    """Executed all the same, and no violation."""
    desk.forge.say(desk.dev, 1, "/approve\nfine")
    assert desk.forge.pulls[1].executed == ["/approve"]
    assert desk.forge.violations == []


def test_links_may_name_another_address(desk):
    """As behind a proxy: a client must not follow them out."""
    desk.forge.external_url = "https://git.bank.example"
    for number in range(2):
        desk.forge.say(desk.dev, 1, f"remark {number}")
    link = desk.mr("GET", "/discussions", params={"per_page": 1}).headers["link"]
    assert link.startswith("<https://git.bank.example/api/v4/projects/42/merge_requests/1/discussions?")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```suggestion\nx\n```", [(0, 0, "x")]),
        ("```suggestion:-1+2\nx\ny\n```", [(1, 2, "x\ny")]),
        ("````suggestion:-0+0\n```\nq\n```\n````", [(0, 0, "```\nq\n```")]),
        ("~~~suggestion\na < b && c\n~~~", [(0, 0, "a < b && c")]),
        ("```suggestion:-1\na\n```\n\n```suggestion:+3\nb\n```", [(1, 0, "a"), (0, 3, "b")]),
        ("```suggestion:-500+0\nx\n```", [(100, 0, "x")]),
        ("```suggestion:1+2\nx\n```", [(0, 0, "x")]),
        ("```suggestions\nx\n```", []),
        ("```suggestion\n\n\nx\n```", [(0, 0, "\n\nx")]),
        ("```suggestion\n```", [(0, 0, "")]),
    ],
)
def test_suggestions_in_a_text(text, expected):
    """Fences and offsets as GitLab reads them."""
    assert [(each.above, each.below, each.text) for each in gitlab_markdown.suggestions(text)] == expected


def suggest(desk, path, lines, body):
    return desk.post(desk.place(path, **lines), body).json()["id"]


def test_applying_replaces_whole_lines(desk):
    r"""Lines around the anchor; the last one's end is kept, inner ones are joined by `\n`."""
    thread = suggest(desk, "app/new.py", {"new_line": 2}, "```suggestion:-1+1\none\ntwo\n```")
    assert desk.forge.apply_suggestion(1, thread) == b"one\ntwo\n"
    thread = suggest(desk, "win/crlf.txt", {"new_line": 6}, "```suggestion\na\nb\n```")
    assert b"line 5\r\na\nb\r\nline 7\r\n" in desk.forge.apply_suggestion(1, thread)
    thread = suggest(desk, "text/no_end.txt", {"new_line": 3}, "```suggestion\nend\n```")
    assert desk.forge.apply_suggestion(1, thread) == b"one\nTWO\nend"


@pytest.mark.parametrize("block", ["```suggestion\n```", "```suggestion\n\n```", "```suggestion\n  \n```"])
def test_applying_blank_text_takes_lines_out(desk, block):
    """Even one empty line cannot be suggested alone: blank is blank."""
    thread = suggest(desk, "app/new.py", {"new_line": 2}, block)
    assert desk.forge.apply_suggestion(1, thread) == b"first\nthird\n"


def test_what_cannot_be_applied(desk):
    """No change, on a removed line, twice, after a push, none at all."""
    same = suggest(desk, "app/new.py", {"new_line": 2}, "```suggestion\nsecond\n```")
    with pytest.raises(ValueError, match="already matches its content"):
        desk.forge.apply_suggestion(1, same)
    removed = suggest(desk, "app/main.py", {"old_line": 10}, "```suggestion\nx\n```")
    with pytest.raises(ValueError, match="offers no such"):
        desk.forge.apply_suggestion(1, removed)
    two = suggest(desk, "app/new.py", {"new_line": 2}, "```suggestion\nx\n```\n```suggestion\ny\n```")
    assert desk.forge.apply_suggestion(1, two, index=1) == b"first\ny\nthird\n"
    with pytest.raises(ValueError, match="Can't apply this"):
        desk.forge.apply_suggestion(1, two, index=1)
    desk.repo.commit("feature", {"app/new.py": b"first\nchanged\nthird\n"})
    desk.forge.push(1)
    with pytest.raises(ValueError, match="in a more recent version"):
        desk.forge.apply_suggestion(1, two)


# -- statuses -----------------------------------------------------------------------------------------


def test_statuses_of_a_commit(desk):
    """A new one each time once the last is finished; the list has the latest of each name."""
    head = desk.repo.resolve("feature")
    path, listed = f"/projects/42/statuses/{head}", f"/projects/42/repository/commits/{head}/statuses"
    for state in ("success", "failed", "failed"):
        made = desk.ask("POST", path, {"state": state, "name": "reviewbot", "description": "said"})
        assert (made.status_code, made.json()["status"], made.json()["author"]["id"]) == (
            201,
            state,
            desk.bot,
        )
    found = desk.ask("GET", listed, params={"name": "reviewbot"}).json()
    assert [(each["status"], each["name"], each["description"]) for each in found] == [
        ("failed", "reviewbot", "said")
    ]
    assert len(desk.ask("GET", listed, params={"all": "true"}).json()) == 3
    assert desk.ask("GET", listed, params={"name": "other"}).json() == []
    assert [(each["state"], each["source"]) for each in desk.forge.statuses(head)] == [("failed", "external")]


def test_transitions_of_a_status(desk):
    """What runs may not be said to run again; the words are GitLab's."""
    path = f"/projects/42/statuses/{desk.repo.resolve('feature')}"
    states = ["pending", "pending", "running", "running", "success", "running"]
    answers = [desk.ask("POST", path, {"state": state}) for state in states]
    assert [each.status_code for each in answers] == [201, 400, 201, 400, 201, 201]
    words = 'Cannot transition status via :run from :running (Reason(s): Status cannot transition via "run")'
    assert answers[3].json() == {"message": words}


def test_a_status_is_its_users(desk):
    """Another account's running status of the same name is left alone: one more stands beside it."""
    path = f"/projects/42/statuses/{desk.repo.resolve('feature')}"
    other = desk.forge.add_token(desk.dev, {"api"})
    first = desk.ask("POST", path, {"state": "running"}, token=other).json()
    second = desk.ask("POST", path, {"state": "success"}).json()
    assert (first["id"] != second["id"], second["author"]["id"]) == (True, desk.bot)


def test_what_no_status_takes(desk):
    """States, texts, addresses, commits and pipelines that are not."""
    head = desk.repo.resolve("feature")
    path = f"/projects/42/statuses/{head}"
    assert desk.ask("POST", path, {}).json() == {"error": "state is missing"}
    assert desk.ask("POST", path, {"state": "good"}).json() == {"error": "state does not have a valid value"}
    long = desk.ask("POST", path, {"state": "success", "description": "x" * 256})
    assert long.json()["message"]["description"] == ["is too long (maximum is 255 characters)"]
    assert desk.ask("POST", path, {"state": "success", "target_url": "javascript:x"}).status_code == 400
    unknown = desk.ask("POST", f"/projects/42/statuses/{'1' * 40}", {"state": "success"})
    assert unknown.json() == {"message": "404 Commit Not Found"}
    pipeline = desk.ask("POST", path, {"state": "success", "pipeline_id": 7})
    assert pipeline.json() == {"message": "404 Pipeline for pipeline_id, sha and ref Not Found"}
    assert desk.forge.statuses(head) == []


def test_a_status_joins_the_pipeline_that_is_there(desk):
    """By its number, or as the newest of the commit."""
    head = desk.repo.resolve("feature")
    first = desk.forge.add_pipeline(head, "refs/merge-requests/1/head")
    second = desk.forge.add_pipeline(head, "feature")
    path = f"/projects/42/statuses/{head}"
    assert desk.ask("POST", path, {"state": "success", "pipeline_id": first}).json()["pipeline_id"] == first
    assert desk.ask("POST", path, {"state": "success"}).json()["pipeline_id"] == second


# -- other clients ------------------------------------------------------------------------------------


def test_python_gitlab_gets_along(desk):
    """An independent client reads, drafts, publishes, replies, resolves and sets a status."""
    client = gitlab.Gitlab(desk.forge.url, private_token=desk.token, timeout=10)
    client.session.trust_env = False
    client.auth()
    project = client.projects.get("pay/ledger")
    merge = project.mergerequests.get(1)
    for line in (5, 29):
        merge.draft_notes.create({"note": f"on {line}", "position": desk.place(new_line=line)})
    assert len(merge.draft_notes.list(get_all=True)) == 2
    merge.draft_notes.bulk_publish()
    merge.notes.create({"body": "summary"})
    for number in range(25):
        desk.forge.say(desk.dev, 1, f"remark {number}")
    threads = merge.discussions.list(iterator=True, per_page=10)
    first = next(iter(threads))
    assert len(list(threads)) + 1 == 28
    first.notes.create({"body": "a reply"})
    first.resolved = True
    first.save()
    seen = desk.forge.threads(1)[0]
    assert (seen["state"], seen["bodies"]) == ("resolved", ["on 5", "a reply"])
    project.commits.get(merge.sha, lazy=True).statuses.create({"state": "success", "name": "reviewbot"})
    assert [version.head_commit_sha for version in merge.diffs.list(get_all=True)] == [merge.sha]
    with pytest.raises(gitlab.exceptions.GitlabCreateError, match="must be a valid line code"):
        merge.discussions.create({"body": "x", "position": desk.place(new_line=4000)})
    assert desk.forge.violations == []
    client.session.close()
    assert desk.forge.complaints() in (None, [])


@pytest.mark.skipif(specs.folder() is None, reason=specs.ABSENT)
def test_the_descriptions_see_a_wrong_request(desk):
    """A draft with a misspelt key, a status with a wrong state, an address that is not described."""
    desk.draft(None, "x", resolved=True)
    desk.ask("POST", f"/projects/42/statuses/{desk.repo.resolve('feature')}", {"state": "good"})
    desk.mr("POST", "/merge")
    assert len(desk.forge.complaints()) == 3


@pytest.mark.skipif(specs.folder() is None, reason=specs.ABSENT)
def test_answers_have_the_described_keys(desk):
    """Every key of a described answer is one that GitLab's description knows."""
    described = specs.Specs.load("gitlab-v2.json")
    head = desk.repo.resolve("feature")
    answers = {
        "API_Entities_DraftNote": desk.draft(desk.place(new_line=5)).json(),
        "API_Entities_CommitStatus": desk.ask(
            "POST", f"/projects/42/statuses/{head}", {"state": "success"}
        ).json(),
        "API_Entities_MergeRequestDiff": desk.mr("GET", "/versions").json()[0],
        "API_Entities_MergeRequest": desk.mr("GET").json(),
    }
    for name, answer in answers.items():
        assert set(answer) <= set(described.document["definitions"][name]["properties"]), name
    newer = {"collapsed", "too_large"}  # of releases after the description's
    diff = set(desk.mr("GET", "/diffs").json()[0])
    assert diff - newer == set(described.document["definitions"]["API_Entities_Diff"]["properties"])
