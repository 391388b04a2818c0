"""House rules, which a model answers: its recorded answers, put through the checks of a review.

The answer goes through the same parser and the same verifier as in a review, so a rule counts as found
only where the model quoted a line that really stands in the example.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from reviewbot.domain.claim import Claim, ModelReport, ShownLine
from reviewbot.domain.globs import first_match
from reviewbot.domain.rule import ReviewDetector, Rule
from reviewbot.domain.secret import Mask, Secret
from reviewbot.domain.secret_kinds import find_secrets
from reviewbot.errors import PolicyError
from reviewbot.model import answer as answers_of_models
from reviewbot.model.answer import BadAnswer
from reviewbot.model.shown import Veil
from reviewbot.verdict.verify import Checked, verify
from reviewbot.workbench import answers
from reviewbot.workbench.answers import Recorded
from reviewbot.workbench.imagined import Imagined, imagine
from reviewbot.workbench.samples import Sample, samples
from reviewbot.workbench.shelf import ANSWERS, Shelf
from reviewbot.workbench.testing import Failing, Tested, judged

UNRECORDED = "no recorded answer of a model"


def recorded(shelf: Shelf, only: Collection[str]) -> Tested:
    """Test all house rules by their recorded answers. Raises `PolicyError` for a file that cannot be read."""
    rules = [rule for rule in judged(shelf, only) if isinstance(rule.detector, ReviewDetector)]
    failing: list[Failing] = []
    untested: list[tuple[str, str]] = []
    count = 0
    mistakes: list[str] = []
    for rule in rules:
        try:
            entries = answers_of(shelf, rule)
        except PolicyError as error:
            mistakes.append(str(error))
            continue
        current = [entry for entry in entries if _is_current(entry, shelf, rule)]
        count += len(current)
        failing += (one for entry in current for one in _replayed(shelf, rule, entry))
        if not current:
            why = "the rule has changed since its answers were recorded" if entries else UNRECORDED
            untested.append((rule.id, why))
    if mistakes:
        raise PolicyError("\n".join(mistakes))
    return Tested(rules=0, examples=count, failing=tuple(sorted(failing)), untested=tuple(untested))


def answers_of(shelf: Shelf, rule: Rule) -> tuple[Recorded, ...]:
    """Read a rule's recorded answers, none if there is no file. Raises `PolicyError`."""
    path = rule.id + ANSWERS
    raw = shelf.beside[rule.pack].get(path)
    return answers.read(shelf.place(rule.pack, path), raw) if raw is not None else ()


def found_in(sample: Sample, path: str, claims: Sequence[Claim], shelf: Shelf) -> tuple[Checked, ...]:
    """Check claims about an example as a review would: as a file that a change adds."""
    made = imagine({path: sample.content})
    report = ModelReport(
        host="", name="", constrained="", context_tokens=0, claims=tuple(claims),
        shown=tuple(_shown(made, sample, path)), excerpts=(), coverage=(),
    )  # fmt: skip
    return verify(report, change=made.change, excerpts=(), rules=shelf.rules, read=made.read)


def mask_of(texts: Sequence[str]) -> Mask:
    """Learn the secrets of examples, which a model is not shown."""
    found = (match for text in texts for match in find_secrets(text))
    return Mask.of(Secret(match.kind, value) for match in found for value in match.values)


def _shown(made: Imagined, sample: Sample, path: str) -> Iterator[ShownLine]:
    veil = Veil.of(mask_of([sample.text]))
    for file in made.change.files:
        for number, line in file.added_lines():
            text = line.decode("utf-8", "surrogateescape")
            yield ShownLine(path, number, veil.line(text), added=True, hunk=1)


def _is_current(entry: Recorded, shelf: Shelf, rule: Rule) -> bool:
    """Say whether the answer is to the question as it stands now; one without a digest is believed to be."""
    texts = {sample.kind: sample.text for sample in samples(shelf, rule)}
    text = texts.get(entry.example)
    return text is None or not entry.digest or entry.digest == answers.digest(rule, text)


def _replayed(shelf: Shelf, rule: Rule, entry: Recorded) -> Iterator[Failing]:
    name = shelf.place(rule.pack, rule.id + ANSWERS)
    sample = next((one for one in samples(shelf, rule) if one.kind == entry.example), None)
    by = f"{entry.model}, {entry.recorded}"
    if sample is None:
        yield Failing(name, entry.line, rule.id, f"{entry.example}: the rule has no such example ({by})")
        return
    try:
        claims = answers_of_models.read(entry.answer).claims
    except BadAnswer as error:
        yield Failing(name, entry.line, rule.id, f"{entry.example}: {error} ({by})")
        return
    path = _path(entry, claims, sample)
    checked = [one for one in found_in(sample, path, claims, shelf) if one.finding.rule == rule.id]
    verified = any(not one.why for one in checked)
    if sample.is_flaw and not verified:
        why = f": {checked[0].why}" if checked else ""
        yield Failing(name, entry.line, rule.id, f"{entry.example}: not found by {rule.id} ({by}){why}")
    if not sample.is_flaw and verified:
        line = next(one.finding.span.first for one in checked if not one.why)
        yield Failing(name, entry.line, rule.id, f"{entry.example}: line {line} found by {rule.id} ({by})")


def _path(entry: Recorded, claims: Sequence[Claim], sample: Sample) -> str:
    """Give the path that the example was shown under: as recorded, else as the answer itself says."""
    patterns = sample.rule.applies_to
    said = {str(claim.path) for claim in claims}
    for path in (entry.path, *(said if len(said) == 1 else set())):
        if path and answers.is_below(path) and (not patterns or first_match(patterns, path)):
            return path
    return sample.paths[0] if sample.paths else "code.txt"


def joined(first: Tested, second: Tested) -> Tested:
    """Put the scanners' part of a test and the models' part together."""
    return replace(
        first,
        examples=first.examples + second.examples,
        failing=tuple(sorted({*first.failing, *second.failing})),
        untested=(*first.untested, *second.untested),
    )
