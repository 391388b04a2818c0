"""Reading semgrep's JSON: which rules hit where, and which files were not really looked at.

semgrep answers a rule that it cannot parse, a file that it gives up on and a file that it never
opened all with exit code 0 or 2 and an entry somewhere in the answer. Here each becomes what it
is: a refusal of the rules, a failed file, a failed run. Both front ends write this format.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reviewbot.domain.coverage import Coverage, Read
from reviewbot.scanners import strict_json
from reviewbot.scanners.strict_json import UnreadableError, get, objects

_REASONS = {
    "PartialParsing": "part of it could not be parsed",
    "Syntax error": "it could not be parsed",
    "Lexical error": "it could not be parsed",
    "Other syntax error": "it could not be parsed",
    "AST builder error": "it could not be parsed",
    "Timeout": "semgrep ran out of time on it",
    "FixpointTimeout": "semgrep ran out of time on it",
    "TimeoutDuringInterfile": "semgrep ran out of time on it",
    "Out of memory": "semgrep ran out of memory on it",
    "Stack overflow": "it is nested too deeply for semgrep",
    "Too many matches": "semgrep gave up after too many matches in it",
}
_OTHER = "semgrep reported an error on it"
_RULE_ERRORS = frozenset(
    {
        "Rule parse error",
        "PatternParseError",
        "InvalidRuleSchemaError",
        "UnknownLanguageError",
        "Invalid YAML",
        "IncompatibleRule",
        "Incompatible rule",
        "Missing plugin",
    }
)


_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}")
UNNAMED = "?"
"""Stands for a rule that semgrep refused without naming it."""


@dataclass(frozen=True, slots=True)
class Match:
    """One hit, by the name that we gave the rule and the place in the tree. Offsets are bytes."""

    rule: str
    place: str
    start: int
    end: int
    fix: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What semgrep said. `broken_rules` are those it could not use; `failed` says why, per place."""

    version: str
    matches: tuple[Match, ...]
    scanned: frozenset[str]
    failed: Mapping[str, Coverage]
    broken_rules: tuple[str, ...]
    run_errors: int


def read(raw: bytes) -> Answer:
    """Read the answer. Raises `UnreadableError` if it is not what was agreed on."""
    answer = strict_json.parse(raw)
    version = get(answer, "version", str)
    if not _VERSION.fullmatch(version):
        raise UnreadableError("its version is none")
    failed: dict[str, Coverage] = {}
    broken: list[str] = []
    run_errors = 0
    for error in objects(answer, "errors"):
        place = error.get("path")
        if rules := _rules_of(error):
            broken += rules
        elif isinstance(place, str):
            failed[_plain(place)] = _worse(failed.get(_plain(place)), _failure(error))
        else:
            run_errors += 1
    paths = get(answer, "paths", dict)
    for skipped in objects(paths, "skipped") if "skipped" in paths else []:
        place = _plain(get(skipped, "path", str))
        failed.setdefault(place, Coverage(Read.FAILED, "semgrep skipped it"))
    broken += [get(rule, "rule_id", str) for rule in answer.get("skipped_rules") or []]
    return Answer(
        version,
        tuple(_match(result) for result in objects(answer, "results")),
        frozenset(_plain(place) for place in strict_json.strings(paths, "scanned")),
        failed,
        tuple(rule_name(rule) for rule in broken),
        run_errors,
    )


def rule_name(check_id: str) -> str:
    """Take off what semgrep puts in front of a rule's name, the path of the rule file."""
    return check_id.rpartition(".")[2]


def _plain(place: str) -> str:
    return place.removeprefix("./")


def _match(result: dict[str, Any]) -> Match:
    fix = get(result, "extra", dict).get("fix")
    start = get(get(result, "start", dict), "offset", int)
    end = get(get(result, "end", dict), "offset", int)
    if not 0 <= start <= end:
        raise UnreadableError("a match ends before it begins")
    return Match(
        rule_name(get(result, "check_id", str)),
        _plain(get(result, "path", str)),
        start,
        end,
        fix if isinstance(fix, str) else None,
    )


def _kind(error: dict[str, Any]) -> tuple[str, object]:
    """Give an error's type, which is a name or a pair of a name and its detail."""
    kind = error.get("type")
    detail: object = None
    if isinstance(kind, list) and len(kind) == 2:
        kind, detail = kind
    return (kind if isinstance(kind, str) else ""), detail


def _rules_of(error: dict[str, Any]) -> list[str]:
    """Name the rules that an error is about, if it is about rules and not about a file.

    The default front end names a rule that breaks semgrep's schema only inside its sentence,
    as the repr of the rule.
    """
    kind, _ = _kind(error)
    if kind not in _RULE_ERRORS and not ("rule_id" in error and "path" not in error):
        return []
    named = error.get("rule_id")
    if isinstance(named, str):
        return [named]
    quoted = re.search(r"'id': '([^']*)'", str(error.get("long_msg")))
    return [quoted.group(1) if quoted else UNNAMED]


def _failure(error: dict[str, Any]) -> Coverage:
    kind, detail = _kind(error)
    return Coverage(
        Read.FAILED, _REASONS.get(kind, _OTHER), _lines(detail) if kind == "PartialParsing" else ()
    )


def _lines(detail: object) -> tuple[tuple[int, int], ...]:
    """Read the ranges of a partial parse; none, which means the whole file, if they make no sense."""
    ranges: list[tuple[int, int]] = []
    for location in detail if isinstance(detail, list) else []:
        try:
            first = get(get(location, "start", dict), "line", int)
            last = get(get(location, "end", dict), "line", int)
        except (UnreadableError, AttributeError):
            return ()
        if not 1 <= first <= last:
            return ()
        ranges.append((first, last))
    return tuple(sorted(set(ranges)))


def _worse(known: Coverage | None, other: Coverage) -> Coverage:
    """Join two failures of one file: lines add up, and a failure of the whole file outranks them."""
    if known is None or not other.lines:
        return other
    if not known.lines:
        return known
    return Coverage(Read.FAILED, known.reason, tuple(sorted({*known.lines, *other.lines})))
