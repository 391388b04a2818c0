"""What a change may try to switch its own scanners off. Each: the flaw is still reported, or the result is incomplete."""

import pytest

FLAW = "import subprocess\n\n\ndef f(name):\n    subprocess.run('ls ' + name, shell=True){mark}\n"


def plain(repo, mark=""):
    repo.write(app_dot_py=FLAW.format(mark=mark))


def beside(name, content):
    def write(repo):
        plain(repo)
        repo.put(name, content)

    return write


def linked(name, content):
    def write(repo):
        plain(repo)
        repo.put("elsewhere.txt", content)
        (repo.path / name).symlink_to("elsewhere.txt")

    return write


def in_folder(folder):
    def write(repo):
        repo.put(f"{folder}/app.py", FLAW.format(mark=""))

    return write


CONTROLS = {
    "nosemgrep": lambda repo: plain(repo, "  # nosemgrep"),
    "nosec": lambda repo: plain(repo, "  # nosec"),
    "noqa": lambda repo: plain(repo, "  # noqa"),
    "semgrepignore": beside(".semgrepignore", "*.py\n*\n"),
    "bandit file": beside(".bandit", "[bandit]\nexclude: /\nskips: B602,B603,B604,B605\n"),
    "bandit yaml": beside("bandit.yaml", "exclude_dirs: ['/']\nskips: [B602]\n"),
    "pyproject": beside("pyproject.toml", '[tool.bandit]\nexclude_dirs = ["."]\nskips = ["B602"]\n'),
    "gitattributes": beside(".gitattributes", "*.py -diff binary linguist-generated export-ignore\n"),
    "gitignore": beside(".gitignore", "*\n"),
    "linked semgrepignore": linked(".semgrepignore", "*.py\n"),
    "linked bandit": linked(".bandit", "[bandit]\nskips: B602\n"),
    "syntax error in front": lambda repo: repo.write(app_dot_py="def (:\n" + FLAW.format(mark="")),
    "1.2 MB of padding": lambda repo: repo.write(
        app_dot_py="# padding padding\n" * 70_000 + FLAW.format(mark="")
    ),
    "one line of 1.2 MB": lambda repo: repo.write(
        app_dot_py="x = '" + "a" * 1_200_000 + "'\n" + FLAW.format(mark="")
    ),
    "tests": in_folder("tests"),
    "vendor": in_folder("vendor"),
    "node_modules": in_folder("node_modules"),
    "hidden folder": in_folder(".hidden"),
    "a name with a newline": in_folder("a\nb"),
    "a name with a dash": in_folder("--config=x"),
    "NUL in front": lambda repo: repo.write(app_dot_py="# \0\n" + FLAW.format(mark="")),
    "UTF-16": lambda repo: repo.put("app.py", FLAW.format(mark="").encode("utf-16")),
    "reviewbot's own policy": beside(".reviewbot.yml", "version: 1\ngate: {fail_on: never}\n"),
}


@pytest.mark.parametrize("control", CONTROLS)
def test_no_control_in_the_change_hides_the_flaw(repo, run, control):
    """The flaw is shown on its line, or the file is listed as not scanned and the exit code is 3."""
    CONTROLS[control](repo)
    repo.commit()
    ran = run("--no-model", "--fail-on", "warning")
    found = [
        rule
        for rule, path, _ in ran.rules
        if path.rstrip('"').endswith("app.py") and "suppression" not in rule
    ]
    unread = [
        entry
        for entry in ran.review["coverage"]
        if any("failed" in str(word) for word in entry["by"].values())
    ]
    assert found or (unread and ran.code == 3), ran.out + ran.err
    assert ran.code in {3, 10}


@pytest.mark.parametrize("mark", ["nosemgrep", "nosec"])
def test_a_suppression_added_by_the_change_is_itself_shown(repo, run, mark):
    """A marker of a tool that we run is a finding of its own on the same line."""
    plain(repo, f"  # {mark}")
    repo.commit()
    ran = run("--no-model", "--fail-on", "warning")
    assert ("suppression-of-a-scanner", "app.py", 5) in ran.rules


def test_a_flaw_that_was_there_before_does_not_blame_the_change(repo, run):
    """Lines added above an old flaw leave it old; a copy of it is one new finding, on the copy."""
    repo.git("checkout", "-q", "main")
    plain(repo)
    repo.commit()
    repo.git("checkout", "-q", "-B", "topic")
    repo.write(app_dot_py="import os\n\nprint(os.sep)\n" + FLAW.format(mark=""))
    repo.commit()
    assert run("--no-model", "--fail-on", "note").code == 0
    repo.write(app_dot_py=FLAW.format(mark="") + "    subprocess.run('ls ' + name, shell=True)\n")
    repo.commit()
    ran = run("--no-model", "--fail-on", "warning")
    assert {line for _, _, line in ran.rules} == {6}


def test_a_secret_that_a_later_commit_removed_is_still_shown(repo, run):
    """The token is in the history of the change, which is what will be pushed."""
    token = "glpat" + "-" + "Zx7Tq2Lw9Rk4Vb8Nc3Yd"
    repo.write(config_dot_py=f'TOKEN = "{token}"\n')
    commit = repo.commit()
    repo.write(config_dot_py='import os\n\nTOKEN = os.environ["TOKEN"]\n')
    repo.commit()
    ran = run("--no-model", "--fail-on", "warning")
    found = [f for f in ran.review["findings"] if f["outcome"] == "summary"]
    assert [(f["span"]["path"], f["commit"]) for f in found] == [("config.py", commit)]
    assert token not in ran.out + ran.err + (ran.folder / "review.json").read_text()
    assert ran.code == 10


def test_config_comes_from_the_target_branch(repo, run):
    """A stricter gate on main holds for the change; a change cannot loosen it for itself."""
    repo.git("checkout", "-q", "main")
    repo.put(".reviewbot.yml", "version: 1\ngate: {fail_on: note}\n")
    repo.commit()
    repo.git("checkout", "-q", "-B", "topic")
    repo.put(".reviewbot.yml", "version: 1\ngate: {fail_on: never}\n")
    repo.write(app_dot_py="import pickle\n")
    repo.commit()
    plain(repo)
    repo.commit()
    ran = run("--no-model")
    assert ran.code == 10
