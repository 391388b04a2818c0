"""The three fakes under one hand: open a request, connect the real adapter, read, press the button."""

from functools import lru_cache
from typing import Any

from fakes import azure_git, github_markdown, gitlab_markdown
from fakes.azure import CONTRIBUTE, READ, FakeAzure
from fakes.github import FakeGitHub
from fakes.gitlab import FakeGitLab
from fakes.repo import Repo

from reviewbot.domain.forge import Forge
from reviewbot.domain.policy import NetworkPolicy
from reviewbot.domain.pull import ForgeKind, PullRef
from reviewbot.forges import azure, github, gitlab
from reviewbot.forges.base import Access

KINDS = tuple(str(kind) for kind in ForgeKind)
_NETWORK = NetworkPolicy(connect_s=10, idle_s=120)
_APP = {"pull_requests:write", "statuses:write", "contents:write", "metadata:read"}
_BUTTONS = {
    "gitlab": gitlab_markdown.suggestions,
    "github": github_markdown.suggestions,
    "azure": azure_git.suggestions,
}


class Server:
    """One forge over one repository, with a person and the bot."""

    def __init__(self, kind: str, repo: Repo) -> None:
        self.kind = kind
        fake: Any = {"gitlab": FakeGitLab, "github": FakeGitHub, "azure": FakeAzure}[kind](repo.path)
        self.fake = fake
        # Commits are named by their ids here, so what git says of a file once holds.
        fake.repo.blob = lru_cache(maxsize=256)(fake.repo.blob)
        self._person = fake.add_user("ann")
        bot = fake.add_user("reviewbot", is_bot=True)
        rights = {"gitlab": {"api"}, "github": _APP, "azure": {READ, CONTRIBUTE}}[kind]
        self._token = fake.add_token(bot, rights, **({"kind": "pat"} if kind == "azure" else {}))
        self._bot = bot if kind == "azure" else "reviewbot"

    def open(self, source: str, target: str) -> int:
        """Open a request between two branches."""
        return self.fake.open_pull_request(source, target, self._person)

    def connect(self, number: int) -> Forge:
        """The program's own adapter, on a request."""
        kind = ForgeKind(self.kind)
        api, repository, presented = {
            "gitlab": (f"{self.fake.url}/api/v4", "42", "private"),
            "github": (f"{self.fake.url}/api/v3", "pay/ledger", "bearer"),
            "azure": (f"{self.fake.url}/DefaultCollection", "Pay/ledger", "pat"),
        }[self.kind]
        access = Access(self._token, "REVIEWBOT_FORGE_TOKEN", presented, _NETWORK)
        ref = PullRef(kind, api, repository, number)
        if kind is ForgeKind.GITLAB:
            return gitlab.connect(ref, access, status_name="reviewbot")
        if kind is ForgeKind.GITHUB:
            return github.connect(ref, access, status_name="reviewbot")
        return azure.connect(ref, access, status_name="reviewbot")

    def threads(self, number: int) -> tuple[list[dict[str, Any]], list[str]]:
        """The bot's threads on files, and the bodies of what it said on none."""
        mine = [each for each in self.fake.threads(number) if each["authors"][0] == self._bot]
        return [each for each in mine if each["path"]], [
            each["bodies"][0] for each in mine if not each["path"]
        ]

    def buttons(self, thread: dict[str, Any]) -> int:
        """How many suggestions this forge finds in a comment."""
        return len(_BUTTONS[self.kind](thread["bodies"][0]))

    def pressed(self, number: int, thread: dict[str, Any]) -> bytes | str:
        """The file after a click, or why the forge would not."""
        try:
            return self.fake.apply_suggestion(number, thread["id"])
        except (ValueError, AssertionError) as error:
            return str(error)

    def quoted(self, text: bytes) -> bytes:
        r"""What this fake calls the text under an anchor: Azure's span ends before the last line's end."""
        if self.kind != "azure":
            return text
        return text[: -2 if text.endswith(b"\r\n") else -1] if text.endswith(b"\n") else text

    def name_of(self, path: str, old_path: str, side: str) -> str:
        """The name under which a thread's file is known: GitLab names the side's own."""
        return old_path if self.kind == "gitlab" and side == "old" else path

    def violations(self) -> list[str]:
        """What the fake has to complain of since it was asked last."""
        found = list(self.fake.violations)
        self.fake.violations.clear()
        self.fake.log.clear()
        return found

    def close(self) -> None:
        self.fake.close()
