"""Where a comment may stand, what the server says where it may not, and where it is after a push.

The diff is the three-dot one, from the merge base, with three lines of context. RIGHT counts the new
side's lines, which are added or unchanged; LEFT the old side's, removed or unchanged; a path is the new
name [D, S of the request's description; I danobi/prr#11, parkerbxyz/suggest-changes#64].
"""

from typing import Any

from fakes.github_access import problem
from fakes.github_state import Pull, Spot, Thread
from fakes.repo import FileChange, Hunk, Repo, Shown

SIDES = ("LEFT", "RIGHT")
THREAD = "Pull request review thread"
FIELD = "pull_request_review_thread"
# What is wrong with an anchor -> (field, sentence), as the server of GHES words it. The first three:
# [I danobi/prr#11; parkerbxyz/suggest-changes#64; ubuntu/WSL#244]; of the path [K].
WORDS = {
    "line": ("line", "must be part of the diff"),
    "start hunk": ("start_line", "must be part of the same hunk as the line."),
    "start order": ("start_line", "must precede the end line."),
    "path": ("path", "is invalid"),
    "hunk": ("diff_hunk", "can't be blank"),
    "commit": ("end_commit_oid", "is not part of the pull request"),
}
# What newer servers say in reviews [I warpdotdev/oz-for-oss#310, max-sixty/tend#252], of the start [K].
RESOLVED = {
    "line": "Line could not be resolved",
    "path": "Path could not be resolved",
    "start hunk": "Start line could not be resolved",
}
COMMIT_REFUSED = "The commitOID is not part of the pull request"  # [I reviewdog#434]


class WrongAnchorError(Exception):
    """An anchor that the diff does not have; `faults` are keys of WORDS."""

    def __init__(self, *faults: str) -> None:
        super().__init__(faults)
        self.faults = faults


def review_sentence(faults: tuple[str, ...], wording: str) -> str:
    """The one string that a review is refused with; it does not tell which comment is wrong [I qwen-code#6711]."""
    if wording == "resolved" and faults[0] in RESOLVED:
        return RESOLVED[faults[0]]
    parts = [f"{THREAD} {WORDS[fault][0].replace('_', ' ')} {WORDS[fault][1]}" for fault in faults]
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"


def comment_problems(faults: tuple[str, ...]) -> list[dict[str, str]]:
    """The objects that a single comment is refused with [I PyGithub#2501]."""
    found = []
    for fault in faults:
        field, sentence = WORDS[fault]
        name = f"{FIELD}.{field}"
        if fault == "hunk":
            found.append(problem("PullRequestReviewComment", name, "missing_field"))
        elif fault == "path":
            found.append(problem("PullRequestReviewComment", name, "invalid"))
        else:
            found.append(problem("PullRequestReviewComment", name, "custom", f"{name} {sentence}"))
    return found


