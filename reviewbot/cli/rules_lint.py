"""`reviewbot rules lint`: what is wrong with packs."""

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from reviewbot.cli.rules_settings import FORMAT, PACKS, RUNNING, added, opened, policy_of, shelf_of
from reviewbot.domain.visible import visible
from reviewbot.errors import PolicyError

if TYPE_CHECKING:
    from reviewbot.workbench.remarks import Remark

MISTAKES = 2


@click.command(
    "lint", epilog="Exit codes: 0 no errors, 2 errors (with --strict also advice), 6 semgrep or the sandbox."
)
@added((*PACKS, *FORMAT, click.option("--strict", is_flag=True, help="Take advice for errors."), *RUNNING))
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Say what is wrong with packs, with file, line and the mend.

    PACK is a folder with a pack.yml, a folder of such folders, or a pack's name; not given, all packs of the
    policy's folders and those that come with reviewbot. Needs no network. Errors are what keeps a pack from
    working as written: mistakes in the files, patterns that semgrep cannot read or that take seconds, path
    filters that let nothing through, missing examples. The rest is advice.
    """
    policy = policy_of(ctx, options)
    try:
        remarks, count = _looked(options, policy)
    except PolicyError as error:
        from reviewbot.workbench.remarks import of_error  # noqa: PLC0415 (`--help` needs it not)

        remarks, count = of_error(error), 0
    errors = sum(remark.weight == "error" for remark in remarks)
    if options["form"] == "json":
        click.echo(_as_json(remarks))
    else:
        _printed(remarks, count, errors, quiet=options["quiet"])
    return MISTAKES if errors or (remarks and options["strict"]) else 0


def _looked(options: dict[str, Any], policy: Any) -> "tuple[tuple[Remark, ...], int]":
    from reviewbot.scanners import locate  # noqa: PLC0415 (`--help` needs none of it)
    from reviewbot.workbench import lint  # noqa: PLC0415 (as above)
    from reviewbot.workbench.remarks import ordered  # noqa: PLC0415 (as above)

    shelf = shelf_of(options["packs"], policy)
    remarks = lint.read(shelf, datetime.now(UTC).date())
    if shelf.rules.semgrep:
        with opened(shelf, policy, quiet=options["quiet"]) as (tools, progress):
            progress("trying the patterns")
            remarks += lint.run(shelf, policy, tools, locate.locate(os.environ))
    return ordered(remarks), len(shelf.rules.rules)


def _printed(remarks: "tuple[Remark, ...]", count: int, errors: int, *, quiet: bool) -> None:
    for remark in remarks:
        field = f"{remark.field}: " if remark.field else ""
        click.echo(visible(f"{remark.place}: {remark.weight}: {field}{remark.said}".removeprefix(": ")))
        if remark.mend:
            click.echo(visible(f"  {remark.mend}"))
    if not (quiet and not remarks):
        advice = len(remarks) - errors
        of = f"{_many(count, 'rule')}: " if count or not errors else "the packs do not load: "
        click.echo(f"{of}{_many(errors, 'error')}, {advice} {'piece' if advice == 1 else 'pieces'} of advice")


def _many(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


def _as_json(remarks: "tuple[Remark, ...]") -> str:
    items = [
        {
            "file": remark.file, "line": remark.line, "field": remark.field, "rule": remark.rule,
            "weight": str(remark.weight), "said": remark.said, "mend": remark.mend,
        }
        for remark in remarks
    ]  # fmt: skip
    return json.dumps({"remarks": items}, indent=2)
