"""A rule file and a pack file, as people write them (`rules/<pack>/<id>.yml`, `pack.yml`)."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from reviewbot.domain.structural import STRUCTURAL
from reviewbot.policy.nearest import nearest
from reviewbot.policy.sections import Glob, Id, Line, Prose, Section, Version, matching
from reviewbot.policy.yaml_source import Key

SeverityWord = Literal["note", "warning", "error"]
ConfidenceWord = Literal["low", "medium", "high"]

REFERENCE = r"^https?://[!-~]{1,400}$"
OWASP = r"^[A-Z]+[0-9]{1,2}:20[0-9]{2}$"

_OURS = "this belongs to the rule itself, outside of semgrep:"
_SEMGREP_REFUSALS = dict.fromkeys(("id", "message", "severity", "languages", "metadata"), _OURS) | {
    "fix": "a semgrep fix stands under fix: {safety: look, semgrep: …}",
    "fix-regex": "write the replacement under fix: {safety: look, semgrep: …}",
    "paths": "paths stand under applies_to:",
}
_SEMGREP_STARTS = (
    "pattern",
    "patterns",
    "pattern-either",
    "pattern-regex",
    "pattern-sources",
    "pattern-sinks",
    "match",
    "taint",
)


def _listed(value: Any) -> Any:
    """Take one name where a list of names may stand."""
    return (value,) if isinstance(value, str) else value


def _date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("wants a date, as in 2027-01-31")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("there is no such day") from None


_ONE_OR_MORE = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1},
    ]
}
ToolRules = Annotated[
    tuple[Line, ...], BeforeValidator(_listed), Field(min_length=1), WithJsonSchema(_ONE_OR_MORE)
]
Date = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
Cwe = Annotated[int, Field(ge=1, le=9999)]
Reference = Annotated[
    str,
    AfterValidator(
        matching(REFERENCE, "wants an address, as in https://cwe.mitre.org/data/definitions/89.html")
    ),
    WithJsonSchema({"type": "string", "pattern": REFERENCE}),
]
Owasp = Annotated[
    str,
    AfterValidator(matching(OWASP, "wants an OWASP category, as in A03:2021")),
    WithJsonSchema({"type": "string", "pattern": OWASP}),
]


class ReviewSection(Section):
    """A question for the model."""

    question: Prose = Field(description="What to look for, as a question about the added or changed lines.")
    evidence: Prose = Field(description="Which line to quote as evidence.")
    violations: tuple[Prose, ...] = Field(default=(), description="Lines to which the answer is yes.")
    not_violations: tuple[Prose, ...] = Field(
        default=(), description="Lines that look like it, to which the answer is no."
    )


class SarifRuleSection(Section):
    """A rule of a scanner that the operator declared."""

    tool: Id = Field(description="Name of the scanner, as under scanners: sarif: in the operator's policy.")
    rule: ToolRules = Field(description="The scanner's own id for it, or a list of ids.")


class DetectSection(Section):
    """Who detects it: exactly one of these keys."""

    semgrep: dict[str, Any] | None = Field(
        default=None,
        description="A semgrep rule in native syntax, without id, message, severity and languages.",
    )
    review: ReviewSection | None = Field(default=None, description="A question for the model.")
    bandit: ToolRules | None = Field(default=None, description="bandit's own id, as in B602, or a list.")
    secrets: ToolRules | None = Field(default=None, description="Kinds of secrets.")
    suppressions: ToolRules | None = Field(default=None, description="Kinds of suppression markers.")
    hidden: ToolRules | None = Field(
        default=None, description="Kinds of hidden text: bidi, invisible, look-alike and others."
    )
    dependencies: ToolRules | None = Field(
        default=None, description="Kinds of changes to manifests and lock files."
    )
    approved: Id | None = Field(
        default=None,
        description="A list of approved libraries of this pack: what the list takes the place of is found.",
    )
    sarif: SarifRuleSection | None = Field(
        default=None, description="A rule of a scanner that the operator declared."
    )
    touch: Literal["any"] | None = Field(
        default=None,
        description="`any`: every change of a file under applies_to is a finding, its deletion too. `bad` and `good` "
        "are then paths.",
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Check that one detector is named, and that a semgrep body leaves our keys to us."""
        if len(self.model_fields_set) != 1 or all(value is None for _, value in self):
            yield (), f"exactly one of {', '.join(type(self).model_fields)} detects a rule"
        if self.semgrep is not None:
            yield from ((("semgrep", *key), sentence) for key, sentence in _semgrep_problems(self.semgrep))


def _semgrep_problems(body: dict[str, Any]) -> Iterator[tuple[Key, str]]:
    for name in body:
        if name in _SEMGREP_REFUSALS:
            yield (name,), _SEMGREP_REFUSALS[name]
    if body.get("mode", "search") not in {"search", "taint"}:
        yield ("mode",), "only search and taint look at one file at a time"
    if not set(_SEMGREP_STARTS) & set(body):
        yield (), f"nothing to search for; begin with one of {', '.join(_SEMGREP_STARTS)}"


