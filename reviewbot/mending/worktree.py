"""The files of a work tree: read as they lie there, and replaced so that each is always whole.

Folders are opened one by one without following links, from the top of the work tree, so that no path and no
folder swapped for a link leads out of it, nor into a repository that lies inside. Nothing but regular files is opened.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from reviewbot.domain.paths import to_bytes
from reviewbot.errors import UsageError
from reviewbot.mending.offer import path_problem

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MOST_BYTES = 32_000_000
_PERMISSIONS = 0o7777


class WorkTree:
    """The files under one folder. Errors are `UsageError`s whose sentence goes on after the path."""

    def __init__(self, top: Path) -> None:
        self._top = os.open(top, _FOLDER)

    def __enter__(self) -> Self:
        """Use it for the time of a `with` block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the folder."""
        os.close(self._top)

    def read(self, path: str) -> bytes:
        """Give a file's bytes. Raises `UsageError` for whatever is not a plain file of this work tree."""
        with self._opened(path) as (folder, name):
            return _content(folder, name)[0]

    def replace(self, path: str, old: bytes, new: bytes) -> None:
        """Put other bytes into a file, at once and durably, if it still holds the old ones.

        Mode and, where that is allowed, owner are kept. Raises `UsageError` if it could not be done; the file is as it was then.
        """
        with self._opened(path) as (folder, name):
            aside = b".reviewbot-" + secrets.token_hex(8).encode("ascii")
            try:
                _, about = _content(folder, name)
                _write(os.open(aside, _NEW, 0o600, dir_fd=folder), new, about)
                _still(folder, name, old)
                os.rename(aside, name, src_dir_fd=folder, dst_dir_fd=folder)
            except BaseException:
                with suppress(OSError):
                    os.unlink(aside, dir_fd=folder)
                raise
            os.fsync(folder)

    @contextmanager
    def _opened(self, path: str) -> Iterator[tuple[int, bytes]]:
        """Give the folder of a path and the name in it."""
        if path_problem(path):
            raise UsageError("is no file of this repository")
        *folders, name = to_bytes(path).split(b"/")
        current = os.dup(self._top)
        try:
            for folder in folders:
                inner = os.open(folder, _FOLDER, dir_fd=current)
                os.close(current)
                current = inner
                if _is_repository(current):
                    raise UsageError("lies in another repository")
            yield current, name
        except OSError as error:
            raise UsageError(_said(error)) from error
        finally:
            os.close(current)


def _content(folder: int, name: bytes) -> tuple[bytes, os.stat_result]:
    number = os.open(name, _FILE, dir_fd=folder)
    about = os.fstat(number)
    problem = _problem(about)
    if problem:
        os.close(number)
        raise UsageError(problem)
    with os.fdopen(number, "rb") as file:
        return file.read(), about


def _problem(about: os.stat_result) -> str:
    if not stat.S_ISREG(about.st_mode):
        return "is no regular file"
    return "is too large to be mended" if about.st_size > _MOST_BYTES else ""


def _still(folder: int, name: bytes, old: bytes) -> None:
    """Look again, as late as can be: an editor may have saved the file since it was shown."""
    if _content(folder, name)[0] != old:
        raise UsageError("changed just now; run it again")


def _write(number: int, content: bytes, about: os.stat_result) -> None:
    with os.fdopen(number, "wb") as file:
        file.write(content)
        file.flush()
        with suppress(PermissionError):
            os.fchown(number, about.st_uid, about.st_gid)
        os.fchmod(number, about.st_mode & _PERMISSIONS)
        os.fsync(number)


def _is_repository(folder: int) -> bool:
    try:
        os.stat(".git", dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return True


def _said(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "is not there"
    if error.errno in {errno.ELOOP, errno.ENOTDIR}:
        return "is a link or lies behind one"
    return f"cannot be used: {(error.strerror or 'no reason given').lower()}"
