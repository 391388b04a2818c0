"""Watching from outside, by the kernel's own account, which hosts a process and all its children speak to."""

import re
import shutil

import pytest

STRACE = shutil.which("strace")

needs_strace = pytest.mark.skipif(
    STRACE is None, reason="strace is not installed, so connections cannot be watched"
)


def watched(folder):
    """The prefix that writes every network call of a process and all its children into a file."""
    return (
        STRACE,
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-e",
        "trace=connect,sendto,sendmsg,sendmmsg",
        "-o",
        str(folder / "calls"),
    )


def peers(folder):
    """Internet addresses that were spoken to, with their ports."""
    calls = (folder / "calls").read_text()
    found = set()
    for line in calls.split("\n"):
        port = re.search(r"sin6?_port=htons\((\d+)\)", line)
        place = re.search(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"', line)
        if port and place:
            found.add((place.group(1) or place.group(2), int(port.group(1))))
    return found
