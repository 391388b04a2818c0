"""What people do on a GitLab without its API, and what tests read of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fakes.gitlab_state import Discussion, Draft, MergeRequest, Note
from fakes.repo import Shown, line_code, split
from fakes.server import FakeForge

if TYPE_CHECKING:
    from fakes.gitlab_markdown import Suggestion
    from fakes.gitlab_notes import Notes
    from fakes.gitlab_statuses import StatusRoutes

SAME = "This suggestion already matches its content."
CHANGED = "Can't apply as {these} changed in a more recent version."


class People(FakeForge):
    """Verbs for tests. A thread is named by its discussion's id, a comment by its number."""

    notes: "Notes"
    jobs: "StatusRoutes"

    def suggestions_of(self, note: Note) -> "list[Suggestion]":
        raise NotImplementedError

    @contextmanager
    def _hand(self) -> Iterator[None]:
        """Under the lock, and with commands that are meant."""
        with self.lock:
            self.notes.by_hand = True
            try:
                yield
            finally:
                self.notes.by_hand = False

    # -- finding ---------------------------------------------------------------------------------

    def _thread(self, thread: str) -> tuple[MergeRequest, Discussion]:
        for pull in self.pulls.values():
            found = pull.thread(thread)
            if found:
                return pull, found
        raise LookupError(f"no thread {thread}")

    def _note(self, comment: int) -> tuple[MergeRequest, Note]:
        for pull in self.pulls.values():
            for note in pull.notes:
                if note.id == comment:
                    return pull, note
        raise LookupError(f"no comment {comment}")

    # -- saying ----------------------------------------------------------------------------------

    def say(self, user: Any, number: int, body: str, anchor: dict[str, Any] | None = None) -> str:
        """Begin a thread on lines (path, side, first, last) of the newest version; without them, a comment."""
        with self._hand():
            pull = self.pulls[number]
            position = None if anchor is None else self.position(number, **anchor)
            return self.notes.begin(
                pull, self.users[user], body, position=position, thread=anchor is not None
            ).id

    def position(
        self, number: int, path: str, first: int, last: int | None = None, side: str = "new"
    ) -> dict[str, Any]:
        """The position GitLab's own pages would send for displayed lines of the newest version."""
        version = self.pulls[number].latest
        file = self.repo.change(version.base, version.head, path)
        ends = [
            next(line for line in file.lines if getattr(line, side) == at) for at in (first, last or first)
        ]
        end = ends[1]
        out = {
            "base_sha": version.base,
            "start_sha": version.start,
            "head_sha": version.head,
            "position_type": "text",
            "old_path": file.old_path,
            "new_path": file.new_path,
            "old_line": end.old,
            "new_line": end.new,
            "line_range": None,
        }
        if ends[0] != end:
            out["line_range"] = {
                name: _end(file.new_path, line) for name, line in zip(("start", "end"), ends, strict=True)
            }
        return out

    def reply(self, user: Any, thread: str, body: str) -> int:
        with self._hand():
            pull, discussion = self._thread(thread)
            return self.notes.answer(pull, self.users[user], discussion, body).id

    def resolve(self, user: Any, thread: str) -> None:
        with self._hand():
            self.notes.set_resolved(self._thread(thread)[1].notes, self.users[user], resolved=True)

    def reopen(self, user: Any, thread: str) -> None:
        with self._hand():
            self.notes.set_resolved(self._thread(thread)[1].notes, self.users[user], resolved=False)

    def edit(self, comment: int, body: str) -> None:
        with self._hand():
            pull, note = self._note(comment)
            self.notes.edit(pull, note, body)

    def delete(self, comment: int) -> None:
        with self._hand():
            pull, note = self._note(comment)
            self.notes.delete(pull, note)

    def leave_draft(self, user: Any, number: int, body: str, anchor: dict[str, Any] | None = None) -> int:
        """A draft that an earlier run left behind."""
        with self.lock:
            position = None if anchor is None else self.position(number, **anchor)
            draft = Draft(self.clock.number(), self.users[user], body, position, None, None, resolve=False)
            self.pulls[number].drafts.append(draft)
            return draft.id

    def close_pull_request(self, number: int, state: str = "closed") -> None:
        with self.lock:
            self.pulls[number].state = state

    def add_pipeline(self, sha: str, ref: str, source: str = "merge_request_event") -> int:
        """A pipeline of the project's own CI; its number is what CI_PIPELINE_ID says."""
        with self.lock:
            return self.jobs.add_pipeline(sha, ref, source=source).id

    # -- suggestions -----------------------------------------------------------------------------

    def apply_suggestion(self, number: int, thread: str | int, index: int = 0) -> bytes:
        """The file's new bytes after pressing the button [S file_suggestion.rb]; ValueError says why not.

        `thread` is a discussion's id or a comment's number; `index` counts the suggestions of the comment.
        """
        with self.lock:
            pull = self.pulls[number]
            note = self._note(thread)[1] if isinstance(thread, int) else self._thread(thread)[1].notes[0]
            found = self.suggestions_of(note)
            if index >= len(found):
                raise ValueError("the comment offers no such suggestion")
            if index in note.applied:
                raise ValueError("Can't apply this suggestion.")
            new = self._replaced(pull, note, found[index])
            note.applied.add(index)
            return new

    def _replaced(self, pull: MergeRequest, note: Note, suggestion: "Suggestion") -> bytes:
        path, target = note.position["new_path"], note.position["new_line"]
        lines = list(self.repo.lines(note.position["head_sha"], path))
        first = max(target - suggestion.above, 1)
        span = slice(first - 1, target + suggestion.below)
        single = suggestion.above == suggestion.below == 0
        if note.position["head_sha"] != pull.latest.head:
            raise ValueError(CHANGED.format(these="this line was" if single else "these lines were"))
        if path.endswith("ipynb"):
            raise ValueError(
                "This file was modified for readability, and can't accept suggestions. Edit it directly."
            )
        replaced = lines[span]
        new = suggestion.replacement(replaced)
        if new == b"".join(replaced):
            raise ValueError(SAME)
        lines[span] = list(split(new))
        return b"".join(lines)

    # -- reading ---------------------------------------------------------------------------------

    def threads(self, number: int) -> list[dict[str, Any]]:
        with self.lock:
            pull = self.pulls[number]
            spoken = [each for each in pull.discussions if not each.notes[0].system]
            return [self._seen(each) for each in spoken]

    def _seen(self, discussion: Discussion) -> dict[str, Any]:
        notes = [note for note in discussion.notes if not note.system]
        place = self._place(notes[0].position)
        return {
            "id": discussion.id,
            "state": "resolved" if discussion.resolved else "open",
            "kind": notes[0].kind,
            **place,
            "bodies": [note.body for note in notes],
            "authors": [note.author.name for note in notes],
            "comments": [note.id for note in notes],
        }

    def _place(self, position: dict[str, Any] | None) -> dict[str, Any]:
        if position is None:
            return dict.fromkeys(("path", "side", "first", "last", "text_under_anchor"))
        side = "old" if position["new_line"] is None else "new"
        last = position[f"{side}_line"]
        path = position[f"{side}_path"]
        first = self._first(position, side) if position["line_range"] else last
        text = None
        if last is not None:
            lines = self.repo.lines(position["head_sha" if side == "new" else "base_sha"], path)
            text = b"".join(lines[first - 1 : last])
        return {"path": path, "side": side, "first": first, "last": last, "text_under_anchor": text}

    def _first(self, position: dict[str, Any], side: str) -> int:
        """The first line of a range on its side: by its code, since the numbers are optional."""
        code = position["line_range"]["start"]["line_code"]
        name = position["new_path"] or position["old_path"]
        for file in self.repo.diff(position["base_sha"], position["head_sha"]):
            for line in file.lines:
                if line_code(name, line.old_at, line.new_at) == code:
                    return getattr(line, f"{side}_at")
        return position["line_range"]["start"][f"{side}_line"]

    def statuses(self, sha: str) -> list[dict[str, Any]]:
        """The standing statuses of a commit: state, name, description, author, pipeline, source."""
        with self.lock:
            return [
                {
                    "state": job.state,
                    "name": job.name,
                    "description": job.description,
                    "author": job.user.name,
                    "pipeline": job.pipeline.id,
                    "source": job.pipeline.source,
                }
                for job in self.jobs.of(sha)
                if not job.retried
            ]


def _end(path: str, line: Shown) -> dict[str, Any]:
    kind = {"+": "new", "-": "old", " ": None}[line.kind]
    return {
        "line_code": line_code(path, line.old_at, line.new_at),
        "type": kind,
        "old_line": line.old,
        "new_line": line.new,
    }
