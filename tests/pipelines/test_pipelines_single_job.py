"""The variants of one job: the same review, with the token beside it."""

import json

import pytest
import yaml
from gitlab_ci import Pipeline, configuration
from pipeline_forges import KEYS, TEMPLATES, Scene
from pipeline_jobs import Image, policy

REPORTS = {"gitlab": "reviewbot.html", "github": "reviewbot.sarif", "azure": "reviewbot.sarif"}


def environ_of(scene, image, place):
    """Give what CI gives a job of the request's own pipeline, and its script."""
    base = {"PATH": image.path, "HOME": str(place), "LANG": "C.UTF-8"}
    path = (
        TEMPLATES / scene.kind / ("single-job.gitlab-ci.yml" if scene.kind == "gitlab" else "single-job.yml")
    )
    if scene.kind == "gitlab":
        predefined = base | {
            "GITLAB_CI": "true", "CI_SERVER_URL": scene.fake.url, "CI_API_V4_URL": scene.api,
            "CI_MERGE_REQUEST_IID": "1", "CI_MERGE_REQUEST_PROJECT_ID": "42", "CI_JOB_TOKEN": scene.job,
            "CI_MERGE_REQUEST_PROJECT_PATH": "pay/ledger", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        }  # fmt: skip
        secrets = {"*": {"REVIEWBOT_FORGE_TOKEN": scene.write, "REVIEWBOT_MARKER_KEYS": KEYS}}
        pipeline = Pipeline(image, configuration(path.read_text(), {}), predefined, secrets, place)
        return pipeline.environ(pipeline.document["reviewbot"]), "\n".join(
            pipeline.document["reviewbot"]["script"]
        )
    document = yaml.safe_load(path.read_text())
    steps = document["steps"] if scene.kind == "azure" else document["jobs"]["reviewbot"]["steps"]
    step = next(step for step in steps if {"run", "script"} & set(step))
    given = {"REVIEWBOT_MARKER_KEYS": KEYS, "GITHUB_TOKEN": scene.write, "SYSTEM_ACCESSTOKEN": scene.write}
    more = scene.fake.environment(scene.number, *([place] if scene.kind == "github" else []))
    return base | more | {key: given[key] for key in step["env"]}, step.get("run") or step["script"]


@pytest.mark.parametrize("kind", REPORTS)
def test_one_job_does_it_all(tmp_path, kind):
    """Comments, summary, a red status, the exit code and the reports, whatever the head's files say."""
    scene = Scene(kind, tmp_path)
    image = Image(
        tmp_path / "image", policy(scene, **({"repositories": '["42"]'} if kind == "gitlab" else {}))
    )
    if kind == "azure":
        scene.fake.tokens[scene.write].more["kind"] = "job"
    scene.fake.readers = {scene.write, scene.read, scene.job}
    with scene.fake:
        environ, script = environ_of(scene, image, tmp_path)
        done = image.run(kind, script, environ, tmp_path)
    on_files, general = scene.ours()
    assert done.code == 10, done.log
    assert (bool(on_files), len(general), len(scene.statuses())) == (True, 1, 1)
    assert scene.statuses()[0] in {"failed", "failure"}
    assert (tmp_path / REPORTS[kind]).stat().st_size > 0
    if kind == "gitlab":
        assert json.loads((tmp_path / "codequality.json").read_text())
    assert scene.write not in done.log
