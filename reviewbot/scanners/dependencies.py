"""The dependency watch: what a change does to the packages that a program is made of.

It compares both sides of every changed manifest and lock file of the change at once, because a lock file alone
says little. Nothing is fetched, executed or asked of a registry. Like `touched` it needs no scanner; a rule
with `detect: {dependencies: [kind, …]}` gives each kind its words, and a kind without a rule stays silent.
"""

from collections.abc import Iterable, Sequence

from reviewbot.domain.change import SUBMODULE, Change, FileDiff, FileVersion, ReadBlob, Status
from reviewbot.domain.finding import Finding
from reviewbot.domain.fingerprint import with_fingerprints
from reviewbot.domain.globs import first_match
from reviewbot.domain.policy import Policy
from reviewbot.domain.rule import RuleSet
from reviewbot.errors import ReviewbotError
from reviewbot.scanners import catalogue
from reviewbot.scanners.base import ToolResult
from reviewbot.scanners.dependency_changes import KINDS, UNREADABLE, Pair, changes
from reviewbot.scanners.manifest_files import manifest_file

NAME = "dependencies"
"""What such a finding names as its source."""

__all__ = ["KINDS", "NAME", "Pair", "example", "findings", "results"]

_BASE = "--- base"


def findings(change: Change, read: ReadBlob, rules: RuleSet, policy: Policy) -> tuple[Finding, ...]:
    """Give the findings of all changed manifests, in order of place."""
    if not any(rules.for_tool(NAME, kind) for kind in KINDS):
        return ()
    pairs: list[Pair] = []
    found: list[ToolResult] = []
    for file in change.files:
        old = _before(file)
        if file.new is None or manifest_file(file.new.path) is None or not _is_manifest_now(file.new, old):
            continue
        if first_match(policy.exclude, file.new.path) is not None or (
            old is not None and old.mode == file.new.mode and old.oid == file.new.oid
        ):
            continue
        pair = _pair(old, file.new, read, policy) if file.new.is_regular else None
        if pair is None:
            found.append(ToolResult(NAME, UNREADABLE, file.new.path, 1, 1))
        else:
            pairs.append(pair)
    found += results(pairs)
    contents = {pair.path: pair.head for pair in pairs}
    by_path: dict[str, list[ToolResult]] = {}
    for result in found:
        if rules.for_tool(NAME, result.tool_rule):
            by_path.setdefault(result.path, []).append(result)
    return with_fingerprints(
        placed.finding
        for path, named in by_path.items()
        for placed in catalogue.findings(named, contents.get(path, b""), rules)
    )


def results(pairs: Sequence[Pair]) -> list[ToolResult]:
    """Compare the two sides of these manifests, together; give each remark with its place, sorted."""
    return sorted({ToolResult(NAME, kind, path, line, line) for path, kind, line in changes(pairs)})


def _is_manifest_now(new: FileVersion, old: FileVersion | None) -> bool:
    """Say whether somebody has to look: a link in a manifest's place is read by the tools, and not by us."""
    return new.is_regular or (new.mode != SUBMODULE and old is not None and old.is_regular)


def _before(file: FileDiff) -> FileVersion | None:
    """Give what the manifest was before. Under a name that is none nobody looked at it: then all of it is new."""
    was = file.old if file.status is not Status.COPIED else None
    return was if was is not None and manifest_file(was.path) is not None else None


def _pair(old: FileVersion | None, new: FileVersion, read: ReadBlob, policy: Policy) -> Pair | None:
    """Read both sides; None if one of them is too large or cannot be read."""
    try:
        head = read(new.oid)
        base = read(old.oid) if old is not None and old.is_regular else None
    except ReviewbotError:
        return None
    if max(len(head), len(base or b"")) > policy.limits.file_bytes:
        return None
    return Pair(new.path, base, head)


def example(rule_text: str) -> tuple[bytes | None, bytes]:
    """Take apart a rule's `bad`, `good` or `clean`: the head, and what stands behind a line `--- base`.

    Without that line the manifest is new. The path is the first of the rule's `applies_to` without its `**/`.
    """
    head, separator, base = rule_text.partition(f"\n{_BASE}\n")
    if not separator and rule_text.startswith(f"{_BASE}\n"):
        head, separator, base = "", _BASE, rule_text.removeprefix(f"{_BASE}\n")
    head = f"{head}\n" if head and separator else head
    return (base.encode() if separator else None), head.encode()


def example_path(applies_to: Iterable[str]) -> str:
    """Give the name of the manifest that such an example shows: the first pattern that is a plain name."""
    names = (pattern.rpartition("/")[2] for pattern in applies_to)
    return next((name for name in names if not set(name) & set("*?[")), "requirements.txt")
