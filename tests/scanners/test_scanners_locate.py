"""Finding the scanners, and what each needs to read."""

import sys
from pathlib import Path

import pytest
from scanning import rule, rule_set, source

from reviewbot.domain.policy import Limits, Policy, SarifTool
from reviewbot.errors import PolicyError, ScannerError
from reviewbot.scanners import registry
from reviewbot.scanners.locate import declared, locate


def test_the_named_folder_is_looked_in_first(tmp_path):
    """REVIEWBOT_SCANNERS wins over everything installed."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    fake = bin_folder / "bandit"
    fake.write_text(f"#!{sys.executable}\n")
    fake.chmod(0o755)

    found = locate({"REVIEWBOT_SCANNERS": str(tmp_path), "PATH": ""})

    assert found.bandit.command == (sys.executable, "-I", str(fake))
    assert str(bin_folder) in found.bandit.readable


def test_what_is_missing_says_where_it_was_looked_for(tmp_path, monkeypatch):
    """A missing scanner is a sentence with the places and the way to install it; it is raised on use."""
    monkeypatch.setattr(sys, "prefix", str(tmp_path))

    found = locate({"PATH": str(tmp_path)})
    scanners = registry.build(Policy(), rule_set(rule("r")), tools=found)

    for scanner, name in zip(scanners[:2], ("semgrep", "bandit"), strict=True):
        with pytest.raises(ScannerError) as caught:
            scanner.cache_key()
        assert caught.value.sentence.startswith(f"{name} was not found in {tmp_path}/scanners/bin")
        assert "pip install" in caught.value.hint


def test_the_real_tools_have_versions_and_interpreters(tools):
    """Version and interpreter come from metadata: nothing is started, and the cache can go by them."""
    assert tools.semgrep.version
    assert tools.bandit.version
    assert tools.bandit.identity.startswith(f"{tools.bandit.version} on ")
    assert tools.core.command[0].endswith("semgrep-core")


def test_an_environment_brings_its_base(tmp_path):
    """A tool of a virtual environment can read the environment and the installation behind it, no home."""
    base = tmp_path / "base"
    (base / "bin").mkdir(parents=True)
    (base / "bin" / "python3").write_bytes(Path(sys.executable).resolve().read_bytes()[:64])
    (base / "bin" / "python3").chmod(0o755)
    home = tmp_path / "home" / "bin"
    home.mkdir(parents=True)
    (home / "python3").symlink_to(base / "bin" / "python3")
    environment = tmp_path / "venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(home / "python3")
    (environment / "pyvenv.cfg").write_text(f"home = {base / 'bin'}\n")
    tool = environment / "bin" / "bandit"
    tool.write_text(f"#!{environment / 'bin' / 'python'}\n")
    tool.chmod(0o755)

    found = declared(str(tool), "")

    assert found.command == (str(environment / "bin" / "python"), "-I", str(tool))
    assert found.readable == (str(base), str(home), str(environment))


def test_a_binary_brings_its_prefix(script):
    """A tool that is no Python script runs by itself; its installation is readable, nothing above."""
    tool = script("scan", "exit 0\n")

    found = declared("scan", str(tool.parent))

    assert found.command == (str(tool),)
    assert found.readable == (str(tool.parent.parent),)


def test_a_tool_alone_in_a_folder_does_not_open_the_root(tmp_path):
    """No declared tool makes the whole machine readable."""
    assert declared("sh", "/bin").readable
    assert all(Path(path) not in {Path("/"), Path.home()} for path in declared("sh", "/bin").readable)


def test_identity_follows_the_file(script):
    """Another build of a tool has another identity, so the cache does not speak for it."""
    before = declared(str(script("scan", "exit 0\n")), "").identity
    after = declared(str(script("scan", "exit 0 # new\n")), "").identity

    assert before != after


def test_registry_keeps_the_policys_order(tools):
    """Ours in the policy's order, then declared tools, then the watches that are always on."""
    policy = Policy(scanners=("secrets", "semgrep"), sarif=(SarifTool("lint", ("**",), ("lint",)),))

    scanners = registry.build(policy, rule_set(), tools=tools)

    assert [scanner.name for scanner in scanners] == ["secrets", "semgrep", "lint", "suppressions", "hidden"]


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (Policy(scanners=("semgerp",)), "the scanner semgerp"),
        (Policy(scanners=("bandit", "bandit")), "bandit stands twice"),
        (Policy(sarif=(SarifTool("semgrep", ("**",), ("x",)),)), "semgrep stands twice"),
        (Policy(sarif=(SarifTool("lint", ("**",), ()),)), "lint has no command"),
        (Policy(sarif=(SarifTool("model", ("**",), ("x",)),)), "another reviewer's"),
    ],
)
def test_registry_refuses_what_it_does_not_know(tools, policy, said):
    """An unknown scanner, a name used twice and a tool without a command are errors of the policy."""
    with pytest.raises(PolicyError, match=said):
        registry.build(policy, rule_set(), tools=tools)


def test_limits_reach_the_tools(tools, sandbox):
    """The policy's time and memory bound the jobs, and another bound is another cache entry."""
    policy = Policy(limits=Limits(scanner_seconds=33.0, memory_bytes=1_500_000_000))
    semgrep, bandit, *_ = registry.build(policy, rule_set(rule("r")), tools=tools)
    other = registry.build(Policy(), rule_set(rule("r")), tools=tools)

    for scanner in (semgrep, bandit):
        scanner.scan([source("a.py", b"")], sandbox)

    assert {job.limits.wall_s for job in sandbox.jobs} == {33.0}
    assert {job.limits.memory for job in sandbox.jobs} == {1_500_000_000}
    assert semgrep.cache_key() != other[0].cache_key()
    assert bandit.cache_key() != other[1].cache_key()
