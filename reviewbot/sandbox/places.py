"""Where a job's files lie, and what its environment is. Pure but for asking what exists."""

import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain.sandboxing import Job
from reviewbot.errors import SandboxError

PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"

# Programs, libraries, trust anchors. Nothing with keys (so not all of /etc/ssl), names of people
# (/etc/passwd) or homes. Source: what semgrep, bandit and CPython open, by strace.
SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/crypto-policies",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/pki/ca-trust",
    "/etc/pki/tls/cert.pem",
    "/etc/pki/tls/certs",
    "/etc/pki/tls/openssl.cnf",
    "/etc/ssl/cert.pem",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
)


@dataclass(frozen=True, slots=True)
class Places:
    """The real places of a job's files, as the tool sees them."""

    source: str
    scratch: str
    inputs: Mapping[str, str]

    def fill(self, text: str) -> str:
        """Put real places for a placeholder at the beginning of `text`. Raises for an unknown input."""
        for placeholder, place in (("{scratch}", self.scratch), ("{src}", self.source)):
            if text == placeholder or text.startswith(placeholder + "/"):
                return place + text.removeprefix(placeholder)
        if not text.startswith("{in}/"):
            return text
        name, slash, rest = text.removeprefix("{in}/").partition("/")
        if name not in self.inputs:
            raise SandboxError(f"the job has no input named {name!a}")
        return self.inputs[name] + slash + rest

    def arguments(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """Fill the placeholders of an argv, up to a lone `--`."""
        end = argv.index("--") if "--" in argv else len(argv)
        return (*(self._argument(each) for each in argv[:end]), *argv[end:])

    def _argument(self, text: str) -> str:
        option, equals, value = text.partition("=")
        if equals and option.startswith("-"):
            return option + equals + self.fill(value)
        return self.fill(text)

    def environment(self, env: Mapping[str, str]) -> dict[str, str]:
        """The whole environment of the tool."""
        ours = {"HOME": self.scratch, "TMPDIR": self.scratch, "PATH": PATH, "LANG": "C.UTF-8"}
        return {**ours, **{name: self.fill(value) for name, value in env.items()}}


def check(job: Job) -> None:
    """Raise `SandboxError` for a job that no rung could run as it says."""
    if not job.argv:
        raise SandboxError("the job names no program")
    for path in (job.tree, *job.readable, *job.inputs.values()):
        if not path.startswith("/") or Path(path) == Path("/"):
            raise SandboxError(f"a sandboxed job needs absolute paths below the root, not {path!a}")
        if not Path(path).exists():
            raise SandboxError(f"the sandboxed job needs {path!a}, which is not there")
    for name in job.inputs:
        if not name or "/" in name or name in {".", ".."}:
            raise SandboxError(f"an input of a job is named by one word, not {name!a}")
    for name in job.outputs:
        if not is_below(name):
            raise SandboxError(f"an output of a job lies in its scratch folder, unlike {name!a}")


def is_below(name: str) -> bool:
    """Say whether a relative path stays below the folder it starts from."""
    return bool(name) and all(part not in {"", ".", ".."} for part in name.split("/"))


def system_paths() -> tuple[str, ...]:
    """Give those of `SYSTEM` that exist here."""
    return tuple(path for path in SYSTEM if Path(path).exists())


def interpreter_paths() -> tuple[str, ...]:
    """Give the host paths that this Python needs to start: what a job lists as `readable`."""
    found = {
        str(Path(sys.executable).resolve()),
        *(str(Path(sysconfig.get_path(kind)).resolve()) for kind in ("stdlib", "platstdlib")),
    }
    library, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("LDLIBRARY")
    if library and name and (Path(library) / name).exists():
        found.update(str(each) for each in Path(library).glob("libpython3*.so*"))
    system = system_paths()
    return tuple(sorted(p for p in found if not any(p.startswith(s + "/") for s in system)))
