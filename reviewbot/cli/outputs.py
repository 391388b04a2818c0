"""`--output FORMAT=PATH`: where the review is written, checked before the work begins."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import click

from reviewbot.domain.change import ReadBlob
from reviewbot.domain.review import Review
from reviewbot.errors import UsageError

FORMATS = ("codequality", "html", "json", "markdown", "sarif")


@dataclass(frozen=True, slots=True)
class Output:
    """One file to write."""

    format: str
    path: Path


class OutputType(click.ParamType[Output]):
    """Parses `FORMAT=PATH` and refuses a path that cannot be written."""

    name = "FORMAT=PATH"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Output:
        """Give the `Output`; fail with a sentence that names the formats or what is wrong with the path."""
        if isinstance(value, Output):
            return value
        name, _, place = str(value).partition("=")
        if name not in FORMATS or not place:
            self.fail(
                f"{value!r} is not FORMAT=PATH with one of the formats {', '.join(FORMATS)}", param, ctx
            )
        path = Path(place)
        problem = _unwritable(path)
        if problem:
            self.fail(f"{place}: {problem}", param, ctx)
        return Output(name, path)


def _unwritable(path: Path) -> str:
    if path.is_dir():
        return "is a folder; name a file in it"
    if not path.parent.is_dir():
        return f"the folder {path.parent} does not exist; make it first"
    if not os.access(path.parent, os.W_OK):
        return f"the folder {path.parent} is not writable"
    return ""


def write(review: Review, outputs: tuple[Output, ...], read: ReadBlob) -> None:
    """Write every output, each whole or not at all. Raises `UsageError` naming those that failed."""
    failed = []
    for output in outputs:
        try:
            _put(output.path, rendered(review, output.format, read))
        except OSError as error:
            failed.append(f"{output.path}: {error.strerror}")
    if failed:
        raise UsageError(f"the review could not be written to {'; '.join(failed)}")


def write_patches(review: Review, folder: Path, read: ReadBlob) -> None:
    """Write the proven patches as files into `patches/`, and take away those of a former run.

    Raises `UsageError` if they cannot be written.
    """
    from reviewbot.report import patch_files  # noqa: PLC0415 (most commands need it not)

    place = folder / patch_files.FOLDER
    try:
        for old in place.glob("*.patch"):
            old.unlink()
        files = patch_files.patch_files(review, read)
        if files:
            place.mkdir(mode=0o700, exist_ok=True)
        for name, content in files.items():
            _replace(place / name, content)
    except OSError as error:
        raise UsageError(
            f"the patches could not be written to {place}: {(error.strerror or '').lower()}"
        ) from None


def keep(review: Review, folder: Path, read: ReadBlob) -> None:
    """Leave review and patches beside the run's record, for `reviewbot fix`, and so that nothing is lost if an output fails."""
    path = folder / "review.json"
    path.touch(mode=0o600)
    path.write_bytes(rendered(review, "json", read))
    write_patches(review, folder, read)


def rendered(review: Review, name: str, read: ReadBlob) -> bytes:
    """Render the review in one of `FORMATS`."""
    # Each format brings libraries of its own, so only the one that is asked for is imported.
    if name == "json":
        from reviewbot.report import json  # noqa: PLC0415 (as above)

        return json.render(review)
    if name == "sarif":
        from reviewbot.report import sarif  # noqa: PLC0415 (as above)

        return sarif.render(review, read)
    if name == "markdown":
        from reviewbot.report import markdown  # noqa: PLC0415 (as above)

        return markdown.render(review, read).encode()
    if name == "codequality":
        from reviewbot.report import codequality  # noqa: PLC0415 (as above)

        return codequality.render(review)
    from reviewbot.report import html  # noqa: PLC0415 (as above)

    return html.render(review, read).encode()


def _put(path: Path, content: bytes) -> None:
    # A device or a pipe is written to; replacing it by a file would take it away from everybody else.
    if path.exists() and not path.is_file():
        path.write_bytes(content)
    else:
        _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".reviewbot-", delete=False) as file:
        try:
            file.write(content)
            file.flush()
            Path(file.name).chmod(0o600)
            Path(file.name).replace(path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
