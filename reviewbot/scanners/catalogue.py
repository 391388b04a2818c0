"""From a tool's result to a finding in our own words.

A tool says where and by which of its rules; title, reason, severity, confidence and CWE are the
catalogue's. What the catalogue does not know stays visible as a note under the tool's own rule
name. A tool's free text is never used: it may quote the change, and so be written by its author.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from reviewbot.domain.finding import Confidence, Finding, Severity, Span
from reviewbot.domain.fingerprint import normalised
from reviewbot.domain.globs import first_match
from reviewbot.domain.rule import Rule, RuleSet
from reviewbot.scanners import semgrep
from reviewbot.scanners.base import ToolResult

QUOTED_LINES = 20
"""A quote is cut after this many lines; what is compared with the base is not."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding with the whole normalised text of its lines."""

    finding: Finding
    text: str


def findings(results: Iterable[ToolResult], content: bytes, rules: RuleSet) -> tuple[Placed, ...]:
    """Give the findings of one file version in order; the same rule says the same lines once.

    A rule of the catalogue counts only for paths that it applies to.
    """
    lines = content.split(b"\n")
    found: dict[tuple[Span, str, str], Placed] = {}
    for result in sorted(results, key=_order):
        rule = _rule_for(result, rules)
        if rule and rule.applies_to and first_match(rule.applies_to, result.path) is None:
            continue
        text = b"\n".join(lines[result.first - 1 : result.last]).decode("utf-8", "surrogateescape")
        finding = _catalogued(result, rule, text) if rule else _uncatalogued(result, text)
        key = (finding.span, finding.rule, finding.commit or "")
        found.setdefault(key, Placed(finding, normalised(text)))
    return tuple(found.values())


def _order(result: ToolResult) -> tuple[str, int, int, str, str, int, int]:
    fix = result.fix
    columns = (fix.first_column, fix.last_column) if fix else (0, 0)
    return (result.path, result.first, result.last, result.tool, result.tool_rule, *columns)


def _rule_for(result: ToolResult, rules: RuleSet) -> Rule | None:
    if result.tool == semgrep.NAME:
        return rules.find(result.tool_rule)
    return rules.for_tool(result.tool, result.tool_rule)


def _catalogued(result: ToolResult, rule: Rule, text: str) -> Finding:
    return Finding(
        rule=rule.id,
        sources=(result.tool,),
        severity=rule.severity,
        confidence=rule.confidence,
        cwe=rule.cwe,
        span=Span(result.path, result.first, result.last),
        title=rule.title,
        reason=rule.why,
        quote=_cut(text),
        commit=result.commit,
        fix=result.fix,
    )


def _uncatalogued(result: ToolResult, text: str) -> Finding:
    sentence = f"{result.tool} reports {result.tool_rule}; it is not in the organisation's catalogue"
    return Finding(
        rule=f"{result.tool}/{result.tool_rule}",
        sources=(result.tool,),
        severity=Severity.NOTE,
        confidence=Confidence.LOW,
        cwe=(),
        span=Span(result.path, result.first, result.last),
        title=sentence,
        reason=sentence,
        quote=_cut(text),
        catalogued=False,
        commit=result.commit,
    )


def _cut(text: str) -> str:
    return "\n".join(text.split("\n")[:QUOTED_LINES])
