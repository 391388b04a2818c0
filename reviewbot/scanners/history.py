"""Secrets that an earlier commit of the range holds and the head does not: whoever fetches has them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from reviewbot.domain.change import Change, FileClass, FileDiff, FileVersion, HistoryBlob
from reviewbot.domain.coverage import Coverage, Read
from reviewbot.domain.finding import Finding
from reviewbot.domain.fingerprint import with_fingerprints
from reviewbot.domain.globs import first_match
from reviewbot.scanners import catalogue
from reviewbot.scanners.base import Scanner, Source
from reviewbot.scanners.bench import BATCH_BYTES, BATCH_FILES, Bench
from reviewbot.scanners.catalogue import Placed
from reviewbot.scanners.remembered import Looks

SCANNER = "secrets"
"""The one scanner that looks at history: a flaw that is gone is gone, a secret is not."""
_REGULAR = "100644"
_SNIFF = 8_000  # bytes in which git looks for a NUL

Known = set[tuple[str, str, str]]
"""Secrets by path, rule and text."""


@dataclass(slots=True)
class Earlier:
    """What the range's earlier commits hold. `failures` are by (reviewer, path)."""

    findings: tuple[Finding, ...] = ()
    looks: list[Looks] = field(default_factory=list)
    failures: dict[tuple[str, str], Coverage] = field(default_factory=dict)


def secrets_of(found: Iterable[Placed], file: FileDiff) -> Known:
    """Name the secrets of one side of a file, under both of its paths."""
    paths = {version.path for version in (file.old, file.new) if version is not None}
    return {
        (path, placed.finding.rule, placed.text)
        for placed in found
        if SCANNER in placed.finding.sources
        for path in paths
    }


def scan(change: Change, bench: Bench, known: Known) -> Earlier:
    """Look for secrets in the versions between. What head or base hold at that path is `known`.

    The same secret of a file is reported once, with the first of the commits given.
    """
    earlier = Earlier()
    scanners = [scanner for scanner in bench.scanners if scanner.name == SCANNER]
    if not scanners or not change.history:
        return earlier
    known = known | _deleted(change, bench, scanners)
    found: list[Finding] = []
    for batch in _batches(change, bench, earlier):
        looks = bench.look(scanners, [source for _, source in batch])[SCANNER]
        earlier.looks.append(looks)
        for blob, source in batch:
            looked = looks.by_version[source.path, source.oid]
            if looked.coverage.state is Read.FAILED:
                _fail(earlier, blob, looked.coverage.reason)
            results = [replace(result, commit=blob.commit) for result in looked.results]
            for placed in catalogue.findings(results, source.content, bench.rules):
                secret = (blob.path, placed.finding.rule, placed.text)
                if secret not in known:
                    known.add(secret)
                    found.append(placed.finding)
    earlier.findings = with_fingerprints(found)
    return earlier


def _deleted(change: Change, bench: Bench, scanners: Sequence[Scanner]) -> Known:
    """Name the secrets that the base holds in files which the head has no more."""
    touched = {blob.path for blob in change.history}
    known: Known = set()
    for file in change.files:
        if file.new is None and file.old is not None and file.old.path in touched and file.old.is_regular:
            source = bench.source(file.old, file.file_class)
            if isinstance(source, Source):
                looked = bench.look(scanners, [source])[SCANNER].by_version[source.path, source.oid]
                known |= secrets_of(catalogue.findings(looked.results, source.content, bench.rules), file)
    return known


def _batches(change: Change, bench: Bench, earlier: Earlier) -> Iterator[list[tuple[HistoryBlob, Source]]]:
    classes = {file.path: file.file_class for file in change.files}
    batch: list[tuple[HistoryBlob, Source]] = []
    room = BATCH_BYTES
    for blob in change.history:
        if first_match(bench.policy.exclude, blob.path) is not None:
            continue
        source = bench.source(
            FileVersion(blob.path, _REGULAR, blob.oid), classes.get(blob.path, FileClass.TEXT)
        )
        if isinstance(source, Coverage):
            _fail(earlier, blob, source.reason)
            continue
        if batch and (len(source.content) > room or len(batch) == BATCH_FILES):
            yield batch
            batch, room = [], BATCH_BYTES
        if blob.path not in classes and b"\0" in source.content[:_SNIFF]:
            source = replace(source, file_class=FileClass.BINARY)
        batch.append((blob, source))
        room -= len(source.content)
    if batch:
        yield batch


def _fail(earlier: Earlier, blob: HistoryBlob, reason: str) -> None:
    word = Coverage(Read.FAILED, f"{reason} (in commit {blob.commit[:12]})")
    earlier.failures.setdefault((SCANNER, blob.path), word)
