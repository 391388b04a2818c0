"""The secret detector as a program: file contents in, kinds and lines out. It runs inside the sandbox.

Started as `python -I -S <this file> <the package's folder>`. Standard input is a
sequence of a four-byte big-endian length and that many bytes; standard output is one JSON list a
file, in the same order: `[[kind, first line, last line], …]`, or `null` where there were more than
`MOST_MATCHES`. No secret's characters are written.
"""

import json
import sys
import types
from collections.abc import Iterator
from typing import BinaryIO

MOST_MATCHES = 5_000
_LENGTH_BYTES = 4


def frame(contents: list[bytes]) -> bytes:
    """Put several contents into one stream; `unframe` takes them apart."""
    return b"".join(len(content).to_bytes(_LENGTH_BYTES, "big") + content for content in contents)


def unframe(stream: BinaryIO) -> Iterator[bytes]:
    """Read contents until the stream ends."""
    while head := stream.read(_LENGTH_BYTES):
        yield stream.read(int.from_bytes(head, "big"))


def main(package_folder: str) -> None:
    """Read every content from standard input and answer each with a line."""
    # The folder above may not be listed here, so the package is put together from its own folder alone.
    package = types.ModuleType("reviewbot")
    package.__path__ = [package_folder]
    sys.modules["reviewbot"] = package
    from reviewbot.domain.secret_kinds import find_secrets  # noqa: PLC0415 - the path is known only now
    from reviewbot.domain.secret_text import decode  # noqa: PLC0415 - the path is known only now

    for content in unframe(sys.stdin.buffer):
        found = sorted({(m.kind, m.line, m.last_line) for m in find_secrets(decode(content))})
        sys.stdout.write(json.dumps(found if len(found) <= MOST_MATCHES else None) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
