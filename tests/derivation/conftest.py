"""One pull request, collected and reviewed by the real program, once for all tests here."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "change"))

from change_workshop import Workshop
from derivation_change import BASE, FLAWS

from reviewbot import wiring
from reviewbot.change.select import Selection
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.policy.config import Overrides


@dataclass(frozen=True)
class Reviewed:
    """A snapshot and the review that was made of it."""

    snapshot: Path
    document: dict
    head: str
    merge_base: str
    folder: Path

    def derived(
        self,
        document=None,
        *,
        diff_base=None,
        context=3,
        style=SuggestionStyle.LINES,
        quotes=(),
        policy=None,
        at=None,
        **overrides,
    ):
        """Derive from the review, or from a document that somebody altered."""
        path = at or self.folder / "review.json"
        text = document if isinstance(document, bytes) else json.dumps(document or self.document).encode()
        if at is None:
            path.write_bytes(text)
        request = wiring.Request(Path(), Selection(), Overrides(no_model=True, **overrides), policy)
        question = wiring.Question(self.snapshot, path, diff_base, context, style, tuple(quotes))
        return wiring.derived(request, question, {"PATH": os.environ["PATH"]})


@pytest.fixture(scope="session")
def reviewed_once(tmp_path_factory):
    """Collect and review, as two jobs of a pipeline would."""
    place = tmp_path_factory.mktemp("reviewed")
    shop = Workshop(place / "ledger.git", bare=True)
    first = shop.commit("main", {"app/a.py": BASE, "app/old.py": BASE + b"# 1\n# 2\n# 3\n"})
    head = shop.commit(
        "topic",
        {
            "app/a.py": BASE + b"\n\nother = 1\n",
            "app/new.py": BASE + b"# 1\n# 2\n# 3\n",
            "app/flaws.py": FLAWS.encode(),
        },
        parents=(first,),
    )
    shop.git("update-ref", "refs/merge-requests/12/head", head)
    environ = {
        "PATH": os.environ["PATH"], "HOME": str(place), "REVIEWBOT_FORGE": "gitlab", "REVIEWBOT_PULL_REQUEST": "12",
        "REVIEWBOT_FORGE_URL": "https://git.corp.example/api/v4", "REVIEWBOT_FORGE_REPOSITORY": "pay/ledger",
        "REVIEWBOT_FORGE_REMOTE": f"file://{shop.path}", "REVIEWBOT_TARGET_BRANCH": "main",
    }  # fmt: skip
    if "REVIEWBOT_SCANNERS" in os.environ:
        environ["REVIEWBOT_SCANNERS"] = os.environ["REVIEWBOT_SCANNERS"]
    for arguments in (["collect"], ["review", "--no-model"]):
        subprocess.run(
            [sys.executable, "-m", "reviewbot", *arguments],
            cwd=place,
            env=environ,
            check=True,
            capture_output=True,
        )
    document = json.loads((place / "review" / "review.json").read_text("utf-8"))
    return Reviewed(place / "snapshot", document, head, first, place)


@pytest.fixture(scope="session")
def ground(reviewed_once):
    """What a review is checked against, opened once."""
    question = wiring.Question(reviewed_once.snapshot, Path(), None, 3, SuggestionStyle.LINES, ())
    request = wiring.Request(Path(), Selection(), Overrides(no_model=True), None)
    with wiring.grounded(request, question, {"PATH": os.environ["PATH"]}) as found:
        yield found


@pytest.fixture
def reviewed(reviewed_once, tmp_path):
    """The same, with a folder of its own to write altered reviews into."""
    return Reviewed(
        reviewed_once.snapshot, reviewed_once.document, reviewed_once.head, reviewed_once.merge_base, tmp_path
    )
