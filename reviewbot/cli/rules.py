"""`reviewbot rules`: the tools of those who write rules. Each command is imported when it is called."""

import importlib

import click

COMMANDS = {
    "docs": "Write pages about the packs, in Markdown.",
    "fixes": "List the structural fixes that a rule may name.",
    "keygen": "Make a pair of keys for signing packs.",
    "lint": "Say what is wrong with packs, with file, line and the mend.",
    "list": "List the rules.",
    "new": "Write a new rule with its examples, and its pack if there is none yet.",
    "show": "Show all of one rule.",
    "sign": "Sign a pack.",
    "test": "Test that every rule finds its bad examples, and nothing in the others.",
    "try": "Say which rules would fire on files, and why a rule would not.",
    "verify": "Check the signature of a pack.",
}
_TOGETHER = {"sign": "rules_signing", "verify": "rules_signing", "keygen": "rules_signing"}
"""Commands that share a module, in which each has its own name."""


class RulesGroup(click.Group):
    """Knows its commands' names and help lines, and imports a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """Name the commands, sorted."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's signature)
        """Import the command's module and give the command."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"reviewbot.cli.{_TOGETHER.get(cmd_name, f'rules_{cmd_name}')}")
        command = getattr(module, cmd_name if cmd_name in _TOGETHER else "command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 (click's signature)
        """List the commands from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(
    "rules",
    cls=RulesGroup,
    epilog="Exit codes: 0 as it should be, 10 some examples fail, 2 usage or a mistake in a pack, 6 scanner or sandbox.",
)
def command() -> None:
    """Write, check, test and show rules. No Python is needed; docs/rule-packs.md leads through it."""
