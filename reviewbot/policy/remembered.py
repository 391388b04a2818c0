"""Rules as they were loaded before, by the digests of their packs.

Reading some hundred YAML files with care takes longer than all else of a small review. What was read once
is kept in the run's cache, under the digest of every file, the day (rules expire) and the version of the
reader. A policy that asks for signatures has them looked at in every run, and nothing is remembered.
"""

import hashlib
import json
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from reviewbot import __version__
from reviewbot.domain.finding import Confidence, Severity
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Cache
from reviewbot.domain.rule import (
    ApprovedLibrary,
    Detector,
    Pack,
    ReviewDetector,
    Rule,
    RuleSet,
    SemgrepDetector,
    ToolDetector,
    TouchDetector,
)
from reviewbot.policy import pack_files

READER = "2"
"""Version of how files become rules; raise it when `packs`, `pack_rules` or `approved` read otherwise."""

_DETECTORS: dict[str, type[Detector]] = {
    kind.__name__: kind for kind in (SemgrepDetector, ToolDetector, ReviewDetector, TouchDetector)
}

T = TypeVar("T", Pack, ApprovedLibrary, ToolDetector, ReviewDetector)


def load_rules(policy: Policy, *, shipped: Path, today: date, cache: Cache) -> RuleSet:
    """Do what `packs.load_rules` does, quicker where nothing has changed. Raises `PolicyError` as it does."""
    if policy.keys:
        return _read(policy, shipped, today)
    folders = (shipped, *(Path(folder) for folder in policy.pack_folders))
    places = tuple(pack_files.find(name, folders) for name in policy.packs)
    digests = tuple(pack_files.digest(pack_files.files(place)) for place in places)
    key = _key(digests, today)
    found = cache.get(key)
    rules = _decoded(found) if found is not None else None
    if rules is not None and _digests(rules) == digests:
        return rules
    rules = _read(policy, shipped, today)
    # A file that was changed between the two looks must not stand under the first one's digest.
    if _digests(rules) == digests:
        cache.put(key, _encoded(rules))
    return rules


def _read(policy: Policy, shipped: Path, today: date) -> RuleSet:
    from reviewbot.policy import packs  # noqa: PLC0415 (pydantic is heavy, and remembered rules need none of it)

    return packs.load_rules(policy, shipped=shipped, today=today)


def _digests(rules: RuleSet) -> tuple[str, ...]:
    return tuple(pack.digest for pack in rules.packs)


def _key(digests: tuple[str, ...], today: date) -> str:
    parts = ("rules", READER, __version__, today.isoformat(), *digests)
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _encoded(rules: RuleSet) -> bytes:
    detectors = [type(rule.detector).__name__ for rule in rules.rules]
    said = {
        "packs": [asdict(pack) for pack in rules.packs],
        "rules": [asdict(rule) for rule in rules.rules],
        "detectors": detectors,
        "approved": [asdict(library) for library in rules.approved],
    }
    return json.dumps(said).encode()


def _decoded(text: bytes) -> RuleSet | None:
    """Give the rules back; None for what is not whole, which is then read anew."""
    try:
        said = json.loads(text)
        rules = [_rule(entry, name) for entry, name in zip(said["rules"], said["detectors"], strict=True)]
        return RuleSet(
            tuple(_plain(Pack, entry) for entry in said["packs"]),
            tuple(rules),
            tuple(_plain(ApprovedLibrary, entry) for entry in said["approved"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _rule(entry: dict[str, Any], detector: str) -> Rule:
    given = _tuples(Rule, entry)
    given["severity"], given["confidence"] = Severity(given["severity"]), Confidence(given["confidence"])
    given["detector"] = _detector(_DETECTORS[detector], entry["detector"])
    return Rule(**given)


def _detector(kind: type[Detector], entry: dict[str, Any]) -> Detector:
    if kind is SemgrepDetector:
        return SemgrepDetector(entry["body"])
    return kind(**_tuples(kind, entry))


def _plain(kind: type[T], entry: dict[str, Any]) -> T:
    return kind(**_tuples(kind, entry))


def _tuples(kind: type[Any], entry: dict[str, Any]) -> dict[str, Any]:
    """Give a dataclass its fields, JSON's lists as the tuples that they were."""
    if entry.keys() != {field.name for field in fields(kind)}:
        raise ValueError("these are not the fields that were kept")
    return {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()}
