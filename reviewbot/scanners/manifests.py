"""What a manifest or lock file says: packages, where they come from, and what runs when they are installed.

Nothing of a manifest is executed or fetched. TOML and JSON go through the standard library's parsers; XML, YAML
and programs are read as plain text, line by line, so no entity and no alias is ever expanded.

Sources: PEP 508, 621 and 735, pip "Requirements File Format", the documentation of poetry, uv and Pipenv; npm
"package.json" and "package-lock.json"; the Go, Cargo, Bundler and Maven references for their files.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

PYPI, NPM, GO, CARGO, GEM, MAVEN = "pypi", "npm", "go", "cargo", "gem", "maven"
_OPTIONS = re.compile(r"[-_.]+")


class UnreadableError(ValueError):
    """A manifest whose content is not what its name promises."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A package as a file names it. `line` is 0 where the parser does not know it.

    `source` is where it comes from if that is not the usual registry: a URL, a repository. `digests` are what a
    lock file holds against what will be downloaded. `key` is how the line that names it spells it.
    """

    name: str
    version: str = ""
    source: str = ""
    digests: frozenset[str] = frozenset()
    runs: bool = False  # the package runs a script when it is installed
    key: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one version of a file says. `registries` and `scripts` are (value or name, text, line)."""

    ecosystem: str
    lock: bool = False
    entries: tuple[Entry, ...] = ()
    registries: tuple[tuple[str, int], ...] = ()  # addresses and trusted hosts, with their line or 0
    scripts: tuple[tuple[str, str], ...] = ()  # name and command of what runs at an installation
    names: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Gather the names once."""
        object.__setattr__(self, "names", frozenset(entry.name for entry in self.entries))


Parse = Callable[[str], Manifest]
"""Reads a manifest's text. Raises `UnreadableError`."""


def python_name(name: str) -> str:
    """Give a package's normalised name (PEP 503)."""
    return _OPTIONS.sub("-", name).lower().strip("-")


def text_of(value: object) -> str:
    """Give a value if it is text, else nothing."""
    return value if isinstance(value, str) else ""


def table(value: object) -> dict[str, object]:
    """Give a value if it is a table, else an empty one."""
    return value if isinstance(value, dict) else {}


def tables(value: object) -> Iterator[dict[str, object]]:
    """Give the tables of a list, whatever else is in it."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def texts(value: object) -> Iterator[str]:
    """Give the texts of a list, whatever else is in it."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, str))


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """Give each line with its number."""
    yield from enumerate(text.split("\n"), 1)
