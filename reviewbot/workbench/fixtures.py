"""Longer examples beside a rule, `<id>.test.<ext>`: which lines the rule must find, and which it must not.

A mark is a comment of its own on the line above: `# ruleid: my-rule`, `// ok: my-rule`, and
`# todoruleid: my-rule` for a line that the rule is known to miss. Several marks may stand over one line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.domain.secret_text import decode
from reviewbot.workbench.shelf import FIXTURE, Shelf

_MARK = re.compile(
    r"^\s*(?:#|//|--|/\*|<!--|;|%|\{#)+\s*(ruleid|ok|todoruleid|todook)\s*:\s*"
    r"([a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*)\s*(?:\*/|-->|#\})?\s*$"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What one line promises: `word` is ruleid, ok, todoruleid or todook; `at` is where that is said."""

    word: str
    rule: str
    line: int
    at: int


@dataclass(frozen=True, slots=True)
class Fixture:
    """A fixture of a pack; `rule` is the id that its name begins with."""

    pack: str
    path: str
    rule: str
    content: bytes
    marks: tuple[Mark, ...]

    @property
    def extension(self) -> str:
        """Give what stands behind `.test`, with its dot."""
        return "." + self.path.partition(FIXTURE)[2]


def fixtures(shelf: Shelf) -> tuple[Fixture, ...]:
    """Give all fixtures of the packs, by pack and name."""
    return tuple(
        Fixture(pack, path, path.partition(FIXTURE)[0], content, marks(decode(content)))
        for pack, contents in sorted(shelf.beside.items())
        for path, content in contents.items()
        if FIXTURE in path and "/" not in path
    )


def marks(text: str) -> tuple[Mark, ...]:
    """Read the marks of a fixture; each is about the next line that is none itself."""
    return tuple(_marks(text.split("\n")))


def _marks(lines: list[str]) -> Iterator[Mark]:
    waiting: list[tuple[str, str, int]] = []
    for number, line in enumerate(lines, 1):
        found = _MARK.match(line)
        if found:
            names = (name.strip() for name in found.group(2).split(","))
            waiting += ((found.group(1), name, number) for name in names)
            continue
        yield from (Mark(word, rule, number, at) for word, rule, at in waiting)
        waiting = []
