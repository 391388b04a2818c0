"""T1 to T14: the faults that we know of other review bots, each excluded on all three forges.

Where the whole program is the point, the stages run; else what is wanted is put together by hand and goes
through the real adapters.
"""

import re
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "end_to_end"))
sys.path.insert(0, str(Path(__file__).parents[1] / "servers"))

from connections import needs_strace, peers, watched
from fakes.azure import READ
from pipeline_scene import HASH, QUIET, SHELL
from publishing_scene import KINDS, Stand, listed, numbered
from scripted_model import Say, ScriptedModel
from sleep_watch import SLEPT

from reviewbot import pipeline, stages, wiring
from reviewbot.change.select import Selection
from reviewbot.domain.anchor import Line, Side
from reviewbot.domain.policy import Limits, Policy
from reviewbot.domain.wanted import Suggestion
from reviewbot.errors import ForgeError
from reviewbot.policy.config import Overrides
from reviewbot.report import json as report_json
from reviewbot.tokens import Work

TWENTY = numbered(1, 20)
CHANGED = numbered(1, 9) + b"ten\n" + numbered(11, 20)


@pytest.fixture
def stand(request, tmp_path):
    """Make the scene of a test; what the fake takes for a violation fails it."""
    made = []

    def stand(kind, files, base=None):
        made.append(Stand(kind, tmp_path, files, base))
        return made[-1]

    yield stand
    for one in made:
        one.fake.close()
        assert one.fake.violations == []


each = pytest.mark.parametrize("kind", KINDS)


# -- the whole program -------------------------------------------------------------------------------

GARBAGE = {
    "gitlab": "I'm sorry, but I can't help with reviewing this code.",
    "github": '{"findings": [{"rule": "sql", "pa',
    "azure": "Looks good to me! \U0001f44d\n\n```yaml\nsecurity_concerns: No\n```",
}


@each
def test_t01_a_model_that_answers_garbage_is_never_green(stand, kind):
    """Others end with 0 and an empty list (P1, A2); here the exit code, the status and the summary say so."""
    scene = stand(kind, {"app/more.py": b"import os\n\n\ndef f():\n    return os.name\n"})
    with ScriptedModel(answer=lambda _: Say(GARBAGE[kind])) as model:
        published = _round_with_model(scene, model.url)
        assert model.chats
    assert published.exit_code == 3
    assert scene.red(scene.head)
    _, (summary,) = scene.threads()
    assert "**Not reviewed: 1 file.**" in summary["bodies"][0]
    assert "app/more.py" in summary["bodies"][0]


def _round_with_model(scene, url):
    """The stages in this process, as `scene.round()` does them, with a model."""
    environ = {name: value for name, value in scene.environ.items() if name != "REVIEWBOT_NO_MODEL"}
    taken, review, home = (scene.place / name for name in ("taken", "review", "record"))
    work = Work(Policy(), environ, lambda _: None)
    given = stages.started(environ, work.policy)
    stages.collect(given, work, taken)
    overrides = Overrides(model_url=url, fail_on="warning", given_as={})
    asked = wiring.Request(Path(), Selection(), overrides, None, snapshot=taken, home=home)
    review.mkdir()
    with wiring.prepared(asked, environ, lambda _: None) as prepared:
        found = pipeline.review(prepared.change, prepared.desk)
        (review / "review.json").write_bytes(report_json.render(found))
    settings = {"REVIEWBOT_MODEL_URL": url, "REVIEWBOT_FAIL_ON": "warning"}
    job = stages.Publication(review, taken, settings, home, dry_run=False)
    return stages.publish_review(given, job, work)


@dataclass(frozen=True)
class Published:
    """A scene whose one review lies beside it."""

    scene: Stand
    exit_code: int

    def publish(self, token, **more):
        return self.scene.call(
            "publish", "review-1", "--snapshot", "taken-1", env={"REVIEWBOT_FORGE_TOKEN": token, **more}
        )


