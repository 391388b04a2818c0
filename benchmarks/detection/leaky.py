"""Planted secrets: a folder of configuration files, and how many lines of each hold one.

The truth names numbers of lines and not which lines, so, as the set's own script does it, what is found in a file counts
up to its number, and what goes beyond, or is found in a file without any, is false.
"""

import csv
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from detection.findings import Finding, by_file
from detection.sets import opened

META = ".leaky-meta"
Truth = dict[str, tuple[int, int]]
"""Per file: lines that are a risk, and lines that only inform."""


@dataclass(frozen=True)
class Leaks:
    """What one tool found."""

    files: int
    of_files: int
    risks: int
    of_risks: int
    all: int
    of_all: int
    false: int


def unpacked(place: Path, into: Path) -> tuple[Path, Truth]:
    """Copy the set without what it says of itself, and read its truth."""
    with opened(place) as folder:
        rows = _rows((folder / META / "secrets.csv").read_text().splitlines())
        shutil.rmtree(into, ignore_errors=True)
        shutil.copytree(folder, into, ignore=shutil.ignore_patterns(META, ".git"), symlinks=True)
    return into, rows


def _rows(lines: Iterable[str]) -> Truth:
    wanted = (line for line in lines if line.strip() and not line.startswith("#"))
    return {row[0]: (int(row[1]), int(row[2])) for row in csv.reader(wanted)}


def count(truth: Truth, findings: Iterable[Finding]) -> Leaks:
    """Count lines: several findings on one are one."""
    found = {path: len({one.line for one in own}) for path, own in by_file(findings).items()}
    risky = {path: risk for path, (risk, _) in truth.items() if risk}
    expected = {path: sum(both) for path, both in truth.items()}
    return Leaks(
        files=sum(path in found for path in risky),
        of_files=len(risky),
        risks=sum(min(found.get(path, 0), risk) for path, risk in risky.items()),
        of_risks=sum(risky.values()),
        all=sum(min(found.get(path, 0), number) for path, number in expected.items()),
        of_all=sum(expected.values()),
        false=sum(max(0, number - expected.get(path, 0)) for path, number in found.items()),
    )
