"""The work tree as a tree object in the quarantine, and what of it is not committed.

Git is not asked what changed on disk: to answer it may run clean filters that the repository's
configuration names. The index says how each file looked; what looks different is read and hashed
here. So contents are the bytes on disk: where git would turn CRLF into LF, or content into an LFS
pointer, at `git add`, a changed file is reviewed as it lies there (`Snapshot.notes` says so). A
file that differs from the index in CRLF alone counts as unchanged. Submodules stay as in the index.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from reviewbot.change.caps import CAPS, Caps
from reviewbot.change.diff import fields, parse_raw
from reviewbot.change.disk import Disk, Seen
from reviewbot.change.git import GitRepository
from reviewbot.change.index import IndexEntry, read_index, write_tree
from reviewbot.change.opening import user_excludes
from reviewbot.domain.change import SUBMODULE
from reviewbot.domain.paths import from_bytes
from reviewbot.errors import UsageError


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The tree that the work tree stands for, and sentences for the reader."""

    tree: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    """A file on disk that differs from the index. `mode` None means that it is gone."""

    path: str
    mode: str | None
    oid: str = ""
    has_crlf: bool = False


def snapshot(repository: GitRepository, caps: Caps = CAPS) -> Snapshot:
    """Write what lies in the work tree, untracked and not ignored files too, as a tree into the quarantine."""
    top = work_tree(repository)
    entries = read_index(repository.git)
    untracked = list(islice(_untracked(repository, top), caps.files + 1))
    if len(untracked) > caps.files:
        raise UsageError(
            f"the work tree holds more than {caps.files:,} untracked files",
            hint="list build output in .gitignore, or review without --worktree",
        )
    copies = repository.quarantine / "files"
    copies.mkdir(exist_ok=True)
    with closing(Disk(top, repository.object_format)) as disk:
        edits = {edit.path: edit for edit in _edits(repository, disk, entries, untracked, copies)}
    _store(repository, copies)
    kept = {entry.path: (entry.mode, entry.oid) for entry in entries if entry.path not in edits}
    kept |= {edit.path: (edit.mode, edit.oid) for edit in edits.values() if edit.mode is not None}
    tree = write_tree(repository.git, ((path, *kept[path]) for path in sorted(kept)), repository.quarantine)
    converted = sum(edit.has_crlf for edit in edits.values())
    return Snapshot(tree, (_crlf_note(converted),) if converted else ())


def uncommitted(repository: GitRepository) -> int:
    """Count the files with changes that no commit holds: staged, edited, deleted or untracked."""
    if repository.work_tree is None:
        return 0
    entries = read_index(repository.git)
    with repository.git.stream(
        "diff-index",
        "--cached",
        "--raw",
        "-z",
        "--no-abbrev",
        "--no-renames",
        "--ignore-submodules=none",
        "HEAD",
    ) as output:
        paths = {side.path for raw in parse_raw(fields(output)) for side in (raw.old, raw.new) if side}
    with closing(Disk(repository.work_tree, repository.object_format)) as disk:
        paths |= {edit.path for edit in _edits(repository, disk, entries, [], None)}
    return len(paths) + sum(1 for _ in islice(_untracked(repository, repository.work_tree), CAPS.files))


def work_tree(repository: GitRepository) -> Path:
    """Give the top of the work tree. Raises `UsageError` for a bare repository."""
    if repository.work_tree is None:
        raise UsageError(
            "a bare repository has no index and no work tree", hint="name commits with --base and --head"
        )
    return repository.work_tree


def _untracked(repository: GitRepository, top: Path) -> Iterator[str]:
    git = replace(repository.git, cwd=top, extra=(*repository.git.extra, *user_excludes(repository.git)))
    with git.stream("ls-files", "--others", "--exclude-standard", "-z", "--full-name") as output:
        # A trailing slash is a repository inside this one: not ours to open.
        yield from (from_bytes(path) for path in fields(output) if not path.endswith(b"/"))


def _edits(
    repository: GitRepository,
    disk: Disk,
    entries: tuple[IndexEntry, ...],
    untracked: list[str],
    copies: Path | None,
) -> Iterator[_Edit]:
    trusts_modes = repository.git.attempt("config", "--type=bool", "--get", "core.fileMode")[1] != b"false\n"
    written_s = (repository.git_dir / "index").stat().st_mtime if entries else 0.0
    for number, entry in enumerate(_tracked(entries)):
        seen = disk.look(entry.path)
        if seen is None:
            yield _Edit(entry.path, None)
        elif not _looks_unchanged(entry, seen, written_s):
            mode = seen.mode if trusts_modes or not _both_regular(entry.mode, seen.mode) else entry.mode
            yield from _edit(disk, replace(entry, mode=mode), entry.mode, copies and copies / f"{number}")
    for number, path in enumerate(untracked):
        seen = disk.look(path)
        if seen is not None:
            absorbed = disk.absorb(path, seen.mode, copies and copies / f"new-{number}")
            yield _Edit(path, seen.mode, absorbed.oid)


def _edit(disk: Disk, entry: IndexEntry, old_mode: str, copy: Path | None) -> Iterator[_Edit]:
    absorbed = disk.absorb(entry.path, entry.mode, copy)
    same = entry.oid in {absorbed.oid, absorbed.lf_oid} and entry.mode == old_mode
    if not same or entry.stage or entry.is_only_announced:
        yield _Edit(entry.path, entry.mode, absorbed.oid, absorbed.lf_oid is not None)


def _tracked(entries: tuple[IndexEntry, ...]) -> Iterator[IndexEntry]:
    """Give each path once that is to be looked at on disk."""
    last = None
    for entry in entries:
        if entry.path != last and entry.mode != SUBMODULE and not entry.is_left_alone:
            yield entry
        last = entry.path


def _looks_unchanged(entry: IndexEntry, seen: Seen, written_s: float) -> bool:
    # A file written in the same moment as the index may have changed after git looked ("racy git").
    settled = seen.mtime[0] + 1 < written_s
    return settled and (entry.stage, entry.mode, entry.mtime, entry.size) == (
        0,
        seen.mode,
        seen.mtime,
        seen.size,
    )


def _both_regular(one: str, other: str) -> bool:
    return one.startswith("100") and other.startswith("100")


def _store(repository: GitRepository, copies: Path) -> None:
    """Turn the copies, which have names of ours, into blobs of the quarantine."""
    names = sorted(file.name for file in copies.iterdir())
    git = replace(repository.git, cwd=copies)
    feed = "".join(f"{name}\n" for name in names).encode("ascii")
    if names:
        git.run("hash-object", "-w", "--no-filters", "--stdin-paths", feed=feed)
    for name in names:
        (copies / name).unlink()


def _crlf_note(count: int) -> str:
    files = "1 file of the work tree has" if count == 1 else f"{count} files of the work tree have"
    return (
        f"{files} CRLF line ends; git may turn them into LF at commit, here they are read as they lie on disk"
    )
