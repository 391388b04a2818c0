"""The program that unpacks the repository to where it may be written, and then becomes the test command.

Run in the sandbox as `python -I -S launcher.py ARCHIVE FOLDER -- COUNT FOUND... NAME ARGUMENT...`. ARCHIVE is
what `tree.pack` wrote, FOLDER is made for it; `-` for ARCHIVE means that the files are in FOLDER already. FOUND
are COUNT words that start the program as it was found outside; where these paths are not here, as in an image
of its own, NAME is looked up on this PATH. Standard library only, and nothing of the repository is imported.
"""

import errno
import os
import struct
import sys

HEADER = struct.Struct("=?IQ")
"""Before each file: whether it can be run, the bytes of its path and those of its content, which follow."""

NOT_UNPACKED, NOT_FOUND = 125, 127
"""Exit codes of our own, by the shell's convention."""

_PART = 1 << 20
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def unpack(archive: str, folder: str, mask: int = 0o777) -> None:
    """Write the files below a folder, which is made; `mask` keeps modes back. Raises `OSError`.

    Modes are set twice: some rungs ignore a later change, and the one at making is subject to the umask.
    """
    known: set[str] = set()
    _make(folder, mask)
    with open(archive, "rb") as packed:  # noqa: PTH123 (pathlib would be half of the start)
        while header := packed.read(HEADER.size):
            executable, length, rest = HEADER.unpack(header)
            path = os.fsdecode(packed.read(length))
            for at, char in enumerate(path):
                if char == "/" and path[:at] not in known:
                    known.add(path[:at])
                    _make(f"{folder}/{path[:at]}", mask)
            mode = (0o755 if executable else 0o644) & mask
            handle = os.open(f"{folder}/{path}", _NEW, mode)
            with os.fdopen(handle, "wb") as file:
                os.fchmod(handle, mode)
                while rest:
                    part = packed.read(min(rest, _PART))
                    if not part:
                        raise OSError(errno.EIO, "the archive is cut off")
                    rest -= file.write(part)


def _make(folder: str, mask: int) -> None:
    os.mkdir(folder, 0o755 & mask)  # noqa: PTH102 (as above)
    os.chmod(folder, 0o755 & mask)  # noqa: PTH101 (as above)


def _become(found: list[str], words: list[str]) -> None:
    if found and all(os.path.exists(word) for word in found if word.startswith("/")):  # noqa: PTH110 (as above)
        os.execv(found[0], [*found, *words[1:]])  # noqa: S606 (that is the task)
    os.execvp(words[0], words)  # noqa: S606 (as above)


def main(arguments: list[str]) -> int:
    """Unpack, go there, and become the command; give an exit code where that fails."""
    archive, folder, _, count, *words = arguments
    os.umask(0o022)
    try:
        if archive != "-":
            unpack(archive, folder)
        os.chdir(folder)
    except OSError as error:
        sys.stderr.write(f"the files of the repository could not be unpacked: {error.strerror}\n")
        return NOT_UNPACKED
    os.environ["PWD"] = folder
    try:
        _become(words[: int(count)], words[int(count) :])
    except OSError as error:
        sys.stderr.write(f"{words[int(count)]} does not start: {error.strerror}\n")
    return NOT_FOUND


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
