"""Telling whether quoted lines still stand, without keeping the lines."""

import hashlib
from collections.abc import Sequence

from reviewbot.domain.fingerprint import LENGTH, normalised


def quote_digest(lines: Sequence[str]) -> str:
    """Digest whole lines, each with its white space folded, so that re-indenting changes nothing."""
    text = "\n".join(normalised(line) for line in lines)
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:LENGTH]