def _target_moved(kind, place):
    """The target gains a file with a flaw of its own and three lines above the very lines that are changed."""
    base = {"app/a.py": QUIET, "app/shell.py": QUIET * 8}
    scene = Stand(kind, place, {"app/shell.py": QUIET * 8 + SHELL}, base)
    scene.repo.commit("main", {"app/theirs.py": HASH, "app/shell.py": b"# 1\n# 2\n# 3\n" + QUIET * 8})
    scene.fake.push(scene.number)
    return Published(scene, scene.round().exit_code)


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A review of a pull request whose target moved on, on each forge and once for all tests here."""
    made = {}

    def moved(kind):
        if kind not in made:
            made[kind] = _target_moved(kind, tmp_path_factory.mktemp(kind))
        return made[kind]

    yield moved
    for one in made.values():
        one.scene.fake.close()
        assert one.scene.fake.violations == []


@needs_strace
@each
def test_t02_publishing_speaks_to_the_forge_alone(moved, kind, tmp_path):
    """Others ask the internet for cost maps and tokenizers (P2); here the kernel sees one host and one port."""
    scene = moved(kind).scene
    other = scene.fake.add_token(scene.fake.add_user("second-bot", is_bot=True), *scene._rights())
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), "http://127.0.0.1:9")
    before = len(scene.fake.log)
    done = scene.call(
        "publish", "review-1", "--snapshot", "taken-1",
        env={"REVIEWBOT_FORGE_TOKEN": other, **proxies}, prefix=watched(tmp_path),
    )  # fmt: skip
    assert done.returncode == 10, done.stdout + done.stderr
    assert scene.asked(before)[1]
    assert peers(tmp_path) == {("127.0.0.1", int(scene.fake.url.rpartition(":")[2]))}


@each
def test_t07_a_target_that_moved_on_shifts_no_line_and_adds_no_finding(moved, kind):
    """Others compare tips or the trial merge: foreign findings, lines beside (P8, A5, W3); here neither."""
    found = moved(kind)
    assert found.exit_code == 10
    inline, (summary,) = found.scene.threads()
    assert {one["path"].lstrip("/") for one in inline} == {"app/shell.py"}
    assert {one["text_under_anchor"].removesuffix(b"\n") for one in inline} == {SHELL.split(b"\n")[4]}
    assert "theirs" not in summary["bodies"][0]


@each
def test_t10_a_token_without_a_right_is_told_and_the_findings_are_kept(moved, kind):
    """Others lose findings on 403 and end with 0 (W1); here the right is named, and the review lies there."""
    scene = moved(kind).scene
    other = scene.fake.add_user("third-bot", is_bot=True)
    rights = {
        "gitlab": ({"read_api"}, r"scope api"),
        "github": ({"pull_requests:read", "statuses:write", "metadata:read"}, r"pull-requests: write"),
        "azure": ({READ}, r"Contribute to pull requests"),
    }[kind]
    weak = scene.fake.add_token(other, rights[0])
    before = scene.standing()
    done = Published(scene, 10).publish(weak)
    assert done.returncode == 4, done.stdout + done.stderr
    assert re.search(r"token +REVIEWBOT_FORGE_TOKEN", done.stderr)
    assert re.search(r"needs .*" + rights[1], done.stderr), done.stderr
    assert re.search(r"kept +the review is in review-1", done.stderr)
    assert weak not in done.stdout + done.stderr
    assert b"subprocess" in (scene.place / "review-1" / "review.json").read_bytes()
    assert scene.standing() == before


@each
def test_t06_a_request_with_conflicts_is_reviewed_or_said_not_to_be(stand, kind):
    """Others see an empty diff where there is no trial merge, and say nothing (P7)."""
    scene = stand(kind, {"app/shell.py": SHELL}, {"app/shell.py": QUIET})
    scene.repo.commit("main", {"app/shell.py": HASH})
    scene.push({"app/more.py": QUIET})
    work = Work(Policy(), scene.environ, lambda _: None)
    if kind != "azure":
        taken = stages.collect(stages.started(scene.environ, Policy()), work, scene.place / "taken")
        assert (taken.head, taken.merge_base) == (scene.head, scene.first)
        assert scene.publish(scene.wanted(scene.remark("app/shell.py", 5))).created == 1
        assert scene.under() == [SHELL.split(b"\n")[4]]
        return
    # Without the source branch's name, nothing leads to the head of a request that does not merge.
    with pytest.raises(ForgeError, match="refs/pull/41/merge"):
        scene.round()
    done = scene.call("publish", "nowhere", "--snapshot", "nowhere-either")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "not reviewed" in scene.threads()[1][0]["bodies"][0]
    assert scene.red(scene.head)
    # A pipeline of Azure DevOps' own names it.
    given = stages.started(scene.fake.environment(scene.number) | {"PATH": ""}, Policy())
    taken = stages.collect(replace(given, remote=f"file://{scene.repo.path}"), work, scene.place / "own")
    assert taken.head == scene.head


# -- by hand, through the adapters -------------------------------------------------------------------


@each
def test_t03_a_second_run_and_a_shift_post_nothing(stand, kind):
    """Others post all anew, at once or after three lines were inserted above (P3, P5, W3)."""
    scene = stand(kind, {"app/a.py": CHANGED}, {"app/a.py": TWENTY})

    def said(first):
        return scene.wanted(
            scene.remark("app/a.py", first), scene.remark("app/a.py", first + 1, by=("model",))
        )

    assert scene.publish(said(10)).created == 2
    for content, first in ((CHANGED, 10), (b"# 1\n# 2\n# 3\n" + CHANGED, 13)):
        if content != CHANGED:
            scene.push({"app/a.py": content})
            assert scene.publish(said(first)).created == 0
        before = len(scene.fake.log)
        assert scene.publish(said(first)).created == 0
        assert scene.asked(before)[1] == []
        assert all(scene.is_open(one) for one in scene.threads()[0])
        assert [len(part) for part in scene.threads()] == [2, 1]


@each
def test_t04_two_flaws_of_one_sentence_are_two_threads(stand, kind):
    """Others take equal opening sentences in one file for the same finding (P4), and one is never posted."""
    lines = b"a(x)\nb(y)\nb(y)\n"
    scene = stand(kind, {"app/a.py": lines})
    words = {"title": "SQL is put together from input", "reason": "It can be injected into."}
    said = scene.wanted(
        scene.remark("app/a.py", 1, **words),
        scene.remark("app/a.py", 2, **words),
        scene.remark("app/a.py", 3, nth=1, **words),
    )
    assert scene.publish(said).created == 3
    assert scene.under() == [b"a(x)", b"b(y)", b"b(y)"]
    assert scene.publish(said).created == 0
    assert len(scene.threads()[0]) == 3


@each
def test_t05_a_marker_from_another_author_mutes_nothing(stand, kind):
    """Others believe a marker whoever pastes it (P6); here the finding is posted beside the copy."""
    scene = stand(kind, {"app/a.py": CHANGED}, {"app/a.py": TWENTY})
    said = scene.wanted(scene.remark("app/a.py", 10))
    scene.publish(said)
    (inline,), (summary,) = scene.threads()
    fresh = Stand(kind, _folder(scene.place, "fresh"), {"app/a.py": CHANGED}, {"app/a.py": TWENTY})
    with fresh.fake:
        fresh.say(fresh.person, inline["bodies"][0], "app/a.py", 10)
        fresh.say(fresh.person, summary["bodies"][0])
        assert fresh.publish(fresh.wanted(fresh.remark("app/a.py", 10))).created == 1
        assert [len(part) for part in fresh.threads()] == [1, 1]
        assert len(fresh.fake.threads(fresh.number)) == 4


def _folder(place, name):
    (place / name).mkdir()
    return place / name


BASE_8 = {
    "app/a.py": TWENTY, "app/old_name.py": numbered(1, 20, word="kept"), "win/crlf.txt": numbered(1, 12, end="\r\n"),
    "text/no_end.txt": b"one\ntwo\nthree", "app/gone.py": numbered(1, 5, word="gone"),
}  # fmt: skip
HEAD_8 = {
    "app/a.py": numbered(1, 9) + b"ten\n" + numbered(12, 20), "app/old_name.py": None, "app/gone.py": None,
    "app/new_name.py": numbered(1, 9, word="kept") + b"CHANGED\n" + numbered(11, 20, word="kept"),
    "win/crlf.txt": numbered(1, 5, end="\r\n") + b"SIX\r\n" + numbered(7, 12, end="\r\n"),
    "text/no_end.txt": b"one\nTWO\nthree and more",
}  # fmt: skip


@each
def test_t08_context_lines_renames_removed_lines_and_odd_ends_are_met(stand, kind):
    """Others name one side's number only, and lose these comments to a 400 (A3) or to the wrong line."""
    scene = stand(kind, HEAD_8, BASE_8)
    places = [
        ("app/a.py", 8, 8, Side.NEW, b"line 8"),
        ("app/a.py", 9, 11, Side.NEW, b"line 9\nten\nline 12"),
        ("app/a.py", 11, 11, Side.OLD, b"line 11"),
        ("app/gone.py", 2, 3, Side.OLD, b"gone 2\ngone 3"),
        ("app/new_name.py", 8, 8, Side.NEW, b"kept 8"),
        ("app/new_name.py", 10, 10, Side.NEW, b"CHANGED"),
        ("app/new_name.py", 10, 10, Side.OLD, b"kept 10"),
        ("text/no_end.txt", 3, 3, Side.NEW, b"three and more"),
        ("text/no_end.txt", 3, 3, Side.OLD, b"three"),
        ("win/crlf.txt", 5, 6, Side.NEW, b"line 5\r\nSIX"),
    ]
    remarks = [
        scene.remark(path, first, last, side=side, text=f"{path} {first} {side}")
        for path, first, last, side, _ in places
    ]
    assert all(one.anchor for one in remarks)
    done = scene.publish(scene.wanted(*remarks))
    assert (done.created, done.refused) == (len(places), 0)
    shown = {
        (one["first"], one["last"], one["side"], under)
        for one, under in zip(scene.said()[0], scene.under(), strict=True)
    }
    assert shown == {(first, last, str(side), under) for _, first, last, side, under in places}


