"""What is asked first, in pieces of what size, and what no longer fits.

One request holds lines of one file only. Packing several small files together would save the
repetition of the constant part (about 1,500 tokens and the house rules), but then a change in
one file would change the question about another, and its remembered answer would be lost. The
constant part is the same bytes in front of every request, so servers keep it: measured on
llama.cpp, 272 of 273 prompt tokens of a repeat came from the cache.

The order is by risk, settled by the change alone and never by the model: what scanners hit,
then what looks sensitive, then how much is new, then the path. So decoys added to a change
cannot push a hit file over the edge. Nothing here reads a disk, a socket or a clock.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reviewbot.model.hunks import Line, Section

CHUNK_TOKENS = 6_000
"""Most tokens of changed code in one request: longer questions get worse answers."""

_MARGIN = 64
_LINE_OVERHEAD = 10  # bytes of number, mark, bar and line end
_DENSE = re.compile(r"[A-Za-z0-9+/=_-]{40,}")
_SENSITIVE_PATH = re.compile(
    r"auth|login|passw|secret|token|crypt|sign|session|permission|admin|payment|money|sql|upload|"
    r"dockerfile|\.github/|\.gitlab|jenkins|pipeline|deploy|terraform|\.tf$|security",
    re.IGNORECASE,
)
_SENSITIVE_WORDS = (
    "passw", "secret", "token", "crypt", "sign", "verify", "auth", "permission", "role", "admin", "exec", "eval",
    "pickle", "yaml.load", "subprocess", "system(", "shell", "sql", "query", "cursor", "select ", "insert ", "ssl",
    "tls", "cert", "cookie", "csrf", "cors", "session", "jwt", "redirect", "upload", "serial", "innerhtml", "chmod",
    "sudo", "random", "md5", "sha1", "http://",
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """What one request is about: sections of one file. Compared by identity.

    `path` is the real path, `shown_path` what the model reads. `plain` maps a line's number to
    its text in the first view where this is the second, without comments; None in the first.
    """

    path: str
    shown_path: str
    sections: tuple[Section, ...]
    hits: int
    plain: Mapping[int, str] | None = None

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The changed lines it covers, as ranges of the head."""
        return tuple(section.range for section in self.sections)

    @property
    def added(self) -> int:
        """Number of added lines."""
        return sum(line.mark == "+" for section in self.sections for line in section.lines)

    @property
    def tokens(self) -> int:
        """Estimated tokens of its lines."""
        return sum(map(section_tokens, self.sections))


@dataclass(frozen=True, slots=True)
class Room:
    """Tokens that one request has for what varies: hunks first, excerpts in what is left."""

    context: int
    answer: int
    constant: int

    @property
    def variable(self) -> int:
        """All that is left beside the constant part and the answer."""
        return self.context - self.answer - self.constant - _MARGIN

    @property
    def hunks(self) -> int:
        """What the lines of the change may take."""
        return min(CHUNK_TOKENS, self.variable * 2 // 3)


def tokens(text: str) -> int:
    """Estimate tokens from above: three bytes each, half of that in long unbroken runs (base64, hex).

    Code measures 3 to 4 bytes a token with the vocabularies of 2026; where this is still too
    low, the server says so and the chunk is split.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size >= 40:
        size += sum(len(run.group()) for run in _DENSE.finditer(text))
    return size // 3 + 1


def likely_tokens(text: str) -> int:
    """Estimate tokens of a prompt without counting white space and rulers, to notice that one was cut."""
    return len(re.sub(r"(\W)\1+", r"\1", text).encode("utf-8", "surrogatepass")) // 4


def section_tokens(section: Section) -> int:
    """Estimate a section with its numbers and marks."""
    return sum(map(_line_tokens, section.lines))


def _line_tokens(line: Line) -> int:
    return tokens(line.text) + _LINE_OVERHEAD // 3


def pack(sections: Iterable[Section], limit: int) -> Iterator[tuple[Section, ...]]:
    """Group sections, in order, into chunks of at most `limit` tokens; a longer one is split by lines.

    A single line over the limit comes alone: `fits` says so.
    """
    group: list[Section] = []
    size = 0
    for section in sections:
        for part in _parts(section, limit):
            cost = section_tokens(part)
            if group and size + cost > limit:
                yield tuple(group)
                group, size = [], 0
            group.append(part)
            size += cost
    if group:
        yield tuple(group)


def _parts(section: Section, limit: int) -> Iterator[Section]:
    if section_tokens(section) <= limit:
        yield section
        return
    part: list[Line] = []
    size = 0
    at = section.at
    for line in section.lines:
        cost = _line_tokens(line)
        if part and size + cost > limit:
            yield from _changed(Section(tuple(part), at))
            part, size = [], 0
        part.append(line)
        size += cost
        at = line.number or at
    yield from _changed(Section(tuple(part), at))


def _changed(section: Section) -> Iterator[Section]:
    """Leave out a part that is all context."""
    if any(line.changed for line in section.lines):
        yield section


def halves(chunk: Chunk) -> tuple[Chunk, ...]:
    """Split a chunk in two, between sections or inside the only one; empty if it cannot be split."""
    if len(chunk.sections) > 1:
        middle = len(chunk.sections) // 2
        return (
            replace(chunk, sections=chunk.sections[:middle]),
            replace(chunk, sections=chunk.sections[middle:]),
        )
    (section,) = chunk.sections
    middle = len(section.lines) // 2
    both = (
        Section(section.lines[:middle], section.at),
        Section(section.lines[middle:], next((n for n in _numbers(section.lines[:middle])), section.at)),
    )
    parts = tuple(part for half in both for part in _changed(half))
    if not parts or parts[0].lines == section.lines:
        return ()
    return tuple(replace(chunk, sections=(part,)) for part in parts)


def _numbers(lines: tuple[Line, ...]) -> Iterator[int]:
    return (line.number for line in reversed(lines) if line.number)


def by_risk(chunks: Iterable[Chunk]) -> list[Chunk]:
    """Put the chunks in the order in which they are asked."""
    return sorted(chunks, key=_risk)


def _risk(chunk: Chunk) -> tuple[int, int, int, str, int, bool]:
    text = "\n".join(line.text for section in chunk.sections for line in section.lines if line.changed)
    lowered = text.lower()
    words = sum(word in lowered for word in _SENSITIVE_WORDS)
    sensitive = words + (4 if _SENSITIVE_PATH.search(chunk.path) else 0)
    return (-chunk.hits, -sensitive, -chunk.added, chunk.path, chunk.ranges[0][0], chunk.plain is not None)


def affordable(costs: Iterable[tuple[int, Callable[[], int]]], budget: int) -> list[bool]:
    """Say which of the requests, in order of risk, fit a budget of tokens.

    Each cost is a lower bound, and a way to learn it exactly that is taken only where it matters.
    A request that does not fit does not keep a smaller one behind it from being asked.
    """
    left = budget
    fits: list[bool] = []
    for least, exact in costs:
        cost = exact() if least <= left else least
        fits.append(cost <= left)
        left -= cost if cost <= left else 0
    return fits
