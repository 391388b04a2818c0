"""The demo's flaws on each forge: suggestions that are the proven patches."""

import json
import subprocess

import pytest
from pipeline_scene import KINDS, Scene

from reviewbot.demo import bundle
from reviewbot.domain.edits import applied
from reviewbot.domain.patch import Edit


def git(repo, *arguments):
    """Run git and give its output as bytes."""
    return subprocess.run(["git", *arguments], cwd=repo, check=True, capture_output=True).stdout


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One cache for all forges: what was scanned and proven once need not be again."""
    return tmp_path_factory.mktemp("shared")


def side(repo, name):
    """Give every file of a branch."""
    paths = git(repo, "ls-tree", "-r", "--name-only", name).decode().split()
    return {path: git(repo, "show", f"{name}:{path}") for path in paths}


@pytest.mark.parametrize("kind", KINDS)
def test_each_forge_gets_a_suggestion_that_is_the_proven_patch(kind, tmp_path, shared):
    """A click gives exactly the proven bytes; what lies too far apart is shown, with the command."""
    laid = tmp_path / "orders"
    bundle.lay_out(laid)
    base, head = side(laid, bundle.TARGET), side(laid, bundle.BRANCH)
    scene = Scene(kind, tmp_path, head, base=base)
    with scene.fake:
        assert scene.round(env={"REVIEWBOT_CACHE": str(shared)}).exit_code == 10
        review = json.loads((tmp_path / "review-1" / "review.json").read_text())
        bodies = {}
        for thread in scene.threads()[0]:
            bodies[thread["bodies"][0]] = thread
        clicked = 0
        for patch in review["patches"]:
            (thread,) = (
                one for body, one in bodies.items() if f"`reviewbot fix {patch['finding'][:6]}`" in body
            )
            path = patch["edits"][0]["path"]
            if "```suggestion" not in thread["bodies"][0]:
                assert "```diff" in thread["bodies"][0]
                continue
            clicked += 1
            edits = [
                Edit(path, one["oid"], one["first"], one["last"], tuple(one["lines"]))
                for one in patch["edits"]
            ]
            assert scene.fake.apply_suggestion(scene.number, thread["id"]) == applied(head[path], edits)
        # Nothing is deleted here, so the file that the demo moves is a copy, and its weak hash a tenth flaw.
        assert (len(review["patches"]), clicked) == (10, 9)
        assert scene.fake.violations == []
