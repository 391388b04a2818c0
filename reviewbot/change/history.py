"""What the commits of a range held on the way and the head no longer shows.

A key that one commit adds and the next removes is still in the history that gets pushed, so secret
detection reads every version of every file, not only the last.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from reviewbot.change.caps import CAPS, Caps
from reviewbot.change.diff import fields
from reviewbot.change.git import GitRepository
from reviewbot.domain.change import SUBMODULE, SYMLINK, FileDiff, HistoryBlob
from reviewbot.domain.paths import from_bytes
from reviewbot.errors import UsageError


@dataclass(frozen=True, slots=True)
class History:
    """File versions of earlier commits, newest first, and a sentence if some were left out."""

    blobs: tuple[HistoryBlob, ...]
    notes: tuple[str, ...] = ()


def collect_history(
    repository: GitRepository, since: str | None, head: str, files: Iterable[FileDiff], caps: Caps = CAPS
) -> History:
    """Give each file version that commits of `since..head` brought and neither end of the range shows.

    Versions that a changed file has in the head or the base are left out, and so are those that stand
    at the same path in the base. A merge brings only what differs from all its parents: the rest is a
    parent's own. Each content comes once, with the newest commit that brought it; links and submodules
    are no files. Beyond the caps a sentence that begins with `history:` says what was not read.
    """
    excluded = () if since is None else ("--not", since)
    listed = repository.git.run(
        "rev-list", "--topo-order", f"--max-count={caps.commits + 1}", head, *excluded
    )
    commits = listed.decode("ascii").split()
    shown = {version.oid for file in files for version in (file.old, file.new) if version is not None}
    if not commits:
        return History(())
    feed = [f"{commit}\n".encode("ascii") for commit in commits[: caps.commits]]
    with repository.git.stream(
        "diff-tree", "--stdin", "-r", "--root", "-c", "--raw", "-z", "--no-renames", "--no-abbrev",
        "--ignore-submodules=none", feed=feed,
    ) as output:  # fmt: skip
        candidates = (blob for blob in parse_history(fields(output)) if blob.oid not in shown)
        kept = list(islice(_new(repository, since, candidates), caps.versions + 1))
    notes = []
    if len(commits) > caps.commits:
        notes.append(f"history: only the newest {caps.commits:,} commits were read")
    if len(kept) > caps.versions:
        notes.append(f"history: only the newest {caps.versions:,} earlier file versions were read")
    return History(tuple(kept[: caps.versions]), tuple(notes))


def parse_history(listed: Iterator[bytes]) -> Iterator[HistoryBlob]:
    """Read `diff-tree --stdin -c --raw -z`: regular files that a commit has and its parents have not.

    A commit's id comes as a field of its own; an entry has one colon for each parent, and then the
    modes and ids of the parents, the mode and id of the result, and a letter for each parent.
    """
    commit = ""
    for field in listed:
        parents = len(field) - len(field.lstrip(b":"))
        if parents == 0:
            commit = field.decode("ascii", "replace")
            continue
        path = next(listed, b"")
        words = field[parents:].decode("ascii", "replace").split(" ")
        if len(words) != 2 * parents + 3 or not path or not commit:
            raise UsageError("git's list of earlier versions could not be read")
        mode, oid = words[parents], words[2 * parents + 1]
        if mode not in {"000000", SYMLINK, SUBMODULE}:
            yield HistoryBlob(commit, from_bytes(path), oid)


def _new(
    repository: GitRepository, since: str | None, candidates: Iterable[HistoryBlob]
) -> Iterator[HistoryBlob]:
    seen = set()
    for blob in candidates:
        if blob.oid in seen:
            continue
        seen.add(blob.oid)
        if since is None or repository.oid_at(since, blob.path) != blob.oid:
            yield blob
