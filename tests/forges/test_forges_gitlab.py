"""GitLab's adapter against the fake, and against answers that no GitLab gives."""

import pytest
from fakes.gitlab import FakeGitLab
from fakes.wire import Fault

from reviewbot.domain.anchor import Anchor, Line, Side
from reviewbot.domain.forge import Post, Status, StatusState, SuggestionStyle, ThreadState
from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.errors import DeniedError, ForgeError, UncertainWriteError
from reviewbot.forges import gitlab
from reviewbot.forges.base import Access

NAME = "reviewbot"
PATIENT = NetworkPolicy(connect_s=5.0, idle_s=30.0)
QUICK = NetworkPolicy(connect_s=5.0, idle_s=0.7)
MERGE = "/projects/42/merge_requests"


class Scene:
    """A fake GitLab with a merge request, people, and the adapter of our bot."""

    def __init__(self, fake, repo):
        self.fake = fake
        self.repo = repo
        self.author = fake.add_user("ann")
        self.bot = fake.add_user("reviewbot", is_bot=True)
        self.token = fake.add_token(self.bot, {"api"})
        self.number = fake.open_pull_request("feature", "main", self.author)
        self.waits = []
        self.forge = self.connect()

    def connect(self, *, token=None, kind="private", network=PATIENT, **more):
        access = Access(token or self.token, "REVIEWBOT_FORGE_TOKEN", kind, network)
        ref = PullRef(ForgeKind.GITLAB, f"{self.fake.url}/api/v4", "42", self.number)
        return gitlab.connect(ref, access, status_name=NAME, sleep=self.waits.append, **more)

    def anchor(self, path, side, first, last=None):
        """An anchor as the diff of the merge request numbers its lines."""
        base, head = self.repo.merge_base("main", "feature"), self.repo.resolve("feature")
        file = self.repo.change(base, head, path)
        lines = {line.new if side is Side.NEW else line.old: line for line in file.lines}
        ends = [
            Line(each.old, each.new, each.old_at, each.new_at)
            for each in (lines[first], lines[last or first])
        ]
        return Anchor(file.new_path, file.old_path, side, *ends, width=3)

    def post(self, *anchors, pull=None):
        posts = [Post(f"k{index}", anchor, f"comment {index}") for index, anchor in enumerate(anchors)]
        return self.forge.post(pull or self.forge.pull_request(), posts)


@pytest.fixture
def scene(forge_repo):
    with FakeGitLab(forge_repo.path) as fake:
        scene = Scene(fake, forge_repo)
        yield scene
        scene.forge.close()
        assert fake.violations == []


def threads_at(scene):
    return [each for each in scene.fake.threads(scene.number) if each["path"]]


# -- the merge request -----------------------------------------------------------------------------


def test_the_merge_request_says_what_its_diff_is_made_of(scene):
    pull = scene.forge.pull_request()
    main, feature = scene.repo.resolve("main"), scene.repo.resolve("feature")
    assert pull.head == feature
    assert pull.diff_base == scene.repo.merge_base(main, feature)
    assert pull.target_branch == "main"
    assert pull.is_open


def test_each_reading_is_a_new_one(scene):
    before = scene.forge.pull_request()
    scene.repo.commit("feature", {"more.txt": b"more\n"})
    scene.fake.push(scene.number)
    after = scene.forge.pull_request()
    assert (after.head, before.head) == (scene.repo.resolve("feature"), before.head)
    assert after.head != before.head


# -- inline comments -------------------------------------------------------------------------------

