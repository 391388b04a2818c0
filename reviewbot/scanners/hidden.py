"""Hidden text: characters that make a file look other than what it is to the program that reads it.

Kinds: direction controls (`bidi`, CVE-2021-42574, "Trojan Source"), characters that print nothing, raw control
bytes, and names that mix alphabets and read as plain ASCII (CVE-2021-42694). A plain search in this process,
linear in the file's length; nothing is parsed or executed. Prose is judged more mildly than code, because
people write Arabic, Hebrew, Hindi and emoji in it, and these need some of the characters.

Sources: Unicode Standard Annex #9 (bidirectional), #31 (identifiers, 2.3 layout and format controls), #39
(confusables); ECMA-48 for control bytes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from reviewbot.domain import confusables
from reviewbot.domain.coverage import DONE
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.domain.secret_text import decode
from reviewbot.scanners import hidden_characters as characters
from reviewbot.scanners.base import NORMALISER, Scan, Source, ToolResult
from reviewbot.scanners.manifest_files import manifest_file

NAME = "hidden"
VERSION = "2"

BIDI, BIDI_IN_PROSE, BIDI_MARK = "bidi", "bidi-in-prose", "bidi-mark"
INVISIBLE, INVISIBLE_IN_PROSE = "invisible", "invisible-in-prose"
CONTROL, LOOK_ALIKE, PATH = "control", "look-alike", "path"
RULES = (BIDI, BIDI_IN_PROSE, BIDI_MARK, INVISIBLE, INVISIBLE_IN_PROSE, CONTROL, LOOK_ALIKE, PATH)
"""Every kind this scanner can give. `path` is about the file's name, on its first line."""

_PROSE = frozenset(
    {".adoc", ".asciidoc", ".bib", ".log", ".markdown", ".md", ".mdx", ".org", ".rst", ".srt",
     ".tex", ".textile", ".txt", ".vtt", ".wiki"}
)  # fmt: skip
# Texts in the people's own languages, between keys that are code.
_WORDED = frozenset(
    {".arb", ".csv", ".ftl", ".htm", ".html", ".ipynb", ".json", ".po", ".pot", ".properties", ".resx", ".strings", ".svg", ".toml",
     ".tsv", ".xlf", ".xliff", ".xml", ".yaml", ".yml"}
)  # fmt: skip
# Of these every line is a program's, whatever language its comments are in: no foreign word makes it milder.
_RUN = re.compile(
    r"(?:.*/)?(?:\.github/(?:workflows|actions)/.*|\.gitlab-ci[^/]*|\.gitlab/ci/.*|\.circleci/.*|azure-pipelines[^/]*"
    r"|bitbucket-pipelines[^/]*|action\.ya?ml|(?:docker-)?compose[^/]*\.ya?ml)"
)
# Pages that a program acts on: what is hidden in them is read all the same.
_ORDERS = frozenset({"agents.md", "claude.md", "gemini.md", "skill.md", "copilot-instructions.md"})
# Recordings of terminals hold their escapes on purpose.
_RECORDED = frozenset({".ans", ".ansi", ".cast", ".golden", ".log", ".out", ".snap"})
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_WORD = re.compile(r"[A-Za-z_]\w*", re.ASCII)


@dataclass(frozen=True, slots=True)
class HiddenTextScanner:
    """Finds text that is not what it looks like, in every text file and in the files' names."""

    @property
    def name(self) -> str:
        """The reviewer's name in policy and coverage."""
        return NAME

    def wants(self, source: Source) -> bool:
        """Take every text, UTF-16 too, and links: a link's target is text."""
        return source.is_text

    def cache_key(self) -> str:
        """Name this scanner's version and the normaliser's."""
        return f"{NAME}\0{VERSION}\0{NORMALISER}"

    def scan(self, sources: Sequence[Source], sandbox: Sandbox) -> Scan:  # noqa: ARG002 - nothing is executed
        """Search each source; there is nothing here that could fail."""
        results = {
            ToolResult(NAME, kind, source.path, line, line)
            for source in sources
            for kind, line in _found(source)
        }
        coverage = tuple((source.path, DONE) for source in sources)
        return Scan(ToolVersion(NAME, VERSION), tuple(sorted(results)), coverage)


