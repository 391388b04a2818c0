"""The last line of every comment of ours: what it says, as data, under a key that only the publisher holds.

    <!-- reviewbot/1 finding fp=3f9a… … k=1a2b3c4d mac=… -->

Forges show none of it. Anybody can copy the line, so it counts only together with the author's account,
and only for the pull request that it was signed for. It opens and closes with nothing that a value can
hold: the alphabet has no `-`, `<` or `>`.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewbot.domain.pull import PullRef
from reviewbot.errors import UsageError

SHORTEST_KEY = 32
"""Characters that a key must have at least: `openssl rand -hex 32` gives 64."""

_OPENING = "<!-- reviewbot/"
_VALUE = re.compile(r"[0-9a-z_.,:]*")
_LINE = re.compile(
    r"<!-- reviewbot/1 (?P<kind>[a-z]+)(?P<fields>(?: [a-z]+=[0-9a-z_.,:]*)*)"
    r" k=(?P<key>[0-9a-f]{8}) mac=(?P<mac>[0-9a-f]{32}) -->"
)
_WORD = re.compile(r"[0-9a-z][0-9a-z_]{0,63}")


class Kind(StrEnum):
    """What a comment of ours is."""

    FINDING = "finding"  # opens a thread on a line
    SUMMARY = "summary"  # the one summary
    GONE = "gone"  # reply: why the thread is resolved
    BACK = "back"  # reply: why it is open again


FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.FINDING: ("fp", "mv", "p", "by", "q", "n", "w", "b", "head"),
    Kind.SUMMARY: ("head", "w", "b", "x"),
    Kind.GONE: ("fp", "at", "why"),
    Kind.BACK: ("fp", "at"),
}
"""The fields of each kind, in the order in which they are signed.

`fp` fingerprint, `mv` the same without the path, `p` digest of the path, `by` sources, `q` and `n` digest
and number of the quoted lines, `w` digest of the words that we answer for, `b` digest of the body,
`head` the commit a thread was made for or a summary speaks of, `x` what the forge refused there,
`at` the commit of an event, `why` its reason in one word.
"""


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys that markers are signed with: the first signs, each verifies, so that they can be changed."""

    secrets: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def parse(cls, value: str | None, variable: str) -> "Keys":
        """Read the value of the environment variable: keys of 32 characters or more, separated by commas.

        Raises UsageError, which names the variable and never quotes its value.
        """
        keys = [key.strip() for key in (value or "").split(",")]
        if not any(keys):
            raise UsageError(
                f"{variable} is not set: it holds the key by which reviewbot knows its own comments",
                hint=f"make one with `openssl rand -hex 32` and keep it as a masked variable {variable}",
            )
        for number, key in enumerate(keys, 1):
            if len(key) < SHORTEST_KEY:
                raise UsageError(
                    f"{variable}: key {number} of {len(keys)} has {len(key)} characters, {SHORTEST_KEY} are needed",
                    hint="make keys with `openssl rand -hex 32` and separate them by commas, the newest first",
                )
        return cls(tuple(key.encode("utf-8", "surrogateescape") for key in keys))


@dataclass(frozen=True, slots=True)
class Marker:
    """What a comment of ours says of itself, once verified."""

    kind: Kind
    values: tuple[str, ...]

    def __getitem__(self, name: str) -> str:
        """Give the value of one of this kind's fields."""
        return self.values[FIELDS[self.kind].index(name)]


def fitting(value: str) -> str:
    """Give a value as a list in a marker can hold it: itself if it is a short plain word, else its digest."""
    if _WORD.fullmatch(value):
        return value
    return "_" + hashlib.sha256(value.encode("utf-8", "surrogateescape")).hexdigest()[:24]


def body_digest(text: str) -> str:
    r"""Digest a body without its marker, so that a forge may change line ends and trailing space, nobody else.

    `\r\n` counts as `\n`; white space at line ends, and empty lines at both ends of the text, as nothing.
    """
    lines = [line.rstrip() for line in text.split("\n")]
    return hashlib.sha256("\n".join(lines).strip("\n").encode("utf-8", "surrogatepass")).hexdigest()[:16]


def sign(kind: Kind, values: Mapping[str, str], keys: Keys, ref: PullRef) -> str:
    """Make the marker line. Raises ValueError for a field too many or too few, or a value that does not fit."""
    names = FIELDS[kind]
    if set(values) != set(names):
        raise ValueError(f"a {kind} marker has the fields {names}, not {tuple(values)}")
    for name in names:
        if not _VALUE.fullmatch(values[name]):
            raise ValueError(f"not a marker's value: {name}")
    marker = Marker(kind, tuple(values[name] for name in names))
    secret = keys.secrets[0]
    written = "".join(f" {name}={value}" for name, value in zip(names, marker.values, strict=True))
    return f"<!-- reviewbot/1 {kind}{written} k={_key_id(secret)} mac={_mac(secret, marker, ref)} -->"


def read(body: str, keys: Keys, ref: PullRef) -> Marker | None:
    """Read the marker of a comment; None if it has none that one of our keys signed for this pull request.

    It counts only as the last line and the only one of its kind: a comment that quotes ours is not ours.
    """
    last = body.rstrip().rpartition("\n")[2]
    found = _LINE.fullmatch(last)
    if found is None or body.count(_OPENING) != 1:
        return None
    marker = _parsed(found["kind"], found["fields"])
    if marker is None:
        return None
    for secret in keys.secrets:
        right_key = hmac.compare_digest(_key_id(secret), found["key"])
        if right_key and hmac.compare_digest(_mac(secret, marker, ref), found["mac"]):
            return marker
    return None


def without(body: str) -> str:
    """Give a body without its last line, the marker."""
    return body.rstrip().rpartition("\n")[0]


def _parsed(kind: str, fields: str) -> Marker | None:
    if kind not in set(Kind):
        return None
    pairs = [pair.split("=", 1) for pair in fields.split()]
    names = FIELDS[Kind(kind)]
    if tuple(name for name, _ in pairs) != names:
        return None
    return Marker(Kind(kind), tuple(value for _, value in pairs))


def _mac(secret: bytes, marker: Marker, ref: PullRef) -> str:
    fields = list(zip(FIELDS[marker.kind], marker.values, strict=True))
    signed = json.dumps(["reviewbot/1", ref.name, marker.kind, fields], ensure_ascii=True)
    return hmac.new(secret, signed.encode(), hashlib.sha256).hexdigest()[:32]


def _key_id(secret: bytes) -> str:
    return hashlib.sha256(b"reviewbot marker key\0" + secret).hexdigest()[:8]
