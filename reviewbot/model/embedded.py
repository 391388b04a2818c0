"""The user's own weights, served by an embedded llama.cpp for the length of a run.

The server lives in a child process that holds no secret of ours: a crash of native code costs
the model's part of a review and nothing else. It listens on loopback only, on a free port, and
it ends with this process in every case: it watches the other end of a pipe.
"""

import hashlib
import importlib.util
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from reviewbot.domain.paths import quoted
from reviewbot.domain.visible import visible
from reviewbot.errors import ModelError

CONTEXT_TOKENS = 16_384
"""Context that is set up; llama.cpp cuts it to what the model was trained for."""

LOADING_SECONDS = 600.0
_ENDING_SECONDS = 5.0
_MAGIC = b"GGUF"
_DIGESTED_BYTES = 1024 * 1024
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES")


@contextmanager
def serve(gguf: Path, *, context_tokens: int = CONTEXT_TOKENS) -> Iterator[str]:
    """Serve the weights in this file; gives the base address, ending in /v1.

    Raises `ModelError` if the optional extra is not installed, if the file is not a GGUF, or if
    the server does not come up.
    """
    _check(gguf)
    with tempfile.TemporaryFile() as log:
        child = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-m",
                "reviewbot.model.embedded_child",
                str(gguf.resolve()),
                _name(gguf),
                str(context_tokens),
                str(max(1, (os.cpu_count() or 2) - 1)),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
        try:
            yield _address(child, log)
        finally:
            _end(child)


def _name(gguf: Path) -> str:
    """Name the weights by file and content, so that answers of others are not taken for theirs.

    Size, beginning (all metadata) and end are digested: whole files are tens of gigabytes.
    """
    with gguf.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        digest = hashlib.sha256(str(size).encode())
        for start in (0, max(0, size - _DIGESTED_BYTES)):
            file.seek(start)
            digest.update(file.read(_DIGESTED_BYTES))
    return f"{visible(gguf.stem)}-{digest.hexdigest()[:8]}"


def _check(gguf: Path) -> None:
    if importlib.util.find_spec("xllamacpp") is None:
        raise ModelError(
            "an embedded model needs the optional extra, which is not installed",
            hint="install it with: pip install 'reviewbot[embedded]'",
        )
    try:
        with gguf.open("rb") as file:
            start = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(
            f"the weights cannot be read: {quoted(str(gguf))}: {error.strerror}",
            hint="give --gguf the path of a GGUF file",
        ) from None
    if start != _MAGIC:
        raise ModelError(
            f"this is not a GGUF file: {quoted(str(gguf))}",
            hint="convert the weights to GGUF, or download them in that format",
        )


def _address(child: subprocess.Popen[bytes], log: IO[bytes]) -> str:
    """Wait for the line in which the child names its address."""
    assert child.stdout is not None
    until = time.monotonic() + LOADING_SECONDS
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while b"\n" not in said:
            if not selector.select(max(0.0, until - time.monotonic())):
                raise ModelError(f"the embedded model was not ready after {LOADING_SECONDS:.0f} s")
            piece = os.read(child.stdout.fileno(), 4096)
            if not piece:
                raise ModelError(
                    f"the embedded model did not start: {_last_line(log)}",
                    hint="check that the file is whole and that there is memory for it",
                )
            said += piece
    return said.split(b"\n", 1)[0].decode("ascii", "replace") + "/v1"


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = [line for line in log.read().decode("utf-8", "replace").split("\n") if line.strip()]
    return visible(lines[-1].strip())[:300] if lines else "it said nothing"


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask, then kill; nothing of it is left when this returns."""
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.close()
    child.terminate()
    try:
        child.wait(_ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    child.stdout.close()
