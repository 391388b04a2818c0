"""What people do to a pull request besides the interface: the verbs that tests call."""

from typing import Any

from fakes.github_access import LEVELS
from fakes.github_markdown import applied, suggestions
from fakes.github_state import Pull, Said, Thread, node_id

SIDES = {"old": "LEFT", "new": "RIGHT"}
Anchor = tuple[str, str, int, int]


class People:
    """A part of `FakeGitHub`. Threads are named by their node ids, comments by their numbers."""

    # -- accounts --------------------------------------------------------------------------------

    def add_user(self, name: str, *, is_bot: bool = False, access: str = "write") -> int:
        """An account that may `read` or `write` the repository, or not see it (`none`)."""
        assert access in LEVELS, access
        with self.lock:
            number = super().add_user(name, is_bot=is_bot)
            self.access_of[number] = access
            return number

    def remove_user(self, user: int) -> None:
        """Delete an account: what it said is shown as a ghost's, through GraphQL as nobody's."""
        with self.lock:
            del self.users[user]

    def add_token(self, user: int, rights: set[str], **more: Any) -> str:
        """A token. `kind` is classic, fine-grained or installation; a bot's is the last by default.

        Classic: scopes such as {"repo"}. The others: permissions such as {"pull_requests:write"}.
        """
        kind = more.pop("kind", "installation" if self.users[user].is_bot else None)
        kind = kind or (
            "fine-grained" if any(":" in one and one != "repo:status" for one in rights) else "classic"
        )
        prefix = {"classic": "ghp_", "fine-grained": "github_pat_", "installation": "ghs_"}[kind]
        text = more.pop("text", f"{prefix}{len(self.tokens) + 1:036d}")
        return super().add_token(user, rights, kind=kind, text=text, **more)

    # -- pull requests ---------------------------------------------------------------------------

    def open_pull_request(
        self,
        source_branch: str,
        target_branch: str,
        author: int,
        *,
        fork: str | None = None,
        draft: bool = False,
    ) -> int:
        """Open one; `fork` is the `owner/name` that the source branch is said to be in."""
        with self.lock:
            head, base = self.repo.resolve(source_branch), self.repo.resolve(target_branch)
            assert head, "no such source branch"
            assert base, "no such target branch"
            number = max(self.pulls, default=0) + 1
            home = fork or f"{self.owner}/{self.name}"
            pull = Pull(
                self.next_id(), number, source_branch, target_branch, author, [head], base, self.now()
            )
            pull.draft, pull.is_fork, pull.head_repo = draft, fork is not None, home
            self.pulls[number] = pull
            self._refs(pull)
            return number

    def push(self, number: int) -> None:
        """Take notice that the source branch moved; the target's tip is recorded anew [K]."""
        with self.lock:
            pull = self.pulls[number]
            head = self.repo.resolve(pull.source_branch)
            assert head, "the source branch is gone"
            pull.heads.append(head)
            pull.base_sha = self.repo.resolve(pull.target_branch) or pull.base_sha
            self._refs(pull)

    def retarget(self, number: int, branch: str) -> None:
        with self.lock:
            pull = self.pulls[number]
            base = self.repo.resolve(branch)
            assert base, "no such branch"
            pull.target_branch, pull.base_sha = branch, base
            self._refs(pull)

    def close_pull_request(self, number: int, *, merged: bool = False) -> None:
        with self.lock:
            self.pulls[number].state, self.pulls[number].merged = "closed", merged

    def delete_fork(self, number: int) -> None:
        """Delete the repository that the source branch is in."""
        with self.lock:
            self.pulls[number].head_repo = None

    def _refs(self, pull: Pull) -> None:
        self.repo.set_ref(f"refs/pull/{pull.number}/head", pull.head)
        merge = self.trial_merge(pull)
        if merge:
            self.repo.set_ref(f"refs/pull/{pull.number}/merge", merge)

    # -- talk ------------------------------------------------------------------------------------

    def say(self, user: int, number: int, body: str, anchor: Anchor | None = None) -> str:
        """Start a thread on `(path, "new" or "old", first, last)`, or say something on no file."""
        with self.lock:
            pull = self.pulls[number]
            if anchor is None:
                return node_id("IssueComment", self.add_remark(user, pull, body).id)
            path, side, first, last = anchor
            given: dict[str, Any] = {"path": path, "side": SIDES[side], "line": last}
            if first != last:
                given["start_line"] = first
            spot = self.anchors.spot(pull, pull.head, given)
            review = self.add_review(user, pull, pull.head, "", "COMMENTED")
            return self.add_comment(user, pull, body, spot=spot, review=review).thread.node

    def reply(self, user: int, thread: str, body: str) -> int:
        with self.lock:
            return self.answer(user, self._thread(thread), body).id

    def resolve(self, user: int, thread: str) -> None:
        with self.lock:
            self._thread(thread).resolved_by = user

    def reopen(self, user: int, thread: str) -> None:  # noqa: ARG002 (the server forgets who)
        with self.lock:
            self._thread(thread).resolved_by = None

    def edit(self, comment: int, body: str) -> None:
        with self.lock:
            self.rewrite(self._comment(comment), body)

    def erase(self, comment: int) -> None:
        """Delete a comment."""
        with self.lock:
            said = self._comment(comment)
            if said.thread is None:
                del self.remarks[said.id]
            else:
                self.drop_comment(said)

    def _thread(self, thread: str) -> Thread:
        return next(one for one in self.thread_list if one.node == thread)

    def _comment(self, comment: int) -> Said:
        return self.comments.get(comment) or self.remarks[comment]

    # -- the button ------------------------------------------------------------------------------

    def apply_suggestion(self, number: int, thread_or_comment: str | int, which: int = 0) -> bytes:
        """Press "Commit suggestion": the new bytes of the file. Nothing is committed.

        Only on the new side's lines that are still in the diff, on an open pull request, and only if it
        changes anything [K].
        """
        with self.lock:
            said = self._pointed(thread_or_comment)
            pull, spot = said.pull, said.thread.spot
            assert pull is self.pulls[number], "a comment of another pull request"
            assert pull.state == "open", "suggestions cannot be applied on a closed pull request"
            line, start, outdated = self.anchors.now(said.thread)
            assert line, "suggestions cannot be applied to a whole file" if not outdated else "outdated"
            first_side = spot.start_side or spot.side
            assert {spot.side, first_side} == {"RIGHT"}, "suggestions cannot be applied to deleted lines"
            found = suggestions(said.body)
            assert found, "no suggestion in the comment"
            before = self.repo.lines(pull.head, spot.path)
            assert before is not None
            after = applied(before, start or line, line, found[which])
            assert after != before, "a suggestion that changes nothing cannot be applied"
            return b"".join(after)

    def _pointed(self, thread_or_comment: str | int) -> Said:
        if isinstance(thread_or_comment, int):
            return self.comments[thread_or_comment]
        return self._thread(thread_or_comment).comments[0]
