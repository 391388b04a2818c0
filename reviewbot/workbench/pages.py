"""Pages about packs in Markdown: one for each pack, and an index. The same packs give the same bytes.

All text of a rule is shown inert (`domain.inert`), its examples with hidden characters made visible and
secrets masked: a page must not hold what the packs look for.
"""

import re
from collections.abc import Iterator

from reviewbot.domain import inert
from reviewbot.domain.rule import ApprovedLibrary, Pack, ReviewDetector, Rule
from reviewbot.domain.visible import visible, visible_block
from reviewbot.workbench import words
from reviewbot.workbench.house import mask_of
from reviewbot.workbench.shelf import Shelf

INDEX = "README.md"
_OWN_LINK = re.compile(r"\[([a-z0-9-]+)\]\((?:#[a-z0-9-]+|[a-z0-9-]+\.md)\)")
_MADE = "Made from the packs by `reviewbot rules docs`; change the rule, not the page."


def pages(shelf: Shelf) -> dict[str, str]:
    """Give the text of every page by its file name."""
    packs = sorted(shelf.rules.packs, key=lambda pack: pack.id)
    made = {f"{pack.id}.md": _checked(_page(shelf, pack)) for pack in packs}
    return made | {INDEX: _checked(_index(shelf, packs))}


def _checked(text: str) -> str:
    """Look at the whole page once more, our own links between pages aside. Raises `ReviewbotError`."""
    inert.body(_OWN_LINK.sub(r"\1", text))
    return text


def _index(shelf: Shelf, packs: list[Pack]) -> str:
    rows = ["| pack | rules | what it is about | owner |", "|---|---|---|---|"]
    for pack in packs:
        count = len(shelf.of_pack(pack))
        about = inert.cell(_prose(pack.description))
        rows.append(f"| [{pack.id}]({pack.id}.md) | {count} | {about} | {inert.cell(_prose(pack.owner))} |")
    total = len(shelf.rules.rules)
    return "\n".join(
        ["# Rules", "", f"{_many(total, 'rule')} in {_many(len(packs), 'pack')}. {_MADE}", "", *rows, ""]
    )


def _page(shelf: Shelf, pack: Pack) -> str:
    rules = shelf.of_pack(pack)
    lines = [f"# {pack.id}", "", _prose(pack.description), ""]
    threshold = f", blocks from {pack.threshold} on" if pack.threshold else ""
    lines += [
        f"Version {pack.version}, owner {_prose(pack.owner)}{threshold}, {_many(len(rules), 'rule')}. {_MADE}",
        "",
    ]
    lines += ["| rule | | severity | confidence | detector |", "|---|---|---|---|---|"]
    lines += [_row(rule) for rule in rules]
    for rule in rules:
        lines += ["", *_section(rule)]
    for library in shelf.rules.approved:
        if library.pack == pack.id:
            lines += ["", *_library(library)]
    return "\n".join([*lines, ""])


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _row(rule: Rule) -> str:
    title = inert.cell(_prose(rule.title))
    return (
        f"| [{rule.id}](#{rule.id}) | {title} | {rule.severity} | {rule.confidence} | {words.short(rule)} |"
    )


def _section(rule: Rule) -> Iterator[str]:
    yield f"## {rule.id}"
    yield ""
    yield f"**{_prose(rule.title)}** · {rule.severity} · confidence {rule.confidence}{_numbers(rule)}"
    yield ""
    yield _prose(rule.why)
    yield ""
    yield f"- found by: {_prose(words.detector(rule))}"
    if rule.applies_to:
        yield f"- applies to: {', '.join(inert.code(visible(pattern)) for pattern in rule.applies_to)}"
    if words.fix(rule):
        yield f"- fix: {_prose(words.fix(rule))}"
    yield f"- owner {_prose(rule.owner)}, since {rule.since}"
    if isinstance(rule.detector, ReviewDetector):
        yield f"- asked: {_prose(rule.detector.question)}"
        yield f"- evidence: {_prose(rule.detector.evidence)}"
    for reference in rule.references:
        yield f"- {inert.link(inert.code(reference), reference)}"
    for name, text in (("Found", rule.bad), ("Mended", rule.good), ("Looks like it, and is not", rule.clean)):
        if text.strip():
            yield from ("", f"{name}:", "", _code(text))


def _numbers(rule: Rule) -> str:
    named = [*(f"CWE-{number}" for number in rule.cwe), *rule.owasp]
    return " · " + ", ".join(inert.code(name) for name in named) if named else ""


def _library(library: ApprovedLibrary) -> Iterator[str]:
    yield f"## Approved: {library.id}"
    yield ""
    yield f"{_prose(library.purpose)}: use {_names(library.use)} instead of {_names(library.instead_of)}."
    if library.why:
        yield from ("", _prose(library.why))
    yield from ("", _code(library.example))


def _names(names: tuple[str, ...]) -> str:
    return ", ".join(inert.code(visible(name)) for name in names)


def _prose(text: str) -> str:
    return inert.prose(visible_block(text))


def _code(text: str) -> str:
    masked = mask_of([text]).hide(text.strip("\n"))
    return inert.code_block(visible_block(masked).split("\n"), 1)
