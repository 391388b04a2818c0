"""The proof: what a patch must withstand before anybody sees it.

The cheap steps come first, for all patches; then one job in the sandbox for all that are left, one run of the
scanners for all that are left after that, and the repository's tests for each by itself.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from reviewbot.domain.mending import Flaw, KnownImport, Rescan, RunSuite
from reviewbot.domain.patch import Patch, Proof, Proposal, State, Step, StepResult
from reviewbot.domain.rule import ApprovedLibrary
from reviewbot.domain.suite import SuiteRun
from reviewbot.patches.steps import asking, placing, rescanned, suites, wording
from reviewbot.patches.steps.subject import Subject, opened
from reviewbot.patches.workroom import Workroom

_DIGITS = 12
_PURE = {
    Step.IN_PLACE: placing.in_place,
    Step.BOUNDED: wording.bounded,
    Step.PLAIN_TEXT: wording.plain_text,
    Step.FORMAT_KEPT: wording.format_kept,
}


@dataclass(frozen=True, slots=True)
class Bench:
    """What a proof takes. Tests are run where `run_suite` is there, and `suite_before` was a whole run of the head."""

    workroom: Workroom
    rescan: Rescan
    known_import: KnownImport
    approved: tuple[ApprovedLibrary, ...] = ()
    run_suite: RunSuite | None = None
    suite_before: SuiteRun | None = None


@dataclass(slots=True)
class _Trial:
    """One proposal on its way; `results` grow, and one that failed ends it."""

    flaw: Flaw
    proposal: Proposal
    subject: Subject | None = None
    results: dict[Step, StepResult] = field(default_factory=dict)
    tests: int | None = None

    @property
    def stands(self) -> bool:
        return self.subject is not None and all(
            one.state is not State.FAILED for one in self.results.values()
        )

    def note(self, step: Step, wrong: str) -> None:
        self.results[step] = StepResult(step, State.FAILED if wrong else State.PASSED, wrong)


def prove(
    proposals: Sequence[tuple[Flaw, Proposal]], bench: Bench, steps: Collection[Step] = tuple(Step)
) -> list[Patch]:
    """Prove each proposal, in order: what comes back may be shown only where its proof holds.

    `steps` leaves some out, to see what they are good for; such a proof never holds. Raises `SandboxError`
    if the sandbox breaks, and what `bench.rescan` and `bench.run_suite` raise.
    """
    trials = [_Trial(flaw, proposal) for flaw, proposal in proposals]
    for trial in trials:
        _look(trial, steps)
    _take_apart([one for one in trials if one.stands], bench, steps)
    _scan([one for one in trials if one.stands], bench, steps)
    for trial in trials:
        if trial.stands:
            _test(trial, bench, steps)
    return [_patch(trial) for trial in trials]


def _look(trial: _Trial, steps: Collection[Step]) -> None:
    """Take the steps that need nothing but the bytes."""
    said = placing.applies(trial.flaw, trial.proposal) if Step.APPLIES in steps else ""
    subject = said or opened(trial.flaw, trial.proposal)
    if isinstance(subject, str):
        trial.note(Step.APPLIES, subject)
        return
    trial.subject = subject
    if Step.APPLIES in steps:
        trial.note(Step.APPLIES, placing.changes_something(subject))
    for step, wrong in _PURE.items():
        if step in steps and trial.stands:
            trial.note(step, wrong(subject))


def _take_apart(trials: Sequence[_Trial], bench: Bench, steps: Collection[Step]) -> None:
    """Take the steps that need a tree, in one job in the sandbox."""
    if not set(steps) & set(asking.STEPS):
        return
    answers = bench.workroom.answers([asking.task(subject, bench.approved) for subject in _subjects(trials)])
    for trial, answer in zip(trials, answers, strict=True):
        path = trial.flaw.file.path

        def known(module: str, path: str = path) -> bool:
            return asking.is_approved(module, bench.approved) or bench.known_import(path, module)

        trial.results.update({one.step: one for one in asking.read(answer, known, steps)})


def _scan(trials: Sequence[_Trial], bench: Bench, steps: Collection[Step]) -> None:
    if not trials or not {Step.FINDING_GONE, Step.NOTHING_NEW} & set(steps):
        return
    found = bench.rescan([(subject.flaw.file, subject.patched) for subject in _subjects(trials)])
    for trial, subject, one in zip(trials, _subjects(trials), found, strict=True):
        left = rescanned.compared(subject, one)
        for step, wrong in ((Step.FINDING_GONE, left.gone), (Step.NOTHING_NEW, left.new)):
            if step in steps:
                trial.note(step, wrong)


def _test(trial: _Trial, bench: Bench, steps: Collection[Step]) -> None:
    before = bench.suite_before
    if Step.TESTS_PASS not in steps or bench.run_suite is None or before is None:
        return
    if not suites.has_something_to_keep(before):
        return
    assert trial.subject is not None
    tested = suites.tested(before, bench.run_suite({trial.subject.path: trial.subject.patched}))
    trial.results[Step.TESTS_PASS], trial.tests = tested.result, tested.tests


def _subjects(trials: Sequence[_Trial]) -> Iterator[Subject]:
    return (trial.subject for trial in trials if trial.subject is not None)


def _patch(trial: _Trial) -> Patch:
    """Write down what was proven. What comes after a failed step counts as not run, even if it was."""
    results = []
    for step in Step:
        if step in trial.results:
            results.append(trial.results[step])
            if results[-1].state is State.FAILED:
                break
    proof = Proof.of(results, trial.tests)
    one = trial.proposal
    return Patch(
        _id(trial),
        trial.flaw.finding.fingerprint,
        one.origin,
        one.safe,
        one.sentence,
        one.edits,
        proof,
        one.needs,
    )


def _id(trial: _Trial) -> str:
    edits = [[one.path, one.oid, one.first, one.last, one.lines] for one in trial.proposal.edits]
    # ASCII with escapes, so that undecodable bytes of a path or lone surrogates in a line have a digest too.
    digest = hashlib.sha256(json.dumps([trial.flaw.finding.fingerprint, edits]).encode("ascii"))
    return "p-" + digest.hexdigest()[:_DIGITS]
