"""`rules test`, the fixes: does the fix of every rule that has one mend the rule's own bad example, and prove it?

The proof is that of a review: the same steps, scanners and sandbox. The repository around an example imports nothing,
so what a fix brings must be of the standard library or approved.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from reviewbot.domain.mending import Flaw, HeadFile, Refused
from reviewbot.domain.patch import Patch
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Progress
from reviewbot.domain.rule import ReviewDetector, Rule, TouchDetector
from reviewbot.patches import propose, prove
from reviewbot.patches.workroom import Workroom
from reviewbot.scanners.bench import Bench
from reviewbot.scanners.rescan import rescan
from reviewbot.store.cache import NoCache
from reviewbot.workbench.imagined import imagine
from reviewbot.workbench.looking import Tools, scan
from reviewbot.workbench.places import candidates, extensions
from reviewbot.workbench.samples import Sample, samples
from reviewbot.workbench.shelf import Shelf
from reviewbot.workbench.testing import Failing, judged

_LONGEST = 160


def failing(
    shelf: Shelf, only: Collection[str], policy: Policy, tools: Tools, progress: Progress
) -> tuple[Failing, ...]:
    """Name the rules whose fix has no proven patch for their bad example. Raises what `scan` raises."""
    shown = [bad for rule in judged(shelf, only) if _has_fix(rule) for bad in _bad(shelf, rule)]
    if not shown:
        return ()
    policy = replace(policy, exclude=())
    files = {bad.paths[0]: bad.content for bad in shown}
    report = scan(files, shelf.rules, policy, tools, progress)
    diffs = {file.path: file for file in imagine(files).change.files}
    flaws: dict[str, list[Flaw]] = {bad.rule.id: [] for bad in shown}
    for finding in report.new:
        path = finding.span.path
        own = next((bad for bad in shown if bad.paths[0] == path), None)
        if own is not None and own.rule.id == finding.rule:
            flaws[finding.rule].append(Flaw(finding, own.rule, HeadFile(diffs[path], files[path])))
    asked = [flaw for found in flaws.values() for flaw in found]
    bench = Bench(lambda _oid: b"", shelf.rules, policy, tools.scanners, tools.sandbox, NoCache(), progress)
    said = dict(zip([id(flaw) for flaw in asked], _tried(asked, bench), strict=True))
    return tuple(
        Failing(bad.file, shelf.file(bad.rule).line("fix"), bad.rule.id, f"fix: {why}")
        for bad in shown
        for why in _why([said[id(flaw)] for flaw in flaws[bad.rule.id]])
    )


def count(shelf: Shelf, only: Collection[str]) -> int:
    """Count the rules whose fix is tried."""
    return sum(1 for rule in judged(shelf, only) if _has_fix(rule) for _ in _bad(shelf, rule))


def _has_fix(rule: Rule) -> bool:
    return bool(rule.fix or rule.structural) and not isinstance(rule.detector, ReviewDetector | TouchDetector)


def _bad(shelf: Shelf, rule: Rule) -> Iterator[Sample]:
    """Give the example with the one place that it is tried at: of a rule for any text, a program's."""
    paths = candidates(rule, f"{rule.id}/bad", "" if extensions(rule) else ".py")[:1]
    return (replace(one, paths=paths) for one in samples(shelf, rule) if one.kind == "bad" and paths)


def _tried(flaws: Sequence[Flaw], bench: Bench) -> list[str]:
    """Give for each flaw why it has no proven patch; "" where it has one."""
    workroom = Workroom(bench.sandbox)
    proposed = propose.from_rules(flaws, bench.rules.approved, workroom)
    whole = [(flaw, one) for flaw, one in zip(flaws, proposed, strict=True) if not isinstance(one, Refused)]
    proof = prove.Bench(
        workroom=workroom, rescan=lambda asked: rescan(asked, bench), known_import=lambda _path, _module: False,
        approved=bench.rules.approved, run_suite=None, suite_before=None,
    )  # fmt: skip
    proven = iter(prove.prove(whole, proof))
    return [
        f"it makes nothing of bad: {one.why}" if isinstance(one, Refused) else _said(next(proven))
        for one in proposed
    ]


def _said(patch: Patch) -> str:
    if patch.proof.holds:
        return ""
    failure = patch.proof.failure
    why = f" at {failure.step}: {failure.said}" if failure else ""
    return f"what it makes of bad is not proven{why}; it makes: {_lines(patch)}"


def _lines(patch: Patch) -> str:
    """Give what is put in, on one line: most mistakes show there."""
    text = " / ".join(line.strip() for edit in patch.edits for line in edit.lines) or "nothing"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _why(said: Sequence[str]) -> tuple[str, ...]:
    """One finding of the example that is mended is enough; what is not, is said once."""
    if "" in said:
        return ()
    return tuple(dict.fromkeys(said)) or ("the bad example has no finding to mend",)
