"""What goes wrong gets a sentence that says what to do, the documented exit code, and loses nothing."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from reviewbot.scanners.locate import locate

FLAW = "import subprocess\n\n\ndef f(name):\n    subprocess.run('ls ' + name, shell=True)\n"


def test_not_a_repository(reviewbot, tmp_path):
    """A folder outside any repository is a usage error."""
    ran = reviewbot("run", "--repo", tmp_path)
    assert ran.code == 2
    assert "not in a git repository" in ran.err
    assert "Traceback" not in ran.err


def test_no_commits(reviewbot, tmp_path):
    """A repository without a commit has nothing to compare."""
    subprocess.run(["git", "init", "-q", tmp_path / "new"], check=True)
    ran = reviewbot("run", "--repo", tmp_path / "new")
    assert ran.code == 2
    assert "commit" in ran.err


def test_unknown_reference(run):
    """A misspelt branch is named."""
    ran = run("--base", "mian")
    assert ran.code == 2
    assert "mian" in ran.err


def test_a_reference_that_is_an_option(run, tmp_path):
    """A reference that begins with a dash reaches no command line."""
    ran = run("--base", f"--output={tmp_path}/pwned")
    assert ran.code == 2
    assert not (tmp_path / "pwned").exists()


def test_no_target_branch(repo, run):
    """Without origin and without main the sentence says how to name one."""
    repo.git("branch", "-D", "main")
    ran = run()
    assert ran.code == 2
    assert "--base" in ran.err


def test_shallow_clone(repo, reviewbot, tmp_path):
    """A clone without the merge base says how to deepen it."""
    for number in range(3):
        repo.write(a_dot_py=f"x = {number}\n")
        repo.commit()
    repo.git("checkout", "-q", "main")
    repo.write(b_dot_py="x = 1\n")
    repo.commit()
    repo.git("checkout", "-q", "topic")
    shallow = tmp_path / "shallow"
    subprocess.run(
        ["git", "clone", "-q", "--depth", "1", "--no-single-branch", f"file://{repo.path}", shallow],
        check=True,
    )
    ran = reviewbot("run", "--repo", shallow, "--base", "origin/main")
    assert ran.code == 2
    assert "--unshallow" in ran.err


def test_uncommitted_work_is_mentioned(repo, run):
    """A review of HEAD says that it leaves something out."""
    repo.write(a_dot_py="x = 1\n")
    repo.commit()
    repo.write(b_dot_py=FLAW)
    ran = run("--no-model")
    assert ran.code == 0
    assert "--worktree" in ran.out + ran.err


@pytest.mark.parametrize("option", ["--staged", "--worktree"])
def test_uncommitted_work_can_be_reviewed(repo, run, option):
    """Staged and unstaged work is found without committing it."""
    repo.write(b_dot_py=FLAW)
    if option == "--staged":
        repo.git("add", "b.py")
    ran = run("--no-model", "--fail-on", "warning", option)
    assert ran.code == 10
    assert {path for _, path, _ in ran.rules} == {"b.py"}


def test_a_policy_that_does_not_parse(repo, run, tmp_path):
    """A misspelt key is named with file, line and the nearest valid key."""
    (tmp_path / "policy.yml").write_text("version: 1\ngate:\n  fail_onn: error\n")
    ran = run("--policy", tmp_path / "policy.yml")
    assert ran.code == 2
    assert "policy.yml:3" in ran.err
    assert "fail_on" in ran.err


def test_a_policy_that_is_not_there(run, tmp_path):
    """A policy file that cannot be read stops the run."""
    ran = run("--policy", tmp_path / "nowhere.yml")
    assert ran.code == 2
    assert "nowhere.yml" in ran.err


def test_a_rule_that_does_not_load_stops_the_run(run, tmp_path):
    """A rule that is silently missing would be a finding that is silently missing."""
    pack = tmp_path / "packs" / "ours"
    pack.mkdir(parents=True)
    (pack / "pack.yml").write_text("id: ours\nversion: 1.0.0\nowner: us\ndescription: Ours\n")
    (pack / "broken.yml").write_text("id: broken\ntitle: [\n")
    ran = run("--rules", tmp_path / "packs")
    assert ran.code == 2
    assert "broken.yml" in ran.err


def tools(tmp_path, **scripts):
    """A folder of scanners, the real ones except those given as shell scripts."""
    real = locate(os.environ)
    folder = tmp_path / "tools" / "bin"
    folder.mkdir(parents=True)
    for name in ("semgrep", "bandit"):
        if name in scripts:
            (folder / name).write_text(scripts[name])
            (folder / name).chmod(0o755)
        else:
            (folder / name).symlink_to(getattr(real, name).command[-1])
    return {"REVIEWBOT_SCANNERS": str(folder.parent)}


BROKEN = {
    "not startable": "#!/nowhere/interpreter\n",
    "crashing": "#!/bin/sh\nkill -SEGV $$\n",
    "failing": "#!/bin/sh\necho no >&2\nexit 3\n",
    "garbage": "#!/bin/sh\necho '{\"results\": [}'\n",
    "silent": "#!/bin/sh\nexit 0\n",
    "hanging": "#!/bin/sh\nsleep 600\n",
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_scanner_leaves_the_review_incomplete(repo, run, tmp_path, how):
    """Whatever semgrep does, bandit's finding is shown, the gap is named, and the exit code is 3."""
    repo.write(
        b_dot_py="import requests\n\n\ndef f(url):\n    return requests.get(url, verify=False, timeout=5)\n"
    )
    repo.commit()
    (tmp_path / "policy.yml").write_text("version: 1\nlimits: {scanner_seconds: 5}\n")
    ran = run("--no-model", "--policy", tmp_path / "policy.yml", env=tools(tmp_path, semgrep=BROKEN[how]))
    assert ran.code == 3, ran.out + ran.err
    assert any("bandit" in finding["sources"] for finding in ran.review["findings"])
    assert "semgrep" in ran.out
    assert ran.review["verdict"]["complete"] is False
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("place", ["nowhere/review.json", "."])
def test_an_output_that_cannot_be_written_is_refused_before_the_work(repo, reviewbot, tmp_path, place):
    """A path in a folder that is not there, or that is a folder, is a usage error at once."""
    ran = reviewbot("run", "--repo", repo.path, "--output", f"json={tmp_path / place}")
    assert ran.code == 2
    assert str(tmp_path) in ran.err


