"""`reviewbot doctor`: each part really tried, and the sentence that mends it."""

import os

from reviewbot.scanners.locate import locate


def test_everything_works_here(repo, reviewbot):
    """On a machine that is set up, git, policy, rules, sandbox and scanners are fine and no model is missed."""
    ran = reviewbot("doctor", "--repo", repo.path)
    assert ran.code == 0, ran.out + ran.err
    lines = ran.out.split("\n")
    for part in ("git", "policy", "rules", "sandbox", "semgrep", "bandit", "secrets"):
        assert any(line.startswith(f"ok  {part} ") for line in lines), ran.out
    assert any(line.startswith("--  model") for line in lines)
    assert "REVIEWBOT_MODEL_URL" in ran.out


def test_outside_a_repository_the_rest_is_still_looked_at(reviewbot, tmp_path):
    """The operator's settings and the tools can be checked anywhere."""
    ran = reviewbot("doctor", "--repo", tmp_path)
    assert ran.code == 0, ran.out
    assert "not in a git repository" in ran.out


def test_a_broken_policy_is_the_first_thing_to_mend(reviewbot, tmp_path):
    """The policy's error is shown with file and line, the other parts are looked at all the same."""
    (tmp_path / "policy.yml").write_text("version: 1\nmodle: {}\n")
    ran = reviewbot("doctor", "--policy", tmp_path / "policy.yml")
    assert ran.code == 2
    assert "policy.yml:2" in ran.out
    assert "ok  sandbox" in ran.out


def test_a_scanner_that_does_not_run_is_named(reviewbot, tmp_path):
    """A semgrep that crashes is broken, bandit beside it is not, and the code is the scanners'."""
    folder = tmp_path / "tools" / "bin"
    folder.mkdir(parents=True)
    (folder / "semgrep").write_text("#!/bin/sh\nexit 70\n")
    (folder / "semgrep").chmod(0o755)
    (folder / "bandit").symlink_to(locate(os.environ).bandit.command[-1])
    ran = reviewbot("doctor", env={"REVIEWBOT_SCANNERS": str(folder.parent)})
    assert ran.code == 6
    assert "NO  semgrep" in ran.out
    assert "ok  bandit" in ran.out


def test_no_sandbox_is_named_with_what_mends_it(reviewbot, tmp_path):
    """Where the only rung that the policy allows cannot work, the sentence says what it needs."""
    (tmp_path / "policy.yml").write_text(
        "version: 1\nsandbox: {rungs: [container], image: nowhere.example/none}\n"
    )
    ran = reviewbot("doctor", "--policy", tmp_path / "policy.yml")
    assert ran.code == 6
    assert "NO  sandbox" in ran.out
    assert "image" in ran.out


def test_the_model_server_is_asked(reviewbot, scripted_model):
    """A server that answers is reported with its name and context; one that is not there with what mends it."""
    ran = reviewbot("doctor", "--model-url", scripted_model.url)
    assert "scripted" in ran.out
    assert "32768" in ran.out.replace(",", "")
    gone = reviewbot("doctor", "--model-url", "http://127.0.0.1:9/v1")
    assert gone.code == 5
    assert "NO  model" in gone.out
    assert "check model.url" in gone.out
