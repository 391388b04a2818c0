"""One scanner over many file versions, remembering what it said of each.

A scanner looks at each file by itself, so what it says depends on path, content and on what its
`cache_key` names, and on nothing else. Only what nobody remembers goes to the tool, in one run
for both sides of the change. Failures are not remembered: they may not happen again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from hashlib import sha256
from typing import Any

from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.finding import Fix
from reviewbot.domain.ports import Cache, Progress
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.errors import SandboxError, ScannerError
from reviewbot.scanners.base import Scanner, Source, ToolResult
from reviewbot.scanners.jobs import TimedOutError

Version = tuple[str, str]
"""A file version: path and object id."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a scanner said of one file version. `tool` is None if it was not asked, or failed."""

    coverage: Coverage
    results: tuple[ToolResult, ...] = ()
    tool: ToolVersion | None = None


@dataclass(frozen=True, slots=True)
class Looks:
    """What a scanner said of all it was asked about, and its notes."""

    by_version: Mapping[Version, Looked]
    notes: tuple[str, ...] = ()


def look(
    scanner: Scanner, sources: Iterable[Source], sandbox: Sandbox, cache: Cache, progress: Progress
) -> Looks:
    """Ask about each source once. A scanner that breaks has failed on every file it had to look at."""
    unique = {(source.path, source.oid): source for source in sources}
    said: dict[Version, Looked] = {}
    wanted: dict[Version, Source] = {}
    for version, source in unique.items():
        if scanner.wants(source):
            wanted[version] = source
        else:
            reason = f"not a kind of file that {scanner.name} looks at"
            said[version] = Looked(Coverage(Read.NOT_APPLICABLE, reason))
    if not wanted:
        return Looks(said)
    try:
        common = scanner.cache_key()
        keys = {version: _key(common, version) for version in wanted}
        known = {version: _recall(cache.get(key), version[0]) for version, key in keys.items()}
        said |= {version: looked for version, looked in known.items() if looked}
        asked = [source for version, source in wanted.items() if known[version] is None]
        if not asked:
            return Looks(said)
        progress(f"scanning {len(asked)} file version{'' if len(asked) == 1 else 's'}")
        fresh, notes = _ask(scanner, asked, sandbox, _Tries(2 * len(asked).bit_length() + 2))
    except (ScannerError, SandboxError) as error:
        return Looks(said | _failed(wanted, said, error.sentence))
    except (OSError, RecursionError) as error:
        sentence = f"{scanner.name} broke: {type(error).__name__}"
        return Looks(said | _failed(wanted, said, sentence))
    for version, looked in fresh.items():
        if looked.coverage == DONE:
            cache.put(keys[version], _written(looked))
    return Looks(said | fresh, notes)


def _failed(
    wanted: Mapping[Version, Source], said: Mapping[Version, Looked], sentence: str
) -> dict[Version, Looked]:
    return {version: Looked(Coverage(Read.FAILED, sentence)) for version in wanted if version not in said}


@dataclass(slots=True)
class _Tries:
    """How often a tool may still be started: enough to corner one file, not to try each alone."""

    left: int


def _ask(
    scanner: Scanner, asked: Sequence[Source], sandbox: Sandbox, tries: _Tries
) -> tuple[dict[Version, Looked], tuple[str, ...]]:
    """Let the tool look. Where it breaks, halve what it was given: one file that breaks it must not
    take the findings in all the others with it.
    """
    tries.left -= 1
    try:
        return _ask_at_once(scanner, asked, sandbox)
    except ScannerError as error:
        if len(asked) == 1 or tries.left <= 0 or isinstance(error, TimedOutError):
            failed = Looked(Coverage(Read.FAILED, error.sentence))
            return {(source.path, source.oid): failed for source in asked}, ()
    middle = len(asked) // 2
    first, notes = _ask(scanner, asked[:middle], sandbox, tries)
    rest, more = _ask(scanner, asked[middle:], sandbox, tries)
    return first | rest, (*notes, *more)


def _ask_at_once(
    scanner: Scanner, asked: Sequence[Source], sandbox: Sandbox
) -> tuple[dict[Version, Looked], tuple[str, ...]]:
    """Run the tool once. Raises `ScannerError` also if it speaks of files that it was not given."""
    given = _apart(asked)
    scan = scanner.scan(list(given.values()), sandbox)
    owners = {source.path: original for original, source in zip(asked, given.values(), strict=True)}
    if not {result.path for result in scan.results} <= owners.keys():
        raise ScannerError(f"{scanner.name} reports files that it was not given")
    said = dict(scan.coverage)
    silent = Coverage(Read.FAILED, f"{scanner.name} said nothing of it")
    results: dict[str, list[ToolResult]] = {}
    for result in scan.results:
        results.setdefault(result.path, []).append(replace(result, path=owners[result.path].path))
    looked = {
        (owner.path, owner.oid): Looked(said.get(place, silent), tuple(results.get(place, ())), scan.tool)
        for place, owner in owners.items()
    }
    return looked, scan.notes


def _apart(sources: Sequence[Source]) -> dict[Version, Source]:
    """Give each source a path that no other has: the second version of a file goes under a folder.

    Name and extension stay, because a scanner may go by them.
    """
    taken = {source.path for source in sources}
    given: dict[Version, Source] = {}
    used: set[str] = set()
    for source in sources:
        path = source.path
        number = 0
        while path in used or (number and path in taken):
            number += 1
            path = f"version-{number}/{source.path}"
        used.add(path)
        given[source.path, source.oid] = replace(source, path=path)
    return given


def _key(common: str, version: Version) -> str:
    parts = json.dumps(["scan", common, *version])
    return "scan-" + sha256(parts.encode()).hexdigest()


def _written(looked: Looked) -> bytes:
    assert looked.tool is not None
    results = [
        [result.tool_rule, result.first, result.last, astuple(result.fix) if result.fix else None]
        for result in looked.results
    ]
    tool = looked.tool
    return json.dumps({"tool": [tool.name, tool.version, tool.detail], "results": results}).encode()


def _recall(entry: bytes | None, path: str) -> Looked | None:
    """Read what `_written` wrote; anything else is a miss."""
    if entry is None:
        return None
    try:
        read = json.loads(entry)
        tool = ToolVersion(*read["tool"])
        results = tuple(_result(tool.name, path, item) for item in read["results"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return Looked(DONE, results, tool)


def _result(tool: str, path: str, item: list[Any]) -> ToolResult:
    rule, first, last, fix = item
    if not (isinstance(rule, str) and type(first) is int and type(last) is int and 1 <= first <= last):
        raise ValueError("not a result")
    return ToolResult(tool, rule, path, first, last, Fix(*fix) if fix is not None else None)
