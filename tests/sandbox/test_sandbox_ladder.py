"""Choosing a rung: by running it, in the policy's order, remembered with care."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sandbox_world import processes_with

from reviewbot.domain.policy import SandboxPolicy
from reviewbot.domain.sandboxing import Completed, Ended, Job, JobLimits
from reviewbot.errors import PolicyError, SandboxError
from reviewbot.sandbox import cgroups, ladder, places, probe
from reviewbot.sandbox.bubblewrap import Bubblewrap
from reviewbot.sandbox.declared import DeclaredJob
from reviewbot.sandbox.landlock import LandlockNamespaces, LandlockSeccomp

CACHE = "sandbox-probe.json"
AUTOMATIC = ("bubblewrap", "landlock-netns", "landlock-seccomp")


def test_the_first_rung_that_works_is_chosen(tmp_path):
    """The policy's order decides; the result is a sandbox that runs a job."""
    for rungs in (AUTOMATIC, AUTOMATIC[1:], AUTOMATIC[2:]):
        sandbox = ladder.choose(SandboxPolicy(rungs), cache_dir=tmp_path)
        done = sandbox.run(Job(("sh", "-c", "echo hello"), tree=str(tmp_path)))

        assert (sandbox.name, done.stdout) == (rungs[0], b"hello\n")


def test_a_declared_container_shows_who_vouches(tmp_path):
    """`job` works without containing anything, and its name says so in every review."""
    sandbox = ladder.choose(SandboxPolicy(("job",)), cache_dir=tmp_path)

    assert sandbox.name == "job (declared by the operator)"


def test_an_unknown_rung_is_a_policy_error(tmp_path):
    """A misspelt rung must not be passed over: the valid names are given."""
    with pytest.raises(PolicyError) as caught:
        ladder.choose(SandboxPolicy(("bubblewrap", "bublewrap")), cache_dir=tmp_path)

    assert "'bublewrap'" in str(caught.value)
    assert all(name in str(caught.value) for name in ladder.RUNGS)


def test_no_rung_at_all_is_refused_with_reasons(tmp_path, monkeypatch):
    """Where none works, each is named with its reason and what mends it; nothing runs uncontained."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SandboxError) as caught:
        ladder.choose(SandboxPolicy(("bubblewrap", "container")), cache_dir=tmp_path)

    text = str(caught.value)
    assert "bubblewrap: bwrap is not in PATH" in text
    assert "container: the policy names no image" in text
    assert "apt-get install bubblewrap" in text


def test_a_policy_without_rungs_is_refused(tmp_path):
    """An empty list is not a leave to run without a sandbox."""
    with pytest.raises(SandboxError):
        ladder.choose(SandboxPolicy(()), cache_dir=tmp_path)


def test_a_program_of_that_name_is_not_enough(tmp_path, monkeypatch):
    """A `bwrap` that contains nothing, or does nothing, is found out by running it."""
    pretender = tmp_path / "bin" / "bwrap"
    pretender.parent.mkdir()
    pretender.write_text("#!/bin/sh\nexit 0\n")
    pretender.chmod(0o755)
    monkeypatch.setenv("PATH", f"{pretender.parent}:/usr/bin:/bin")

    (state,) = ladder.probe_all(SandboxPolicy(("bubblewrap",)))

    assert (state.works, state.name) == (False, "bubblewrap")
    assert "does not start" in state.reason
    assert "apt-get install bubblewrap" in state.mends


def test_every_rung_for_the_doctor():
    """Each rung of the policy is tried, whether or not an earlier one works."""
    states = ladder.probe_all(SandboxPolicy((*AUTOMATIC, "container")))

    assert [state.name for state in states] == [*AUTOMATIC, "container"]
    assert [state.works for state in states] == [True, True, True, False]
    assert all(bool(state.mends) != state.works for state in states)


class Leaky:
    """A sandbox that claims more than it does: a job's own container, asked to contain."""

    name = "leaky"

    def run(self, job: Job) -> Completed:
        return DeclaredJob().run(job)


def test_the_probe_sees_what_is_not_contained():
    """Run without containment, the probe complains of network, host files and a writable tree."""
    complaints = " ".join(probe.flaws(Leaky()))

    for part in (
        "outside can be read",
        "into the tree",
        "of the tree",
        "TCP",
        "local socket",
        "was reached",
    ):
        assert part in complaints, part


class Silent:
    """A sandbox in which every tool ends well and says nothing."""

    name = "silent"

    def run(self, _job: Job) -> Completed:
        return Completed(Ended.EXITED, 0, b"", b"", {}, 0.0)


