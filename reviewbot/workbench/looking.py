"""Letting the real scanners look at texts, each as a file that a change adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from reviewbot.domain.coverage import Read
from reviewbot.domain.finding import Finding
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Progress
from reviewbot.domain.rule import Rule, RuleSet, SemgrepDetector, ToolDetector
from reviewbot.domain.sandboxing import Sandbox
from reviewbot.scanners.base import Scanner
from reviewbot.scanners.run import ScanReport, scan_change
from reviewbot.store.cache import NoCache
from reviewbot.workbench.imagined import imagine


def scanner_of(rule: Rule) -> str:
    """Name the scanner that detects a rule; "" for what a model or the diff itself shows."""
    if isinstance(rule.detector, ToolDetector):
        return rule.detector.tool
    return "semgrep" if isinstance(rule.detector, SemgrepDetector) else ""


@dataclass(frozen=True, slots=True)
class Tools:
    """The scanners of a rule set and the sandbox that they run in."""

    scanners: tuple[Scanner, ...]
    sandbox: Sandbox

    def needed(self, rules: RuleSet) -> tuple[Scanner, ...]:
        """Give the scanners that some rule needs; raises `ScannerError` for one that is not installed."""
        names = {scanner_of(rule) for rule in rules.rules}
        needed = tuple(scanner for scanner in self.scanners if scanner.name in names)
        for scanner in needed:
            scanner.cache_key()
        return needed


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in one text, and what could not look at it: (scanner, reason)."""

    findings: tuple[Finding, ...]
    failures: tuple[tuple[str, str], ...]

    def why_unread(self, rule: Rule) -> str:
        """Say why the rule's own scanner could not look at the text; "" if it could."""
        own = scanner_of(rule)
        return "; ".join(
            sorted({f"{scanner}: {reason}" for scanner, reason in self.failures if scanner == own})
        )


def look(
    texts: Sequence[tuple[str, bytes]], rules: RuleSet, policy: Policy, tools: Tools, progress: Progress
) -> list[Seen]:
    """Look at texts under their paths, in as few runs as possible: texts of one path go into different runs.

    Raises `PolicyError` for a rule that its scanner cannot use, `ScannerError` for a missing scanner.
    """
    plain = replace(policy, exclude=())
    needed = replace(tools, scanners=tools.needed(rules))
    rounds: list[dict[str, bytes]] = []
    placed: list[tuple[int, str]] = []
    for path, content in texts:
        number = next((n for n, files in enumerate(rounds) if files.get(path, content) == content), None)
        if number is None:
            rounds.append({})
            number = len(rounds) - 1
        rounds[number][path] = content
        placed.append((number, path))
    reports = [_parted(scan(files, rules, plain, needed, progress)) for files in rounds]
    return [reports[number].get(path, Seen((), ())) for number, path in placed]


def scan(
    files: Mapping[str, bytes], rules: RuleSet, policy: Policy, tools: Tools, progress: Progress
) -> ScanReport:
    """Scan files as a change that adds them all."""
    made = imagine(files)
    return scan_change(
        made.change, made.read, rules=rules, policy=policy, scanners=tools.scanners,
        sandbox=tools.sandbox, cache=NoCache(), progress=progress,
    )  # fmt: skip


def _parted(report: ScanReport) -> dict[str, Seen]:
    findings: dict[str, list[Finding]] = {}
    failures: dict[str, list[tuple[str, str]]] = {}
    for finding in report.new:
        findings.setdefault(finding.span.path, []).append(finding)
    for scanner, path, coverage in report.coverage:
        if coverage.state is Read.FAILED:
            failures.setdefault(path, []).append((scanner, coverage.reason))
    return {
        path: Seen(tuple(findings.get(path, ())), tuple(failures.get(path, ())))
        for path in {*findings, *failures}
    }
