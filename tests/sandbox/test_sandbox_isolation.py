"""What a tool can reach: nothing of the network, nothing of the host but what the job names."""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sandbox_world import CONTAINING, RUNGS

from reviewbot.scanners.locate import locate

# The environment that the scanners were found in, as `reviewbot run` finds them.
SCANNERS = Path(locate(os.environ).semgrep.command[-1]).parents[1]
QUIET = {"SEMGREP_SEND_METRICS": "off", "SEMGREP_ENABLE_VERSION_CHECK": "0"}
RULES = """rules:
- {id: built, pattern: eval(...), message: m, languages: [python], severity: ERROR}
"""


@pytest.mark.parametrize("rung", [*CONTAINING, "job"])
def test_the_probe_finds_nothing_wrong(person, rung):
    """Tree and inputs can be read, nothing else of ours; no network; scratch is capped; no variable leaks."""
    assert person.order({"rung": rung, "probe": True}) == {"flaws": []}


@pytest.mark.parametrize("rung", CONTAINING)
def test_refused_system_calls(person, rung):
    """Tracing, namespaces, keys, BPF, io_uring, shared memory, mounts and sockets are refused by the filter."""
    found = person.attack(rung, "system_calls").said

    assert found.pop("pair") == ""
    sockets = [found.pop(name) for name in ("socket", "socket of this host", "netlink", "pair of other kind")]
    assert sockets == ["EAFNOSUPPORT"] * 4
    absent = [found.pop(name) for name in ("clone3", "io_uring_setup", "memfd_create", "newest")]
    assert absent == ["ENOSYS"] * 4
    assert set(found.values()) == {"EPERM"}, found


@pytest.mark.skipif(platform.machine() != "x86_64", reason="only there is a 32-bit door")
@pytest.mark.parametrize("rung", CONTAINING)
def test_the_other_architecture_is_a_dead_end(me, rung):
    """A 32-bit system call ends the process: it would go round the filter."""
    done = me.attack(rung, "old_architecture")

    assert (done.ended, done.exit_code) == ("signalled", -31)


@pytest.mark.parametrize("rung", CONTAINING)
def test_no_privileges(person, rung):
    """No capability is left, none can be gained, and the filter is on."""
    found = person.attack(rung, "status").said

    assert {found["CapEff"], found["CapPrm"]} == {"0" * 16}
    assert (found["NoNewPrivs"], found["Seccomp"]) == ("1", "2")


@pytest.mark.parametrize("rung", ["bubblewrap", "landlock-netns"])
def test_own_namespaces(person, rung):
    """Network, processes, IPC, mounts and users are the sandbox's own; the only interface is loopback."""
    inside = person.attack(rung, "namespaces").said

    assert inside.keys() == {"net", "pid", "ipc", "mnt", "user"}
    assert not set(inside.values()) & {str(Path(f"/proc/self/ns/{name}").readlink()) for name in inside}


@pytest.mark.parametrize("rung", CONTAINING)
def test_the_tree_stays_as_it_was(person, rung, place):
    """Neither content, name, mode nor times of a file in the tree change, though its owner runs the tool."""
    file = person.place / "tree" / "canary-in-tree"
    before = file.stat()

    found = person.attack(rung, "touch_the_tree").said

    after = file.stat()
    assert file.read_text() == "canary"
    assert sorted(each.name for each in file.parent.iterdir()) == ["canary-in-tree"]
    assert (after.st_mode, after.st_mtime_ns, after.st_nlink) == (before.st_mode, before.st_mtime_ns, 1)
    changes = ("truncate", "open to truncate", "unlink", "rename", "link", "mkdir", "symlink")
    assert all(found[change] for change in changes), found


@pytest.mark.parametrize("rung", CONTAINING)
def test_the_host_cannot_be_read(person, rung):
    """A canary, the user list, another's environment, keys and homes are out of reach."""
    paths = [
        str(person.place / "canary"),
        "/etc/passwd",
        f"/proc/{os.getppid()}/environ",
        "/etc/ssl/private/x",
    ]
    found = person.attack(rung, "outside", *paths).said

    assert set(found) == set(paths)
    assert set(found.values()) <= {"EACCES", "ENOENT", "EPERM"}


@pytest.mark.parametrize("rung", CONTAINING)
def test_no_signal_leaves_the_sandbox(person, rung):
    """The tool cannot signal a process of ours, not even one of the same user."""
    with subprocess.Popen(["/bin/sleep", "20"]) as sleeper:
        found = person.attack(rung, "kill", sleeper.pid).said
        sleeper.kill()

    assert found in {"EPERM", "ESRCH"}


@pytest.mark.parametrize("rung", RUNGS)
def test_the_whole_environment(person, rung, monkeypatch):
    """The tool sees the job's variables and four of ours; placeholders are filled; nothing is inherited."""
    monkeypatch.setenv("HOST_CANARY", "secret")
    found = person.attack(rung, "environment", env={"A": "{scratch}/a", "B": "x{scratch}"}).said

    for name in ("LC_CTYPE", "PWD"):
        found.pop(name, None)
    assert found.keys() == {"A", "B", "HOME", "TMPDIR", "PATH", "LANG", "MARKER"}
    assert (found["A"], found["B"]) == (found["HOME"] + "/a", "x{scratch}")
    assert (found["LANG"], found["TMPDIR"]) == ("C.UTF-8", found["HOME"])


