"""Trying a rung for real: a job that attempts what must fail, in the very profile of every job.

The listeners are ours, on loopback, so that a refusal means the sandbox and not the weather.
"""

import contextlib
import json
import secrets
import socket
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain.sandboxing import Completed, Ended, Job, JobLimits, Sandbox
from reviewbot.domain.visible import visible
from reviewbot.sandbox import places

_SCRATCH = 4 << 20
_LIMITS = JobLimits(
    wall_s=10.0, cpu_s=5, memory=512_000_000, processes=32, open_files=64, scratch=_SCRATCH, output=65_536
)
_NAMES = ("HOME", "LANG", "PATH", "PROBE_INPUT", "TMPDIR")
# Set by programs in between: the loader of locales, bwrap after a chdir, container engines.
_HARMLESS_NAMES = {"LC_CTYPE", "PWD", "HOSTNAME", "TERM", "container"}
_MUST_WORK = {
    "tree": "the tree cannot be read",
    "input": "an input cannot be read",
    "scratch": "the scratch folder cannot be written",
}
_MUST_FAIL = {
    "tree_write": "a new file can be written into the tree",
    "tree_change": "a file of the tree can be changed",
    "outside": "a file outside can be read",
    "tcp": "a TCP connection to the host is possible",
    "outward": "a UDP datagram can be sent outward",
    "abstract": "a local socket of the host can be reached",
}
# What a job's own container, declared as the sandbox, is not asked to prove.
_DECLARED = {"tree_write", "tree_change", "outside", "tcp", "outward", "abstract"}


@dataclass(frozen=True, slots=True)
class _Targets:
    """Listeners of ours that nothing in the sandbox may reach."""

    tcp: socket.socket
    udp: socket.socket
    address: str


@contextlib.contextmanager
def _targets() -> Iterator[_Targets]:
    address = f"reviewbot-probe-{secrets.token_hex(8)}"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as local,
    ):
        tcp.bind(("127.0.0.1", 0))
        udp.bind(("127.0.0.1", 0))
        local.bind("\0" + address)
        for listener in (tcp, local):
            listener.listen(1)
        for listener in (tcp, udp):
            listener.setblocking(False)
        yield _Targets(tcp, udp, address)


def flaws(sandbox: Sandbox, *, python: str | None = None, contains: bool = True) -> tuple[str, ...]:
    """Run the probe in a sandbox; give what is wrong with it, in words, or () if nothing is.

    `python` is the interpreter as the sandbox knows it (ours if None). `contains` False asks only
    for what a job's own container promises. Raises `SandboxError` if the rung does not run at all.
    """
    with tempfile.TemporaryDirectory(prefix="reviewbot-probe-") as folder, _targets() as targets:
        canary = Path(folder) / "canary-outside"
        tree = Path(folder) / "tree"
        tree.mkdir()
        for file in (canary, tree / "canary-in-tree"):
            file.write_text("canary", encoding="ascii")
        done = sandbox.run(_job(tree, canary, targets, python))
        found = [*_judge(done, contains=contains)]
        if contains and _reached(targets):
            found.append("a listener of the host was reached")
        return tuple(found)


def _job(tree: Path, canary: Path, targets: _Targets, python: str | None) -> Job:
    script = Path(__file__).with_name("inside.py")
    ports = (str(each.getsockname()[1]) for each in (targets.tcp, targets.udp))
    start = (python or str(Path(sys.executable).resolve()), "-I", "-S", "-E", "{in}/probe")
    return Job(
        argv=(*start, str(canary), *ports, targets.address, str(3 * _SCRATCH)),
        tree=str(tree),
        readable=() if python else places.interpreter_paths(),
        inputs={"probe": str(script)},
        env={"PROBE_INPUT": "{in}/probe"},
        outputs=("out",),
        limits=_LIMITS,
    )


def _judge(done: Completed, *, contains: bool) -> Iterator[str]:
    report = _report(done)
    if report is None:
        last = done.stderr.decode("utf-8", "replace").strip().split("\n")[-1]
        yield f"the probe ended as '{done.ended}' with code {done.exit_code}: {visible(last[:200])}"
        return
    for name, complaint in _MUST_WORK.items():
        if report.get(name) != "":
            yield f"{complaint} ({visible(str(report.get(name)))})"
    for name, complaint in _MUST_FAIL.items():
        if report.get(name) == "" and (contains or name not in _DECLARED):
            yield complaint
    if not _capped(done):
        yield "the scratch folder can be filled without end"
    names = report.get("names")
    if not isinstance(names, list) or set(names) - _HARMLESS_NAMES != set(_NAMES):
        yield f"the environment is not the allow-listed one: {visible(str(names))}"
    if done.outputs.get("out") != b"kept":
        yield "an output does not come back"


def _report(done: Completed) -> dict[str, object] | None:
    if done.ended not in {Ended.EXITED, Ended.OUTPUT}:
        return None
    try:
        report = json.loads(done.stdout.partition(b"\n")[0])
    except ValueError:
        return None
    return report if isinstance(report, dict) else None


def _capped(done: Completed) -> bool:
    """Say whether filling the scratch folder failed, or ended the job where a watch keeps its size."""
    answer = done.stdout.partition(b"\n")[2].strip()
    return done.ended is Ended.OUTPUT or (done.exit_code == 0 and answer not in {b"", b'""'})


def _reached(targets: _Targets) -> bool:
    # A datagram may well be sent, to the sandbox's own loopback: what counts is that none arrives.
    with contextlib.suppress(BlockingIOError):
        targets.tcp.accept()[0].close()
        return True
    with contextlib.suppress(BlockingIOError):
        return bool(targets.udp.recv(16))
    return False
