"""What tests look at: threads, statuses, and the environment of a workflow."""

import json
from pathlib import Path
from typing import Any

from fakes.github_state import Said, Thread, node_id


class Views:
    """A part of `FakeGitHub`."""

    def threads(self, number: int) -> list[dict[str, Any]]:
        """Threads and general comments that everybody sees, in the order they were said.

        Besides what every fake gives: `comments` are the comments' numbers, `outdated` whether the line
        left the diff, `resolver` who resolved it.
        """
        with self.lock:
            pull = self.pulls[number]
            seen = [
                (one.comments[0].id, self._seen(one)) for one in self.threads_of(pull) if self._public(one)
            ]
            seen += [(one.id, self._general(one)) for one in self.conversation(pull)]
            return [found for _, found in sorted(seen, key=lambda each: each[0])]

    @staticmethod
    def _public(thread: Thread) -> bool:
        review = thread.comments[0].review
        return review is None or review.state != "PENDING"

    def _named(self, user: int | None) -> str:
        return self.users[user].name if user in self.users else "ghost"

    def _seen(self, thread: Thread) -> dict[str, Any]:
        spot = thread.spot
        return {
            "id": thread.node,
            "state": "open" if thread.resolved_by is None else "resolved",
            "path": spot.path,
            "side": {"LEFT": "old", "RIGHT": "new"}[spot.side],
            "first": spot.start_line or spot.line,
            "last": spot.line,
            "text_under_anchor": self._under(thread),
            "bodies": [one.body for one in thread.comments],
            "authors": [self._named(one.author) for one in thread.comments],
            "comments": [one.id for one in thread.comments],
            "outdated": self.anchors.now(thread)[2],
            "resolver": None if thread.resolved_by is None else self._named(thread.resolved_by),
        }

    def _under(self, thread: Thread) -> bytes | None:
        spot = thread.spot
        if spot.line is None:
            return None
        commit, path = spot.commit, spot.path
        if spot.side == "LEFT":
            change = self.repo.change(spot.base, spot.commit, spot.path)
            commit, path = spot.base, change.old_path if change else path
        lines = self.repo.lines(commit, path) or ()
        return b"".join(lines[(spot.start_line or spot.line) - 1 : spot.line])

    def _general(self, said: Said) -> dict[str, Any]:
        nowhere = dict.fromkeys(("path", "side", "first", "last", "text_under_anchor", "resolver"))
        return {
            "id": node_id("IssueComment", said.id),
            "state": "open",
            **nowhere,
            "bodies": [said.body],
            "authors": [self._named(said.author)],
            "comments": [said.id],
            "outdated": False,
        }

    def statuses(self, sha: str) -> list[dict[str, Any]]:
        """The statuses that count on a commit: the newest of each context."""
        with self.lock:
            return [
                {
                    "context": one.context,
                    "state": one.state,
                    "description": one.description,
                    "target_url": one.target_url,
                    "creator": self._named(one.creator),
                }
                for one in self.newest_statuses(sha)
            ]

    def environment(self, number: int, folder: Path) -> dict[str, str]:
        """What a workflow run for a pull request has in its environment; the event's file is put into `folder`.

        GITHUB_SHA is the trial merge and not the head [K, S reviewdog].
        """
        with self.lock:
            pull = self.pulls[number]
            event = {
                "action": "synchronize",
                "number": number,
                "pull_request": self.shapes.pull(pull, full=True),
                "repository": self.shapes.repository(),
                "sender": self.shapes.user(pull.author),
            }
            merge = self.trial_merge(pull) or pull.head
        path = folder / "event.json"
        path.write_text(json.dumps(event), "utf-8")
        return {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": f"{self.url}/api/v3",
            "GITHUB_BASE_REF": pull.target_branch,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(path),
            "GITHUB_GRAPHQL_URL": f"{self.url}/api/graphql",
            "GITHUB_HEAD_REF": pull.source_branch,
            "GITHUB_REF": f"refs/pull/{number}/merge",
            "GITHUB_REPOSITORY": f"{self.owner}/{self.name}",
            "GITHUB_SERVER_URL": self.url,
            "GITHUB_SHA": merge,
        }
