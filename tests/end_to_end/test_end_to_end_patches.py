"""The demo's flaws, mended: on the terminal, in every report, on each forge, and by `reviewbot fix` on a laptop."""

import json
import subprocess
import sys

import pytest
from pipeline_scene import KINDS, Scene

from reviewbot.demo import bundle
from reviewbot.domain.edits import applied
from reviewbot.domain.patch import Edit

# That CI is changed at all is nothing to mend; every other flaw of the demo is.
UNMENDED = {"change-to-ci-files"}
TESTS = ("-m", "unittest", "discover", "--start-directory", "tests", "--top-level-directory", ".")


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory):
    """The demo, run once."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = subprocess.run(
        [sys.executable, "-m", "reviewbot", "demo", "--keep", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, json.loads((folder / "review.json").read_text()), done.stdout


def git(repo, *arguments):
    """Run git and give its output as bytes."""
    return subprocess.run(["git", *arguments], cwd=repo, check=True, capture_output=True).stdout


def shown(review):
    return [one for one in review["findings"] if one["outcome"] == "inline"]


def test_every_flaw_has_a_proven_patch_and_the_tests_were_run(reviewed):
    """All steps of each proof passed, the service's own tests among them."""
    _, review, _ = reviewed
    assert {one["rule"] for one in shown(review) if one["patch"] is None} == UNMENDED
    assert review["unproven"] == []
    assert review["tests"]["passed"] == 10
    for patch in review["patches"]:
        assert {step["state"] for step in patch["proof"]["steps"]} == {"passed"}, patch
        assert patch["proof"]["tests"] == 10


def test_each_patch_is_on_the_terminal_in_the_reports_and_a_file(reviewed):
    """What to type, what was proven, and the new lines; git takes the files, and none holds the secret."""
    folder, review, terminal = reviewed
    page, markdown = (folder / "review.html").read_text(), (folder / "review.md").read_text()
    for patch in review["patches"]:
        command = f"reviewbot fix {patch['finding'][:6]}"
        assert command in terminal
        assert command in page
        assert command in markdown
    assert terminal.count("10 tests pass") == len(review["patches"])
    files = sorted((folder / "patches").iterdir())
    assert len(files) == len(review["patches"]) - 1  # a file with the token in it is not written
    for file in files:
        subprocess.run(["git", "apply", "--check", str(file)], cwd=folder / "orders", check=True)
    assert not [file for file in files if "glpat" in file.read_text()]


def test_all_of_them_leave_a_clean_change_whose_tests_pass(reviewed, reviewbot):
    """Put in at once on the laptop; the secret has to leave the history too, so the commit is amended."""
    folder, review, _ = reviewed
    repo = folder / "orders"
    done = reviewbot("fix", "--yes", "--repo", repo)
    assert done.code == 0, done.out + done.err
    assert len(git(repo, "diff", "--name-only").split()) == len(
        {p["edits"][0]["path"] for p in review["patches"]}
    )
    subprocess.run(["python3", *TESTS], cwd=repo, check=True, capture_output=True)
    undo = next(line for line in done.out.split("\n") if line.startswith("undo: ")).removeprefix("undo: ")
    subprocess.run([*undo.split(" ")[:1], "-C", str(repo), *undo.split(" ")[1:]], check=True)
    assert git(repo, "status", "--porcelain") == b""

    assert reviewbot("fix", "--yes", "--repo", repo).code == 0
    author = ("-c", "user.name=A", "-c", "user.email=a@example.invalid")
    git(repo, *author, "commit", "--quiet", "--all", "--amend", "--no-edit")
    again = reviewbot(
        "run", "--repo", repo, "--base", "main", "--no-model", "--policy", folder / "policy.yml"
    )
    assert again.code == 0, again.out
    assert "10 passed" in again.out


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
