"""The secret scanner: the detector of `domain.secret_kinds`, run over changed files in the sandbox.

The files go in over standard input, so nothing of the change touches a disk on the way. What comes
back is kinds and line numbers, read strictly; the characters of a secret do not come back.
"""

import json
import platform
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.sandboxing import Completed, Ended, Job, JobLimits, Sandbox
from reviewbot.domain.secret_kinds import KINDS
from reviewbot.errors import ScannerError
from reviewbot.scanners import secret_runner
from reviewbot.scanners.base import NORMALISER, Scan, Source, ToolResult

NAME = "secrets"
DETECTOR = "2"
"""Version of the detector: raise it whenever a format or a check changes, or the cache goes stale."""

_PACKAGE_FOLDER = Path(__file__).resolve().parents[1]
_BATCH_BYTES = 16_000_000
_BATCH_FILES = 2_000
_LONGEST_LINE = 1_000_000  # of the runner's answer, in bytes
_KINDS = frozenset(KINDS)
_LIMITS = JobLimits(wall_s=120.0, cpu_s=120, memory=1_000_000_000, processes=16, scratch=1_000_000)

_Match = tuple[str, int, int]
_Answer = list[_Match] | str  # matches, or why there are none


@dataclass(frozen=True, slots=True)
class SecretScanner:
    """Finds secrets in every text file: code, configuration, prose. Binary files are not its business."""

    limits: JobLimits = _LIMITS

    @property
    def name(self) -> str:
        """The reviewer's name in policy and coverage."""
        return NAME

    def wants(self, source: Source) -> bool:
        """Take every text, UTF-16 too, and links: a link's target is text."""
        return source.is_text

    def cache_key(self) -> str:
        """Name detector, interpreter, limits and normaliser."""
        parts = (
            NAME,
            DETECTOR,
            platform.python_version(),
            repr(self.limits),
            NORMALISER,
            str(secret_runner.MOST_MATCHES),
        )
        return "\0".join(parts)

    def scan(self, sources: Sequence[Source], sandbox: Sandbox) -> Scan:
        """Scan the sources in batches. A file whose batch failed is tried alone, then said to have failed."""
        results: set[ToolResult] = set()
        coverage: list[tuple[str, Coverage]] = []
        for batch in _batches(sources):
            for source, answer in zip(batch, self._ask(batch, sandbox), strict=True):
                if isinstance(answer, str):
                    coverage.append((source.path, Coverage(Read.FAILED, answer)))
                    continue
                coverage.append((source.path, DONE))
                results.update(
                    ToolResult(NAME, kind, source.path, first, last) for kind, first, last in answer
                )
        version = ToolVersion(NAME, DETECTOR, f"Python {platform.python_version()}")
        return Scan(version, tuple(sorted(results)), tuple(coverage))

    def _ask(self, batch: Sequence[Source], sandbox: Sandbox) -> list[_Answer]:
        """Run one job; if it breaks, halve the batch, so that one hostile file fails alone."""
        contents = [source.content for source in batch]
        with tempfile.TemporaryDirectory(prefix="reviewbot-secrets-") as empty:
            done = sandbox.run(_job(secret_runner.frame(contents), empty, self.limits))
        try:
            return _read(done, contents)
        except ScannerError as error:
            if len(batch) == 1:
                return [error.sentence]
        middle = len(batch) // 2
        return self._ask(batch[:middle], sandbox) + self._ask(batch[middle:], sandbox)


def _batches(sources: Sequence[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    size = 0
    for source in sources:
        if batch and (size + len(source.content) > _BATCH_BYTES or len(batch) == _BATCH_FILES):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += len(source.content)
    if batch:
        yield batch


def _job(stdin: bytes, tree: str, limits: JobLimits) -> Job:
    interpreter = Path(sys.executable).resolve()
    paths = sysconfig.get_paths()
    readable = {str(interpreter), paths["stdlib"], paths["platstdlib"], str(_PACKAGE_FOLDER)}
    library = sysconfig.get_config_var("LIBDIR")
    if library and sysconfig.get_config_var("Py_ENABLE_SHARED"):
        readable.add(str(library))
    runner = str(Path(secret_runner.__file__).resolve())
    argv = (str(interpreter), "-I", "-S", "-B", runner, str(_PACKAGE_FOLDER))
    return Job(argv, tree, readable=tuple(sorted(readable)), stdin=stdin, limits=limits)


def _read(done: Completed, contents: Sequence[bytes]) -> list[_Answer]:
    """Take the runner's answer apart. Raises `ScannerError` unless it is exactly what was agreed."""
    if done.ended is not Ended.EXITED or done.exit_code != 0:
        raise ScannerError(f"the secret detector did not finish: {done.ended.value}, exit {done.exit_code}")
    lines = done.stdout.split(b"\n")
    if lines.pop() != b"" or len(lines) != len(contents):
        raise ScannerError("the secret detector answered for another number of files than it was given")
    return [_matches(line, content) for line, content in zip(lines, contents, strict=True)]


def _matches(line: bytes, content: bytes) -> _Answer:
    if len(line) > _LONGEST_LINE:
        raise ScannerError("the secret detector's answer is longer than any it gives")
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ScannerError("the secret detector's answer is not JSON") from error
    if raw is None:
        return f"more than {secret_runner.MOST_MATCHES} secrets: too many to list"
    if not isinstance(raw, list) or len(raw) > secret_runner.MOST_MATCHES:
        raise ScannerError("the secret detector's answer is not a list of matches")
    most_lines = content.count(b"\n") + 1
    return [_match(item, most_lines) for item in raw]


def _match(item: object, most_lines: int) -> _Match:
    if isinstance(item, list) and len(item) == 3:
        kind, first, last = item
        typed = type(kind) is str and type(first) is int and type(last) is int
        if typed and kind in _KINDS and 1 <= first <= last <= most_lines:
            return kind, first, last
    raise ScannerError("the secret detector named a kind or a line that does not exist")
