"""bandit on the Python files: explicit targets, `nosec` and every configuration off."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reviewbot.domain.change import SYMLINK
from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.sandboxing import Job, JobLimits, Sandbox
from reviewbot.errors import ScannerError
from reviewbot.scanners import jobs, languages, strict_json, tree
from reviewbot.scanners.base import NORMALISER, Executable, Scan, Source, ToolResult
from reviewbot.scanners.lines import Lines, python_line_starts
from reviewbot.scanners.strict_json import UnreadableError, get, objects
from reviewbot.scanners.tree import Tree

NAME = "bandit"
_OPTIONS = (
    "--format=json",
    "--quiet",
    "--ignore-nosec",
    "--ini={in}/bandit.ini",
    # Replaces the default list, which leaves out .git, .tox, *.egg and more even where they are named.
    "--exclude=//nothing//",
)
_SETTINGS = b"[bandit]\n"
_REASONS = {
    "syntax error while parsing AST from file": "it could not be parsed",
    "exception while scanning file": "bandit crashed on it",
}
_TEST_ID = re.compile(r"B[0-9]{3}")


@dataclass(frozen=True, slots=True)
class BanditScanner:
    """Runs the tests of bandit that the catalogue takes over, or all of them if it takes over none.

    Most of the others announce an import or a harmless call; what a security team wants to be told, it
    has put in words of its own.
    """

    executable: Executable
    limits: JobLimits
    tests: tuple[str, ...] = ()

    @property
    def _options(self) -> tuple[str, ...]:
        return (*_OPTIONS, f"--tests={','.join(sorted(self.tests))}") if self.tests else _OPTIONS

    @property
    def name(self) -> str:
        """The reviewer's name."""
        return NAME

    def wants(self, source: Source) -> bool:
        """Want Python."""
        return source.mode != SYMLINK and languages.is_python(source.path, source.content)

    def cache_key(self) -> str:
        """Name bandit's version, its interpreter, which decides the syntax it knows, and the options."""
        self._check_installed()
        return "\0".join((NAME, NORMALISER, self.executable.identity, *self._options, repr(self.limits)))

    def scan(self, sources: Sequence[Source], sandbox: Sandbox) -> Scan:
        """Scan. Raises `ScannerError` if bandit fails, or says what cannot be read."""
        self._check_installed()
        results: list[ToolResult] = []
        said: dict[str, Coverage] = {}
        with tree.planted(sources) as planted:
            settings = planted.inputs / "bandit.ini"
            settings.write_bytes(_SETTINGS)
            tree.readable(settings)
            found = {
                planted.places[source.path]: _File(
                    source.path, Lines(source.content), python_line_starts(source.content)
                )
                for source in sources
            }
            for targets in jobs.chunks(sorted(found)):
                try:
                    answer = strict_json.parse(self._run(targets, planted, sandbox))
                    said |= _coverage(answer)
                    for result in objects(answer, "results"):
                        place, read = _result(result, found)
                        if read is None:
                            said[place] = Coverage(Read.FAILED, "bandit reports a line that it does not have")
                        else:
                            results.append(read)
                except UnreadableError as error:
                    raise ScannerError(f"bandit's answer cannot be read: {error}") from error
        unread = Coverage(Read.FAILED, "bandit did not look at it")
        coverage = tuple((source.path, said.get(planted.places[source.path], unread)) for source in sources)
        return Scan(ToolVersion(NAME, self.executable.version), tuple(sorted(results)), coverage)

    def _run(self, targets: list[str], planted: Tree, sandbox: Sandbox) -> bytes:
        job = Job(
            argv=(*self.executable.command, *self._options, "--", *targets),
            tree=str(planted.root),
            readable=self.executable.readable,
            inputs={"bandit.ini": str(planted.inputs / "bandit.ini")},
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            limits=self.limits,
        )
        return jobs.run(NAME, job, sandbox, frozenset({0, 1})).stdout

    def _check_installed(self) -> None:
        if not self.executable.command:
            raise ScannerError(self.executable.missing, hint=self.executable.hint)


def _coverage(answer: dict[str, Any]) -> dict[str, Coverage]:
    """Bandit counts the lines of each file that it opened, and lists the ones it failed on."""
    said = {_plain(place): DONE for place in get(answer, "metrics", dict)}
    for error in objects(answer, "errors"):
        reason = _REASONS.get(get(error, "reason", str), "bandit reported an error on it")
        said[_plain(get(error, "filename", str))] = Coverage(Read.FAILED, reason)
    return said


def _plain(place: str) -> str:
    return place.removeprefix("./")


@dataclass(frozen=True, slots=True)
class _File:
    """A source with its lines as we count them and as Python does."""

    path: str
    lines: Lines
    python_starts: list[int]


def _result(result: dict[str, Any], found: dict[str, _File]) -> tuple[str, ToolResult | None]:
    """Read one result with its place; None for lines that the file does not have."""
    place = _plain(get(result, "filename", str))
    test = get(result, "test_id", str)
    if place not in found or not _TEST_ID.fullmatch(test):
        raise UnreadableError("a result for a file or test that it was not given")
    file = found[place]
    lines = [line for line in get(result, "line_range", list) if isinstance(line, int)]
    lines = lines or [get(result, "line_number", int)]
    if not 1 <= min(lines) <= max(lines) <= len(file.python_starts):
        return place, None
    first, last = (file.lines.number(file.python_starts[line - 1]) for line in (min(lines), max(lines)))
    return place, ToolResult(NAME, test, file.path, first, last)
