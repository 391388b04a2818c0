"""Suppression markers: comments and files with which a change tells a scanner to look away.

They have no effect here, for the scanners run with suppressions off; that somebody added one is
worth a reader's eye all the same. A plain search, line by line, in this process: nothing is
executed or parsed. Markers inside an obvious string literal are left alone, and so are pages of
prose that explain a marker.

Sources: semgrep "Ignoring files, folders, and code"; bandit "Configuration"; ruff "Error
suppression"; gitleaks README; detect-secrets README; ESLint "Configuring Rules".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from reviewbot.domain.change import SUBMODULE, SYMLINK, FileClass
from reviewbot.domain.coverage import DONE
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.domain.secret_text import decode
from reviewbot.scanners.base import NORMALISER, Scan, Source, ToolResult

NAME = "suppressions"
VERSION = "1"

_COMMENT = r"(?:#|//|/\*|<!--|--|;|\*|%)"
_MARKERS: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (rule, cue, re.compile(pattern))
    for rule, cue, pattern in (
        ("nosemgrep", "nosem", rf"(?i){_COMMENT}[^\n]{{0,200}}?\bnosem(?:grep)?\b"),
        ("nosec", "nosec", r"#\s{0,8}nosec\b"),
        ("noqa", "noqa", r"(?i)#\s{0,8}noqa\s{0,4}:\s{0,4}(?:[A-Z]+[0-9]+[,\s]{1,4}){0,20}S[0-9]{3}\b"),
        ("gitleaks-allow", "gitleaks:allow", rf"(?i){_COMMENT}[^\n]{{0,200}}?\bgitleaks:allow\b"),
        ("allowlist-secret", "allowlist", r"(?i)\bpragma: ?(?:allowlist|whitelist)(?: nextline)? secret\b"),
        (
            "eslint-disable",
            "eslint-disable",
            r"(?:/\*|//)\s{0,8}eslint-disable(?:-next-line|-line)?\b[^\n]{0,200}?\bsecurity/",
        ),
    )
)
RULES = (*(rule for rule, _, _ in _MARKERS), "ignore-file")
"""Every rule name this scanner can give."""

_IGNORE_FILES = frozenset(
    {".semgrepignore", ".bandit", "bandit.yaml", "bandit.yml", ".gitleaksignore", ".gitleaks.toml"}
)
_SECTIONS = {
    "pyproject.toml": re.compile(r"\[\[?\s{0,4}tool\.bandit\b"),
    "setup.cfg": re.compile(r"\[bandit\]"),
    "tox.ini": re.compile(r"\[bandit\]"),
}
_PROSE = frozenset({".md", ".markdown", ".rst", ".txt", ".adoc"})
_MOST_BEFORE = 2_000  # characters of a line that are looked at to tell a string literal


@dataclass(frozen=True, slots=True)
class SuppressionScanner:
    """Finds markers that switch a scanner off, and the scanners' ignore and configuration files."""

    @property
    def name(self) -> str:
        """The reviewer's name in policy and coverage."""
        return NAME

    def wants(self, source: Source) -> bool:
        """Take texts that are not prose, and ignore files of any kind, links included."""
        path = PurePosixPath(source.path)
        if path.name in _IGNORE_FILES:
            return source.mode != SUBMODULE
        return (
            source.file_class is not FileClass.BINARY
            and source.mode != SUBMODULE
            and path.suffix.lower() not in _PROSE
        )

    def cache_key(self) -> str:
        """Name this scanner's version and the normaliser's."""
        return f"{NAME}\0{VERSION}\0{NORMALISER}"

    def scan(self, sources: Sequence[Source], sandbox: Sandbox) -> Scan:  # noqa: ARG002 - nothing is executed
        """Search each source; there is nothing here that could fail."""
        results = {
            ToolResult(NAME, rule, source.path, line, line)
            for source in sources
            for rule, line in _found(source)
        }
        coverage = tuple((source.path, DONE) for source in sources)
        return Scan(ToolVersion(NAME, VERSION), tuple(sorted(results)), coverage)


def _found(source: Source) -> Iterator[tuple[str, int]]:
    lines = decode(source.content).split("\n")
    name = PurePosixPath(source.path).name
    if name in _IGNORE_FILES:
        yield from (("ignore-file", number) for number in _effective(lines, linked=source.mode == SYMLINK))
    elif name in _SECTIONS:
        yield from (("ignore-file", number) for number in _section(lines, _SECTIONS[name]))
    for rule, cue, pattern in _MARKERS:
        for number, line in enumerate(lines, 1):
            if cue in line.lower() and _marked(line, pattern):
                yield rule, number


def _effective(lines: Sequence[str], *, linked: bool) -> Iterator[int]:
    """Number the lines that say something; each is a suppression of its own."""
    for number, line in enumerate(lines, 1):
        if line.strip() and (linked or not line.lstrip().startswith("#")):
            yield number


def _section(lines: Sequence[str], opening: re.Pattern[str]) -> Iterator[int]:
    """Number the lines of a tool's section in a shared configuration file."""
    inside = False
    for number, line in enumerate(lines, 1):
        if line.startswith("["):
            inside = opening.match(line) is not None
        if inside and line.strip() and not line.lstrip().startswith("#"):
            yield number


def _marked(line: str, pattern: re.Pattern[str]) -> bool:
    """Say whether the marker stands outside a string literal, as far as one line can tell."""
    return any(not _in_literal(line[: match.start()]) for match in pattern.finditer(line))


def _in_literal(before: str) -> bool:
    """Say whether a quote is open at the end of `before`. A long line is given no benefit of the doubt."""
    if len(before) > _MOST_BEFORE:
        return False
    open_quote = ""
    escaped = False
    for char in before:
        if escaped:
            escaped = False
        elif open_quote and char == "\\":
            escaped = True
        elif open_quote:
            open_quote = "" if char == open_quote else open_quote
        elif char in "\"'`":
            open_quote = char
    return bool(open_quote)
