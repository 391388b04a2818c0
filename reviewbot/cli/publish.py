"""`reviewbot publish`: post a review on its pull request."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewbot.cli import ci_report
from reviewbot.cli.options import SETTINGS, added, as_variables
from reviewbot.cli.progress import StderrProgress
from reviewbot.domain.paths import quoted
from reviewbot.domain.visible import visible, visible_block
from reviewbot.errors import ForgeError

if TYPE_CHECKING:
    from reviewbot.stages import Publication, Published
    from reviewbot.tokens import Work


@click.command(
    "publish",
    epilog="Exit codes: 0 clean, 10 findings, 3 incomplete or superseded, 2 usage, 4 the forge; the full list is in `reviewbot --help`.",
)
@click.argument("review", type=click.Path(path_type=Path), default=Path("review"), envvar="REVIEWBOT_REVIEW")
@click.option(
    "--snapshot",
    type=click.Path(path_type=Path),
    default=Path("snapshot"),
    show_default=True,
    envvar="REVIEWBOT_SNAPSHOT",
    show_envvar=True,
    help="The snapshot that `collect` made: anchors and quotes are derived from it again.",
)
@click.option(
    "--dry-run",
    is_flag=True,
    envvar="REVIEWBOT_DRY_RUN",
    show_envvar=True,
    help="Print what would be done, and do nothing.",
)
@added(SETTINGS)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Post a review on its pull request: comments on their lines, one summary, one status.

    The pull request is the one that the environment names. Nothing in the review is believed that
    can be looked up in the snapshot; a review that does not hold is not published, and neither is
    one whose head has moved on: then the status says incomplete. A second run posts nothing new.

    The token is REVIEWBOT_FORGE_TOKEN, or the CI's own; the keys of our markers are in
    REVIEWBOT_MARKER_KEYS. Gives the pipeline its exit code.
    """
    from reviewbot import stages, wiring  # noqa: PLC0415 (`publish --help` needs neither)
    from reviewbot.tokens import Work  # noqa: PLC0415 (as above)

    policy = wiring.operator_settings(os.environ, options["policy_file"])
    given = stages.started(os.environ, policy)
    job = stages.Publication(
        review=options["review"], snapshot=options["snapshot"], settings=as_variables(ctx, os.environ),
        record=options["review"] / "record", dry_run=options["dry_run"],
    )  # fmt: skip
    with StderrProgress(quiet=False) as progress:
        work = Work(policy, os.environ, progress)
        published = posted(given, job, work)
    return said(published, job)


def posted(given: Any, job: "Publication", work: "Work") -> "Published":
    """Publish; where the forge does not let us, say where the review is kept."""
    from reviewbot import stages  # noqa: PLC0415 (as above)

    try:
        return stages.publish_review(given, job, work)
    except ForgeError as error:
        kept = f"kept    the review is in {job.review}; publish it later with: reviewbot publish {job.review} --snapshot {job.snapshot}"
        raise ForgeError(error.sentence, hint=f"{error.hint}\n  {kept}" if error.hint else kept) from error


def said(published: "Published", job: "Publication") -> int:
    """Print what was done, tell the CI, and give the exit code."""
    for row in published.outcome.rows:
        where = f"{quoted(row.path)}:{row.line}" if row.line else quoted(row.path)
        click.echo(
            visible(
                "  ".join(
                    filter(None, (f"{row.act:<9}", where, row.title, f"({row.why})" if row.why else ""))
                )
            )
        )
    outcome = published.outcome
    open_still = outcome.unresolved and f"threads of what is gone stay open: {outcome.unresolved}"
    for said_too in filter(
        None, (outcome.why, published.why and f"not reviewed: {published.why}", open_still)
    ):
        click.echo(visible_block(said_too))
    if job.dry_run:
        click.echo("nothing was done: this was a dry run")
    else:
        ci_report.tell(published, job.review, os.environ)
    return published.exit_code
