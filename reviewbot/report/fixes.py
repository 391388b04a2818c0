"""A rule's fix, turned into the lines it takes out and puts in."""

from collections.abc import Sequence
from dataclasses import dataclass

from reviewbot.domain.finding import Finding, Fix


@dataclass(frozen=True, slots=True)
class Rewrite:
    """Whole lines from `first` on, unmasked: what stands there and what would."""

    first: int
    removed: tuple[str, ...]
    added: tuple[str, ...]
    safe: bool


def rewrite(fix: Fix, lines: Sequence[str], start: int) -> Rewrite | None:
    """Apply a fix to lines numbered from `start`. None if it reaches outside of them."""
    if not (start <= fix.first <= fix.last < start + len(lines)):
        return None
    removed = tuple(lines[fix.first - start : fix.last - start + 1])
    before, after = removed[0][: fix.first_column - 1], removed[-1][fix.last_column - 1 :]
    text = before + fix.text + after
    return Rewrite(fix.first, removed, tuple(text.split("\n")) if text else (), fix.safe)


def from_quote(finding: Finding) -> Rewrite | None:
    """Apply a finding's fix to its own quote; None without one."""
    if finding.fix is None:
        return None
    return rewrite(finding.fix, finding.quote.split("\n"), finding.span.first)
