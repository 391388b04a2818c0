"""`reviewbot doctor`: what works here, and the sentence that mends what does not."""

import os
from typing import Any

import click

from reviewbot.cli.options import CONFIGURATION, added, request
from reviewbot.domain.visible import visible

MARKS = {"works": "ok", "unused": "--", "broken": "NO"}


@click.command("doctor")
@added(CONFIGURATION)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Check git, sandbox, scanners, policy and model server, and say what mends each.

    Everything is really tried: each scanner reads a harmless file in the sandbox, the model
    server answers a small question. Exits 0 if a review here would be whole, else with the code
    of the first part that is broken.
    """
    from reviewbot import checks  # noqa: PLC0415 (`doctor --help` needs it not)

    code = 0
    for check in checks.checks(request(ctx, options), os.environ):
        click.echo(f"{MARKS[check.state]}  {check.what:<13} {visible(check.said)}")
        if check.state != "works":
            for line in filter(None, check.mend.split("\n")):
                click.echo(f"{'':<18}{visible(line.strip())}")
        if check.state == "broken":
            code = code or check.code
    return code
