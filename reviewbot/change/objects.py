"""Reading objects by id through two long-lived `git cat-file` processes.

In: object names. Out: sizes, kinds and contents, never more than was asked for: the size is looked
up before a blob is loaded, so a blob of gigabytes is refused without being read.
"""

import subprocess
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from reviewbot.change.caps import MOST_BLOB_BYTES
from reviewbot.change.command import Git
from reviewbot.domain.paths import from_bytes
from reviewbot.errors import UsageError

SNIFF_BYTES = 8000
"""How far git itself looks for a NUL to tell binary from text (buffer_is_binary, xdiff-interface.c)."""
_MOST_TREE_BYTES = 32_000_000
_TREES_KEPT = 4096
# What git refuses as a name inside a tree (fsck: hasDot, hasDotdot, hasDotgit, fullPathname, emptyName).
_FORBIDDEN_NAMES = {b"", b".", b"..", b".git"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One name in a tree. `mode` is six octal digits."""

    name: bytes
    mode: str
    oid: str

    @property
    def is_tree(self) -> bool:
        """True for a folder."""
        return self.mode == "040000"


class Objects:
    """The objects of one repository. Safe to use from several threads; `close` ends the processes."""

    def __init__(self, git: Git) -> None:
        self._git = git
        self._lock = threading.Lock()
        self._talks: dict[str, subprocess.Popen[bytes]] = {}
        self._trees: OrderedDict[str, tuple[Entry, ...]] = OrderedDict()

    def close(self) -> None:
        """End the processes; a later question starts them again."""
        with self._lock:
            for process in self._talks.values():
                _end(process)
            self._talks.clear()

    def look_up(self, name: str) -> tuple[str, str, int] | None:
        """Give id, kind and size in bytes of what `name` stands for; None if it is not here."""
        with self._lock:
            return self._header("--batch-check", name)[0]

    def read(self, oid: str, *, most: int = MOST_BLOB_BYTES) -> bytes:
        """Give a blob's content. Raises `UsageError` if it is missing, no blob, or over `most` bytes."""
        return self._load(oid, "blob", most)

    def tree(self, oid: str) -> tuple[Entry, ...]:
        """Give a tree's entries in git's order. Raises `UsageError` for one that git itself would refuse."""
        kept = self._trees.get(oid)
        if kept is None:
            kept = tuple(parse_tree(self._load(oid, "tree", _MOST_TREE_BYTES), len(oid) // 2))
            self._trees[oid] = kept
            while len(self._trees) > _TREES_KEPT:
                self._trees.popitem(last=False)
        return kept

    def sizes(self, oids: Iterable[str]) -> dict[str, int]:
        """Give the sizes of many blobs at once. Raises `UsageError` if one is missing."""
        wanted = sorted(set(oids))
        feed = "".join(f"{oid}\n" for oid in wanted).encode("ascii")
        answer = self._git.run("cat-file", "--batch-check", feed=feed)
        found = dict(zip(wanted, answer.decode("ascii").split("\n"), strict=False))
        return {oid: _size(oid, line) for oid, line in found.items()}

    def beginning(self, oid: str) -> bytes:
        """Give the first `SNIFF_BYTES` bytes of a blob of any size, without loading the rest."""
        with self._git.stream("cat-file", "blob", oid) as output:
            return output.read(SNIFF_BYTES)

    def _load(self, oid: str, kind: str, most: int) -> bytes:
        with self._lock:
            header, _ = self._header("--batch-check", oid)
            if header is None:
                raise _missing(oid)
            if header[1] != kind:
                raise UsageError(f"object {oid} is a {header[1]}, not a {kind}")
            if header[2] > most:
                raise UsageError(f"over the size limit ({header[2] / 1e6:.1f} MB)")
            header, output = self._header("--batch", oid)
            if header is None:
                raise _missing(oid)
            return self._body(output, header[2])

    def _header(self, mode: str, name: str) -> tuple[tuple[str, str, int] | None, IO[bytes]]:
        if "\n" in name or "\0" in name:
            raise UsageError("an object's name holds a control character")
        process = self._talk(mode)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(name.encode("utf-8", "surrogateescape") + b"\n")
            process.stdin.flush()
        except BrokenPipeError as error:
            raise self._broken() from error
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            raise self._broken()
        words = from_bytes(line[:-1]).rsplit(" ", 2)
        if len(words) == 3 and words[2].isdigit():
            return (words[0], words[1], int(words[2])), process.stdout
        return None, process.stdout

    def _body(self, output: IO[bytes], size: int) -> bytes:
        content = output.read(size + 1)
        if len(content) != size + 1:
            raise self._broken()
        return content[:-1]

    def _talk(self, mode: str) -> subprocess.Popen[bytes]:
        process = self._talks.get(mode)
        if process is None:
            process = subprocess.Popen(
                self._git.argv(("cat-file", mode)), cwd=self._git.cwd, env=self._git.variables(),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            self._talks[mode] = process
        return process

    def _broken(self) -> UsageError:
        for process in self._talks.values():
            _end(process)
        self._talks.clear()
        return UsageError(
            "git stopped while an object was being read",
            hint="the repository may be damaged; `git fsck` tells",
        )


def parse_tree(raw: bytes, oid_bytes: int) -> Iterator[Entry]:
    """Take a tree object apart. Raises `UsageError` for what git's own fsck refuses as dangerous.

    Source: gitformat-pack and fsck.c: `<octal mode> SP <name> NUL <binary id>`, again and again.
    """
    at = 0
    while at < len(raw):
        nul = raw.find(b"\0", at)
        end = nul + 1 + oid_bytes
        mode, space, name = raw[at:nul].partition(b" ")
        if nul < 0 or end > len(raw) or not space or not mode.isdigit():
            raise _bad_tree("it is cut off or garbled")
        if name.lower() in _FORBIDDEN_NAMES or b"/" in name:
            raise _bad_tree(f"it holds a forbidden name, {from_bytes(name)!r}")
        yield Entry(name, mode.decode("ascii").zfill(6), raw[nul + 1 : end].hex())
        at = end


def _bad_tree(why: str) -> UsageError:
    return UsageError(
        f"a tree of this repository is malformed: {why}",
        hint="do not check this branch out; `git fsck` names the object, and "
        "`git config transfer.fsckObjects true` refuses such objects at fetch",
    )


def _size(oid: str, line: str) -> int:
    words = line.split(" ")
    if len(words) != 3 or words[0] != oid or not words[2].isdigit():
        raise _missing(oid)
    return int(words[2])


def _missing(oid: str) -> UsageError:
    return UsageError(
        f"object {oid} is not in this repository",
        hint="a partial clone lacks file contents: fetch them with `git fetch --refetch --no-filter`, "
        "or clone again without --filter",
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        assert pipe is not None
        try:
            pipe.close()
        except BrokenPipeError:
            continue  # a question that was never sent is lost with the process
    process.wait()
