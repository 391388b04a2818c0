"""House rules put to a model now: how often it finds what it must, and how often what it must not.

All examples go to the model as files of one change that adds them, in the very words of a review.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reviewbot.audit.record import Unrecorded
from reviewbot.domain.claim import Claim, ModelReport
from reviewbot.domain.coverage import Coverage, Read
from reviewbot.domain.policy import Policy
from reviewbot.domain.ports import Progress
from reviewbot.domain.rule import ReviewDetector, Rule
from reviewbot.domain.secret import Mask
from reviewbot.errors import ModelError
from reviewbot.model.client import ChatClient
from reviewbot.model.request import ModelRequest
from reviewbot.model.review import review_change
from reviewbot.store.cache import NoCache
from reviewbot.workbench import answers
from reviewbot.workbench.answers import Recorded
from reviewbot.workbench.house import answers_of, found_in, mask_of
from reviewbot.workbench.imagined import imagine
from reviewbot.workbench.samples import Sample, samples
from reviewbot.workbench.shelf import ANSWERS, Shelf
from reviewbot.workbench.testing import judged

_NO_LIMIT = 10**9


@dataclass(frozen=True, slots=True)
class Asked:
    """What a model said of one example. `why` is set where it gave no usable answer."""

    sample: Sample
    path: str
    claims: tuple[Claim, ...]
    found: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Rates:
    """Of so many flaws so many were found, of so many harmless examples so many were found too."""

    hits: int
    flaws: int
    false: int
    harmless: int
    unanswered: int

    @classmethod
    def of(cls, asked: Sequence[Asked]) -> "Rates":
        """Count."""
        told = [one for one in asked if not one.why]
        flaws = [one.found for one in told if one.sample.is_flaw]
        harmless = [one.found for one in told if not one.sample.is_flaw]
        return cls(sum(flaws), len(flaws), sum(harmless), len(harmless), len(asked) - len(told))


@dataclass(frozen=True, slots=True)
class Live:
    """A model's answers to all examples that were asked about."""

    model: str
    asked: tuple[Asked, ...]

    def by_rule(self) -> Mapping[str, Rates]:
        """Give the rates of each rule, by id."""
        names = sorted({one.sample.rule.id for one in self.asked})
        return {name: Rates.of([one for one in self.asked if one.sample.rule.id == name]) for name in names}


@dataclass(frozen=True, slots=True)
class Put:
    """What is put to a model, and how."""

    shelf: Shelf
    policy: Policy
    templates: Path
    progress: Progress


def ask(put: Put, only: Collection[str], chat: ChatClient) -> Live:
    """Ask about every example. Raises `ModelError` if none was answered, `PolicyError` for a broken template."""
    # An allowance for reviews is none for measurements: every example is asked about.
    limits = replace(put.policy.limits, model_tokens=_NO_LIMIT, minutes=24 * 60)
    put = replace(put, policy=replace(put.policy, exclude=(), limits=limits))
    shelf = put.shelf
    rules = [rule for rule in judged(shelf, only) if isinstance(rule.detector, ReviewDetector)]
    waiting = [sample for rule in rules for sample in samples(shelf, rule) if sample.paths]
    asked: list[Asked] = []
    name = ""
    while waiting:
        now = {sample.paths[0]: sample for sample in reversed(waiting)}
        waiting = [sample for sample in waiting if now[sample.paths[0]] is not sample]
        report = _report(put, now, chat)
        name = report.name
        asked += _told(shelf, now, report)
    if asked and all(one.why for one in asked):
        raise ModelError(f"the model answered none of {len(asked)} examples: {asked[0].why}")
    return Live(name, tuple(sorted(asked, key=lambda one: (one.sample.rule.id, one.sample.kind))))


def recorded(live: Live, shelf: Shelf, today: str) -> Iterator[tuple[Path, str]]:
    """Give each rule's file of answers as it is to be: this model's answers anew, those of others as they are."""
    for name in sorted({one.sample.rule.id for one in live.asked}):
        rule = shelf.rules.find(name)
        assert rule is not None  # its examples were asked about
        kept = [entry for entry in answers_of(shelf, rule) if entry.model != live.model]
        new = [
            _entry(one, live.model, rule, today)
            for one in live.asked
            if one.sample.rule.id == name and not one.why
        ]
        yield shelf.folders[rule.pack] / (name + ANSWERS), answers.written([*kept, *new])


def _entry(one: Asked, model: str, rule: Rule, today: str) -> Recorded:
    findings = [
        {
            "rule": claim.rule, "path": claim.path, "line": claim.line, "quote": claim.quote,
            "explanation": claim.explanation, "evidence": list(claim.evidence),
        }
        for claim in one.claims
    ]  # fmt: skip
    answer = json.dumps({"findings": findings})
    return Recorded(model, today, one.sample.kind, answer, one.path, answers.digest(rule, one.sample.text))


def _report(put: Put, now: Mapping[str, Sample], chat: ChatClient) -> ModelReport:
    made = imagine({path: sample.content for path, sample in now.items()})
    request = ModelRequest(
        change=made.change, read=made.read, rules=put.shelf.rules, excerpts=(), findings=(),
        mask=mask_of([sample.text for sample in now.values()]), policy=put.policy, templates=put.templates,
    )  # fmt: skip
    return review_change(request, client=chat, cache=NoCache(), record=Unrecorded(), progress=put.progress)


def _told(shelf: Shelf, now: Mapping[str, Sample], report: ModelReport) -> Iterator[Asked]:
    said: Mapping[str, Coverage] = dict(report.coverage)
    everything = mask_of([sample.text for sample in now.values()])
    for path, sample in now.items():
        word = said[path]
        claims = tuple(_numbered(claim, everything, sample) for claim in report.claims if claim.path == path)
        checked = found_in(sample, path, claims, shelf)
        found = any(one.finding.rule == sample.rule.id and not one.why for one in checked)
        why = "" if word.state is Read.DONE else word.reason
        yield Asked(sample, path, claims, found, why)


def _numbered(claim: Claim, everything: Mask, sample: Sample) -> Claim:
    """Number masked secrets as in the example alone: so they will be when the answer is tested again."""
    own = dict(mask_of([sample.text]).placeholders)
    quote = claim.quote
    for value, placeholder in everything.placeholders:
        quote = quote.replace(placeholder, own.get(value, placeholder))
    return replace(claim, quote=quote)
