"""`reviewbot collect`: fetch a pull request into a snapshot."""

import os
from pathlib import Path
from typing import Any

import click

from reviewbot.cli.options import POLICY_FILE, added
from reviewbot.cli.progress import StderrProgress


@click.command(
    "collect", epilog="Exit codes: 0 collected, 2 usage, 4 the forge; the full list is in `reviewbot --help`."
)
@click.option(
    "--into",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("snapshot"),
    show_default=True,
    envvar="REVIEWBOT_SNAPSHOT",
    show_envvar=True,
    help="Where the snapshot is made: a new or an empty folder.",
)
@added(POLICY_FILE)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Fetch a pull request into a snapshot, for `reviewbot review`.

    Which one is read from the environment of GitLab CI, GitHub Actions or Azure Pipelines, or from
    REVIEWBOT_FORGE and the variables beside it. The token only has to read the repository: it is
    REVIEWBOT_READ_TOKEN, or the CI's own. Nothing of the change is checked out.
    """
    from reviewbot import stages, wiring  # noqa: PLC0415 (`collect --help` needs neither)
    from reviewbot.tokens import Work  # noqa: PLC0415 (as above)

    del ctx
    policy = wiring.operator_settings(os.environ, options["policy_file"])
    given = stages.started(os.environ, policy)
    with StderrProgress(quiet=False) as progress:
        taken = stages.collect(given, Work(policy, os.environ, progress), options["folder"])
    click.echo(
        f"collected pull request {taken.number}: {taken.merge_base[:7]}..{taken.head[:7]} "
        f"for {taken.target_branch}, in {options['folder']}"
    )
    return 0
