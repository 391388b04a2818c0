"""Parsing in a process of its own.

The parsers are C code and the files are a stranger's: thirty kilobytes of TypeScript can make one
ask for a gigabyte. So `worker` runs beside us with limits on memory and time, without our
environment, and answers in JSON over a pipe. If a file kills it, that file is not parsed, which
costs some context and nothing else; after a few such files the rest goes unparsed too.
"""

import contextlib
import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from reviewbot.retrieval.languages import Language, language_of
from reviewbot.retrieval.outline import Definition, Outline, Parsed

MOST_BYTES = 500_000
"""Larger files are not parsed."""

SECONDS = 5.0
"""Time for one file; an ordinary one takes hundredths."""

_MOST_DEATHS = 4
_MOST_ANSWER = 32_000_000


@dataclass(slots=True)
class Parsing:
    """Parses files until it is closed, each within `seconds`. The worker starts with the first file."""

    seconds: float = SECONDS
    _worker: "subprocess.Popen[bytes] | None" = None
    _deaths: int = 0
    _rest: bytes = field(default=b"", repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def outline(self, path: str, content: bytes, lines: Iterable[int]) -> Outline:
        """Read a file: its definitions, and what the given lines use. Never raises for its content."""
        language = language_of(path)
        if language is None or len(content) > MOST_BYTES or b"\0" in content:
            return Outline.of(content, None)
        return Outline.of(content, self._parse(language, content, sorted(lines)))

    def _parse(self, language: Language, content: bytes, lines: list[int]) -> Parsed | None:
        if self._deaths >= _MOST_DEATHS:
            return None
        question = {"language": language.name, "size": len(content), "lines": lines}
        answer = self._ask(json.dumps(question).encode("ascii") + b"\n" + content)
        if answer is None:
            self._deaths += 1
            self._stop()
            return None
        return _read(answer)

    def _ask(self, question: bytes) -> bytes | None:
        """Send a question and wait for the answer's line; None if the worker dies or takes too long."""
        if self._worker is None:
            self._worker = _start()
        pipe_in, pipe_out = self._worker.stdin, self._worker.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        try:
            pipe_in.write(question)
            pipe_in.flush()
        except BrokenPipeError:
            return None
        deadline = time.monotonic() + self.seconds
        answer = bytearray()
        while len(answer) < _MOST_ANSWER:
            ready, _, _ = select.select([pipe_out], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(pipe_out.fileno(), 1 << 20) if ready else b""
            if not piece:
                return None
            answer += piece
            if piece.endswith(b"\n"):
                return bytes(answer)
        return None

    def _stop(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        with contextlib.suppress(BrokenPipeError):
            worker.communicate()


def _start() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-I", "-m", "reviewbot.retrieval.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
    )


def _read(answer: bytes) -> Parsed | None:
    """Turn the worker's answer into values; None if it has the wrong shape."""
    try:
        raw = json.loads(answer)
        return _parsed(raw) if raw is not None else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _parsed(raw: dict[str, Any]) -> Parsed:
    definitions = tuple(
        Definition(int(first), int(last), str(kind), str(name), int(header))
        for first, last, kind, name, header in raw["definitions"]
    )
    return Parsed(definitions, _names(raw["called"]), _names(raw["mentioned"]))


def _names(raw: dict[str, list[str]]) -> dict[int, frozenset[str]]:
    return {int(line): frozenset(map(str, names)) for line, names in raw.items()}
