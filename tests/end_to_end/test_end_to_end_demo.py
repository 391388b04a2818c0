"""`reviewbot demo`: what the README promises, and its flaws mended on a laptop."""

import json
import shutil
import subprocess
import sys

import pytest

from reviewbot.demo import bundle

# Each a real flaw of the bundled change; nothing else may be shown. A second finding on one line is another flaw.
FLAWS = [
    (".github/workflows/ci.yml", 9),  # a script injection
    (".github/workflows/ci.yml", 9),  # and that CI is changed at all
    ("Dockerfile", 3),
    ("orders/accounts.py", 21),
    ("orders/settings.py", 8),
    ("orders/sync.py", 8),
    ("orders/sync.py", 15),
    ("orders/views.py", 27),
    ("orders/views.py", 44),
    ("orders/views.py", 50),
]

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


def test_all_of_them_leave_a_clean_change_whose_tests_pass(reviewed, reviewbot, tmp_path):
    """Put in at once on the laptop; the secret has to leave the history too, so the commit is amended."""
    folder, review, _ = reviewed
    repo = shutil.copytree(folder / "orders", tmp_path / "orders", symlinks=True)
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


def test_the_demo_finds_the_flaws_and_nothing_else(reviewed):
    """At least six true findings, none on a harmless edit, and every report is written."""
    folder, review, _ = reviewed
    found = [f for f in review["findings"] if f["outcome"] in {"inline", "summary"}]
    places = [(f["span"]["path"], f["span"]["first"]) for f in found]
    assert sorted(places) == sorted(FLAWS), [(f["rule"], p) for f, p in zip(found, places, strict=True)]
    assert review["verdict"]["complete"] is True
    assert {path.name for path in folder.iterdir()} >= {"review.html", "review.sarif", "review.md", "patches"}


def test_the_demo_shows_no_secret(reviewed):
    """The token in the bundled change appears in no report and not on the terminal."""
    folder, _, terminal = reviewed
    assert len(bundle.TOKEN) > 20
    reports = [path.read_text() for path in (*folder.glob("review.*"), *folder.glob("patches/*"))]
    assert not [text for text in [terminal, *reports] if bundle.TOKEN in text]


def test_the_demo_replaces_only_its_own_folder(reviewbot, tmp_path):
    """A folder with something else in it is left alone."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    ran = reviewbot("demo", "--keep", tmp_path / "mine")
    assert ran.code == 2
    assert (tmp_path / "mine" / "thesis.txt").exists()
