"""The one summary of a pull request: verdict, findings, what was not reviewed, and what became of the rest.

In: what the review wants to say, and what the forge shows of it. Out: a body without marker. Nothing in
it changes from run to run on the same head: same input, same bytes. Where it would be too long, the
findings of scanners outlast those that only the model has, and errors outlast warnings.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from reviewbot.domain.anchor import Side
from reviewbot.domain.inert import cell
from reviewbot.domain.paths import quoted
from reviewbot.domain.wanted import Gap, Remark, Unreviewed, WaivedFinding, Wanted
from reviewbot.publish import limits, suites
from reviewbot.publish.comment import TITLE_SIZE, rule
from reviewbot.publish.inert import code, prose
from reviewbot.publish.status import WORST_FIRST, headline, number, verdict_words

MOST = 60_000
"""Characters of a summary at most, wherever a forge would take more: nobody reads on."""

_PATH_SIZE = 300
_SENTENCE_SIZE = 400
_ABOUT_SIZE = 600
_COUNT_SIZE = 100
_MORE_SIZE = 200
_Item = TypeVar("_Item")
_RED = "The status stays red until {they} reviewed or excluded by the policy."


@dataclass(frozen=True, slots=True)
class Published:
    """What stands on the pull request beside the review's own words.

    `dismissed` are the fingerprints of remarks whose threads a reviewer closed while they still stand,
    `refused` those whose comments the forge would not take, with its reason. `fixed` counts the findings
    that were gone since the first run. `superseded_by` is a newer head, if the request moved on.
    """

    dismissed: tuple[str, ...] = ()
    fixed: int = 0
    refused: tuple[tuple[str, str], ...] = ()
    superseded_by: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """Remarks in the order of the table; the first to be left out are the last of `_worth`."""

    remarks: tuple[Remark, ...]
    shown: Published
    links: str | None
    _refused: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_refused", dict(self.shown.refused))

    def rows(self, size: int) -> str:
        """Write as many rows as fit, and how many did not."""
        if not self.remarks:
            return ""
        head = "| | finding | where | comment |\n|---|---|---|---|"
        by_worth = sorted(enumerate(self.remarks), key=lambda one: (_worth(one[1]), one[0]))
        rows = limits.leading(by_worth, lambda one: self._row(one[1]), size - len(head) - _MORE_SIZE)
        order = sorted(range(len(rows)), key=lambda at: (_rank(by_worth[at][1]), by_worth[at][0]))
        left = [remark for _, remark in by_worth[len(rows) :]]
        more = [f"\n… and {len(left):,} more: {headline(left)}; they stand in the review."] if left else []
        return "\n".join([head, *(rows[at] for at in order), *more])

    def _row(self, remark: Remark) -> str:
        title = prose(limits.clipped(remark.title, TITLE_SIZE)) or "finding"
        # What has a comment of its own names its rule there.
        name = "" if self._inline(remark) else f" · {rule(remark, self.links)}"
        cells = (str(remark.severity), title + name, _where(remark), self._comment(remark))
        return "| " + " | ".join(cell(text) for text in cells) + " |"

    def _inline(self, remark: Remark) -> bool:
        return remark.anchor is not None and remark.fingerprint not in self._refused

    def _comment(self, remark: Remark) -> str:
        if remark.fingerprint in self.shown.dismissed:
            return "dismissed by a reviewer"
        if remark.fingerprint in self._refused:
            return f"refused by the forge: {_sentence(self._refused[remark.fingerprint])}"
        if remark.anchor is not None:
            return "inline"
        why = f"listed: {_sentence(remark.why)}" if remark.why else "listed"
        return f"in commit {code(remark.commit[:12])} only" if remark.commit else why


def _rank(remark: Remark) -> int:
    return WORST_FIRST.index(remark.severity)


def _worth(remark: Remark) -> tuple[bool, int]:
    """What the model alone says goes first, however bad it calls it: it must not push out a scanner's word."""
    return (remark.model_only, _rank(remark))


def _where(remark: Remark) -> str:
    side = " (old)" if remark.place.side is Side.OLD else ""
    return code(f"{_path(remark.place.path)}:{remark.place.first}") + side


def _path(path: str) -> str:
    return limits.clipped(quoted(path), _PATH_SIZE)


def _sentence(text: str) -> str:
    return prose(limits.clipped(text, _SENTENCE_SIZE))


