"""GitHub, step by step: a hostile head in a fork, and the workflow of the default branch that runs after its own."""

import json
import urllib.request
from types import SimpleNamespace

import pytest
from github_actions import Workflow, completed, defined
from pipeline_forges import KEYS, Scene
from pipeline_jobs import Image, policy

HINT, TRUSTED = ".github/workflows/reviewbot-request.yml", ".github/workflows/reviewbot.yml"
SECRETS = {"reviewbot": {"REVIEWBOT_APP_KEY": "the App's key", "REVIEWBOT_MARKER_KEYS": KEYS}}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A hostile request from a fork, reviewed once."""
    place = tmp_path_factory.mktemp("github")
    scene = Scene("github", place, fork=True)
    image = Image(place / "image", policy(scene))
    with scene.fake:
        definition = defined(scene.fake.repo, "main", TRUSTED)
        workflow = Workflow(scene, image, place / "run", definition, completed(scene), SECRETS, True).run()
        yield SimpleNamespace(scene=scene, image=image, place=place, workflow=workflow, definition=definition)


def test_the_publishing_workflow_is_started_by_a_run_and_taken_from_the_default_branch(ran):
    """It has no other event of a request's, and follows the one that does nothing."""
    on = ran.definition["on"]
    assert set(on) == {"workflow_run", "workflow_call"}
    assert on["workflow_run"]["workflows"] == [defined(ran.scene.fake.repo, "main", HINT)["name"]]


def test_comments_summary_and_a_red_status(ran):
    """The flaw has its comment, the request its summary, the head a failed status, the run its exit code."""
    on_files, general = ran.scene.ours()
    logs = [step.log for steps in ran.workflow.ran.values() for step in steps]
    assert [steps[-1].code for steps in ran.workflow.ran.values()] == [0, 0, 10], logs
    assert "app/a.py" in {thread["path"] for thread in on_files}
    assert len(general) == 1
    assert ran.scene.statuses() == ["failure"]
    assert ran.scene.fake.violations == []


def test_each_job_has_its_own_token_and_no_other(ran):
    """Reading, nothing, writing; the job's own token of the publisher may only read."""
    scene, tokens = ran.scene, ran.workflow.tokens
    secrets = {"write": scene.write, "keys": KEYS, "App": SECRETS["reviewbot"]["REVIEWBOT_APP_KEY"]} | tokens
    had = {
        name: {
            secret
            for secret, text in secrets.items()
            for step in steps
            for call in step.calls
            if text in str(call)
        }
        for name, steps in ran.workflow.ran.items()
    }
    assert had == {"collect": {"collect"}, "review": set(), "publish": {"write", "keys", "publish"}}
    rights = {name: scene.fake.tokens[text].rights for name, text in tokens.items()}
    assert rights == {
        "collect": {"contents:read", "pull_requests:read", "statuses:read", "metadata:read"}, "review": {"metadata:read"},
        "publish": {"contents:read", "metadata:read"},
    }  # fmt: skip
    assert {entry.token for entry in scene.fake.log if scene.fake.is_write(entry)} == {scene.write}


def test_the_token_of_the_app_is_as_small_as_it_can_be(ran):
    """Comments, status, and what GitHub wants for resolving threads."""
    assert ran.workflow.minted == {
        "permission-pull-requests": "write", "permission-statuses": "write", "permission-contents": "write",
    }  # fmt: skip


def test_no_secret_is_in_a_log_or_in_what_is_kept(ran):
    """Neither tokens nor keys come out."""
    secrets = (*ran.workflow.tokens.values(), ran.scene.write, KEYS)
    logs = [step.log for steps in ran.workflow.ran.values() for step in steps]
    assert not [secret for log in logs for secret in secrets if secret in log]
    files = [path for path in (ran.place / "run").rglob("*") if path.is_file()]
    assert not [path for path in files for secret in secrets if secret.encode() in path.read_bytes()]


def test_the_heads_own_workflow_gets_no_secret(ran, tmp_path):
    """It runs as the head wrote it, but the environment's secrets are the default branch's alone."""
    definition = defined(ran.scene.fake.repo, "topic", HINT)
    event = {"pull_request": {"number": ran.scene.number, "head": {"sha": ran.scene.head}}}
    own = Workflow(ran.scene, ran.image, tmp_path / "own", definition, event, SECRETS, False).run()
    (step,) = own.ran["publish"]
    assert "GITHUB_EVENT_PATH" in step.log
    assert ran.scene.write not in step.log
    assert KEYS not in step.log
    assert [call.arguments[0] for call in step.calls] == ["publish"]
    assert step.code == 2


def test_a_status_that_the_head_sets_is_not_the_apps(ran):
    """A branch's own workflow may set a status of the same name: the required one is pinned to the App."""
    address = f"{ran.scene.api}/repos/pay/ledger/statuses/{ran.scene.head}"
    body = json.dumps({"state": "success", "context": "reviewbot"}).encode()
    headers = {
        "Authorization": f"Bearer {ran.scene.job}",
        "User-Agent": "x",
        "Content-Type": "application/json",
    }
    with urllib.request.urlopen(urllib.request.Request(address, body, headers)) as answer:
        assert answer.status == 201
    said = [(status.creator, status.state) for status in ran.scene.fake.commit_statuses]
    assert said == [(ran.scene.bot, "failure"), (ran.scene.ci, "success")]


def test_a_run_of_no_request_starts_nothing(ran, tmp_path):
    """A push with a workflow of the same name is not a request."""
    event = completed(ran.scene, event="push")
    pushed = Workflow(ran.scene, ran.image, tmp_path / "push", ran.definition, event, SECRETS, True).run()
    assert pushed.ran == {}
