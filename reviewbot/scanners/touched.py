"""Files that may not change unnoticed: CI definitions, code owners, the bot's own policy.

A rule with `detect: {touch: any}` makes a finding of every changed file under its `applies_to`, whatever
was changed: content, mode, name, or that it is there at all. It needs no scanner, so no limit and no
exclusion keeps it from speaking. The base does not excuse it: the change itself is what it is about.
"""

from collections.abc import Iterator

from reviewbot.domain.change import Change, FileDiff, ReadBlob
from reviewbot.domain.finding import Finding, Span
from reviewbot.domain.fingerprint import fingerprint
from reviewbot.domain.globs import first_match
from reviewbot.domain.rule import Rule, RuleSet
from reviewbot.errors import UsageError

NAME = "touched"
"""What such a finding names as its source."""


def findings(change: Change, read: ReadBlob, rules: RuleSet) -> Iterator[Finding]:
    """Give one finding for each file and rule, on the first added line, or on line 1 without a quote."""
    for file in change.files:
        for rule in rules.touch:
            if any(first_match(rule.applies_to, path) is not None for path in _names(file)):
                yield _finding(rule, file, read)


def _names(file: FileDiff) -> set[str]:
    return {version.path for version in (file.old, file.new) if version is not None}


def _finding(rule: Rule, file: FileDiff, read: ReadBlob) -> Finding:
    line = next((number for number, _ in file.added_lines()), 1)
    return Finding(
        rule=rule.id, sources=(NAME,), severity=rule.severity, confidence=rule.confidence, cwe=rule.cwe,
        span=Span(file.path, line, line), title=rule.title, reason=rule.why, quote=_quote(file, line, read),
        # Not of the line: whichever is changed first, it stays the same remark.
        fingerprint=fingerprint(rule.id, file.path, "", 0),
    )  # fmt: skip


def _quote(file: FileDiff, line: int, read: ReadBlob) -> str:
    if file.new is None or not file.new.is_regular:
        return ""
    try:
        lines = read(file.new.oid).split(b"\n")
    except UsageError:
        return ""  # too large to be read; its reviewers say so
    return lines[line - 1].decode("utf-8", "surrogateescape") if line <= len(lines) else ""
