"""A pull request from open to fixed, on each forge's fake, by the real program in processes of its own."""

import json
import re

import pytest
from pipeline_scene import HASH, KEYS, KINDS, QUIET, SHELL, Scene

from reviewbot.domain import strict_json
from reviewbot.errors import ForgeError


@pytest.fixture(params=KINDS)
def scene(request, tmp_path):
    made = Scene(request.param, tmp_path, {"app/shell.py": SHELL, "app/hash.py": HASH})
    yield made
    made.fake.close()
    assert made.fake.violations == []


def test_a_pull_request_from_open_to_fixed(scene):
    """Posted once; nothing new by a second run; threads follow moved lines, new flaws and fixes."""
    assert scene.round().exit_code == 10
    inline, general = scene.threads()
    assert {(t["path"].lstrip("/"), t["text_under_anchor"].removesuffix(b"\n")) for t in inline} == {
        ("app/shell.py", SHELL.split(b"\n")[4]), ("app/hash.py", HASH.split(b"\n")[4]),
    }  # fmt: skip
    assert len(general) == 1
    assert scene.red(scene.head)
    assert len(scene.fake.log) <= {"gitlab": 10, "github": 10, "azure": 14}[scene.kind]

    before = len(scene.fake.log)
    assert scene.round().exit_code == 10
    asked = scene.fake.log[before:]
    assert [entry for entry in asked if scene.fake.is_write(entry)] == []
    assert len(asked) <= 8

    scene.push({"app/shell.py": b"# one\n# two\n# three\n" + SHELL, "app/hash.py": QUIET})
    assert scene.round().exit_code == 10
    states = {t["path"].lstrip("/"): scene.is_open(t) for t in scene.threads()[0]}
    assert states == {"app/shell.py": True, "app/hash.py": False}
    gone = next(t for t in scene.threads()[0] if t["path"].lstrip("/") == "app/hash.py")
    assert scene.head[:7] in gone["bodies"][-1]

    scene.push({"app/shell.py": QUIET, "app/late.py": SHELL})
    assert scene.round().exit_code == 10
    states = {t["path"].lstrip("/"): scene.is_open(t) for t in scene.threads()[0]}
    assert states == {"app/shell.py": False, "app/hash.py": False, "app/late.py": True}

    scene.push({"app/late.py": QUIET})
    assert scene.round().exit_code == 0
    assert not scene.red(scene.head)
    assert len(scene.threads()[1]) == 1


def test_what_is_missing_is_said_and_never_green(scene):
    """No snapshot and no review: "not reviewed" on the pull request, a red status, exit code 3."""
    done = scene.call("publish", "nowhere", "--snapshot", "nowhere-either")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "not reviewed" in done.stdout
    _, general = scene.threads()
    assert "not reviewed" in general[0]["bodies"][0]
    assert scene.red(scene.head)


def test_a_review_that_was_forged_is_not_published(scene):
    """A greener verdict in the artifact: nothing of it is posted, and the status is red."""

    def greener(folder):
        document = json.loads((folder / "review.json").read_text())
        document["findings"] = []
        document["verdict"] = {"complete": True, "at_threshold": 0, "exit_code": 0}
        (folder / "review.json").write_text(json.dumps(document))

    published = scene.round(reviewed=lambda folder: (folder / "review.json").write_text("{}"))
    assert (published.exit_code, published.wanted) == (3, None)
    assert scene.threads()[0] == []
    assert scene.red(scene.head)
    honest = scene.round()
    assert honest.exit_code == 10
    forged = scene.round(reviewed=greener)
    assert forged.exit_code in {0, 3}
    assert all(scene.is_open(t) for t in scene.threads()[0]) == (forged.exit_code == 3)


def test_three_jobs_by_hand(tmp_path):
    """Each stage as its own job, the first two without the publisher's secrets; a dry run first."""
    scene = Scene("gitlab", tmp_path, {"app/shell.py": SHELL})
    secrets = ("REVIEWBOT_FORGE_TOKEN", "REVIEWBOT_MARKER_KEYS")
    with scene.fake:
        for arguments in (("collect", "--into", "taken"), ("review", "taken", "--into", "out")):
            done = scene.call(*arguments, without=secrets)
            assert done.returncode == 0, done.stdout + done.stderr
        for path in (tmp_path / "taken" / "snapshot.json", tmp_path / "out" / "review.json"):
            assert strict_json.loads(path.read_bytes(), limit=10_000_000, depth=20)
            assert scene.token.encode() not in path.read_bytes()
        dry = scene.call("publish", "out", "--snapshot", "taken", "--dry-run")
        assert dry.returncode == 10, dry.stdout + dry.stderr
        assert re.search(r"create +app/shell\.py:5", dry.stdout)
        assert [entry for entry in scene.fake.log if scene.fake.is_write(entry)] == []
        assert scene.call("publish", "out", "--snapshot", "taken").returncode == 10
        assert len(scene.threads()[0]) == 1
        scene.push({"app/more.py": QUIET})
        late = scene.call("publish", "out", "--snapshot", "taken")
        assert late.returncode == 3, late.stdout + late.stderr
        assert "moved on" in late.stdout


