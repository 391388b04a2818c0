"""`rules test`: does every rule find what it promises, and nothing else?

`bad` must be found by its own rule, `good` and `clean` by no rule of the packs, the marked lines of a
fixture exactly by the rules that the marks name. The scanners and the sandbox are those of a review.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from reviewbot.domain.finding import Finding
from reviewbot.domain.globs import first_match
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Progress
from reviewbot.domain.rule import ReviewDetector, Rule, RuleSet, ToolDetector, TouchDetector
from reviewbot.scanners import catalogue, dependencies
from reviewbot.workbench.fixtures import Fixture, Mark, fixtures
from reviewbot.workbench.looking import Seen, Tools, look, scanner_of
from reviewbot.workbench.places import candidates
from reviewbot.workbench.samples import KINDS, Sample, line_in_file, samples
from reviewbot.workbench.shelf import Shelf


@dataclass(frozen=True, slots=True, order=True)
class Failing:
    """One example that does not come out as promised, and where it stands."""

    file: str
    line: int
    rule: str
    said: str


@dataclass(frozen=True, slots=True)
class Tested:
    """What a test run saw. `untested` are (rule, why); `notes` are sentences that change nothing."""

    rules: int
    examples: int = 0
    marks: int = 0
    todo: int = 0
    failing: tuple[Failing, ...] = ()
    untested: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Run:
    """What is put before the scanners, and what they said."""

    shelf: Shelf
    texts: list[tuple[str, bytes]] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    def put(self, paths: Iterable[str], content: bytes) -> range:
        """Put a text under each of the paths; gives the numbers to ask `seen` for later."""
        before = len(self.texts)
        self.texts += ((path, content) for path in paths)
        return range(before, len(self.texts))


def judged(shelf: Shelf, only: Collection[str]) -> tuple[Rule, ...]:
    """Give the rules that are to be tested: those named, or all."""
    rules = sorted(shelf.rules.rules, key=lambda rule: (rule.pack, rule.id))
    return tuple(rule for rule in rules if not only or rule.id in only)


def scanned(shelf: Shelf, only: Collection[str], policy: Policy, tools: Tools, progress: Progress) -> Tested:
    """Test all that scanners detect. Raises what `look` raises."""
    rules = judged(shelf, only)
    run = _Run(shelf)
    untested = tuple((rule.id, why) for rule in rules if (why := _why_not(rule, tools)))
    left_out = {name for name, _ in untested}
    shown = [sample for rule in rules if rule.id not in left_out for sample in samples(shelf, rule)]
    shown = [sample for sample in shown if sample.kind in KINDS]
    marked = [one for one in fixtures(shelf) if one.rule in {rule.id for rule in rules} - left_out]
    alone = [sample for sample in shown if _is_path(sample) or _is_manifest(sample)]
    put = [(sample, run.put(_tried(sample), sample.content)) for sample in shown if sample not in alone]
    beside = [(one, run.put(_fixture_path(shelf.rules, one), one.content)) for one in marked]
    run.seen = look(run.texts, shelf.rules, policy, tools, progress)
    failing = [*_samples(put, run), *_paths(alone, shelf), *_manifests(alone, shelf)]
    for fixture, numbers in beside:
        failing += _fixture(fixture, numbers, run)
    all_marks = [mark for one in marked for mark in one.marks]
    todo = sum(mark.word.startswith("todo") for mark in all_marks)
    return Tested(
        rules=len(rules), examples=len(shown), marks=len(all_marks) - todo, todo=todo,
        failing=tuple(sorted(set(failing))), untested=untested, notes=tuple(_done(beside, run)),
    )  # fmt: skip


def _why_not(rule: Rule, tools: Tools) -> str:
    names = {scanner.name for scanner in tools.scanners}
    detector = rule.detector
    if isinstance(detector, ToolDetector) and detector.tool not in {*names, dependencies.NAME}:
        return f"the scanner {detector.tool} is not declared by the policy"
    return ""


def _is_path(sample: Sample) -> bool:
    return isinstance(sample.rule.detector, TouchDetector)


def _is_manifest(sample: Sample) -> bool:
    return scanner_of(sample.rule) == dependencies.NAME


def _tried(sample: Sample) -> tuple[str, ...]:
    """Give the paths to try: scanners of other people go by kind of file, ours by the very name."""
    detector = sample.rule.detector
    ours = isinstance(detector, ToolDetector) and detector.tool != "bandit"
    return sample.paths if ours else sample.paths[:1]


def _fixture_path(rules: RuleSet, fixture: Fixture) -> tuple[str, ...]:
    rule = rules.find(fixture.rule)
    assert rule is not None  # the caller asks only for fixtures of rules
    return candidates(rule, f"{fixture.rule}/fixture", fixture.extension)[:1]


def _samples(put: Sequence[tuple[Sample, range]], run: _Run) -> Iterator[Failing]:
    """Judge examples. A rule's examples lie where its `bad` one was found, if it may lie in several places."""
    place: dict[str, int] = {}
    for sample, numbers in put:
        if sample.is_flaw and not isinstance(sample.rule.detector, ReviewDetector):
            found = (at for at, number in enumerate(numbers) if _by(run.seen[number], sample.rule.id))
            place[sample.rule.id] = next(found, -1)
            if place[sample.rule.id] < 0:
                yield _failing(sample, _not_found(sample, [run.seen[number] for number in numbers]))
    for sample, numbers in put:
        if not sample.is_flaw and numbers:
            at = min(max(place.get(sample.rule.id, 0), 0), len(numbers) - 1)
            yield from _must_be_quiet(sample, run.seen[numbers[at]], run.shelf)


