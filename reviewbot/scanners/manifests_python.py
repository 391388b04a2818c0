"""Python's manifests: requirements files, `pyproject.toml`, `setup.cfg`, `Pipfile`, and the lock files."""

import re
from collections.abc import Iterator

from reviewbot.scanners.manifests import (
    PYPI,
    Entry,
    Manifest,
    numbered,
    python_name,
    table,
    tables,
    text_of,
    texts,
)
from reviewbot.scanners.manifests_formats import parsed_ini, parsed_toml, tool_lines
from reviewbot.scanners.manifests_json import parsed_json

_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,200}[A-Za-z0-9])?"
_REQUIREMENT = re.compile(
    rf"[ \t]*(?P<name>{_NAME})[ \t]*(?:\[[^\]]*\])?[ \t]*(?:@[ \t]*(?P<url>\S+)|(?P<version>[^;#]*))"
)
_HASH = re.compile(r"--hash[= ](?P<v>[a-z0-9]{2,10}:[0-9A-Fa-f]{16,128})")
# Wherever on a line, and shortened, as pip takes them: `--pre --extra https://…`, `-ihttps://…`.
_OPTION = re.compile(
    r"(?:^|[ \t])(?:-[if][ \t=]*|(?:--i(?:n(?:d[a-z-]{0,6})?)?|--e(?:x[a-z-]{0,14})?|--f(?:i[a-z-]{0,8})?|(?P<trust>--t[a-z-]{0,11}))(?:[ \t]+|=))(?P<v>[^\s=]\S*)"
)
_EGG = re.compile(rf"[#&]egg=(?P<name>{_NAME})")
_URL = re.compile(r"(?:[a-z]{2,8}\+)?(?:https?|git|ssh|svn|hg|ftp|file)://|git\+|git@")
_COMMENT = re.compile(r"(?:^|[ \t])#.*")


def requirements(text: str) -> Manifest:
    """Read a requirements or constraints file."""
    entries: list[Entry] = []
    registries: list[tuple[str, int]] = []
    for number, line in _joined(text):
        if line.startswith("-") and (options := list(_OPTION.finditer(line))):
            registries += [(_trusted(option), number) for option in options]
        elif entry := _entry(line, number):
            entries.append(entry)
    return Manifest(PYPI, entries=tuple(entries), registries=tuple(registries))


def _trusted(option: re.Match[str]) -> str:
    """Give an option's address; a host that is trusted without a certificate is named so, whichever it is."""
    return f"trust:{option['v']}" if option["trust"] else option["v"]


def _joined(text: str) -> Iterator[tuple[int, str]]:
    r"""Give each logical line with the number of its first: `\` at the end continues it."""
    parts: list[str] = []
    first = 0
    # pip ends a line, and a comment, at a lone carriage return and a form feed too.
    for number, raw in ((number, part) for number, whole in numbered(text) for part in tool_lines(whole)):
        line = _COMMENT.sub("", raw)
        first = first or number
        parts.append(line.rstrip().removesuffix("\\"))
        if line.rstrip().endswith("\\"):
            continue
        yield first, " ".join(parts).strip()
        parts, first = [], 0
    if parts:
        yield first, " ".join(parts).strip()


def _entry(line: str, number: int) -> Entry | None:
    """Read one requirement of PEP 508, or an address; None for an option or a local folder."""
    plain = re.sub(r"^(?:-e|--editable)[= \t]+", "", line)
    if _URL.match(plain):
        egg = _EGG.search(plain)
        name = python_name(egg["name"]) if egg else ""
        return Entry(name, source=plain.split()[0], key=egg["name"] if egg else "", line=number)
    match = _REQUIREMENT.match(plain) if not plain.startswith(("-", ".", "/")) else None
    if match is None:
        return None
    source = match["url"] or ""
    version = "" if source else (match["version"] or "").partition(" --")[0].strip()
    digests = frozenset(found["v"] for found in _HASH.finditer(plain))
    return Entry(python_name(match["name"]), version, source, digests, key=match["name"], line=number)


def pyproject(text: str) -> Manifest:
    """Read `pyproject.toml`: PEP 621 and 735, poetry, uv, pdm."""
    data = parsed_toml(text)
    project, tool = table(data.get("project")), table(data.get("tool"))
    lists = [project.get("dependencies"), table(data.get("build-system")).get("requires")]
    lists += table(project.get("optional-dependencies")).values()
    lists += table(data.get("dependency-groups")).values()
    lists.append(table(tool.get("uv")).get("dev-dependencies"))
    entries = [entry for items in lists for item in texts(items) if (entry := _entry(item, 0))]
    poetry, uv = table(tool.get("poetry")), table(tool.get("uv"))
    groups = [poetry.get("dependencies"), poetry.get("dev-dependencies")]
    groups += [table(group).get("dependencies") for group in table(poetry.get("group")).values()]
    entries += [entry for group in groups for entry in _named(table(group))]
    entries += [entry for entry in _named(table(uv.get("sources"))) if entry.source]
    sources = [
        *tables(poetry.get("source")),
        *tables(uv.get("index")),
        *tables(table(tool.get("pdm")).get("source")),
    ]
    registries = [(text_of(source.get("url")), 0) for source in sources]
    registries += [(text_of(uv.get(key)), 0) for key in ("index-url", "find-links")]
    registries += [(item, 0) for item in texts(uv.get("extra-index-url"))]
    return Manifest(PYPI, entries=tuple(entries), registries=tuple(item for item in registries if item[0]))


