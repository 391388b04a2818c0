"""Where a position stands: GitLab's own search for a diff line, done over git's own diff.

[S lib/gitlab/diff/position.rb, file.rb, app/models/diff_note.rb]: GitLab compares start with head for the
paths that the position names, takes the first file, and looks for the line whose numbers on both sides
equal the position's. An added line has `new_line` only, a removed one `old_line` only, an unchanged one
both. No such line: no line code, and a note is refused.
"""

from dataclasses import dataclass
from typing import Any

from fakes.repo import FileChange, Repo, Shown, line_code

NO_LINE = {"line_code": ["can't be blank", "must be a valid line code"]}
INCOMPLETE = {"position": ["is incomplete"], **NO_LINE}
NULLS = ("base_sha", "start_sha", "head_sha", "old_path", "new_path", "old_line", "new_line", "line_range")


class NoLineError(Exception):
    """A position that names no line; `errors` is what the model says of it."""

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass(frozen=True)
class Found:
    """The line of a position, and what is wrong with the position though GitLab takes it."""

    code: str | None
    violations: tuple[str, ...] = ()


def messages(errors: dict[str, list[str]]) -> str:
    """Errors as Ruby prints a hash, which is what the text of a 400 holds [I]."""
    inner = ", ".join(
        f":{key}=>[{', '.join(chr(34) + each + chr(34) for each in texts)}]" for key, texts in errors.items()
    )
    return "{" + inner + "}"


def nothing() -> dict[str, Any]:
    """The position of what has none, as a draft shows it [D draft_notes.md]."""
    return {**dict.fromkeys(NULLS), "position_type": "text"}


class Positions:
    """Answers for one repository. `unfold`: unchanged lines far from every hunk are found too.

    Newer GitLabs unfold [S lines_unfolder.rb, K from which release], older ones refuse [I]; refusing is the
    stricter and stays the default.
    """

    def __init__(self, repo: Repo, *, unfold: bool = False) -> None:
        self.repo = repo
        self.unfold = unfold

    def check(self, position: dict[str, Any], versions: list[tuple[str, str, str]]) -> Found:
        """Find a position's line. Raises `NoLineError`; `versions` are the (base, start, head) there were."""
        shas = (position["base_sha"], position["start_sha"], position["head_sha"])
        if not all(self.repo.has_commit(sha) for sha in shas):
            raise NoLineError(NO_LINE)  # Gitaly has nothing to compare
        if not (position["new_path"] or position["old_path"]):
            raise NoLineError(INCOMPLETE)
        on_file = position["position_type"] == "file"
        if not on_file and position["old_line"] is None and position["new_line"] is None:
            raise NoLineError(INCOMPLETE)
        file = self.file(position)
        if file is None:
            raise NoLineError(NO_LINE)
        wrong = () if shas in versions else (f"position on {shas}, which is no version of the merge request",)
        wrong += self._pair(position, shas)
        if on_file:
            return Found(None, wrong)
        line = self.line(file, position["old_line"], position["new_line"])
        if line is None:
            raise NoLineError(NO_LINE)
        wrong += tuple(self._range(position, file, line))
        return Found(line_code(_path(position), line.old_at, line.new_at), wrong)

    def file(self, position: dict[str, Any]) -> FileChange | None:
        """The first file of the comparison, of the paths that the position names.

        Equal start and base are compared straight, else from where the branches parted [S diff_refs.rb, K].
        """
        start, head = position["start_sha"], position["head_sha"]
        base = start if start == position["base_sha"] else self.repo.merge_base(start, head)
        paths = tuple(dict.fromkeys(path for path in (position["old_path"], position["new_path"]) if path))
        files = self.repo.diff(base, head, paths) if base else ()
        return files[0] if files else None

    def line(self, file: FileChange, old: int | None, new: int | None) -> Shown | None:
        """The displayed line with exactly these numbers, or an unfolded one."""
        found = file.find(old, new)
        if found or not self.unfold or old is None or new is None or not file.hunks:
            return found
        if file.status in ("added", "deleted") or file.counterpart(old=old) != new:
            return None
        lines = self.repo.git("cat-file", "blob", file.old_blob).count(b"\n") + 1
        return Shown(" ", old, new, old, new, b"") if old <= lines else None

    def _pair(self, position: dict[str, Any], shas: tuple[str, str, str]) -> tuple[str, ...]:
        """A renamed file named by one of its paths alone looks new or deleted, and lines land elsewhere."""
        if self.repo.merge_base(shas[1], shas[2]) is None:
            return ()
        pair = (position["old_path"], position["new_path"])
        whole = self.repo.diff(shas[0], shas[2])
        if any((file.old_path, file.new_path) == pair for file in whole):
            return ()
        return (f"position on {pair}, which is no file of the diff under both its names",)

    def _range(self, position: dict[str, Any], file: FileChange, last: Shown):
        """What is wrong with a line range. GitLab stores it unchecked [S position.rb] and shows wrong lines."""
        ends = position["line_range"]
        if ends is None:
            return
        codes = {
            line_code(_path(position), line.old_at, line.new_at): index
            for index, line in enumerate(file.lines)
        }
        shown = dict(zip(codes, file.lines, strict=False))
        for name in ("start", "end"):
            code = ends[name]["line_code"]
            if code not in codes:
                yield f"line_range {name}: {code} is the code of no line of the diff"
                return
            yield from _end(name, ends[name], shown[code])
        if ends["end"]["line_code"] != line_code(_path(position), last.old_at, last.new_at):
            yield "line_range: the position's own line is not its last one [I proval#3]"
        if codes[ends["start"]["line_code"]] >= codes[ends["end"]["line_code"]]:
            yield "line_range: start does not stand before end"


def _end(name: str, end: dict[str, Any], line: Shown):
    """[D]: `new` for an added line, `old` otherwise; the UI sends null or `expanded` for unchanged ones [I]."""
    allowed = {"+": ("new",), "-": ("old",), " ": ("old", None, "expanded")}[line.kind]
    if end["type"] not in allowed:
        yield f"line_range {name}: type {end['type']!r} for a line {line.kind!r}"
    for side, number in (("old_line", line.old), ("new_line", line.new)):
        if end[side] is not None and end[side] != number:
            yield f"line_range {name}: {side} is {number}, not {end[side]}"


def _path(position: dict[str, Any]) -> str:
    return position["new_path"] or position["old_path"]
