"""Where a comment's line is after a push [S lib/gitlab/diff/position_tracer/line_strategy.rb, simplified].

A line that is still there moves to the newest version with new numbers; one that is gone keeps its old
position and its thread is outdated. A line range moves with its last line only if all of it moved alike.
"""

from typing import Any

from fakes.gitlab_state import Version
from fakes.repo import FileChange, Repo, line_code


def traced(repo: Repo, position: dict[str, Any], version: Version) -> dict[str, Any] | None:
    """The position in another version, or None where the line is no more."""
    if (position["base_sha"], position["start_sha"], position["head_sha"]) == version.shas:
        return position
    if position["position_type"] != "text":
        return None
    moved = _moved(repo, position, position["old_line"], position["new_line"], version)
    if moved is None:
        return None
    shas = {"base_sha": version.base, "start_sha": version.start, "head_sha": version.head}
    out = {**position, **shas, **moved}
    if position["line_range"]:
        first = position["line_range"]["start"]
        old, new = _numbers_of(repo, position, first["line_code"])
        start = _moved(repo, position, old, new, version)
        if start is None:
            return None
        out["line_range"] = {
            "start": {**first, **_end(repo, start, version)},
            "end": {**position["line_range"]["end"], **_end(repo, moved, version)},
        }
    return out


def _moved(
    repo: Repo, position: dict[str, Any], old: int | None, new: int | None, version: Version
) -> dict[str, Any] | None:
    if new is not None:
        path, line = _across(repo.diff(position["head_sha"], version.head), position["new_path"], new)
        return None if line is None else _on_new(repo, path, line, version)
    path, line = _across(repo.diff(position["base_sha"], version.base), position["old_path"], old)
    file = next((each for each in repo.diff(version.base, version.head) if each.old_path == path), None)
    shown = file.find(line, None) if file and line is not None else None
    return None if shown is None else _fields(file, shown.old, None)


def _on_new(repo: Repo, path: str, line: int, version: Version) -> dict[str, Any] | None:
    file = next((each for each in repo.diff(version.base, version.head) if each.new_path == path), None)
    if file is None:
        return None  # the line is no longer part of the merge request
    shown = next((each for each in file.lines if each.new == line), None)
    old = file.counterpart(new=line) if shown is None else shown.old
    return _fields(file, old, line)


def _fields(file: FileChange, old: int | None, new: int | None) -> dict[str, Any]:
    return {"old_path": file.old_path, "new_path": file.new_path, "old_line": old, "new_line": new}


def _across(files: tuple[FileChange, ...], path: str, line: int) -> tuple[str, int | None]:
    """Follow an old line through a diff."""
    file = next((each for each in files if each.old_path == path), None)
    if file is None:
        return path, line
    shown = next((each for each in file.lines if each.old == line), None)
    return file.new_path, file.counterpart(old=line) if shown is None else shown.new


def _numbers_of(repo: Repo, position: dict[str, Any], code: str) -> tuple[int | None, int | None]:
    path = position["new_path"] or position["old_path"]
    for file in repo.diff(position["base_sha"], position["head_sha"]):
        for line in file.lines if path in (file.new_path, file.old_path) else ():
            if line_code(path, line.old_at, line.new_at) == code:
                return line.old, line.new
    return None, None


def _end(repo: Repo, moved: dict[str, Any], version: Version) -> dict[str, Any]:
    """Numbers and code of an end of a range that moved."""
    numbers = {"old_line": moved["old_line"], "new_line": moved["new_line"]}
    for file in repo.diff(version.base, version.head):
        shown = file.find(**{key.removesuffix("_line"): value for key, value in numbers.items()})
        if (file.old_path, file.new_path) == (moved["old_path"], moved["new_path"]) and shown:
            return {**numbers, "line_code": line_code(file.new_path, shown.old_at, shown.new_at)}
    return numbers
