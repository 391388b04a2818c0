"""Definitions and callers of names, found directly in the base tree: what the diff starts from.

One search of the tree names the lines on which any of the names stands as a whole word; a
second, without the names that stand in too many files, follows if the first ran into its limit.
Then files are parsed, the likeliest first, until each name has what it needs or the budget of
files is spent. All bounds are counts, never clocks: the same change gives the same excerpts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reviewbot.domain.change import Change
from reviewbot.domain.ports import Occurrence, Repository
from reviewbot.retrieval.candidates import Candidate, window
from reviewbot.retrieval.languages import language_of
from reviewbot.retrieval.outline import Definition, Outline
from reviewbot.retrieval.parsing import Parsing
from reviewbot.retrieval.seeds import Seeds, Use

MOST_WORDS = 100
MOST_FILES_PER_NAME = 20
"""A name in more files than this is too common to say anything."""

_MOST_HITS = 20_000
_MOST_HITS_PER_NAME = 500  # of those that a search which ran into its limit holds
_MOST_PARSED = 150
_ALTERED_WORDS = 30
_DEFINITIONS_PER_NAME = 2
_CALLERS_PER_NAME = 3
_TRIED_PER_NAME = 6
_WORD = re.compile(r"[^\W\d]\w*[?!]?")
_DEFINES = r"(?:def|class|func|function|fn|struct|enum|union|trait|interface|type|const|let|var|static|module|macro_rules!|define)"
_IMPORTS = ("import ", "from ", "use ", "using ", "require", "export ")

Hits = dict[tuple[str, str], dict[str, list[Occurrence]]]
"""Occurrences by (name, family of languages) and path."""


@dataclass(slots=True)
class Base:
    """The base tree, as far as it was read.

    `stale` are lines that the change touches, `asked` those whose uses somebody will want to know.
    """

    repository: Repository
    parsing: Parsing
    commit: str
    stale: dict[str, list[tuple[int, int]]]
    asked: dict[str, set[int]] = field(default_factory=dict)
    outlines: dict[str, Outline | None] = field(default_factory=dict)

    @classmethod
    def of(cls, change: Change, repository: Repository, parsing: Parsing) -> "Base":
        """Start with what the diff says about the base."""
        stale: dict[str, list[tuple[int, int]]] = {}
        for file in change.files:
            if file.old is not None:
                # A pure insertion has no old line of its own: it stands between two.
                stale.setdefault(file.old.path, []).extend(
                    (hunk.old_start, hunk.old_start + max(1, len(hunk.removed) - 1)) for hunk in file.hunks
                )
        return cls(repository, parsing, change.merge_base, stale)

    def outline(self, path: str) -> Outline | None:
        """Read a file; None if it is not there or the budget of files is spent."""
        if path not in self.outlines:
            if len(self.outlines) >= _MOST_PARSED:
                return None
            content = self.repository.read_path(self.commit, path)
            self.outlines[path] = (
                self.parsing.outline(path, content, self.asked.get(path, ())) if content is not None else None
            )
        return self.outlines[path]

    def is_stale(self, path: str, one: Definition) -> bool:
        """Say whether the change itself touches these lines: the diff shows them better."""
        return any(first <= one.last and one.first <= last for first, last in self.stale.get(path, ()))


def find(seeds: Seeds, base: Base) -> tuple[list[Candidate], list[Candidate]]:
    """Give the definitions of what is used, the rarest names first, and the callers of what changed."""
    used = _once(seeds.uses)
    altered = sorted(seeds.altered)[:_ALTERED_WORDS]
    words = dict.fromkeys([*(name for name, _, _ in altered), *(use.name for use in used)])
    hits = _search(tuple(words)[:MOST_WORDS], base)
    for name, family, _ in altered:
        for path, found in hits.get((name, family), {}).items():
            base.asked.setdefault(path, set()).update(one.line for one in found)
    rarest = sorted(used, key=lambda use: (use.mentioned, len(hits.get((use.name, use.family), ())), use))
    definitions = [one for use in rarest for one in _definitions(use, hits, base)]
    callers = [
        one
        for name, family, path in altered
        for one in _callers(name, hits.get((name, family), {}), path, base)
    ]
    return definitions, callers


def _once(uses: Iterable[Use]) -> list[Use]:
    """Take each name of a family once: called before mentioned, long names before short ones."""
    found: dict[tuple[str, str], Use] = {}
    for use in sorted(uses):
        found.setdefault((use.name, use.family), use)
    return sorted(found.values(), key=lambda use: (use.mentioned, -len(use.name), use))


def _search(words: tuple[str, ...], base: Base) -> Hits:
    found = base.repository.grep(base.commit, words, _MOST_HITS) if words else ()
    hits = _by_name(found, frozenset(words))
    if len(found) < _MOST_HITS:
        return _rare(hits)
    common = {name for (name, _), files in hits.items() if _is_common(files)}
    rest = tuple(word for word in words if word not in common)
    if rest and common:
        hits = _by_name(base.repository.grep(base.commit, rest, _MOST_HITS), frozenset(rest))
    return _rare(hits)


def _is_common(files: dict[str, list[Occurrence]]) -> bool:
    return len(files) > MOST_FILES_PER_NAME or sum(map(len, files.values())) > _MOST_HITS_PER_NAME


def _by_name(found: Iterable[Occurrence], words: frozenset[str]) -> Hits:
    hits: Hits = {}
    for one in found:
        language = language_of(one.path)
        if language is not None:
            for name in words.intersection(_WORD.findall(one.text)):
                hits.setdefault((name, language.family), {}).setdefault(one.path, []).append(one)
    return hits


def _rare(hits: Hits) -> Hits:
    return {key: files for key, files in hits.items() if len(files) <= MOST_FILES_PER_NAME}


def _definitions(use: Use, hits: Hits, base: Base) -> Iterator[Candidate]:
    looks = re.compile(rf"\b{_DEFINES}\b.*\b{re.escape(use.name)}\b|\b{re.escape(use.name)}\s*[(=:{{<]")
    surely = re.compile(rf"\b{_DEFINES}\b[^=(]*\b{re.escape(use.name)}\b")
    likely: list[tuple[bool, int, str]] = []
    for path, found in hits.get((use.name, use.family), {}).items():
        if any(looks.search(one.text) for one in found):
            doubtful = not any(surely.search(one.text) for one in found)
            likely.append((doubtful, -_nearness(path, use.path), path))
    taken = 0
    for *_, path in sorted(likely)[:_TRIED_PER_NAME]:
        outline = base.outline(path)
        for one in outline.named(use.name) if outline else ():
            if taken < _DEFINITIONS_PER_NAME and outline and not base.is_stale(path, one):
                taken += 1
                lines = window(outline.lines, one.first, one.last, one.header)
                yield outline.cut(path, base.commit, lines, f"definition of {use.name}")


def _callers(name: str, files: dict[str, list[Occurrence]], origin: str, base: Base) -> Iterator[Candidate]:
    seen: set[tuple[str, Definition]] = set()
    for path in sorted(files, key=lambda path: (-_nearness(path, origin), path))[:_TRIED_PER_NAME]:
        outline = base.outline(path)
        for hit in files[path] if outline else ():
            one = outline.around(hit.line) if outline else None
            if outline is None or one is None or one.name == name or (path, one) in seen:
                continue
            if base.is_stale(path, one) or not _uses(outline, hit, name):
                continue
            seen.add((path, one))
            lines = window(outline.lines, one.first, one.last, hit.line)
            yield outline.cut(path, base.commit, lines, f"caller of {name}")
            if len(seen) >= _CALLERS_PER_NAME:
                return


def _uses(outline: Outline, hit: Occurrence, name: str) -> bool:
    """Say whether a line's code uses a name; comments, strings and imports do not."""
    called, mentioned = outline.uses(range(hit.line, hit.line + 1))
    return name in called or (name in mentioned and not hit.text.lstrip().startswith(_IMPORTS))


def _nearness(path: str, other: str) -> int:
    """Count the folders that two paths share from the top; two files of one folder share one more."""
    one, two = path.split("/")[:-1], other.split("/")[:-1]
    shared = 0
    for mine, theirs in zip(one, two, strict=False):
        if mine != theirs:
            return shared
        shared += 1
    return shared + (one == two)
