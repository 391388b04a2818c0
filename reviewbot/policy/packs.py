"""Rule packs: folders of rule files, each read, checked and indexed, or the run refuses.

Files directly in the pack's folder that end in `.yml` are rules; those with `.test.` in their
name are fixtures. All mistakes of all packs are named at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import (
    Detector,
    Pack,
    ReviewDetector,
    Rule,
    RuleSet,
    SemgrepDetector,
    ToolDetector,
    TouchDetector,
)
from reviewbot.errors import PolicyError
from reviewbot.policy import pack_files
from reviewbot.policy.pack_files import PACK_FILE, packs_in
from reviewbot.policy.reading import Read, read, refusal
from reviewbot.policy.rule_documents import DetectSection, PackDocument, RuleDocument

__all__ = ["load_rules", "packs_in"]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A rule and where it stands, to name both places where two rules clash."""

    rule: Rule
    read: Read[RuleDocument]


def load_rules(policy: Policy, *, shipped: Path, today: date | None = None) -> RuleSet:
    """Load the packs of a policy, from those that come with the program and the policy's folders.

    `today` decides which rules have expired; not given, it is the day in UTC. Raises
    `PolicyError` naming file, line and key of everything that is wrong.
    """
    day = today or datetime.now(UTC).date()
    folders = (shipped, *(Path(folder) for folder in policy.pack_folders))
    packs: list[Pack] = []
    loaded: list[_Loaded] = []
    mistakes: list[PolicyError] = []
    for name in policy.packs:
        try:
            place = pack_files.find(name, folders)
            contents = pack_files.files(place)
            packs.append(_pack(place, contents))
        except PolicyError as error:
            mistakes.append(error)
            continue
        for entry in _rules(place, contents, day):
            if isinstance(entry, PolicyError):
                mistakes.append(entry)
            else:
                loaded.append(entry)
    mistakes += _clashes(loaded)
    if len(mistakes) == 1:
        raise mistakes[0]
    if mistakes:
        raise PolicyError("\n".join(str(mistake) for mistake in mistakes))
    return RuleSet(tuple(packs), tuple(entry.rule for entry in loaded))


def _pack(place: Path, contents: dict[str, bytes]) -> Pack:
    found = read(PackDocument, str(place / PACK_FILE), contents[PACK_FILE])
    document = found.document
    if document.id != place.name:
        raise refusal(
            found.source, [(("id",), f'"{document.id}", but its folder is called {quoted(place.name)}')]
        )
    return Pack(
        id=document.id,
        version=document.version,
        digest=pack_files.digest(contents),
        owner=document.owner,
        description=document.description,
        threshold=document.threshold or "",
    )


def _rules(place: Path, contents: dict[str, bytes], day: date) -> Iterator[_Loaded | PolicyError]:
    for path, text in contents.items():
        try:
            if _is_rule(place, path):
                yield _loaded(place, path, text, day)
        except PolicyError as error:
            yield error


def _is_rule(place: Path, path: str) -> bool:
    """Say whether a file is a rule. Raises `PolicyError` for one that looks like it but would be passed over."""
    name = path.rpartition("/")[2]
    if path == PACK_FILE or ".test." in name or not name.endswith((".yml", ".yaml")):
        return False
    if "/" in path or name.endswith(".yaml"):
        raise PolicyError(
            f"{quoted(str(place / path))} would not be read as a rule",
            hint="rules lie directly in the pack's folder and end in .yml; fixtures have .test. in their name",
        )
    return True


def _loaded(place: Path, path: str, text: bytes, day: date) -> _Loaded:
    found = read(RuleDocument, str(place / path), text)
    document = found.document
    if f"{document.id}.yml" != path:
        raise refusal(found.source, [(("id",), f'"{document.id}", but the file is called {quoted(path)}')])
    if document.expiry is not None and document.expiry < day:
        raise refusal(
            found.source, [(("expiry",), f"the rule expired on {document.expiry}; renew it or take it out")]
        )
    return _Loaded(_rule(place.name, document), found)


def _rule(pack: str, document: RuleDocument) -> Rule:
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
        languages=document.languages,
        owner=document.owner,
        since=document.since,
        references=document.references,
        applies_to=document.applies_to,
        detector=_detector(document.detect),
        bad=document.bad,
        good=document.good,
        fix=(fix.semgrep or "") if fix else "",
        fix_safe=fix is not None and fix.safety == "safe",
    )


def _detector(detect: DetectSection) -> Detector:
    if detect.semgrep is not None:
        return SemgrepDetector(_with_lists(detect.semgrep))
    if detect.review is not None:
        review = detect.review
        return ReviewDetector(review.question, review.evidence, review.violations, review.not_violations)
    if detect.sarif is not None:
        return ToolDetector(detect.sarif.tool, detect.sarif.rule)
    if detect.touch is not None:
        return TouchDetector()
    name = next(name for name in ("bandit", "secrets", "suppressions") if getattr(detect, name) is not None)
    return ToolDetector(name, getattr(detect, name))


def _with_lists(value: Any) -> Any:
    """Give a semgrep body its lists back: it is written out as JSON or YAML again."""
    if isinstance(value, dict):
        return {key: _with_lists(part) for key, part in value.items()}
    return [_with_lists(part) for part in value] if isinstance(value, tuple) else value


def _clashes(loaded: list[_Loaded]) -> Iterator[PolicyError]:
    """Name rules that share an id, and rules that take over the same rule of another scanner."""
    first: dict[tuple[str, ...], _Loaded] = {}
    for entry in loaded:
        names: list[tuple[str, ...]] = [("id", entry.rule.id)]
        detector = entry.rule.detector
        if isinstance(detector, ToolDetector):
            names += (("detect", detector.tool, name) for name in dict.fromkeys(detector.tool_rules))
        for name in names:
            other = first.setdefault(name, entry)
            if other is not entry:
                place = quoted(other.read.source.name)
                yield refusal(
                    entry.read.source, [(name[:1], f"{' '.join(name[1:])} is taken by {place} already")]
                )
