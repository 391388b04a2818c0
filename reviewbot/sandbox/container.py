"""The fourth rung: podman or docker with an image that the operator names.

The image holds the scanners and a `python3`. So the first word of a job's argv is looked up in
the image's own PATH by its last part, and `readable` host paths are not mounted: they belong to
another userland. `/src` is the tree, `/in/NAME` an input, `/scratch` a folder of the host's that
is watched, because a tmpfs of the container is gone with it, outputs and all.

The engine enforces memory and processes; the counters of the container's control group say when.
An engine on another machine (DOCKER_HOST) shows none: there a refused process or a killed child is
not told of, and the job ends as whatever its tool makes of it.
The client's death does not end a container, so it has a name and is removed by force.
Sources: podman-run(1), docker run reference; `--ulimit nofile`, `nproc` against runc's and crun's
"setrlimit: Operation not permitted".
"""

import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.domain.sandboxing import Completed, Ended, Job
from reviewbot.domain.visible import visible
from reviewbot.errors import SandboxError
from reviewbot.sandbox import cgroups, places
from reviewbot.sandbox.start import sealed
from reviewbot.sandbox.supervise import watch_client

_ENGINES = ("podman", "docker")
_CLIENT_S = 30.0
_SHARED_MEMORY = 16_000_000
_SPARE_S = 10
_NO_GROUP = cgroups.Group(())
# What a client needs of our environment to find its server and its store; the container sees none.
_CLIENT_NAMES = ("HOME", "PATH", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONTEXT", "CONTAINER_HOST")
# 125: the engine failed before the tool began; 126, 127: the tool cannot be run or is not there.
_ENGINE_CODES = range(125, 128)


@dataclass(frozen=True, slots=True)
class Engine:
    """A container engine that answers. `kind` is podman or docker."""

    kind: str
    program: str


def find_engine() -> Engine:
    """Give the first engine that really answers and enforces limits; a client without a server does not.

    Raises `SandboxError` with the reason for each.
    """
    reasons = []
    for kind in _ENGINES:
        program = shutil.which(kind)
        if program is None:
            reasons.append(f"{kind} is not in PATH")
            continue
        reason = _fault(kind, program)
        if not reason:
            return Engine(kind, program)
        reasons.append(f"{kind}: {reason}")
    raise SandboxError("no container engine can be used: " + "; ".join(reasons))


def _fault(kind: str, program: str) -> str:
    """Say why an engine cannot be used, or ""."""
    done = _client(program, "info", "--format", "{{json .}}")
    try:
        facts = json.loads(done.stdout)
    except ValueError:
        facts = None
    # docker prints its own side and exits with 0 or 1, by version, when no server answers.
    if done.returncode or not isinstance(facts, dict) or facts.get("ServerErrors"):
        return _last_line(done.stderr) or "it does not answer"
    if limits_hold(kind, facts):
        return ""
    return "its memory and process limits are ignored here (rootless on cgroup version 1)"


def limits_hold(kind: str, facts: dict[str, object]) -> bool:
    """Say by an engine's `info` whether it enforces memory and process limits. Pure."""
    if kind == "docker":
        return bool(facts.get("MemoryLimit")) and bool(facts.get("PidsLimit"))
    host = facts.get("host")
    if not isinstance(host, dict):
        return False
    security = host.get("security")
    rootless = not isinstance(security, dict) or security.get("rootless") is not False
    controllers = host.get("cgroupControllers")
    if rootless and host.get("cgroupVersion") != "v2":
        return False
    return not rootless or (isinstance(controllers, list) and {"memory", "pids"} <= set(controllers))


class Container:
    """Runs jobs in a fresh container of `image`, which is never pulled."""

    name = "container"

    def __init__(self, image: str, engine: Engine | None = None) -> None:
        self.image = image
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The engine, looked for once. Raises `SandboxError` if none answers."""
        if self._engine is None:
            self._engine = find_engine()
        return self._engine

    def run(self, job: Job) -> Completed:
        """Run the job to its end. Raises `SandboxError` if the engine breaks."""
        places.check(replace(job, readable=()))
        engine = self.engine
        name = f"reviewbot-{os.getpid()}-{secrets.token_hex(6)}"
        with tempfile.TemporaryDirectory(prefix="reviewbot-", ignore_cleanup_errors=True) as folder:
            scratch = str(Path(folder).resolve())
            argv = (engine.program, *arguments(job, engine, self.image, name=name, scratch=scratch))
            with _started(job, argv) as process:
                try:
                    counters = _Counters(engine, name)
                    done = watch_client(job, process, scratch, counters.breach, lambda: _kill(engine, name))
                    return _settled(done, _was_out_of_memory(engine, name))
                finally:
                    _client(engine.program, *_removal(engine), name)


def arguments(job: Job, engine: Engine, image: str, *, name: str, scratch: str) -> tuple[str, ...]:
    """Give the client's arguments for a job. Pure."""
    inside = places.Places("/src", "/scratch", {one: f"/in/{one}" for one in job.inputs})
    limits = job.limits
    program, *rest = inside.arguments(job.argv)
    mounts = {"/src": job.tree, **{f"/in/{one}": path for one, path in job.inputs.items()}}
    for path in (*mounts.values(), *mounts):
        if any(letter in path for letter in ',"\n'):
            raise SandboxError(f"a container engine cannot mount {path!a}: its option has no way to write it")
    volumes = [f"type=bind,source={path},target={place},readonly" for place, path in mounts.items()]
    environment = inside.environment(job.env)
    del environment["PATH"]  # the image's own: its scanners lie where it put them
    user = ("--userns=keep-id",) if engine.kind == "podman" and os.getuid() else ()
    return (
        *("run", f"--name={name}", "--pull=never", "--network=none", "--read-only", "--cap-drop=all"),
        *("--security-opt=no-new-privileges", "--log-driver=none", "--ipc=private", "--hostname=sandbox"),
        *(f"--pids-limit={limits.processes}", f"--memory={limits.memory}", f"--memory-swap={limits.memory}"),
        *(f"--ulimit=nofile={limits.open_files}:{limits.open_files}", "--ulimit=core=0:0"),
        *(
            f"--ulimit=nproc={limits.processes}:{limits.processes}",
            f"--ulimit=cpu={limits.cpu_s}:{limits.cpu_s}",
        ),
        *(f"--ulimit=fsize={limits.scratch}:{limits.scratch}", f"--shm-size={_SHARED_MEMORY}"),
        *((f"--timeout={int(limits.wall_s) + _SPARE_S}",) if engine.kind == "podman" else ()),
        *(f"--user={os.getuid()}:{os.getgid()}", *user, "--workdir=/src", "--interactive"),
        *(f"--mount={volume}" for volume in volumes),
        f"--mount=type=bind,source={scratch},target=/scratch",
        *(f"--env={one}={value}" for one, value in sorted(environment.items())),
        f"--entrypoint={json.dumps([program.rsplit('/', 1)[-1]]) if engine.kind == 'podman' else program.rsplit('/', 1)[-1]}",
        image,
        *rest,
    )


@dataclass(slots=True)
class _Counters:
    """The control group of a container, looked for until the engine has started it."""

    engine: Engine
    name: str
    group: cgroups.Group = _NO_GROUP
    next_look: float = 0.0

    def breach(self) -> Ended | None:
        """Say which limit the kernel had to enforce so far, if any."""
        now = time.monotonic()
        if not self.group.folders and now >= self.next_look:
            self.group = self._look()
            # Asking the client takes some 50 ms, in which nothing else is looked at.
            self.next_look = time.monotonic() + 10 * (time.monotonic() - now)
        return self.group.breach()

    def _look(self) -> cgroups.Group:
        done = _client(self.engine.program, "inspect", "--format", "{{.State.Pid}}", self.name)
        process = done.stdout.strip()
        if done.returncode or not process.isdigit() or process == b"0":
            return _NO_GROUP
        found = cgroups.of_process(int(process))
        return cgroups.Group(tuple((each, each.folder) for each in found))


def _started(job: Job, argv: tuple[str, ...]) -> subprocess.Popen[bytes]:
    source = sealed(job.stdin)
    try:
        return subprocess.Popen(
            argv,
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            start_new_session=True,
        )
    except OSError as error:
        raise SandboxError(f"{argv[0]} does not start: {error.strerror}") from error
    finally:
        os.close(source)


def _environment() -> dict[str, str]:
    return {name: os.environ[name] for name in _CLIENT_NAMES if name in os.environ}


def _client(program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            (program, *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env=_environment(),
            timeout=_CLIENT_S,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxError(f"the container engine {program} does not answer") from error


def _kill(engine: Engine, name: str) -> None:
    """End the container; it stays, stopped, so that its state can be asked for."""
    _client(engine.program, "kill", name)


def _removal(engine: Engine) -> tuple[str, ...]:
    return ("rm", "-f", "-t", "0") if engine.kind == "podman" else ("rm", "-f")


def _was_out_of_memory(engine: Engine, name: str) -> bool:
    done = _client(engine.program, "inspect", "--format", "{{.State.OOMKilled}}", name)
    return done.stdout.strip() == b"true"


def _settled(done: Completed, out_of_memory: bool) -> Completed:
    if done.ended is Ended.EXITED and done.exit_code in _ENGINE_CODES:
        reason = _last_line(done.stderr) or f"code {done.exit_code}"
        raise SandboxError(f"the container engine could not run the tool: {reason}")
    if out_of_memory and done.ended is not Ended.OUTPUT:
        return replace(done, ended=Ended.MEMORY)
    return done


def _last_line(stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").split("\n") if line.strip()]
    return visible(lines[-1][:300]) if lines else ""
