"""`reviewbot rules try`: which rules would fire on files, and why a rule would not."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewbot.cli.rules_settings import FOLDERS, RUNNING, added, offered, opened, policy_of, rule_of
from reviewbot.domain.paths import quoted
from reviewbot.domain.visible import visible
from reviewbot.errors import UsageError

if TYPE_CHECKING:
    from reviewbot.domain.policy import Policy
    from reviewbot.domain.rule import Rule
    from reviewbot.workbench.trial import Trial


@click.command(
    "try", epilog="Exit codes: 0 whatever fires, 2 usage or a mistake in a pack, 6 scanner or sandbox."
)
@click.argument("files", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path))
@added((*FOLDERS, click.option("--rule", "only", metavar="ID", multiple=True, help="Say of this rule what it makes of each file, and why nothing. May be repeated."), *RUNNING))  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Say which rules would fire on files, and why a rule would not.

    The files are looked at as if a change had just added them, under the policy that is in force here, with
    the scanners in the sandbox. Paths count from the top of the files' repository.
    """
    from reviewbot.workbench import trial  # noqa: PLC0415 (`--help` needs none of it)

    policy = policy_of(ctx, options)
    on = next(offered(policy))
    asked = [on.rules.find(name) or rule_of(offered(policy), name)[0] for name in options["only"]]
    files = trial.files_in(options["files"], policy.limits.file_bytes)
    if not files:
        raise UsageError("there is no file to look at")
    with opened(on, policy, quiet=options["quiet"], every=False) as (tools, progress):
        tried = trial.tried(files, on.rules, policy, tools, progress)
    if asked:
        _explained(asked, policy, tried)
    else:
        _fired(tried, policy)
    return 0


def _fired(tried: "Trial", policy: "Policy") -> None:
    from reviewbot.workbench import trial  # noqa: PLC0415 (as above)

    firing = tried.firing()
    path = ""
    width = max((len(one.finding.title) for one in firing), default=0)
    for one in firing:
        finding = one.finding
        if finding.span.path != path:
            path = finding.span.path
            click.echo(quoted(path))
        click.echo(
            f"  {finding.span.first:>4}  {finding.severity:<7}  {visible(finding.title):<{width}}  {finding.rule}"
        )
    for at, scanner, reason in sorted(tried.failures()):
        click.echo(visible(f"{quoted(at)}: {scanner} could not look at it: {reason}"))
    questions = trial.questions(tried.files, tried.rules)
    count = f"{len(firing)} finding{'' if len(firing) == 1 else 's'} by {len({one.finding.rule for one in firing})} rules"
    click.echo(f"{count} in {len(tried.files)} file{'' if len(tried.files) == 1 else 's'}")
    if questions:
        who = "the model" if policy.model.url or policy.model.gguf else "a model, if one were configured,"
        click.echo(
            f"{who} would be asked about {len(questions)} house rule{'' if len(questions) == 1 else 's'}"
        )


def _explained(rules: "list[Rule]", policy: "Policy", tried: "Trial") -> None:
    from reviewbot.workbench import trial  # noqa: PLC0415 (as above)

    for rule in rules:
        for path in tried.files:
            said = _OFF.format(rule.pack)
            if rule.pack in policy.packs:
                said = trial.why(rule, path, tried, policy)
            click.echo(visible(f"{quoted(path)}: {rule.id}: {said}"))


_OFF = "its pack {} is not on; name it under packs: in the policy, or give its folder by --rules"
