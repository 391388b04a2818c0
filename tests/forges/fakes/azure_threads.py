"""Reading what a client posts: enums, contents, and on which lines of which file a thread will be shown."""

from typing import Any

from fakes.azure_git import Change, changes, misplaced
from fakes.azure_state import Iteration, Mark, Pull
from fakes.azure_wire import refused
from fakes.repo import Repo

COMMENT_UNITS = 150_000
_SIDES = {"new": "rightFile", "old": "leftFile"}


def enum(value: Any, names: tuple[str, ...], default: str) -> str:
    """Read an enum: its name in any case, or its number; the official example sends numbers [S]."""
    if value is None:
        return default
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
        return names[value]
    found = [name for name in names if isinstance(value, str) and name.lower() == value.lower()]
    if not found:
        raise refused(400, "ArgumentException", f'Error converting value "{value}" to an enum.')  # [K]
    return found[0]


def content(value: Any) -> str:
    """Check a comment's text. .NET counts UTF-16 code units [K]; the sentence is exact [I atlantis#1585]."""
    if not isinstance(value, str) or not value.strip():
        raise refused(
            400, "ArgumentException", "A comment must have content.\r\nParameter name: comment.Content"
        )
    if len(value.encode("utf-16-le", "surrogatepass")) // 2 > COMMENT_UNITS:
        raise refused(
            400,
            "ArgumentException",
            "A discussion comment cannot be longer than 150000 characters.\r\nParameter name: comment.Content",
        )
    return value


class Place:
    """Where a posted thread ends up. `faults` are sentences; with `orphaned` the server lost the file."""

    def __init__(self, repo: Repo, pull: Pull, body: dict[str, Any]) -> None:
        self.faults: list[str] = []
        self.orphaned = False
        self.mark: Mark | None = None
        self._repo = repo
        self._pull = pull
        context = body.get("threadContext")
        if context:
            self._find(context, body.get("pullRequestThreadContext") or {})

    def _lost(self, sentence: str) -> None:
        self.faults.append(sentence)
        self.orphaned = True

    def _find(self, context: dict[str, Any], tracking: dict[str, Any]) -> None:
        path = context.get("filePath")
        if not isinstance(path, str) or not path.startswith("/"):
            # Accepted with 200: "This file no longer exists in the latest pull request changes" [I pr-agent#2642].
            self._lost(f"orphaned: filePath {path!r} does not start with /")
            return
        found = self._compared(tracking)
        if found is None:
            return
        files, first, second = found
        change = self._file(files, path.removeprefix("/"), tracking)
        if change:
            self._span(context, change, first, second)

    def _compared(self, tracking: dict[str, Any]) -> tuple[list[Change], Iteration, Iteration] | None:
        """The two iterations and what changed between them. All three numbers belong together [I mcp#1513]."""
        compared = tracking.get("iterationContext") or {}
        numbers = (
            tracking.get("changeTrackingId"),
            compared.get("firstComparingIteration"),
            compared.get("secondComparingIteration"),
        )
        if not all(isinstance(number, int) and not isinstance(number, bool) for number in numbers):
            self._lost(
                f"orphaned: changeTrackingId and both iterations must be given together, not {numbers}"
            )
            return None
        _, first, second = numbers
        left, right = self._pull.iteration(first), self._pull.iteration(second)
        if left is None or right is None or first > second:
            self._lost(f"orphaned: no iterations {first} and {second}")
            return None
        # Equal numbers mean: against the common commit [S].
        return changes(self._repo, self._pull, second, 0 if first == second else first), left, right

    def _file(self, files: list[Change], path: str, tracking: dict[str, Any]) -> Change | None:
        """The changeTrackingId decides, not the path [I ai-review#90, suggestion-bot#20]."""
        number = tracking["changeTrackingId"]
        tracked = next((change for change in files if change.tracking == number), None)
        named = next((change for change in files if change.path == path), None)
        if named is None:
            self._lost(f"orphaned: /{path} is not among the changes of the iteration")
        elif tracked is None:
            self._lost(f"orphaned: changeTrackingId {number} is not among the changes of the iteration")
        elif tracked is not named:
            self.faults.append(f"wrong file: changeTrackingId {number} is /{tracked.path}, not /{path}")
        return None if named is None else tracked

    def _span(self, context: dict[str, Any], change: Change, first: Iteration, second: Iteration) -> None:
        given = {
            side: [context.get(f"{key}{end}") for end in ("Start", "End")] for side, key in _SIDES.items()
        }
        sides = [side for side, ends in given.items() if any(each is not None for each in ends)]
        if len(sides) > 1:
            self.faults.append("both sides: a thread stands on the left or on the right file")
        side = sides[0] if sides else ("old" if change.kind == "delete" else "new")
        spots = [self._spot(each) for each in given[side]]
        if sides and None in spots:
            self.faults.append(
                f"misplaced: {_SIDES[side]}Start and End must be given with a line and an offset"
            )
            return
        base = second.common if first is second else first.source
        commit, path = (second.source, change.path) if side == "new" else (base, change.old_path)
        self.mark = Mark(side, commit, path, change.path, spots[0], spots[1])
        why = misplaced(self._repo, self.mark)
        if why:  # accepted as it is; whoever looks sees it on a wrong line, or nowhere
            self.faults.append(f"misplaced: {why}")

    @staticmethod
    def _spot(value: Any) -> tuple[int, int] | None:
        numbers = (value.get("line"), value.get("offset")) if isinstance(value, dict) else ()
        if len(numbers) == 2 and all(type(number) is int for number in numbers):
            return numbers
        return None
