"""The container rung with a real engine and a real image, where this machine has one that answers."""

import io
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from sandbox_world import SMALL

from reviewbot.domain.policy import SandboxPolicy
from reviewbot.domain.sandboxing import Job, JobLimits
from reviewbot.errors import SandboxError
from reviewbot.sandbox import container, ladder

IMAGE = "localhost/reviewbot-test:1"
PYTHON = Path("/usr/bin/python3").resolve()


def libraries(program):
    """Give the shared libraries of a program, its loader included."""
    listed = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=False).stdout
    return {Path(path) for path in re.findall(r"(/\S+) \(0x", listed)}


def pack():
    """Make an image's root: Python, its library without tests, and what these load."""
    standard = Path(f"/usr/lib/{PYTHON.name}")
    parts = [PYTHON, *(one for one in standard.rglob("*") if one.is_file() and "test" not in one.parts)]
    loaded = set().union(*(libraries(one) for one in parts if one == PYTHON or one.suffix == ".so"))
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", dereference=True) as archive:
        for part in [*parts, *sorted(loaded)]:
            archive.add(part, arcname=str(part), recursive=False)
        link = tarfile.TarInfo("usr/bin/python3")
        link.type, link.linkname = tarfile.SYMTYPE, PYTHON.name
        archive.addfile(link)
        for name in ("src", "in", "scratch", "tmp", "proc", "dev", "sys", "etc", "run"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(folder)
    return content.getvalue()


@pytest.fixture(scope="module")
def engine():
    """A podman that answers and enforces limits, with the image in its store."""
    try:
        found = container.find_engine()
    except SandboxError as error:
        pytest.skip(str(error))
    if found.kind != "podman" or os.getuid() or not Path(f"/usr/lib/{PYTHON.name}").is_dir():
        pytest.skip("the image of this test is made for podman as root, from the system's Python")
    made = subprocess.run(
        [found.program, "import", "-q", "-", IMAGE], input=pack(), capture_output=True, check=False
    )
    assert made.returncode == 0, made.stderr.decode()
    yield found
    subprocess.run([found.program, "rmi", "-f", IMAGE], capture_output=True, check=False)


def attack(place, *words, **limits):
    job = Job(
        ("/opt/elsewhere/bin/python3", "-I", "-S", "{in}/attack", *words),
        tree=str(place / "tree"),
        inputs={"attack": str(place / "sandbox_attack.py")},
        limits=JobLimits(**{**SMALL, "wall_s": 15.0, **limits}),
    )
    return container.Container(IMAGE).run(job)


def containers(engine):
    """Name the containers of ours that exist, running or not."""
    listed = subprocess.run(
        [engine.program, "ps", "-a", "--format", "{{.Names}}"], capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split() if name.startswith("reviewbot-")]


def test_the_probe(engine):
    """The rung passes the same probe as the others: no network, nothing else readable, capped scratch."""
    (state,) = ladder.probe_all(SandboxPolicy(("container",), image=IMAGE))

    assert state.works, state.reason
    assert containers(engine) == []


def test_limits(engine, place):
    """Memory ends as MEMORY, forks as PROCESSES; output stops at its limit; nothing stays."""
    assert attack(place, "memory_of_four").ended == "memory"
    assert attack(place, "endless", "1").ended == "output"
    assert attack(place, "processes").ended == "processes"
    assert containers(engine) == []


def test_wall_time(engine, place):
    """A container that ignores its end is removed all the same."""
    done = attack(place, "daemon", "stay", wall_s=3.0)

    assert (done.ended, containers(engine)) == ("timeout", [])


def test_an_image_that_is_not_here_is_never_pulled(engine, place):
    """A name that the store does not know is an error at once, with no connection made."""
    sandbox = container.Container("localhost/reviewbot-no-such-image:1")
    with pytest.raises(SandboxError):
        sandbox.run(Job(("true",), tree=str(place / "tree")))


@pytest.mark.skipif(shutil.which("docker") is None, reason="no docker client here")
def test_a_client_without_its_server_does_not_count():
    """A docker command whose daemon does not answer is recognised by asking it."""
    program = shutil.which("docker")
    asked = subprocess.run(
        [program, "version", "-f", "{{.Server.Version}}"], capture_output=True, check=False
    )
    if asked.returncode == 0:
        pytest.skip("a docker daemon answers here")

    assert container._fault("docker", program)
