"""The scanners' part of a run: both sides of every changed file in, new findings and coverage out.

Files pass in batches, so that a large change does not lie in memory whole. Within a batch all
scanners work side by side. What cannot be read or scanned is failed coverage with the reason; it
never looks like a clean file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewbot.domain.change import SUBMODULE, Change, FileDiff, ReadBlob, Status
from reviewbot.domain.coverage import Coverage, Read
from reviewbot.domain.finding import Finding
from reviewbot.domain.fingerprint import with_fingerprints
from reviewbot.domain.globs import first_match
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Cache, Progress
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.scanners import baseline, catalogue, dependencies, history, touched
from reviewbot.scanners.base import Scanner, Source
from reviewbot.scanners.bench import BATCH_BYTES, BATCH_FILES, Bench
from reviewbot.scanners.remembered import Looked, Looks


@dataclass(frozen=True, slots=True)
class ScanReport:
    """What the scanners found. `coverage` is (reviewer, path, word) by path, then reviewer.

    `existing` are findings that the base has as well. Both are sorted and fingerprinted.
    """

    new: tuple[Finding, ...]
    existing: tuple[Finding, ...]
    coverage: tuple[tuple[str, str, Coverage], ...]
    tools: tuple[ToolVersion, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """A changed file with what could be read of it. `head` is the reason if there is nothing to scan."""

    file: FileDiff
    head: Source | Coverage
    base: Source | Coverage | None

    @property
    def sources(self) -> tuple[Source, ...]:
        """The versions that can be scanned."""
        return tuple(side for side in (self.head, self.base) if isinstance(side, Source))


@dataclass(slots=True)
class _Gathered:
    """Grows batch by batch."""

    new: list[Finding] = field(default_factory=list)
    existing: list[Finding] = field(default_factory=list)
    coverage: list[tuple[str, str, Coverage]] = field(default_factory=list)
    tools: set[tuple[str, ToolVersion]] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    known_secrets: set[tuple[str, str, str]] = field(default_factory=set)  # path, rule, text

    def add(self, looks: Mapping[str, Looks]) -> None:
        for name, found in looks.items():
            self.notes |= set(found.notes)
            self.tools |= {(name, looked.tool) for looked in found.by_version.values() if looked.tool}


def scan_change(  # noqa: PLR0913 - the signature that the rooms agreed on
    change: Change,
    read: ReadBlob,
    *,
    rules: RuleSet,
    policy: Policy,
    scanners: Sequence[Scanner],
    sandbox: Sandbox,
    cache: Cache,
    progress: Progress,
) -> ScanReport:
    """Scan the change. Raises `PolicyError` for a rule that its scanner cannot use; whatever else
    goes wrong with a scanner is in the coverage.
    """
    bench = Bench(read, rules, policy, scanners, sandbox, cache, progress)
    gathered = _Gathered()
    for batch in _batches(change.files, bench):
        looks = bench.look(scanners, [source for sides in batch for source in sides.sources])
        gathered.add(looks)
        for sides in batch:
            _settle(sides, looks, bench, gathered)
    earlier = history.scan(change, bench, gathered.known_secrets)
    for found in earlier.looks:
        gathered.add({history.SCANNER: found})
    gathered.new += earlier.findings
    gathered.new += touched.findings(change, read, rules)
    gathered.new += dependencies.findings(change, read, rules, policy)
    return ScanReport(
        with_order(gathered.new),
        with_order(gathered.existing),
        _with_failures(gathered.coverage, earlier.failures),
        _tools(gathered.tools, scanners),
        tuple(sorted(gathered.notes)),
    )


def with_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Sort findings by place, then rule; the order never depends on threads or batches."""
    return tuple(sorted(findings, key=lambda f: (f.span, f.rule, f.commit or "", f.fingerprint)))


