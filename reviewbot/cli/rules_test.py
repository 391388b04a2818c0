"""`reviewbot rules test`: every rule finds its bad examples, and nothing in the others."""

import os
import time
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from reviewbot.cli.rules_settings import MODEL, PACKS, RUNNING, added, opened, policy_of, rule_of, shelf_of
from reviewbot.domain.visible import visible
from reviewbot.errors import PolicyError, UsageError

if TYPE_CHECKING:
    from reviewbot.domain.policy import Policy
    from reviewbot.workbench.live import Live, Rates
    from reviewbot.workbench.shelf import Shelf
    from reviewbot.workbench.testing import Tested

FAILING = 10


@click.command(
    "test",
    epilog="Exit codes: 0 all as it should be, 10 some examples fail, 2 usage or a mistake in a pack, 5 model, 6 scanner or sandbox.",
)
@added(
    (
        *PACKS,
        click.option("--rule", "only", metavar="ID", multiple=True, help="Test this rule only. May be repeated."),
        click.option("--strict", is_flag=True, help="Fail for rules that could not be tested, too."),
        click.option("--live", is_flag=True, help="Put the examples of house rules to the configured model, and show how often it is right."),
        click.option("--record", is_flag=True, help="With --live: write the answers beside the rules, to be tested from then on."),
        *RUNNING,
        *MODEL,
    )
)  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Test that every rule finds its bad examples, and nothing in the others.

    `bad` must be found by its own rule, `good` and `clean` by no rule of the packs; in a fixture
    (<id>.test.<ext>) exactly the lines marked `ruleid:`. A rule's fix must mend its `bad`, and prove it.
    House rules are tested by recorded answers of models (<id>.answers.json). The scanners are the real
    ones, in the sandbox.
    """
    if options["record"] and not options["live"]:
        raise UsageError("--record writes what --live hears", hint="give both")
    started = time.monotonic()
    policy = policy_of(ctx, options)
    shelf = shelf_of(options["packs"], policy)
    only = {rule_of([shelf], name)[0].id for name in options["only"]}
    if options["live"]:
        return _live(shelf, only, policy, options)
    tested = _tested(shelf, only, policy, options)
    for failing in tested.failing:
        click.echo(visible(f"{failing.file}:{failing.line}: {failing.rule}: {failing.said}"))
    _untested(tested)
    if not options["quiet"] or tested.failing:
        click.echo(f"{_summary(tested, _fixes(shelf, only))}  {time.monotonic() - started:.1f} s")
    return FAILING if tested.failing or (tested.untested and options["strict"]) else 0


def _tested(shelf: "Shelf", only: Collection[str], policy: "Policy", options: dict[str, Any]) -> "Tested":
    from reviewbot.workbench import house, mended, testing  # noqa: PLC0415 (`--help` needs none of it)

    by_models = house.recorded(shelf, only)
    with opened(shelf, policy, quiet=options["quiet"]) as (tools, progress):
        try:
            tested = testing.scanned(shelf, only, policy, tools, progress)
            fixes = mended.failing(shelf, only, policy, tools, progress)
            return house.joined(replace(tested, failing=tuple(sorted({*tested.failing, *fixes}))), by_models)
        except PolicyError as error:
            from reviewbot.scanners import locate  # noqa: PLC0415 (only to say where the mistake is)
            from reviewbot.workbench import lint  # noqa: PLC0415 (as above)

            remarks = lint.run(shelf, policy, tools, locate.locate(os.environ))
            said = [f"{one.place}: {one.said}\n  {one.mend}" for one in remarks if one.weight == "error"]
            raise PolicyError("\n".join(said)) if said else error from None


def _untested(tested: "Tested") -> None:
    reasons: dict[str, list[str]] = {}
    for rule, why in tested.untested:
        reasons.setdefault(why, []).append(rule)
    for why, rules in sorted(reasons.items()):
        click.echo(f"not tested: {why}: {', '.join(rules)}")
    for note in tested.notes:
        click.echo(visible(note))


def _fixes(shelf: "Shelf", only: Collection[str]) -> int:
    from reviewbot.workbench import mended  # noqa: PLC0415 (`--help` needs none of it)

    return mended.count(shelf, only)


def _summary(tested: "Tested", fixes: int) -> str:
    marks = f" and {tested.marks} marked line{'' if tested.marks == 1 else 's'}" if tested.marks else ""
    todo = f", {tested.todo} todo" if tested.todo else ""
    left = f", {len(tested.untested)} not tested" if tested.untested else ""
    end = f"{len(tested.failing)} not as they should be" if tested.failing else "all as they should be"
    rules = f"{tested.rules} rule{'' if tested.rules == 1 else 's'}"
    of = [
        rules,
        *([f"{fixes} fix{'' if fixes == 1 else 'es'}"] if fixes else []),
        f"{tested.examples} examples",
    ]
    return f"{', '.join(of)}{marks}: {end}{todo}{left}"


def _live(shelf: "Shelf", only: Collection[str], policy: "Policy", options: dict[str, Any]) -> int:
    from reviewbot import wiring_rules  # noqa: PLC0415 (as above)
    from reviewbot.audit.record import Unrecorded  # noqa: PLC0415 (as above)
    from reviewbot.cli.progress import StderrProgress  # noqa: PLC0415 (as above)
    from reviewbot.shipped import folder  # noqa: PLC0415 (as above)
    from reviewbot.workbench import live  # noqa: PLC0415 (as above)

    if policy.model.url is None and not policy.model.gguf:
        raise UsageError(
            "no model is configured", hint="set REVIEWBOT_MODEL_URL, or give --model-url or --gguf"
        )
    with (
        StderrProgress(quiet=options["quiet"]) as progress,
        wiring_rules.model(policy, os.environ, Unrecorded()) as chat,
    ):
        put = live.Put(shelf, policy, folder("templates"), progress)
        answered = live.ask(put, only, chat)
    _rates(answered)
    if options["record"]:
        for path, text in live.recorded(answered, shelf, datetime.now(UTC).date().isoformat()):
            path.write_text(text, "utf-8")
            click.echo(f"written: {visible(str(path))}")
    return 0


def _rates(answered: "Live") -> None:
    from reviewbot.workbench.live import Rates  # noqa: PLC0415 (as above)

    rates = dict(answered.by_rule())
    if not rates:
        click.echo("no house rule among these packs has an example")
        return
    width = max(len(name) for name in (*rates, "all"))
    click.echo(f"{visible(answered.model)}")
    click.echo(f"{'rule':<{width}}  {'found':>14}  {'false':>14}")
    for name, rate in (*rates.items(), ("all", Rates.of(answered.asked))):
        click.echo(_row(name, rate, width))


def _row(name: str, rate: "Rates", width: int) -> str:
    left = f"  {rate.unanswered} not answered" if rate.unanswered else ""
    return (
        f"{name:<{width}}  {_share(rate.hits, rate.flaws):>14}  {_share(rate.false, rate.harmless):>14}{left}"
    )


def _share(count: int, of: int) -> str:
    return f"{count}/{of} ({100 * count / of:3.0f} %)" if of else "-"
