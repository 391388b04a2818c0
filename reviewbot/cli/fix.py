"""`reviewbot fix`: put proven patches of a review into the work tree. See `docs/fix.md`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from reviewbot.cli.options import CONFIGURATION, WORK, added, request
from reviewbot.cli.progress import StderrProgress
from reviewbot.errors import UsageError

if TYPE_CHECKING:
    from reviewbot.cli.fix_take import Wish

_CHANGE = WORK[:3]
"""Which change, as in `run`."""

_WISHES = ("base", "head", "staged", "worktree")


@click.command(
    "fix",
    epilog="Exit codes: 0 done, also if there was nothing to do; 2 usage, or a fix that was named could not be applied; the full list is in `reviewbot --help`.",
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--list", "listing", is_flag=True, help="List the fixes, and change nothing.")
@click.option(
    "--diff", "--dry-run", "diff", is_flag=True, help="Print the diff, for `git apply`, and change nothing."
)
@click.option("--safe", is_flag=True, help="Apply the safe ones, without asking.")
@click.option("--yes", is_flag=True, help="Apply those that are named, or all of them, without asking.")
@click.option("--allow-dirty", is_flag=True, help="With --safe or --yes: files with uncommitted changes too.")
@click.option(
    "--review",
    "review",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="A review.json, or a folder with one.  [default: the last review here]",
)
@added(_CHANGE + CONFIGURATION)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Put proven patches of a review into the work tree.

    They come from the last local review, from --review, or, with --base, --head, --staged or --worktree, from a
    review that is made first. ID is the beginning of a finding's fingerprint, as reports print it; without one it is
    about all of them. Each diff is shown with what was proven of it, and applied if you say so.

    Files are written only where they are exactly as they were reviewed. Nothing is staged or committed,
    and the last line says how to take it back.
    """
    from reviewbot import wiring_fix  # noqa: PLC0415 (`--help` needs it not)
    from reviewbot.cli import fix_take  # noqa: PLC0415 (as above)

    wish = _wish(options)
    place = _place(ctx, options)
    with wiring_fix.opened(options["repo"]) as bench:
        offered = wiring_fix.offered(place or wiring_fix.last_review(bench.repository))
        return fix_take.fixed(bench, offered, wish)


def _wish(options: dict[str, Any]) -> "Wish":
    from reviewbot.cli.fix_take import Mode, Wish  # noqa: PLC0415 (`--help` needs it not)

    if options["safe"] and options["yes"]:
        raise UsageError("--safe and --yes exclude each other", hint="--yes takes the safe ones too")
    if options["listing"]:
        mode = Mode.LIST
    elif options["diff"]:
        mode = Mode.DIFF
    elif options["safe"] or options["yes"]:
        mode = Mode.TAKE
    elif sys.stdin.isatty() and sys.stdout.isatty():
        mode = Mode.ASK
    else:
        mode = Mode.SHOW
    return Wish(mode, options["ids"], options["safe"], options["allow_dirty"])


def _place(ctx: click.Context, options: dict[str, Any]) -> Path | None:
    """Give the review that is asked for, made now if a change is named; None for the last one."""
    named = [name for name in _WISHES if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    given: Path | None = options["review"]
    if given is not None and named:
        raise UsageError(
            f"--review and --{named[0]} exclude each other", hint="a review says itself what it is of"
        )
    return _reviewed(ctx, options) if named else given


def _reviewed(ctx: click.Context, options: dict[str, Any]) -> Path:
    """Review as `run` does, and leave the review where `run` leaves it."""
    from reviewbot import pipeline, wiring  # noqa: PLC0415 (only a review needs them)
    from reviewbot.cli.outputs import keep  # noqa: PLC0415 (as above)

    asked = request(ctx, options)
    with StderrProgress(quiet=False) as progress, wiring.prepared(asked, os.environ, progress) as prepared:
        review = pipeline.review(prepared.change, prepared.desk)
        keep(review, prepared.folder, prepared.desk.repository.read)
        return prepared.folder
