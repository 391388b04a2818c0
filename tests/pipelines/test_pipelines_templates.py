"""The templates as files: valid by the CIs' schemas, clean by zizmor, and each promise that can be read from them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import check_jsonschema
import pytest
import yaml
from gitlab_ci import configuration
from pipeline_forges import TEMPLATES
from pipeline_jobs import IMAGE_PATH

ZIZMOR = (
    Path(check_jsonschema.__file__).parents[4] / "bin" / "zizmor"
)  # it is a program alone, beside the others
FILES = sorted(path for path in TEMPLATES.glob("*/*.yml"))
ACTIONS = {
    "actions/upload-artifact": "a8a3f3ad30e3422c9c7b888a15615d19a852ae32",
    "actions/download-artifact": "9bc31d5ccc31df68ecc42ccf4149144866c47d8a",
    "actions/create-github-app-token": "fee1f7d63c2ff003460e3d139729b119787bc349",
}
ASKED = {"project": "pay/ledger", "iid": "1"}
SCRIPTS = {"script", "before_script", "run", "bash"}


def of(folder):
    return [path for path in FILES if path.parent.name == folder]


def document(path):
    """Give a template as the CI would have it."""
    text = path.read_text()
    if path.parent.name == "gitlab":
        return configuration(text, ASKED if path.name.startswith("reviewbot") else {})
    found = yaml.safe_load(text)
    if path.name == "clean-environment.yml":
        return {**found, "steps": [{"checkout": "none"}]}  # the schema knows whole pipelines alone
    return {("on" if key is True else key): value for key, value in found.items()}


def scripts(value, inside=False):
    """Every line that a shell gets."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from scripts(each, inside or key in SCRIPTS)
    elif isinstance(value, list):
        for each in value:
            yield from scripts(each, inside)
    elif inside:
        yield str(value)


@pytest.mark.parametrize(
    ("folder", "schema"),
    [("gitlab", "gitlab-ci"), ("github", "github-workflows"), ("azure", "azure-pipelines")],
)
def test_schemas(tmp_path, folder, schema):
    """Each template is what the CI's own schema describes."""
    for path in of(folder):
        (tmp_path / path.name).write_text(json.dumps(document(path)))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}"]
    done = subprocess.run(
        [*command, *sorted(map(str, tmp_path.iterdir()))], capture_output=True, text=True, check=False
    )
    assert (done.returncode, len(of(folder))) == (0, {"gitlab": 3, "github": 4, "azure": 4}[folder]), (
        done.stdout
    )


