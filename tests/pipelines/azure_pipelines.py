"""Azure Pipelines as far as our templates need it: the root file of the head, the template that it extends, variables
by scope, a group behind a check, macros, build artifacts.

Sources: Microsoft's pages "Define variables" (the most local value wins; names become upper case; secrets are no
environment), "Required template" check, "Publish and download build artifacts".
"""

import re

import yaml
from pipeline_forges import TEMPLATES
from pipeline_jobs import IMAGE_PATH, copied

PROTECTED = {
    "repository": "templates",
    "type": "git",
    "name": "Security/reviewbot-templates",
    "ref": "refs/heads/main",
}


class Run:
    """A build of a pull request. `root` is the head's file; `group` is given if the check lets it be."""

    def __init__(self, image, root, predefined, secrets, place):
        self.image, self.place, self.predefined, self.secrets = image, place, predefined, secrets
        self.root = yaml.safe_load(root)
        self.extends = self.root.get("extends") == {
            "template": "azure/reviewbot.yml@templates"
        } and self.root["resources"]["repositories"] == [PROTECTED]
        self.stages = (
            yaml.safe_load((TEMPLATES / "azure/reviewbot.yml").read_text())["stages"] if self.extends else []
        )
        self.ran = {}

    def run(self, *only):
        """Run the stages in their order, or some of them."""
        for stage in self.stages:
            needs = stage.get("dependsOn", [])
            needs = [needs] if isinstance(needs, str) else needs
            good = all(need in self.ran and self.ran[need].code == 0 for need in needs)
            if (good or stage.get("condition") == "not(canceled())") and (not only or stage["stage"] in only):
                self._stage(stage)
        return self

    def _stage(self, stage):
        (job,) = stage["jobs"]
        folder = self.place / stage["stage"]
        folder.mkdir(parents=True)
        variables, secrets = self._variables(stage)
        macros = {
            "pipeline.workspace": str(folder),
            **secrets,
            **{key.lower(): text for key, text in variables.items()},
        }
        if job["steps"][0] != {"checkout": "none"}:
            raise AssertionError("nothing is checked out")
        for step in job["steps"][1:]:
            if "script" in step:
                assert "$(" not in re.sub(r"\$\((export -p)", "", step["script"]), (
                    "nothing is pasted into a script"
                )
                own = {key.upper(): _expanded(text, macros) for key, text in step["env"].items()}
                environ = {**self.predefined, **{_name(key): text for key, text in variables.items()}, **own}
                environ["PATH"] = environ["PATH"].replace(IMAGE_PATH, self.image.path)
                shell = ("bash", "--noprofile", "--norc")
                self.ran[stage["stage"]] = self.image.run(
                    stage["stage"], step["script"], environ, folder, shell
                )
            else:
                self._task(step, {key: _expanded(text, macros) for key, text in step["inputs"].items()})

    def _variables(self, stage):
        """Give variables that become environment, and secrets, which are macros alone."""
        found, secrets = {key: str(text) for key, text in self.root.get("variables", {}).items()}, {}
        for entry in stage["variables"]:
            if "template" in entry:
                found |= yaml.safe_load((TEMPLATES / "azure" / entry["template"]).read_text())["variables"]
            elif self.extends:
                secrets |= {key.lower(): text for key, text in self.secrets.items()}
        if "collect" in stage["stage"]:
            secrets["system.accesstoken"] = self.predefined_token
        return found, secrets

    predefined_token = "azure-job-token"

    def _task(self, step, given):
        shelf = self.place / "artifacts"
        if step["task"] == "PublishBuildArtifacts@1":
            source = self.place.joinpath(given["PathtoPublish"])
            if source.exists():
                copied(source, shelf / given["ArtifactName"] / ("" if source.is_dir() else source.name))
        else:
            assert step["task"] == "DownloadBuildArtifacts@0"
            source = shelf / given["artifactName"]
            if source.exists():
                copied(source, self.place.joinpath(given["downloadPath"]) / given["artifactName"])


def _name(key):
    return re.sub(r"[. ]", "_", key).upper()


def _expanded(text, macros):
    return re.sub(r"\$\(([\w.]+)\)", lambda match: macros.get(match[1].lower(), match[0]), str(text))
