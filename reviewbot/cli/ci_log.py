r"""What a pipeline's log may hold: printable ASCII, a constant prefix on every line, and no command of any CI.

Runners read commands from a job's output: Azure Pipelines finds `##vso[` and `##[` anywhere in a line,
GitHub Actions takes lines that begin with `::` after blanks, GitLab folds sections by `section_start:`
with a carriage return and an escape. What we want a CI to do is written by `annotation` alone, escaped
by that CI's own rules. Source: the runners' documentation of logging commands; threats F1 to F4.
"""

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO

from reviewbot.change.event import Ci
from reviewbot.domain.visible import visible

PREFIX = "| "
MOST_ANNOTATIONS = 10
"""GitHub shows so many of each kind per step; more only hide the first."""

_OURS = str.maketrans({"·": "-", "…": "...", "→": "->"})  # what our own sentences hold beyond ASCII
_SECTION = re.compile(r"(section_(?:start|end)):", re.IGNORECASE)


def clean(line: str) -> str:
    """Give one line, without its end, as it may stand in a log."""
    shown = visible(line.replace("\t", "    ")).translate(_OURS)
    ascii_only = shown.encode("ascii", "backslashreplace").decode("ascii")
    # Twice over, so that `###` leaves no pair either; then the words that fold a log.
    apart = re.sub("#(?=#)", "# ", ascii_only)
    return PREFIX + _SECTION.sub(r"\1 :", apart)


class CleanStream(io.TextIOBase):
    """A text stream that lets only clean lines through to `raw`."""

    def __init__(self, raw: TextIO) -> None:
        super().__init__()
        self.raw = raw
        self._line = ""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # the base declares an attribute, for which a property will do
        """ASCII, so that nobody writes anything else by accident."""
        return "ascii"

    def writable(self) -> bool:
        """Say yes."""
        return True

    def isatty(self) -> bool:
        """Say no: a log is no terminal, whatever it is shown in."""
        return False

    def fileno(self) -> int:
        """Give the number of the stream below, for what only asks about it."""
        return self.raw.fileno()

    def write(self, text: str) -> int:
        """Keep the text until its line is whole, then let the line through."""
        *whole, self._line = (self._line + text).split("\n")
        self.raw.write("".join(clean(line) + "\n" for line in whole))
        return len(text)

    def flush(self) -> None:
        """Hand on what is whole. A line that has begun waits: half a command must not be completed by another."""
        if not self.raw.closed:
            self.raw.flush()

    def end(self) -> None:
        """Let the last line through too."""
        if self._line:
            self.write("\n")
        self.flush()


@contextmanager
def cleaned() -> Iterator[None]:
    """Let nothing but clean lines through to standard output and standard error, for a `with` block."""
    out, err = sys.stdout, sys.stderr
    clean_out, clean_err = CleanStream(out), CleanStream(err)
    sys.stdout, sys.stderr = clean_out, clean_err
    try:
        yield
    finally:
        clean_out.end()
        clean_err.end()
        sys.stdout, sys.stderr = out, err


@dataclass(frozen=True, slots=True)
class Annotation:
    """A finding as a CI can show it. `path` is inside the repository, `severity` error, warning or note."""

    severity: str
    path: str
    line: int
    rule: str
    text: str


def annotation(ci: Ci, said: Annotation) -> str | None:
    """Give the CI's own command for this; None where it has none."""
    if ci is Ci.GITHUB:
        word = "notice" if said.severity == "note" else said.severity
        properties = ",".join(
            f"{name}={_github_property(value)}"
            for name, value in (("file", said.path), ("line", str(said.line)), ("title", said.rule))
        )
        return f"::{word} {properties}::{_github_data(said.text)}"
    if ci is Ci.AZURE:
        # A note is none of the two types that there are.
        word = "error" if said.severity == "error" else "warning"
        properties = ";".join(
            f"{name}={_azure_property(value)}"
            for name, value in (
                ("type", word), ("sourcepath", said.path), ("linenumber", str(said.line)), ("code", said.rule),
            )
        )  # fmt: skip
        return f"##vso[task.logissue {properties};]{_azure_data(said.text)}"
    return None


def _plain(text: str) -> str:
    shown = visible(" ".join(text.split())).encode("ascii", "backslashreplace").decode("ascii")
    return re.sub("#(?=#)", "# ", shown)


def _github_data(text: str) -> str:
    return _plain(text).replace("%", "%25")


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")


def _azure_data(text: str) -> str:
    return _plain(text).replace("%", "%AZP25")


def _azure_property(text: str) -> str:
    return _azure_data(text).replace(";", "%3B").replace("]", "%5D")