@each
def test_t09_a_comment_is_tied_to_the_newest_state_of_its_own_file(stand, kind):
    """Others post paths without a slash, iteration and tracking id 1 (A4, P9): threads on no file, or another."""
    scene = stand(kind, {"app/first.py": QUIET}, {"app/a.py": TWENTY, "app/old.py": TWENTY + b"# old\n"})
    moved = {"app/a.py": CHANGED, "app/old.py": None, "app/new.py": CHANGED + b"# old\n"}
    scene.push(moved)
    done = scene.publish(scene.wanted(scene.remark("app/a.py", 10), scene.remark("app/new.py", 10)))
    assert done.created == 2
    assert scene.under() == [b"ten", b"ten"]
    sent = [one.body for one in scene.asked()[1] if re.search(r"/threads$|/draft_notes$|/reviews$", one.path)]
    assert _ties(kind, scene, sent)


def _ties(kind, scene, sent):
    if kind == "azure":
        placed = [one for one in sent if one.get("threadContext")]
        context = [one["pullRequestThreadContext"] for one in placed]
        now = {"firstComparingIteration": 2, "secondComparingIteration": 2}
        return (
            [one["threadContext"]["filePath"] for one in placed] == ["/app/a.py", "/app/new.py"]
            and all(one["iterationContext"] == now for one in context)
            and len({one["changeTrackingId"] for one in context}) == 2
        )
    if kind == "github":
        (review,) = sent
        paths = [one["path"] for one in review["comments"]]
        return paths == ["app/a.py", "app/new.py"] and review["commit_id"] == scene.head
    newest = scene.fake.pulls[scene.number].latest
    names = [(one["position"]["old_path"], one["position"]["new_path"]) for one in sent]
    shas = {tuple(one["position"][f"{name}_sha"] for name in ("base", "start", "head")) for one in sent}
    return names == [("app/a.py", "app/a.py"), ("app/old.py", "app/new.py")] and shas == {
        (newest.base, newest.start, newest.head)
    }


