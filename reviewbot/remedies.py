"""From findings to proven patches: what rules propose, then what the model does, and what holds of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from reviewbot.domain.change import Change, FileDiff, ReadBlob
from reviewbot.domain.finding import Finding, Judged, Outcome
from reviewbot.domain.mending import AskForPatches, Flaw, HeadFile, Refused, Tried
from reviewbot.domain.patch import Origin, Patch, Proposal, Unproven
from reviewbot.domain.policy import PatchPolicy
from reviewbot.domain.ports import Progress
from reviewbot.domain.rule import Rule, RuleSet
from reviewbot.errors import UsageError
from reviewbot.patches import propose, prove
from reviewbot.verdict.merge import same_flaw_as

MOST_BYTES = 250_000
"""Of a file that is mended: parsers, comparisons and scanners take their time on larger ones, and nobody reads them."""
_BEYOND = "the limit of patches was reached (patches: most in the policy)"
_TOO_LARGE = f"the file is larger than {MOST_BYTES // 1000} kB"


@dataclass(frozen=True, slots=True)
class Remedies:
    """Patches whose proof holds, in the order of the findings, and what became of all other proposals."""

    patches: tuple[Patch, ...] = ()
    unproven: tuple[Unproven, ...] = ()


@dataclass(frozen=True, slots=True)
class Workshop:
    """What mending takes. `ask` is None where no model is asked for patches."""

    bench: prove.Bench
    rules: RuleSet
    policy: PatchPolicy
    ask: AskForPatches | None
    worth_asking: Callable[[Flaw], bool]
    progress: Progress


def remedies(flaws: Sequence[Flaw], shop: Workshop) -> Remedies:
    """Mend what can be mended. Raises `SandboxError` if the sandbox itself breaks."""
    small = [flaw for flaw in flaws if len(flaw.file.content) <= MOST_BYTES]
    within, beyond = small[: shop.policy.most], small[shop.policy.most :]
    large = [flaw for flaw in flaws if len(flaw.file.content) > MOST_BYTES]
    unproven = [_refused(flaw, Origin.RULE, _TOO_LARGE) for flaw in large if _has_fix(flaw)]
    unproven += [_refused(flaw, Origin.RULE, _BEYOND) for flaw in beyond if _has_fix(flaw)]
    held: dict[str, Patch] = {}
    if shop.policy.rules:
        _by_rules([flaw for flaw in within if _has_fix(flaw)], shop, held, unproven)
    if shop.ask is not None and shop.policy.model:
        left = [flaw for flaw in within if flaw.finding.fingerprint not in held and shop.worth_asking(flaw)]
        _by_model(left, shop.ask, shop, held, unproven)
    ordered = tuple(held[flaw.finding.fingerprint] for flaw in flaws if flaw.finding.fingerprint in held)
    return Remedies(ordered, tuple(unproven))


def flaws_of(judged: Sequence[Judged], change: Change, read: ReadBlob, rules: RuleSet) -> list[Flaw]:
    """Choose what could be mended: scanners' findings that stand on lines of the change.

    Where a finding was merged out of several, the one whose rule has a fix stands for all of them.
    """
    files = {file.path: file for file in change.files}
    contents: dict[str, HeadFile | None] = {}
    merged: dict[tuple[str, str], list[Finding]] = {}
    for one in judged:
        if one.outcome is Outcome.DUPLICATE and not one.finding.model_only:
            merged.setdefault((one.finding.span.path, one.why), []).append(one.finding)
    found = []
    for one in judged:
        finding = one.finding
        if one.outcome is not Outcome.INLINE or finding.commit is not None or finding.model_only:
            continue
        path = finding.span.path
        if path not in contents:
            contents[path] = _head_file(files.get(path), read)
        file = contents[path]
        if file is not None:
            found.append(_flaw(finding, merged.get((path, same_flaw_as(finding)), ()), file, rules))
    return found


def _head_file(diff: FileDiff | None, read: ReadBlob) -> HeadFile | None:
    if diff is None or diff.new is None or not diff.new.is_regular:
        return None
    try:
        return HeadFile(diff, read(diff.new.oid))
    except UsageError:
        return None  # too large to be read; coverage has said so


def _flaw(finding: Finding, merged: Iterable[Finding], file: HeadFile, rules: RuleSet) -> Flaw:
    everything = (finding, *merged)
    named = [(one, rules.find(one.rule)) for one in everything]
    main, rule = next(((one, rule) for one, rule in named if _fixes(one, rule)), named[0])
    others = tuple(one for one in everything if one is not main)
    return Flaw(replace(main, fingerprint=finding.fingerprint), rule, file, others)


def _fixes(finding: Finding, rule: Rule | None) -> bool:
    return rule is not None and bool(rule.structural or finding.fix)


def _has_fix(flaw: Flaw) -> bool:
    return _fixes(flaw.finding, flaw.rule)


def _by_rules(
    flaws: Sequence[Flaw], shop: Workshop, held: dict[str, Patch], unproven: list[Unproven]
) -> None:
    if not flaws:
        return
    shop.progress("mending")
    found = propose.from_rules(flaws, shop.rules.approved, shop.bench.workroom)
    _settle(flaws, found, Origin.RULE, shop, held, unproven)


def _by_model(
    flaws: Sequence[Flaw],
    ask: AskForPatches,
    shop: Workshop,
    held: dict[str, Patch],
    unproven: list[Unproven],
) -> None:
    """Ask about each flaw once, and once more where the first try failed its proof."""
    if not flaws:
        return
    shop.progress("asking the model for patches")
    failed = _settle(flaws, ask([(flaw, None) for flaw in flaws]), Origin.MODEL, shop, held, unproven)
    _settle([flaw for flaw, _ in failed], ask(failed), Origin.MODEL, shop, held, unproven)


def _settle(  # noqa: PLR0913, PLR0917 (proposals with where their results go)
    flaws: Sequence[Flaw], found: Sequence[Proposal | Refused], origin: Origin,
    shop: Workshop, held: dict[str, Patch], unproven: list[Unproven],
) -> list[tuple[Flaw, Tried]]:  # fmt: skip
    """Prove what was proposed; give what failed, with the reason."""
    proposed = []
    for flaw, one in zip(flaws, found, strict=True):
        if isinstance(one, Refused):
            unproven.append(_refused(flaw, origin, one.why))
        else:
            proposed.append((flaw, one))
    failed = []
    for (flaw, _), patch in zip(proposed, prove.prove(proposed, shop.bench), strict=True):
        failure = patch.proof.failure
        if patch.proof.holds:
            held[flaw.finding.fingerprint] = patch
        else:
            why = failure.said if failure else "the proof was not finished"
            unproven.append(
                Unproven(
                    flaw.finding.fingerprint,
                    flaw.finding.rule,
                    origin,
                    failure.step if failure else None,
                    why,
                )
            )
            failed.append((flaw, Tried(patch, why)))
    return failed


def _refused(flaw: Flaw, origin: Origin, why: str) -> Unproven:
    return Unproven(flaw.finding.fingerprint, flaw.finding.rule, origin, None, why)
