"""What is new in changed manifests: packages, sources, scripts, digests. Pure: bytes in, kinds and lines out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from reviewbot.scanners.manifest_files import ManifestFile, UnreadableError, manifest_file
from reviewbot.scanners.manifest_lines import Places
from reviewbot.scanners.manifests import Entry, Manifest
from reviewbot.scanners.package_names import look_alikes

NEW, LOOK_ALIKE, FOREIGN = "new-dependency", "look-alike", "foreign-source"
SCRIPT, PACKAGE_SCRIPT = "install-script", "install-script-of-package"
HASH, LOCK_ALONE, UNREADABLE = "hash-removed", "lock-without-manifest", "unreadable-manifest"
KINDS = (NEW, LOOK_ALIKE, FOREIGN, SCRIPT, PACKAGE_SCRIPT, HASH, LOCK_ALONE, UNREADABLE)
"""Every kind there is; rules refer to them by these names."""

_REGISTRIES = frozenset(
    {"registry.npmjs.org", "registry.yarnpkg.com", "pypi.org", "pypi.python.org", "files.pythonhosted.org", "rubygems.org",
     "github.com/rust-lang/crates.io-index", "index.crates.io", "static.crates.io", "proxy.golang.org",
     "repo.maven.apache.org", "repo1.maven.org"}
)  # fmt: skip
# Setting up git hooks is what `prepare` is for; the program itself is a dependency like any other.
_HOOKS = re.compile(r"(?:is-ci \|\| |npx )?(?:husky(?: install)?|lefthook install|simple-git-hooks)\s*")


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides of a changed manifest; `base` is None for one that is new."""

    path: str
    base: bytes | None
    head: bytes


@dataclass(frozen=True, slots=True)
class _Read:
    """A pair that could be read. An unreadable base is as good as none: all of the head is then new."""

    path: str
    settings: bool
    base: Manifest
    head: Manifest
    places: Places


def changes(pairs: Sequence[Pair]) -> Iterator[tuple[str, str, int]]:
    """Give path, kind and line of everything that is worth a look."""
    read: list[_Read] = []
    for pair in pairs:
        file = manifest_file(pair.path)
        if file is None:
            continue
        try:
            head = file.read(pair.head)
        except UnreadableError:
            yield pair.path, UNREADABLE, 1
            continue
        read.append(
            _Read(pair.path, file.settings, _base(file, pair, head), head, Places.of(pair.base, pair.head))
        )
    by_ecosystem: dict[str, list[_Read]] = {}
    for entry in read:
        by_ecosystem.setdefault(entry.head.ecosystem, []).append(entry)
    for group in by_ecosystem.values():
        yield from _group(group)


def _base(file: ManifestFile, pair: Pair, head: Manifest) -> Manifest:
    if pair.base is not None:
        try:
            return file.read(pair.base)
        except UnreadableError:
            pass
    return Manifest(head.ecosystem, head.lock)


def _group(group: Sequence[_Read]) -> Iterator[tuple[str, str, int]]:
    """Look at all changed manifests of one ecosystem."""
    known = frozenset(name for read in group for name in read.base.names)
    alone = not any(not read.head.lock and not read.settings for read in group)
    for read in group:
        if not read.head.lock or alone:
            yield from ((read.path, kind, line) for kind, line in _new(read, known))
        yield from ((read.path, kind, line) for kind, line in _sources(read))
        yield from ((read.path, kind, line) for kind, line in _scripts(read))
        if read.head.lock:
            yield from ((read.path, kind, line) for kind, line in _locked(read, alone=alone))


