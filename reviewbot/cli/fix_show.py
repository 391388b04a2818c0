"""What `reviewbot fix` shows: a list, each fix with its diff and proof, what was done.

Text of a review and of files goes through the terminal's inert means; secrets in the files are masked. Only a diff
that is written to a file or a pipe holds the very bytes, for `git apply`.
"""

import os
import shutil
import sys
from collections.abc import Iterator, Sequence

import click

from reviewbot.domain.patch import Origin, Proof
from reviewbot.domain.secret import Mask, Secret
from reviewbot.domain.secret_kinds import find_secrets
from reviewbot.mending.offer import Offer
from reviewbot.mending.plan import Lying, Plan
from reviewbot.report.paper import LABEL, Page
from reviewbot.report.text import Shown, decoded
from reviewbot.report.widths import width

_NARROWEST, _WIDEST = 40, 120
_BOLD, _DIM, _GREEN, _RED, _CYAN, _YELLOW = "1", "2", "32", "31", "36", "33"
_PROVEN = Proof(()).sentence
"""What is said of every patch that holds; tests come behind it."""

_SAFE = "safe: the program keeps its meaning"
_LOOK = "look: it may change what the program does"
_WAYS = "--safe applies the safe ones, --yes all of them; on a terminal `reviewbot fix` asks"
_HEAD = ("diff ", "index ", "--- ", "+++ ")
_COLOURS = {"+": _GREEN, "-": _RED, "@": _CYAN}


def page(plan: Plan) -> Page:
    """Give the paper to write on, with the secrets of the files masked."""
    colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
    columns = shutil.get_terminal_size((100, 40)).columns
    contents = (lying.content for lying in plan.files.values() if isinstance(lying, Lying))
    secrets = [
        Secret(match.kind, value)
        for content in contents
        for match in find_secrets(decoded(content))
        for value in match.values
    ]
    return Page(Shown(Mask.of(secrets)), colour, max(_NARROWEST, min(columns, _WIDEST)))


def table(page: Page, plan: Plan, offers: Sequence[Offer]) -> str:
    """List the offers: id, place, rule, safety, tests; under it why one cannot be applied, and last what was proven."""
    rows = [
        (
            page.line(offer.name),
            f"{page.path(offer.path)}:{offer.line}",
            page.line(offer.rule),
            "safe" if offer.patch.safe else "look",
            offer.patch.proof.sentence.removeprefix(_PROVEN).removeprefix(" · "),
        )
        for offer in offers
    ]
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row, offer in zip(rows, offers, strict=True):
        cells = (cell + " " * (columns - width(cell)) for cell, columns in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
        why = plan.obstacle(offer)
        lines += page.labelled("", f"not applicable: {page.line(why)}") if why else ()
    proven = any(not plan.obstacle(offer) for offer in offers)
    return _text([*lines, *(page.labelled("proven", _PROVEN) if proven else ())])


def block(page: Page, plan: Plan, offer: Offer, count: str, dirty: str) -> str:
    """Show one offer with its diff, its proof, and what a person should know before saying yes."""
    return _text(["", *_head(page, offer, count), *_hunks(page, plan, offer), *_facts(page, offer, dirty)])


def _head(page: Page, offer: Offer, count: str) -> Iterator[str]:
    spot = f"{page.path(offer.path)}:{offer.line}"
    yield f"{page.paint(spot, _BOLD)}  {page.prose(offer.title)}  {page.paint(f'{count}, {offer.name}', _DIM)}"
    yield f"{page.prose(offer.patch.sentence)}"


def _hunks(page: Page, plan: Plan, offer: Offer) -> Iterator[str]:
    for one in plan.alone(offer):
        text = decoded(one.diff)
        lines = page.lines(text.removesuffix("\n"))
        start = next(at for at, line in enumerate(lines) if line.startswith("@@"))
        if one.path != offer.path:
            yield page.paint(page.path(one.path), _BOLD)
        yield from (_painted(page, line) for line in lines[start:])


def _facts(page: Page, offer: Offer, dirty: str) -> Iterator[str]:
    patch = offer.patch
    yield from page.labelled("proven", patch.proof.sentence)
    by = "the model" if patch.origin is Origin.MODEL else f"the rule {page.line(offer.rule)}"
    yield from page.labelled("by", by)
    yield from page.labelled("safety", _SAFE if patch.safe else _LOOK)
    if patch.needs:
        yield from page.labelled("needs", ", ".join(map(page.line, patch.needs)))
    if dirty:
        yield from (page.paint(line, _YELLOW) for line in page.labelled("careful", page.line(dirty)))


def put_diff(page: Page, plan: Plan) -> None:
    """Print one diff of all that is taken: the very bytes into a file or a pipe, inert and coloured on a terminal."""
    raw = b"".join(one.diff for one in plan.rewritten)
    if not sys.stdout.isatty() and hasattr(sys.stdout, "buffer"):
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
        return
    lines = page.lines(decoded(raw).removesuffix("\n")) if raw else []
    click.echo(_text(_painted(page, line, _HEAD) for line in lines), nl=False, color=page.colour)


def _painted(page: Page, line: str, bold: tuple[str, ...] = ()) -> str:
    code = _BOLD if bold and line.startswith(bold) else _COLOURS.get(line[:1], "")
    return page.paint(line, code) if code else line


def advice(plan: Plan) -> str:
    """Say what somebody does who sees the diffs where nobody can be asked."""
    safe = sum(offer.patch.safe for offer in plan.taken)
    if not plan.taken:
        return "reviewbot: no fix can be applied here; nothing was changed\n"
    count = f"{len(plan.taken)} {'fix' if len(plan.taken) == 1 else 'fixes'}, {safe} safe"
    return _text([f"reviewbot: {count}; nothing was changed", f"  {_WAYS}"])


def nothing(page: Page, title: str) -> str:
    """Say of which review it is that there is nothing to fix: the last one may be of another change."""
    return f"nothing to fix: the review of {page.line(title)} has no proven patch\n"


def unsafe(count: int) -> str:
    """Say in one line how many are left because only the safe ones are wanted."""
    fixes = "1 fix that wants" if count == 1 else f"{count} fixes that want"
    return f"{'left':<{LABEL}}{fixes} a look: `reviewbot fix` shows each and asks\n"


def left(page: Page, offer: Offer, why: str) -> str:
    """Say of one offer why it is not applied."""
    return _text([f"{'left':<{LABEL}}{_words(page, offer)}", *page.labelled("", page.prose(why))])


def done(page: Page, offers: Sequence[Offer]) -> str:
    """Say what was applied, what it needs, and how to check the whole."""
    needs = sorted({name for offer in offers for name in offer.patch.needs})
    lines = [
        f"{'applied' if at == 0 else '':<{LABEL}}{_words(page, offer)}" for at, offer in enumerate(offers)
    ]
    if needs:
        names = ", ".join(map(page.line, needs))
        lines += page.labelled(
            "needs", f"{names}: install it, and list it where the project lists its packages"
        )
    return _text([*lines, "check: reviewbot run --worktree"])


def _words(page: Page, offer: Offer) -> str:
    return f"{page.line(offer.name)}  {page.path(offer.path)}:{offer.line}  {page.line(offer.rule)}"


def _text(lines: "Iterator[str] | Sequence[str]") -> str:
    return "".join(f"{line}\n" for line in lines)
