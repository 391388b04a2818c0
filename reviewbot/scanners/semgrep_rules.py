"""Our rules as semgrep's: one configuration, and which files they can be about."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from reviewbot.domain.globs import first_match
from reviewbot.domain.rule import Rule, SemgrepDetector
from reviewbot.errors import PolicyError
from reviewbot.scanners import languages

_OURS = ("id", "message", "severity", "languages", "paths")


@dataclass(frozen=True, slots=True)
class Reach:
    """Files that a rule can be about: by extension (none means any text) and by path (none means all)."""

    extensions: frozenset[str]
    applies_to: tuple[str, ...]

    def covers(self, path: str) -> bool:
        """Say whether the rule applies to this path, whatever its language."""
        return not self.applies_to or first_match(self.applies_to, path) is not None


def reaches(rules: Sequence[Rule]) -> tuple[Reach, ...]:
    """Give the distinct reaches of the rules, in a fixed order."""
    found = {Reach(_extensions(rule), rule.applies_to) for rule in rules}
    return tuple(sorted(found, key=lambda reach: (sorted(reach.extensions), reach.applies_to)))


def _extensions(rule: Rule) -> frozenset[str]:
    if any(language.lower() in languages.ANY_TEXT for language in rule.languages):
        return frozenset()
    named = (languages.extensions_of(language) for language in rule.languages)
    return frozenset(extension for extensions in named for extension in extensions)


def configuration(rules: Sequence[Rule]) -> bytes:
    """Write the rules as one semgrep file. They go by number, `r0`, `r1`, …; words are not semgrep's.

    Raises `PolicyError` for a rule that brings a key which is ours to set.
    """
    written = []
    for number, rule in enumerate(rules):
        assert isinstance(rule.detector, SemgrepDetector)
        body = dict(rule.detector.body)
        if wrong := [key for key in _OURS if key in body]:
            raise PolicyError(
                f"rule {rule.id}: the key {wrong[0]} does not belong under detect.semgrep",
                hint="which files a rule is for stands in applies_to; the rest are keys of the rule itself",
            )
        body |= {"id": f"r{number}", "message": "-", "severity": "ERROR", "languages": list(rule.languages)}
        if rule.fix:
            body["fix"] = rule.fix
        written.append(body)
    return json.dumps({"rules": written}, sort_keys=True).encode()
