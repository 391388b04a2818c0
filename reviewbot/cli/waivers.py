"""`reviewbot waivers`: findings that somebody answers for, until a day. See `docs/waivers.md`."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from reviewbot.cli.options import POLICY_FILE, added

_FILE = click.Path(path_type=Path)
_CODES = "Exit codes: 0 done, 2 usage, policy, or a waiver that can have no effect."

PLACE: tuple[Callable[[Any], Any], ...] = (
    click.option("--repo", type=_FILE, default=Path(), envvar="REVIEWBOT_REPO", show_envvar=True, help="The repository, or a folder in it.  [default: here]"),
    *POLICY_FILE,
)  # fmt: skip


@click.group("waivers")
def command() -> None:
    """List, check, ask for and approve waivers of findings.

    A waiver counts once it stands in .reviewbot/waivers.yml on the target branch, approved by
    somebody on the operator's list who did not ask for it, until its last day.
    """


@command.command("list", epilog=_CODES, short_help="Show every waiver, whether it counts, and if not, why.")
@added(PLACE)
@click.option(
    "--base",
    metavar="REF",
    envvar="REVIEWBOT_BASE",
    show_envvar=True,
    help="The target branch.  [default: origin/HEAD, or the policy's]",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="How to print them.  [default: text]",
)
def list_command(**options: Any) -> int:
    """Show every waiver, whether it counts, and if not, why.

    Those of the operator and at the tip of the target branch are what reviews go by; those that
    stand in the work tree only are shown as not merged.
    """
    from reviewbot.cli import waiver_desk  # noqa: PLC0415 (`--help` needs it not)

    with waiver_desk.opened(options["repo"], options["policy_file"], os.environ) as desk:
        rows = desk.rows(options["base"])
    if options["form"] == "json":
        click.echo(json.dumps([row.document for row in rows.rows], indent=2, ensure_ascii=False))
    else:
        click.echo("".join(row.text for row in rows.rows) or "no waivers\n", nl=False)
    if rows.tip is None:
        click.echo(
            "reviewbot: no target branch is known here, so its waivers are not shown; name it with --base",
            err=True,
        )
    for sentence in rows.broken:
        click.echo(f"reviewbot: {sentence}", err=True)
    return 2 if rows.broken else 0


@command.command("check", epilog=_CODES, short_help="Check a waiver file, and say what mends each mistake.")
@click.argument("file", type=_FILE, required=False)
@added(PLACE)
def check_command(file: Path | None, **options: Any) -> int:
    """Check a waiver file, by default the work tree's, and say what mends each mistake.

    It warns too of waivers that have ended or end within 14 days, and of those that nothing uses.
    """
    from reviewbot.cli import waiver_check, waiver_desk  # noqa: PLC0415 (`--help` needs it not)

    with waiver_desk.opened(options["repo"], options["policy_file"], os.environ) as desk:
        found = waiver_check.check(desk, file)
    for line in found.lines:
        click.echo(line)
    return 2 if found.mistakes else 0


@command.command("new", epilog=_CODES, short_help="Write a waiver that somebody else will approve.")
@click.argument("fingerprint", required=False)
@added(PLACE)
@click.option(
    "--review", type=_FILE, help="The review.json that has the finding.  [default: the last one here]"
)
@click.option("--rule", metavar="ID", help="Instead of a fingerprint: the rule, with --path and --line.")
@click.option("--path", metavar="PATH", help="The file, from the top of the repository.")
@click.option("--line", metavar="N[-M]", help="The line, or the lines, that the finding is on.")
@click.option(
    "--exactly",
    is_flag=True,
    help="Write the fingerprint: this one finding, and not each equal line of the file.",
)
@click.option("--reason", help="Why it does no harm here.")
@click.option("--until", metavar="DATE", help="Its last day, as in 2027-01-31.")
@click.option("--ticket", help="Where the work to get rid of it is tracked.")
@click.option("--requested-by", help="Who asks for it.  [default: git's user.email]")
@click.option(
    "--file", "file", type=_FILE, help="The waiver file.  [default: the work tree's .reviewbot/waivers.yml]"
)
def new_command(**options: Any) -> int:
    """Write a waiver for FINGERPRINT, a finding of a local review, or for lines of a file.

    Asks for what is not given, and without any of these for one of the last review's findings. The waiver is not approved yet: somebody else does that with
    `reviewbot waivers approve`. What stands in the file stays as it is.
    """
    from reviewbot.cli import waiver_desk, waiver_new  # noqa: PLC0415 (`--help` needs it not)

    with waiver_desk.opened(options["repo"], options["policy_file"], os.environ) as desk:
        if not any(options[name] for name in ("fingerprint", "rule", "path", "line")):
            listed = waiver_new.choices(desk, options["review"])
            click.echo("".join(f"{line}\n" for line in listed), nl=False, err=True)
            options["fingerprint"] = _asked(None, "FINGERPRINT", "Which fingerprint")
        subject = waiver_new.subject(desk, options)
        if subject.title:
            click.echo(f"{subject.rule}: {subject.title}")
        wish = waiver_new.Wish(
            reason=_asked(options["reason"], "--reason", "Why it does no harm here"),
            requested_by=options["requested_by"]
            or waiver_new.user_email(desk.repository, os.environ)
            or _asked(None, "--requested-by", "Who asks for it"),
            until=_asked(options["until"], "--until", f"Last day, {desk.latest} at most"),
            ticket=_asked(options["ticket"], "--ticket", "Ticket"),
        )
        click.echo(waiver_new.write(desk, subject, wish, exactly=options["exactly"], file=options["file"]))
    return 0


@command.command("approve", epilog=_CODES, short_help="Approve a waiver, and sign it if a key is given.")
@click.argument("which", metavar="N|FINGERPRINT")
@added(PLACE)
@click.option(
    "--as", "name", metavar="NAME", required=True, help="Your name on the operator's list of approvers."
)
@click.option(
    "--key",
    type=_FILE,
    help="Your private key (PEM), to sign it. A passphrase only by REVIEWBOT_KEY_PASSPHRASE.",
)
@click.option(
    "--file", "file", type=_FILE, help="The waiver file.  [default: the work tree's .reviewbot/waivers.yml]"
)
def approve_command(which: str, **options: Any) -> int:
    """Approve the Nth waiver of the file, or the one of FINGERPRINT, and sign it if a key is given.

    Refuses whoever asked for it, and whoever is not on the operator's list.
    """
    from reviewbot.cli import waiver_approve, waiver_desk  # noqa: PLC0415 (`--help` needs it not)

    with waiver_desk.opened(options["repo"], options["policy_file"], os.environ) as desk:
        said = waiver_approve.approve(
            desk, which, waiver_approve.Approver(options["name"], options["key"]), options["file"], os.environ
        )
    click.echo(said)
    return 0


def _asked(given: str | None, flag: str, question: str) -> str:
    from reviewbot.errors import UsageError  # noqa: PLC0415 (`--help` needs it not)

    if given:
        return given
    try:
        return str(click.prompt(question, err=True))
    except click.Abort:
        click.echo(err=True)
        raise UsageError(f"{flag} is missing") from None
