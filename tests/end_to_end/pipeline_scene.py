"""A pull request on each forge's fake, and the variables that a job of the operator's would have."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "forges"))

from fakes.azure import CONTRIBUTE, READ, FakeAzure
from fakes.github import FakeGitHub
from fakes.gitlab import FakeGitLab
from fakes.repo import Repo

from reviewbot import pipeline, stages, wiring
from reviewbot.change.select import Selection
from reviewbot.domain.policy import Policy
from reviewbot.policy.config import Overrides
from reviewbot.report import json as report_json
from reviewbot.tokens import Work

KEYS = "a-key-for-markers-of-32-characters!"
QUIET = b"import os\n"
SHELL = b"import subprocess\n\n\ndef run(name):\n    return subprocess.run('ls ' + name, shell=True)\n"
HASH = b"import hashlib\n\n\ndef digest(x):\n    return hashlib.md5(x).hexdigest()\n"
KINDS = ("gitlab", "github", "azure")


class Scene:
    """A forge with a pull request from `topic` to `main`, a bot and a person."""

    def __init__(self, kind, place, files, base=None):
        self.kind, self.place = kind, place
        self._rounds = 0
        self.repo = Repo.create(place / "ledger.git")
        self.first = self.repo.commit("main", base or {"app/a.py": QUIET}, message="base")
        self.repo.commit(
            "topic", (base or {"app/a.py": QUIET}) | files, parents=(self.first,), message="topic"
        )
        self.fake = {"gitlab": FakeGitLab, "github": FakeGitHub, "azure": FakeAzure}[kind](self.repo.path)
        self.person = self.fake.add_user("ann")
        self.bot = self.fake.add_user("reviewbot", is_bot=True)
        self.token = self.fake.add_token(self.bot, *self._rights())
        self.number = self.fake.open_pull_request("topic", "main", self.person)
        self._merge_on_trial()

    def _rights(self):
        app = {"pull_requests:write", "statuses:write", "contents:write", "metadata:read"}
        return {"gitlab": ({"api"},), "github": (app,), "azure": ({READ, CONTRIBUTE},)}[self.kind]

    def git(self, *arguments):
        return (
            subprocess.run(["git", *arguments], cwd=self.repo.path, check=True, capture_output=True)
            .stdout.decode()
            .strip()
        )

    def push(self, files):
        """Put another commit onto the source branch."""
        self.repo.commit("topic", files, message="more")
        self.fake.push(self.number)
        self._merge_on_trial()

    def _merge_on_trial(self):
        # The server does so soon after a push; the fake when somebody looks.
        if self.kind == "azure":
            self.fake.environment(self.number)

    @property
    def head(self):
        return self.repo.resolve("topic")

    @property
    def environ(self):
        """The variables of a job of the operator's own, with every token."""
        api, repository = {
            "gitlab": ("/api/v4", "42"), "github": ("/api/v3", "pay/ledger"), "azure": ("/DefaultCollection", "Pay/ledger"),
        }[self.kind]  # fmt: skip
        found = {
            "PATH": os.environ["PATH"], "HOME": str(self.place), "REVIEWBOT_FORGE": self.kind,
            "REVIEWBOT_FORGE_URL": self.fake.url + api, "REVIEWBOT_FORGE_REPOSITORY": repository,
            "REVIEWBOT_FORGE_REMOTE": f"file://{self.repo.path}", "REVIEWBOT_PULL_REQUEST": str(self.number),
            "REVIEWBOT_TARGET_BRANCH": "main", "REVIEWBOT_FORGE_TOKEN": self.token, "REVIEWBOT_MARKER_KEYS": KEYS,
            "REVIEWBOT_NO_MODEL": "1", "REVIEWBOT_FAIL_ON": "warning",
            "REVIEWBOT_CACHE": str(self.place / "cache"), "REVIEWBOT_CACHE_WRITE": "1",
        }  # fmt: skip
        return found | {name: os.environ[name] for name in ("REVIEWBOT_SCANNERS",) if name in os.environ}

    def call(self, *arguments, env=None, without=()):
        """Call the program in a process of its own."""
        environ = {name: value for name, value in (self.environ | (env or {})).items() if name not in without}
        return subprocess.run(
            [sys.executable, "-m", "reviewbot", *map(str, arguments)], cwd=self.place, env=environ, capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip

    def round(self, *, env=None, reviewed=None):
        """Do in this process what the stages do in theirs (what is derived is derived in its own all the same).

        `reviewed` happens between the review and its publishing. Gives what `publish` gives.
        """
        environ = self.environ | (env or {})
        self._rounds += 1
        taken, review = self.place / f"taken-{self._rounds}", self.place / f"review-{self._rounds}"
        overrides = Overrides(no_model=True, fail_on="warning", given_as={})
        policy = Policy()
        given = stages.started(environ, policy)
        work = Work(policy, environ, lambda _: None)
        stages.collect(given, work, taken)
        asked = wiring.Request(
            Path(), Selection(), overrides, None, snapshot=taken, home=self.place / "record"
        )
        review.mkdir()
        with wiring.prepared(asked, environ, lambda _: None) as prepared:
            found = pipeline.review(prepared.change, prepared.desk)
            (review / "review.json").write_bytes(report_json.render(found))
        if reviewed:
            reviewed(review)
        settings = {name: environ[name] for name in ("REVIEWBOT_NO_MODEL", "REVIEWBOT_FAIL_ON")}
        job = stages.Publication(review, taken, settings, self.place / "record", dry_run=False)
        return stages.publish_review(given, job, work)

    def threads(self):
        """Threads of the bot, as the fake sees them: on a file, and the others."""
        # Azure DevOps' fake names accounts by id, the others by name.
        ours = [t for t in self.fake.threads(self.number) if t["authors"][0] in {self.bot, "reviewbot"}]
        return [t for t in ours if t["path"]], [t for t in ours if not t["path"]]

    def weak_token(self):
        """A token of the bot's that may read and nothing else."""
        rights = {
            "gitlab": ({"read_api", "read_repository"},), "github": ({"pull_requests:read", "contents:read", "metadata:read"},),
            "azure": ({READ},),
        }[self.kind]  # fmt: skip
        return self.fake.add_token(self.bot, *rights)

    def is_open(self, thread):
        """Whether a thread is open, in each forge's own words."""
        return thread["state"] in {"open", "active", "pending", "unresolved"}

    def red(self, sha):
        """Whether the newest status of ours on this commit is there and not green."""
        ours = [status for status in self.fake.statuses(sha) if "reviewbot" in str(status)]
        assert ours, "no status"
        word = next(ours[-1][key] for key in ("state", "status") if key in ours[-1])
        return word not in {"success", "succeeded"}