def test_zizmor():
    """Nothing is found in the workflows, and what is let through says why."""
    command = [str(ZIZMOR), "--offline", "--no-online-audits", "--persona=pedantic", "--quiet"]
    done = subprocess.run([*command, *map(str, of("github"))], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in of("github"):
        for line in path.read_text().split("\n"):
            assert "zizmor: ignore" not in line or re.search(r"ignore\[[\w-]+\] \(\S.{15,}\)", line), line


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_nothing_is_checked_out_and_nothing_pasted(path):
    """No checkout, no download of another run, no value of an event, a request or an input in a script."""
    text = path.read_text()
    assert not re.search(r"actions/checkout|checkout: self|GIT_STRATEGY: (clone|fetch)|run-id:|cache:", text)
    for line in scripts(document(path)):
        assert "${{" not in line
        assert "$[[" not in line
        assert not re.search(r"\$\((?!export -p)", line), line
        assert not re.search(r"TITLE|DESCRIPTION|MESSAGE|_REF_NAME|BRANCH_NAME|HEAD_REF|eval|curl", line)


@pytest.mark.parametrize(
    "path", [path for path in FILES if "uses:" in path.read_text()], ids=lambda path: path.name
)
def test_actions_are_pinned_and_say_their_version(path):
    """By the whole commit, which is the one of that version."""
    used = re.findall(r"uses: (actions/\S+)@(\S+)(.*)", path.read_text())
    assert all(
        ACTIONS[name] == commit and re.match(r" # v\d+\.\d+\.\d+$", rest) for name, commit, rest in used
    )
    assert not re.search(r"uses: (?!actions/)\S+@(?![0-9a-f]{40}\b)", path.read_text())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_images_are_named_by_digest(path):
    """By a variable that holds a digest, or in Azure's protected template by the digest itself."""
    named = re.findall(r"(?:image:|name:|default:|- )\s*(\S*(?:IMAGE|reviewbot@)\S*)", path.read_text())
    good = re.compile(r"\$REVIEWBOT_IMAGE|\$\{\{|registry\.corp\.example/reviewbot@sha256:[0-9a-f]{64}")
    assert [name for name in named if not good.match(name)] == []


def test_teams_need_five_lines():
    """What a repository of a team holds is short."""
    short = {"gitlab": 4, "github/call.yml": 5, "azure/azure-pipelines.yml": 5}
    example = re.findall(
        r"^#   (.+)$", (TEMPLATES / "gitlab/request.gitlab-ci.yml").read_text(), re.MULTILINE
    )
    assert len(example) == short.pop("gitlab")
    assert len(yaml.safe_load("\n".join(example))["include"]) == 1
    for name, most in short.items():
        lines = [
            line for line in (TEMPLATES / name).read_text().split("\n") if line and not line.startswith("#")
        ]
        assert len(lines) <= most, name


def test_github_gives_each_job_no_more_than_it_needs():
    """By default nothing; writing is nobody's but the App's. The variant of one job says what it has."""
    jobs = document(TEMPLATES / "github/reviewbot.yml")["jobs"]
    assert {name: set(job["permissions"].values()) for name, job in jobs.items()} == {
        "collect": {"read"}, "review": set(), "publish": {"read"},
    }  # fmt: skip
    assert {name for name, job in jobs.items() if "environment" in job} == {"publish"}
    assert {name for name, job in jobs.items() if "secrets." in json.dumps(job)} == {"publish"}
    for path in of("github"):
        assert isinstance(document(path)["permissions"], dict), path
    single = document(TEMPLATES / "github/single-job.yml")["jobs"]["reviewbot"]["permissions"]
    assert single == {"contents": "read", "pull-requests": "write", "statuses": "write"}


def test_github_never_stops_a_run_that_publishes():
    """A newer run waits."""
    for name in ("reviewbot.yml", "single-job.yml"):
        assert document(TEMPLATES / "github" / name)["concurrency"]["cancel-in-progress"] is False


def test_gitlab_serialises_and_does_not_interrupt():
    """One publisher for a request at a time; artifacts go away; the snapshot cannot be downloaded."""
    jobs = document(TEMPLATES / "gitlab/reviewbot.gitlab-ci.yml")
    assert jobs["publish"]["resource_group"] == "reviewbot/pay/ledger/1"
    assert jobs[".reviewbot"]["interruptible"] is False
    assert jobs["collect"]["artifacts"]["access"] == "none"
    assert {jobs[name]["artifacts"]["expire_in"] for name in ("collect", "review")} == {"1 day", "1 week"}
    assert {jobs[name]["environment"]["name"] for name in ("collect", "review", "publish")} == {
        "reviewbot/collect", "reviewbot/review", "reviewbot/publish",
    }  # fmt: skip


def test_azure_lets_a_caller_choose_nothing():
    """Each parameter has one value; every stage is cleaned; each script is restricted where the server can."""
    template = document(TEMPLATES / "azure/reviewbot.yml")
    assert all(parameter["values"] == [parameter["default"]] for parameter in template["parameters"])
    for stage in template["stages"]:
        assert stage["variables"][0] == {"template": "clean-environment.yml"}
        (job,) = stage["jobs"]
        (step,) = [step for step in job["steps"] if "script" in step]
        assert step["target"] == {"commands": "restricted", "settableVariables": "none"}
    groups = {
        stage["stage"] for stage in template["stages"] if {"group": "reviewbot-publish"} in stage["variables"]
    }
    assert groups == {"publish"}
    assert document(TEMPLATES / "azure/clean-environment.yml")["variables"]["PATH"] == IMAGE_PATH


def test_scripts_that_drop_variables_are_the_same_everywhere():
    """One way of keeping the named variables, in four places, because Azure has no anchors."""
    start = re.compile(r"for name in .*?done\nunset KEPT", re.DOTALL)
    found = [start.search(line) for path in FILES for line in scripts(document(path)) if "KEPT" in line]
    assert len({match[0] for match in found}) == 1
    assert len(found) == 4
