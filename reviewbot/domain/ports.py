"""What the stage rooms need from outside, as protocols; `wiring` gives the real ones."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

Progress = Callable[[str], None]
"""Told what is going on, in a few words; decides by itself whether to show it."""


class Cache(Protocol):
    """Remembers answers by digest. A broken entry is a miss; a failed write is not an error."""

    def get(self, key: str) -> bytes | None:
        """Give what was put under this key, if it is still there and whole."""

    def put(self, key: str, value: bytes) -> None:
        """Remember `value` under `key`."""


class Record(Protocol):
    """The event log of a run: an intent is durable before the act it announces."""

    def intent(self, act: str, detail: Mapping[str, object]) -> int:
        """Write down, fsynced, what is about to be done; give its number."""

    def outcome(self, number: int, detail: Mapping[str, object]) -> None:
        """Write down how the act with this number ended."""

    def keep(self, name: str, text: str) -> None:
        """Keep a document (a prompt, an answer), already masked, beside the log."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A line of a file at a commit in which a word stands."""

    path: str
    line: int
    text: str


class Repository(Protocol):
    """A repository's objects, read without checkout, hooks, filters or submodules."""

    name: str

    def read(self, oid: str) -> bytes:
        """Give the content of a blob."""

    def read_path(self, commit: str, path: str) -> bytes | None:
        """Give the content of a regular file at a commit; None if there is none."""

    def paths(self, commit: str) -> Iterator[str]:
        """Name every regular file at a commit."""

    def grep(self, commit: str, words: tuple[str, ...], limit: int) -> tuple[Occurrence, ...]:
        """Find lines that hold one of the words as a whole word, at most `limit`, in path order."""
