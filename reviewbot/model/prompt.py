"""The words that are sent: constant ones first, the change last.

Servers keep equal beginnings, so the system message is the same bytes for every request of a
policy: role, conduct, schema, rules, sorted. Then come excerpts, scanner findings and the
change, each a data span. No time, commit id, title, description, branch or author occurs.

Templates are the operator's or ours. What varies is never template source, only a value.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.domain.excerpt import Excerpt
from reviewbot.domain.finding import Finding
from reviewbot.domain.globs import first_match
from reviewbot.domain.rule import ApprovedLibrary, ReviewDetector, Rule, RuleSet
from reviewbot.errors import PolicyError
from reviewbot.model.answer import schema
from reviewbot.model.budget import Chunk, tokens
from reviewbot.model.dialect import Message
from reviewbot.model.shown import Veil, span

if TYPE_CHECKING:
    from jinja2 import Template

_WORD = re.compile(r"[^\W\d]\w{2,}")
# Words of the reasons themselves, which code may hold by chance.
_REASON_WORDS = frozenset(
    [
        "definition",
        "definitions",
        "defined",
        "defines",
        "caller",
        "callers",
        "called",
        "calls",
        "uses",
        "used",
        "use",
        "the",
        "for",
        "and",
        "that",
        "this",
        "which",
        "encloses",
        "enclosing",
        "around",
        "hunk",
        "line",
        "lines",
        "change",
        "changed",
        "function",
        "class",
        "method",
        "symbol",
        "reference",
        "references",
        "near",
        "from",
        "with",
        "file",
        "same",
        "import",
        "imports",
        "imported",
        "type",
        "test",
        "tests",
    ]
)
EXAMPLES = 3
"""Examples of each kind that a rule's question is shown with."""
_GUIDELINE = re.compile(r"\Aguideline\b")


@dataclass(frozen=True, slots=True)
class Templates:
    """The two compiled templates."""

    system: "Template"
    change: "Template"

    @classmethod
    def load(cls, folder: Path) -> "Templates":
        """Read `prompts/` under the templates folder. Raises `PolicyError` with file and line."""
        system, change = loaded(folder, "system.j2", "change.j2")
        return cls(system, change)