def test_an_output_that_fails_late_loses_nothing(repo, reviewbot, tmp_path):
    """When the disk is full at the end, the findings were printed and the review lies in the run's folder."""
    repo.write(b_dot_py=FLAW)
    repo.commit()
    ran = reviewbot("run", "--repo", repo.path, "--no-model", "--output", "json=/dev/full")
    assert ran.code == 2
    assert "b.py" in ran.out
    kept = list(Path(repo.path, ".git/reviewbot/runs").glob("*/review.json"))
    assert len(kept) == 1
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600


def test_an_unknown_format_names_the_formats(repo, reviewbot):
    """A misspelt format is answered with the valid ones."""
    ran = reviewbot("run", "--repo", repo.path, "--output", "pdf=x.pdf")
    assert ran.code == 2
    assert "sarif" in ran.err


def test_a_history_too_long_to_read_is_a_gap(repo, run):
    """More commits than are looked at for secrets leave the review incomplete, and say so."""
    who = "committer A <a@example.invalid> 1767225600 +0000\ndata 1\nx"
    stream = "".join(f"commit refs/heads/topic\n{who}\n" for _ in range(5_002))
    stream = stream.replace("\n" + who, "\n" + who + "\nfrom refs/heads/topic^0", 1)
    subprocess.run(
        ["git", "fast-import", "--quiet", "--force"], cwd=repo.path, input=stream.encode(), check=True
    )
    repo.git("reset", "-q", "--hard", "topic")
    repo.write(a_dot_py="x = 1\n")
    repo.commit()
    ran = run("--no-model")
    assert ran.code == 3
    assert "history" in ran.out


def test_nothing_to_review(run):
    """A branch without a change is clean, and says that there was nothing."""
    ran = run("--no-model")
    assert ran.code == 0
    assert "0 files" in ran.out
