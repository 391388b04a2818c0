"""What the waiver commands work on: the repository, the operator's terms, the files, the day."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reviewbot import wiring
from reviewbot.change.git import GitRepository
from reviewbot.change.select import Selection
from reviewbot.domain.paths import quoted
from reviewbot.domain.policy import Policy, WaiverPolicy
from reviewbot.domain.visible import visible
from reviewbot.domain.waiver import FILE, Standing, Waiver, Waivers
from reviewbot.errors import UsageError
from reviewbot.policy import packs, waivers
from reviewbot.policy.config import Overrides
from reviewbot.shipped import folder

NOT_MERGED = "not merged"


@dataclass(frozen=True, slots=True)
class Row:
    """A waiver with what it is worth here."""

    number: int
    state: str
    standing: Standing

    @property
    def text(self) -> str:
        """A few lines for people."""
        waiver = self.standing.waiver
        lines = [
            f"{self.state:<11} {waiver.what}",
            f"            {waiver.words}" if waiver.approved_by else f"            until {waiver.until}, asked for by {waiver.requested_by} ({waiver.ticket}): {waiver.reason}",
            f"            {waiver.place} (number {self.number})",
            *([f"            {self.standing.why}"] if self.standing.why else []),
        ]  # fmt: skip
        return "".join(f"{visible(line)}\n" for line in lines)

    @property
    def document(self) -> dict[str, object]:
        """The same for programs."""
        waiver, target = self.standing.waiver, self.standing.waiver.target
        return {
            "state": self.state, "why": self.standing.why, "file": waiver.source, "line": waiver.line, "number": self.number,
            "fingerprint": target.fingerprint or None, "rule": target.rule or None, "path": target.path or None,
            "quote": target.quote or None, "reason": waiver.reason, "requested_by": waiver.requested_by,
            "approved_by": waiver.approved_by or None, "until": waiver.until.isoformat(), "ticket": waiver.ticket,
            "signed_by": waiver.signed_by or None,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """All waivers, and the files of which none could be read. `tip` is None where no target branch is known."""

    rows: tuple[Row, ...]
    broken: tuple[str, ...]
    tip: str | None


@dataclass(frozen=True, slots=True)
class Desk:
    """`governed` says whether there is an operator's policy at all: without one nobody knows the approvers."""

    repository: GitRepository
    policy: Policy
    governed: bool
    today: date
    request: wiring.Request
    environ: Mapping[str, str]

    @property
    def terms(self) -> WaiverPolicy:
        """The operator's terms."""
        return self.policy.waivers

    @property
    def latest(self) -> date:
        """The last day that a waiver may run to."""
        return self.today + timedelta(days=self.terms.max_days)

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of all rules that the policy turns on. Raises `PolicyError` where packs do not load."""
        return tuple(rule.id for rule in packs.load_rules(self.policy, shipped=folder("rules")).rules)

    @property
    def rules_about_files(self) -> frozenset[str]:
        """The ids of those that say of a file that it was changed: only fingerprints waive them."""
        return frozenset(rule.id for rule in packs.load_rules(self.policy, shipped=folder("rules")).touch)

    def file(self, given: Path | None) -> Path:
        """Give the waiver file that is meant. Raises `UsageError` for a link in its place."""
        if given is not None:
            return given
        top = self.repository.work_tree
        if top is None:
            raise UsageError("a bare repository has no work tree with a waiver file", hint="name a file")
        path = top / FILE
        if path.is_symlink() or path.parent.is_symlink():
            raise UsageError(f"{quoted(str(path))} is a link, and reviews do not follow it")
        return path

    def content(self, path: Path) -> bytes | None:
        """Give what stands in a file; None if it is not there."""
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            why = (error.strerror or "no reason given").lower()
            raise UsageError(f"{quoted(str(path))} cannot be read: {why}") from None

    def rows(self, base: str | None) -> Rows:
        """Give all waivers: the operator's, the target branch's, and those that only stand in the work tree."""
        request = wiring.Request(
            self.request.repo, Selection(base=base), Overrides(), self.request.policy_file
        )
        policy, tip = wiring.settled_at(self.repository, request, self.environ)
        found = wiring.read_waivers(self.repository, policy, tip, self.today)
        rows = [
            Row(number, str(one.state), one)
            for number, one in _numbered(found.standings(self.terms, self.today))
        ]
        mine = self._of_work_tree()
        known = {(waiver.text, waiver.signature) for waiver in found.entries}
        fresh = [
            Row(number, NOT_MERGED, one)
            for number, one in _numbered(mine.standings(self.terms, self.today))
            if (one.waiver.text, one.waiver.signature) not in known
        ]
        return Rows((*rows, *fresh), found.broken + mine.broken, tip)

    def _of_work_tree(self) -> Waivers:
        if self.repository.work_tree is None:
            return Waivers()
        return waivers.of_repository(FILE, self.content(self.file(None)), self.terms)


def _numbered(standings: tuple[Standing, ...]) -> Iterator[tuple[int, Standing]]:
    """Count the waivers of each file from 1."""
    counts: dict[str, int] = {}
    for one in standings:
        source = one.waiver.source
        counts[source] = counts.get(source, 0) + 1
        yield counts[source], one


@contextmanager
def opened(repo: Path, policy_file: Path | None, environ: Mapping[str, str]) -> Iterator[Desk]:
    """Open the repository and the operator's policy. Raises `ReviewbotError`."""
    policy = wiring.operator_settings(environ, policy_file)
    request = wiring.Request(repo, Selection(), Overrides(), policy_file)
    with GitRepository.open(repo) as repository:
        today = datetime.now(UTC).date()
        yield Desk(repository, policy, bool(policy.sources), today, request, environ)


def entry(found: tuple[Waiver, ...], which: str) -> int:
    """Find a waiver by its number in the file, or its fingerprint; from 0. Raises `UsageError`."""
    hits = [at for at, waiver in enumerate(found) if waiver.target.fingerprint == which]
    if not hits and which.isascii() and which.isdigit() and 1 <= int(which[:9]) <= len(found):
        hits = [int(which[:9]) - 1]
    if len(hits) == 1:
        return hits[0]
    what = "several waivers have" if hits else "no waiver has"
    raise UsageError(
        f"{what} the number or fingerprint {visible(which[:40])}; the file has {len(found)}",
        hint="see the numbers with `reviewbot waivers list`",
    )
