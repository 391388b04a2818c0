"""What was applied, as a diff that git takes back."""

import errno
import os
from datetime import datetime
from pathlib import Path

from reviewbot.errors import UsageError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Undo:
    """A file of its own under the git directory, named after the time. Raises `UsageError` if it cannot be written.

    It is there before the first file changes, so that whatever happens then can be taken back.
    """

    def __init__(self, folder: Path, now: datetime, content: bytes) -> None:
        try:
            # One by one: folders that are made on the way would be open to everybody.
            folder.parent.mkdir(mode=0o700, exist_ok=True)
            folder.mkdir(mode=0o700, exist_ok=True)
            self.path = _written(folder, now.strftime("%Y-%m-%dT%H-%M-%SZ"), content)
        except OSError as error:
            raise UsageError(
                f"the way back cannot be written: {folder}: {(error.strerror or '').lower()}",
                hint="nothing was changed; make the git directory writable",
            ) from error

    def narrow(self, content: bytes) -> None:
        """Keep only what was really applied; nothing applied leaves no file."""
        if not content:
            self.path.unlink(missing_ok=True)
            return
        aside = self.path.with_suffix(".new")
        _put(aside, content)
        aside.replace(self.path)


def _written(folder: Path, stem: str, content: bytes) -> Path:
    for number in range(1, 1000):
        path = folder / (f"{stem}.patch" if number == 1 else f"{stem}-{number}.patch")
        try:
            _put(path, content)
        except FileExistsError:
            continue
        return path
    raise FileExistsError(errno.EEXIST, "too many of the same second")


def _put(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, _NEW, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
