"""Private keys: blocks of base64 between two lines of dashes (RFC 7468), and what looks like them."""

import re
from collections.abc import Iterator

PRIVATE_KEY = "private-key"
GCP_KEY = "gcp-service-account-key"

_HEADER = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,16} ){0,4}(?:PRIVATE KEY(?: BLOCK)?|Static key V1)-----")
_PUTTY = "PuTTY-User-Key-File-"
_LONGEST = 64_000  # characters; a 16,384-bit RSA key is under 13,000
_ESCAPED_BREAK = re.compile(r"\\r\\n|\\n|\n")
_BODY = re.compile(r"[A-Za-z0-9+/=]{4,2000}")
_AROUND = " \t\r\"'`+,;\\.()|&>#*-"
_LEAST_BODY = 40  # characters; an Ed25519 key has 64


def find_key_blocks(text: str) -> Iterator[tuple[str, int, int, tuple[str, ...]]]:
    """Find kind, start, end and body lines of each private key.

    A header without a body (a program that looks for keys, a page that explains them) is not one.
    """
    at = text.find("-----BEGIN ")
    while at >= 0:
        header = _HEADER.match(text, at)
        if header is not None:
            end = _end(text, header.end())
            values = _body(text[header.end() : end])
            if values:
                yield _kind(text, at, end), at, end, values
        at = text.find("-----BEGIN ", at + 11)
    yield from _putty(text)


def _end(text: str, after: int) -> int:
    """Give where the block ends: behind its last line of dashes, or where the base64 stops."""
    dashes = text.find("-----", after, after + _LONGEST)
    if dashes < 0:
        return min(len(text), after + _LONGEST)
    closing = re.compile(r"-----END [A-Za-z0-9 ]{1,60}-----").match(text, dashes)
    return closing.end() if closing else dashes


def _body(block: str) -> tuple[str, ...]:
    """Give the lines of base64, or nothing if there is too little of it to be a key."""
    lines: list[str] = []
    for raw in _ESCAPED_BREAK.split(block):
        line = raw.strip(_AROUND)
        if _BODY.fullmatch(line):
            lines.append(line)
        elif len("".join(lines)) >= _LEAST_BODY and not block.rstrip().endswith("-----"):
            break  # a cut-off key: what follows its last line is not part of it
    joined = "".join(lines)
    return tuple(lines) if len(joined) >= _LEAST_BODY and len(set(joined)) > 8 else ()


def _kind(text: str, start: int, end: int) -> str:
    around = text[max(0, start - 1000) : end + 1000]
    return GCP_KEY if '"service_account"' in around else PRIVATE_KEY


def _putty(text: str) -> Iterator[tuple[str, int, int, tuple[str, ...]]]:
    at = text.find(_PUTTY)
    while at >= 0:
        following = text.find(_PUTTY, at + 1)
        stop = min(at + _LONGEST, len(text) if following < 0 else following)
        lines = text.find("Private-Lines:", at, stop)
        if lines >= 0:
            mac = text.find("Private-MAC:", lines, stop)
            end = mac if mac >= 0 else stop
            values = _body(text[lines:end])
            if values:
                yield PRIVATE_KEY, at, end, values
        at = following