def _not_found(sample: Sample, seen: Sequence[Seen]) -> str:
    if not seen:
        return "bad: no file that applies_to lets in is of the rule's languages"
    reasons = sorted({reason for one in seen if (reason := one.why_unread(sample.rule))})
    others = sorted({finding.rule for one in seen for finding in one.findings if finding.catalogued})
    why = f" ({'; '.join(reasons)})" if reasons else f" (but by {', '.join(others)})" if others else ""
    return f"bad: not found by {sample.rule.id}{why}"


def _must_be_quiet(sample: Sample, seen: Seen, shelf: Shelf) -> Iterator[Failing]:
    file = shelf.file(sample.rule)
    for finding in seen.findings:
        if _counts(finding, sample.rule, shelf.rules):
            line = line_in_file(shelf, sample, finding.span.first)
            yield Failing(file.name, line, sample.rule.id, f"{sample.kind}: found by {finding.rule}")
    unread = seen.why_unread(sample.rule)
    if unread:
        yield _failing(sample, f"{sample.kind}: {unread}")


def _counts(finding: Finding, about: Rule, rules: RuleSet) -> bool:
    """Say whether a finding in an example counts: what speaks of the path alone says nothing of the text."""
    rule = rules.find(finding.rule)
    if rule is None or not finding.catalogued or isinstance(rule.detector, TouchDetector):
        return False
    return scanner_of(rule) != dependencies.NAME or scanner_of(about) == dependencies.NAME


def _manifests(shown: Iterable[Sample], shelf: Shelf) -> Iterator[Failing]:
    """Judge the rules about packages: each example is a change of one manifest, with nothing beside it."""
    for sample in shown:
        if not _is_manifest(sample):
            continue
        path = dependencies.example_path(sample.rule.applies_to)
        base, head = dependencies.example(sample.text)
        results = dependencies.results([dependencies.Pair(path, base, head)])
        seen = Seen(tuple(one.finding for one in catalogue.findings(results, head, shelf.rules)), ())
        if not sample.is_flaw:
            yield from _must_be_quiet(sample, seen, shelf)
        elif not _by(seen, sample.rule.id):
            yield _failing(sample, _not_found(sample, [seen]))


def _paths(shown: Iterable[Sample], shelf: Shelf) -> Iterator[Failing]:
    """Judge the rules whose examples are paths."""
    for sample in shown:
        if not _is_path(sample):
            continue
        path = sample.text.strip()
        if sample.is_flaw and first_match(sample.rule.applies_to, path) is None:
            yield _failing(sample, f"bad: {sample.rule.id} does not apply to this path")
        if not sample.is_flaw:
            found = (rule.id for rule in shelf.rules.touch if first_match(rule.applies_to, path))
            yield from (_failing(sample, f"{sample.kind}: found by {name}") for name in found)


def _fixture(fixture: Fixture, numbers: range, run: _Run) -> Iterator[Failing]:
    name = run.shelf.place(fixture.pack, fixture.path)
    if not numbers:
        yield Failing(name, 1, fixture.rule, "no path that applies_to lets in is of this kind of file")
        return
    seen = run.seen[numbers[0]]
    for rule in sorted({fixture.rule, *(mark.rule for mark in fixture.marks)}):
        own = [mark for mark in fixture.marks if mark.rule == rule]
        found = _by(seen, rule)
        known = run.shelf.rules.find(rule)
        unread = seen.why_unread(known) if known is not None else "there is no such rule"
        yield from _missed(name, own, {finding.span.first for finding in found}, unread)
        yield from _too_many(name, rule, own, found)


def _missed(name: str, marks: Sequence[Mark], found: Collection[int], unread: str) -> Iterator[Failing]:
    why = f" ({unread})" if unread else ""
    for mark in marks:
        if mark.word == "ruleid" and mark.line not in found:
            yield Failing(name, mark.line, mark.rule, f"marked ruleid, not found by {mark.rule}{why}")


def _too_many(name: str, rule: str, marks: Sequence[Mark], found: Sequence[Finding]) -> Iterator[Failing]:
    said = {mark.line: mark.word for mark in marks}
    for finding in found:
        word = said.get(finding.span.first, "")
        if word == "ok":
            yield Failing(name, finding.span.first, rule, f"marked ok, found by {rule}")
        elif not word:
            yield Failing(name, finding.span.first, rule, f"found by {rule}, and no mark says so")


def _done(beside: Sequence[tuple[Fixture, range]], run: _Run) -> Iterator[str]:
    """Name lines that were thought to be missed and are found."""
    for fixture, numbers in beside:
        for mark in fixture.marks:
            found = numbers and any(f.span.first == mark.line for f in _by(run.seen[numbers[0]], mark.rule))
            if mark.word == "todoruleid" and found:
                name = run.shelf.place(fixture.pack, fixture.path)
                yield f"{name}:{mark.at}: {mark.rule} finds this by now; make it ruleid"


def _by(seen: Seen, rule: str) -> list[Finding]:
    return [finding for finding in seen.findings if finding.rule == rule]


def _failing(sample: Sample, said: str) -> Failing:
    return Failing(sample.file, sample.line, sample.rule.id, said)
