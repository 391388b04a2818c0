"""Replay commits of real repositories and compare our diff with git's own, file by file and line by line.

    python benchmarks/diff_replay.py [NAME=]PATH... [--commits N]

For each of the newest N commits along the first parent: the files and their added and removed counts
must equal `git diff-tree --numstat` with the same rename options, every added line must be the blob's
line of that number, every removed line the old blob's, and the lines between the hunks must be equal
on both sides. Prints a table; exits 1 on any difference.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from reviewbot.change.compare import RENAME_OPTIONS, compare
from reviewbot.change.diff import fields
from reviewbot.change.git import GitRepository
from reviewbot.domain.change import SUBMODULE, FileClass, FileDiff, FileVersion, Status
from reviewbot.domain.paths import from_bytes, quoted

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
COLUMNS = ("commits", "files", "renamed", "binary", "submodules", "added", "removed", "differences")
SHOWN = 20


def main() -> int:
    """Replay every repository that was named; the exit code says whether all agreed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("paths", nargs="+", metavar="[NAME=]PATH", help="a repository, bare or not")
    parser.add_argument(
        "--commits", type=int, default=1000, metavar="N", help="newest commits of each (1000)"
    )
    asked = parser.parse_args()
    total: Counter[str] = Counter()
    print(f"{'repository':28}" + "".join(f"{column:>12}" for column in COLUMNS) + f"{'seconds':>10}")
    for argument in asked.paths:
        name, _, path = argument.rpartition("=")
        started = time.perf_counter()
        with GitRepository.open(Path(path)) as repository:
            counts = replay(repository, asked.commits)
            show(name or repository.name, counts, time.perf_counter() - started)
        total += counts
    show("all", total, 0.0)
    return 1 if total["differences"] else 0


def show(name: str, counts: Counter[str], seconds: float) -> None:
    """Print one row of the table."""
    taken = f"{seconds:10.0f}" if seconds else ""
    print(f"{name:28}" + "".join(f"{counts[column]:12,}" for column in COLUMNS) + taken, flush=True)


def replay(repository: GitRepository, commits: int) -> Counter[str]:
    """Count what was compared, and the differences."""
    counts: Counter[str] = Counter()
    listed = repository.git.run("rev-list", "--first-parent", "--parents", f"--max-count={commits}", "HEAD")
    for line in listed.decode("ascii").split("\n")[:-1]:
        commit, *parents = line.split(" ")
        old = repository.tree_of(parents[0]) if parents else EMPTY_TREE
        new = repository.tree_of(commit)
        files = compare(repository, old, new).files
        counts["commits"] += 1
        for difference in (
            *count_differences(repository, old, new, files, counts),
            *lines_of(repository, files),
        ):
            counts["differences"] += 1
            if counts["differences"] <= SHOWN:
                print(f"  {commit[:12]} {difference}", file=sys.stderr)
    return counts


def count_differences(
    repository: GitRepository, old: str, new: str, files: tuple[FileDiff, ...], counts: Counter[str]
) -> Iterator[str]:
    """Compare paths and counts with git's numstat."""
    theirs = dict(numstat(repository, old, new))
    if theirs.keys() != {file.path for file in files}:
        yield f"paths differ: {sorted(theirs.keys() ^ {file.path for file in files})[:3]}"
    for file in files:
        counts["files"] += 1
        counts["renamed"] += file.status in {Status.RENAMED, Status.COPIED}
        counts["added"] += file.added_count
        counts["removed"] += file.removed_count
        if SUBMODULE in {version.mode for version in (file.old, file.new) if version}:
            counts["submodules"] += 1  # git prints a line for the pointer that no file holds
            continue
        git_counts = theirs.get(file.path)
        if git_counts is None:
            counts["binary"] += 1  # by content; a known text name still gets its lines
            continue
        if file.file_class is FileClass.BINARY or git_counts != (file.added_count, file.removed_count):
            yield f"{quoted(file.path)}: git {git_counts}, ours {(file.added_count, file.removed_count)}"


def numstat(repository: GitRepository, old: str, new: str) -> Iterator[tuple[str, tuple[int, int] | None]]:
    """Ask git for (added, removed) per path; None for what it takes for binary."""
    with repository.git.stream(
        "diff-tree", "-r", "--numstat", "-z", *RENAME_OPTIONS, "--ignore-submodules=none", old, new
    ) as output:
        listed = fields(output)
        for field in listed:
            added, removed, path = field.split(b"\t", 2)
            if not path:
                next(listed)
                path = next(listed)
            yield from_bytes(path), None if added == b"-" else (int(added), int(removed))


def lines_of(repository: GitRepository, files: tuple[FileDiff, ...]) -> Iterator[str]:
    """Hold every hunk against the two blobs."""
    for file in files:
        if not file.hunks:
            continue
        old, new = content(repository, file.old), content(repository, file.new)
        at_old = at_new = 0
        for hunk in file.hunks:
            before_old = hunk.old_start - 1 if hunk.removed else hunk.old_start
            before_new = hunk.new_start - 1 if hunk.added else hunk.new_start
            if old[at_old:before_old] != new[at_new:before_new]:
                yield f"{quoted(file.path)}: lines before {hunk.new_start} are not the same"
            at_old, at_new = before_old + len(hunk.removed), before_new + len(hunk.added)
            if tuple(old[before_old:at_old]) != hunk.removed:
                yield f"{quoted(file.path)}: removed lines at {hunk.old_start} are not the blob's"
        if old[at_old:] != new[at_new:]:
            yield f"{quoted(file.path)}: lines after the last hunk are not the same"
        for number, text in file.added_lines():
            if new[number - 1] != text:
                yield f"{quoted(file.path)}:{number}: {text[:60]!r} is not the blob's line"


def content(repository: GitRepository, version: FileVersion | None) -> list[bytes]:
    r"""Cut a blob at `\n` into its lines."""
    if version is None or version.mode == SUBMODULE:
        return []
    blob = repository.read(version.oid)
    return blob.removesuffix(b"\n").split(b"\n") if blob else []


if __name__ == "__main__":
    sys.exit(main())