def _batches(files: Sequence[FileDiff], bench: Bench) -> Iterator[list[Sides]]:
    batch: list[Sides] = []
    room = BATCH_BYTES
    for file in files:
        sides = _sides(file, bench)
        size = sum(len(source.content) for source in sides.sources)
        if batch and (size > room or len(batch) == BATCH_FILES):
            yield batch
            batch, room = [], BATCH_BYTES
        batch.append(sides)
        room -= size
    if batch:
        yield batch


def _sides(file: FileDiff, bench: Bench) -> Sides:
    if file.new is None:
        return Sides(file, Coverage(Read.NOT_APPLICABLE, "deleted"), None)
    if file.new.mode == SUBMODULE:
        return Sides(
            file, Coverage(Read.NOT_APPLICABLE, "a submodule; its content is another repository's"), None
        )
    pattern = first_match(bench.policy.exclude, file.new.path)
    if pattern is not None:
        return Sides(file, Coverage(Read.NOT_APPLICABLE, f"excluded by the operator: {pattern}"), None)
    head = bench.source(file.new, file.file_class)
    # What a copy holds is new where it stands, whatever its origin held.
    if file.old is None or file.old.mode == SUBMODULE or file.status is Status.COPIED:
        return Sides(file, head, None)
    return Sides(file, head, bench.source(file.old, file.file_class))


def _settle(sides: Sides, looks: Mapping[str, Looks], bench: Bench, gathered: _Gathered) -> None:
    """Write down each scanner's word on one file, and part its findings into new and existing."""
    head_found: list[catalogue.Placed] = []
    base_found: list[catalogue.Placed] = []
    for scanner in bench.scanners:
        head = _looked(looks[scanner.name], sides.head)
        gathered.coverage.append((scanner.name, sides.file.path, head.coverage))
        if isinstance(sides.head, Source):
            head_found += catalogue.findings(head.results, sides.head.content, bench.rules)
        if isinstance(sides.base, Source):
            base = _looked(looks[scanner.name], sides.base)
            # Results of a side that was not wholly read excuse nothing.
            if base.coverage.state is Read.DONE:
                base_found += catalogue.findings(base.results, sides.base.content, bench.rules)
    gathered.known_secrets |= history.secrets_of(head_found, sides.file) | history.secrets_of(
        base_found, sides.file
    )
    named = _fingerprinted(head_found)
    new, existing = baseline.split(named, base_found, sides.file)
    gathered.new += new
    gathered.existing += existing


def _looked(looks: Looks, side: Source | Coverage) -> Looked:
    return Looked(side) if isinstance(side, Coverage) else looks.by_version[side.path, side.oid]


def _fingerprinted(found: Sequence[catalogue.Placed]) -> list[catalogue.Placed]:
    ordered = sorted(
        found, key=lambda placed: (placed.finding.span, placed.finding.rule, placed.finding.quote)
    )
    named = with_fingerprints(placed.finding for placed in ordered)
    return [replace(placed, finding=finding) for placed, finding in zip(ordered, named, strict=True)]


def _with_failures(
    coverage: Sequence[tuple[str, str, Coverage]], failures: Mapping[tuple[str, str], Coverage]
) -> tuple[tuple[str, str, Coverage], ...]:
    """Let what failed in earlier commits show on the file of that path, unless that failed as well."""
    known = {(name, path) for name, path, _ in coverage}
    joined = [
        (name, path, word if word.state is Read.FAILED else failures.get((name, path), word))
        for name, path, word in coverage
    ]
    joined += [(name, path, word) for (name, path), word in failures.items() if (name, path) not in known]
    return tuple(joined)


def _tools(seen: set[tuple[str, ToolVersion]], scanners: Sequence[Scanner]) -> tuple[ToolVersion, ...]:
    """Give each tool's versions in the order of the scanners."""
    order = [scanner.name for scanner in scanners]
    ranked = sorted(seen, key=lambda item: (order.index(item[0]), item[1].version, item[1].detail))
    return tuple(tool for _, tool in ranked)