def _named(group: dict[str, object]) -> Iterator[Entry]:
    """Read a table of names: a version each, or a table with where it comes from."""
    for name, value in group.items():
        if name.lower() == "python":
            continue
        spec = table(value)
        source = next((text_of(spec[key]) for key in ("git", "url") if key in spec), "")
        if "git" in spec and not source.startswith("git"):
            source = f"git+{source}"
        version = text_of(value) or text_of(spec.get("version"))
        yield Entry(python_name(name), version, source, key=name)


def pipfile(text: str) -> Manifest:
    """Read a `Pipfile`."""
    data = parsed_toml(text)
    groups = [table(data.get(key)) for key in ("packages", "dev-packages")]
    registries = tuple((text_of(source.get("url")), 0) for source in tables(data.get("source")))
    entries = tuple(entry for group in groups for entry in _named(group))
    return Manifest(PYPI, entries=entries, registries=tuple(item for item in registries if item[0]))


def setup_cfg(text: str) -> Manifest:
    """Read the requirements of `setup.cfg`."""
    sections = parsed_ini(text)
    # What stands under DEFAULT, stands in every section.
    shared = sections.get("DEFAULT", {})
    options = {**shared, **sections.get("options", {})}
    lists = [options.get(key, "") for key in ("install_requires", "setup_requires")]
    lists += {**shared, **sections.get("options.extras_require", {})}.values()
    lines = [line for item in lists for line in item.split("\n")]
    return Manifest(PYPI, entries=tuple(entry for line in lines if (entry := _entry(line.strip(), 0))))


def pip_conf(text: str) -> Manifest:
    """Read the registries of a `pip.conf`."""
    key = re.compile(
        r"[ \t]*(?:extra-index-url|index-url|find-links|(?P<trust>trusted-host))[ \t]*[=:][ \t]*(?P<v>\S+)"
    )
    found = tuple((_trusted(match), number) for number, line in numbered(text) if (match := key.match(line)))
    return Manifest(PYPI, registries=found)


def toml_lock(text: str) -> Manifest:
    """Read `poetry.lock`, `uv.lock` or `pdm.lock`."""
    data = parsed_toml(text)
    metadata = table(table(data.get("metadata")).get("files"))
    return Manifest(PYPI, lock=True, entries=tuple(_locked(data, metadata)))


def _locked(data: dict[str, object], metadata: dict[str, object]) -> Iterator[Entry]:
    for package in tables(data.get("package")):
        name = text_of(package.get("name"))
        files = [*tables(package.get("files")), *tables(package.get("wheels")), *tables(metadata.get(name))]
        files.append(table(package.get("sdist")))
        digests = frozenset(text_of(file.get("hash")) for file in files) - {""}
        origin = table(package.get("source"))
        source = text_of(origin.get("url")) or text_of(origin.get("git")) or text_of(origin.get("registry"))
        if origin.get("type") == "git" or "git" in origin:
            source = f"git+{source}"
        addresses = [text_of(file.get("url")) for file in files]
        source = source or next((address for address in addresses if address), "")
        yield Entry(python_name(name), text_of(package.get("version")), source, digests, key=name)


def pipfile_lock(text: str) -> Manifest:
    """Read a `Pipfile.lock`."""
    data = table(parsed_json(text))
    entries: list[Entry] = []
    for group in ("default", "develop"):
        for name, value in table(data.get(group)).items():
            spec = table(value)
            source = text_of(spec.get("git")) or text_of(spec.get("file"))
            digests = frozenset(texts(spec.get("hashes")))
            entries.append(Entry(python_name(name), text_of(spec.get("version")), source, digests, key=name))
    meta = table(data.get("_meta"))
    registries = tuple((text_of(source.get("url")), 0) for source in tables(meta.get("sources")))
    return Manifest(PYPI, lock=True, entries=tuple(entries), registries=registries)


def setup_py(text: str) -> Manifest:
    """Find in `setup.py`, as text, that it brings a command of its own to the installation."""
    pattern = re.compile(r"\bcmdclass\b[ \t]{0,8}[=:\"']|\[[ \t]{0,8}[\"']cmdclass")
    lines = tuple(("cmdclass", line.strip()) for line in text.split("\n") if pattern.search(line))
    return Manifest(PYPI, scripts=lines)