@each
def test_t11_one_bad_anchor_among_forty_costs_one_comment(stand, kind):
    """Others lose the batch, or try one by one with a second of sleep each; here 39 stand and nobody waits."""
    lines = numbered(1, 40, word="new")
    scene = stand(kind, {"app/a.py": lines}, {"app/b.py": TWENTY})
    remarks = [scene.remark("app/a.py", number) for number in range(1, 41)]
    off = Line(None, 99, 99, 99)
    astray = (
        {"path": "not/there.py", "old_path": "not/there.py"}
        if kind == "azure"
        else {"first": off, "last": off}
    )
    remarks[17] = replace(remarks[17], anchor=replace(remarks[17].anchor, **astray))
    said = scene.wanted(*remarks)
    del SLEPT[:]
    done = scene.publish(said)
    assert (done.created, done.refused, SLEPT) == (39, 1, [])
    inline, (summary,) = scene.threads()
    assert len(inline) == 39
    assert summary["bodies"][0].count("new 18 is wrong") == 1
    posts = [one for one in scene.asked()[1] if one.path.endswith("/reviews")]
    assert len(posts) <= 2
    before = len(scene.fake.log)
    assert scene.publish(said).created == 0
    assert scene.asked(before)[1] == []


@each
def test_t12_two_hundred_findings_fit(stand, kind):
    """Others send 270 comments, or a body that is refused for its length (W2); here the rest is in the summary."""
    scene = stand(kind, {"app/a.py": numbered(1, 200, word="query")})
    budget = Limits().inline_comments
    long = "This sentence is as long as those of scanners are, and says what to do about it. " * 3
    remarks = [scene.remark("app/a.py", number, reason=long) for number in range(1, 201)]
    over = [listed(one, f"over the budget of {budget} inline comments") for one in remarks[budget:]]
    del SLEPT[:]
    done = scene.publish(scene.wanted(*remarks[:budget], *over))
    assert (done.created, SLEPT) == (budget, [])
    inline, (summary,) = scene.threads()
    assert len(inline) == budget
    body = summary["bodies"][0]
    assert len(body) < 64_000
    assert len(re.findall(r"query \d+ is wrong", body)) == 200


