"""Which thread of ours belongs to which remark."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewbot.domain.wanted import Remark, Wanted
from reviewbot.publish.marker import fitting
from reviewbot.publish.ownership import Own, OwnThread

Known = Mapping[str, frozenset[str]]
"""Digests of paths, each with the changed paths that it can mean now: its own and the one it was renamed to."""


@dataclass(frozen=True, slots=True)
class Group:
    """All our threads for one finding: the oldest is it, the others say the same once more."""

    oldest: OwnThread
    twins: tuple[OwnThread, ...]


Matched = tuple[list[tuple[Group, Remark]], list[Group], list[Remark]]
"""Threads with their remark, threads without one, and remarks without a thread."""


def finding_fields(remark: Remark) -> dict[str, str]:
    """Give the fields of a finding's marker that identify it, as a marker writes them."""
    return {
        "fp": fitting(remark.fingerprint),
        "mv": fitting(remark.moved),
        "p": path_digest(remark.place.path),
        "by": ",".join(fitting(source) for source in remark.by),
        "q": fitting(remark.quote),
        "n": str(remark.quote_lines),
    }


def path_digest(path: str) -> str:
    """Digest a path: it can hold any character, and a marker holds few."""
    return hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def known_paths(wanted: Wanted) -> Known:
    """Say which paths of the change a digest in a marker stands for; none if the file has left the change."""
    known: dict[str, set[str]] = {}
    changed = {path for path, _ in wanted.read_by}
    for path in changed | {remark.place.path for remark in wanted.remarks}:
        known.setdefault(path_digest(path), set()).add(path)
    for old, new in wanted.renamed:
        known.setdefault(path_digest(old), set()).add(new)
    return {digest: frozenset(paths) for digest, paths in known.items()}


def matched(wanted: Wanted, own: Own) -> Matched:
    """Pair by fingerprint, then what is left by the fingerprint without the path, for renamed files.

    The second way is open only where the thread's file now has the remark's path or has left the change: equal
    lines in a file that stands beside it are another finding, and a person's word on the one is none on the other.
    """
    groups = _grouped(own.findings)
    pairs: list[tuple[Group, Remark]] = []
    unsaid: list[Remark] = []
    for remark in _distinct(wanted.remarks):
        group = groups.pop(fitting(remark.fingerprint), None)
        if group is None:
            unsaid.append(remark)
        else:
            pairs.append((group, remark))
    known = known_paths(wanted)
    alone = list(groups.values())
    for certain in (True, False):
        pairs.extend(_moved(alone, unsaid, known, certain=certain))
    return pairs, alone, unsaid


def _moved(
    alone: list[Group], unsaid: list[Remark], known: Known, *, certain: bool
) -> Sequence[tuple[Group, Remark]]:
    """Take pairs out of both lists; `certain` ones are those whose rename the change itself shows."""
    pairs = []
    for remark in list(unsaid):
        for group in alone:
            marker = group.oldest.marker
            paths = known.get(marker["p"], frozenset())
            same_file = remark.place.path in paths if certain else not paths
            if marker["mv"] == fitting(remark.moved) and same_file:
                pairs.append((group, remark))
                alone.remove(group)
                unsaid.remove(remark)
                break
    return pairs


def _grouped(threads: Sequence[OwnThread]) -> dict[str, Group]:
    """Group threads, which come oldest first, by fingerprint."""
    by_fingerprint: dict[str, list[OwnThread]] = {}
    for thread in threads:
        by_fingerprint.setdefault(thread.marker["fp"], []).append(thread)
    return {name: Group(first, tuple(rest)) for name, (first, *rest) in by_fingerprint.items()}


def _distinct(remarks: Sequence[Remark]) -> list[Remark]:
    """Give each fingerprint once: a second thread for it would be taken for a twin by the next run."""
    return list({remark.fingerprint: remark for remark in reversed(remarks)}.values())[::-1]
