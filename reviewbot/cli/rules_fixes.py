"""`reviewbot rules fixes`: the structural fixes that a rule may name."""

import shutil
import textwrap
from collections.abc import Iterator

import click

from reviewbot.domain.structural import SHIPPED_ONLY, STRUCTURAL, StructuralFix
from reviewbot.errors import UsageError

_ANY = "*"
_BOUND = "(for rules that come with reviewbot: it goes by their names)"


@click.command("fixes")
@click.option("--language", help="Only those for this language, in semgrep's name.")
def command(language: str | None) -> int:
    """List the structural fixes that a rule may name under `fix: structural:`.

    A fix mends what it understands, and leaves the rest: whether it mends what your rule finds, `rules test` says.
    """
    known = {name for fix in STRUCTURAL.values() for name in fix.languages} - {_ANY}
    if language is not None and language not in known:
        raise UsageError(
            f"no structural fix is for {language}", hint=f"there are some for {', '.join(sorted(known))}"
        )
    by_languages: dict[tuple[str, ...], list[StructuralFix]] = {}
    for fix in sorted(
        STRUCTURAL.values(), key=lambda fix: (fix.languages == (_ANY,), fix.languages, fix.name)
    ):
        if language is None or {language, _ANY} & set(fix.languages):
            by_languages.setdefault(fix.languages, []).append(fix)
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    click.echo("\n\n".join("\n".join(_group(names, fixes, width)) for names, fixes in by_languages.items()))
    return 0


def _group(languages: tuple[str, ...], fixes: list[StructuralFix], width: int) -> Iterator[str]:
    yield "any language" if languages == (_ANY,) else ", ".join(languages)
    column = 4 + max(len(name) for name in STRUCTURAL)
    for fix in fixes:
        text = f"{fix.sentence} {_BOUND}" if fix.name in SHIPPED_ONLY else fix.sentence
        yield textwrap.fill(text, width, initial_indent=f"  {fix.name}".ljust(column), subsequent_indent=" " * column, break_on_hyphens=False)  # fmt: skip