PLACES = {
    "added": ("app/main.py", Side.NEW, 29, 30),
    "changed": ("app/main.py", Side.NEW, 5, None),
    "removed": ("app/main.py", Side.OLD, 10, 11),
    "unchanged": ("app/main.py", Side.NEW, 7, None),
    "from unchanged to added": ("app/main.py", Side.NEW, 27, 30),
    "new file": ("app/new.py", Side.NEW, 1, 3),
    "deleted file": ("app/gone.py", Side.OLD, 1, 5),
    "renamed file": ("app/new_name.py", Side.NEW, 10, None),
    "renamed file, unchanged": ("app/new_name.py", Side.NEW, 8, 12),
    "CRLF": ("win/crlf.txt", Side.NEW, 6, 7),
    "no line end": ("text/no_end.txt", Side.NEW, 2, 3),
    "a name with accents": ("text/\u00fcml\u00e4ut.txt", Side.NEW, 2, None),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
def test_a_comment_stands_on_its_lines(scene, place):
    path, side, first, last = place
    assert scene.post(scene.anchor(*place)) == ()
    (thread,) = threads_at(scene)
    assert (thread["first"], thread["last"]) == (first, last or first)
    assert thread["side"] == side
    (listed,) = scene.forge.conversation(scene.forge.pull_request()).threads
    assert listed.path == path
    assert [comment.body for comment in listed.comments] == ["comment 0"]


def test_each_displayed_line_takes_a_comment(scene):
    base, head = scene.repo.merge_base("main", "feature"), scene.repo.resolve("feature")
    anchors = [
        scene.anchor(
            file.new_path,
            Side.OLD if line.new is None else Side.NEW,
            line.old if line.new is None else line.new,
        )
        for file in scene.repo.diff(base, head)
        for line in file.lines
    ]
    assert scene.post(*anchors) == ()
    places = [(each["path"], each["side"], each["first"]) for each in threads_at(scene)]
    assert places == [
        (each.old_path, "old", each.last.old) if each.side is Side.OLD else (each.path, "new", each.last.new)
        for each in anchors
    ]


def test_comments_go_out_together_and_in_order(scene):
    anchors = [scene.anchor("app/new.py", Side.NEW, line) for line in (1, 2, 3)]
    pull = scene.forge.pull_request()
    scene.forge.conversation(pull)
    before = len(scene.fake.requests())
    assert scene.post(*anchors, pull=pull) == ()
    methods = [(method, path.rpartition("/")[2]) for method, path in scene.fake.requests()[before:]]
    assert methods == [("GET", "draft_notes"), *[("POST", "draft_notes")] * 3, ("POST", "bulk_publish")]
    assert [each["bodies"] for each in threads_at(scene)] == [["comment 0"], ["comment 1"], ["comment 2"]]


def far(scene):
    """An unchanged line far from every hunk: our anchors never name one, GitLab's diff has none such."""
    line = Line(20, 18, 20, 18)
    return Anchor("app/main.py", "app/main.py", Side.NEW, line, line, 3)


@pytest.mark.parametrize("checks", [False, True])
def test_one_bad_place_costs_only_its_own_comment(scene, checks):
    scene.fake.checks_drafts = checks
    good = [scene.anchor("app/new.py", Side.NEW, line) for line in (1, 2, 3)]
    (refused,) = scene.post(good[0], far(scene), *good[1:])
    assert (refused.key, refused.why) == ("k1", "GitLab does not find these lines in its diff")
    assert [each["first"] for each in threads_at(scene)] == [1, 2, 3]
    assert scene.fake.pulls[scene.number].drafts == []


@pytest.mark.parametrize("checks", [False, True])
def test_only_bad_places_publish_nothing(scene, checks):
    scene.fake.checks_drafts = checks
    assert len(scene.post(far(scene), far(scene))) == 2
    assert not any(path.endswith("bulk_publish") for _, path in scene.fake.requests())


def test_comments_without_their_place_are_never_published(scene):
    scene.fake.drops_positions = True
    (refused,) = scene.post(scene.anchor("app/new.py", Side.NEW, 1))
    assert refused.why == "GitLab took the comment without its place"
    assert scene.fake.threads(scene.number) == []
    assert scene.fake.pulls[scene.number].drafts == []


@pytest.mark.parametrize("paged", [False, True])
def test_drafts_of_a_run_that_died_are_not_published(scene, paged):
    scene.fake.pages_drafts = paged
    for index in range(101):
        scene.fake.leave_draft(scene.bot, scene.number, f"left {index}")
    other = scene.fake.leave_draft(scene.author, scene.number, "not ours")
    scene.post(scene.anchor("app/new.py", Side.NEW, 1))
    assert [each["bodies"] for each in scene.fake.threads(scene.number)] == [["comment 0"]]
    assert [draft.id for draft in scene.fake.pulls[scene.number].drafts] == [other]


def test_a_comment_on_a_version_that_is_no_longer_the_newest_is_taken(scene):
    pull = scene.forge.pull_request()
    anchor = scene.anchor("app/new.py", Side.NEW, 2)
    scene.repo.commit("feature", {"more.txt": b"more\n"})
    scene.fake.push(scene.number)
    assert scene.post(anchor, pull=pull) == ()
    assert len(threads_at(scene)) == 1


def test_the_target_moving_on_does_not_move_comments(scene):
    scene.repo.commit("main", {"app/main.py": b"foreign\nforeign\n" + scene.repo.blob("main", "app/main.py")})
    scene.fake.push(scene.number)
    assert scene.post(scene.anchor("app/main.py", Side.NEW, 29, 30)) == ()
    assert threads_at(scene)[0]["text_under_anchor"] == b"added a\nadded b\n"


# -- the conversation ------------------------------------------------------------------------------


def test_the_conversation_is_what_people_and_we_said(scene):
    fake = scene.fake
    scene.post(scene.anchor("app/main.py", Side.OLD, 10))
    scene.forge.post_general(scene.forge.pull_request(), "summary")
    (inline,) = threads_at(scene)
    fake.reply(scene.author, inline["id"], "fixed")
    fake.resolve(scene.author, inline["id"])
    fake.say(scene.author, scene.number, "hello")
    scene.repo.commit("feature", {"more.txt": b"more\n"})
    fake.push(scene.number)
    found = scene.forge.conversation(scene.forge.pull_request())
    assert found.me == str(scene.bot)
    first, second, third = found.threads
    assert (first.path, first.state, first.resolver) == (
        "app/main.py",
        ThreadState.RESOLVED,
        str(scene.author),
    )
    assert [(each.author, each.body) for each in first.comments] == [
        (str(scene.bot), "comment 0"),
        (str(scene.author), "fixed"),
    ]
    assert (second.path, second.state, second.resolver) == (None, ThreadState.OPEN, None)
    assert [each.comments[0].body for each in (second, third)] == ["summary", "hello"]


def test_all_threads_are_listed_through_all_pages(scene):
    for index in range(205):
        scene.fake.say(scene.author, scene.number, f"word {index}")
    threads = scene.forge.conversation(scene.forge.pull_request()).threads
    assert [each.comments[0].body for each in threads] == [f"word {index}" for index in range(205)]


def test_pages_are_read_from_the_address_that_was_given(scene):
    scene.fake.external_url = "https://public.example"
    for index in range(101):
        scene.fake.say(scene.author, scene.number, f"word {index}")
    assert len(scene.forge.conversation(scene.forge.pull_request()).threads) == 101


def test_our_threads_can_be_edited_answered_resolved_and_reopened(scene):
    pull = scene.forge.pull_request()
    scene.post(scene.anchor("app/new.py", Side.NEW, 1))

    def ours():
        return scene.forge.conversation(pull).threads[0]

    thread = ours()
    scene.forge.edit(pull, thread, thread.comments[0], "better")
    scene.forge.reply(pull, thread, "still there")
    assert [each.body for each in ours().comments] == ["better", "still there"]
    scene.forge.resolve(pull, thread)
    assert (ours().state, ours().resolver) == (ThreadState.RESOLVED, str(scene.bot))
    scene.forge.reopen(pull, thread)
    assert ours().state is ThreadState.OPEN


def test_the_summary_is_edited_in_place(scene):
    pull = scene.forge.pull_request()
    scene.forge.post_general(pull, "one")
    (thread,) = scene.forge.conversation(pull).threads
    scene.forge.edit(pull, thread, thread.comments[0], "two")
    (seen,) = scene.fake.threads(scene.number)
    assert (seen["bodies"], seen["kind"]) == (["two"], None)


# -- the status ------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", StatusState)
def test_the_status_is_set_and_read(scene, state):
    pull = scene.forge.pull_request()
    assert scene.forge.status(pull) is None
    wanted = Status(state, "2 errors in 3 files")
    scene.forge.set_status(pull, wanted)
    assert scene.forge.status(pull) == wanted
    scene.forge.set_status(pull, Status(StatusState.SUCCESS, "clean"))
    assert scene.forge.status(pull) == Status(StatusState.SUCCESS, "clean")


def test_the_status_joins_the_pipeline_of_the_run(scene):
    pull = scene.forge.pull_request()
    first = scene.fake.add_pipeline(pull.head, "refs/merge-requests/1/head")
    scene.fake.add_pipeline(pull.head, "feature", "push")
    forge = scene.connect(pipeline_id=first)
    forge.set_status(pull, Status(StatusState.FAILURE, "2 errors"))
    forge.close()
    assert [job.pipeline.id for job in scene.fake.jobs.made] == [first]
    assert len(scene.fake.jobs.pipelines) == 2


def test_a_pipeline_of_merged_results_takes_no_status_and_is_left_out(scene):
    pull = scene.forge.pull_request()
    other = scene.fake.add_pipeline(pull.diff_base, "refs/merge-requests/1/merge")
    forge = scene.connect(pipeline_id=other)
    forge.set_status(pull, Status(StatusState.SUCCESS, "clean"))
    forge.close()
    assert [job.pipeline.sha for job in scene.fake.jobs.made] == [pull.head]


def test_a_job_of_the_same_name_is_not_our_status(scene):
    pull = scene.forge.pull_request()
    theirs = scene.connect(token=scene.fake.add_token(scene.author, {"api"}))
    theirs.set_status(pull, Status(StatusState.SUCCESS, "forged"))
    theirs.close()
    assert scene.forge.status(pull) is None


# -- what goes wrong -------------------------------------------------------------------------------


def test_a_publication_of_one_comment_keeps_its_budget(scene):
    forge = scene.forge
    pull = forge.pull_request()
    forge.conversation(pull)
    forge.post(pull, [Post("k", scene.anchor("app/new.py", Side.NEW, 1), "comment")])
    forge.post_general(pull, "summary")
    forge.set_status(pull, Status(StatusState.FAILURE, "1 error"))
    forge.pull_request()
    assert len(scene.fake.requests()) == 8 + 1


def test_a_second_run_reads_only(scene):
    pull = scene.forge.pull_request()
    scene.forge.conversation(pull)
    scene.forge.status(pull)
    scene.forge.pull_request()
    assert scene.fake.writes() == []
    assert len(scene.fake.requests()) == 5


FAULTS = [
    (where, kind, after)
    for where in ("draft_notes$", "bulk_publish")
    for kind in ("500", "timeout", "truncated", "reset", "html")
    for after in (False, True)
    if (where, kind) != ("bulk_publish", "truncated")  # an answer of 204 has nothing to cut
]


@pytest.mark.parametrize(("where", "kind", "after"), FAULTS)
def test_a_write_without_an_answer_is_uncertain_and_a_new_try_makes_it_whole(scene, where, kind, after):
    anchor = scene.anchor("app/new.py", Side.NEW, 1)
    pull = scene.forge.pull_request()
    scene.fake.faults.append(Fault("POST", where, kind, after_effect=after, hold=3))
    forge = scene.connect(network=QUICK if kind == "timeout" else PATIENT)
    with pytest.raises(UncertainWriteError):
        forge.post(pull, [Post("k", anchor, "comment 0")])
    forge.close()
    said = scene.forge.conversation(pull).threads
    assert len(said) == (where == "bulk_publish" and after)
    if not said:
        assert scene.post(anchor) == ()
    assert [each["bodies"] for each in scene.fake.threads(scene.number)] == [["comment 0"]]


def test_a_read_is_tried_again(scene):
    scene.fake.faults.append(Fault("GET", "discussions", "502", times=2))
    assert scene.forge.conversation(scene.forge.pull_request()).threads == ()
    assert scene.waits == [0.5, 1.0]


def test_the_limit_of_comments_in_a_minute_refuses_for_certain(scene):
    scene.fake.note_rate.most = 1
    scene.forge.post_general(scene.forge.pull_request(), "summary")
    with pytest.raises(ForgeError, match="too many requests") as error:
        scene.forge.post_general(scene.forge.pull_request(), "summary")
    assert not isinstance(error.value, UncertainWriteError)
    assert scene.waits == []


@pytest.mark.parametrize(
    ("rights", "more", "status", "needs"),
    [
        ({"read_api"}, {}, 403, "role Developer, scope api"),
        ({"api"}, {"role": "none"}, 404, "role Developer, scope api"),
        ({"api"}, {"role": "guest"}, 404, "role Developer, scope api"),
        ({"api"}, {"revoked": True}, 401, "a token that this forge knows and that has not expired"),
        ({"api"}, {"kind": "job"}, 401, "a token that this forge knows and that has not expired"),
    ],
)
def test_a_token_that_may_not_is_told_what_it_needs(scene, rights, more, status, needs):
    pull = scene.forge.pull_request()
    token = scene.fake.add_token(scene.bot, rights, **more)
    forge = scene.connect(token=token, kind=more.get("kind", "private"))
    with pytest.raises(DeniedError) as error:
        forge.post_general(pull, "summary")
    forge.close()
    assert error.value.status == status
    assert f"needs   {needs}" in str(error.value)
    assert token not in str(error.value)


def test_a_reporter_may_comment_but_set_no_status(scene):
    pull = scene.forge.pull_request()
    forge = scene.connect(token=scene.fake.add_token(scene.bot, {"api"}, role="reporter"))
    forge.post_general(pull, "summary")
    with pytest.raises(DeniedError, match="refused to set the status: HTTP 403"):
        forge.set_status(pull, Status(StatusState.SUCCESS, "clean"))
    forge.close()


def test_many_comments_are_one_write_each(scene):
    anchors = [scene.anchor("app/new.py", Side.NEW, 1)] * 30
    assert scene.post(*anchors) == ()
    assert len(threads_at(scene)) == 30
    assert len(scene.fake.requests()) == 30 + 4  # merge request, account, leftovers, publication


def test_the_capabilities_are_gitlabs(scene):
    found = scene.forge.capabilities
    assert (found.suggestion, found.context, found.body_limit) == (SuggestionStyle.OFFSETS, 3, 1_000_000)
