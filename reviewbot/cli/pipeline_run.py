"""`reviewbot run` in a pipeline of a pull request: the three stages in one job, for teams that trust each other.

The job holds the token that can write, so whoever can change the job can use it; the templates with
separate jobs do not have that weakness. Even here the stage that reads the change is a process of its own,
without any token in its environment.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reviewbot.change.event import Started
from reviewbot.cli.options import as_variables
from reviewbot.cli.progress import StderrProgress
from reviewbot.errors import ReviewbotError

if TYPE_CHECKING:
    from reviewbot.cli.outputs import Output
    from reviewbot.domain.policy import Policy
    from reviewbot.tokens import Work

_REVIEW = Path("review")


def attempted(ctx: click.Context, options: Mapping[str, Any]) -> int | None:
    """Run the stages and give the exit code; None on a laptop, and in a pipeline of no pull request."""
    if not {"GITLAB_CI", "GITHUB_ACTIONS", "TF_BUILD", "REVIEWBOT_FORGE"} & set(os.environ):
        return None
    from reviewbot import stages, wiring  # noqa: PLC0415 (a laptop needs it not)

    policy = wiring.operator_settings(os.environ, options["policy_file"])
    given = stages.started_or_none(os.environ, policy)
    return None if given is None else _run(given, policy, ctx, options)


def _run(given: Started, policy: "Policy", ctx: click.Context, options: Mapping[str, Any]) -> int:
    from reviewbot import stages  # noqa: PLC0415 (as above)
    from reviewbot.cli import publish  # noqa: PLC0415 (as above)
    from reviewbot.tokens import Work  # noqa: PLC0415 (as above)

    settings = as_variables(ctx, os.environ)
    review = Path(os.environ.get("REVIEWBOT_REVIEW") or _REVIEW)
    with tempfile.TemporaryDirectory(prefix="reviewbot-snapshot-") as place:
        taken = Path(place) / "snapshot"
        job = stages.Publication(
            review=review, snapshot=taken, settings=settings, record=review / "record", dry_run=False
        )
        with StderrProgress(quiet=options["quiet"]) as progress:
            work = Work(policy, os.environ, progress)
            stages.check_can_publish(given, work)
            collected = _collected(given, work, taken)
        if collected:
            code = _reviewed(taken, review, policy, settings)
            _copy(review, options["outputs"])
            if code:
                click.echo(f"the review ended with exit code {code}; publishing that nothing was reviewed")
        with StderrProgress(quiet=options["quiet"]) as progress:
            published = publish.posted(given, job, Work(policy, os.environ, progress))
    return publish.said(published, job)


def _collected(given: Started, work: "Work", taken: Path) -> bool:
    """Collect; where that fails say why and go on, for the pull request is to say that nothing was reviewed."""
    from reviewbot import stages  # noqa: PLC0415 (as above)

    try:
        stages.collect(given, work, taken)
    except ReviewbotError as error:
        click.echo(f"reviewbot: {error}", err=True)
        return False
    return True


def _reviewed(taken: Path, review: Path, policy: "Policy", settings: Mapping[str, str]) -> int:
    """Review in a process without tokens. Its output comes through ours, line by line, to be cleaned as ours is."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-m", "reviewbot", "review", str(taken), "--into", str(review)],
        env=without_tokens(os.environ, policy) | dict(settings), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert child.stdout is not None
    with child.stdout:
        for line in child.stdout:
            click.echo(line.decode("utf-8", "replace").removesuffix("\n"))
    return child.wait()


def _copy(review: Path, outputs: "tuple[Output, ...]") -> None:
    """Put the reports where `--output` wants them; a review that was not written leaves none."""
    from reviewbot.cli.review import REPORTS  # noqa: PLC0415 (as above)

    made = dict(REPORTS)
    for output in outputs:
        report = review / made[output.format]
        if report.is_file():
            shutil.copyfile(report, output.path)


def without_tokens(environ: Mapping[str, str], policy: "Policy") -> dict[str, str]:
    """Give the variables that a review needs: an allow-list, so that a token nobody thought of stays outside."""
    secrets = {
        policy.forge.token_env,
        policy.forge.keys_env,
        "REVIEWBOT_FORGE_TOKEN",
        "REVIEWBOT_MARKER_KEYS",
        "REVIEWBOT_READ_TOKEN",
    }
    named = {name for name in environ if name.startswith("REVIEWBOT_")} | {policy.model.key_env, *_NEEDED}
    return {name: environ[name] for name in sorted(named - secrets) if name in environ}


_NEEDED = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "TZ", "SUDO_UID", "PYTHONDONTWRITEBYTECODE")
