"""Packs read straight from their files, for who writes rules: no part of the product is needed."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from detection import tools
from detection.findings import Finding

_SHARED_KEYS = ("pattern-sources", "pattern-sanitizers", "pattern-propagators", "pattern-sinks")
_SEVERITY = {"error": "ERROR", "warning": "WARNING", "note": "INFO"}


@dataclass(frozen=True)
class PackRule:
    """One rule file: what the benchmark needs of it."""

    id: str
    pack: str
    cwe: tuple[int, ...]
    severity: str
    languages: tuple[str, ...]
    applies_to: tuple[str, ...]
    semgrep: dict[str, Any] | None
    bandit: tuple[str, ...]


def read_packs(folders: Iterable[Path], only: Sequence[str] = ()) -> tuple[list[PackRule], list[str]]:
    """Read the rules of the packs, and say which files cannot be read."""
    rules, broken = [], []
    for folder in folders:
        for path in sorted(folder.glob("*.yml")):
            if path.name == "pack.yml" or ".test." in path.name:
                continue
            try:
                rule = _rule(path)
            except (yaml.YAMLError, OSError, KeyError, TypeError, AttributeError) as error:
                broken.append(f"{path}: {error!r}"[:300])
                continue
            if not only or rule.id in only:
                rules.append(rule)
    return rules, broken


def _rule(path: Path) -> PackRule:
    document = yaml.safe_load(path.read_text())
    detect = document["detect"]
    body = detect.get("semgrep")
    tests = detect.get("bandit", ())
    return PackRule(
        id=document["id"],
        pack=path.parent.name,
        cwe=tuple(document.get("cwe", ())),
        severity=document.get("severity", "warning"),
        languages=tuple(document.get("languages", ())),
        applies_to=tuple(document.get("applies_to", ())),
        semgrep=None if body is None else _with_shared(body, document, path.parent / "shared"),
        bandit=(tests,) if isinstance(tests, str) else tuple(tests),
    )


def _with_shared(body: dict[str, Any], document: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Append the lists that the rule takes from its pack's `shared` folder."""
    body = dict(body)
    detect = document["detect"]
    names = document.get("shared") or detect.get("shared") or body.pop("shared", None) or ()
    body.pop("shared", None)
    for name in [names] if isinstance(names, str) else names:
        shared = yaml.safe_load((folder / f"{name}.yml").read_text())
        for key in _SHARED_KEYS:
            if shared.get(key):
                body[key] = [*body.get(key, ()), *shared[key]]
    return body


def scan(rules: Sequence[PackRule], tree: Path, files: Sequence[str], *, jobs: int = 2) -> tools.Answer:
    """Run the semgrep and bandit rules of packs over files, under the packs' own names and CWEs."""
    bodies = [body(rule) for rule in rules if rule.semgrep is not None]
    said = tools.semgrep(bodies, tree, files, jobs=jobs)
    owners = {test: rule for rule in rules for test in rule.bandit}
    by_bandit = tools.bandit(tree, files, sorted(owners)) if owners else tools.Answer(())
    renamed = [_owned(finding, owners[finding.rule]) for finding in by_bandit.findings]
    known = {rule.id: rule for rule in rules}
    kept = [
        finding
        for finding in (*said.findings, *renamed)
        if applies(known[finding.rule].applies_to, finding.path)
    ]
    return tools.Answer(tuple(sorted(kept)), (*said.complaints, *by_bandit.complaints))


def body(rule: PackRule) -> dict[str, Any]:
    """The rule as semgrep reads it, with its CWEs where `tools.semgrep` looks for them."""
    assert rule.semgrep is not None
    own = {
        "id": rule.id,
        "message": "-",
        "severity": _SEVERITY[rule.severity],
        "languages": list(rule.languages),
        "metadata": {"cwe": list(rule.cwe)},
    }
    return rule.semgrep | own


def _owned(finding: Finding, rule: PackRule) -> Finding:
    return Finding(finding.path, finding.line, finding.end, rule.id, rule.cwe, rule.severity)


def applies(patterns: Sequence[str], path: str) -> bool:
    """Say whether a rule is for this path."""
    return not patterns or any(_expression(pattern).fullmatch(path) for pattern in patterns)


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    pattern = pattern if "/" in pattern else f"**/{pattern}"
    written = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.removeprefix("/"))
    return re.compile("".join(written.get(part) or re.escape(part) for part in parts), re.DOTALL)
