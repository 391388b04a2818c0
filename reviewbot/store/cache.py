"""A cache of answers in one SQLite file.

Safe to delete at any time. Entries carry a digest of their value, so a damaged file or entry
is a miss; a cache that cannot be written is a slower run, not a failed one. Several processes
and threads may use one file.
"""

import contextlib
import hashlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

SIZE_LIMIT = 256 * 1024 * 1024
"""Bytes of values kept; beyond it the oldest entries go."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, digest BLOB NOT NULL, value BLOB NOT NULL, at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS entry_at ON entry (at);
"""


class NoCache:
    """Remembers nothing."""

    def get(self, key: str) -> bytes | None:  # noqa: ARG002 (the protocol's name)
        """Give nothing, always."""
        return None

    def put(self, key: str, value: bytes) -> None:
        """Forget it at once."""


class SqliteCache:
    """A `Cache` in a file that only its owner may read. `at` is the order of writing, not a time."""

    def __init__(self, path: Path, *, size_limit: int = SIZE_LIMIT) -> None:
        self._path = path
        self._size_limit = size_limit
        self._lock = threading.Lock()
        self._connection = _open(path)

    def get(self, key: str) -> bytes | None:
        """Give the value put under `key`, or None if it is not there whole."""
        with self._lock:
            return _value(self._connection, key)

    def put(self, key: str, value: bytes) -> None:
        """Remember `value`; an older one under the same key is replaced."""
        with self._lock, contextlib.suppress(sqlite3.Error), self._connection:
            self._connection.execute(
                "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, (SELECT COALESCE(MAX(at), 0) + 1 FROM entry))",
                (key, _digest(value), value),
            )

    def close(self) -> None:
        """Drop the oldest entries over the size limit and close the file."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            with self._connection:
                self._connection.execute(
                    "DELETE FROM entry WHERE at <= (SELECT at FROM (SELECT at, SUM(LENGTH(value)) "
                    "OVER (ORDER BY at DESC) AS kept FROM entry) WHERE kept > ? ORDER BY at DESC LIMIT 1)",
                    (self._size_limit,),
                )
            self._connection.close()


@contextlib.contextmanager
def opened(path: Path) -> Iterator[SqliteCache]:
    """Open the cache in this file for the time of a `with` block."""
    cache = SqliteCache(path)
    try:
        yield cache
    finally:
        cache.close()


class ReadOnly:
    """A cache that is read and never written: what a job of a pull request may do with a shared one."""

    def __init__(self, path: Path) -> None:
        self._connection: sqlite3.Connection | None = None
        with contextlib.suppress(sqlite3.Error):
            # `immutable`: not even a journal is written beside it.
            self._connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Give the value put under `key`, or None if it is not there whole."""
        if self._connection is None:
            return None
        with self._lock:
            return _value(self._connection, key)

    def put(self, key: str, value: bytes) -> None:
        """Forget it at once."""

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()


@contextlib.contextmanager
def opened_to_read(path: Path) -> Iterator[ReadOnly]:
    """Open a cache that others write, for the time of a `with` block; one that is not there is empty."""
    cache = ReadOnly(path)
    try:
        yield cache
    finally:
        cache.close()


def _open(path: Path) -> sqlite3.Connection:
    try:
        return _connect(path)
    except (sqlite3.Error, OSError):
        # Damaged or not writable: begin again beside it, or do without.
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
            with contextlib.suppress(sqlite3.Error):
                return _connect(path)
        memory = sqlite3.connect(":memory:", check_same_thread=False)
        memory.executescript(_SCHEMA)
        return memory


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=5, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(
            "PRAGMA synchronous = OFF"
        )  # losing the last entries in a crash costs time, nothing else
        connection.executescript(_SCHEMA)
        connection.commit()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _value(connection: sqlite3.Connection, key: str) -> bytes | None:
    with contextlib.suppress(sqlite3.Error):
        row = connection.execute("SELECT digest, value FROM entry WHERE key = ?", (key,)).fetchone()
        if row is not None and _digest(row[1]) == row[0]:
            return bytes(row[1])
    return None


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()[:16]
