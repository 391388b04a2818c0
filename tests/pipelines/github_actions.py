"""GitHub Actions as far as our templates need it: where a definition comes from, tokens by permissions, secrets by
environment, expressions outside of scripts, artifacts.

Sources: GitHub's pages "Events that trigger workflows" (workflow_run), "Automatic token authentication",
"Using environments for deployment" (deployment branches), "Workflow syntax".
"""

import json
import re
from dataclasses import dataclass, field

import yaml
from pipeline_jobs import copied

UPLOAD, DOWNLOAD, APP = (
    "actions/upload-artifact",
    "actions/download-artifact",
    "actions/create-github-app-token",
)


@dataclass
class Workflow:
    """A run of a workflow: its definition as it stands at a ref, for an event.

    `from_default_branch` says whether an environment's rule "default branch only" lets its secrets out.
    """

    scene: object
    image: object
    place: object
    definition: dict
    event: dict
    secrets: dict[str, dict[str, str]]
    from_default_branch: bool
    ran: dict[str, object] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    minted: dict[str, dict[str, str]] = field(default_factory=dict)

    def run(self):
        """Run the jobs in their order."""
        for name, job in self.definition["jobs"].items():
            needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
            if self._wanted(
                job.get("if", ""), all(need in self.ran and self.ran[need][-1].code == 0 for need in needs)
            ):
                self._job(name, job)
        return self

    def _wanted(self, condition, succeeded):
        """Evaluate the few conditions that there are."""
        words = {"always()": True, "github.event.workflow_run.event == 'pull_request'": self._of_a_request()}
        said = [words[part] for part in condition.split(" && ")] if condition else []
        return all(said) and (succeeded or "always()" in condition)

    def _of_a_request(self):
        return self.event.get("workflow_run", {}).get("event") == "pull_request"

    def _job(self, name, job):
        folder = self.place / name
        folder.mkdir(parents=True)
        rights = {f"{area.replace('-', '_')}:{level}" for area, level in job.get("permissions", {}).items()}
        self.tokens[name] = self.scene.fake.add_token(
            self.scene.ci, rights | {"metadata:read"}, text=f"ghs_of_{name}"
        )
        if "contents:read" in rights:
            self.scene.fake.readers.add(self.tokens[name])
        self.ran[name], outputs, code = [], {}, 0
        for step in job["steps"]:
            if code and step.get("if") != "always()":
                continue
            code = self._step(name, job, step, outputs) or code

    def _step(self, name, job, step, outputs):
        folder = self.place / name
        known = self._contexts(name, job, outputs)
        if "run" in step:
            assert "${{" not in step["run"], "nothing is pasted into a script"
            environ = self._environ() | {
                key: _expanded(text, known) for key, text in step.get("env", {}).items()
            }
            self.ran[name].append(self.image.run(name, step["run"], environ, folder))
            return self.ran[name][-1].code
        given = {key: _expanded(text, known) for key, text in step.get("with", {}).items()}
        action, _, commit = step["uses"].partition("@")
        assert re.fullmatch(r"[0-9a-f]{40}", commit), "actions are pinned"
        if action == APP:
            return self._app(given, step, outputs)
        if action == UPLOAD:
            return self._upload(folder, given)
        assert action == DOWNLOAD
        return self._download(folder, given, step)

    def _upload(self, folder, given):
        source = folder / given["path"]
        if source.is_dir():
            copied(source, self.place / "artifacts" / given["name"])
        elif source.exists():
            copied(source, self.place / "artifacts" / given["name"] / source.name)
        return 0

    def _download(self, folder, given, step):
        source = self.place / "artifacts" / given["name"]
        if not source.exists():
            return 0 if step.get("continue-on-error") else 1
        copied(source, folder / given.get("path", "."))
        return 0

    def _app(self, given, step, outputs):
        if given["private-key"] != "the App's key":
            return 1
        self.minted = {key: level for key, level in given.items() if key.startswith("permission-")}
        outputs[f"steps.{step['id']}.outputs.token"] = self.scene.write
        return 0

    def _contexts(self, name, job, outputs):
        named = self.secrets.get(job.get("environment"), {}) if self.from_default_branch else {}
        return {
            "github.token": self.tokens[name], "github.api_url": self.scene.api, "vars.REVIEWBOT_APP_ID": "12",
            **{f"secrets.{key}": text for key, text in named.items()}, **outputs,
        }  # fmt: skip

    def _environ(self):
        path = self.place / "event.json"
        path.write_text(json.dumps(self.event))
        return {
            "PATH": self.image.path, "HOME": str(self.scene.place), "LANG": "C.UTF-8", "CI": "true",
            "GITHUB_ACTIONS": "true", "GITHUB_API_URL": self.scene.api, "GITHUB_SERVER_URL": self.scene.fake.url,
            "GITHUB_REPOSITORY": "pay/ledger", "GITHUB_EVENT_PATH": str(path),
            "GITHUB_EVENT_NAME": next(iter(self.event.keys() - {"action"})), "GITHUB_REF": "refs/heads/main",
            "GITHUB_STEP_SUMMARY": str(self.place / "summary.md"),
        }  # fmt: skip


def _expanded(text, known):
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda match: known.get(match[1], ""), str(text))


def defined(repo, ref, path):
    """Read a workflow at a ref; `on` is a word that YAML 1.1 takes for true."""
    found = yaml.safe_load(repo.blob(ref, path))
    return {("on" if key is True else key): value for key, value in found.items()}


def completed(scene, name="reviewbot-request", event="pull_request"):
    """The event of a finished run: everything in it but the ids is the head's to choose."""
    run = {
        "name": name, "event": event, "conclusion": "success", "head_sha": scene.head, "head_branch": "topic$(id)`id`",
        "head_repository": {"full_name": "eve/ledger"}, "pull_requests": [],
        "head_commit": {"message": "'; env; '"}, "display_title": "${{ secrets.REVIEWBOT_APP_KEY }}",
    }  # fmt: skip
    return {"action": "completed", "workflow_run": run}
