"""Where the program of the tests is on this machine, and what it must be able to read.

What it runs is the change's code, so it sees its own installation and nothing beside: never a home folder, nor
what lies right below one (`~/.local`, `~/.cargo`), where people keep keys.
"""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

_PYTHON = re.compile(r"(?:python|pypy)[0-9.]*")
_SHIMS = "shims"
_MOST_LINKS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """The front of the argv, the host paths that it needs, or why it is `missing`."""

    command: tuple[str, ...] = ()
    readable: tuple[str, ...] = ()
    missing: str = ""


def find(name: str, search: str, home: Path) -> Found:
    """Look a bare name up on a search path. Nothing is run."""
    # What pyenv and asdf put first asks the shell which version is meant; behind it stand the programs themselves.
    folders = [
        part for part in search.split(os.pathsep) if Path(part).is_absolute() and Path(part).name != _SHIMS
    ]
    found = shutil.which(name, path=os.pathsep.join(folders)) if folders and "/" not in name else None
    if found is None:
        return Found(missing=f"{name} was not found on PATH")
    place = Path(os.path.abspath(found))  # noqa: PTH100 (resolving would leave a virtual environment)
    if _PYTHON.fullmatch(place.name):
        return Found((str(place),), _needs(place, home))
    interpreter = _interpreter(place)
    if interpreter is None:
        return Found((str(place),), _needs(place, home))
    needs = (*_needs(interpreter, home), *_folders(place, home))
    return Found((str(interpreter), str(place)), tuple(dict.fromkeys(needs)))


def _interpreter(script: Path) -> Path | None:
    """Give the Python that a script's first line names by its path; None for all else."""
    try:
        with script.open("rb") as file:
            first = file.readline(512)
    except OSError:
        return None
    words = first[2:].split() if first.startswith(b"#!") else []
    named = Path(os.fsdecode(words[0])) if words else Path()
    is_python = _PYTHON.fullmatch(named.name) and named.is_absolute() and named.exists()
    return named if is_python else None


def _needs(program: Path, home: Path) -> tuple[str, ...]:
    """Name the program's folders, the installation that each link on the way to it stands in, and its environment."""
    needs = dict.fromkeys(_folders(program, home))
    for place in (program, program.resolve()):
        above = place.parent.parent
        is_prefix = place.parent.name in {"bin", "sbin", "libexec"} or (above / "pyvenv.cfg").is_file()
        if is_prefix and not _holds_more(above, home):
            needs[str(above)] = None
    return tuple(needs)


def _folders(program: Path, home: Path) -> tuple[str, ...]:
    """Name the folder of each link on the way from a program to its file; where that is a home, only the file."""
    places = [program]
    while places[-1].is_symlink() and len(places) < _MOST_LINKS:
        link = places[-1]
        places.append(Path(os.path.abspath(link.parent / link.readlink())))  # noqa: PTH100 (hop by hop)
    return tuple(
        dict.fromkeys(
            str(place if place.parent in {home, *home.parents} else place.parent) for place in places
        )
    )


def _holds_more(prefix: Path, home: Path) -> bool:
    """Say whether a prefix holds homes, is one, or is a folder right below one."""
    return prefix in {home, *home.parents} or prefix.parent == home