def _new(read: _Read, known: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Name packages that no manifest of the change had before. A lock file's own are compared only."""
    new = {
        entry.name: entry for entry in reversed(read.head.entries) if entry.name and entry.name not in known
    }
    alike = look_alikes(new, known, read.head.ecosystem)
    for name, entry in new.items():
        line = read.places.of_entry(entry)
        if name in alike:
            yield LOOK_ALIKE, line
        elif not read.head.lock:
            yield NEW, line


def _sources(read: _Read) -> Iterator[tuple[str, int]]:
    before = {(entry.name, _origin(entry.source)) for entry in read.base.entries}
    usual = {_host(entry.source) for entry in read.base.entries} | _REGISTRIES
    if read.head.lock and not read.base.entries:
        usual |= _commonest(read.head.entries)
    for entry in read.head.entries:
        if (
            not entry.source
            or entry.source.startswith("file:")
            or (entry.name, _origin(entry.source)) in before
        ):
            continue
        plain = entry.source.startswith("http://")
        if plain or not read.head.lock or entry.source.startswith("git") or _host(entry.source) not in usual:
            yield FOREIGN, read.places.of_entry(entry)
    held = {value for value, _ in read.base.registries}
    for value, line in read.head.registries:
        if value not in held and (value.startswith("http://") or _host(value) not in _REGISTRIES):
            yield FOREIGN, line or read.places.of_text(value)


def _commonest(entries: Sequence[Entry]) -> set[str]:
    """Give the host that most of a new lock file comes from."""
    counts: dict[str, int] = {}
    for entry in entries:
        if entry.source.startswith("https://"):
            counts[_host(entry.source)] = counts.get(_host(entry.source), 0) + 1
    return {max(sorted(counts), key=counts.__getitem__)} if counts else set()


def _origin(source: str) -> str:
    """Give what a source is without the release: a new tag of the same repository is no new source."""
    return source.partition("#")[0] if source.startswith("git") else _host(source)


def _host(source: str) -> str:
    plain = source.partition("+")[2] if source.startswith(("git+", "registry+", "sparse+")) else source
    try:
        parts = urlsplit(plain)
        host = (parts.hostname or "").lower()
    except ValueError:
        return plain[:200]
    if host == "github.com":  # a host of everybody: whose repository it is counts
        return "/".join([host, *parts.path.strip("/").removesuffix(".git").split("/")[:2]])
    return host or plain[:200]


def _scripts(read: _Read) -> Iterator[tuple[str, int]]:
    before = set(read.base.scripts)
    for name, command in read.head.scripts:
        if (name, command) not in before and not _HOOKS.fullmatch(command.strip()):
            yield SCRIPT, read.places.of_text(command if name == "cmdclass" else name)
    ran = {entry.name for entry in read.base.entries if entry.runs}
    for entry in read.head.entries:
        if entry.runs and entry.name not in ran:
            yield PACKAGE_SCRIPT, read.places.of_entry(entry)


def _locked(read: _Read, *, alone: bool) -> Iterator[tuple[str, int]]:
    before = _by_version(read.base.entries)
    strongest = {key: max(map(_strength, digests), default=0) for key, digests in before.items()}
    for entry in read.head.entries:
        old = before.get((entry.name, entry.version), frozenset())
        if (
            old
            and not old & entry.digests
            and not _stronger(strongest[entry.name, entry.version], entry.digests)
        ):
            yield HASH, read.places.of_entry(entry)
    if alone and read.base.entries:
        fresh = [entry for entry in read.head.entries if (entry.name, entry.version) not in before]
        if fresh:
            yield LOCK_ALONE, min(read.places.of_entry(entry) for entry in fresh)


def _by_version(entries: Sequence[Entry]) -> Mapping[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for entry in entries:
        found.setdefault((entry.name, entry.version), set()).update(entry.digests)
    return {key: frozenset(digests) for key, digests in found.items()}


def _stronger(strongest: int, new: frozenset[str]) -> bool:
    """Say whether the digests are of a longer kind now: npm went from SHA-1 to SHA-512."""
    return bool(new) and min(map(_strength, new)) > strongest


def _strength(digest: str) -> int:
    match = re.match(r"(?:sha|md)(?P<bits>[0-9]{1,3})", digest)
    return int(match["bits"]) if match else 0
