"""Azure DevOps, step by step: a hostile head that extends the template, one that does not, and a fork."""

from types import SimpleNamespace

import pytest
from azure_pipelines import Run
from pipeline_forges import KEYS, Scene
from pipeline_jobs import Image, policy

ROOT_FILE = "azure-pipelines-reviewbot.yml"
SECRETS = {"REVIEWBOT_MARKER_KEYS": KEYS}


def build(scene, image, place, root, secrets):
    """The build that the branch's policy starts."""
    predefined = scene.fake.environment(scene.number) | {
        "PATH": image.path, "HOME": str(scene.place), "LANG": "C.UTF-8", "AGENT_OS": "Linux",
        "SYSTEM_TEAMFOUNDATIONCOLLECTIONURI": scene.api,
    }  # fmt: skip
    return Run(image, root, predefined, secrets, place)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A hostile request, reviewed once."""
    place = tmp_path_factory.mktemp("azure")
    scene = Scene("azure", place)
    image = Image(place / "image", policy(scene))
    evil = place / "evil"
    (evil / "bin").mkdir(parents=True)
    for name in ("bash_env", "sitecustomize.py", "bin/reviewbot", "bin/tar", "bin/sed"):
        (evil / name).write_text(f"#!/bin/sh\ntouch {evil}/ran-{name.replace('/', '-')}\n")
        (evil / name).chmod(0o755)
    root = scene.fake.repo.blob("topic", ROOT_FILE).decode().replace("HOSTILE", str(evil))
    with scene.fake:
        run = build(scene, image, place / "run", root, SECRETS | {"REVIEWBOT_FORGE_TOKEN": scene.write}).run()
        yield SimpleNamespace(scene=scene, image=image, place=place, run=run, evil=evil)


def test_comments_summary_and_a_red_status(ran):
    """The flaw has its comment, the request its summary, the head a failed status, the build its exit code."""
    on_files, general = ran.scene.ours()
    assert [job.code for job in ran.run.ran.values()] == [0, 0, 10], [job.log for job in ran.run.ran.values()]
    assert "/app/a.py" in {"/" + thread["path"].lstrip("/") for thread in on_files}
    assert len(general) == 1
    assert ran.scene.statuses() == ["failed"]
    assert ran.scene.fake.violations == []


def test_each_job_has_its_own_token_and_no_other(ran):
    """Reading, nothing, writing."""
    secrets = {"read": ran.scene.read, "write": ran.scene.write, "keys": KEYS}
    had = {
        name: {secret for secret, text in secrets.items() if any(text in str(call) for call in job.calls)}
        for name, job in ran.run.ran.items()
    }
    assert had == {"collect": {"read"}, "review": set(), "publish": {"write", "keys"}}
    writes = {entry.token for entry in ran.scene.fake.log if ran.scene.fake.is_write(entry)}
    assert writes == {ran.scene.write}


def test_variables_of_the_head_reach_neither_shell_nor_program(ran):
    """Nothing of the attacker's ran, and none of the attacker's variables was there."""
    assert not [path.name for path in ran.evil.iterdir() if path.name.startswith("ran-")]
    calls = [call for job in ran.run.ran.values() for call in job.calls]
    assert len(calls) == 3
    assert not [
        call for call in calls if str(ran.evil) in str(call) or "evil" in call.environ.get("PATH", "")
    ]
    names = {name for call in calls for name in call.environ if name.startswith("REVIEWBOT_")}
    assert names == {"REVIEWBOT_FORGE_TOKEN", "REVIEWBOT_MARKER_KEYS"}


def test_the_attack_works_without_the_template_s_variables(ran, tmp_path):
    """The attacker's variables do run code in a shell that nobody cleaned: the test above sees it."""
    environ = {"PATH": ran.image.path, "BASH_ENV": str(ran.evil / "bash_env")}
    ran.image.run("open", "true", environ, tmp_path, ("bash", "--noprofile", "--norc"))
    marker = ran.evil / "ran-bash_env"
    assert marker.exists()
    marker.unlink()


def test_no_secret_is_in_a_log_or_in_what_is_kept(ran):
    """Neither tokens nor keys come out."""
    secrets = (ran.scene.read, ran.scene.write, KEYS)
    assert not [job.name for job in ran.run.ran.values() for secret in secrets if secret in job.log]
    files = [path for path in (ran.place / "run").rglob("*") if path.is_file()]
    assert not [path for path in files for secret in secrets if secret.encode() in path.read_bytes()]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("template: azure/reviewbot.yml@templates", "template: evil.yml"), ("refs/heads/main", "refs/heads/evil"),
        ("Security/reviewbot-templates", "Evil/reviewbot-templates"),
    ],
)  # fmt: skip
def test_a_head_that_extends_something_else_is_not_let_to_the_group(ran, tmp_path, old, new):
    """The check compares repository, ref and path; the group's variables then stay where they are."""
    text = ran.scene.fake.repo.blob("main", ROOT_FILE).decode()
    assert build(ran.scene, ran.image, tmp_path, text, SECRETS).extends
    assert not build(ran.scene, ran.image, tmp_path, text.replace(old, new), SECRETS).extends


def test_a_fork_gets_artifacts_only(tmp_path):
    """Its build has no secrets: the request is collected from the trial merge, and nothing is posted."""
    scene = Scene("azure", tmp_path, fork=True)
    image = Image(tmp_path / "image", policy(scene))
    root = scene.fake.repo.blob("main", ROOT_FILE).decode()
    with scene.fake:
        run = build(scene, image, tmp_path / "run", root, {}).run("collect", "publish")
    assert [job.code for job in run.ran.values()] == [0, 2], [job.log for job in run.ran.values()]
    assert (tmp_path / "run/artifacts/snapshot/snapshot.tar").is_file()
    assert scene.fake.writes() == []
    assert scene.statuses() == []
