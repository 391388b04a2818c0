"""From rule documents to rules: detectors, with what the pack's own lists add to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.rule import (
    OWN_TOOLS,
    ApprovedLibrary,
    Detector,
    ReviewDetector,
    Rule,
    SemgrepDetector,
    ToolDetector,
    TouchDetector,
)
from reviewbot.policy import approved
from reviewbot.policy.list_documents import SharedDocument
from reviewbot.policy.nearest import nearest
from reviewbot.policy.reading import Read, refusal
from reviewbot.policy.rule_documents import RuleDocument
from reviewbot.policy.yaml_source import Key


@dataclass(frozen=True, slots=True)
class PackLists:
    """What rules of a pack refer to by name."""

    shared: Mapping[str, SharedDocument]
    approved: Mapping[str, ApprovedLibrary]
    broken: frozenset[str] = frozenset()  # files of lists that are there and do not load


def rule(pack: str, found: Read[RuleDocument], lists: PackLists) -> Rule:
    """Make the rule. Raises `PolicyError` for a list that the pack does not have."""
    document = found.document
    library = _library(found, lists)
    fix = document.fix
    return Rule(
        id=document.id,
        pack=pack,
        title=document.title,
        why=document.why,
        severity=Severity(document.severity),
        confidence=Confidence(document.confidence or Confidence.MEDIUM),
        cwe=document.cwe,
        owasp=document.owasp,
        languages=document.languages or (library.languages if library else ()),
        owner=document.owner,
        since=document.since,
        references=document.references,
        applies_to=document.applies_to,
        detector=SemgrepDetector(approved.detector(library)) if library else _detector(found, lists),
        bad=document.bad,
        good=document.good,
        fix=(fix.semgrep or "") if fix else "",
        fix_safe=fix is not None and fix.safety == "safe",
        structural=(fix.structural or "") if fix else "",
        clean=document.clean,
        approved=library.id if library else "",
    )


def _library(found: Read[RuleDocument], lists: PackLists) -> ApprovedLibrary | None:
    name = found.document.detect.approved
    if name is None:
        return None
    library = lists.approved.get(name)
    if library is None:
        raise _unknown(found, ("detect", "approved"), f"approved/{name}.yml", name, lists)
    if not approved.LANGUAGES.issuperset(library.languages):
        known = ", ".join(sorted(approved.LANGUAGES))
        raise refusal(
            found.source,
            [(("detect", "approved"), f"the list is of a language that is not searched; those are {known}")],
        )
    return library


def _detector(found: Read[RuleDocument], lists: PackLists) -> Detector:
    detect = found.document.detect
    if detect.semgrep is not None:
        return SemgrepDetector(_body(found, lists))
    if detect.review is not None:
        review = detect.review
        return ReviewDetector(review.question, review.evidence, review.violations, review.not_violations)
    if detect.sarif is not None:
        return ToolDetector(detect.sarif.tool, detect.sarif.rule)
    if detect.touch is not None:
        return TouchDetector()
    name = next(name for name in ("bandit", *OWN_TOOLS) if getattr(detect, name) is not None)
    return ToolDetector(name, getattr(detect, name))


def _body(found: Read[RuleDocument], lists: PackLists) -> dict[str, Any]:
    """Give the semgrep body with the shared lists behind its own entries."""
    body: dict[str, Any] = _with_lists(found.document.detect.semgrep)
    for at, name in enumerate(found.document.shared):
        shared = lists.shared.get(name)
        if shared is None:
            raise _unknown(found, ("shared", at), f"shared/{name}.yml", name, lists)
        for key, entries in shared.lists.items():
            body[key] = [*body.get(key, ()), *_with_lists(entries)]
    return body


def _with_lists(value: Any) -> Any:
    """Give a semgrep body its lists back: it is written out as JSON or YAML again."""
    if isinstance(value, dict):
        return {key: _with_lists(part) for key, part in value.items()}
    return [_with_lists(part) for part in value] if isinstance(value, tuple) else value


def _unknown(found: Read[RuleDocument], key: Key, file: str, name: str, lists: PackLists) -> Exception:
    if file in lists.broken:
        return refusal(found.source, [(key, f"{file} does not load")])
    known = lists.shared if file.startswith("shared/") else lists.approved
    return refusal(
        found.source, [(key, f"the pack has no {file}{nearest(name, tuple(known)) if known else ''}")]
    )
