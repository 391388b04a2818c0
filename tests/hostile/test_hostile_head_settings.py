"""Settings in the head of a change: every key of every document, rule files, and branches cut from old commits.

They are read from the operator and from the target branch's tip. That each of them would count there is
checked as well, so that none of these tests passes because a key is misspelt.
"""

import json
import os
import subprocess
from pathlib import Path

import pytest

from reviewbot import wiring
from reviewbot.change.git import GitRepository
from reviewbot.change.select import Selection
from reviewbot.errors import PolicyError
from reviewbot.policy import packs, reference
from reviewbot.policy.config import Overrides
from reviewbot.shipped import folder

PLACES = (".reviewbot.yml", "reviewbot-policy.yml", ".reviewbot/policy.yml", "etc/reviewbot/policy.yml")
REPOSITORY, OPERATOR = reference.keys("repository-policy"), reference.keys("operator-policy")
KEYS = sorted({key for key in (*REPOSITORY, *OPERATOR) if "[]" not in key})
LISTS = {
    "redact": [{"name": "x", "pattern": "x{3}"}],
    "scanners.sarif": [{"name": "x", "files": ["**"], "command": ["true"]}],
    "packs": ["none"],
}
# Read, and without effect until patches are proven by a repository's own tests.
WITHOUT_EFFECT = {"version", "tests.command", "tests.timeout_s"}
IDENTITY = {
    "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.invalid", "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.invalid", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1",
}  # fmt: skip


class Scene:
    """A repository with `main` and a `topic` on top of it, and commits made without a work tree."""

    def __init__(self, path):
        self.path = path
        self.git("init", "--quiet", "--initial-branch", "main", ".", cwd=path)
        self.git("update-ref", "refs/heads/main", self.commit({"README.md": "# a\n"}))

    def git(self, *arguments, given="", cwd=None, **env):
        done = subprocess.run(
            ["git", *arguments], cwd=cwd or self.path, env={**os.environ, **IDENTITY, **env}, input=given.encode(),
            check=True, capture_output=True,
        )  # fmt: skip
        return done.stdout.decode().strip()

    def commit(self, files, parent=None):
        return self.commits([files], parent)[0]

    def commits(self, many, parent=None):
        """Make a commit for each set of files, all on one parent, in one process."""
        script = []
        for files in many:
            script.append(
                "commit refs/heads/made\nmark :1\ncommitter A <a@example.invalid> 0 +0000\ndata 0\n"
            )
            script.append(f"from {parent}\n" if parent else "")
            script += [f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in files.items()]
            script.append("get-mark :1\nreset refs/heads/made\n\n")
        return self.git("fast-import", "--quiet", "--force", given="".join(script)).split()

    def settled(self, head):
        request = wiring.Request(self.path, Selection(base="main", head=head), Overrides(no_model=True), None)
        with GitRepository.open(self.path) as repository:
            return wiring.settled_policy(repository, request, {})


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    return Scene(tmp_path_factory.mktemp("repo"))


def values(key, field):
    """Give values of a key that are unlike its default: all words, both truths, both ends of a range."""
    if key in LISTS and field.get("type") == "array":
        return [LISTS[key]]
    for part in field.get("anyOf", ()):
        if part.get("type") != "null":
            return values(key, part)
    return [2] if "const" in field else field.get("enum") or of_type(field)


def of_type(field):
    kind = field.get("type")
    if kind == "array":
        inner = field["items"].get("enum", ["docs/x.md", "x"])
        return [[], [inner[0]], [inner[-1]]]
    if kind in {"integer", "number"}:
        least = field.get("minimum", field.get("exclusiveMinimum", 0) + 1)
        return [least, field["maximum"]]
    return {"boolean": [True, False]}.get(kind, ["x", "/x", "https://x.example/y", "X_Y"])


def documents(key):
    for known in (REPOSITORY, OPERATOR):
        if key in known and "$ref" not in known[key]:
            for value in values(key, known[key]):
                nested = value
                for part in reversed(key.split(".")):
                    nested = {part: nested}
                yield json.dumps({"version": 1, **nested})


@pytest.mark.parametrize("key", KEYS)
def test_a_key_in_the_head_has_no_effect(scene, key):
    """No key of any policy settles anything when only the change says it, under whatever file name."""
    main = scene.git("rev-parse", "main")
    usual = scene.settled(main)
    texts = list(documents(key))
    for text, head in zip(
        texts, scene.commits([dict.fromkeys(PLACES, text) for text in texts], main), strict=True
    ):
        assert scene.settled(head) == usual, text


@pytest.mark.parametrize("key", sorted(set(KEYS) - WITHOUT_EFFECT))
def test_the_same_key_at_the_tip_counts_or_is_refused(scene, key):
    """The texts of the test above are not without effect by themselves."""
    main = scene.git("rev-parse", "main")
    usual = scene.settled(main)

    def counts(text):
        tip = scene.commit({".reviewbot.yml": text}, main)
        scene.git("update-ref", "refs/heads/main", tip)
        try:
            return scene.settled(main).digest != usual.digest
        except PolicyError:
            return True
        finally:
            scene.git("update-ref", "refs/heads/main", main)

    texts = list(documents(key))
    assert any(map(counts, texts)) or not texts


def test_an_old_branch_does_not_revive_an_old_policy(scene):
    """The policy is of the target branch's tip, not of where the branch was cut."""
    start = scene.git("rev-parse", "main")
    lax = scene.commit({".reviewbot.yml": "version: 1\ngate: {fail_on: never}\npacks: []\n"}, start)
    strict = scene.commit({".reviewbot.yml": "version: 1\ngate: {fail_on: note}\n"}, lax)
    old = scene.commit({"app.py": "print()\n"}, lax)
    try:
        scene.git("update-ref", "refs/heads/main", lax)
        before = scene.settled(old)
        scene.git("update-ref", "refs/heads/main", strict)
        after = scene.settled(old)
    finally:
        scene.git("update-ref", "refs/heads/main", start)

    assert before.gate.fail_on is None
    assert after.gate.fail_on == "note"


def test_rule_files_in_the_head_have_no_effect(scene):
    """A change that empties every rule of every pack, where the packs lie or beside, changes no rule of its review."""
    main = scene.git("rev-parse", "main")
    rules = folder("rules")
    shipped = [path.relative_to(rules) for path in rules.rglob("*") if path.is_file()]
    places = ("rules", ".reviewbot/rules", "etc/reviewbot/packs")
    head = scene.commit({f"{place}/{path.as_posix()}": "" for place in places for path in shipped[::7]}, main)
    here = Path.cwd()
    try:
        os.chdir(scene.path)
        found = packs.load_rules(scene.settled(head), shipped=rules)
    finally:
        os.chdir(here)

    assert found == packs.load_rules(scene.settled(main), shipped=rules)
