"""`reviewbot review`: review a snapshot, without any token of a forge."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from reviewbot.cli.options import SETTINGS, added, request
from reviewbot.cli.outputs import Output, write_patches
from reviewbot.cli.progress import StderrProgress
from reviewbot.cli.run import Shown, show
from reviewbot.errors import UsageError

REPORTS = (("json", "review.json"), ("sarif", "review.sarif"), ("html", "review.html"), ("markdown", "review.md"), ("codequality", "codequality.json"))  # fmt: skip
"""What a review directory holds: the first passes to `publish`, the others are for people and their tools."""


@click.command(
    "review",
    epilog="Exit codes: 0 once review.json is written, whatever it says; 2 usage, 5 model, 6 scanner or sandbox.",
)
@click.argument(
    "snapshot", type=click.Path(path_type=Path), default=Path("snapshot"), envvar="REVIEWBOT_SNAPSHOT"
)
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("review"),
    show_default=True,
    envvar="REVIEWBOT_REVIEW",
    show_envvar=True,
    help="Where the review is written.",
)
@click.option(
    "--quiet",
    is_flag=True,
    envvar="REVIEWBOT_QUIET",
    show_envvar=True,
    help="No progress, and no output when there is nothing to say.",
)
@added(SETTINGS)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Review the snapshot that `reviewbot collect` made, and leave the review in a folder.

    Works without a token of a forge: the job that reads the change should have none. The folder
    holds review.json for `reviewbot publish`, SARIF, HTML, Markdown and GitLab's Code
    Quality report, and proven patches as files for `git apply` under patches/.
    """
    from reviewbot import pipeline, wiring  # noqa: PLC0415 (`review --help` needs neither)

    folder: Path = options["folder"]
    _make(folder)
    asked = replace(request(ctx, options), snapshot=options["snapshot"], home=folder / "record")
    outputs = tuple(Output(name, folder / file) for name, file in REPORTS)
    with (
        StderrProgress(quiet=options["quiet"]) as progress,
        wiring.prepared(asked, os.environ, progress) as prepared,
    ):
        review = pipeline.review(prepared.change, prepared.desk)
        code = show(review, Shown(outputs, options["quiet"]), prepared.desk.repository.read)
        write_patches(review, folder, prepared.desk.repository.read)
    # The gate is the publisher's word; a code of ours that is not the gate's means that nothing was written.
    return 0 if code == review.verdict.exit_code else code


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {(error.strerror or '').lower()}") from None
    stale = folder / REPORTS[0][1]
    # A review that is left from another run must not be taken for this one's.
    stale.unlink(missing_ok=True)
