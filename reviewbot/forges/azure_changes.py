"""Which files an iteration changes, as Azure DevOps itself lists them, and how a thread is tied to one.

The server takes a thread on any path and shows it nowhere if the path is not among the changes of the
iteration (T9 of the peers' tests, pr-agent#2642): so a thread is only made for a file that is listed, under
the server's name for it and with the id by which it follows the file through later pushes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reviewbot.domain.anchor import Anchor, Side
from reviewbot.forges.azure_sdk import every
from reviewbot.forges.fields import number, odd, optional_text, record, text

PAGE = 2000  # the most that one request gives; source: the SDK's get_pull_request_iteration_changes
_MOST_PAGES = 500
_WHAT = "a list of changes"


@dataclass(frozen=True, slots=True)
class Changed:
    """One file of an iteration's changes. Paths begin with a slash; `original` is the old side's.

    `tracking` is the changeTrackingId.
    """

    tracking: int
    path: str
    original: str
    on_new: bool
    on_old: bool

    def has(self, side: Side) -> bool:
        """Say whether the file exists on a side."""
        return self.on_new if side is Side.NEW else self.on_old


def read_all(page: Callable[[int], Any]) -> tuple[Changed, ...]:
    """Read the changes page by page; `page` takes what to skip and gives the SDK's model of one page."""
    found: list[Changed] = []
    skip = 0
    for _ in range(_MOST_PAGES):
        part = page(skip)
        entries = every(part.change_entries if part is not None else None, _WHAT)
        found += _files(entries)
        following = _following(part.next_skip, skip, len(entries))
        if following is None:
            return tuple(found)
        if following <= skip:
            raise odd(_WHAT, "its pages run in a circle")
        skip = following
    raise odd(_WHAT, f"it has more than {_MOST_PAGES} pages")


def _following(said: int | None, skip: int, count: int) -> int | None:
    """Say what to skip for the next page; None after the last: 0, or on older servers not said at all."""
    if said is not None:
        return said or None
    return skip + PAGE if count >= PAGE else None


def _files(entries: Iterable[Any]) -> Iterable[Changed]:
    for entry in entries:
        rest = record(entry.additional_properties, _WHAT)
        item = record(rest.get("item"), _WHAT)
        if item.get("isFolder") is True or item.get("gitObjectType") in ("tree", "commit"):
            continue  # a folder or a submodule: no lines to stand on
        yield _changed({**rest, "changeTrackingId": entry.change_tracking_id}, item)


def _changed(entry: dict[str, object], item: Any) -> Changed:
    kinds = {kind.strip() for kind in text(entry, "changeType", _WHAT).split(",")}
    before = optional_text(entry, "originalPath", _WHAT) or optional_text(entry, "sourceServerItem", _WHAT)
    path = optional_text(item, "path", _WHAT) or before  # what is deleted may have its old path alone
    if path is None:
        raise odd(_WHAT, "a file has no path")
    gone = "delete" in kinds
    return Changed(
        tracking=number(entry, "changeTrackingId", _WHAT),
        path=path,
        original=path if gone else before or path,
        on_new=not gone,
        on_old=not kinds & {"add", "undelete"},
    )


def find(changes: Iterable[Changed], anchor: Anchor) -> Changed | None:
    """Give the file that an anchor stands in, or None if the server lists no such file.

    Git and the server may differ on what a rename is: on the old side a file is then found by its old
    path, be it listed as deleted or as renamed.
    """
    new, old = f"/{anchor.path}", f"/{anchor.old_path}"
    fitting = [each for each in changes if each.has(anchor.side)]
    if anchor.side is Side.NEW:
        return next((each for each in fitting if each.path == new), None)
    ranked = [each for each in fitting if each.original == old]
    return next((each for each in ranked if each.path == new), ranked[0] if ranked else None)
