"""`reviewbot rules show`: all of one rule, as a person reads it."""

import shutil
import textwrap
from typing import TYPE_CHECKING, Any

import click

from reviewbot.cli.rules_settings import FOLDERS, added, offered, policy_of, rule_of
from reviewbot.domain.visible import visible, visible_block

if TYPE_CHECKING:
    from reviewbot.domain.rule import Rule
    from reviewbot.workbench.shelf import Shelf


@click.command("show")
@click.argument("name", metavar="ID")
@added(FOLDERS)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Show all of one rule: words, numbers, detector, examples, and where it stands."""
    policy = policy_of(ctx, options)
    rule, shelf = rule_of(offered(policy), options["name"])
    width = min(shutil.get_terminal_size((100, 40)).columns, 110)
    click.echo(_shown(rule, shelf, width, on=rule.pack in policy.packs))
    return 0


def _shown(rule: "Rule", shelf: "Shelf", width: int, *, on: bool) -> str:
    from reviewbot.workbench import words  # noqa: PLC0415 (`--help` needs it not)

    def paragraph(name: str, text: str) -> str:
        return textwrap.fill(visible(" ".join(text.split())), width, initial_indent=f"{name:<12}", subsequent_indent=" " * 12, break_on_hyphens=False, break_long_words=False)  # fmt: skip

    numbers = ", ".join([*(f"CWE-{number}" for number in rule.cwe), *rule.owasp])
    parts = [
        visible(rule.title), "", paragraph("why", rule.why), "",
        paragraph("id", rule.id), paragraph("pack", f"{rule.pack}{'' if on else ' (not on)'}"),
        paragraph("severity", f"{rule.severity}, confidence {rule.confidence}"),
    ]  # fmt: skip
    more = {
        "flaw": numbers, "found by": words.detector(rule), "applies to": ", ".join(rule.applies_to),
        "owner": f"{rule.owner}, since {rule.since}", **words.question(rule), **words.approved(rule, shelf.rules), "fix": words.fix(rule).replace("`", ""),
    }  # fmt: skip
    parts += [paragraph(name, text) for name, text in more.items() if text]
    parts += [paragraph("read" if not at else "", reference) for at, reference in enumerate(rule.references)]
    parts.append(paragraph("file", shelf.file(rule).name))
    for name in ("bad", "good", "clean"):
        text = getattr(rule, name).strip("\n")
        if text:
            parts += ["", name, textwrap.indent(visible_block(text), "    ")]
    return "\n".join(parts)
