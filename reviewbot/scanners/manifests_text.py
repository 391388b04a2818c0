"""Manifests of Go, Rust, Ruby and Maven."""

import re
from collections.abc import Iterator

from reviewbot.scanners.manifests import (
    CARGO,
    GEM,
    GO,
    MAVEN,
    Entry,
    Manifest,
    UnreadableError,
    numbered,
    table,
    tables,
    text_of,
)
from reviewbot.scanners.manifests_formats import parsed_toml

_GO_LINE = re.compile(
    r"[ \t]*(?:require[ \t]+)?(?P<name>[a-z0-9][^\s()=]{2,300})[ \t]+(?P<version>v[^\s/]{1,100})"
)
_GO_REPLACE = re.compile(
    r"[ \t]*(?:replace[ \t]+)?(?P<name>[^\s()=]{3,300})(?:[ \t]+v\S{1,100})?[ \t]+=>[ \t]+(?P<to>\S{1,300})"
)
_GO_OTHER = re.compile(r"(?:module|go|toolchain|godebug|tool|ignore|exclude|retract)(?:[ \t(]|$)|//")
_GO_QUOTES = str.maketrans("", "", '"`')  # a path may be written as a string


def go_mod(text: str) -> Manifest:
    """Read a `go.mod`; a `replace` by another module is a source of its own."""
    entries: list[Entry] = []
    for number, raw in numbered(text):
        line = raw.translate(_GO_QUOTES)
        replaced = _GO_REPLACE.match(line)
        if replaced:
            if not replaced["to"].startswith((".", "/")) and replaced["to"] != replaced["name"]:
                entries.append(Entry(replaced["to"], source=f"replace:{replaced['to']}", line=number))
        elif not _GO_OTHER.match(line.strip()) and (match := _GO_LINE.match(line)):
            entries.append(Entry(match["name"], match["version"], line=number))
    return Manifest(GO, entries=tuple(entries))


def go_sum(text: str) -> Manifest:
    """Read a `go.sum`."""
    entries = []
    for number, line in numbered(text):
        parts = line.split()
        if len(parts) == 3:
            entries.append(Entry(parts[0], parts[1], digests=frozenset({parts[2]}), line=number))
    return Manifest(GO, lock=True, entries=tuple(entries))


def cargo_toml(text: str) -> Manifest:
    """Read a `Cargo.toml`."""
    data = parsed_toml(text)
    places = [data, table(data.get("workspace")), *map(table, table(data.get("target")).values())]
    groups = [
        table(place.get(key))
        for place in places
        for key in ("dependencies", "dev-dependencies", "build-dependencies")
    ]
    groups += [table(group) for group in table(data.get("patch")).values()]
    return Manifest(CARGO, entries=tuple(entry for group in groups for entry in _crates(group)))


def _crates(group: dict[str, object]) -> Iterator[Entry]:
    for name, value in group.items():
        spec = table(value)
        source = text_of(spec.get("git")) or text_of(spec.get("registry-index"))
        if "git" in spec:
            source = f"git+{source}"
        yield Entry(
            text_of(spec.get("package")) or name,
            text_of(value) or text_of(spec.get("version")),
            source,
            key=name,
        )


def cargo_lock(text: str) -> Manifest:
    """Read a `Cargo.lock`."""
    entries = []
    for package in tables(parsed_toml(text).get("package")):
        name, digest = text_of(package.get("name")), text_of(package.get("checksum"))
        source = text_of(package.get("source")).removeprefix("registry+")
        entries.append(
            Entry(name, text_of(package.get("version")), source, frozenset({digest} - {""}), key=name)
        )
    return Manifest(CARGO, lock=True, entries=tuple(entries))


_GEM = re.compile(r"""[ \t]*gem[ \t(]+["'](?P<name>[\w.-]{1,200})["'](?P<rest>[^\n]{0,1000})""")
_GEM_SOURCE = re.compile(r"""[ \t]*(?:source|git_source|git)[ \t(]+["'](?P<v>[^"'\n]{1,500})["']""")
_GEM_FROM = re.compile(
    r"""(?:git|github|gist|bitbucket|source)(?::|["']?[ \t]*=>)[ \t]*["'](?P<v>[^"'\n]{1,500})["']"""
)


def gemfile(text: str) -> Manifest:
    """Read a `Gemfile` as text."""
    entries: list[Entry] = []
    registries: list[tuple[str, int]] = []
    for number, line in numbered(text):
        if match := _GEM.match(line):
            origin = _GEM_FROM.search(match["rest"])
            entries.append(
                Entry(match["name"], match["rest"].strip(), origin["v"] if origin else "", line=number)
            )
        elif source := _GEM_SOURCE.match(line):
            registries.append((source["v"], number))
    return Manifest(GEM, entries=tuple(entries), registries=tuple(registries))


_POM_PART = re.compile(r"<(?P<tag>groupId|artifactId|version)>\s{0,100}(?P<v>[^<>\s]{1,300})\s{0,100}</")
# White space and attributes, which change nothing for Maven.
_POM_TAG = re.compile(r"<(?P<name>/?[A-Za-z]{1,40})(?P<rest>\s[^<>]{0,400})>")
_POM_URL = re.compile(r"<url>\s{0,100}(?P<v>[^<>\s]{1,500})\s{0,100}</url>")


def pom_xml(text: str) -> Manifest:
    """Read the dependencies and repositories of a `pom.xml` as plain text: no XML parser sees it."""
    if "<project" not in text:
        raise UnreadableError("not a project")
    text = _POM_TAG.sub(lambda tag: f"<{tag['name']}>" + "\n" * tag["rest"].count("\n"), text)
    entries, registries = [], []
    for tag in ("dependency", "plugin", "parent"):
        for number, block in _blocks(text, tag):
            parts = {match["tag"]: match["v"] for match in reversed(list(_POM_PART.finditer(block)))}
            if "artifactId" in parts:
                name = f"{parts.get('groupId', '')}:{parts['artifactId']}"
                entries.append(Entry(name, parts.get("version", ""), key=parts["artifactId"], line=number))
    for tag in ("repository", "pluginRepository"):
        for number, block in _blocks(text, tag):
            registries += [(match["v"], number) for match in _POM_URL.finditer(block)]
    return Manifest(MAVEN, entries=tuple(entries), registries=tuple(registries))


def _blocks(text: str, tag: str) -> Iterator[tuple[int, str]]:
    """Give what stands between a tag and its end, with the number of its first line."""
    line, counted, at = 1, 0, text.find(f"<{tag}>")
    while at >= 0:
        end = text.find(f"</{tag}>", at)
        if end < 0:
            return
        line += text.count("\n", counted, at)
        counted = at
        yield line, text[at:end]
        at = text.find(f"<{tag}>", end)
