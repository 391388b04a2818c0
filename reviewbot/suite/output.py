"""From what a test command printed to the tests that it names. Pure, and linear in what was printed.

The output is the change's own word: it is bounded in every way, and it can never turn a run green, for that
also needs the exit code. Nothing but lines is read; no XML, which a repository could fill with entities.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewbot.domain.suite import FailedTest
from reviewbot.suite import (
    cargo_output,
    go_output,
    pytest_output,
    tap_output,
    ticked_output,
    unittest_output,
)
from reviewbot.suite.tally import LONGEST, MOST_FAILURES, MOST_NAMES, Reader

ROOT = "reviewbot-tests"
"""Name of the folder that tests run in. What stands before it in a path differs from run to run, and is taken out."""

_MOST_LINES = 100_000
"""Lines that are read at the beginning of the output, and as many at its end."""

_LONGEST_LINE = 2_000
_LAST_BYTES, _LAST_LINES = 4_000, 3
# Colours, cursor movements, titles and links of terminals (ECMA-48), then all other control characters but the tab.
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]?")
_INSIDE, _BEFORE_PATHS = f"/{ROOT}/", " \t\"'`(=:<[,"
_CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f]")

_READERS: tuple[Reader, ...] = (
    pytest_output.read,
    unittest_output.read,
    go_output.read,
    cargo_output.read,
    tap_output.read,
    ticked_output.read,
)


@dataclass(frozen=True, slots=True)
class Named:
    """The tests that an output names. `known` is false where it is of no form that we know."""

    passed: tuple[str, ...] = ()
    failed: tuple[FailedTest, ...] = ()
    counted: int = 0
    known: bool = False


def read(stdout: bytes, stderr: bytes) -> Named:
    """Read both streams of a run; several runners may have printed there, and all count."""
    found = [
        tally
        for lines in (_lines(stdout), _lines(stderr))
        for reader in (_READERS if lines else ())
        if (tally := reader(lines)) is not None
    ]
    failed: dict[str, list[str]] = {}
    for tally in found:
        for name, said in tally.failed.items():
            failed.setdefault(name, said)
    passed = {name: None for tally in found for name in tally.passed if name not in failed}
    return Named(
        tuple(passed)[:MOST_NAMES],
        tuple(FailedTest(name, tuple(said)) for name, said in [*failed.items()][:MOST_FAILURES]),
        sum(tally.counted for tally in found),
        known=bool(found),
    )


def last_words(stdout: bytes, stderr: bytes) -> str:
    """Give the last lines that a run printed, on one line: what there is to go by where no test is named."""
    for stream in (stderr, stdout):
        end = [_plain(line).strip() for line in stream[-_LAST_BYTES:].split(b"\n")]
        said = " / ".join([line for line in end if line][-_LAST_LINES:])
        if said:
            return said if len(said) <= LONGEST else f"…{said[-LONGEST:]}"
    return ""


def _lines(content: bytes) -> list[str]:
    return [_plain(line) for line in _bounded(content)]


def _bounded(content: bytes) -> Iterator[bytes]:
    """Give the first and the last lines; what lies between them in a very long output is left out."""
    first = content.split(b"\n", _MOST_LINES)
    yield from first[:_MOST_LINES]
    if len(first) > _MOST_LINES:
        last = first[_MOST_LINES].rsplit(b"\n", _MOST_LINES)
        yield from last if len(last) <= _MOST_LINES else last[1:]


def _plain(line: bytes) -> str:
    text = line[:_LONGEST_LINE].removesuffix(b"\r").decode("utf-8", "replace")
    if not (text.isascii() and text.isprintable()):
        text = _CONTROLS.sub("", _ESCAPES.sub("", text))
    return _relative(text) if _INSIDE in text else text


def _relative(text: str) -> str:
    """Write paths below the folder that tests run in as the repository has them."""
    *before, last = text.split(_INSIDE)
    return "".join(part[: 1 + max(part.rfind(char) for char in _BEFORE_PATHS)] for part in before) + last
