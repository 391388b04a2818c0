"""The one place where errors become exit codes and sentences on stderr."""

import os
import sys
import traceback
from collections.abc import Sequence

import click

from reviewbot import __version__
from reviewbot.errors import ReviewbotError

INTERRUPTED = 130
BUG = 1


def bounded(command: click.Command, arguments: Sequence[str] | None) -> int:
    """Run a command and give its exit code; every error ends here as a sentence."""
    try:
        result = command.main(
            list(arguments) if arguments is not None else None, prog_name="reviewbot", standalone_mode=False
        )
    except ReviewbotError as error:
        click.echo(f"reviewbot: {error}", err=True)
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("reviewbot: interrupted; run it again whenever you like", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; keep the interpreter from complaining about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 (the boundary: whatever else happens is a bug of ours, and is reported as one)
        click.echo(_bug_report(error), err=True)
        return BUG
    return result if isinstance(result, int) else 0


def _bug_report(error: Exception) -> str:
    """Say where it happened, without the message: that could hold text of the change, or a secret."""
    frames = [
        f"    {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    return "\n".join(
        (
            f"reviewbot: this is a bug in reviewbot {__version__} ({type(error).__name__}), on Python {sys.version.split()[0]}",
            "  please report these lines; they hold no text of your change:",
            *frames[-12:],
        )
    )
