"""semgrep on our rules: one configuration, explicit targets, suppressions off, offline.

The `--experimental` front end is taken, because it is several times faster with the same results
(`benchmarks/semgrep_parity.py`); where it fails or answers nonsense, the default one runs instead
and the tool's `detail` says so. Which rules apply to which paths is decided by us afterwards, on
the real path (see `catalogue`): in the tree some files go by other names.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from reviewbot.domain.change import SYMLINK, FileClass
from reviewbot.domain.coverage import DONE, Coverage, Read
from reviewbot.domain.finding import Fix
from reviewbot.domain.paths import quoted
from reviewbot.domain.review import ToolVersion
from reviewbot.domain.rule import Rule
from reviewbot.domain.sandboxing import Job, JobLimits, Sandbox
from reviewbot.errors import PolicyError, ScannerError
from reviewbot.scanners import jobs, languages, semgrep_answer, text, tree
from reviewbot.scanners.base import NORMALISER, Executable, Scan, Source, ToolResult
from reviewbot.scanners.lines import Lines
from reviewbot.scanners.semgrep_answer import Answer, Match
from reviewbot.scanners.semgrep_rules import Reach, configuration, reaches
from reviewbot.scanners.strict_json import UnreadableError
from reviewbot.scanners.tree import Tree

NAME = "semgrep"
SECONDS_PER_RULE = 20
"""After this long one rule on one file is given up, and the file counts as failed."""
_OPTIONS = (
    "--config={in}/rules.json",
    "--json",
    "--quiet",
    "--metrics=off",
    "--disable-version-check",
    "--disable-nosem",
    "--max-target-bytes=0",
    f"--timeout={SECONDS_PER_RULE}",
    "--timeout-threshold=3",
)
_ACCEPTED = frozenset({0, 1, 2, 4, 7, 8})  # from 2 on there are errors, and the answer names them


@dataclass(frozen=True)
class SemgrepScanner:
    """Runs the rules on the files they are for. `core` is tried first, then `launcher`."""

    core: Executable
    launcher: Executable
    rules: tuple[Rule, ...]
    limits: JobLimits

    @property
    def name(self) -> str:
        """The reviewer's name."""
        return NAME

    def wants(self, source: Source) -> bool:
        """Want a regular file that some rule is for, by language and path."""
        if source.mode == SYMLINK:
            return False
        known = languages.kind(source.path, source.content)
        is_text = source.file_class is not FileClass.BINARY
        return any(
            (known in reach.extensions if reach.extensions else is_text) and reach.covers(source.path)
            for reach in self._reach
        )

    @cached_property
    def _reach(self) -> tuple[Reach, ...]:
        return reaches(self.rules)

    @cached_property
    def _configuration(self) -> bytes:
        return configuration(self.rules)

    def cache_key(self) -> str:
        """Name version, options and rules; how many threads ran decides nothing."""
        _installed(self.launcher if self.launcher.command else self.core)
        digest = sha256(self._configuration).hexdigest()
        parts = (NAME, NORMALISER, self.launcher.identity, self.core.identity, *_OPTIONS, digest)
        return "\0".join((*parts, repr(self.limits)))

    def scan(self, sources: Sequence[Source], sandbox: Sandbox) -> Scan:
        """Scan in as few runs as the command line allows. Raises `PolicyError` for a rule that semgrep
        cannot use, `ScannerError` if neither front end gives an answer.
        """
        with tree.planted(sources, _suffix) as planted:
            self._lay_out(planted)
            answers = list(self._answers(planted, sandbox))
        hit = {match.place for answer, _ in answers for match in answer.matches}
        found = {
            place: Lines(source.content)
            for source in sources
            if (place := planted.places[source.path]) in hit
        }
        paths = planted.found()
        results = [
            self._result(match, paths[match.place], found[match.place])
            for answer, _ in answers
            for match in answer.matches
        ]
        coverage = [
            (source.path, _coverage(source, planted.places[source.path], answers)) for source in sources
        ]
        versions = {answer.version for answer, _ in answers}
        details = {detail for _, detail in answers}
        tool = ToolVersion(NAME, ", ".join(sorted(versions)), ", ".join(sorted(details)))
        return Scan(tool, tuple(sorted(results)), tuple(coverage))

    def _lay_out(self, planted: Tree) -> None:
        rules = planted.inputs / "rules.json"
        rules.write_bytes(self._configuration)
        tree.readable(rules)
        binaries = planted.inputs / "bin"
        binaries.mkdir()
        tree.folder(binaries)
        if self.core.command:
            # Called by this name, semgrep's binary is the whole command line program.
            (binaries / "osemgrep").symlink_to(self.core.command[0])

    def _answers(self, planted: Tree, sandbox: Sandbox) -> Iterator[tuple[Answer, str]]:
        fronts = self._fronts()
        for targets in jobs.chunks(sorted(planted.places.values())):
            while True:
                argv, executable, detail = fronts[0]
                try:
                    yield self._ask((*argv, "--", *targets), executable, planted, sandbox), detail
                    break
                except jobs.ExhaustedError:
                    raise
                except ScannerError:
                    fronts = fronts[1:]
                    if not fronts:
                        raise

    def _fronts(self) -> list[tuple[tuple[str, ...], Executable, str]]:
        threads = f"--jobs={jobs.free_cores()}"
        fronts: list[tuple[tuple[str, ...], Executable, str]] = []
        fast = ("scan", "--experimental", *_OPTIONS, threads)
        if self.core.command:
            fronts.append((("{in}/bin/osemgrep", *fast), self.core, "experimental front end"))
        elif self.launcher.command:
            fronts.append(((*self.launcher.command, *fast), self.launcher, "experimental front end"))
        if self.launcher.command:
            slow = (*self.launcher.command, "scan", *_OPTIONS, threads)
            fronts.append((slow, self.launcher, "default front end"))
        if not fronts:
            _installed(self.launcher)
        return fronts

    def _ask(self, argv: tuple[str, ...], executable: Executable, planted: Tree, sandbox: Sandbox) -> Answer:
        job = Job(
            argv=argv,
            tree=str(planted.root),
            readable=executable.readable,
            inputs={"rules.json": str(planted.inputs / "rules.json"), "bin": str(planted.inputs / "bin")},
            env=_environment(executable),
            limits=self.limits,
        )
        completed = jobs.run(NAME, job, sandbox, _ACCEPTED)
        try:
            answer = semgrep_answer.read(completed.stdout)
        except UnreadableError as error:
            raise ScannerError(f"semgrep's answer cannot be read: {error}") from error
        if answer.broken_rules:
            raise self._refusal(answer.broken_rules)
        strays = {match.place for match in answer.matches} | set(answer.failed)
        if answer.run_errors or strays - set(planted.places.values()):
            raise ScannerError("semgrep reported an error that concerns no single file")
        if completed.exit_code > 1 and not answer.failed:
            raise ScannerError(f"semgrep failed with exit code {completed.exit_code} and no reason")
        return answer

    def _refusal(self, broken: Sequence[str]) -> PolicyError:
        names = {f"r{number}": rule for number, rule in enumerate(self.rules)}
        refused = sorted({rule.id for name in broken if (rule := names.get(name))})
        if not refused:
            return PolicyError("semgrep cannot use the rules as they are, and does not say which")
        packs = sorted({rule.pack for rule in names.values() if rule.id in refused})
        return PolicyError(
            f"semgrep cannot use the rule {', '.join(refused)}",
            hint=f"correct detect.semgrep in pack {', '.join(packs)}, or take the rule out",
        )

    def _result(self, match: Match, path: str, lines: Lines) -> ToolResult:
        shift = len(tree.MARK) if lines.content.startswith(tree.MARK) else 0
        start, end = match.start + shift, match.end + shift
        number = match.rule.removeprefix("r")
        if not (number.isdecimal() and int(number) < len(self.rules)):
            raise ScannerError("semgrep reports a rule that it was not given")
        if end > len(lines.content):
            raise ScannerError(f"semgrep reports a place that {quoted(path)} does not have")
        rule = self.rules[int(number)]
        first, last = lines.number(start), lines.number(max(start, end - 1))
        fix = None
        if match.fix is not None:
            there = (lines.number(end), lines.column(end))
            fix = Fix(first, lines.column(start), *there, match.fix, rule.fix_safe)
        return ToolResult(NAME, rule.id, path, first, last, fix)


