"""Reading files of a work tree as they lie on disk: no filter, no conversion, no link followed.

Folders are opened one by one without following links, so a folder that was swapped for a link to
`/etc` leads nowhere; pipes and devices are never opened.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain.change import SYMLINK
from reviewbot.domain.paths import quoted, to_bytes
from reviewbot.errors import UsageError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_CHUNK = 1 << 20
_MOST_CONVERTED_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Seen:
    """What `lstat` says of a file: its mode in git's terms, its time and size cut to 32 bits as in the index."""

    mode: str
    mtime: tuple[int, int]
    size: int


@dataclass(frozen=True, slots=True)
class Absorbed:
    """The id of a file's content, and the id it would have with LF for CRLF (None if it holds no CRLF)."""

    oid: str
    lf_oid: str | None


class Disk:
    """The files under one folder. `close` when done."""

    def __init__(self, top: Path, object_format: str) -> None:
        self._object_format = object_format
        self._top = os.open(top, _FOLDER)

    def close(self) -> None:
        """Let go of the folder."""
        os.close(self._top)

    def look(self, path: str) -> Seen | None:
        """Look at a path; None if no file or link is there, or only behind a link."""
        try:
            with self._folder(path) as (folder, name):
                found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            return None  # gone, behind a link, or not ours to read: for git, too, it is not there
        if stat.S_ISLNK(found.st_mode):
            mode = SYMLINK
        elif stat.S_ISREG(found.st_mode):
            mode = "100755" if found.st_mode & stat.S_IXUSR else "100644"
        else:
            return None
        seconds, nanoseconds = divmod(found.st_mtime_ns, 1_000_000_000)
        return Seen(mode, (seconds & 0xFFFFFFFF, nanoseconds), found.st_size & 0xFFFFFFFF)

    def absorb(self, path: str, mode: str, copy: Path | None) -> Absorbed:
        """Read a file, or a link's text, and give its id; `copy` is where to leave the content.

        Raises `UsageError` if it cannot be read, or changes while it is.
        """
        try:
            with self._folder(path) as (folder, name):
                if mode == SYMLINK:
                    return self._of_bytes(os.readlink(name, dir_fd=folder), copy)
                with os.fdopen(os.open(name, _FILE, dir_fd=folder), "rb") as file:
                    size = os.fstat(file.fileno()).st_size
                    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                        raise UsageError(
                            f"{quoted(path)} changed while it was read", hint="run reviewbot again"
                        )
                    if size <= _MOST_CONVERTED_BYTES:
                        return self._of_bytes(file.read(), copy)
                    return self._of_large(iter(lambda: file.read(_CHUNK), b""), size, copy)
        except OSError as error:
            raise UsageError(f"{quoted(path)} cannot be read: {error.strerror}") from error

    def _of_bytes(self, content: bytes, copy: Path | None) -> Absorbed:
        if copy is not None:
            copy.write_bytes(content)
        oid = blob_id(content, self._object_format)
        if b"\r\n" not in content:
            return Absorbed(oid, None)
        return Absorbed(oid, blob_id(content.replace(b"\r\n", b"\n"), self._object_format))

    def _of_large(self, chunks: Iterator[bytes], size: int, copy: Path | None) -> Absorbed:
        digest = hashlib.new(self._object_format, b"blob %d\0" % size, usedforsecurity=False)
        left = size
        with Path(copy or os.devnull).open("wb") as sink:
            for chunk in chunks:
                digest.update(chunk)
                sink.write(chunk)
                left -= len(chunk)
        if left:
            raise UsageError("a file changed while it was read", hint="run reviewbot again")
        return Absorbed(digest.hexdigest(), None)

    @contextmanager
    def _folder(self, path: str) -> Iterator[tuple[int, bytes]]:
        *folders, name = to_bytes(path).split(b"/")
        current = os.dup(self._top)
        try:
            for folder in folders:
                inner = os.open(folder, _FOLDER, dir_fd=current)
                os.close(current)
                current = inner
            yield current, name
        finally:
            os.close(current)


def blob_id(content: bytes, object_format: str) -> str:
    """Give the id that git gives this content. Source: gitformat-pack, "blob <size> NUL <content>"."""
    header = b"blob %d\0" % len(content)
    return hashlib.new(object_format, header + content, usedforsecurity=False).hexdigest()