def summary(wanted: Wanted, shown: Published, *, links: str | None, limit: int) -> str:
    """Give the summary of a review, at most `limit` characters together with our marker."""
    size = min(MOST, limits.room(limit))
    head = [part for part in (_verdict(wanted), _superseded(shown)) if part]
    tail = [
        _not_reviewed(wanted, size // 4),
        suites.told(wanted, size // 6),
        _counts(wanted, shown),
        _waived(wanted, size // 8),
        _dismissal(shown),
        _bullets(wanted.notes, _sentence, size // 8),
        _about(wanted, size // 8),
    ]
    table = _Table(wanted.remarks, shown, links)
    return limits.first_fitting(_versions(head, table, [part for part in tail if part], size), size)


def _versions(head: list[str], table: _Table, tail: list[str], size: int) -> Iterator[str]:
    """Longest first; what comes last is left out first."""
    for kept in range(len(tail), -1, -1):
        used = sum(len(part) + 2 for part in head + tail[:kept])
        yield "\n\n".join(part for part in (*head, table.rows(size - used), *tail[:kept]) if part)


def _verdict(wanted: Wanted) -> str:
    incomplete = "" if wanted.complete else "incomplete, "
    span = code(f"{wanted.merge_base[:7]}..{wanted.head[:7]}")
    said = verdict_words(wanted)
    return f"**reviewbot: {incomplete}{said}** in {number(wanted.files, 'file')}, {span}"


def _superseded(shown: Published) -> str:
    if not shown.superseded_by:
        return ""
    return f"The request has moved on to {code(shown.superseded_by[:7])}, which this does not speak of."


def _not_reviewed(wanted: Wanted, size: int) -> str:
    if not wanted.gaps:
        return (
            ""
            if wanted.complete
            else f"**The review is incomplete.**{_untested(wanted)} The status stays red."
        )
    count = len(wanted.gaps)
    they = _RED.format(they="it is" if count == 1 else "they are")
    return f"**Not reviewed: {number(count, 'file')}.** {they}\n\n" + _bullets(wanted.gaps, _gap, size)


def _untested(wanted: Wanted) -> str:
    """Say why there is no word of tests at all, where they may block."""
    return f" Tests: {_sentence(wanted.untested)}." if wanted.untested and wanted.tests is None else ""


def _gap(gap: Gap) -> str:
    # Made inert together: a name that ends in a colon would give two with ours.
    reasons = [_sentence(f"{name}: {reason}") for name, reason in gap.reasons[:5]]
    return f"{code(_path(gap.path))}, not read by {'; '.join(reasons)}"


def _bullets(items: Sequence[_Item], write: Callable[[_Item], str], size: int) -> str:
    rows = limits.leading(items, lambda item: f"- {write(item)}", size)
    more = [f"- and {len(items) - len(rows):,} more"] if len(rows) < len(items) else []
    return "\n".join(rows + more)


def _mended(wanted: Wanted) -> list[str]:
    count = sum(remark.suggestion is not None for remark in wanted.remarks)
    has = "has" if count == 1 else "have"
    return [f"{count:,} of {number(len(wanted.remarks), 'finding')} {has} a proven patch"] if count else []


def _counts(wanted: Wanted, shown: Published) -> str:
    words = [
        *_mended(wanted),
        *([f"{number(shown.fixed, 'finding')} fixed so far"] if shown.fixed else []),
        *(prose(limits.clipped(count, _COUNT_SIZE)) for count in wanted.counts[:20]),
        *([f"{len(shown.dismissed):,} dismissed by a reviewer"] if shown.dismissed else []),
    ]
    return " · ".join(words)


def _waived(wanted: Wanted, size: int) -> str:
    if not wanted.waived:
        return ""
    count = len(wanted.waived)
    they = "It does" if count == 1 else "They do"
    title = f"**Waived: {number(count, 'finding')}.** {they} not count."
    return f"{title}\n\n" + _bullets(wanted.waived, _excused, size)


def _excused(found: WaivedFinding) -> str:
    title = prose(limits.clipped(found.title, TITLE_SIZE)) or "finding"
    where = code(f"{limits.clipped(found.path, _PATH_SIZE)}:{found.line}")
    who = f"until {found.until}, approved by {found.approved_by} for {found.requested_by} ({found.ticket}): {found.reason}"
    return f"{found.severity}: {title}, {where}, {code(limits.clipped(found.rule, TITLE_SIZE))}; {_sentence(who)}"


def _dismissal(shown: Published) -> str:
    if not shown.dismissed:
        return ""
    return "What a reviewer dismisses still counts until a waiver of the policy covers it."


def _about(wanted: Wanted, size: int) -> str:
    rows = [row for row in wanted.about if row[1]]
    if not rows:
        return ""
    said = _bullets(rows, _about_row, size)
    return f"<details>\n<summary>about this review</summary>\n\n{said}\n\n</details>"


def _about_row(row: tuple[str, tuple[str, ...]]) -> str:
    label, values = row
    said = ", ".join(code(limits.clipped(value, _ABOUT_SIZE)) for value in values)
    return f"{_sentence(f'{label}:')} {said}"


def unreviewed(said: Unreviewed) -> str:
    """Give the summary where no review can be used."""
    reason = _sentence(said.why)
    return f"**reviewbot: not reviewed**, {code(said.head[:7])}\n\n{reason}\n\nThe status stays red until a review of this commit succeeds."
