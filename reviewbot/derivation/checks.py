"""Where a review says something else than the objects, the policy or the catalogue, it is refused as a whole."""

import re

from reviewbot.derivation.ground import Ground, line
from reviewbot.domain.change import Change
from reviewbot.domain.finding import Outcome
from reviewbot.domain.paths import quoted
from reviewbot.domain.rule import RuleSet
from reviewbot.domain.visible import visible, visible_block
from reviewbot.errors import UsageError
from reviewbot.publish.document import (
    ReviewDocument,
    SaidFinding,
)
from reviewbot.scanners.catalogue import QUOTED_LINES

_PLACEHOLDER = re.compile(r"\[secret:[^\[\]\n]{1,100}:[0-9]+\]")


def check_change(document: ReviewDocument, change: Change) -> None:
    """Compare what the review says it is of with the change. Raises `UsageError`."""
    said = document.change
    pairs = (
        ("pull request", said.pull_request, change.pull_request),
        ("head", said.head, change.head),
        ("base", said.base, change.base),
        ("merge base", said.merge_base, change.merge_base),
        ("tree of the base", said.base_tree, change.base_tree),
        ("tree of the head", said.head_tree, change.head_tree),
    )
    if not is_same(said.repository, visible(change.repository)):
        raise UsageError("the review is of another repository")
    for name, theirs, ours in pairs:
        if theirs != ours:
            raise UsageError(f"the review is of another change: its {name} is {theirs}, not {ours}")
    files = [(f.path, f.old_path, f.status, f.file_class, f.added, f.removed) for f in said.files]
    if len(files) != len(change.files):
        raise UsageError(
            f"the review lists {len(files):,} changed files, the change has {len(change.files):,}"
        )
    for theirs_, file in zip(files, change.files, strict=True):
        old = file.old.path if file.old and file.old.path != file.path else None
        same = is_same(theirs_[0], quoted(file.path)) and is_same(
            theirs_[1] or "", quoted(old) if old else ""
        )
        if not same or theirs_[2:] != (file.status, file.file_class, file.added_count, file.removed_count):
            raise UsageError("the review lists other changed files than the change has")


def check_policy(document: ReviewDocument, ground: Ground) -> None:
    """Compare the settings and packs that it was made under with ours. Raises `UsageError`."""
    if document.policy.digest != ground.policy.digest:
        raise UsageError(
            "the review was made under another policy than this job's",
            hint="give both jobs the same policy, flags and REVIEWBOT_ variables",
        )
    theirs = [(pack.id, pack.version, pack.digest, pack.signed_by or "") for pack in document.policy.packs]
    if theirs != [(pack.id, pack.version, pack.digest, line(pack.signed_by)) for pack in ground.rules.packs]:
        raise UsageError("the review was made with other rule packs than this job's")


def check_words(finding: SaidFinding, rules: RuleSet) -> None:
    """Check what the catalogue says of a rule. An unknown rule of a tool's is a note, and its words are ours."""
    if "model" not in finding.sources and finding.explanation:
        raise UsageError("the review lets the model explain a finding that the model does not report")
    if finding.outcome is Outcome.UNVERIFIED:
        return
    rule = rules.find(finding.rule)
    if rule is None:
        tool, _, name = finding.rule.partition("/")
        words = f"{tool} reports {name}; it is not in the organisation's catalogue"
        if finding.catalogued or (finding.title, finding.reason) != (words, words):
            raise UsageError("the review says of a rule what the catalogue does not say")
        return
    ours = (line(rule.title), line(rule.why), rule.severity, rule.cwe)
    if (finding.title, finding.reason, finding.severity, finding.cwe) != ours:
        raise UsageError(f"the review says of the rule {rule.id} what the catalogue does not say")


def checked_quote(finding: SaidFinding, lines: list[str] | None, rules: RuleSet) -> list[str]:
    """Give the lines that the finding is about, from the objects, after comparing them with what it quotes."""
    said = finding.quote.split("\n")
    span = finding.span
    if finding.commit is not None or finding.outcome is Outcome.UNVERIFIED:
        return said
    if finding.outcome is Outcome.EXISTING and lines is None:
        return said
    if not finding.quote and not lines and finding.rule in {rule.id for rule in rules.touch}:
        return said  # about a file that is deleted, empty or no file: there is no line to quote
    if lines is None or not span.first <= span.last <= len(lines):
        raise UsageError("the review has a finding on lines that the change does not have")
    ours = lines[span.first - 1 : span.last][:QUOTED_LINES]
    shown = [visible_block(line.removesuffix("\r")) for line in ours]
    if len(said) != len(shown) or not all(map(is_same, said, shown)):
        raise UsageError("the review quotes other lines than stand where it says")
    return ours


def is_same(said: str, ours: str) -> bool:
    """Say whether a shown text is ours, where a masked secret may stand for any characters."""
    first, *rest = _PLACEHOLDER.split(said)
    if not rest:
        return said == ours
    *between, last = rest
    if len(ours) < len(first) + len(last) or not (ours.startswith(first) and ours.endswith(last)):
        return False
    # Each piece at its leftmost place: one pass, where a pattern of many `.*` would try for ever.
    at, end = len(first), len(ours) - len(last)
    for piece in between:
        found = ours.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
