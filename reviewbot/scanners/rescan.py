"""Looking once more, with the same scanners and rules, at files of the head with a patch in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha1, sha256

from reviewbot.domain.coverage import Read
from reviewbot.domain.finding import Finding
from reviewbot.domain.mending import HeadFile, Rescanned
from reviewbot.scanners import catalogue
from reviewbot.scanners.base import Source
from reviewbot.scanners.bench import Bench
from reviewbot.scanners.remembered import Looks

_AT_ONCE = 200  # patched files in one run of a scanner


@dataclass(frozen=True, slots=True)
class _Pair:
    """A file of the head, as it is and as it would be."""

    before: Source
    after: Source


def rescan(asked: Sequence[tuple[HeadFile, bytes]], bench: Bench) -> list[Rescanned]:
    """Scan each file with its patched content; one answer for each, in order.

    What the head has was mostly scanned before, and is remembered. Raises `PolicyError` for a rule that its
    scanner cannot use.
    """
    pairs = [_pair(file, content) for file, content in asked]
    found: list[Rescanned] = []
    for start in range(0, len(pairs), _AT_ONCE):
        part = pairs[start : start + _AT_ONCE]
        looks = bench.look(bench.scanners, [side for pair in part for side in (pair.before, pair.after)])
        found += [_rescanned(pair, looks, bench) for pair in part]
    return found


def _pair(file: HeadFile, content: bytes) -> _Pair:
    version = file.diff.new
    assert version is not None
    before = Source(file.path, version.oid, version.mode, file.content, file.diff.file_class)
    return _Pair(
        before, Source(file.path, _oid(content, version.oid), version.mode, content, file.diff.file_class)
    )


def _oid(content: bytes, like: str) -> str:
    """Name the content as git would in a repository where a blob is called like that one."""
    blob = b"blob %d\0" % len(content) + content
    return sha256(blob).hexdigest() if len(like) == 64 else sha1(blob, usedforsecurity=False).hexdigest()


def _rescanned(pair: _Pair, looks: Mapping[str, Looks], bench: Bench) -> Rescanned:
    return Rescanned(
        _findings(pair.before, looks, bench),
        _findings(pair.after, looks, bench),
        tuple(sorted(set(_failures(pair.after, looks)))),
    )


def _findings(source: Source, looks: Mapping[str, Looks], bench: Bench) -> tuple[Finding, ...]:
    results = [
        result for found in looks.values() for result in found.by_version[source.path, source.oid].results
    ]
    return tuple(placed.finding for placed in catalogue.findings(results, source.content, bench.rules))


def _failures(source: Source, looks: Mapping[str, Looks]) -> Iterator[str]:
    for name, found in looks.items():
        word = found.by_version[source.path, source.oid].coverage
        if word.state is Read.FAILED:
            yield f"{name}: {word.reason}"
