"""What a file defines and what some of its lines use, as values; `parsing` finds it out."""

from dataclasses import dataclass, field

from reviewbot.retrieval.candidates import Candidate

_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Definition:
    """A named function, type or value: whole lines from 1, both ends included.

    `header` is the line that the name stands on.
    """

    first: int
    last: int
    kind: str
    name: str
    header: int

    def holds(self, line: int) -> bool:
        """Say whether a line lies in it."""
        return self.first <= line <= self.last


@dataclass(frozen=True, slots=True)
class Parsed:
    """What the parser found: definitions from top to bottom, and names by line.

    `called` are called, built or derived from on a line, `mentioned` all that stand there.
    Only the lines that were asked for are in them.
    """

    definitions: tuple[Definition, ...]
    called: dict[int, frozenset[str]] = field(default_factory=dict)
    mentioned: dict[int, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outline:
    """A file's lines and what is known of them; `parsed` None if that is nothing."""

    lines: tuple[bytes, ...]
    parsed: Parsed | None

    @classmethod
    def of(cls, content: bytes, parsed: Parsed | None) -> "Outline":
        """Split a file at its line ends, and leave out what lies beyond the last."""
        return cls(tuple(content.removesuffix(b"\n").split(b"\n")), parsed)

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """All definitions from top to bottom."""
        return self.parsed.definitions if self.parsed else ()

    def cut(self, path: str, commit: str, lines: range, why: str) -> Candidate:
        """Cut lines out of the file, as a candidate for showing."""
        return Candidate(path, commit, lines.start, why, self.lines[lines.start - 1 : lines.stop - 1])

    def around(self, line: int) -> Definition | None:
        """Give the innermost function that holds a line, or else the innermost type."""
        holding = [one for one in self.definitions if one.holds(line) and one.kind != "value"]
        functions = [one for one in holding if one.kind == "function"]
        return min(functions or holding, key=lambda one: (one.last - one.first, one.first), default=None)

    def named(self, name: str) -> tuple[Definition, ...]:
        """Give the definitions of a name, functions and types before values."""
        found = (one for one in self.definitions if one.name == name)
        return tuple(sorted(found, key=lambda one: (one.kind == "value", one.first)))

    def uses(self, lines: range) -> tuple[frozenset[str], frozenset[str]]:
        """Name what the lines call or derive from, and what else they mention."""
        if self.parsed is None:
            return _NOTHING, _NOTHING
        called = _NOTHING.union(*(self.parsed.called.get(line, _NOTHING) for line in lines))
        mentioned = _NOTHING.union(*(self.parsed.mentioned.get(line, _NOTHING) for line in lines))
        return called, mentioned - called
