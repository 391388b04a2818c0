"""Evidence or nothing: each claim of the model is checked before anybody reads it.

A claim must name a rule of the policy, be about a changed file that was shown and that the
rule applies to, cite only excerpts that were sent, and quote a line as it was shown. Any rule
of the set will do, not only the house rules in prose: a scanner's pattern misses what the model
may see, and a claim under a scanner's rule can only add (see `merge`).

What passes becomes a finding in the catalogue's words on the blob's own line; the model's
prose follows, labelled, and its confidence is at most medium. What fails is kept with the
reason, so that it can be counted. Every string of a claim is untrusted: none reaches a
finding unseen, except that a name is looked up.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from reviewbot.domain.change import Change, FileDiff, ReadBlob
from reviewbot.domain.claim import Claim, ModelReport
from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Confidence, Finding, Severity, Span
from reviewbot.domain.fingerprint import fingerprint, normalised
from reviewbot.domain.globs import first_match
from reviewbot.domain.paths import quoted
from reviewbot.domain.rule import Rule, RuleSet
from reviewbot.domain.visible import visible
from reviewbot.verdict.anchor import Anchor, Shown
from reviewbot.verdict.prose import paragraph

MOST_CLAIMS = 10_000
"""Claims that are checked in one run; what comes after them is unverified."""

_LAST_LINE = 1_000_000_000
_LONGEST_NAME = 300
_MOST_CITED = 50


@dataclass(frozen=True, slots=True)
class Checked:
    """A claim as a finding; `why` is empty if its evidence checked out, else says what did not."""

    finding: Finding
    why: str = ""


@dataclass(slots=True)
class _Lines:
    """A blob's lines, and for each how many equal ones stand above it."""

    texts: list[str]
    occurrence: list[int]

    @classmethod
    def of(cls, content: bytes) -> "_Lines":
        texts = content.decode("utf-8", "surrogateescape").split("\n")
        seen: dict[str, int] = {}
        occurrence = []
        for text in texts:
            key = normalised(text)
            occurrence.append(seen.get(key, 0))
            seen[key] = occurrence[-1] + 1
        return cls(texts, occurrence)


@dataclass(slots=True)
class _Evidence:
    """What claims are checked against."""

    shown: Shown
    files: dict[str, FileDiff]
    excerpts: frozenset[str]
    rules: RuleSet
    read: ReadBlob
    blobs: dict[str, _Lines] = field(default_factory=dict)
    unverified: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def lines(self, file: FileDiff) -> _Lines:
        assert file.new is not None
        if file.new.oid not in self.blobs:
            self.blobs[file.new.oid] = _Lines.of(self.read(file.new.oid))
        return self.blobs[file.new.oid]


def verify(
    report: ModelReport, *, change: Change, excerpts: tuple[Excerpt, ...], rules: RuleSet, read: ReadBlob
) -> tuple[Checked, ...]:
    """Check each claim of the report, in order of place. Raises what `read` raises."""
    known = {excerpt.id for excerpt in excerpts}
    evidence = _Evidence(
        Shown.of(report.shown),
        {file.path: file for file in change.files if file.new is not None},
        frozenset(known.intersection(report.excerpts)),
        rules,
        read,
    )
    # Sorted, because answers come in whatever order the server's threads finish.
    claims = sorted(report.claims, key=_place)
    checked = [_check(claim, evidence) for claim in claims[:MOST_CLAIMS]]
    over = f"more than {MOST_CLAIMS} claims in one run; this one was not checked"
    checked += [_unverified(claim, over, evidence) for claim in claims[MOST_CLAIMS:]]
    return tuple(checked)


def _place(claim: Claim) -> tuple[object, ...]:
    return (claim.path, claim.line, claim.rule, claim.quote, claim.explanation, claim.evidence)


def _check(claim: Claim, evidence: _Evidence) -> Checked:
    rule = evidence.rules.find(claim.rule)
    if rule is None:
        return _unverified(claim, "it names no rule of the policy", evidence)
    file = evidence.files.get(evidence.shown.paths.get(claim.path, ""))
    if file is None:
        return _unverified(claim, "it is about a file that was not shown to the model", evidence)
    why = _not_for(rule, file.path) or _not_given(claim.evidence, evidence.excerpts)
    anchor = Anchor(None, why) if why else _anchor(claim, file, evidence)
    if anchor.line is None:
        return _unverified(claim, anchor.why, evidence)
    return Checked(_finding(claim, rule, Span(file.path, anchor.line, anchor.line), evidence.lines(file)))


def _anchor(claim: Claim, file: FileDiff, evidence: _Evidence) -> Anchor:
    anchor = evidence.shown.anchor(file.path, claim.line, claim.quote)
    if anchor.line is not None and not 1 <= anchor.line <= len(evidence.lines(file).texts):
        return Anchor(None, f"line {anchor.line} is not in the file")
    return anchor


def _not_for(rule: Rule, path: str) -> str:
    if rule.applies_to and first_match(rule.applies_to, path) is None:
        return f"{rule.id} does not apply to {quoted(path)}"
    return ""


def _not_given(cited: Iterable[str], given: frozenset[str]) -> str:
    for one in cited:
        if one not in given:
            return f"it cites {visible(one[:_LONGEST_NAME])}, which the model was not given"
    return ""


def _finding(claim: Claim, rule: Rule, span: Span, lines: _Lines) -> Finding:
    quote = lines.texts[span.first - 1]
    return Finding(
        rule=rule.id,
        sources=("model",),
        severity=rule.severity,
        confidence=_at_most_medium(rule.confidence),
        cwe=rule.cwe,
        span=span,
        title=rule.title,
        reason=rule.why,
        quote=quote,
        # The occurrence is the line's, so it hangs on nothing else that the model said; the
        # prefix keeps it apart from a scanner's, which counts findings.
        fingerprint=fingerprint("model/" + rule.id, span.path, quote, lines.occurrence[span.first - 1]),
        explanation=paragraph(claim.explanation),
        evidence=tuple(dict.fromkeys(claim.evidence)),
    )


def _unverified(claim: Claim, why: str, evidence: _Evidence) -> Checked:
    rule = evidence.rules.find(claim.rule)
    name = rule.id if rule else _name(claim.rule) or "unknown"
    path = evidence.shown.paths.get(claim.path) or _name(claim.path) or "unknown"
    line = min(max(claim.line, 1), _LAST_LINE)
    quote = _name(claim.quote)
    key = (name, path, quote)
    occurrence = evidence.unverified.get(key, 0)
    evidence.unverified[key] = occurrence + 1
    finding = Finding(
        rule=name,
        sources=("model",),
        severity=rule.severity if rule else Severity.NOTE,
        confidence=_at_most_medium(rule.confidence) if rule else Confidence.LOW,
        cwe=rule.cwe if rule else (),
        span=Span(path, line, line),
        title=rule.title if rule else "A claim of the model under no known rule",
        reason=rule.why if rule else "",
        quote=quote,
        fingerprint=fingerprint("unverified/" + name, path, quote, occurrence),
        catalogued=rule is not None,
        explanation=paragraph(claim.explanation),
        evidence=tuple(_name(one) for one in claim.evidence[:_MOST_CITED]),
    )
    return Checked(finding, why)


def _at_most_medium(confidence: Confidence) -> Confidence:
    return Confidence.MEDIUM if confidence.reaches(Confidence.MEDIUM) else confidence


def _name(untrusted: str) -> str:
    """Make a name or quote of the model's fit to be kept: one line, visible, of bounded length."""
    return visible(" ".join(untrusted[:_LONGEST_NAME].split()))
