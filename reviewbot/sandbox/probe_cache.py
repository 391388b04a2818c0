"""Remembering which rung ran here, so that a review does not probe each time.

A small JSON file, mode 0600: {"version": 1, "works": {key: name}}. Only what worked is kept; a
rung that failed is tried again, because somebody may have mended it. A file that is broken,
another user's, or writable by others is as good as none.
"""

import hashlib
import json
import os
import stat
import sys
import tempfile
from pathlib import Path

_FILE = "sandbox-probe.json"
_VERSION = 1
_MOST_BYTES = 65_536
_MOST_ENTRIES = 32
# What of our own confinement decides whether a rung can work.
_CONFINEMENT = ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp", "Seccomp_filters")


def key(name: str, program: str, *, profile: str, image: str | None) -> str:
    """Give a digest of all that a probe's result depends on."""
    parts = {
        "name": name,
        "profile": profile,
        "image": image,
        "kernel": list(os.uname()),
        "user": [os.getuid(), os.getgid()],
        "confinement": _confinement(),
        "program": [program, *_identity(program)],
        "python": [sys.executable, *_identity(sys.executable)],
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def knows(folder: Path, entry: str) -> bool:
    """Say whether a rung worked with this key."""
    return entry in _load(folder / _FILE)


def remember(folder: Path, entry: str, name: str) -> None:
    """Keep that a rung worked. A folder that cannot be written only costs the next run a probe."""
    known = {**_load(folder / _FILE), entry: name}
    newest = dict(list(known.items())[-_MOST_ENTRIES:])
    content = json.dumps({"version": _VERSION, "works": newest}, indent=1)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=folder, prefix=_FILE)  # mode 0600
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(content)
        Path(draft).replace(folder / _FILE)
    except OSError:
        return


def _load(path: Path) -> dict[str, str]:
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            if state.st_uid != os.getuid() or stat.S_IMODE(state.st_mode) & 0o077:
                return {}
            found = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(found, dict) or found.get("version") != _VERSION:
        return {}
    works = found.get("works")
    if not isinstance(works, dict):
        return {}
    return {entry: name for entry, name in works.items() if isinstance(name, str)}


def _identity(program: str) -> list[int]:
    try:
        state = Path(program).stat()
    except OSError:
        return []
    return [state.st_mtime_ns, state.st_size, state.st_ino]


def _confinement() -> list[str]:
    lines = Path("/proc/self/status").read_text(encoding="utf-8", errors="replace").split("\n")
    return [line for line in lines if line.partition(":")[0] in _CONFINEMENT]
