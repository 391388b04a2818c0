"""The pages: what they quote is what stands in the templates and in the program."""

import re
from pathlib import Path

import pytest
import yaml
from pipeline_forges import TEMPLATES

ROOT = Path(__file__).parents[2]
if not (ROOT / "docs").is_dir():
    pytest.skip("the pages are no part of the wheel", allow_module_level=True)

PAGES = ("gitlab", "github", "azure-devops")
SOURCE = "".join(
    path.read_text() for path in sorted((ROOT / "reviewbot").rglob("*.py")) if "demo" not in path.parts
)
WORDS = re.sub(r"\{[^{}]*\}", "…", re.sub(r'"\s*\n\s*f?"', "", SOURCE))
NAMED = {"REVIEWBOT_FORGE_TOKEN", "REVIEWBOT_READ_TOKEN"}


def page(name):
    return (ROOT / "docs" / f"{name}.md").read_text()


@pytest.mark.parametrize("name", PAGES)
def test_sentences_of_the_program_are_the_program_s(name):
    """Each refusal that a page explains is one that reviewbot says."""
    table = page(name).partition("## When it says no")[2]
    said = [
        text
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for text in re.findall(r"`([^`]+)`", row)
    ]
    ours = [text for text in said if not text.startswith(("the forge refused", "$(")) and not text.isdigit()]
    assert len(ours) >= 7
    for text in ours:
        sought = text
        for variable in NAMED:
            sought = sought.replace(variable, "…") if text.startswith("no token") else sought
        sought = sought.replace("32 are", "… are")
        assert sought in WORDS, text
    assert "the forge refused to {rights.doing}: HTTP {status}" in SOURCE


@pytest.mark.parametrize(
    ("name", "template"),
    [("github", "github/call.yml"), ("azure-devops", "azure/azure-pipelines.yml"), ("gitlab", "gitlab/request.gitlab-ci.yml")],
)  # fmt: skip
def test_what_a_team_copies_is_the_template(name, template):
    """The lines on the page are those of the file."""
    text = (TEMPLATES / template).read_text()
    if name == "gitlab":
        text = "\n".join(re.findall(r"^#   (.+)$", text, re.MULTILINE))
    shown = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page(name), re.DOTALL)]
    assert yaml.safe_load(text) in shown


@pytest.mark.parametrize("name", PAGES)
def test_every_secret_of_a_template_is_explained(name):
    """Whatever a template reads from the CI's store has its row or its sentence."""
    folder = name.partition("-")[0]
    text = "".join(path.read_text() for path in (TEMPLATES / folder).glob("*.yml"))
    wanted = set(re.findall(r"REVIEWBOT_(?:IMAGE|\w*TOKEN|\w*KEYS?|APP_ID)\b", text))
    assert {variable for variable in wanted if variable not in page(name)} <= {"REVIEWBOT_READ_TOKEN"}


def test_links_lead_somewhere():
    """Relative links of the pages and the folder's page."""
    for path in (TEMPLATES / "README.md", *(ROOT / "docs" / f"{name}.md" for name in PAGES)):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), (path, target)
