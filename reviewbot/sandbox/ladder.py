"""Choosing the rung: the first of the policy's that really runs here, tried in its exact profile."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain.policy import SandboxPolicy
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.errors import PolicyError, SandboxError
from reviewbot.sandbox import probe, probe_cache
from reviewbot.sandbox.bubblewrap import Bubblewrap
from reviewbot.sandbox.container import Container
from reviewbot.sandbox.declared import DeclaredJob
from reviewbot.sandbox.landlock import LandlockNamespaces, LandlockSeccomp

# Part of the cache's key: raise it when what a rung does, or what the probe asks, changes.
_PROFILE = "1"

RUNGS = ("bubblewrap", "landlock-netns", "landlock-seccomp", "container", "job")

_MENDS = {
    "bubblewrap": (
        "install bubblewrap 0.8 or newer (apt-get install bubblewrap) and allow user namespaces "
        "(sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0, on Ubuntu "
        "kernel.apparmor_restrict_unprivileged_userns=0); Docker's default seccomp profile blocks them"
    ),
    "landlock-netns": (
        "needs a kernel 5.13 or newer with Landlock (lsm=landlock,... at boot) and user namespaces "
        "(sysctl kernel.unprivileged_userns_clone=1, user.max_user_namespaces above 0); "
        "Docker's default seccomp profile blocks them"
    ),
    "landlock-seccomp": (
        "needs a kernel 5.13 or newer with Landlock (lsm=landlock,... at boot) and a seccomp profile "
        "that lets landlock_create_ruleset through (Docker 23 or newer does)"
    ),
    "container": (
        "name an image that is on this machine and holds the scanners and python3 (sandbox.image), and "
        "install podman or start Docker; rootless podman needs cgroup version 2 with memory and pids delegated"
    ),
    "job": "the job's own container must let Python start a child process and write to its temporary folder",
}


@dataclass(frozen=True, slots=True)
class RungState:
    """What became of a rung when it was tried. `mends` is advice where it does not work, else ""."""

    name: str
    works: bool
    reason: str
    mends: str


def choose(policy: SandboxPolicy, *, cache_dir: Path) -> Sandbox:
    """Give the first rung of the policy that works here.

    What worked before, on the same kernel, user, confinement, program and profile, is taken at its
    word; a rung that fails is tried afresh each time. Raises `PolicyError` for a rung that does not
    exist, `SandboxError` with the reason for each if none works.
    """
    _check(policy)
    failed = []
    for name in policy.rungs:
        sandbox, state = _try(name, policy, cache_dir)
        if sandbox is not None and state.works:
            return sandbox
        failed.append(state)
    if not failed:
        raise SandboxError(
            "the policy allows no sandbox at all", hint=f"set sandbox.rungs to some of: {_listed()}"
        )
    reasons = "; ".join(f"{state.name}: {state.reason}" for state in failed)
    advice = "\n  ".join(f"{state.name}: {state.mends}" for state in failed)
    raise SandboxError(f"no sandbox works here, so nothing was scanned ({reasons})", hint=advice)


def probe_all(policy: SandboxPolicy, *, cache_dir: Path | None = None) -> tuple[RungState, ...]:
    """Try every rung of the policy, in its order. Without `cache_dir` nothing is taken from memory."""
    _check(policy)
    return tuple(_try(name, policy, cache_dir)[1] for name in policy.rungs)


def _listed() -> str:
    return ", ".join(RUNGS)


def _check(policy: SandboxPolicy) -> None:
    for name in policy.rungs:
        if name not in RUNGS:
            raise PolicyError(
                f"sandbox.rungs names {name!a}, which is no rung", hint=f"the rungs are: {_listed()}"
            )


def _try(name: str, policy: SandboxPolicy, cache_dir: Path | None) -> tuple[Sandbox | None, RungState]:
    try:
        sandbox, program = _MAKERS[name](policy)
        entry = probe_cache.key(name, program, profile=_PROFILE, image=policy.image)
        if cache_dir is not None and probe_cache.knows(cache_dir, entry):
            return sandbox, RungState(sandbox.name, works=True, reason="worked before", mends="")
        python = "python3" if name == "container" else None
        flaws = probe.flaws(sandbox, python=python, contains=name != "job")
    except SandboxError as error:
        return None, RungState(name, works=False, reason=error.sentence, mends=_MENDS[name])
    if flaws:
        return None, RungState(name, works=False, reason="; ".join(flaws), mends=_MENDS[name])
    if cache_dir is not None:
        probe_cache.remember(cache_dir, entry, name)
    return sandbox, RungState(sandbox.name, works=True, reason="the probe found nothing wrong", mends="")


def _bubblewrap(_: SandboxPolicy) -> tuple[Sandbox, str]:
    sandbox = Bubblewrap()
    return sandbox, sandbox.program


def _container(policy: SandboxPolicy) -> tuple[Sandbox, str]:
    if not policy.image:
        raise SandboxError("the policy names no image")
    sandbox = Container(policy.image)
    return sandbox, sandbox.engine.program


_MAKERS: dict[str, Callable[[SandboxPolicy], tuple[Sandbox, str]]] = {
    "bubblewrap": _bubblewrap,
    "landlock-netns": lambda _: (LandlockNamespaces(), ""),
    "landlock-seccomp": lambda _: (LandlockSeccomp(), ""),
    "container": _container,
    "job": lambda _: (DeclaredJob(), ""),
}