def _suffix(source: Source) -> str | None:
    """Give the extension that semgrep needs to see, where the file's own name does not show it."""
    known = languages.kind(source.path, source.content)
    if known is None or (source.path.endswith(known) and not _passed_over(source.path, known)):
        return None
    return known


def _passed_over(path: str, known: str) -> bool:
    """Say whether semgrep leaves a file out by its name: TypeScript's declarations, and minified scripts."""
    return path.endswith((f".d{known}", f".min{known}"))


def _installed(executable: Executable) -> None:
    if not executable.command:
        raise ScannerError(executable.missing, hint=executable.hint)


def _environment(executable: Executable) -> dict[str, str]:
    environment = {
        "SEMGREP_SEND_METRICS": "off",
        "SEMGREP_ENABLE_VERSION_CHECK": "0",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    bundles = [path for path in executable.readable if path.endswith("/cacert.pem")]
    return environment | ({"SSL_CERT_FILE": bundles[0]} if bundles else {})


def _coverage(source: Source, place: str, answers: Sequence[tuple[Answer, str]]) -> Coverage:
    for answer, _ in answers:
        if place in answer.failed:
            return answer.failed[place]
    if any(place in answer.scanned for answer, _ in answers):
        hidden = text.why_hidden(source.path, source.content)
        return Coverage(Read.FAILED, hidden) if hidden else DONE
    return Coverage(Read.FAILED, "semgrep did not look at it")
