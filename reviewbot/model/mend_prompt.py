"""The words in which the model is asked for a remedy: constant ones first, the file last.

The system message is the same bytes for all files of a language. What comes from the change, its path
and a first try with what was said of it included, stands in data spans, masked, as everything that the
model is shown.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.domain.mending import Flaw, Tried
from reviewbot.domain.patch import Step
from reviewbot.domain.rule import ApprovedLibrary, Rule
from reviewbot.model.budget import tokens
from reviewbot.model.dialect import Message
from reviewbot.model.mend_answer import mend_schema
from reviewbot.model.mend_proposal import Ground
from reviewbot.model.mend_view import seen
from reviewbot.model.prompt import loaded, own, render, shown_library
from reviewbot.model.shown import Veil, span

if TYPE_CHECKING:
    from jinja2 import Template

VIEW_TOKENS = 4_000
"""Most tokens of the file in one question."""

_LINE_TOKENS = 4  # number, mark, bar and line end
_EXAMPLE_LINES = 40
_SAID_CHARACTERS = 400
_ALIASES = {"javascript": {"js"}, "typescript": {"ts"}, "python": {"py", "python3"}, "go": {"golang"}}

_FAILED: dict[Step, str] = {
    Step.APPLIES: "it does not apply to the file",
    Step.IN_PLACE: "it changes lines that it may not change",
    Step.BOUNDED: "it is too large for a remedy",
    Step.PLAIN_TEXT: "it holds characters that are not plain text of this file",
    Step.FORMAT_KEPT: "it does not keep the file's indentation or line ends",
    Step.PARSES: "with it the file is no valid source code",
    Step.KNOWN_IMPORTS: "it imports what is neither known here, in the standard library nor approved",
    Step.NOTHING_FORBIDDEN: "it adds what is forbidden, such as a weaker check or a silenced scanner",
    Step.WORK_KEPT: "the code no longer does what it is there for",
    Step.FINDING_GONE: "the scanner still finds the flaw",
    Step.NOTHING_NEW: "the scanner finds another flaw in it",
    Step.TESTS_PASS: "tests that passed before fail with it",
}


@dataclass(frozen=True, slots=True)
class MendTemplates:
    """The two compiled templates."""

    system: "Template"
    flaw: "Template"

    @classmethod
    def load(cls, folder: Path) -> "MendTemplates":
        """Read them from `prompts/` under the templates folder. Raises `PolicyError`."""
        system, flaw = loaded(folder, "mend-system.j2", "mend.j2")
        return cls(system, flaw)


def system_message(
    templates: MendTemplates,
    approved: Sequence[ApprovedLibrary],
    language: str | None,
    *,
    tight: bool,
    veil: Veil,
) -> Message:
    """Write the constant part for a language. Raises `PolicyError` if the template does not render."""
    text = render(
        templates.system,
        schema=json.dumps(mend_schema(tight=tight), separators=(",", ":")),
        approved=[shown_library(one, veil) for one in approved if _speaks(one, language)],
    )
    return Message("system", text)


def _speaks(library: ApprovedLibrary, language: str | None) -> bool:
    names = {name.lower() for name in library.languages}
    return language is not None and bool(names & {language, *_ALIASES.get(language, ())})


@dataclass(frozen=True, slots=True)
class Asking:
    """One question: the ground it is about, the first try if there was one, the lines that are shown."""

    ground: Ground
    tried: Tried | None
    shown: tuple[int, ...]


def shown_lines(ground: Ground, veil: Veil, room: int) -> tuple[int, ...]:
    """Choose the lines of the file that fit the room, in tokens; none if not even those in question do."""
    place, where = ground.place, ground.flaw.finding.span

    def cost(number: int) -> int:
        return tokens(veil.line(ground.lines[number - 1])) + _LINE_TOKENS

    first, last = min(place.first, where.first), max(place.last, where.last)
    return seen(ground.lines, first, last, cost=cost, room=min(room, VIEW_TOKENS))


def flaw_message(templates: MendTemplates, asking: Asking, veil: Veil, *, complaint: str = "") -> Message:
    """Write the question. `complaint` says what was wrong with the last answer."""
    ground, tried = asking.ground, asking.tried
    flaw, place = ground.flaw, ground.place
    assert flaw.rule is not None
    failure = tried.patch.proof.failure if tried else None
    text = render(
        templates.flaw,
        rule=_rule(flaw.rule, veil),
        flaw=_spoken(flaw.finding.span.first, flaw.finding.span.last),
        allowed=_spoken(place.first, place.last),
        file=span(_file(asking, veil)),
        others=span(_others(flaw, veil)) if flaw.also else "",
        tried=span(_tried(tried, veil)) if tried else "",
        failure=_FAILED[failure.step] if failure else "it was not proven",
        complaint=complaint,
    )
    return Message("user", text)


def _rule(rule: Rule, veil: Veil) -> dict[str, str]:
    good = "\n".join(rule.good.split("\n")[:_EXAMPLE_LINES])
    return {
        "title": own(rule.title, veil).rstrip("."),
        "why": own(rule.why, veil),
        "good": own(good, veil),
    }


def _spoken(first: int, last: int) -> str:
    return f"line {first}" if first == last else f"lines {first} to {last}"


def _file(asking: Asking, veil: Veil) -> Iterator[str]:
    ground = asking.ground
    yield f"file: {veil.path(ground.flaw.file.path)}"
    reached = 0
    for number in asking.shown:
        if number != reached + 1:
            yield "..."
        mark = ">" if ground.place.first <= number <= ground.place.last else " "
        yield f"{number:>6} {mark}|{veil.line(ground.lines[number - 1])}"
        reached = number
    if reached < len(ground.lines):
        yield "..."


def _others(flaw: Flaw, veil: Veil) -> Iterator[str]:
    for one in flaw.also:
        yield f"{_spoken(one.span.first, one.span.last)}: {veil.line(one.title)}"


def _tried(tried: Tried, veil: Veil) -> Iterator[str]:
    yield veil.line(tried.why)[:_SAID_CHARACTERS]
    for edit in tried.patch.edits:
        where = f"in place of {_spoken(edit.first, edit.last)}" if edit.last >= edit.first else "put in"
        yield f"{where}:"
        for line in edit.lines:
            yield f"  |{veil.line(line)}"