def test_a_probe_that_says_nothing_has_failed():
    """Silence is not a proof of containment."""
    assert probe.flaws(Silent())


def test_what_worked_is_remembered(tmp_path):
    """The cache is a private file; with it a choice starts no process, and a changed user of it is a miss."""
    policy = SandboxPolicy(("bubblewrap",))
    ladder.choose(policy, cache_dir=tmp_path)
    file = tmp_path / CACHE
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(json.loads(file.read_text())["works"].values()) == ["bubblewrap"]

    (state,) = ladder.probe_all(policy, cache_dir=tmp_path)
    assert state.reason == "worked before"

    file.chmod(0o666)
    (state,) = ladder.probe_all(policy, cache_dir=tmp_path)
    assert state.reason == "the probe found nothing wrong"


@pytest.mark.parametrize(
    "broken", [b"", b"{", b"[]", b'{"version": 1, "works": []}', b'{"version": 9}', b"[" * 60_000]
)
def test_a_broken_cache_is_a_miss(tmp_path, broken):
    """Whatever the file holds, the rung is probed and the file mended."""
    (tmp_path / CACHE).write_bytes(broken)
    (tmp_path / CACHE).chmod(0o600)

    ladder.choose(SandboxPolicy(("bubblewrap",)), cache_dir=tmp_path)

    assert json.loads((tmp_path / CACHE).read_text())["works"]


def test_failure_is_never_remembered(tmp_path, monkeypatch):
    """A rung that did not work is tried again at once when somebody has mended it."""
    policy = SandboxPolicy(("bubblewrap",))
    with monkeypatch.context() as without:
        without.setenv("PATH", str(tmp_path))
        with pytest.raises(SandboxError):
            ladder.choose(policy, cache_dir=tmp_path)

    assert ladder.choose(policy, cache_dir=tmp_path).name == "bubblewrap"


def test_another_program_is_another_key(tmp_path, monkeypatch):
    """Replacing bwrap is noticed: a remembered result is about the program that was tried."""
    policy = SandboxPolicy(("bubblewrap",))
    ladder.choose(policy, cache_dir=tmp_path)
    copy = tmp_path / "bin" / "bwrap"
    copy.parent.mkdir()
    shutil.copy(shutil.which("bwrap"), copy)
    monkeypatch.setenv("PATH", f"{copy.parent}:{os.environ['PATH']}")

    (state,) = ladder.probe_all(policy, cache_dir=tmp_path)

    assert state.reason == "the probe found nothing wrong"


def test_an_unwritable_cache_costs_only_a_probe(tmp_path):
    """A cache folder that cannot be made does not stop a review."""
    (tmp_path / "file").write_text("")

    assert (
        ladder.choose(SandboxPolicy(("bubblewrap",)), cache_dir=tmp_path / "file" / "cache").name
        == "bubblewrap"
    )


def test_a_rung_that_breaks_later_raises(tmp_path):
    """A remembered rung whose program has gone raises at the job, and never runs it uncontained."""
    with pytest.raises(SandboxError):
        Bubblewrap(str(tmp_path / "gone")).run(Job(("true",), tree=str(tmp_path)))


@pytest.mark.parametrize("make", [Bubblewrap, LandlockNamespaces, LandlockSeccomp])
def test_jobs_in_parallel(tmp_path, make):
    """Jobs from several threads keep their outputs apart and leave nothing behind."""
    sandbox, found = make(), {}

    def run(number):
        job = Job(
            ("sh", "-c", f"echo {number}; cat; echo {number} > $HOME/o"),
            str(tmp_path),
            outputs=("o",),
            stdin=b"x",
        )
        found[number] = sandbox.run(job)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for number, done in found.items():
        assert (done.stdout, done.outputs) == (b"%d\nx" % number, {"o": b"%d\n" % number})
    assert len(found) == 6


@pytest.mark.parametrize("make", [Bubblewrap, LandlockNamespaces, LandlockSeccomp, DeclaredJob])
def test_nothing_is_left_behind(tmp_path, make, monkeypatch):
    """No descriptor, no folder and no control group of a job stays, whichever way it ended."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    sandbox, tree = make(), tmp_path / "tree"
    tree.mkdir()
    before = sorted(each.name for each in Path("/proc/self/fd").iterdir())
    for argv in (("true",), ("sleep", "9")):
        sandbox.run(Job(argv, str(tree), limits=JobLimits(wall_s=0.3)))
    with pytest.raises(SandboxError):
        sandbox.run(Job(("nonesuch",), str(tree)))

    assert sorted(each.name for each in Path("/proc/self/fd").iterdir()) == before
    assert [each.name for each in tmp_path.iterdir()] == ["tree"]
    for controller in cgroups.available():
        assert not list(controller.folder.glob(f"reviewbot-{os.getpid()}-*"))


DYING = """
import sys
from reviewbot.domain.sandboxing import Job
import sandbox_runner
job = Job((sys.argv[2], "-I", "-S", "{in}/attack", "daemon", "stay"), sys.argv[3], inputs={"attack": sys.argv[4]},
          readable=tuple(sys.argv[6:]), env={"MARKER": sys.argv[5]})
