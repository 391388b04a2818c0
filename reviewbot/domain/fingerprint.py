"""Identity of a finding: the same for the same remark, wherever later pushes move it."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from reviewbot.domain.finding import Finding

LENGTH = 16
"""Hexadecimal digits of a fingerprint."""


def normalised(text: str) -> str:
    """Give the text with runs of white space folded, so that re-indenting keeps the identity."""
    return " ".join(text.split())


def fingerprint(rule: str, path: str, text: str, occurrence: int) -> str:
    """Digest chosen fields, never a line number.

    `occurrence` counts from 0 the same text under the same rule in the same file, top to
    bottom, so that two equal lines stay two findings.
    """
    key = "\0".join(("1", rule, path, normalised(text), str(occurrence)))
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:LENGTH]


def with_fingerprints(
    findings: Iterable[Finding], *, moved: dict[str, str] | None = None
) -> tuple[Finding, ...]:
    """Number equal findings from top to bottom and give each its fingerprint, sorted by place.

    `moved` maps a path to the one to use in the fingerprint (old -> new for renames), so that
    base and head findings of a renamed file compare equal.
    """
    seen: dict[tuple[str, str, str, str], int] = {}
    named: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (f.span, f.rule, f.quote)):
        path = (moved or {}).get(finding.span.path, finding.span.path)
        key = (finding.rule, path, normalised(finding.quote), finding.commit or "")
        occurrence = seen.get(key, 0)
        seen[key] = occurrence + 1
        named.append(replace(finding, fingerprint=fingerprint(finding.rule, path, finding.quote, occurrence)))
    return tuple(named)
