"""`reviewbot demo`: review the bundled change."""

import os
import shutil
import tempfile
from pathlib import Path

import click

from reviewbot.cli.outputs import Output, keep, write_patches
from reviewbot.cli.progress import StderrProgress
from reviewbot.errors import UsageError

REPORTS = (
    ("html", "review.html"),
    ("sarif", "review.sarif"),
    ("json", "review.json"),
    ("markdown", "review.md"),
)


POLICY = """\
version: 1
tests:
  allow: true  # in the sandbox; which command, the repository's .reviewbot.yml on the target branch says
"""
"""What an operator would write down to let the service's own tests run."""


@click.command("demo")
@click.option("--keep", type=click.Path(path_type=Path), metavar="DIR", help="Keep the repository and the reports there; a former demo's are replaced.  [default: a temporary folder]")  # fmt: skip
def command(keep: Path | None) -> int:
    """Review a small bundled change: a web service whose newest commit adds real flaws among harmless edits.

    Works offline and without a model: scanners and rules only. Exits 0 when the review came
    out whole, whatever it found.
    """
    folder = _empty(keep) if keep else Path(tempfile.mkdtemp(prefix="reviewbot-demo-"))
    return _review(folder)


def _empty(folder: Path) -> Path:
    marker = folder / ".reviewbot-demo"
    if folder.exists():
        if any(folder.iterdir()) and not marker.exists():
            raise UsageError(
                f"{folder} holds something else than a former demo", hint="name an empty or a new folder"
            )
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    marker.touch()
    return folder


def _review(folder: Path) -> int:
    from reviewbot import pipeline, wiring  # noqa: PLC0415 (`demo --help` needs neither)
    from reviewbot.change.select import Selection  # noqa: PLC0415 (as above)
    from reviewbot.cli.run import Shown, show  # noqa: PLC0415 (as above)
    from reviewbot.demo import bundle  # noqa: PLC0415 (as above)
    from reviewbot.policy.config import Overrides  # noqa: PLC0415 (as above)

    repo = folder / "orders"
    bundle.lay_out(repo)
    policy = folder / "policy.yml"
    policy.write_text(POLICY, "utf-8")
    request = wiring.Request(repo, Selection(base=bundle.TARGET), Overrides(no_model=True), policy)
    outputs = tuple(Output(name, folder / file) for name, file in REPORTS)
    with StderrProgress(quiet=False) as progress, wiring.prepared(request, os.environ, progress) as prepared:
        review = pipeline.review(prepared.change, prepared.desk)
        read = prepared.desk.repository.read
        keep(review, prepared.folder, read)
        write_patches(review, folder, read)
        show(review, Shown(outputs, quiet=False), read)
    click.echo(f"\nwritten: {', '.join(str(output.path) for output in outputs)}, {folder / 'patches'}/")
    click.echo(f"to put the patches in: cd {repo} && reviewbot fix")
    return 0 if review.verdict.complete else review.verdict.exit_code