@pytest.mark.parametrize("rung", RUNGS)
def test_arguments_and_standard_input(person, rung):
    """Placeholders are filled where they may stand, never behind `--`; stdin arrives; cwd is the tree."""
    given = ["--to={scratch}/x", "{src}/a", "{in}/attack", "./{in}/x", "--", "{scratch}/y", "{in}/nothing"]
    words, read, folder, listing = person.attack(rung, "arguments", *given, stdin="hello" * 50_000).said

    scratch = words[0].removeprefix("--to=").removesuffix("/x")
    assert scratch.startswith("/")
    assert words[1] == f"{folder}/a"
    assert words[2].startswith("/")
    assert words[2].rsplit("/", 1)[-1] in {"attack", "sandbox_attack.py"}
    assert words[3:] == ["./{in}/x", "--", "{scratch}/y", "{in}/nothing"]
    assert read == "hello" * 50_000
    assert listing == ["canary-in-tree"]


@pytest.mark.parametrize("rung", RUNGS)
def test_a_tool_that_is_not_there_is_a_fault_of_the_job(me, rung, place):
    """A program that cannot be started raises, so that it never passes for a scan without findings."""
    for program in ("nonesuch", "/nonesuch"):
        answer = me.order({"rung": rung, "argv": [program], "tree": str(place / "tree")})
        assert "could not run the tool" in answer["error"]


@pytest.mark.parametrize("rung", RUNGS)
def test_exit_codes_and_signals(me, rung):
    """An exit code comes back as it is, a signal as its negative."""
    code = me.run(rung, ["sh", "-c", "echo out; echo err >&2; exit 3"])
    signal = me.run(rung, ["sh", "-c", "kill -9 $$"])

    assert (code.ended, code.exit_code, code.stdout, code.stderr) == ("exited", 3, "out\n", "err\n")
    assert (signal.ended, signal.exit_code) == ("signalled", -9)


@pytest.fixture
def scan(place):
    """A tree with one flaw, and a rule that finds it."""
    folder = place / "scan"
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tree").mkdir(parents=True)
    (folder / "tree" / "a.py").write_text("import sys\neval(sys.argv[1])\n")
    (folder / "rules.yaml").write_text(RULES)
    yield {"tree": str(folder / "tree"), "inputs": {"rules.yaml": str(folder / "rules.yaml")}, "env": QUIET}
    shutil.rmtree(folder)


ROOMY = {
    "memory": 1_500_000_000,
    "processes": 200,
    "scratch": 64 << 20,
    "wall_s": 60,
    "cpu_s": 60,
    "output": 1 << 22,
}


def python_home(program):
    """What the interpreter of a virtual environment needs: itself, and where it came from."""
    return [str(program), str((program / "bin" / "python").resolve().parents[1])]


@pytest.mark.parametrize("rung", [*CONTAINING, "job"])
def test_semgrep(me, rung, scan):
    """The real semgrep finds the flaw, by its own front end and reads no more than the job names."""
    argv = [str(SCANNERS / "bin" / "semgrep"), "scan", "--experimental", "--metrics=off", "--json", "-j", "2"]
    argv += ["--disable-version-check", "--config", "{in}/rules.yaml", "--", "./a.py"]
    done = me.run(rung, argv, readable=python_home(SCANNERS), limits=ROOMY, **scan)

    assert done.exit_code == 0, done.stderr
    assert [(each["path"], each["start"]["line"]) for each in done.said["results"]] == [("./a.py", 2)]
    assert done.said["errors"] == []


@pytest.mark.parametrize("rung", ["landlock-seccomp"])
def test_semgrep_by_its_python_front_end(me, rung, scan):
    """The default front end, which opens sockets at import, works as well, and tells its version."""
    start = [str(SCANNERS / "bin" / "semgrep")]
    argv = [
        *start,
        "scan",
        "--metrics=off",
        "--json",
        "--disable-version-check",
        "--config",
        "{in}/rules.yaml",
    ]
    done = me.run(rung, [*argv, "--", "./a.py"], readable=python_home(SCANNERS), limits=ROOMY, **scan)

    assert done.exit_code == 0, done.stderr
    assert [each["start"]["line"] for each in done.said["results"]] == [2]


@pytest.mark.parametrize("rung", [*CONTAINING, "job"])
def test_bandit(me, rung, scan):
    """The real bandit finds the flaw."""
    argv = [str(SCANNERS / "bin" / "bandit"), "-q", "-f", "json", "./a.py"]
    done = me.run(rung, argv, readable=python_home(SCANNERS), limits=ROOMY, **scan)

    assert done.exit_code == 1, done.stderr
    assert [each["line_number"] for each in done.said["results"]] == [2]


@pytest.mark.parametrize("rung", CONTAINING)
def test_semgrep_for_an_ordinary_user(somebody, rung, scan):
    """semgrep's core, which needs no Python of root's, works for an ordinary user."""
    folder = next(SCANNERS.glob("lib/python3*/site-packages/semgrep/bin"))
    if not os.access(folder, os.R_OK) or Path(sys.prefix).is_relative_to("/root"):
        pytest.skip("the scanners lie where an ordinary user cannot read")
    scan["env"] = {**QUIET, "PATH": "/usr/bin:/bin"}
    argv = [str(folder / "semgrep-core"), "-version"]
    done = somebody("nobody").run(rung, argv, readable=[str(folder)], limits=ROOMY, **scan)

    assert done.exit_code == 0, done.stderr
    assert "semgrep" in done.stdout
