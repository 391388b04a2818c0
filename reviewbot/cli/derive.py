"""`reviewbot derive`: what `publish` calls in a process without a token. Not for people: it is not listed."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from reviewbot.cli.options import SETTINGS, added, request
from reviewbot.domain import strict_json
from reviewbot.domain.forge import SuggestionStyle
from reviewbot.errors import UsageError

_MOST_BYTES = 10_000_000


@click.command("derive", hidden=True)
@added(SETTINGS)
@click.pass_context
def command(ctx: click.Context, /, **options: Any) -> int:
    """Read a question on standard input, and answer on standard output what may be published."""
    from pydantic import TypeAdapter  # noqa: PLC0415 (heavy)

    from reviewbot import wiring  # noqa: PLC0415 (heavy)
    from reviewbot.domain.wanted import Wanted  # noqa: PLC0415 (heavy)

    question = _question(sys.stdin.buffer.read(_MOST_BYTES + 1))
    wanted = wiring.derived(request(ctx, options), question, os.environ)
    sys.stdout.buffer.write(TypeAdapter(Wanted).dump_json(wanted))
    return 0


def _question(raw: bytes) -> Any:
    from reviewbot.wiring import Question  # noqa: PLC0415 (heavy)

    try:
        said = strict_json.loads(raw, limit=_MOST_BYTES, depth=4)
        assert isinstance(said, dict)
        return Question(
            snapshot=Path(said["snapshot"]), review=Path(said["review"]), diff_base=said["diff_base"],
            similarity=int(said["similarity"]), context=said["context"], style=SuggestionStyle(said["style"]), quotes=tuple((str(digest), int(lines)) for digest, lines in said["quotes"]),
        )  # fmt: skip
    except (strict_json.BadJson, AssertionError, KeyError, TypeError, ValueError) as error:
        raise UsageError("the question is not one of `reviewbot publish`") from error