sandbox_runner.RUNGS[sys.argv[1]]().run(job)
"""


@pytest.mark.parametrize("rung", ["bubblewrap", "landlock-netns", "landlock-seccomp", "job"])
def test_the_job_dies_with_reviewbot(place, rung, tmp_path):
    """Kill reviewbot outright in the middle of a job: nothing of the job goes on."""
    python, marker = str(Path(sys.executable).resolve()), f"dying-{rung}-{os.getpid()}"
    words = [
        rung,
        python,
        str(place / "tree"),
        str(place / "sandbox_attack.py"),
        marker,
        *places.interpreter_paths(),
    ]
    with subprocess.Popen(
        [sys.executable, "-c", DYING, *words], env={"PYTHONPATH": str(place), "TMPDIR": str(tmp_path)}
    ) as process:
        deadline = time.monotonic() + 15
        while len(processes_with(marker)) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert processes_with(marker)
        time.sleep(0.3)
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while processes_with(marker) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not processes_with(marker)
    Bubblewrap().run(Job(("true",), str(tmp_path)))  # sweeps the control group of the killed run


def test_an_interrupt_ends_the_job(tmp_path, place):
    """Ctrl-C in the terminal leaves no process of the job."""
    marker = f"interrupted-{os.getpid()}"
    previous = signal.signal(signal.SIGALRM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    signal.setitimer(signal.ITIMER_REAL, 0.5)
    try:
        with pytest.raises(KeyboardInterrupt):
            Bubblewrap().run(Job(("sleep", "20"), str(tmp_path), env={"MARKER": marker}))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)

    assert not processes_with(marker)


def test_a_job_that_cannot_be_run_as_it_says_is_refused(tmp_path):
    """Relative paths, missing files, the whole file system, and names that climb are refused before anything runs."""
    tree = str(tmp_path)
    bad = [
        Job((), tree),
        Job(("true",), "relative"),
        Job(("true",), tree, readable=("/",)),
        Job(("true",), tree, readable=("/nonesuch/x",)),
        Job(("true",), tree, inputs={"a/b": tree}),
        Job(("true",), tree, outputs=("../x",)),
        Job(("cat", "{in}/unknown"), tree),
    ]
    for job in bad:
        for make in (Bubblewrap, LandlockNamespaces, LandlockSeccomp, DeclaredJob):
            with pytest.raises(SandboxError):
                make().run(job)


def seconds(action):
    begun = time.monotonic()
    action()
    return time.monotonic() - begun


def test_bubblewrap_starts_quickly(tmp_path):
    """The best of ten runs of `true` costs at most 20 ms more than three bare starts of bwrap, on any machine."""
    sandbox, job = Bubblewrap(), Job(("true",), str(tmp_path))
    bare = [sandbox.program, "--ro-bind", "/", "/", "--unshare-all", "true"]

    ours = min(seconds(lambda: sandbox.run(job)) for _ in range(10))
    theirs = min(seconds(lambda: subprocess.run(bare, check=True)) for _ in range(10))

    assert ours < 3 * theirs + 0.02


def test_what_a_killed_run_left_is_swept(place):
    """An empty control group of a run that is no more is removed by the next run; a living run's is not."""
    controllers = cgroups.available()
    if not controllers:
        pytest.skip("no control group can be made here")
    with subprocess.Popen(["true"]) as ended:
        pass
    dead, alive = (controllers[0].folder / f"reviewbot-{pid}-999" for pid in (ended.pid, os.getpid()))
    dead.mkdir()
    alive.mkdir()
    try:
        Bubblewrap().run(Job(("true",), str(place / "tree")))
        assert (dead.exists(), alive.exists()) == (False, True)
    finally:
        for folder in (dead, alive):
            if folder.exists():
                folder.rmdir()


def test_listeners_of_the_probe_really_listen():
    """The probe's loopback listener can be reached from outside a sandbox, so its silence means something."""
    with probe._targets() as targets:
        with socket.create_connection(targets.tcp.getsockname(), timeout=2):
            pass
        time.sleep(0.05)
        assert probe._reached(targets)
