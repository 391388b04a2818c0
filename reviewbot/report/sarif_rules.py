"""The rules of a run as SARIF reporting descriptors, as code scanning reads them.

Tags, `security-severity` and `precision` follow what GitHub documents for uploaded SARIF
("SARIF support for code scanning": over 9.0 critical, 7.0 high, 4.0 medium, else low).
"""

from urllib.parse import quote

from reviewbot.domain.finding import Confidence, Finding, Severity
from reviewbot.domain.inert import code_block, prose
from reviewbot.domain.review import Review
from reviewbot.domain.rule import Rule
from reviewbot.report.text import Shown

Json = dict[str, object]

SECURITY_SEVERITY = {Severity.ERROR: "8.0", Severity.WARNING: "5.5", Severity.NOTE: "3.0"}


def unlinked(text: str) -> str:
    """Take the links out of a SARIF plain-text message.

    SARIF 2.1.0, 3.11.6: `[text](target)` in plain text is an embedded link.
    """
    return text.replace("](", "] (")


def descriptors(review: Review, shown: Shown) -> list[Json]:
    """Describe every rule of the catalogue, and each foreign rule that a finding names, by id."""
    known = {rule.id: _catalogued(rule, review, shown) for rule in review.rules.rules}
    for judged in review.findings:
        finding = judged.finding
        if finding.rule not in known:
            known[finding.rule] = _foreign(finding, shown)
    return [known[name] for name in sorted(known)]


def order(review: Review) -> dict[str, int]:
    """Give each rule id its place in `descriptors`."""
    names = {rule.id for rule in review.rules.rules} | {j.finding.rule for j in review.findings}
    return {name: at for at, name in enumerate(sorted(names))}


def _catalogued(rule: Rule, review: Review, shown: Shown) -> Json:
    descriptor: Json = {
        "id": shown.line(rule.id),
        "name": _camel(shown.line(rule.id)),
        "shortDescription": {"text": unlinked(shown.prose(rule.title))},
        "fullDescription": {"text": unlinked(shown.prose(rule.why) or shown.prose(rule.title))},
        "help": _help(rule, shown),
        "defaultConfiguration": {"level": str(rule.severity)},
        "properties": _properties(rule.cwe, rule.severity, rule.confidence, shown.line(rule.pack)),
    }
    if review.policy.rule_links:
        descriptor["helpUri"] = review.policy.rule_links + quote(rule.id, safe="")
    return descriptor


def _foreign(finding: Finding, shown: Shown) -> Json:
    text = unlinked(shown.prose(finding.reason) or shown.prose(finding.title))
    return {
        "id": shown.line(finding.rule),
        "name": _camel(shown.line(finding.rule)),
        "shortDescription": {"text": unlinked(shown.prose(finding.title))},
        "fullDescription": {"text": text},
        "help": {"text": text},
        "defaultConfiguration": {"level": str(finding.severity)},
        "properties": _properties(finding.cwe, finding.severity, finding.confidence, "not-catalogued"),
    }


def _properties(cwe: tuple[int, ...], severity: Severity, confidence: Confidence, pack: str) -> Json:
    tags = [pack, *(["security"] if cwe else []), *(f"external/cwe/cwe-{number:03d}" for number in cwe)]
    return {
        "tags": list(dict.fromkeys(tags)),
        "precision": str(confidence),
        "security-severity": SECURITY_SEVERITY[severity],
    }


def _help(rule: Rule, shown: Shown) -> Json:
    why = shown.prose(rule.why) or shown.prose(rule.title)
    parts = [("Reported:", rule.bad), ("Not reported:", rule.good)]
    samples = [(label, shown.lines(sample)) for label, sample in parts if sample.strip()]
    text = "\n\n".join([why, *(f"{label}\n\n" + "\n".join(lines) for label, lines in samples)])
    markdown = "\n\n".join([prose(why), *(f"{label}\n\n{code_block(lines, 1)}" for label, lines in samples)])
    return {"text": unlinked(text), "markdown": markdown}


def _camel(name: str) -> str:
    words = "".join(char if char.isalnum() else " " for char in name).split()
    return "".join(word[:1].upper() + word[1:] for word in words) or "Rule"
