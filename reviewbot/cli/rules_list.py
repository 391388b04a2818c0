"""`reviewbot rules list`: a table of the rules."""

import json
from typing import TYPE_CHECKING, Any

import click

from reviewbot.cli.rules_settings import FOLDERS, FORMAT, added, offered, policy_of
from reviewbot.domain.visible import visible
from reviewbot.errors import UsageError
from reviewbot.policy.nearest import nearest

if TYPE_CHECKING:
    from reviewbot.domain.policy import Policy
    from reviewbot.domain.rule import Rule


@click.command("list")
@added((click.option("--pack", "packs", metavar="NAME", multiple=True, help="Rules of this pack only. May be repeated."), *FORMAT, *FOLDERS))  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """List the rules of all packs, those that come with reviewbot and those of the policy's folders."""
    policy = policy_of(ctx, options)
    shelves = tuple(offered(policy, options["packs"]))
    there = tuple(name for shelf in shelves for name in shelf.folders)
    for name in options["packs"]:
        if name not in there:
            raise UsageError(
                f"there is no pack {visible(name)}{nearest(name, there)}",
                hint="give the folder that it lies in with --rules, or a policy with packs: folders:",
            )
    wanted = options["packs"] or there
    found = (rule for shelf in shelves for rule in shelf.rules.rules if rule.pack in wanted)
    rules = sorted(found, key=lambda rule: (rule.pack, rule.id))
    click.echo(_as_json(rules, policy) if options["form"] == "json" else _table(rules, policy))
    return 0


def _table(rules: "list[Rule]", policy: "Policy") -> str:
    rows = [
        (rule.id, str(rule.severity), str(rule.confidence), rule.pack + ("" if rule.pack in policy.packs else " (not on)"), _short(rule), visible(rule.title))
        for rule in rules
    ]  # fmt: skip
    rows.insert(0, ("id", "severity", "confidence", "pack", "detector", "title"))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _as_json(rules: "list[Rule]", policy: "Policy") -> str:
    items = [
        {
            "id": rule.id, "severity": str(rule.severity), "confidence": str(rule.confidence), "pack": rule.pack,
            "on": rule.pack in policy.packs, "detector": _short(rule), "title": rule.title, "cwe": list(rule.cwe),
            "languages": list(rule.languages), "owner": rule.owner,
        }
        for rule in rules
    ]  # fmt: skip
    return json.dumps({"rules": items}, indent=2)


def _short(rule: "Rule") -> str:
    from reviewbot.workbench import words  # noqa: PLC0415 (`--help` needs it not)

    return words.short(rule)