def test_run_in_a_pipeline_does_all_three(scene, tmp_path):
    """One command; its log is clean, its reports lie where they were wanted."""
    done = scene.call("run", "--output", "sarif=out.sarif", env={"TF_BUILD": "True"})
    assert done.returncode == 10, done.stdout + done.stderr
    assert len(scene.threads()[0]) == 2
    assert json.loads((tmp_path / "out.sarif").read_text())["version"] == "2.1.0"
    lines = (done.stdout + done.stderr).split("\n")[:-1]
    assert all(line.startswith(("| ", "##vso[task.")) for line in lines)
    assert any(line.startswith("##vso[task.logissue type=warning;sourcepath=app/shell.py;") for line in lines)


def test_run_says_on_the_request_that_it_could_not_collect(tmp_path):
    """Azure DevOps with conflicts: there is nothing to fetch, and the request must not stay without a word."""
    scene = Scene("azure", tmp_path, {"app/shell.py": SHELL})
    with scene.fake:
        scene.git("update-ref", "-d", f"refs/pull/{scene.number}/merge")
        done = scene.call("run")
        assert done.returncode == 3, done.stdout + done.stderr
        assert "resolve them" in done.stderr
        assert "not reviewed" in scene.threads()[1][0]["bodies"][0]
        assert scene.red(scene.head)


def test_no_process_that_reads_the_change_has_a_token(tmp_path):
    """git is started by each process that reads the change: what they hold is written down by a git of ours."""
    scene = Scene("gitlab", tmp_path, {"app/shell.py": SHELL})
    tools = tmp_path / "bin"
    tools.mkdir()
    spy = f'#!/bin/sh\n{{ tr "\\0" " " < /proc/$PPID/cmdline; echo; tr "\\0" "\\n" < /proc/$PPID/environ; }} >> {tmp_path}/seen\nexec /usr/bin/git "$@"\n'
    (tools / "git").write_text(spy)
    (tools / "git").chmod(0o755)
    with scene.fake:
        done = scene.call("run", env={"PATH": f"{tools}:/usr/bin:/bin"})
    assert done.returncode == 10, done.stdout + done.stderr
    seen = (tmp_path / "seen").read_text()
    parts = re.split(r"^(?=\S*python\S* )", seen, flags=re.MULTILINE)
    readers = [part for part in parts if re.match(r"\S+ .*-m reviewbot (review|derive)", part)]
    assert {re.match(r"\S+ .*-m reviewbot (\w+)", part)[1] for part in readers} == {"review", "derive"}
    for part in readers:
        assert scene.token not in part
        assert KEYS not in part
    for part in parts:
        assert scene.token not in part.partition("\n")[0]


def test_a_token_without_rights_is_told_what_it_needs(scene):
    """The right and the token's variable are named, the token never is."""
    weak = scene.weak_token()
    with pytest.raises(ForgeError) as caught:
        scene.round(env={"REVIEWBOT_FORGE_TOKEN": weak})
    assert re.search(r"token +REVIEWBOT_FORGE_TOKEN", str(caught.value))
    assert re.search(r"needs +\S", str(caught.value))
    assert re.search(r"where +\S", str(caught.value))
    assert weak not in str(caught.value)


def test_a_token_that_may_not_resolve_is_no_failure(tmp_path):
    """GitHub lets a token without `contents: write` comment and not resolve: the reply says it, the gate stands."""
    scene = Scene("github", tmp_path, {"app/shell.py": SHELL})
    with scene.fake:
        least = scene.fake.add_token(
            scene.bot, {"pull_requests:write", "statuses:write", "contents:read", "metadata:read"}
        )
        scene.round(env={"REVIEWBOT_FORGE_TOKEN": least})
        scene.push({"app/shell.py": QUIET})
        published = scene.round(env={"REVIEWBOT_FORGE_TOKEN": least})
        assert published.exit_code == 0
        assert "contents: write" in published.outcome.unresolved
        (thread,) = scene.threads()[0]
        assert scene.is_open(thread)
        assert scene.head[:7] in thread["bodies"][-1]
        again = scene.round(env={"REVIEWBOT_FORGE_TOKEN": least})
        assert again.exit_code == 0
        assert len(scene.threads()[0][0]["bodies"]) == 2


def test_settings_are_missing(scene):
    """No token and no keys: a sentence each, before anything is asked of the forge."""
    for name in ("REVIEWBOT_FORGE_TOKEN", "REVIEWBOT_MARKER_KEYS"):
        # What Azure Pipelines leaves of a secret that it withholds is none either.
        done = scene.call("run", env={name: f"$({name})" if scene.kind == "azure" else ""})
        assert done.returncode == 2
        assert name in done.stderr
    assert scene.fake.log == []


def test_the_operators_forge_is_the_only_one(scene, tmp_path):
    """A policy that names the forge refuses an environment that names another: no token goes there."""
    policy = tmp_path / "policy.yml"
    for forge, words in (
        ("url: https://git.corp.example/api", "another forge"),
        ("repositories: [other/*]", "does not let"),
        (f"url: {scene.environ['REVIEWBOT_FORGE_URL']}", "another place to fetch"),
    ):
        policy.write_text(f"version: 1\nforge: {{{forge}}}\n")
        done = scene.call("run", "--policy", policy)
        assert done.returncode == 2, done.stdout + done.stderr
        assert words in done.stderr
    assert scene.fake.log == []