class Anchors:
    """Anchors of a repository's pull requests."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self._bases: dict[tuple[str, str], str] = {}
        self._parts: dict[tuple[str, str, str], bool] = {}

    def base(self, pull: Pull, commit: str | None = None) -> str:
        """The merge base that the diff of a pull request starts from."""
        ends = (pull.base_sha, commit or pull.head)
        if ends not in self._bases:
            found = self.repo.merge_base(*ends)
            assert found, "a pull request without a common ancestor"
            self._bases[ends] = found
        return self._bases[ends]

    def is_of(self, pull: Pull, sha: str) -> bool:
        """Is this a commit of the pull request? One pushed away by force is not [I octokit.rb#1131]."""
        key = (sha, self.base(pull), pull.head)
        if key not in self._parts:
            self._parts[key] = self._is_between(*key)
        return self._parts[key]

    def _is_between(self, sha: str, base: str, head: str) -> bool:
        if not self.repo.has_commit(sha) or not self.repo.is_ancestor(sha, head):
            return False
        return not self.repo.is_ancestor(sha, base)

    def changes(self, pull: Pull, commit: str | None = None) -> tuple[FileChange, ...]:
        return self.repo.diff(self.base(pull, commit), commit or pull.head)

    def spot(self, pull: Pull, commit: str, given: dict[str, Any]) -> Spot:
        """Check an anchor as it was sent; raises `WrongAnchorError`."""
        path = given["path"]
        files = [file for file in self.changes(pull, commit) if file.new_path == path]
        if not files:
            raise WrongAnchorError("path", "hunk")
        base = self.base(pull, commit)
        if given.get("subject_type") == "file":
            return Spot(path, "RIGHT", None, None, None, base, commit, "", None)
        if "position" in given and "line" not in given:
            side, line = by_position(files, given["position"])
        else:
            side, line = given.get("side", "RIGHT"), given.get("line")
        found = _found(files, side, line)
        if found is None:
            start = ("start hunk",) if given.get("start_line") is not None else ()
            raise WrongAnchorError("line", *start, "hunk")
        file, hunk, shown = found
        start_side = given.get("start_side", side)
        start = self._start(hunk, shown, start_side, given.get("start_line"))
        return Spot(
            path,
            side,
            line,
            start_side if start else None,
            given.get("start_line"),
            base,
            commit,
            hunk_text(hunk, shown),
            position_of(file, shown),
        )

    @staticmethod
    def _start(hunk: Hunk, end: Shown, side: str, number: int | None) -> Shown | None:
        if number is None:
            return None
        start = next((line for line in hunk.lines if on(line, side) == number), None)
        if start is None:
            raise WrongAnchorError("start hunk")
        if hunk.lines.index(start) >= hunk.lines.index(end):
            raise WrongAnchorError("start order")
        return start

    def now(self, thread: Thread) -> tuple[int | None, int | None, bool]:
        """A thread's line and first line in the newest diff, and whether it is outdated.

        It is once its line was changed or has left the diff; how exactly the server follows lines
        through a push is [K].
        """
        pull, spot = thread.pull, thread.spot
        base = self.base(pull)
        file = next((one for one in self.repo.diff(base, pull.head) if one.new_path == spot.path), None)
        if file is None or spot.line is None:
            return None, None, file is None
        line = self._moved(thread, file, spot.side, spot.line)
        if line is None or spot.start_line is None:
            return line, None, line is None
        start = self._moved(thread, file, spot.start_side or spot.side, spot.start_line)
        return (None, None, True) if start is None else (line, start, False)

    def _moved(self, thread: Thread, file: FileChange, side: str, line: int) -> int | None:
        """Follow a line of one side to the newest diff; None if it was changed or is not displayed."""
        pull, spot = thread.pull, thread.spot
        if side == "RIGHT":
            old, new, name = spot.commit, pull.head, spot.path
        else:
            old, new, name = spot.base, self.base(pull), file.old_path
        moved = next((one for one in self.repo.diff(old, new) if one.old_path == name), None)
        number = line if moved is None else self._through(moved, line)
        return number if _found([file], side, number) else None

    @staticmethod
    def _through(moved: FileChange, line: int) -> int | None:
        shown = next((one for one in moved.lines if one.old == line), None)
        if shown is not None:
            return shown.new
        return moved.counterpart(old=line)


def on(line: Shown, side: str) -> int | None:
    return line.new if side == "RIGHT" else line.old


def _found(files: list[FileChange], side: str, number: int | None) -> tuple[FileChange, Hunk, Shown] | None:
    for file in files:
        for hunk in file.hunks:
            for line in hunk.lines:
                if number is not None and on(line, side) == number:
                    return file, hunk, line
    return None


def position_of(file: FileChange, wanted: Shown) -> int | None:
    """The line's place in the file's patch: the line below the first @@ is 1, later @@ lines count [D]."""
    at = 0
    for hunk in file.hunks:
        for line in hunk.lines:
            at += 1
            if line == wanted:
                return at
        at += 1
    return None


def by_position(files: list[FileChange], wanted: int) -> tuple[str, int | None]:
    """The side and line that an old-fashioned `position` means."""
    for file in files:
        for line in file.lines:
            if position_of(file, line) == wanted:
                return ("LEFT", line.old) if line.kind == "-" else ("RIGHT", line.new)
    return "RIGHT", None


def hunk_text(hunk: Hunk, last: Shown) -> str:
    """The hunk from its header to a line, as comments quote it."""
    head = f"@@ -{hunk.old_start},{hunk.old_count} +{hunk.new_start},{hunk.new_count} @@"
    head += hunk.heading.decode("utf-8", "replace")
    lines = hunk.lines[: hunk.lines.index(last) + 1]
    texts = [line.kind + line.text.decode("utf-8", "replace").rstrip("\n") for line in lines]
    return "\n".join([head, *texts])