def loaded(folder: Path, *names: str) -> tuple["Template", ...]:
    """Compile templates of `prompts/` under a folder. Raises `PolicyError` with file and line."""
    from jinja2 import FileSystemLoader, StrictUndefined, TemplateError  # noqa: PLC0415 (heavy)
    from jinja2.sandbox import SandboxedEnvironment  # noqa: PLC0415 (heavy)

    environment = SandboxedEnvironment(  # prompts are not HTML: nothing is to be escaped
        loader=FileSystemLoader(folder / "prompts"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        return tuple(environment.get_template(name) for name in names)
    except TemplateError as error:
        line = f", line {error.lineno}" if hasattr(error, "lineno") else ""
        raise PolicyError(
            f"a prompt template under {folder / 'prompts'} does not load{line}: {error.message}"
        ) from None


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A house rule in words that hold no control token and no fence.

    Only rules for the file are shown, so their paths need no words; why a rule matters is for people. A few
    examples of each kind do: what is said here is sent with every file.
    """

    id: str
    title: str
    question: str
    evidence: str
    violations: tuple[str, ...]
    not_violations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """What goes with a chunk: excerpts under the names the model cites, and findings."""

    excerpts: tuple[tuple[str, Excerpt], ...]
    findings: tuple[Finding, ...]

    def real_id(self, cited: str) -> str:
        """Give the run's id of an excerpt; what was not given under that name stays recognisably so."""
        return {name: excerpt.id for name, excerpt in self.excerpts}.get(cited, f"not given: {cited}")


def system_message(
    templates: Templates, rules: RuleSet, *, tight: bool, veil: Veil, others: bool = True
) -> Message:
    """Write the constant part; `others` lists the scanners' rules too. Raises `PolicyError` if the template does not render."""
    house = sorted(rules.review, key=lambda rule: rule.id)
    known = {rule.id for rule in house}
    rest = sorted((rule for rule in rules.rules if rule.id not in known), key=lambda rule: rule.id)
    text = render(
        templates.system,
        schema=json.dumps(schema(tight=tight), separators=(",", ":")),
        house_rules=[_shown_rule(rule, veil) for rule in house],
        other_rules=[{"id": own(rule.id, veil), "title": own(rule.title, veil)} for rule in rest if others],
        approved=[shown_library(library, veil) for library in rules.approved],
    )
    return Message("system", text)


def change_message(
    templates: Templates, chunk: Chunk, material: Material, veil: Veil, *, complaint: str = ""
) -> Message:
    """Write the question about one chunk. `complaint` says what was wrong with the last answer."""
    text = render(
        templates.change,
        excerpts=[_excerpt(name, excerpt, veil) for name, excerpt in material.excerpts],
        findings=span(_finding(finding, veil) for finding in material.findings) if material.findings else "",
        uncommented=chunk.plain is not None,
        change=span(_change_lines(chunk)),
        complaint=complaint,
    )
    return Message("user", text)


def relevant(excerpts: Sequence[Excerpt], chunk: Chunk) -> tuple[Excerpt, ...]:
    """Choose the excerpts that concern a chunk, by the words of why they were chosen.

    All of them with every request would make each answer hang on every file of the change.
    Guideline pages concern everything and come first; then what surrounds the chunk's own lines.
    """
    text = "\n".join(line.text for section in chunk.sections for line in section.lines)
    around = [excerpt for excerpt in excerpts if _surrounds(excerpt, chunk)]
    words = set(_WORD.findall("\n".join((text, *(excerpt.text for excerpt in around)))))
    general = [excerpt for excerpt in excerpts if _GUIDELINE.search(excerpt.why)]
    taken = {excerpt.id for excerpt in (*general, *around)}
    named = [
        excerpt
        for excerpt in excerpts
        if excerpt.id not in taken and not words.isdisjoint(set(_WORD.findall(excerpt.why)) - _REASON_WORDS)
    ]
    return (*general, *around, *named)


def fitting(excerpts: Iterable[Excerpt], room: int, veil: Veil) -> tuple[tuple[str, Excerpt], ...]:
    """Take excerpts in order while they fit, and name them `x1`, `x2`, … for this request, sorted by place.

    Names are the request's own, so that another file's excerpts do not change this one's words.
    """
    taken: list[Excerpt] = []
    for excerpt in excerpts:
        cost = tokens(_excerpt("x99", excerpt, veil))
        if cost <= room:
            room -= cost
            taken.append(excerpt)
    taken.sort(key=lambda e: (_GUIDELINE.search(e.why) is None, e.path, e.first, e.last))
    return tuple((f"x{number}", excerpt) for number, excerpt in enumerate(taken, start=1))


def applying(rules: Iterable[Rule], path: str) -> bool:
    """Say whether one of the rules applies to the file."""
    return any(not rule.applies_to or first_match(rule.applies_to, path) for rule in rules)


def _surrounds(excerpt: Excerpt, chunk: Chunk) -> bool:
    return excerpt.path == chunk.path and any(
        excerpt.first <= last and first <= excerpt.last for first, last in chunk.ranges
    )


def render(template: "Template", **values: object) -> str:
    """Fill in a template. Raises `PolicyError` if it does not render."""
    from jinja2 import TemplateError  # noqa: PLC0415 (heavy)

    try:
        return template.render(values).strip("\n")
    except (TemplateError, TypeError, ValueError) as error:
        raise PolicyError(f"the prompt template {template.name} does not render: {error}") from None


def _shown_rule(rule: Rule, veil: Veil) -> ShownRule:
    detector = rule.detector
    assert isinstance(detector, ReviewDetector)
    return ShownRule(
        id=own(rule.id, veil),
        title=own(rule.title, veil).rstrip("."),
        question=own(detector.question, veil),
        evidence=own(detector.evidence, veil),
        violations=tuple(own(text, veil) for text in detector.violations[:EXAMPLES]),
        not_violations=tuple(own(text, veil) for text in detector.not_violations[:EXAMPLES]),
    )


def shown_library(library: ApprovedLibrary, veil: Veil) -> dict[str, object]:
    """Show a list of approved libraries."""
    return {
        "purpose": own(library.purpose, veil),
        "languages": library.languages,
        "use": [own(name, veil) for name in library.use],
        "instead_of": library.instead_of,
    }


def own(text: str, veil: Veil) -> str:
    """Show words of a rule: trusted, but they must not open a span or hold a control token."""
    return veil.block(text.strip()).replace("<<<data", "<U+003C><<data")


def _excerpt(name: str, excerpt: Excerpt, veil: Veil) -> str:
    head = f"{name}: {veil.path(excerpt.path)}, lines {excerpt.first} to {excerpt.last}: {veil.line(excerpt.why)}"
    return span((head, veil.block(excerpt.text)))


def _finding(finding: Finding, veil: Veil) -> str:
    where = f"line {finding.span.first}" + (
        f" to {finding.span.last}" if finding.span.last > finding.span.first else ""
    )
    return f"{where}: {veil.line(finding.rule)}: {veil.line(finding.title)}"


def _change_lines(chunk: Chunk) -> Iterable[str]:
    yield f"file: {chunk.shown_path}"
    for number, section in enumerate(chunk.sections, start=1):
        yield f"hunk {number}:"
        for line in section.lines:
            yield str(line)
