"""Threads and comments over REST."""

from typing import Any

from fakes.azure_rest import CONTRIBUTE, READ, Handler, Rest
from fakes.azure_state import COMMENT_TYPE, THREAD_STATUS, Comment, Pull, Thread, told_comment, told_thread
from fakes.azure_threads import Place, content, enum
from fakes.azure_wire import COMMENT_KEYS, THREAD_KEYS, refused
from fakes.server import Entry, Reply, User


class Talk(Rest):
    """Handlers of what is said on a pull request."""

    def git_paths(self) -> list[tuple[str, str, str, Handler]]:
        """Like `pull_paths`, with threads and comments."""
        threads = "/pullRequests/{n:int}/threads"
        thread = threads + "/{t:int}"
        comments, comment = f"{thread}/comments", thread + "/comments/{c:int}"
        return [
            *self.pull_paths(),
            ("GET", threads, "threads", self.list_threads),
            ("POST", threads, "threads", self.post_thread),
            ("GET", thread, "threads", self.get_thread),
            ("PATCH", thread, "threads", self.patch_thread),
            ("GET", comments, "comments", self.list_comments),
            ("POST", comments, "comments", self.post_comment),
            ("GET", comment, "comments", self.get_comment),
            ("PATCH", comment, "comments", self.patch_comment),
            ("DELETE", comment, "comments", self.delete_comment),
        ]

    # -- finding ---------------------------------------------------------------------------------

    def thread_of(self, entry: Entry, right: str = READ) -> tuple[Thread, User]:
        pull, user = self.pull_of(entry, right)
        thread = pull.thread(int(entry.params["t"]))
        if thread is None:
            raise refused(404, "CommentThreadNotFoundException", "The comment thread does not exist.")  # [K]
        return thread, user

    def comment_of(self, entry: Entry, right: str = READ) -> tuple[Comment, Thread, User]:
        thread, user = self.thread_of(entry, right)
        comment = thread.comment(int(entry.params["c"]))
        if comment is None or (comment.deleted and entry.method != "GET"):
            raise refused(404, "CommentNotFoundException", "The comment does not exist.")  # [K]
        return comment, thread, user

    # -- threads ---------------------------------------------------------------------------------

    def list_threads(self, entry: Entry) -> list[dict[str, Any]]:
        """All at once, with the server's own and the deleted ones [S]."""
        return [told_thread(thread, self.base) for thread in self.pull_of(entry)[0].threads]

    def get_thread(self, entry: Entry) -> dict[str, Any]:
        return told_thread(self.thread_of(entry)[0], self.base)

    def post_thread(self, entry: Entry) -> dict[str, Any]:
        """Answered with 200, not 201 [S], and also when the anchor is none [I pr-agent#2642]."""
        pull, user = self.pull_of(entry, CONTRIBUTE)
        body = self.body_of(entry, THREAD_KEYS, "commentThread")
        sent = body.get("comments")
        if not isinstance(sent, list) or not sent:
            raise refused(
                400, "ArgumentException", "A thread must contain at least one comment."
            )  # [S, text K]
        status = enum(body.get("status"), THREAD_STATUS, "active")
        place = Place(self.repo, pull, body)
        made = [self.new_comment(each, number, user) for number, each in enumerate(sent, 1)]
        return told_thread(self.add_thread(pull, status, made, body, place), self.base)

    def add_thread(
        self, pull: Pull, status: str | None, made: list[Comment], body: dict[str, Any], place: Place | None
    ) -> Thread:
        number = 1000 + sum(len(each.threads) for each in self.pulls.values())
        thread = Thread(
            number,
            pull.number,
            status,
            made,
            body.get("threadContext"),
            body.get("pullRequestThreadContext"),
            made[0].at,
        )
        if place:
            thread.mark, thread.orphaned = place.mark, place.orphaned
            for fault in place.faults:
                self.violate(f"thread {number}: {fault}")
        pull.threads.append(thread)
        return thread

    def new_comment(self, sent: dict[str, Any], number: int, user: User) -> Comment:
        kind, now = enum(sent.get("commentType"), COMMENT_TYPE, "text"), self.clock.now()
        if kind not in ("text", "codeChange"):
            self.violate(f"a client posted a comment of type {kind}")
        parent = sent.get("parentCommentId") or 0
        if not isinstance(parent, int) or not 0 <= parent < number:
            raise refused(400, "ArgumentException", "The parent comment does not exist.")  # [K]
        return Comment(number, user, content(sent.get("content")), kind, parent, now, now)

    def patch_thread(self, entry: Entry) -> dict[str, Any]:
        """Anybody who may contribute sets the status of any thread [K]."""
        thread, _ = self.thread_of(entry, CONTRIBUTE)
        body = self.body_of(entry, THREAD_KEYS, "commentThread")
        for key in sorted(body.keys() - {"status", "properties"}):
            self.violate(f"a thread's {key} cannot be changed")
        thread.status = enum(body.get("status"), THREAD_STATUS, thread.status or "unknown")
        thread.changed = self.clock.now()
        return told_thread(thread, self.base)

    # -- comments --------------------------------------------------------------------------------

    def list_comments(self, entry: Entry) -> list[dict[str, Any]]:
        return [told_comment(comment, self.base) for comment in self.thread_of(entry)[0].comments]

    def get_comment(self, entry: Entry) -> dict[str, Any]:
        return told_comment(self.comment_of(entry)[0], self.base)

    def post_comment(self, entry: Entry) -> dict[str, Any]:
        thread, user = self.thread_of(entry, CONTRIBUTE)
        sent = self.body_of(entry, COMMENT_KEYS, "comment")
        thread.comments.append(self.new_comment(sent, len(thread.comments) + 1, user))
        return told_comment(thread.comments[-1], self.base)

    def patch_comment(self, entry: Entry) -> dict[str, Any]:
        comment, _, user = self.comment_of(entry, CONTRIBUTE)
        sent = self.body_of(entry, COMMENT_KEYS, "comment")
        self.only_author(comment, user)
        comment.content, comment.edited = content(sent.get("content")), self.clock.now()
        return told_comment(comment, self.base)

    def delete_comment(self, entry: Entry) -> Reply:
        """It stays, without its text."""
        comment, _, user = self.comment_of(entry, CONTRIBUTE)
        self.only_author(comment, user)
        comment.deleted, comment.content, comment.edited = True, None, self.clock.now()
        return Reply(200)

    def only_author(self, comment: Comment, user: User) -> None:
        """Nobody edits another's comment, whatever the rights [K]."""
        if comment.author.id != user.id:
            raise refused(
                403, "UnauthorizedAccessException", "Only the author of a comment can change it."
            )  # [K]
