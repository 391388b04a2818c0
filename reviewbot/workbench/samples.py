"""The short examples that stand in the rule files themselves."""

from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.domain.rule import ReviewDetector, Rule, ToolDetector, TouchDetector
from reviewbot.policy.yaml_source import Key
from reviewbot.workbench.places import candidates
from reviewbot.workbench.shelf import Shelf

KINDS = ("bad", "good", "clean")


@dataclass(frozen=True, slots=True)
class Sample:
    """One example: `kind` is bad, good, clean, violations/0, not_violations/0, …; `paths` are where it may lie."""

    rule: Rule
    kind: str
    text: str
    file: str
    line: int
    paths: tuple[str, ...]

    @property
    def is_flaw(self) -> bool:
        """True if the rule must find it."""
        return self.kind == "bad" or self.kind.startswith("violations/")

    @property
    def content(self) -> bytes:
        """Give the text as a file's bytes; where the example is a path, of some file."""
        text = "some text\n" if is_about_paths(self.rule) else self.text
        return text.encode("utf-8", "surrogatepass")


def is_about_paths(rule: Rule) -> bool:
    """Say whether the examples of a rule are names of files."""
    detector = rule.detector
    names = (
        isinstance(detector, ToolDetector) and detector.tool == "hidden" and detector.tool_rules == ("path",)
    )
    return names or isinstance(detector, TouchDetector)


def samples(shelf: Shelf, rule: Rule) -> tuple[Sample, ...]:
    """Give the examples of a rule, those of a house rule's question too."""
    return tuple(_sample(shelf, rule, kind, text, key) for kind, text, key in _texts(rule))


def _texts(rule: Rule) -> Iterator[tuple[str, str, Key]]:
    for kind in KINDS:
        text = getattr(rule, kind)
        if text.strip():
            yield kind, text, (kind,)
    if isinstance(rule.detector, ReviewDetector):
        for name in ("violations", "not_violations"):
            for at, text in enumerate(getattr(rule.detector, name)):
                yield f"{name}/{at}", text, ("detect", "review", name, at)


def _sample(shelf: Shelf, rule: Rule, kind: str, text: str, key: Key) -> Sample:
    if is_about_paths(rule):
        paths: tuple[str, ...] = (text.strip(),)
    else:
        paths = candidates(rule, f"{rule.id}/{kind.replace('/', '-')}")
    file = shelf.file(rule)
    return Sample(rule, kind, text, file.name, file.line(*key), paths)


def line_in_file(shelf: Shelf, sample: Sample, number: int) -> int:
    """Give the line of the rule's file where line `number` of the example stands."""
    if sample.kind in KINDS:
        return shelf.file(sample.rule).text_line((sample.kind,), number)
    name, _, at = sample.kind.partition("/")
    return shelf.file(sample.rule).text_line(("detect", "review", name, int(at)), number)
