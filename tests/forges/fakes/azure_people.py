"""What people do on a pull request, and what a test looks at afterwards."""

from typing import Any
from urllib.parse import unquote

from fakes import azure_git as git
from fakes.azure_rest import Rest
from fakes.azure_state import SYSTEM, Comment, Mark, Pull, Thread
from fakes.azure_talk import Talk
from fakes.repo import width


class People(Talk, Rest):
    """Verbs of tests. Threads are named by their number, comments by thread and number."""

    api: str
    apply_button: bool
    lock: Any

    # -- people ----------------------------------------------------------------------------------

    def say(self, user: Any, number: int, body: str, anchor: tuple[str, str, int, int] | None = None) -> int:
        """Start a thread: on the pull request, or on `(path, "new" or "old", first, last)` whole lines."""
        with self.lock:
            pull, now = self.pulls[number], self.clock.now()
            made = [Comment(1, self.users[user], body, "text", 0, now, now)]
            thread = self.add_thread(pull, "active", made, {}, None)
            if anchor:
                self._attach(pull, thread, anchor)
            return thread.id

    def _attach(self, pull: Pull, thread: Thread, anchor: tuple[str, str, int, int]) -> None:
        path, side, first, last = anchor
        iteration = pull.iterations[-1]
        change = next(each for each in git.changes(self.repo, pull, iteration.id) if each.path == path)
        commit, name = (iteration.source, path) if side == "new" else (iteration.common, change.old_path)
        lines = self.repo.lines(commit, name)
        assert lines is not None
        end = (last, width(lines[last - 1]) + 1)
        key = "rightFile" if side == "new" else "leftFile"
        thread.mark = Mark(side, commit, name, path, (first, 1), end)
        thread.context = {
            "filePath": f"/{path}",
            f"{key}Start": {"line": first, "offset": 1},
            f"{key}End": {"line": end[0], "offset": end[1]},
        }
        both = {"firstComparingIteration": iteration.id, "secondComparingIteration": iteration.id}
        thread.tracking = {"changeTrackingId": change.tracking, "iterationContext": both}

    def reply(self, user: Any, thread: int, body: str) -> tuple[int, int]:
        with self.lock:
            found, now = self._thread(thread), self.clock.now()
            number = len(found.comments) + 1
            found.comments.append(Comment(number, self.users[user], body, "text", 1, now, now))
            return thread, number

    def resolve(self, user: Any, thread: int, status: str = "fixed") -> None:  # noqa: ARG002 (the server forgets who)
        """Anybody may; the server does not say afterwards who did [K]."""
        self._set(thread, status)

    def reopen(self, user: Any, thread: int) -> None:  # noqa: ARG002 (the server forgets who)
        self._set(thread, "active")

    def refuse(self, thread: int, status: str = "wontFix") -> None:
        """Won't fix, or `byDesign`."""
        self._set(thread, status)

    def edit(self, comment: tuple[int, int], body: str) -> None:
        with self.lock:
            found = self._comment(comment)
            found.content, found.edited = body, self.clock.now()

    def erase(self, comment: tuple[int, int]) -> None:
        """Delete a comment: it stays, without its text."""
        with self.lock:
            found = self._comment(comment)
            found.content, found.deleted, found.edited = None, True, self.clock.now()

    def like(self, user: Any, comment: tuple[int, int]) -> None:
        with self.lock:
            self._comment(comment).liked.append(self.users[user])

    def vote(self, user: Any, number: int, value: int) -> int:
        """A vote leaves a thread of the server's own [S]."""
        with self.lock:
            return self.note(self.pulls[number], f"{self.users[user].name} voted {value}", "VoteUpdate")

    def note(self, pull: Pull, words: str, kind: str) -> int:
        """A thread of the server's own: no status, no file, comments of type system [S]."""
        now = self.clock.now()
        thread = self.add_thread(pull, None, [Comment(1, SYSTEM, words, "system", 0, now, now)], {}, None)
        thread.properties["CodeReviewThreadType"] = kind
        return thread.id

    def _set(self, thread: int, status: str) -> None:
        with self.lock:
            self._thread(thread).status = status

    def _thread(self, number: int) -> Thread:
        found = (pull.thread(number) for pull in self.pulls.values())
        return next(thread for thread in found if thread)

    def _comment(self, comment: tuple[int, int]) -> Comment:
        found = self._thread(comment[0]).comment(comment[1])
        assert found, f"no comment {comment}"
        return found

    # -- the button ------------------------------------------------------------------------------

    def apply_suggestion(self, number: int, thread: int | tuple[int, int]) -> bytes:
        """Press "Apply change": the new bytes of the file; nothing is committed. ValueError says why not.

        `thread` is a thread's number, or a comment of it.
        """
        place, comment = (thread, 1) if isinstance(thread, int) else thread
        with self.lock:
            pull = self.pulls[number]
            mark = self._applicable(pull, pull.thread(place))
            said = self._comment((place, comment))
            texts = git.suggestions(said.content or "")
            if not texts:
                raise ValueError("there is no suggestion in the comment")
            return git.applied(self.repo, mark, texts[0])

    def _applicable(self, pull: Pull, thread: Thread | None) -> Mark:
        """Only on lines of the right file, while the file is as the thread saw it [K]."""
        if not self.apply_button:
            raise ValueError("this release has no such button")
        if thread is None or thread.mark is None or thread.mark.start is None:
            raise ValueError("the thread stands on no lines")
        mark = thread.mark
        if mark.side != "new":
            raise ValueError("nothing is applied to the left file")
        if self.repo.blob(pull.iterations[-1].source, mark.path) != self.repo.blob(mark.commit, mark.path):
            raise ValueError("the file changed since")
        return mark

    def environment(self, number: int) -> dict[str, str]:
        """What a pipeline run for a pull request has in its environment [D]."""
        pull = self.pulls[number]
        told = self.told_repository()
        return {
            "TF_BUILD": "True",
            "BUILD_REASON": "PullRequest",
            "BUILD_SOURCEBRANCH": f"refs/pull/{number}/merge",
            "BUILD_SOURCEVERSION": self.merge_of(pull) or pull.iterations[-1].source,  # not the head
            "SYSTEM_PULLREQUEST_ISFORK": str(pull.fork),
            "SYSTEM_PULLREQUEST_PULLREQUESTID": str(number),
            "SYSTEM_PULLREQUEST_SOURCECOMMITID": pull.iterations[-1].source,
            "SYSTEM_PULLREQUEST_SOURCEBRANCH": f"refs/heads/{pull.source_branch}",
            "SYSTEM_PULLREQUEST_TARGETBRANCH": f"refs/heads/{pull.target_branch}",
            "SYSTEM_COLLECTIONURI": f"{unquote(self.api)}/",
            "SYSTEM_TEAMPROJECT": self.project,
            "SYSTEM_TEAMPROJECTID": told["project"]["id"],
            "BUILD_REPOSITORY_ID": told["id"],
            "BUILD_REPOSITORY_NAME": self.name,
        }

    # -- what a test looks at --------------------------------------------------------------------

    def threads(self, number: int, *, system: bool = False) -> list[dict[str, Any]]:
        """Threads that stand, as a reader sees them; with `system` also the server's own.

        `state` is the server's word; `text_under_anchor` are exactly the bytes of the span, without the last
        line's end; `authors` are accounts' ids; `comments` what `edit` and `like` take.
        """
        with self.lock:
            shown = [each for each in self.pulls[number].threads if not each.is_deleted]
            return [self._seen(thread) for thread in shown if system or not thread.is_system]

    def _seen(self, thread: Thread) -> dict[str, Any]:
        mark = thread.mark
        spans = mark is not None and mark.start is not None and mark.end is not None
        text = git.under(self.repo, mark) if mark else None
        standing = [comment for comment in thread.comments if not comment.deleted]
        return {
            "id": thread.id,
            "state": thread.status,
            "path": mark.name if mark else None,
            "side": mark.side if mark else None,
            "first": mark.start[0] if spans else None,
            "last": mark.end[0] if spans else None,
            "text_under_anchor": text,
            "orphaned": thread.orphaned,
            "iteration": ((thread.tracking or {}).get("iterationContext") or {}).get(
                "secondComparingIteration"
            ),
            "bodies": [comment.content for comment in standing],
            "authors": [comment.author.id for comment in standing],
            "comments": [(thread.id, comment.id) for comment in standing],
        }

    def statuses(self, sha: str) -> list[dict[str, Any]]:
        """The statuses that count on a commit: the newest of each genre and name, also those of a whole request."""
        with self.lock:
            found: dict[tuple[str, str | None, str], dict[str, Any]] = {}
            for pull in self.pulls.values():
                here = {each.id for each in pull.iterations if each.source == sha}
                for each in pull.statuses:
                    if here and (each.iteration is None or each.iteration in here):
                        found[(str(pull.number), each.genre, each.name)] = {
                            "number": pull.number,
                            "iteration": each.iteration,
                            "state": each.state,
                            "description": each.description,
                            "genre": each.genre,
                            "name": each.name,
                            "author": each.author.id,
                            "url": each.url,
                        }
            return list(found.values())
