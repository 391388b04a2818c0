"""Any tool that writes SARIF 2.1.0, declared by the operator, under the same treatment as ours.

It runs in the sandbox on the fresh tree that holds the changed files it is declared for, each
looked at by itself: results are remembered per file. The tree cannot be written; a tool that
writes a file writes it under `{scratch}`, and `output` names it there. From the answer only rule
names, files and lines are taken. Source: OASIS SARIF 2.1.0, sections 3.4, 3.14, 3.20, 3.27-3.30.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewbot.domain.change import SYMLINK
from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.globs import first_match
from reviewbot.domain.policy import SarifTool
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.sandboxing import Job, JobLimits, Sandbox
from reviewbot.errors import ScannerError
from reviewbot.scanners import jobs, sarif_answer, tree
from reviewbot.scanners.base import NORMALISER, Executable, Scan, Source, ToolResult
from reviewbot.scanners.sarif_answer import Log
from reviewbot.scanners.strict_json import UnreadableError
from reviewbot.scanners.tree import Tree


@dataclass(frozen=True, slots=True)
class SarifScanner:
    """Runs one declared tool. Any exit code will do, if the answer accounts for it."""

    tool: SarifTool
    executable: Executable
    limits: JobLimits

    @property
    def name(self) -> str:
        """The reviewer's name: the one that the operator gave."""
        return self.tool.name

    def wants(self, source: Source) -> bool:
        """Want what the operator's patterns match."""
        return source.mode != SYMLINK and first_match(self.tool.files, source.path) is not None

    def cache_key(self) -> str:
        """Name the executable as it is now, the command and the limits."""
        self._check_installed()
        output = self.tool.output or ""
        parts = ("sarif", NORMALISER, self.name, self.executable.identity, output, *self.tool.command)
        return "\0".join((*parts, repr(self.limits)))

    def scan(self, sources: Sequence[Source], sandbox: Sandbox) -> Scan:
        """Scan. Raises `ScannerError` if the tool fails or its answer is not SARIF 2.1.0."""
        self._check_installed()
        with tree.planted(sources) as planted:
            log = self._run(planted, sandbox)
        return self._settled(log, sources, planted.found())

    def _check_installed(self) -> None:
        if not self.executable.command:
            raise ScannerError(self.executable.missing, hint=self.executable.hint)

    def _run(self, planted: Tree, sandbox: Sandbox) -> Log:
        job = Job(
            argv=(*self.executable.command, *self.tool.command[1:]),
            tree=str(planted.root),
            readable=self.executable.readable,
            outputs=(self.tool.output,) if self.tool.output else (),
            limits=self.limits,
        )
        completed = jobs.run(self.name, job, sandbox, frozenset(range(126)))
        raw = completed.outputs.get(self.tool.output) if self.tool.output else completed.stdout
        if raw is None:
            raise ScannerError(
                f"{self.name} did not write {self.tool.output}",
                hint="let its command write there: {scratch}/" + str(self.tool.output),
            )
        try:
            log = sarif_answer.read(raw, roots=("/src", str(planted.root)))
        except UnreadableError as error:
            raise ScannerError(f"{self.name}'s answer is not SARIF 2.1.0: {error}") from error
        if log.failed or (completed.exit_code != 0 and not log.results):
            raise ScannerError(f"{self.name} says that it failed (exit code {completed.exit_code})")
        return log

    def _settled(self, log: Log, sources: Sequence[Source], found: Mapping[str, str]) -> Scan:
        """Keep what lies in the tree; what does not makes the coverage say so."""
        lengths = {source.path: _line_count(source.content) for source in sources}
        failed = {
            found[place]: Coverage(Read.FAILED, f"{self.name} reported an error on it")
            for place in log.failed_places
            if place in found
        }
        results: set[ToolResult] = set()
        astray: Counter[str] = Counter()
        for result in log.results:
            path = found.get(result.place)
            if path is None:
                astray["file"] += 1
            elif not 1 <= result.first <= result.last <= lengths[path]:
                astray["line"] += 1
                failed[path] = Coverage(Read.FAILED, f"{self.name} reports a line that it does not have")
            else:
                results.add(ToolResult(self.name, result.rule, path, result.first, result.last))
        otherwise = DONE
        notes = []
        if astray["file"]:
            reason = f"{self.name} reports files that it was not given"
            otherwise = Coverage(Read.FAILED, reason)
            notes.append(f"{reason}: {astray['file']} results were not used")
        if astray["line"]:
            reason = f"{self.name} reports lines that a file does not have"
            notes.append(f"{reason}: {astray['line']} results were not used")
        coverage = tuple((source.path, failed.get(source.path, otherwise)) for source in sources)
        version = ToolVersion(self.name, log.version or self.executable.version)
        return Scan(version, tuple(sorted(results)), coverage, tuple(notes))


def _line_count(content: bytes) -> int:
    return max(1, content.count(b"\n") + (not content.endswith(b"\n")))
