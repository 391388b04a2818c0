"""Where the folders that people edit lie: `rules/`, `templates/`, `pipelines/`.

In an installed package they are inside it, under `_shipped/`; in a source tree they stand
beside it, at the top.
"""

from pathlib import Path

from reviewbot.errors import UsageError

_PACKAGE = Path(__file__).resolve().parent


def folder(name: str, *, package: Path = _PACKAGE) -> Path:
    """Find a shipped folder by its name. Raises `UsageError` if the installation lacks it."""
    for place in (package / "_shipped" / name, package.parent / name):
        if place.is_dir():
            return place
    raise UsageError(
        f"this installation of reviewbot lacks its folder {name}/",
        hint="install reviewbot again from its wheel, or run it from a whole source tree",
    )
