"""What the commands for rule writers share: options, the policy, and the packs that are meant."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from reviewbot.cli.options import POLICY_FILE, added
from reviewbot.cli.progress import StderrProgress
from reviewbot.domain.paths import quoted
from reviewbot.errors import PolicyError, UsageError

if TYPE_CHECKING:
    from reviewbot.domain.policy import Policy
    from reviewbot.domain.ports import Progress
    from reviewbot.domain.rule import Rule
    from reviewbot.workbench.looking import Tools
    from reviewbot.workbench.shelf import Shelf

__all__ = [
    "FOLDERS",
    "FORMAT",
    "MODEL",
    "PACKS",
    "RUNNING",
    "added",
    "offered",
    "opened",
    "policy_of",
    "rule_of",
    "shelf_of",
]

PACKS: tuple[Callable[[Any], Any], ...] = (
    click.argument("packs", nargs=-1, metavar="[PACK]..."),
    *POLICY_FILE,
)
"""The packs that are meant, by folder or name; none named means all."""

FOLDERS: tuple[Callable[[Any], Any], ...] = (
    *POLICY_FILE,
    click.option("--rules", "folders", type=click.Path(path_type=Path), multiple=True, envvar="REVIEWBOT_RULES", show_envvar=True, help="A folder of rule packs, beside the others. May be repeated."),
)  # fmt: skip
"""Further packs, where the command's words are something else."""

RUNNING: tuple[Callable[[Any], Any], ...] = (
    click.option("--unsandboxed", is_flag=True, envvar="REVIEWBOT_UNSANDBOXED", show_envvar=True, help="Declare that this machine or job is itself the sandbox."),
    click.option("--quiet", is_flag=True, envvar="REVIEWBOT_QUIET", show_envvar=True, help="No progress, and no output when there is nothing to say."),
)  # fmt: skip
"""How scanners are run."""

FORMAT: tuple[Callable[[Any], Any], ...] = (
    click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people or for programs."),
)  # fmt: skip


MODEL: tuple[Callable[[Any], Any], ...] = (
    click.option("--model-url", metavar="URL", envvar="REVIEWBOT_MODEL_URL", show_envvar=True, help="For --live: an OpenAI-compatible server. Its key only by REVIEWBOT_MODEL_KEY."),
    click.option("--model-name", metavar="NAME", envvar="REVIEWBOT_MODEL_NAME", show_envvar=True, help="The model to ask there."),
    click.option("--gguf", type=click.Path(path_type=Path), envvar="REVIEWBOT_GGUF", show_envvar=True, help="Serve these weights with the embedded llama.cpp."),
)  # fmt: skip
"""Which model is asked."""


def policy_of(ctx: click.Context, options: dict[str, Any]) -> "Policy":
    """Settle the operator's policy and the flags. Raises `PolicyError` or `UsageError`."""
    from reviewbot import wiring, wiring_rules  # noqa: PLC0415 (`--help` needs neither)
    from reviewbot.policy.config import Overrides  # noqa: PLC0415 (as above)

    gguf = options.get("gguf")
    overrides = Overrides(
        model_url=options.get("model_url"), model_name=options.get("model_name"), gguf=str(gguf) if gguf else None,
        rules=tuple(str(folder) for folder in options.get("folders", ())), unsandboxed=options.get("unsandboxed", False),
        given_as=_given(ctx),
    )  # fmt: skip
    return wiring_rules.settings(
        os.environ, installed=wiring.INSTALLED_POLICY, given=options["policy_file"], overrides=overrides
    )


def _given(ctx: click.Context) -> dict[str, str]:
    """Give the variable that a setting came by; of flags the settings know the names themselves."""
    return {
        option.name: str(option.envvar)
        for option in ctx.command.params
        if option.name and ctx.get_parameter_source(option.name) is ParameterSource.ENVIRONMENT
    }


def shelf_of(asked: Sequence[str], policy: "Policy") -> "Shelf":
    """Open the packs that are meant: those named, or all of the policy's folders and the shipped ones."""
    from reviewbot.shipped import folder  # noqa: PLC0415 (`--help` needs none of it)
    from reviewbot.workbench import shelf  # noqa: PLC0415 (as above)

    return shelf.opened(shelf.folders_of(asked, policy, folder("rules")))


def offered(policy: "Policy", only: Sequence[str] = ()) -> "Iterator[Shelf]":
    """Open what the policy turns on, together, and then, one by one, each other pack that there is.

    Packs that are not on may clash with those that are, and a mistake in one is no matter here. With `only`,
    packs of other names are not opened, once what is on has been, and mistakes in these are named.
    """
    from reviewbot.shipped import folder  # noqa: PLC0415 (`--help` needs none of it)
    from reviewbot.workbench import shelf  # noqa: PLC0415 (as above)

    there = {place.name: place for place in shelf.folders_of((), policy, folder("rules"))}
    missing = [name for name in policy.packs if name not in there]
    if missing:
        known = ", ".join(there)
        raise UsageError(f"no rule pack is called {quoted(missing[0])}", hint=f"there are {known}")
    yield shelf.opened([there[name] for name in policy.packs])
    # The operator's own come before the shipped ones: they are the likelier to be meant.
    for name in reversed(there):
        if name not in policy.packs and (not only or name in only):
            with suppress(*(() if only else (PolicyError,))):
                yield shelf.opened([there[name]])


def rule_of(shelves: "Iterable[Shelf]", name: str) -> "tuple[Rule, Shelf]":
    """Find a rule by its id, and the shelf that it stands on. Raises `UsageError`."""
    from reviewbot.policy.nearest import nearest  # noqa: PLC0415 (as above)

    known: list[str] = []
    for shelf in shelves:
        rule = shelf.rules.find(name)
        if rule is not None:
            return rule, shelf
        known += (rule.id for rule in shelf.rules.rules)
    hint = "`reviewbot rules list` names them"
    raise UsageError(f"there is no rule {quoted(name)}{nearest(name, tuple(known))}", hint=hint)


@contextmanager
def opened(
    shelf: "Shelf", policy: "Policy", *, quiet: bool, every: bool = True
) -> "Iterator[tuple[Tools, Progress]]":
    """Open the scanners for the rules of a shelf, with somebody to tell what is going on."""
    from reviewbot import wiring_rules  # noqa: PLC0415 (`--help` needs it not)

    with (
        StderrProgress(quiet=quiet) as progress,
        wiring_rules.opened(policy, shelf.rules, os.environ, every=every) as tools,
    ):
        yield tools, progress
