"""Where in a manifest a package stands, by the words of its lines: parsers of JSON and TOML do not say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reviewbot.domain.secret_text import decode
from reviewbot.scanners.manifests import Entry

_WORD = re.compile(r"[^\s\"'=,:;()\[\]{}<>~!^]+")
_BEHIND = 12  # lines of a package's entry in a lock file


@dataclass(frozen=True, slots=True)
class _Word:
    """Where a word stands: the first line of all, the first that was added (0 for none), and how many lines."""

    first: int
    added: int
    count: int


@dataclass(frozen=True, slots=True)
class Places:
    """A head's words, and which of its lines the base does not have.

    Of a word no list of lines is kept: thousands of packages may share one, and each would walk it.
    """

    words: Mapping[str, _Word]
    added: frozenset[int]
    lines: int

    @classmethod
    def of(cls, base: bytes | None, head: bytes) -> "Places":
        """Look through both sides once."""
        held = {line.strip() for line in base.split(b"\n")} if base is not None else set()
        lines = head.split(b"\n")
        added = frozenset(number for number, line in enumerate(lines, 1) if line.strip() not in held)
        words: dict[str, _Word] = {}
        for number, line in enumerate(decode(head).split("\n"), 1):
            new = number if number in added else 0
            for word in dict.fromkeys(_WORD.findall(line)):
                seen = words.get(word) or _Word(number, 0, 0)
                words[word] = _Word(seen.first, seen.added or new, seen.count + 1)
        return cls(words, added, len(lines))

    def of_entry(self, entry: Entry) -> int:
        """Give the line of a package: one that was added, where there is one."""
        if entry.line:
            return self._near(entry.line)
        for word in (entry.key, entry.name, entry.name.lower()):
            if word and word in self.words:
                return self._best(self.words[word])
        return self.of_text(entry.source) if entry.source else self._first()

    def of_text(self, text: str) -> int:
        """Give the line of a value: of its rarest word."""
        found = [self.words[word] for word in _WORD.findall(text[:2000]) if word in self.words]
        return self._best(min(found, key=lambda word: word.count)) if found else self._first()

    def _best(self, word: _Word) -> int:
        return word.added or self._near(word.first)

    def _near(self, number: int) -> int:
        """Give the line, or the first added one below it that belongs to the same entry."""
        for line in range(number, min(number + _BEHIND, self.lines + 1)):
            if line in self.added:
                return line
        return min(number, self.lines)

    def _first(self) -> int:
        return min(self.added, default=1)
