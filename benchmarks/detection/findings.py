"""What a tool says about a file, and when two weaknesses count as the same."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FAMILIES = Path(__file__).with_name("families.json")


@dataclass(frozen=True, order=True)
class Finding:
    """One finding. `path` is relative to the scanned folder; `cwe` what the tool itself maps it to.

    `catalogued` is false for what a pack of ours does not take over, which is only listed.
    """

    path: str
    line: int
    end: int
    rule: str
    cwe: tuple[int, ...] = ()
    severity: str = ""
    catalogued: bool = True


@cache
def family(cwe: int) -> int:
    """The weakness that stands for a whole family; one that no family lists stands for itself."""
    return _leaders().get(cwe, cwe)


@cache
def _leaders() -> dict[int, int]:
    families: list[list[int]] = json.loads(FAMILIES.read_text())["families"]
    return {cwe: members[0] for members in families for cwe in members}


def hits(finding: Finding, cwe: int) -> bool:
    """Say whether a finding is about this weakness or its family."""
    return family(cwe) in {family(own) for own in finding.cwe}


def by_file(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """The findings of each file."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.path, []).append(finding)
    return found
