"""Where the scanners are on this machine, and what each needs to be able to read.

They live in an environment of their own, because semgrep pins common packages tightly. The first
of these that holds a tool is taken: `$REVIEWBOT_SCANNERS/bin`, `scanners/bin` and `bin` of the
environment that reviewbot runs in, then `PATH`.
"""

import os
import shutil
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from reviewbot.scanners.base import Executable, ScannerPaths

VARIABLE = "REVIEWBOT_SCANNERS"
HINT = "install it with: pip install 'reviewbot[scanners]', or name its folder in REVIEWBOT_SCANNERS"


def locate(environ: Mapping[str, str]) -> ScannerPaths:
    """Find semgrep and bandit. A tool that is not there has an empty command; nothing is run."""
    semgrep = _find("semgrep", "semgrep", environ)
    search = environ.get("PATH", os.defpath)
    return ScannerPaths(semgrep, _core(semgrep), _find("bandit", "bandit", environ), search)


def declared(name: str, search: str) -> Executable:
    """Find an operator's tool by its command's first word: a path, or a name on the search path."""
    found = shutil.which(name, path=search)
    if found is None:
        return Executable(missing=f"{name} was not found on PATH", hint="install it, or correct its command")
    return _executable(Path(found), name)


def _find(name: str, package: str, environ: Mapping[str, str]) -> Executable:
    folders = [Path(sys.prefix) / "scanners" / "bin", Path(sys.prefix) / "bin"]
    if environ.get(VARIABLE):
        folders.insert(0, Path(environ[VARIABLE]) / "bin")
    looked = [str(folder) for folder in folders] + ["PATH"]
    search = os.pathsep.join([*looked[:-1], environ.get("PATH", os.defpath)])
    found = shutil.which(name, path=search)
    if found is None:
        return Executable(missing=f"{name} was not found in {', '.join(looked)}", hint=HINT)
    return _executable(Path(found), package)


def _executable(found: Path, package: str) -> Executable:
    """Describe a found file: a Python script is run by its own interpreter, all else by itself."""
    found = Path(os.path.abspath(found))  # noqa: PTH100 - resolve() would leave the environment
    real = found.resolve()
    interpreter = _interpreter(real)
    if interpreter is None:
        return Executable((str(found),), _needs(found, real), "", _stamp(real))
    version = _version(interpreter, package)
    return Executable(
        # Isolated, so that neither the tree (the working directory) nor a variable adds modules.
        (str(interpreter), "-I", str(found)),
        _python_needs(found, interpreter),
        version,
        f"{version or _stamp(real)} on {_stamp(interpreter.resolve())}",
    )


def _interpreter(script: Path) -> Path | None:
    """Give the Python of a script's first line; None for a binary or another language."""
    with script.open("rb") as file:
        first = file.readline(512)
    if not first.startswith(b"#!"):
        return None
    words = first[2:].split()
    named = Path(os.fsdecode(words[-1])) if words else Path()
    if not named.name.startswith("python"):
        return None
    if not named.is_absolute():
        on_path = shutil.which(named.name)
        return Path(on_path) if on_path else None
    return named if named.exists() else None


def _python_needs(script: Path, interpreter: Path) -> tuple[str, ...]:
    """Name the environment, the installation its interpreter comes from, and what leads there."""
    needs = {interpreter.resolve().parent.parent, script.parent, script.resolve().parent}
    needs |= {hop.parent for hop in _hops(interpreter)}
    environment = interpreter.parent.parent
    config = environment / "pyvenv.cfg"
    if config.is_file():
        needs.add(environment)
        for line in config.read_text("utf-8", "replace").split("\n"):
            key, _, value = line.partition("=")
            if key.strip() == "home" and value.strip():
                needs.add(Path(value.strip()).resolve().parent)
    return _outermost(needs)


def _hops(link: Path) -> list[Path]:
    """Give each symbolic link on the way from `link` to the file."""
    hops: list[Path] = []
    while link.is_symlink() and len(hops) < 40:
        hops.append(link)
        link = Path(os.path.abspath(link.parent / link.readlink()))  # noqa: PTH100 - hop by hop
    return hops


def _needs(found: Path, real: Path) -> tuple[str, ...]:
    """For a binary: its folder, or the whole prefix if it stands in one's `bin`."""
    folder = real.parent
    prefix = folder.parent if folder.name in {"bin", "sbin", "libexec"} else folder
    if len(prefix.parts) < 3:  # `/`, `/usr` as a prefix is what every rung shows anyway; never show all
        prefix = folder
    return _outermost({prefix, found.parent})


def _outermost(folders: set[Path]) -> tuple[str, ...]:
    """Leave out folders that lie in another one of them."""
    return tuple(
        sorted(str(folder) for folder in folders if not any(above in folders for above in folder.parents))
    )


def _version(interpreter: Path, package: str) -> str:
    """Read a package's version from its metadata: asking semgrep itself takes over a second."""
    for metadata in sorted(
        (interpreter.parent.parent / "lib").glob(f"python3*/site-packages/{package}-*.dist-info")
    ):
        return metadata.name.removesuffix(".dist-info").rpartition("-")[2]
    return ""


def _stamp(file: Path) -> str:
    """Name a binary by place, size and time: reading 250 MB at every start would take too long."""
    state = file.stat()
    stamp = f"{file}:{state.st_size}:{state.st_mtime_ns}"
    return sha256(os.fsencode(stamp)).hexdigest()[:16]


def _core(semgrep: Executable) -> Executable:
    """Find semgrep's own binary in the package of the launcher, or beside a launcher without one."""
    if not semgrep.command:
        return semgrep
    launcher = Path(semgrep.command[-1])
    pattern = "lib/python3*/site-packages/semgrep/bin/semgrep-core"
    found = sorted(launcher.parent.parent.glob(pattern))
    found += [beside for beside in (launcher.parent / "semgrep-core",) if beside.is_file()]
    if not found:
        return Executable(missing=f"semgrep-core was not found beside {launcher}", hint=HINT)
    real = found[0].resolve()
    needs = _outermost({real.parent, *_certificates(real)})
    return Executable((str(real),), needs, semgrep.version, f"{semgrep.version} {_stamp(real)}")


def _certificates(core: Path) -> list[Path]:
    """Name the bundle that comes with the package: semgrep does not start without one."""
    bundle = core.parent.parent.parent / "certifi" / "cacert.pem"
    return [bundle] if bundle.is_file() else []
