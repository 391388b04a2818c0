"""Going through the offers of a review: asking, taking, writing, and saying what became of each."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path

import click

from reviewbot.cli import fix_show
from reviewbot.mending.offer import Offer, chosen
from reviewbot.mending.plan import Plan
from reviewbot.report.paper import Page
from reviewbot.wiring_fix import Bench, Offered

_ANSWERS = {"yes": "[y]es", "no": "[n]o", "all": "[a]ll safe of the rest", "quit": "[q]uit"}

Left = list[tuple[Offer, str]]


class Mode(Enum):
    """What is done with the offers."""

    LIST = auto()
    DIFF = auto()
    SHOW = auto()
    TAKE = auto()
    ASK = auto()


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asked for."""

    mode: Mode
    ids: tuple[str, ...]
    safe_only: bool
    allow_dirty: bool


def fixed(bench: Bench, offered: Offered, wish: Wish) -> int:
    """Do what is asked, and give the exit code. Raises `UsageError` for an id that names no single offer."""
    offers = chosen(offered.offers, wish.ids, offered.unproven)
    if not offers:
        click.echo(fix_show.nothing(fix_show.page(Plan({})), offered.title), nl=False)
        return 0
    # What cannot be applied anywhere is not looked for on the disk either.
    plan = Plan(bench.lying(path for offer in offers if not offer.obstacle for path in offer.paths))
    page = fix_show.page(plan)
    if wish.mode is Mode.LIST:
        click.echo(fix_show.table(page, plan, offers), nl=False)
        return 0
    left: Left = []
    if wish.mode is Mode.ASK:
        plan, left = _asked(page, plan, offers, wish)
        click.echo()
    else:
        plan, left = _sorted(plan, offers, wish)
        _tell(page, left)
    if wish.mode in {Mode.DIFF, Mode.SHOW}:
        fix_show.put_diff(page, plan)
        if wish.mode is Mode.SHOW:
            click.echo(fix_show.advice(plan), nl=False, err=True)
    else:
        left += _written(page, bench, plan)
    return 2 if wish.ids and left else 0


def _sorted(plan: Plan, offers: Sequence[Offer], wish: Wish) -> tuple[Plan, Left]:
    """Take what may be taken without a question."""
    left: Left = []
    for offer in offers:
        why = _refusal(plan, offer, wish)
        if why:
            left.append((offer, why))
        else:
            plan = plan.taking(offer)
    return plan, left


def _refusal(plan: Plan, offer: Offer, wish: Wish) -> str:
    if wish.safe_only and not offer.patch.safe:
        return _wants_a_look(offer)
    obstacle = plan.obstacle(offer)
    uncommitted = plan.uncommitted(offer)
    if not obstacle and uncommitted and wish.mode is Mode.TAKE and not wish.allow_dirty:
        return f"{uncommitted}; commit first, or say --allow-dirty"
    return obstacle


def _wants_a_look(offer: Offer) -> str:
    return f"it wants a look: reviewbot fix {offer.name}"


def _asked(page: Page, plan: Plan, offers: Sequence[Offer], wish: Wish) -> tuple[Plan, Left]:
    """Show each and ask. What cannot be applied is said where its turn comes."""
    left: Left = []
    looks: Left = []
    rest_safe = False
    for number, offer in enumerate(offers, 1):
        why = plan.obstacle(offer)
        if why:
            left.append((offer, why))
            _tell(page, left[-1:])
            continue
        if rest_safe and not offer.patch.safe:
            looks.append((offer, _wants_a_look(offer)))
            continue
        dirty = "" if wish.allow_dirty else plan.uncommitted(offer)
        if rest_safe and not dirty:
            plan = plan.taking(offer)
            continue
        click.echo(fix_show.block(page, plan, offer, f"{number} of {len(offers)}", dirty), nl=False)
        answer = _answer(more=any(one.patch.safe for one in offers[number - 1 :]))
        if answer == "quit":
            break
        rest_safe = rest_safe or answer == "all"
        if answer == "yes" or (answer == "all" and offer.patch.safe):
            plan = plan.taking(offer)
    _tell(page, looks)
    return plan, left


def _answer(*, more: bool) -> str:
    """Ask until there is an answer. `more`: of this one and the rest, some are safe."""
    known = {answer: words for answer, words in _ANSWERS.items() if more or answer != "all"}
    while True:
        word = _prompted(f"apply? {' '.join(known.values())}").strip().lower()
        found = [answer for answer in known if word and answer.startswith(word)]
        if found:
            return found[0]


def _prompted(question: str) -> str:
    try:
        return str(click.prompt(question, default="", show_default=False))
    except click.Abort:
        click.echo("\nnothing was changed", err=True)
        raise


def _tell(page: Page, left: Left) -> None:
    """Say of each why it is left; those that only want a look, where they are several, in one line."""
    looks = sum(why == _wants_a_look(offer) for offer, why in left)
    if looks > 1:
        click.echo(fix_show.unsafe(looks), nl=False, err=True)
    for offer, why in left:
        if looks > 1 and why == _wants_a_look(offer):
            continue
        click.echo(fix_show.left(page, offer, why), nl=False, err=True)


def _written(page: Page, bench: Bench, plan: Plan) -> Left:
    """Write the files, say what was done and how to take it back, and give what was left."""
    written = bench.write(plan.rewritten, datetime.now(UTC))
    left = [
        (offer, why)
        for offer in plan.taken
        for why in [written.left[path] for path in offer.paths if path in written.left][:1]
    ]
    _tell(page, left)
    if written.way_back is None:
        click.echo("nothing was changed")
        return left
    missed = {offer.patch.id for offer, _ in left}
    done = [offer for offer in plan.taken if offer.patch.id not in missed]
    click.echo(fix_show.done(page, done), nl=False)
    click.echo(f"undo: {_undo(bench.top, written.way_back)}")
    return left


def _undo(top: Path, way_back: Path) -> str:
    """Give the command as it works from where the user stands, with whatever settings.

    In a folder, git would leave out what lies beside it; with `core.autocrlf` it would turn the line ends of a file
    that has none of CRLF, and with `apply.whitespace` it could mend blanks.
    """
    here = Path.cwd() == top and way_back.is_relative_to(top)
    where = [] if here else ["-C", str(top)]
    how = ["-c", "core.autocrlf=false", "apply", "-R", "--whitespace=nowarn"]
    return shlex.join(["git", *where, *how, str(way_back.relative_to(top) if here else way_back)])
