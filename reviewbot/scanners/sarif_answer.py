"""Reading a SARIF 2.1.0 log strictly: rule names, places in the tree and lines; no message.

Results that a tool marks as suppressed in the source count like any other: the change's author
put the mark there.
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from reviewbot.domain import paths
from reviewbot.scanners import strict_json
from reviewbot.scanners.strict_json import UnreadableError, get, objects

MOST_RESULTS = 100_000
_RULE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_./:@-]{0,119}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,39}")
UNNAMED = "unnamed"
"""Stands for a rule name that is missing or cannot be shown."""
NOWHERE = ""
"""The place of a result that lies in no file of the tree."""
_NO_FINDING = frozenset({"pass", "notApplicable", "informational"})


@dataclass(frozen=True, slots=True)
class LogResult:
    """One result: the tool's rule, the place relative to the tree, and lines."""

    rule: str
    place: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Log:
    """All runs of a log together. `failed` says that the tool itself speaks of a failure."""

    version: str
    results: tuple[LogResult, ...]
    failed: bool
    failed_places: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Run:
    """What the results of one run refer to."""

    rules: tuple[str, ...]
    artifacts: tuple[Mapping[str, Any], ...]
    bases: Mapping[str, str]
    roots: tuple[str, ...]


def read(raw: bytes, *, roots: tuple[str, ...]) -> Log:
    """Read a log. `roots` are the absolute folders that are the tree. Raises `UnreadableError`."""
    log = strict_json.parse(raw)
    if get(log, "version", str) != "2.1.0":
        raise UnreadableError("another version than 2.1.0")
    runs = objects(log, "runs")
    if not runs:
        raise UnreadableError("it holds no run")
    results: list[LogResult] = []
    places: set[str] = set()
    version = ""
    failed = False
    for run in runs:
        driver = get(get(run, "tool", dict), "driver", dict)
        context = _context(run, driver, roots)
        version = version or _version(driver)
        read_results = [result for result in _optional(run, "results") if _counts(result)]
        if len(results) + len(read_results) > MOST_RESULTS:
            raise UnreadableError(f"more than {MOST_RESULTS} results")
        results += [_result(result, context) for result in read_results]
        for invocation in _optional(run, "invocations"):
            failed |= invocation.get("executionSuccessful") is False
            for place in _failed_places(invocation, context):
                failed |= place == NOWHERE
                places.add(place)
    return Log(version, tuple(results), failed, frozenset(places - {NOWHERE}))


def _optional(mapping: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return objects(mapping, key) if mapping.get(key) is not None else []


def _member(mapping: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Give an optional object; an empty one if it is not there."""
    value = mapping.get(key, {})
    if not isinstance(value, dict):
        raise UnreadableError(f"{key} is not an object")
    return value


def _version(driver: dict[str, Any]) -> str:
    for key in ("semanticVersion", "version"):
        value = driver.get(key)
        if isinstance(value, str) and _VERSION.fullmatch(value):
            return value
    return ""


def _context(run: dict[str, Any], driver: dict[str, Any], roots: tuple[str, ...]) -> _Run:
    bases = {
        name: base["uri"]
        for name, base in _member(run, "originalUriBaseIds").items()
        if isinstance(base, dict) and isinstance(base.get("uri"), str)
    }
    rules = tuple(_name(rule.get("id")) for rule in _optional(driver, "rules"))
    return _Run(rules, tuple(_optional(run, "artifacts")), bases, roots)


def _counts(result: dict[str, Any]) -> bool:
    kind = result.get("kind")
    return not (isinstance(kind, str) and kind in _NO_FINDING) and result.get("baselineState") != "absent"


def _result(result: dict[str, Any], run: _Run) -> LogResult:
    locations = _optional(result, "locations")
    physical = _member(locations[0], "physicalLocation") if locations else {}
    region = _member(physical, "region")
    first = region.get("startLine", 1)
    last = region.get("endLine", first)
    if type(first) is not int or type(last) is not int:
        raise UnreadableError("a line is not a whole number")
    return LogResult(_rule(result, run), _place(physical, run), first, last)


def _rule(result: dict[str, Any], run: _Run) -> str:
    reference = _member(result, "rule")
    for named in (result.get("ruleId"), reference.get("id")):
        if named is not None:
            return _name(named)
    for index in (result.get("ruleIndex"), reference.get("index")):
        if type(index) is int and 0 <= index < len(run.rules):
            return run.rules[index]
    return UNNAMED


def _name(value: object) -> str:
    return value if isinstance(value, str) and _RULE.fullmatch(value) else UNNAMED


def _place(physical: Mapping[str, Any], run: _Run) -> str:
    location = _member(physical, "artifactLocation")
    index = location.get("index")
    if "uri" not in location and type(index) is int and 0 <= index < len(run.artifacts):
        location = _member(run.artifacts[index], "location")
    uri = location.get("uri")
    if not isinstance(uri, str):
        return NOWHERE
    base = location.get("uriBaseId")
    if isinstance(base, str) and not _is_absolute(uri):
        uri = run.bases.get(base, "").rstrip("/") + "/" + uri if run.bases.get(base) else uri
    return _relative(uri, run.roots)


def _is_absolute(uri: str) -> bool:
    return uri.startswith(("/", "file:"))


def _relative(uri: str, roots: tuple[str, ...]) -> str:
    """Turn a URI into a place relative to the tree; `NOWHERE` if it leads out of it."""
    named = re.sub(r"^file:(?://(?:localhost)?(?=/))?", "", uri, flags=re.IGNORECASE)
    if "\0" in named or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", named):
        return NOWHERE
    path = posixpath.normpath(
        paths.from_bytes(unquote_to_bytes(named.partition("#")[0].encode("utf-8", "surrogateescape")))
    )
    if path.startswith("/"):
        path = "/" + path.lstrip("/")
        inside = [root for root in roots if path.startswith(root.rstrip("/") + "/")]
        if not inside:
            return NOWHERE
        path = path[len(inside[0].rstrip("/")) + 1 :]
    return NOWHERE if path == ".." or path.startswith("../") or path == "." else path


def _failed_places(invocation: dict[str, Any], run: _Run) -> list[str]:
    """Give the places of errors that the tool notes about itself."""
    places: list[str] = []
    for key in ("toolExecutionNotifications", "toolConfigurationNotifications"):
        for notification in _optional(invocation, key):
            if notification.get("level") == "error":
                locations = _optional(notification, "locations")
                places += [_place(_member(location, "physicalLocation"), run) for location in locations]
                places += [] if locations else [NOWHERE]
    return places
