"""npm's manifests and lock files, yarn's and pnpm's; the last two are read line by line."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from reviewbot.scanners.manifests import NPM, Entry, Manifest, UnreadableError, numbered, table, text_of

_INSTALL = ("preinstall", "install", "postinstall", "prepare", "preprepare", "postprepare", "prepublish")
_GROUPS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_LOCAL = ("file:", "link:", "workspace:", "portal:", "./", "../", "catalog:")
_REPOSITORY = re.compile(
    r"(?:github|gitlab|bitbucket|gist):|git[+@:]|[A-Za-z0-9][\w.-]{0,100}/[\w.-]{1,100}(?:#|$)"
)
_ADDRESS = re.compile(r"(?:https?|git|ssh)://|git@")
_DEEPEST = 200_000  # nested entries of an old lock file


def parsed_json(text: str) -> object:
    """Parse JSON. Raises `UnreadableError`."""
    try:
        return json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not JSON") from error


def package_json(text: str) -> Manifest:
    """Read a `package.json`."""
    data = parsed_json(text)
    if not isinstance(data, dict):
        raise UnreadableError("not a package")
    entries = [
        _requested(name, text_of(spec)) for group in _GROUPS for name, spec in table(data.get(group)).items()
    ]
    scripts = table(data.get("scripts"))
    runs = tuple((name, text_of(scripts[name])) for name in _INSTALL if name in scripts)
    return Manifest(NPM, entries=tuple(entries), scripts=runs)


def _requested(name: str, spec: str) -> Entry:
    if spec.startswith("npm:"):  # another package under this name
        real, _, version = spec.removeprefix("npm:").rpartition("@")
        return Entry(real or version, version, key=name)
    if spec.startswith(_LOCAL):
        return Entry(name, spec, key=name)
    foreign = _ADDRESS.match(spec) or _REPOSITORY.match(spec)
    return Entry(name, "" if foreign else spec, spec if foreign else "", key=name)


def package_lock(text: str) -> Manifest:
    """Read a `package-lock.json` or `npm-shrinkwrap.json` of any version."""
    data = parsed_json(text)
    if not isinstance(data, dict):
        raise UnreadableError("not a lock file")
    packages = table(data.get("packages"))
    found = _by_place(packages) if packages else _nested(table(data.get("dependencies")))
    return Manifest(NPM, lock=True, entries=tuple(found))


def _by_place(packages: dict[str, object]) -> Iterator[Entry]:
    for place, value in packages.items():
        spec = table(value)
        name = text_of(spec.get("name")) or place.rpartition("node_modules/")[2]
        if place and "node_modules/" in place and not spec.get("link"):
            yield _resolved(name, spec, place)


def _nested(dependencies: dict[str, object]) -> Iterator[Entry]:
    waiting = [dependencies]
    for _ in range(_DEEPEST):
        if not waiting:
            return
        for name, value in waiting.pop().items():
            spec = table(value)
            yield _resolved(name, spec, name)
            if spec.get("dependencies"):
                waiting.append(table(spec.get("dependencies")))


def _resolved(name: str, spec: dict[str, object], key: str) -> Entry:
    version, integrity = text_of(spec.get("version")), text_of(spec.get("integrity"))
    source = text_of(spec.get("resolved"))
    if not source and _ADDRESS.match(version):
        source = version
    return Entry(
        name, version, source, frozenset(integrity.split()), runs=bool(spec.get("hasInstallScript")), key=key
    )


_HEADER = re.compile(r"""["']?(?P<name>@?[^@"'\s,:]{1,214})@[^\n]{0,4000}:[ \t\r]*$""")
_FIELD = re.compile(
    r"""[ ]{2,8}"?(?P<key>version|resolved|resolution|integrity|checksum)"?:?[ ]+"?(?P<v>[^\n"]{1,2000})"""
)


def yarn_lock(text: str) -> Manifest:
    """Read a `yarn.lock`, of yarn 1 or later."""
    entries: list[Entry] = []
    current: dict[str, str] = {}

    def close() -> None:
        if "name" in current:
            entries.append(_of_yarn(current))

    for number, line in numbered(text):
        if line[:1] not in {" ", "#", "", "\r"}:
            close()
            header = _HEADER.match(line)
            current = {"name": header["name"], "line": str(number)} if header else {}
        elif match := _FIELD.match(line):
            current.setdefault(match["key"], match["v"].strip())
    close()
    return Manifest(NPM, lock=True, entries=tuple(entry for entry in entries if entry.name != "__metadata"))


def _of_yarn(fields: dict[str, str]) -> Entry:
    source = fields.get("resolved", "")
    resolution = fields.get("resolution", "").removeprefix(fields["name"] + "@")
    if (
        not source
        and resolution
        and not resolution.startswith(("npm:", "workspace:", "patch:", "link:", "portal:"))
    ):
        source = resolution
    digests = frozenset(fields.get(key, "") for key in ("integrity", "checksum")) - {""}
    return Entry(fields["name"], fields.get("version", ""), source, digests, line=int(fields["line"]))


_PNPM_FIELD = re.compile(r"(?P<key>integrity|tarball|repo|registry): ['\"]?(?P<v>[^\s,}'\"]{1,2000})")


def pnpm_lock(text: str) -> Manifest:
    """Read the packages of a `pnpm-lock.yaml`."""
    found: list[tuple[Entry, list[str]]] = []
    inside = False
    for number, line in numbered(text):
        if line[:1] not in {" ", "", "\r"}:
            inside = line.startswith("packages:")
        elif inside and line[2:3] not in {" ", "", "\r"} and line.rstrip().endswith(":"):
            found.append((_of_pnpm(line, number), []))
        elif inside and found and line.startswith("    "):
            found[-1][1].append(line)
    return Manifest(NPM, lock=True, entries=tuple(_with_fields(entry, lines) for entry, lines in found))


def _of_pnpm(line: str, number: int) -> Entry:
    """Read a key: `/name/1.0.0`, `/name@1.0.0` or `name@1.0.0(peer@2.0.0)`, the name with or without a scope."""
    key = line.strip().removesuffix(":").strip("'\"").removeprefix("/").partition("(")[0]
    at = key.find("@", 1)
    name, version = (key[:at], key[at + 1 :]) if at > 0 else key.rpartition("/")[::2]
    return Entry(name, version, line=number)


def _with_fields(entry: Entry, lines: Sequence[str]) -> Entry:
    digests: set[str] = set()
    source, runs = "", False
    for line in lines:
        found = {match["key"]: match["v"] for match in _PNPM_FIELD.finditer(line[:6000])}
        digests |= {found["integrity"]} if "integrity" in found else set()
        source = found.get("tarball") or found.get("repo") or source
        runs = runs or line.strip() == "requiresBuild: true"
    return replace(entry, source=source, digests=frozenset(digests), runs=runs)


def npmrc(text: str) -> Manifest:
    """Read the registries of an `.npmrc`, `.yarnrc` or `.yarnrc.yml`."""
    key = re.compile(
        r"""[ \t]*(?:@[\w.-]{1,100}:)?(?:registry|npmRegistryServer)["']?(?:[ \t]*[=:]|[ \t])[ \t]*["']?(?P<v>[^\s"']+)"""
    )
    found = tuple((match["v"], number) for number, line in numbered(text) if (match := key.match(line)))
    return Manifest(NPM, registries=found)