class FixSection(Section):
    """How it is mended."""

    safety: Literal["safe", "look"] = Field(
        description="`safe` keeps the program's meaning in every case, `look` wants a person's eye."
    )
    semgrep: Annotated[str, Field(min_length=1, max_length=10_000)] | None = Field(
        default=None, description="Replacement in semgrep's `fix` syntax."
    )
    structural: Id | None = Field(
        default=None, description="Name of a structural fix; `reviewbot rules fixes` lists them."
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Check that there is one remedy, and that a structural one exists."""
        if (self.semgrep is None) is (self.structural is None):
            yield (), "wants exactly one of semgrep and structural, which says how it is mended"
        if self.structural is not None and self.structural not in STRUCTURAL:
            yield ("structural",), f"there is no such fix{nearest(self.structural, tuple(STRUCTURAL))}"


class RuleDocument(Section):
    """One rule: one file, one idea."""

    refusals: ClassVar[dict[str, str]] = {
        "message": "the words are title: and why:",
        "pattern": "patterns stand under detect: semgrep:",
        "patterns": "patterns stand under detect: semgrep:",
        "pack": "the pack is the folder that the file lies in",
    }

    id: Id = Field(description="Name of the rule, the same as the file's without .yml.")
    title: Line = Field(description="What is wrong, in one line.")
    why: Prose = Field(description="Why it matters; shown with every finding, unaltered.")
    severity: SeverityWord = Field(description="How bad, if true.")
    confidence: ConfidenceWord | None = Field(
        default=None,
        description="How sure the detector is. Needed, except for a question to the model (medium).",
    )
    cwe: tuple[Cwe, ...] = Field(default=(), description="CWE numbers.")
    owasp: tuple[Owasp, ...] = Field(default=(), description="OWASP categories, as in A03:2021.")
    languages: tuple[Id, ...] = Field(
        default=(), description="Languages in semgrep's names. Needed for a semgrep rule."
    )
    owner: Line = Field(description="Team that answers for the rule.")
    since: Version = Field(description="Version of the pack that brought the rule.")
    expiry: Date | None = Field(
        default=None, description="Last day of the rule, as in 2027-01-31. After it the pack does not load."
    )
    references: tuple[Reference, ...] = Field(default=(), description="Addresses to read more at.")
    applies_to: tuple[Glob, ...] = Field(default=(), description="Files it is for. Not given: all.")
    shared: tuple[Id, ...] = Field(
        default=(),
        description="Lists of the pack, shared/<name>.yml, whose sources, sanitizers and propagators are added to a "
        "semgrep taint rule.",
    )
    detect: DetectSection = Field(description="Who detects it: exactly one key.")
    fix: FixSection | None = Field(default=None, description="How it is mended.")
    bad: Annotated[str, Field(max_length=100_000)] = Field(
        default="", description="Code that the rule must report. Needed for semgrep, bandit and review."
    )
    good: Annotated[str, Field(max_length=100_000)] = Field(
        default="", description="The same code, mended; must not be reported. Needed as bad is."
    )
    clean: Annotated[str, Field(max_length=100_000)] = Field(
        default="", description="Code that looks like the flaw and is none; must not be reported."
    )

    def problems(self) -> Iterator[tuple[Key, str]]:
        """Check what a detector needs of the rule around it."""
        detect = self.detect
        yield from ((("detect", *key), sentence) for key, sentence in detect.problems())
        if detect.semgrep is not None and not self.languages:
            yield ("languages",), "missing; a semgrep rule needs its languages"
        if detect.review is None and self.confidence is None:
            yield ("confidence",), "missing; say how sure the detector is: low, medium or high"
        if self.shared and (detect.semgrep or {}).get("mode") != "taint":
            yield ("shared",), "only a semgrep rule with `mode: taint` has sources and sanitizers"
        if any(getattr(detect, name) is not None for name in ("semgrep", "bandit", "review", "approved")):
            for name in ("bad", "good"):
                if not getattr(self, name).strip():
                    yield (name,), "missing; a rule shows code that it must report and code that it must not"
        if self.fix is not None:
            yield from ((("fix", *key), sentence) for key, sentence in self.fix.problems())
        if self.fix is not None and self.fix.semgrep is not None and detect.semgrep is None:
            yield ("fix", "semgrep"), "only a rule that semgrep detects can be mended by semgrep"


class PackDocument(Section):
    """A pack's own file, `pack.yml`."""

    id: Id = Field(description="Name of the pack, the same as its folder's.")
    version: Version = Field(description="Version of the pack, three numbers.")
    owner: Line = Field(description="Team that answers for the pack.")
    owner_until: Date | None = Field(
        default=None,
        description="Last day on which the owner answers for it, as in 2027-01-31. After it the pack does not load.",
    )
    description: Prose = Field(description="What the pack is about.")
    threshold: SeverityWord | None = Field(
        default=None,
        description="The severity from which this pack's findings count where the policy names none.",
    )
