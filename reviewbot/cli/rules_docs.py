"""`reviewbot rules docs`: pages about packs."""

from pathlib import Path
from typing import Any

import click

from reviewbot.cli.rules_settings import PACKS, added, policy_of, shelf_of
from reviewbot.domain.paths import quoted
from reviewbot.errors import UsageError

STALE = 10


@click.command(
    "docs",
    epilog="Exit codes: 0 written or fresh, 10 with --check if a page is stale, 2 usage or a mistake in a pack.",
)
@added((*PACKS, click.option("--to", "folder", type=click.Path(path_type=Path), default=Path("docs/rules"), show_default=True, help="Where the pages are."), click.option("--check", is_flag=True, help="Write nothing; say which pages are stale.")))  # fmt: skip
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Write pages about the packs, in Markdown: one for each pack, and an index.

    The same packs give the same bytes, so that the pages can be kept beside them and checked.
    """
    from reviewbot.workbench import pages  # noqa: PLC0415 (`--help` needs it not)

    folder: Path = options["folder"]
    made = pages.pages(shelf_of(options["packs"], policy_of(ctx, options)))
    # A page that no pack stands behind any more is stale as well.
    left = [path for path in sorted(folder.glob("*.md")) if path.name not in made] if folder.is_dir() else []
    stale = [name for name, text in made.items() if _read(folder / name) != text]
    for name in stale:
        if not options["check"]:
            _write(folder / name, made[name])
        click.echo(f"{'stale' if options['check'] else 'written'}: {quoted(str(folder / name))}")
    for path in left:
        click.echo(f"of no pack: {quoted(str(path))}")
    return STALE if options["check"] and (stale or left) else 0


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return None


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{quoted(str(path))} cannot be written: {(error.strerror or '').lower()}") from None
