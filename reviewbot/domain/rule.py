"""Rules: what is looked for, in whose words, by which detector."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reviewbot.domain.finding import Confidence, Severity


@dataclass(frozen=True, slots=True)
class SemgrepDetector:
    """A semgrep pattern or taint rule in native syntax, without the keys that are ours."""

    body: Mapping[str, Any]


OWN_TOOLS = ("secrets", "suppressions", "hidden", "dependencies")
"""Scanners of our own, which rules name by the kinds of what they find."""


@dataclass(frozen=True, slots=True)
class ToolDetector:
    """Rules of another scanner: `tool` is `bandit`, a declared SARIF tool, or one of ours (`OWN_TOOLS`)."""

    tool: str
    tool_rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewDetector:
    """A question for the model, with what counts as evidence and examples of both kinds."""

    question: str
    evidence: str
    violations: tuple[str, ...]
    not_violations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TouchDetector:
    """That a file under the rule's `applies_to` was changed at all, in any way."""


Detector = SemgrepDetector | ToolDetector | ReviewDetector | TouchDetector


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file. `severity` is how bad if true, `confidence` how sure the detector is."""

    id: str
    pack: str
    title: str
    why: str
    severity: Severity
    confidence: Confidence
    cwe: tuple[int, ...]
    owasp: tuple[str, ...]
    languages: tuple[str, ...]
    owner: str
    since: str
    references: tuple[str, ...]
    applies_to: tuple[str, ...]
    detector: Detector
    bad: str
    good: str
    fix: str = ""  # semgrep's own `fix` text
    fix_safe: bool = False
    structural: str = ""  # the structural fix (see `domain.structural`)
    clean: str = ""  # looks like the flaw, and is none
    approved: str = ""  # the approved-library list that the detector was made from


@dataclass(frozen=True, slots=True)
class ApprovedLibrary:
    """What the organisation uses for a purpose, and what that takes the place of.

    `instead_of` are modules (`requests.*`) and callables (`hashlib.md5`), dotted; `use` are names to take.
    """

    id: str
    pack: str
    purpose: str
    languages: tuple[str, ...]
    use: tuple[str, ...]
    instead_of: tuple[str, ...]
    example: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A rule pack as it was loaded; `digest` is `sha256:…` over its files.

    `threshold` is the severity from which its findings count where the policy names none; `signed_by`
    is the key of the policy whose signature was verified, "" where none was asked for.
    """

    id: str
    version: str
    digest: str
    owner: str = ""
    description: str = ""
    threshold: str = ""
    signed_by: str = ""


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of a run. Ids are unique over all packs."""

    packs: tuple[Pack, ...]
    rules: tuple[Rule, ...]
    approved: tuple[ApprovedLibrary, ...] = ()
    _by_id: dict[str, Rule] = field(init=False, repr=False, compare=False)
    _by_tool: dict[tuple[str, str], Rule] = field(init=False, repr=False, compare=False)
    _thresholds: dict[str, Severity] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index by id and by the tool's own rule name."""
        object.__setattr__(self, "_by_id", {rule.id: rule for rule in self.rules})
        by_tool = {
            (rule.detector.tool, tool_rule): rule
            for rule in self.rules
            if isinstance(rule.detector, ToolDetector)
            for tool_rule in rule.detector.tool_rules
        }
        object.__setattr__(self, "_by_tool", by_tool)
        asked = {pack.id: Severity(pack.threshold) for pack in self.packs if pack.threshold}
        thresholds = {rule.id: asked[rule.pack] for rule in self.rules if rule.pack in asked}
        object.__setattr__(self, "_thresholds", thresholds)

    def find(self, rule_id: str) -> Rule | None:
        """Give the rule with this id."""
        return self._by_id.get(rule_id)

    def threshold(self, rule_id: str) -> Severity | None:
        """Give the severity from which the owners of a rule's pack want its findings to count; None without."""
        return self._thresholds.get(rule_id)

    def for_tool(self, tool: str, tool_rule: str) -> Rule | None:
        """Give the rule of ours that takes over a scanner's own."""
        return self._by_tool.get((tool, tool_rule))

    def taken_over(self, tool: str) -> tuple[str, ...]:
        """Name a scanner's own rules that some rule of ours takes over, sorted."""
        return tuple(sorted(name for scanner, name in self._by_tool if scanner == tool))

    @property
    def semgrep(self) -> tuple[Rule, ...]:
        """Rules that semgrep runs."""
        return tuple(rule for rule in self.rules if isinstance(rule.detector, SemgrepDetector))

    @property
    def touch(self) -> tuple[Rule, ...]:
        """Rules about files that may not change unnoticed."""
        return tuple(rule for rule in self.rules if isinstance(rule.detector, TouchDetector))

    @property
    def review(self) -> tuple[Rule, ...]:
        """House rules in prose, for the model."""
        return tuple(rule for rule in self.rules if isinstance(rule.detector, ReviewDetector))