@each
def test_t13_a_suggestion_that_holds_a_fence_is_applied_to_the_letter(stand, kind):
    """Others put it between three backticks (A6), and what is applied is its first half."""
    before = b"# How\n\nold\n\nThe end.\n"
    lines = ("```python", "f()", "````", "  ```", "~~~", "```")
    scene = stand(kind, {"docs/how.md": before})
    offered = Suggestion(("old",), lines, appliable=True, proof="applies")
    scene.publish(scene.wanted(scene.remark("docs/how.md", 3, suggestion=offered)))
    (thread,) = scene.threads()[0]
    after = scene.fake.apply_suggestion(scene.number, thread["id"])
    assert after == before.replace(b"old", "\n".join(lines).encode())


@each
def test_t14_a_second_push_is_reviewed_though_comments_are_open(stand, kind):
    """Others stop where a comment of theirs exists (A1): nothing that is pushed later is looked at."""
    scene = stand(kind, {"app/a.py": CHANGED}, {"app/a.py": TWENTY})
    assert scene.publish(scene.wanted(scene.remark("app/a.py", 10))).created == 1
    scene.push({"app/late.py": QUIET})
    done = scene.publish(scene.wanted(scene.remark("app/a.py", 10), scene.remark("app/late.py", 1)))
    assert done.created == 1
    assert scene.under() == [b"ten", QUIET.removesuffix(b"\n")]
    assert all(scene.is_open(one) for one in scene.threads()[0])
