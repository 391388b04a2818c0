"""Options that commands share, each with a variable of its own name, and what they add up to."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from reviewbot.cli.outputs import OutputType

if TYPE_CHECKING:
    from reviewbot.wiring import Request

_FILE = click.Path(path_type=Path)
Decorated = TypeVar("Decorated", bound=Callable[..., Any])

POLICY_FILE: tuple[Callable[[Any], Any], ...] = (
    click.option("--policy", "policy_file", type=_FILE, envvar="REVIEWBOT_POLICY", show_envvar=True, help="The operator's policy. One that is part of the installation outranks it."),
)  # fmt: skip
"""The operator's policy."""

SETTINGS: tuple[Callable[[Any], Any], ...] = (
    *POLICY_FILE,
    click.option("--rules", "rules", type=_FILE, multiple=True, envvar="REVIEWBOT_RULES", show_envvar=True, help="A folder of rule packs, all of which are used beside the others. May be repeated."),
    click.option("--model-url", metavar="URL", envvar="REVIEWBOT_MODEL_URL", show_envvar=True, help="An OpenAI-compatible server, as in https://llm.corp.example/v1. Its key only by REVIEWBOT_MODEL_KEY."),
    click.option("--model-name", metavar="NAME", envvar="REVIEWBOT_MODEL_NAME", show_envvar=True, help="The model to ask there.  [default: the only one it serves]"),
    click.option("--gguf", type=_FILE, envvar="REVIEWBOT_GGUF", show_envvar=True, help="Serve these weights with the embedded llama.cpp (reviewbot[embedded])."),
    click.option("--no-model", is_flag=True, envvar="REVIEWBOT_NO_MODEL", show_envvar=True, help="Scanners and rules only."),
    click.option("--fail-on", type=click.Choice(["note", "warning", "error", "never"]), envvar="REVIEWBOT_FAIL_ON", show_envvar=True, help="The severity from which findings give exit code 10.  [default: error, or the policy's]"),
    click.option("--patches", type=click.Choice(["none", "rules", "all"]), envvar="REVIEWBOT_PATCHES", show_envvar=True, help="Whose patches to try and prove: nobody's, the rules' own, or the model's too.  [default: all, or the policy's]"),
    click.option("--unsandboxed", is_flag=True, envvar="REVIEWBOT_UNSANDBOXED", show_envvar=True, help="Declare that this machine or job is itself the sandbox. Every review says so."),
)  # fmt: skip
"""Under which settings."""

CONFIGURATION: tuple[Callable[[Any], Any], ...] = (
    click.option("--repo", type=_FILE, default=Path(), envvar="REVIEWBOT_REPO", show_envvar=True, help="The repository, or a folder in it.  [default: here]"),
    click.option("--base", metavar="REF", envvar="REVIEWBOT_BASE", show_envvar=True, help="What to compare with: the diff starts at its merge base with the head.  [default: origin/HEAD, or the policy's target branch]"),
    *SETTINGS,
)  # fmt: skip
"""Where, compared with what, and under which settings."""

WORK: tuple[Callable[[Any], Any], ...] = (
    click.option("--head", metavar="REF", envvar="REVIEWBOT_HEAD", show_envvar=True, help="The commit to review.  [default: HEAD]"),
    click.option("--staged", is_flag=True, envvar="REVIEWBOT_STAGED", show_envvar=True, help="Review what is staged, against HEAD."),
    click.option("--worktree", is_flag=True, envvar="REVIEWBOT_WORKTREE", show_envvar=True, help="Review the change with everything uncommitted in it."),
    click.option("--output", "outputs", type=OutputType(), multiple=True, envvar="REVIEWBOT_OUTPUT", show_envvar=True, help="Write the review: json, sarif, markdown, html or codequality (GitLab). May be repeated."),
    click.option("--quiet", is_flag=True, envvar="REVIEWBOT_QUIET", show_envvar=True, help="No progress, and no output when there is nothing to say."),
)  # fmt: skip
"""Which change, and how it is shown."""


_SETTING_NAMES = frozenset(
    (
        "policy_file",
        "rules",
        "model_url",
        "model_name",
        "gguf",
        "no_model",
        "fail_on",
        "patches",
        "unsandboxed",
    )
)


def added(options: tuple[Callable[[Any], Any], ...]) -> Callable[[Decorated], Decorated]:
    """Decorate a command's function with these options, in their order."""

    def decorate(function: Decorated) -> Decorated:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def request(ctx: click.Context, options: dict[str, Any]) -> "Request":
    """Give what the options ask for; `ctx` tells flags from variables. Values are checked later."""
    from reviewbot.change.select import Selection  # noqa: PLC0415 (`--help` needs none of them)
    from reviewbot.policy.config import Overrides  # noqa: PLC0415 (as above)
    from reviewbot.wiring import Request  # noqa: PLC0415 (as above)

    given = {name: _given(ctx, name) for name in options}
    overrides = Overrides(
        model_url=options["model_url"], model_name=options["model_name"],
        gguf=str(options["gguf"]) if options["gguf"] else None, no_model=options["no_model"],
        rules=tuple(str(folder) for folder in options["rules"]), fail_on=options["fail_on"],
        unsandboxed=options["unsandboxed"], patches=options["patches"], given_as={name: how for name, how in given.items() if how},
    )  # fmt: skip
    selection = Selection(
        options.get("base"), options.get("head"), bool(options.get("staged")), bool(options.get("worktree"))
    )
    return Request(options.get("repo", Path()), selection, overrides, options["policy_file"])


def _given(ctx: click.Context, name: str) -> str:
    """Say how an option was given: by its flag or by its variable; empty if it was not."""
    option = next(parameter for parameter in ctx.command.params if parameter.name == name)
    source = ctx.get_parameter_source(name)
    if source is ParameterSource.COMMANDLINE:
        return option.opts[0]
    return str(option.envvar) if source is ParameterSource.ENVIRONMENT else ""


def as_variables(ctx: click.Context, environ: Mapping[str, str]) -> dict[str, str]:
    """Give the settings of a command, flags and variables alike, as variables for a command that it starts."""
    named = {option.name: str(option.envvar) for option in ctx.command.params if option.envvar}
    settings = {option: envvar for option, envvar in named.items() if option in _SETTING_NAMES}
    found = {envvar: environ[envvar] for envvar in settings.values() if envvar in environ}
    for option, envvar in settings.items():
        if ctx.get_parameter_source(option) is ParameterSource.COMMANDLINE:
            found[envvar] = _as_text(ctx.params[option])
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        return os.pathsep.join(str(part) for part in value)
    return str(int(value)) if isinstance(value, bool) else str(value)
