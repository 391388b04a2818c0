"""What the server works out from git: iterations' changes, trial merges, text under an anchor."""

import re
import subprocess
from dataclasses import dataclass
from typing import Any

from fakes.azure_state import Mark, Pull
from fakes.repo import ENVIRONMENT, FileChange, Repo, ending, width

_KINDS = {"added": "add", "copied": "add", "deleted": "delete", "modified": "edit", "typechange": "edit"}
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})[ \t]*([^`]*)\Z")


@dataclass(frozen=True)
class Change:
    """A file of an iteration. `path` is the new one, or the old one of a file that is gone."""

    tracking: int
    kind: str
    path: str
    old_path: str
    old_blob: str
    new_blob: str
    is_commit: bool


def changes(repo: Repo, pull: Pull, number: int, compare_to: int = 0) -> list[Change]:
    """The changes of an iteration against the common commit (0), or against another iteration [S]."""
    iteration = pull.iterations[number - 1]
    start = pull.iterations[compare_to - 1].source if compare_to else iteration.common
    found: dict[str, Change] = {}
    for file in repo.diff(start, iteration.source):
        change = _change(pull, file)
        if change.path in found:  # git tells a change of type as a deletion and an addition
            first = found[change.path]
            change = Change(
                first.tracking,
                "edit",
                first.path,
                first.path,
                first.old_blob,
                change.new_blob,
                change.is_commit,
            )
        found[change.path] = change
    return [found[path] for path in sorted(found)]


def _change(pull: Pull, file: FileChange) -> Change:
    gone = file.status == "deleted"
    path = file.old_path if gone else file.new_path
    kind = _KINDS.get(file.status) or ("rename" if file.old_blob == file.new_blob else "edit, rename")
    mode = file.old_mode if gone else file.new_mode
    return Change(
        track(pull, path, file.old_path),
        kind,
        path,
        file.old_path,
        file.old_blob,
        file.new_blob,
        mode == "160000",
    )


def track(pull: Pull, path: str, old_path: str) -> int:
    """The id that follows a file through iterations, also through its renames [S]."""
    known = pull.tracking.get(path) or pull.tracking.get(old_path)
    pull.tracking[path] = known or max(pull.tracking.values(), default=0) + 1
    return pull.tracking[path]


def number_files(repo: Repo, pull: Pull) -> None:
    """Give new files their ids, from the last path to the first: neither 1 nor a place in the list will do."""
    iteration = pull.iterations[-1]
    if iteration.id > 1:  # a file that was new in the request keeps its id when a push renames it
        for file in repo.diff(pull.iterations[-2].source, iteration.source):
            if file.status == "renamed" and file.old_path in pull.tracking:
                pull.tracking.setdefault(file.new_path, pull.tracking[file.old_path])
    for file in reversed(repo.diff(iteration.common, iteration.source)):
        track(pull, file.old_path if file.status == "deleted" else file.new_path, file.old_path)


def told_change(change: Change, place: int, *, deleted_path: bool) -> dict[str, Any]:
    """A GitPullRequestChange. `item` is an object; what is deleted may lack its path, and only deleted and

    renamed files have an originalPath [I vsts-rest-api-specs#409].
    """
    item: dict[str, Any] = {"gitObjectType": "commit" if change.is_commit else "blob"}
    gone, moved = change.kind == "delete", "rename" in change.kind
    if not gone:
        item["objectId"] = change.new_blob
    if change.kind != "add":
        item["originalObjectId"] = change.old_blob
    if not gone or deleted_path:
        item["path"] = f"/{change.path}"
    told = {"changeTrackingId": change.tracking, "changeId": place, "item": item, "changeType": change.kind}
    if gone or moved:
        told["originalPath"] = f"/{change.old_path}"
    return told


def trial_merge(repo: Repo, target: str, source: str) -> str | None:
    """The commit that merging would make, or None where it would conflict."""
    command = ("merge-tree", "--write-tree", "--no-messages", target, source)
    done = subprocess.run(["git", *command], cwd=repo.path, env=ENVIRONMENT, capture_output=True, check=False)
    if done.returncode:
        return None
    tree = done.stdout.decode().strip()
    made = repo.git("commit-tree", tree, "-p", target, "-p", source, "-m", "Merge pull request")
    return made.decode().strip()


def misplaced(repo: Repo, mark: Mark) -> str | None:
    """Why a span does not lie in its file, or None; the server itself does not look [I pr-agent#2642]."""
    lines = repo.lines(mark.commit, mark.path)
    if lines is None:
        return f"there is no {mark.path} on the {mark.side} side"
    if mark.start is None or mark.end is None:
        return None
    if mark.end < mark.start:
        return f"it ends before it starts: {mark.start} to {mark.end}"
    for line, offset in (mark.start, mark.end):
        if not 1 <= line <= len(lines):
            return f"line {line} of {mark.path}, which has {len(lines)} on the {mark.side} side"
        if not 1 <= offset <= width(lines[line - 1]) + 1:
            return f"offset {offset} in line {line} of {mark.path}, which is {width(lines[line - 1])} wide"
    return None


def _cut(repo: Repo, mark: Mark) -> tuple[bytes, bytes, bytes]:
    """A file before, under and after a span."""
    lines = repo.lines(mark.commit, mark.path)
    assert lines is not None
    assert mark.start is not None
    assert mark.end is not None
    ends = []
    for line, offset in (mark.start, mark.end):
        ends.append(sum(len(each) for each in lines[: line - 1]) + _bytes_to(lines[line - 1], offset))
    data = b"".join(lines)
    return data[: ends[0]], data[ends[0] : ends[1]], data[ends[1] :]


def _bytes_to(line: bytes, offset: int) -> int:
    """How many bytes of a line lie before an offset: UTF-16 code units from 1."""
    text = line[: len(line) - len(ending(line))].decode("utf-8", "surrogateescape")
    units = text.encode("utf-16-le", "surrogatepass")[: 2 * (offset - 1)]
    before = units.decode("utf-16-le", "surrogatepass")
    return len(before.encode("utf-8", "surrogateescape"))


def under(repo: Repo, mark: Mark) -> bytes | None:
    """The bytes that a span covers; None for a whole file, or a span that is not in it."""
    if mark.start is None or misplaced(repo, mark):
        return None
    return _cut(repo, mark)[1]


def suggestions(body: str) -> list[str]:
    """What stands in the `suggestion` fences of a comment; a fence inside of another is text [K, CommonMark]."""
    found: list[str] = []
    fence, wanted, inside = "", False, []
    for line in body.split("\n"):
        mark = _FENCE.match(line.removesuffix("\r"))
        if not fence and mark:
            fence, wanted, inside = mark[1], mark[2].strip() == "suggestion", []
        elif fence and mark and mark[1].startswith(fence) and not mark[2].strip():
            found.extend(["\n".join(inside)] if wanted else [])
            fence = ""
        else:
            inside.append(line)
    return found


def applied(repo: Repo, mark: Mark, text: str) -> bytes:
    """A file after "Apply change": exactly the span is replaced, whatever that breaks [I mcp#1270, pr-agent#2721]."""
    before, _, after = _cut(repo, mark)
    return before + text.encode("utf-8", "surrogateescape") + after
