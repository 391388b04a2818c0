"""The event log of a run: an intent line, durable, before each act that leaves the process.

A run's folder holds `events.jsonl` and, under `documents/`, each prompt and answer with
secrets masked. Folders are 0700 and files 0600. Every line is one JSON object with `n`
(counting from 1), `at` (UTC), and either `intent` or `outcome_of`.
"""

import json
import os
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Self

from reviewbot.errors import UsageError

Clock = Callable[[], datetime]


class EventLog:
    """A `Record` in a folder of its own."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        self.folder = folder
        self._clock = clock
        self._count = 0
        self._lock = threading.Lock()
        try:
            _private_folder(folder)
            _private_folder(folder / "documents")
            self._file = os.open(
                folder / "events.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
            )
        except OSError as error:
            raise UsageError(
                f"the record of the run cannot be written: {folder}: {error.strerror}",
                hint="make the folder writable; without a record nothing is sent anywhere",
            ) from error

    def __enter__(self) -> Self:
        """Use the log for the time of a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        os.close(self._file)

    def intent(self, act: str, detail: Mapping[str, object]) -> int:
        """Write what is about to be done and wait until it is on the disk."""
        return self._write({"intent": act, **detail})

    def outcome(self, number: int, detail: Mapping[str, object]) -> None:
        """Write how the act with this number ended."""
        self._write({"outcome_of": number, **detail})

    def keep(self, name: str, text: str) -> None:
        """Keep a masked document. `name` is ours: letters, digits, dot and dash."""
        path = self.folder / "documents" / name
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(file, "wb") as document:
            document.write(text.encode("utf-8", "backslashreplace"))

    def _write(self, event: Mapping[str, object]) -> int:
        with self._lock:
            self._count += 1
            at = self._clock().isoformat(timespec="milliseconds")
            line = json.dumps({"n": self._count, "at": at, **event}, ensure_ascii=True, default=str)
            try:
                os.write(self._file, line.encode() + b"\n")
                os.fsync(self._file)
            except OSError as error:
                raise UsageError(
                    f"the record of the run cannot be written: {self.folder}: {error.strerror}",
                    hint="make room on the disk; without a record nothing is sent anywhere",
                ) from error
            return self._count


class Unrecorded:
    """A `Record` that keeps nothing, for the doctor: nothing of a change passes through it."""

    def intent(self, act: str, detail: Mapping[str, object]) -> int:  # noqa: ARG002 (the protocol's names)
        """Number every act 0."""
        return 0

    def outcome(self, number: int, detail: Mapping[str, object]) -> None:
        """Forget how it ended."""

    def keep(self, name: str, text: str) -> None:
        """Forget the document."""


def _private_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
