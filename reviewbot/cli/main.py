"""The `reviewbot` command. Subcommands are imported when they are called, so that `--help` is quick."""

import gc
import importlib
import os
from collections.abc import Sequence

import click

from reviewbot import __version__
from reviewbot.cli.boundary import bounded

COMMANDS = {
    "collect": "Fetch a pull request into a snapshot, in a pipeline.",
    "demo": "Review a small bundled change, to see what a review looks like.",
    "doctor": "Check git, sandbox, scanners, policy and model server, and say what mends each.",
    "fix": "Put proven patches of a review into the work tree.",
    "publish": "Post a review on its pull request, and set the status.",
    "review": "Review the snapshot that `reviewbot collect` made, without any token.",
    "rules": "Write, check, test and show rules.",
    "run": "Review a change of a local repository.",
    "waivers": "List, check, ask for and approve waivers of findings.",
}

UNLISTED = ("derive",)
"""Commands that only other commands call."""

EPILOG = """\b
Exit codes:
  0    nothing at or over the threshold, everything required was reviewed
  10   findings at or over the threshold
  3    incomplete: something that had to be reviewed was not
  2    usage or configuration
  4    the forge
  5    the model, and no review could be written
  6    a scanner or the sandbox, and no review could be written
  1    a bug in reviewbot
  130  interrupted
Where several apply: 2, then 3, then 10, then 0."""


class LazyGroup(click.Group):
    """A group that knows its commands' names and help lines, and imports a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Name the commands, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        """Import the command's module and give its `command`."""
        if cmd_name not in COMMANDS and cmd_name not in UNLISTED:
            return None
        command = importlib.import_module(f"reviewbot.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        """List the commands from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


_CI_VARIABLES = frozenset({"GITLAB_CI", "GITHUB_ACTIONS", "TF_BUILD"})


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="reviewbot")
def cli() -> None:
    """Review pull requests with scanners, house rules and an on-prem model."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    # A run is short and makes few cycles; looking for them often would cost a tenth of its time.
    gc.set_threshold(100_000)
    if _CI_VARIABLES.isdisjoint(os.environ):
        raise SystemExit(bounded(cli, arguments))
    from reviewbot.cli.ci_log import cleaned  # noqa: PLC0415 (a laptop's terminal needs it not)

    with cleaned():
        code = bounded(cli, arguments)
    raise SystemExit(code)
