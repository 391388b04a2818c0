"""The files of a rule pack: where the pack lies, what belongs to it, and their digest.

Hidden entries and `__pycache__` are no part of a pack: installers and mounted volumes put them
there. Neither is the signature, which is of all the rest. Everything else is, whether it is read as a rule or not. A link that leads out of the
folder is refused, so that the digest covers all that is read.
"""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from reviewbot.domain.paths import is_plain, quoted
from reviewbot.errors import PolicyError
from reviewbot.policy.nearest import nearest

PACK_FILE = "pack.yml"
SIGNATURE_FILE = "pack.sig"
MAX_FILES = 2_000
MAX_TOTAL = 50_000_000


def packs_in(folder: str) -> tuple[str, ...]:
    """Name the packs of a folder: itself, if it is one, or those that lie in it.

    Raises `PolicyError` if there is none, or if the folder cannot be listed.
    """
    place = Path(folder).resolve()
    if (place / PACK_FILE).is_file():
        return (place.name,)
    names = _names(place)
    if not names:
        raise PolicyError(
            f"no rule pack in {quoted(folder)}", hint="a pack is a folder with a pack.yml and a file per rule"
        )
    return names


def find(name: str, folders: tuple[Path, ...]) -> Path:
    """Find a pack by its name. Raises `PolicyError` if there is none, or more than one."""
    places = [place.resolve() for place in folders]
    beside = (place / name for place in places)
    itself = (place for place in places if place.name == name)
    found = [
        place
        for place in dict.fromkeys((*beside, *itself))
        if place.name == name and (place / PACK_FILE).is_file()
    ]
    if len(found) == 1:
        return found[0]
    if found:
        both = " and ".join(quoted(str(place)) for place in found)
        raise PolicyError(f'two packs are called "{name}": {both}', hint="rename or remove one of them")
    known = tuple(sorted({pack for place in places for pack in _names(place)}))
    raise PolicyError(
        f'no rule pack is called "{name}"{nearest(name, known)}',
        hint=f"looked in {', '.join(quoted(str(place)) for place in places)}",
    )


def files(pack: Path) -> dict[str, bytes]:
    """Read all files of a pack, by their path in it, sorted. Raises `PolicyError`."""
    found: dict[str, bytes] = {}
    total = 0
    try:
        for path in _walk(pack, pack):
            total += path.stat().st_size
            if len(found) >= MAX_FILES or total > MAX_TOTAL:
                limits = f"{MAX_FILES:,} files or {MAX_TOTAL:,} bytes"
                raise PolicyError(f"the pack {quoted(str(pack))} is over {limits}")
            found[path.relative_to(pack).as_posix()] = path.read_bytes()
    except OSError as error:
        raise _unreadable(Path(error.filename or pack), error) from None
    return dict(sorted(found.items(), key=lambda item: os.fsencode(item[0])))


def digest(contents: dict[str, bytes]) -> str:
    """Digest a pack's files, in the manner of coreutils, so that anybody can check it.

    It is the SHA-256 of what `sha256sum` prints for the sorted paths: see `docs/policy.md`.
    """
    lines = (f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in contents.items())
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()


def _walk(folder: Path, pack: Path) -> Iterator[Path]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = folder / entry.name
            if entry.name.startswith(".") or entry.name == "__pycache__" or path == pack / SIGNATURE_FILE:
                continue
            if not is_plain(entry.name):
                raise PolicyError(
                    f"the file name {quoted(entry.name)} in {quoted(str(pack))} holds odd characters"
                )
            if entry.is_symlink() and not (path.is_file() and path.resolve().is_relative_to(pack)):
                raise PolicyError(
                    f"{quoted(str(path))} is a link to a folder or out of its pack",
                    hint="copy the file instead",
                )
            if entry.is_dir():
                yield from _walk(path, pack)
            elif entry.is_file():
                yield path
            else:
                raise PolicyError(f"{quoted(str(path))} is neither a file nor a folder")


def _names(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(path.name for path in folder.iterdir() if (path / PACK_FILE).is_file()))
    except OSError as error:
        raise _unreadable(folder, error) from None


def _unreadable(path: Path, error: OSError) -> PolicyError:
    return PolicyError(
        f"the rules in {quoted(str(path))} cannot be read: {(error.strerror or 'no reason given').lower()}"
    )
