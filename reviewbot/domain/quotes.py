"""Telling whether quoted lines still stand, without keeping the lines."""

import hashlib
from collections.abc import Iterator, Sequence

from reviewbot.domain.fingerprint import LENGTH, normalised

ALGORITHM = "sha256:"


def whole_digest(lines: Sequence[str]) -> str:
    """Digest whole lines, each with its white space folded, so that re-indenting changes nothing: `sha256:…`.

    All 256 bits are kept: whoever proposes a waiver must not be able to make a second line for it.
    """
    return ALGORITHM + hashlib.sha256(b"\n".join(map(_folded, lines))).hexdigest()


def digests_in(lines: Sequence[str], most: int) -> Iterator[str]:
    """Give `whole_digest` of every stretch of 1 to `most` lines."""
    folded = [_folded(line) for line in lines]
    for at in range(len(folded)):
        running = hashlib.sha256()
        for number, line in enumerate(folded[at : at + most]):
            running.update(b"\n" + line if number else line)
            yield ALGORITHM + running.hexdigest()


def _folded(line: str) -> bytes:
    return normalised(line).encode("utf-8", "surrogateescape")


def quote_digest(lines: Sequence[str]) -> str:
    """Give the first digits of the same digest, where nobody gains by a second text."""
    return whole_digest(lines).removeprefix(ALGORITHM)[:LENGTH]
