"""The probe: a script that runs in a sandbox, tries what must fail, and says what it could do.

Standard library only; run as `python -I -S -E inside.py CANARY TCP_PORT UDP_PORT ADDRESS SIZE`, it
prints one JSON object, and then, if it lives, one string for the attempt to fill the scratch folder.
An attempt gives "" when it succeeded and the error otherwise.
"""

import json
import os
import socket
import sys
from collections.abc import Callable


def attempt(action: Callable[[], object]) -> str:
    """Run an action; give "" if it succeeded, else why not."""
    try:
        action()
    except OSError as error:
        return f"{type(error).__name__}: {error.strerror or error}"
    return ""


def read(path: str) -> str:
    """Give the text of a file."""
    with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib costs 8 ms at start
        return file.read()


def write(path: str, text: str) -> None:
    """Make a file."""
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - as above
        file.write(text)


def fill(path: str, size: int) -> None:
    """Write `size` bytes to a file, then remove it."""
    try:
        with open(path, "wb") as file:  # noqa: PTH123 - as above
            file.writelines(b"x" * (1 << 20) for _ in range(size // (1 << 20)))
    finally:
        os.unlink(path)  # noqa: PTH108 - as above


def connect(kind: socket.SocketKind, host: str, port: int) -> None:
    """Try to reach somebody."""
    with socket.socket(socket.AF_INET, kind) as out:
        out.settimeout(0.5)
        out.connect((host, port))
        out.send(b"probe")


def speak_to_abstract(name: str) -> None:
    """Try to reach an abstract local socket of the host's."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as out:
        out.connect("\0" + name)


def main() -> None:
    """Try everything and print the outcome."""
    canary, tcp, udp, address, oversize = sys.argv[1:6]
    scratch = os.environ["HOME"]
    report = {
        "tree": attempt(lambda: read("canary-in-tree")),
        "input": attempt(lambda: read(os.environ["PROBE_INPUT"])),
        "tree_write": attempt(lambda: write("new", "x")),
        "tree_change": attempt(lambda: write("canary-in-tree", "x")),
        "outside": attempt(lambda: read(canary)),
        "tcp": attempt(lambda: connect(socket.SOCK_STREAM, "127.0.0.1", int(tcp))),
        "udp": attempt(lambda: connect(socket.SOCK_DGRAM, "127.0.0.1", int(udp))),
        "outward": attempt(lambda: connect(socket.SOCK_DGRAM, "192.0.2.1", 53)),
        "abstract": attempt(lambda: speak_to_abstract(address)),
        "scratch": attempt(lambda: write(f"{scratch}/out", "kept")),
        "names": sorted(os.environ),
    }
    print(json.dumps(report), flush=True)  # noqa: T201 - this is how it answers
    # The last attempt may well be the end of this process, so it answers for itself.
    print(json.dumps(attempt(lambda: fill(f"{scratch}/big", int(oversize)))))  # noqa: T201 - as above


if __name__ == "__main__":
    main()