def _found(source: Source) -> Iterator[tuple[str, int]]:
    if _is_odd(source.path):
        yield PATH, 1
    text = decode(source.content)
    lines = text.removeprefix("\ufeff").split("\n")
    kind = _Kind.of(source.path)
    if not kind.recorded:
        yield from ((CONTROL, number) for number in characters.controls(lines))
    if text.isascii():
        return
    for number, line in enumerate(lines, 1):
        if not line.isascii():
            yield from ((found, number) for found in _in_line(line, kind))
    if not kind.prose:
        yield from ((LOOK_ALIKE, number) for number in _look_alikes(text, lines, kind))


@dataclass(frozen=True, slots=True)
class _Kind:
    """How strictly a file is read."""

    prose: bool
    worded: bool
    recorded: bool

    @classmethod
    def of(cls, path: str) -> "_Kind":
        place = PurePosixPath(path.lower())
        orders = place.name in _ORDERS or place.name.endswith((".instructions.md", ".prompt.md"))
        run = _RUN.fullmatch(path.lower()) is not None or manifest_file(path) is not None
        prose = place.suffix in _PROSE and not orders and not run
        return cls(prose, place.suffix in _WORDED and not run, place.suffix in _RECORDED)

    def is_prose(self, line: str) -> bool:
        """Say whether this line is somebody's language rather than code."""
        return self.prose or (self.worded and _RIGHT_TO_LEFT.search(line) is not None)


def _in_line(line: str, kind: _Kind) -> Iterator[str]:
    prose = kind.is_prose(line)
    if characters.DIRECTION.search(line):
        yield BIDI_IN_PROSE if prose else BIDI
    if characters.MARK.search(line) and not (prose and _RIGHT_TO_LEFT.search(line)):
        yield BIDI_MARK
    if characters.has_smuggled(line):
        yield INVISIBLE
    elif characters.has_invisible(line, code=not prose):
        yield INVISIBLE_IN_PROSE if prose else INVISIBLE


def _look_alikes(text: str, lines: Sequence[str], kind: _Kind) -> Iterator[int]:
    """Number the lines with a word that mixes alphabets, or that imitates a name of the same file."""
    whole: list[tuple[int, str]] = []
    for number, line in enumerate(lines, 1):
        foreign = confusables.foreign_words(line)
        mixed = confusables.look_alikes(foreign)
        # Beside other words of that alphabet, in a translation, it is a slip of the keyboard.
        if mixed and not (kind.worded and len(mixed) < len(foreign)):
            yield number
        whole += ((number, word) for word in foreign)
    known = frozenset(_WORD.findall(text)) if whole else frozenset()
    yield from (number for number, word in whole if confusables.imitates(word, known))


def _is_odd(path: str) -> bool:
    """Say whether a path shows itself as another: reversed, with something invisible, or in mixed alphabets."""
    return bool(
        characters.has_control(path)
        or characters.DIRECTION.search(path)
        or characters.MARK.search(path)
        or characters.has_smuggled(path)
        or characters.has_invisible(path, code=True)
        or confusables.look_alikes(confusables.foreign_words(path))
    )


def example(kinds: Sequence[str], text: str) -> tuple[str, bytes]:
    """Give path and content of the file that a rule's `bad`, `good` or `clean` shows.

    For `path` the text is the file's name; for what is milder in prose it is a page, else a program.
    """
    if PATH in kinds:
        return text.strip("\n"), b""
    prose = any(kind.endswith("-in-prose") for kind in kinds)
    return "example.md" if prose else "example.py", text.encode()
