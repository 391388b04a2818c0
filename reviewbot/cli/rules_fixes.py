"""`reviewbot rules fixes`: the structural fixes that a rule may name."""

import click

from reviewbot.domain.structural import STRUCTURAL


@click.command("fixes")
def command() -> int:
    """List the structural fixes that a rule may name under `fix: structural:`."""
    rows = [(fix.name, ", ".join(fix.languages), fix.sentence) for fix in sorted(STRUCTURAL.values(), key=lambda fix: fix.name)]  # fmt: skip
    rows.insert(0, ("name", "languages", "what it does"))
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    for row in rows:
        click.echo("  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
    return 0
