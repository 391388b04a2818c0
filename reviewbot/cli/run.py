"""`reviewbot run`: review a change of a local repository."""

import os
import shutil
import sys
from dataclasses import dataclass
from typing import Any

import click
from click.core import ParameterSource

from reviewbot.cli.options import CONFIGURATION, WORK, added, request
from reviewbot.cli.outputs import Output, keep, write
from reviewbot.cli.progress import StderrProgress
from reviewbot.domain.change import ReadBlob
from reviewbot.domain.review import Review
from reviewbot.errors import ReviewbotError

_WISHES = frozenset({"repo", "base", "head", "staged", "worktree"})


@click.command(
    "run",
    epilog="Exit codes: 0 clean, 10 findings, 3 incomplete, 2 usage; the full list is in `reviewbot --help`.",
)
@added(WORK + CONFIGURATION)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Review a change of a local repository: by default HEAD against the target branch.

    Scanners run in a sandbox, the model (if one is configured) is asked, and what survives
    checking is printed. Nothing is changed in the repository, and nothing leaves the machine
    but the question to the model.

    In a pipeline of a pull request, and without a wish for other commits, it does what
    `collect`, `review` and `publish` do, one after the other.
    """
    if not (
        _WISHES & {name for name in options if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    ):
        from reviewbot.cli import pipeline_run  # noqa: PLC0415 (a laptop needs it not)

        code = pipeline_run.attempted(ctx, options)
        if code is not None:
            return code
    from reviewbot import pipeline, wiring  # noqa: PLC0415 (`run --help` needs neither)

    shown = Shown(options["outputs"], options["quiet"])
    asked = request(ctx, options)
    with (
        StderrProgress(quiet=shown.quiet) as progress,
        wiring.prepared(asked, os.environ, progress) as prepared,
    ):
        review = pipeline.review(prepared.change, prepared.desk)
        read = prepared.desk.repository.read
        keep(review, prepared.folder, read)
        return show(review, shown, read)


@dataclass(frozen=True, slots=True)
class Shown:
    """How the review is to be shown."""

    outputs: tuple[Output, ...]
    quiet: bool


def show(review: Review, shown: Shown, read: ReadBlob) -> int:
    """Print the review, write its outputs, give the exit code."""
    from reviewbot.report import terminal  # noqa: PLC0415 (`run --help` needs it not)

    code = review.verdict.exit_code
    if not (shown.quiet and code == 0):
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        width = min(shutil.get_terminal_size((100, 40)).columns, 120)
        click.echo(terminal.render(review, colour=colour, width=width, read=read), nl=False, color=colour)
    try:
        write(review, shown.outputs, read)
    except ReviewbotError as error:
        click.echo(f"reviewbot: {error}", err=True)
        return error.exit_code
    return code
