"""The scanners as commands: semgrep through the front end that the product takes, bandit, and two for secrets."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detection.findings import Finding

SEMGREP_OPTIONS = (
    "--json", "--quiet", "--metrics=off", "--disable-version-check", "--disable-nosem", "--max-target-bytes=0",
    "--timeout=20", "--timeout-threshold=3",
)  # fmt: skip
BANDIT_OPTIONS = ("--format=json", "--quiet", "--ignore-nosec", "--exclude=//nothing//")
_CWE = re.compile(r"CWE-0*(\d+)", re.IGNORECASE)
_SEVERITY = {"ERROR": "error", "WARNING": "warning", "INFO": "note", "HIGH": "error", "MEDIUM": "warning", "LOW": "note"}  # fmt: skip


class ToolError(Exception):
    """A tool gave no answer."""


@dataclass(frozen=True)
class Answer:
    """What a tool found, and what it complains of: rules it cannot use, files it cannot read."""

    findings: tuple[Finding, ...]
    complaints: tuple[str, ...] = ()


def find(name: str) -> str:
    """The command of a scanner, looked for where the product does. Raises `ToolError`."""
    named = os.environ.get("REVIEWBOT_SCANNERS")
    folders = [f"{named}/bin"] if named else []
    folders += [f"{sys.prefix}/scanners/bin", f"{sys.prefix}/bin", os.environ.get("PATH", os.defpath)]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        raise ToolError(f"{name} was not found; name its folder in REVIEWBOT_SCANNERS")
    return found


def semgrep(rules: Sequence[dict[str, Any]], tree: Path, files: Sequence[str], *, jobs: int = 2) -> Answer:
    """Run semgrep's rules, each with its own `id` and `metadata.cwe`, over files of a tree."""
    if not rules or not files:
        return Answer(())
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        config = Path(folder) / "rules.json"
        config.write_text(json.dumps({"rules": list(rules)}))
        command = [find("semgrep"), "scan", "--experimental", f"--config={config}", f"--jobs={jobs}"]
        told = _told([*command, *SEMGREP_OPTIONS, "--", *files], tree, {0, 1, 2, 4, 7, 8})
    cwes = {rule["id"]: cwe_numbers(rule.get("metadata", {}).get("cwe", ())) for rule in rules}
    return Answer(
        tuple(sorted(_matched(result, cwes) for result in told["results"])),
        tuple(sorted({_complaint(error) for error in told["errors"]})),
    )


def unusable(rules: Sequence[dict[str, Any]]) -> int:
    """Count the rules that semgrep cannot parse."""
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        (Path(folder) / "empty.py").write_text("pass\n")
        said = semgrep(rules, Path(folder), ["empty.py"])
    return sum(complaint.startswith("Rule parse error") for complaint in said.complaints)


def _matched(result: dict[str, Any], cwes: dict[str, tuple[int, ...]]) -> Finding:
    rule = next(
        (rule for rule in (result["check_id"], result["check_id"].rpartition(".")[2]) if rule in cwes), ""
    )
    assert rule, result["check_id"]
    severity = _SEVERITY.get(result["extra"]["severity"], "note")
    return Finding(result["path"], result["start"]["line"], result["end"]["line"], rule, cwes[rule], severity)  # fmt: skip


def _complaint(error: dict[str, Any]) -> str:
    about = error.get("rule_id") or error.get("path") or ""
    lines = [line.strip() for line in str(error.get("message", "")).splitlines() if line.strip()]
    return f"{error.get('type')}: {about}: {' '.join(lines[:2])}"


def cwe_numbers(told: Any) -> tuple[int, ...]:
    """Read CWEs in any of the ways that rule authors write them."""
    items = told if isinstance(told, list | tuple) else [told]
    found = (item if isinstance(item, int) else next(iter(_CWE.findall(str(item))), 0) for item in items)
    return tuple(sorted({int(number) for number in found if int(number)}))


def bandit(tree: Path, files: Iterable[str], tests: Sequence[str] = ()) -> Answer:
    """Run bandit over the Python files: these tests, or all of them."""
    python = [name for name in files if name.endswith((".py", ".pyi"))]
    if not python:
        return Answer(())
    with tempfile.NamedTemporaryFile("w", suffix=".ini") as settings:
        settings.write("[bandit]\n")
        settings.flush()
        command = [find("bandit"), *BANDIT_OPTIONS, f"--ini={settings.name}"]
        command += [f"--tests={','.join(sorted(tests))}"] if tests else []
        told = _told([*command, "--", *python], tree, {0, 1})
    found = (
        Finding(
            result["filename"].removeprefix("./"),
            result["line_number"],
            max(result["line_range"], default=result["line_number"]),
            result["test_id"],
            tuple(number for number in [result.get("issue_cwe", {}).get("id")] if number),
            _SEVERITY.get(result["issue_severity"], "note"),
        )
        for result in told["results"]
    )
    return Answer(
        tuple(sorted(found)), tuple(f"{one['filename']}: {one['reason']}" for one in told["errors"])
    )


def detect_secrets(command: str, tree: Path) -> Answer:
    """Run detect-secrets over a whole folder, with what it does by itself."""
    told = _told([command, "scan", "--all-files", "."], tree, {0})
    found = (
        Finding(path.removeprefix("./"), one["line_number"], one["line_number"], one["type"], (798,))
        for path, secrets in told["results"].items()
        for one in secrets
    )
    return Answer(tuple(sorted(found)))


def gitleaks(command: str, tree: Path) -> Answer:
    """Run gitleaks over a whole folder, not its history."""
    with tempfile.TemporaryDirectory(prefix="detection-") as folder:
        report = Path(folder) / "report.csv"
        argv = [
            command, "dir", "--no-banner", "--exit-code=0", "--report-format=csv", f"--report-path={report}", "--log-level=error",
            "--ignore-gitleaks-allow", ".",
        ]  # fmt: skip
        done = subprocess.run(argv, check=False, cwd=tree, capture_output=True)
        if done.returncode:
            raise ToolError(f"gitleaks: {done.stderr.decode(errors='replace')[-500:]}")
        rows = list(csv.DictReader(io.StringIO(report.read_text()))) if report.exists() else []
    return Answer(
        tuple(
            sorted(
                Finding(row["File"].removeprefix("./"), int(row["StartLine"]), int(row["EndLine"]), row["RuleID"], (798,))
                for row in rows
            )
        )
    )  # fmt: skip


def _told(argv: Sequence[str], tree: Path, accepted: set[int]) -> dict[str, Any]:
    """The JSON that a command prints. Raises `ToolError`."""
    done = subprocess.run(argv, check=False, cwd=tree, capture_output=True)
    if done.returncode not in accepted:
        name = Path(argv[0]).name
        raise ToolError(f"{name} ended with {done.returncode}: {done.stderr.decode(errors='replace')[-500:]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
