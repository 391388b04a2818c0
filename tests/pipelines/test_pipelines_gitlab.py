"""GitLab, step by step: the hint of a hostile head, and the protected project's jobs on what it asks for."""

from types import SimpleNamespace

import pytest
import yaml
from gitlab_ci import Pipeline, RefusedError, configuration
from pipeline_forges import KEYS, TEMPLATES, Scene
from pipeline_jobs import Image, policy

HINT = (TEMPLATES / "gitlab/request.gitlab-ci.yml").read_text()
TRUSTED = (TEMPLATES / "gitlab/reviewbot.gitlab-ci.yml").read_text()
ASKED = {"project": "pay/ledger", "iid": "1"}


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A hostile request, reviewed once by the protected project."""
    place = tmp_path_factory.mktemp("gitlab")
    scene = Scene("gitlab", place)
    image = Image(place / "image", policy(scene))
    with scene.fake:
        trusted = pipeline(scene, image, place / "trusted", ASKED)
        jobs = {name: trusted.run(name) for name in ("collect", "review", "publish")}
        yield SimpleNamespace(scene=scene, image=image, place=place, jobs=jobs, trusted=trusted)


def pipeline(scene, image, place, inputs):
    """The protected project's pipeline, with its variables where the page puts them."""
    predefined = {
        "PATH": image.path, "HOME": str(scene.place), "LANG": "C.UTF-8", "CI": "true", "GITLAB_CI": "true",
        "CI_SERVER_URL": scene.fake.url, "CI_API_V4_URL": scene.api, "CI_PROJECT_PATH": "security/reviewbot",
        "CI_JOB_TOKEN": "glcbt-trusted-job-token", "CI_COMMIT_REF_PROTECTED": "true", "CI_PIPELINE_SOURCE": "pipeline",
        "CI_REPOSITORY_URL": "https://gitlab-ci-token:glcbt-trusted-job-token@git.example/security/reviewbot.git",
    }  # fmt: skip
    secrets = {
        "*": {"REVIEWBOT_IMAGE": "registry.example/reviewbot@sha256:00"},
        "reviewbot/collect": {"REVIEWBOT_READ_TOKEN": scene.read},
        "reviewbot/publish": {"REVIEWBOT_FORGE_TOKEN": scene.write, "REVIEWBOT_MARKER_KEYS": KEYS},
    }
    return Pipeline(image, configuration(TRUSTED, inputs), predefined, secrets, place)


def test_the_hint_asks_for_this_request_and_passes_nothing_else(tmp_path):
    """The request's pipeline writes a trigger with two inputs, and forwards no variable."""
    image = Image(tmp_path / "image", "version: 1\n")
    predefined = {
        "PATH": image.path, "CI_MERGE_REQUEST_PROJECT_PATH": "pay/ledger", "CI_MERGE_REQUEST_IID": "1",
        "CI_MERGE_REQUEST_TITLE": "$(id) `id`", "CI_COMMIT_REF_NAME": "x'; id",
    }  # fmt: skip
    document = configuration(HINT, {})
    asked = Pipeline(image, document, predefined, {}, tmp_path / "hint")
    assert asked.run("reviewbot-request").code == 0
    child = yaml.safe_load((tmp_path / "hint/reviewbot-request.kept/reviewbot-request.yml").read_text())
    trigger = child["reviewbot"]["trigger"]
    assert trigger == {
        "project": "security/reviewbot", "strategy": "depend", "inputs": ASKED,
        "forward": {"yaml_variables": False, "pipeline_variables": False},
    }  # fmt: skip
    assert child["reviewbot"]["inherit"] == {"default": False, "variables": False}
    assert configuration(TRUSTED, trigger["inputs"])["variables"]["REVIEWBOT_PULL_REQUEST"] == "1"


@pytest.mark.parametrize(
    "inputs",
    [
        {"iid": "1; env"}, {"iid": "1\nvariables: {REVIEWBOT_FAIL_ON: never}"}, {"iid": "0"}, {"iid": "$CI_JOB_TOKEN"},
        {"project": "pay/../evil"}, {"project": "pay/ledger\nx: y"}, {"project": "$CI_JOB_TOKEN/x"}, {"project": "ledger"},
        {"project": 'pay/ledger"'}, {"project": "pay//ledger"}, {"ref": "evil"}, {"REVIEWBOT_FAIL_ON": "never"},
    ],
)  # fmt: skip
def test_a_hint_can_be_nothing_but_a_path_and_a_number(inputs):
    """Whatever else a head asks for makes no pipeline."""
    with pytest.raises(RefusedError):
        configuration(TRUSTED, ASKED | inputs)


def test_a_hint_for_a_project_that_the_policy_does_not_name_reaches_nothing(ran):
    """The policy in the image says whom the tokens may be used on."""
    before = len(ran.scene.fake.log), len(ran.scene.fake.fetched)
    other = pipeline(ran.scene, ran.image, ran.place / "other", ASKED | {"project": "evil/ledger"})
    assert [other.run(name).code for name in ("collect", "publish")] == [2, 2]
    assert (len(ran.scene.fake.log), len(ran.scene.fake.fetched)) == before


def test_comments_summary_and_a_red_status(ran):
    """The flaw has its comment, the request its summary, the head a failed status, the pipeline its exit code."""
    on_files, general = ran.scene.ours()
    assert [job.code for job in ran.jobs.values()] == [0, 0, 10], [job.log for job in ran.jobs.values()]
    assert "app/a.py" in {thread["path"] for thread in on_files}
    assert len(general) == 1
    assert ran.scene.statuses() == ["failed"]
    assert ran.scene.fake.violations == []


def test_each_job_has_its_own_token_and_no_other(ran):
    """What the program had in its environment: reading, nothing, writing; never the job's own token."""
    scene = ran.scene
    secrets = {"read": scene.read, "write": scene.write, "keys": KEYS, "job": "glcbt-trusted-job-token"}
    had = {
        name: {secret for secret, text in secrets.items() for call in job.calls if text in str(call)}
        for name, job in ran.jobs.items()
    }
    assert had == {"collect": {"read"}, "review": set(), "publish": {"write", "keys"}}
    assert {name for name, job in ran.jobs.items() if scene.write in str(job.environ)} == {"publish"}
    assert {token for token, _ in scene.fake.fetched} == {scene.read}


def test_only_named_variables_reach_the_program(ran):
    """The review has what it needs to run and to know that it is in a pipeline."""
    (call,) = ran.jobs["review"].calls
    assert set(call.environ) - {"PWD", "OLDPWD", "SHLVL", "_"} == {"PATH", "HOME", "LANG", "GITLAB_CI"}


def test_no_secret_is_in_a_log_or_in_what_is_kept(ran):
    """Neither tokens nor keys come out."""
    secrets = (ran.scene.read, ran.scene.write, KEYS)
    assert not [job.name for job in ran.jobs.values() for secret in secrets if secret in job.log]
    files = [path for path in (ran.place / "trusted").rglob("*") if path.is_file()]
    assert not [path for path in files for secret in secrets if secret.encode() in path.read_bytes()]


def test_without_a_review_the_status_is_red(ran):
    """A publisher whose review job died says that nothing was reviewed."""
    again = pipeline(ran.scene, ran.image, ran.place / "again", ASKED)
    (ran.place / "again").mkdir()
    (ran.place / "trusted/collect.kept").rename(ran.place / "again/collect.kept")
    assert again.run("publish").code == 3
    assert ran.scene.statuses() == ["failed"]
